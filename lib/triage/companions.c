/* Which names of a folder belong together. A folder may hold ten thousand cores, so each is found by a search, not by a
 * comparison with every name. */
#include "lib/triage/companions.h"

#include "lib/triage/facts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* A number in the name of what may be a companion. */
struct mark {
	uint64_t number;
	const char *name;
};
INQ_VEC(mark_vec, struct mark)

struct inq_companions {
	const char *const *names;
	size_t count;
	bool facts;
	struct mark_vec marks; /* by number, then name */
};

/* Shorter numbers are versions and counters, not pids of a crash. */
enum { LEAST_DIGITS = 2 };

/* The next number in *text, which moves behind it; false when there is none. */
static bool next_number(const char **text, uint64_t *ret)
{
	const char *at = *text;
	for (;;) {
		at += strcspn(at, "0123456789");
		size_t digits = strspn(at, "0123456789");
		*text = at + digits;
		if (!digits)
			return false;
		if (digits >= LEAST_DIGITS && digits < 19) {
			*ret = strtoull(at, NULL, 10);
			return true;
		}
		at = *text;
	}
}

static bool ends_with(const char *name, const char *ending)
{
	size_t length = strlen(name), size = strlen(ending);
	return length > size && strcmp(name + length - size, ending) == 0;
}

/* No core is listed as the companion of another. */
bool inq_may_be_companion(const char *name)
{
	static const char *const words[] = { "hs_err", "maps", "pmap", "hsperfdata" };
	static const char *const endings[] = { ".txt", ".log", ".json", ".stack" };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strstr(name, words[i]))
			return true;
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
		if (ends_with(name, endings[i]))
			return true;
	for (const char *const *fact = inq_facts_files; *fact; fact++)
		if (strcmp(name, *fact) == 0)
			return true;
	return false;
}

static int by_number(const void *a, const void *b)
{
	const struct mark *one = a, *other = b;
	if (one->number != other->number)
		return one->number < other->number ? -1 : 1;
	return strcmp(one->name, other->name);
}

static bool add_marks(struct inq_companions *companions, const char *name)
{
	uint64_t number;
	for (const char *at = name; next_number(&at, &number);) {
		struct mark *mark = mark_vec_push(&companions->marks);
		if (!mark)
			return false;
		*mark = (struct mark) { number, name };
	}
	return true;
}

struct inq_companions *inq_companions_create(const char *const *names, size_t count, bool facts)
{
	struct inq_companions *companions = inq_alloc(sizeof *companions);
	if (!companions)
		return NULL;
	*companions = (struct inq_companions) { .names = names, .count = count, .facts = facts };
	for (size_t i = 0; i < count; i++)
		if (inq_may_be_companion(names[i]) && !add_marks(companions, names[i])) {
			inq_companions_destroy(companions);
			return NULL;
		}
	if (companions->marks.count)
		qsort(companions->marks.items, companions->marks.count, sizeof *companions->marks.items, by_number);
	return companions;
}

void inq_companions_destroy(struct inq_companions *companions)
{
	if (companions)
		mark_vec_release(&companions->marks);
	free(companions);
}

/* What was found so far for one core. */
struct found {
	const char *core;
	const char **names;
	size_t count;
};

static void add(struct found *found, const char *name)
{
	bool known = strcmp(name, found->core) == 0 || found->count == INQ_MOST_COMPANIONS;
	for (size_t i = 0; !known && i < found->count; i++)
		known = strcmp(found->names[i], name) == 0;
	if (!known)
		found->names[found->count++] = name;
}

/* The first name that is not before `text`. */
static size_t lower_bound(const struct inq_companions *companions, const char *text)
{
	size_t low = 0, high = companions->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (strcmp(companions->names[middle], text) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Names that go on from the core's: "core.42" and "core.42.maps". */
static void add_continued(const struct inq_companions *companions, struct found *found)
{
	size_t length = strlen(found->core);
	for (size_t i = lower_bound(companions, found->core); i < companions->count; i++) {
		const char *name = companions->names[i];
		if (strncmp(name, found->core, length) != 0)
			break;
		if (name[length] == '.' && inq_may_be_companion(name))
			add(found, name);
		if (found->count == INQ_MOST_COMPANIONS)
			break;
	}
}

static void add_numbered(const struct inq_companions *companions, uint64_t number, struct found *found)
{
	size_t low = 0, high = companions->marks.count;
	const struct mark *marks = companions->marks.items;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (marks[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < companions->marks.count && marks[low].number == number; low++)
		add(found, marks[low].name);
}

static void add_named(const struct inq_companions *companions, const char *const *names, struct found *found)
{
	for (; *names; names++) {
		size_t at = lower_bound(companions, *names);
		if (at < companions->count && strcmp(companions->names[at], *names) == 0)
			add(found, companions->names[at]);
	}
}

/* In the folder of one crash the core needs no number. */
static void add_unnumbered(const struct inq_companions *companions, struct found *found)
{
	static const char *const names[] = { "maps",	  "smaps",	   "hs_err.log", "info.json",
					     "core.json", "coredump.json", NULL };
	bool by_abrt = strcmp(found->core, "coredump") == 0;
	if (by_abrt || strcmp(found->core, "core") == 0)
		add_named(companions, names, found);
	if (by_abrt && companions->facts)
		add_named(companions, inq_facts_files, found);
}

size_t inq_companions_of(const struct inq_companions *companions, const char *name, uint64_t pid,
			 const char *ret[INQ_MOST_COMPANIONS])
{
	struct found found = { .core = name, .names = ret };
	uint64_t number;
	add_continued(companions, &found);
	if (pid != INQ_UNKNOWN)
		add_numbered(companions, pid, &found);
	else
		for (const char *at = name; next_number(&at, &number);)
			add_numbered(companions, number, &found);
	add_unnumbered(companions, &found);
	return found.count;
}
