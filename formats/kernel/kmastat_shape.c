/* What a line of ::kmastat and ::umastat is. The top of a long table is easily lost, with its headings: what is left is known by
 * what its numbers must satisfy (kmem.c and vmem.c of illumos), which those of other tables do not. */
#include "formats/kernel/kmastat_shape.h"

#include "lib/base/checked.h"

enum { PAGE = 4096, WITH_CACHED = 8 /* words of a cache's row that has the column "buf in ptc" */ };

static bool starts_with_words(struct inq_span line, const char *const *words, size_t count)
{
	if (!line.length || line.text[0] != words[0][0])
		return false;
	for (size_t i = 0; i < count; i++)
		if (!inq_span_is(inq_span_word(&line), words[i]))
			return false;
	return true;
}

bool inq_kmastat_cache_heading(struct inq_span line)
{
	static const char *const words[] = { "cache", "buf", "buf", "buf" };
	return starts_with_words(line, words, 4);
}

bool inq_kmastat_tree_heading(struct inq_span line)
{
	static const char *const words[] = { "vmem", "memory", "memory", "memory" };
	return starts_with_words(line, words, 4);
}

bool inq_kmastat_caches_begin(struct inq_span line)
{
	static const char *const second[] = { "name", "size", "in", "use" };
	return inq_kmastat_cache_heading(line) || starts_with_words(line, second, 4);
}

bool inq_kmastat_tree_begins(struct inq_span line)
{
	static const char *const second[] = { "name", "in", "use", "total", "import" };
	return inq_kmastat_tree_heading(line) || starts_with_words(line, second, 5);
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The words of a row, which begins with a name and ends with a counter; 0 for other lines. */
static size_t row_words(struct inq_span line, struct inq_span words[static INQ_KERNEL_WORDS])
{
	if (!line.length || !(is_letter(line.text[0]) || line.text[0] == '_') || line.text[line.length - 1] < '0' ||
	    line.text[line.length - 1] > '9')
		return 0;
	return inq_kernel_words(line, words);
}

/* Slabs are whole pages and hold all buffers; what they do not fill, and what is kept beside each one to find errors, is no more
 * than so many times as much. Sizes with a unit were rounded. */
static bool can_hold(uint64_t memory, uint64_t unit, uint64_t size, uint64_t count)
{
	enum { MOST_WASTE = 16 };
	uint64_t used, most;
	if (!inq_mul(size, count, &used) || !inq_mul(used, MOST_WASTE, &most) || !inq_add(most, PAGE + unit, &most))
		return false;
	if (unit <= 1 && memory % PAGE)
		return false;
	uint64_t rounded = unit <= 1 ? 0 : unit + memory / 100;
	return memory <= most && (used <= memory || used - memory <= rounded) && (memory || unit > 1);
}

static bool is_count(struct inq_span word)
{
	uint64_t number;
	return inq_span_decimal(word, &number);
}

static bool is_cache(const struct inq_span *words, size_t count)
{
	enum { LARGEST = 1 << 28, NAME = 1, PLAIN = 7 };
	uint64_t size, in_use, total, memory, unit;
	if (count != PLAIN && count != WITH_CACHED)
		return false;
	const struct inq_span *end = words + count;
	if (count == WITH_CACHED && !inq_span_is(end[-5], "-") && !is_count(end[-5]))
		return false;
	return inq_span_decimal(words[NAME], &size) && inq_span_decimal(words[NAME + 1], &in_use) &&
	       inq_span_decimal(end[-4], &total) && inq_kernel_size(end[-3], &memory, &unit) && is_count(end[-2]) &&
	       is_count(end[-1]) && size && size <= LARGEST && total && in_use <= total &&
	       can_hold(memory, unit, size, total);
}

bool inq_kmastat_is_cache(struct inq_span line)
{
	struct inq_span words[INQ_KERNEL_WORDS];
	return is_cache(words, row_words(line, words));
}

bool inq_kmastat_is_cached(struct inq_span line)
{
	struct inq_span words[INQ_KERNEL_WORDS];
	return row_words(line, words) == WITH_CACHED;
}

/* Total [ARENA] MEMORY SUCCEED FAIL */
static bool is_arena(const struct inq_span *words, size_t count)
{
	uint64_t memory, unit;
	return count == 5 && inq_span_is(words[0], "Total") && inq_span_starts(words[1], "[") &&
	       inq_span_ends(words[1], "]") && inq_kernel_size(words[2], &memory, &unit) && is_count(words[3]) &&
	       is_count(words[4]);
}

/* Arenas that every system has, by the names that vmem.c, kmem.c, seg_kp.c and libumem give them. */
static bool is_known_arena(struct inq_span name)
{
	static const char *const names[] = {
		"heap",		 "vmem_metadata",    "vmem_seg",      "vmem_hash",     "vmem_vmem",	"static",
		"static_alloc",	 "hat_memload",	     "kmem_metadata", "kmem_msb",      "kmem_cache",	"kmem_hash",
		"kmem_log",	 "kmem_firewall_va", "kmem_firewall", "kmem_oversize", "kmem_va",	"kmem_default",
		"segkp",	 "umem_np",	     "heap32",	      "heap_lp",       "id32",		"module_text",
		"module_data",	 "sbrk_top",	     "sbrk_heap",     "mmap_top",      "mmap_heap",	"vmem_internal",
		"umem_internal", "umem_cache",	     "umem_hash",     "umem_log",      "umem_oversize", "umem_default",
	};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (inq_span_is(name, names[i]))
			return true;
	return false;
}

/* NAME INUSE TOTAL IMPORT SUCCEED FAIL */
static bool is_tree(const struct inq_span *words, size_t count)
{
	uint64_t in_use, total, import, unit;
	return count == 6 && is_known_arena(words[0]) && inq_kernel_size(words[1], &in_use, &unit) &&
	       inq_kernel_size(words[2], &total, &unit) && inq_kernel_size(words[3], &import, &unit) &&
	       is_count(words[4]) && is_count(words[5]) && total && in_use <= total && import <= total;
}

static bool is_telling(struct inq_span line)
{
	struct inq_span words[INQ_KERNEL_WORDS];
	size_t count = row_words(line, words);
	return count && (is_cache(words, count) || is_arena(words, count) || is_tree(words, count));
}

static bool begins_without_heading(struct inq_text text)
{
	enum { NEXT = 6 };
	if (!is_telling(text.line))
		return false;
	for (int i = 0; i < NEXT && inq_text_next(&text); i++)
		if (is_telling(text.line))
			return true;
	return false;
}

/* The older ::umastat has the heading of ::kmastat: the names differ. */
static bool is_of_user(struct inq_text text)
{
	enum { NEXT = 8 };
	for (int i = 0; i <= NEXT; i++) {
		if (inq_span_starts(text.line, "umem_") || inq_span_starts(text.line, "Total [umem_") ||
		    inq_span_starts(text.line, "sbrk_") || inq_span_starts(text.line, "mmap_top"))
			return true;
		if (!inq_text_next(&text))
			break;
	}
	return false;
}

unsigned inq_kmastat_look(const struct inq_text *at)
{
	if (!inq_kmastat_caches_begin(at->line) && !inq_kmastat_tree_begins(at->line) && !begins_without_heading(*at))
		return INQ_KMASTAT_NONE;
	return is_of_user(*at) ? INQ_KMASTAT_USER : INQ_KMASTAT_KERNEL;
}
