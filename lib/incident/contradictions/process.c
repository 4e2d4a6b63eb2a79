/* What artefacts tell of the process itself: its number, system, program, when it started, its signal and threads. */
#include "lib/incident/contradict.h"

#include "lib/base/str.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

static bool has_thread(const struct inq_space *space, uint64_t tid)
{
	for (size_t i = 0; tid != INQ_UNKNOWN && i < space->threads.count; i++)
		if (space->threads.items[i].tid == tid)
			return true;
	return false;
}

/* No two threads of a system have one number at a time, and that of the first one is the process's. */
bool inq_pair_same_pid(const struct inq_pair *pair)
{
	uint64_t one = pair->one->process.pid, two = pair->two->process.pid;
	if (one == INQ_UNKNOWN || two == INQ_UNKNOWN)
		return false;
	return one == two || has_thread(pair->one, two) || has_thread(pair->two, one);
}

const char *inq_contradicts_pid(const struct inq_pair *pair)
{
	uint64_t one = pair->one->process.pid, two = pair->two->process.pid;
	if (one == INQ_UNKNOWN || two == INQ_UNKNOWN || inq_pair_same_pid(pair))
		return NULL;
	return inq_pair_say(pair, "%s is of pid %" PRIu64 ", %s of pid %" PRIu64, inq_pair_one(pair), one,
			    inq_pair_two(pair), two);
}

const char *inq_contradicts_system(const struct inq_pair *pair)
{
	const struct inq_space *one = pair->one, *two = pair->two;
	const struct inq_machine *ours = &one->machine, *theirs = &two->machine;
	if (one->os && two->os && one->os != two->os)
		return inq_pair_say(pair, "%s is of %s, %s of %s", inq_pair_one(pair), inq_os_name(one->os),
				    inq_pair_two(pair), inq_os_name(two->os));
	if (ours->elf && theirs->elf && ours->elf != theirs->elf)
		return inq_pair_say(pair, "%s is of %s, %s of %s", inq_pair_one(pair),
				    inq_machine_name(ours->elf, ours->bits, ours->big), inq_pair_two(pair),
				    inq_machine_name(theirs->elf, theirs->bits, theirs->big));
	if (ours->bits && theirs->bits && ours->bits != theirs->bits)
		return inq_pair_say(pair, "%s is of a %u-bit process, %s of a %u-bit one", inq_pair_one(pair),
				    ours->bits, inq_pair_two(pair), theirs->bits);
	return NULL;
}

/* A name as it was told, which need not end with a NUL: the first word of the arguments. */
struct name {
	const char *text;
	size_t length;
};

enum { MOST_NAMES = 3, COMM_LENGTH = 15 };

static struct name base_of(const char *path, size_t length)
{
	size_t start = length;
	while (start && path[start - 1] != '/')
		start--;
	return (struct name) { path + start, length - start };
}

static size_t names_of(const struct inq_space *space, struct name names[static MOST_NAMES])
{
	const struct inq_process *process = &space->process;
	size_t count = 0;
	if (process->name)
		names[count++] = base_of(process->name, strlen(process->name));
	if (process->exe)
		names[count++] = base_of(process->exe, strlen(process->exe));
	if (process->args)
		names[count++] = base_of(process->args, strcspn(process->args, " "));
	for (size_t i = count; i-- > 0;)
		if (!names[i].length)
			names[i] = names[--count];
	return count;
}

/* The kernel cuts names at 15 bytes; and "python3" is a link to "python3.11". */
static bool same_name(struct name one, struct name two)
{
	struct name shorter = one.length < two.length ? one : two, longer = one.length < two.length ? two : one;
	if (!shorter.length || memcmp(shorter.text, longer.text, shorter.length) != 0)
		return false;
	return shorter.length == longer.length || shorter.length >= COMM_LENGTH ||
	       !isalpha((unsigned char)longer.text[shorter.length]);
}

static bool maps_name(const struct inq_space *space, struct name name)
{
	const struct inq_file *last = NULL;
	for (size_t i = 0; i < space->mappings.count; i++) {
		const struct inq_file *file = space->mappings.items[i].file;
		if (!file || file == last)
			continue;
		last = file;
		const char *base = inq_base_name(file->path);
		if (strlen(base) == name.length && memcmp(base, name.text, name.length) == 0)
			return true;
	}
	return false;
}

static bool any_same(const struct name *one, size_t one_count, const struct name *two, size_t two_count)
{
	for (size_t i = 0; i < one_count; i++)
		for (size_t j = 0; j < two_count; j++)
			if (same_name(one[i], two[j]))
				return true;
	return false;
}

static bool any_mapped(const struct inq_space *space, const struct name *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (maps_name(space, names[i]))
			return true;
	return false;
}

bool inq_pair_same_program(const struct inq_pair *pair)
{
	struct name one[MOST_NAMES], two[MOST_NAMES];
	size_t one_count = names_of(pair->one, one), two_count = names_of(pair->two, two);
	return any_same(one, one_count, two, two_count) || any_mapped(pair->one, two, two_count) ||
	       any_mapped(pair->two, one, one_count);
}

bool inq_is_program(const struct inq_space *space, const char *path)
{
	struct name names[MOST_NAMES], other = base_of(path, strlen(path));
	return any_same(names, names_of(space, names), &other, 1);
}

const char *inq_program_name(const struct inq_space *space)
{
	struct name names[MOST_NAMES];
	size_t count = names_of(space, names);
	return count ? inq_arena_copy(space->ctx->arena, names[0].text, names[0].length) : NULL;
}

/* The kernel prints the name of the thread too, where it prints its number. */
static bool one_is_a_thread(const struct inq_pair *pair)
{
	return pair->one->process.pid != pair->two->process.pid && inq_pair_same_pid(pair);
}

/* A map alone tells no program for sure: only names that were told can contradict each other. */
const char *inq_contradicts_program(const struct inq_pair *pair)
{
	const char *one = inq_program_name(pair->one), *two = inq_program_name(pair->two);
	if (!one || !two || inq_pair_same_program(pair) || one_is_a_thread(pair))
		return NULL;
	return inq_pair_say(pair, "%s is of the program %s, %s of %s", inq_pair_one(pair), one, inq_pair_two(pair),
			    two);
}

/* A second or two lie between the clocks that artefacts are made by. */
const char *inq_contradicts_started(const struct inq_pair *pair)
{
	enum { CLOCKS_DIFFER = 2 };
	uint64_t one = pair->one->process.start_time, two = pair->two->process.start_time;
	if (one == INQ_UNKNOWN || two == INQ_UNKNOWN || (one > two ? one - two : two - one) <= CLOCKS_DIFFER)
		return NULL;
	return inq_pair_say(pair, "the process of %s started %" PRIu64 " seconds %s that of %s", inq_pair_one(pair),
			    one > two ? one - two : two - one, one < two ? "before" : "after", inq_pair_two(pair));
}

/* A log may be written minutes before the core is complete, but not hours. */
const char *inq_contradicts_died(const struct inq_pair *pair)
{
	enum { DYING_TAKES = 600 };
	uint64_t one = pair->one->process.death_time, two = pair->two->process.death_time;
	if (one == INQ_UNKNOWN || two == INQ_UNKNOWN || (one > two ? one - two : two - one) <= DYING_TAKES)
		return NULL;
	return inq_pair_say(pair, "the process of %s died %s seconds %s that of %s", inq_pair_one(pair),
			    inq_count_text(pair->ctx->arena, one > two ? one - two : two - one),
			    one < two ? "before" : "after", inq_pair_two(pair));
}

static int signal_of(const struct inq_space *space)
{
	const struct inq_thread *thread = space->threads.count ? &space->threads.items[0] : NULL;
	return thread && thread->crashed ? thread->signal.number : 0;
}

/* Who handles a fault often ends itself by abort(), so SIGABRT, 6 on all systems, fits any other. */
const char *inq_contradicts_signal(const struct inq_pair *pair)
{
	enum { ABORT = 6 };
	int one = signal_of(pair->one), two = signal_of(pair->two);
	if (!one || !two || one == two || one == ABORT || two == ABORT)
		return NULL;
	return inq_pair_say(pair, "%s says that signal %d ended the process, %s says signal %d", inq_pair_one(pair),
			    one, inq_pair_two(pair), two);
}

/* A log tells of the thread that crashed and no other; a cut core need not hold all. */
static size_t thread_count(const struct inq_space *space)
{
	return space->threads.count > 1 && !space->artefacts.items[0].partial ? space->threads.count : 0;
}

/* The JVM's log lists the threads that it knows: not the launcher's own, nor those of native libraries. */
static bool may_miss_threads(const struct inq_space *space)
{
	return strcmp(space->artefacts.items[0].kind, "hs-err") == 0;
}

const char *inq_contradicts_threads(const struct inq_pair *pair)
{
	size_t one = thread_count(pair->one), two = thread_count(pair->two);
	if (!one || !two || one == two || (one < two && may_miss_threads(pair->one)) ||
	    (two < one && may_miss_threads(pair->two)))
		return NULL;
	return inq_pair_say(pair, "%s has %zu threads, %s has %zu", inq_pair_one(pair), one, inq_pair_two(pair), two);
}
