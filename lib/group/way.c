/* Ways in which programs end, and how far these are apart: of one bug, other data can make a null pointer of a wild one, or
 * damage that the allocator finds of a fault. */
#include "lib/group/parts.h"

#include <string.h>

/* What one difference of the kind adds. */
static const double signal_differs = 0.05, base_differs = 0.1, access_differs = 0.1, access_unknown = 0.02,
		    detail_unknown = 0.05, family_differs = 0.1, reason_unknown = 0.05, apart = 1;

static bool is_word(const struct inq_way *way, const char *word)
{
	return way->word_length == strlen(word) && memcmp(way->word, word, way->word_length) == 0;
}

static bool begins(const struct inq_way *way, const char *head)
{
	return way->word_length >= strlen(head) && memcmp(way->word, head, strlen(head)) == 0;
}

static enum inq_way_family family_of(const struct inq_way *way, const char *bucket)
{
	static const char *const exact[] = { "killed", "watchdog", "no-crash" };
	for (size_t i = 0; i < sizeof exact / sizeof *exact; i++)
		if (strcmp(bucket, exact[i]) == 0)
			return INQ_WAY_EXACT;
	if (begins(way, "null-") || begins(way, "wild-"))
		return INQ_WAY_MEMORY;
	if (is_word(way, "jump-to-null") || is_word(way, "bad-jump") || is_word(way, "pure-virtual-call"))
		return INQ_WAY_JUMP;
	if (is_word(way, "heap-corruption"))
		return INQ_WAY_HEAP;
	if (is_word(way, "sanitizer"))
		return INQ_WAY_SANITIZER;
	return is_word(way, "abort") || is_word(way, "terminate") ? INQ_WAY_ABORT : INQ_WAY_OTHER;
}

/* "SIGSEGV null-write" has a signal; "deadlock" has none. */
struct inq_way inq_way_of(const struct inq_signature *signature)
{
	const char *kind = signature->kind ? signature->kind : "";
	const char *bucket = signature->bucket ? signature->bucket : "";
	struct inq_way way = { .kind = kind, .signal = kind, .word = kind };
	size_t first = strcspn(kind, " ");
	if (kind[first]) {
		way.signal_length = first;
		way.word = kind + first + 1;
	}
	way.word_length = strcspn(way.word, " ");
	way.detail = way.word + way.word_length;
	way.detail += *way.detail == ' ';
	way.family = family_of(&way, bucket);
	way.set = strcmp(bucket, "stack-overflow") == 0 || strcmp(bucket, "deadlock") == 0;
	return way;
}

static bool same_signal(const struct inq_way *a, const struct inq_way *b)
{
	return a->signal_length == b->signal_length && memcmp(a->signal, b->signal, a->signal_length) == 0;
}

/* "null-read": what kind of pointer, and what was tried by it. */
static double memory_distance(const struct inq_way *a, const struct inq_way *b)
{
	static const char access[] = "access";
	double distance = memcmp(a->word, b->word, strlen("null")) == 0 ? 0 : base_differs;
	const char *one = a->word + strlen("null-"), *other = b->word + strlen("null-");
	size_t one_length = a->word_length - strlen("null-"), other_length = b->word_length - strlen("null-");
	if (one_length == other_length && memcmp(one, other, one_length) == 0)
		return distance;
	bool unknown = memcmp(one, access, 1) == 0 || memcmp(other, access, 1) == 0;
	return distance + (unknown ? access_unknown : access_differs);
}

static double detail_distance(const struct inq_way *a, const struct inq_way *b)
{
	if (strcmp(a->detail, b->detail) == 0)
		return 0;
	return *a->detail && *b->detail ? apart : detail_unknown;
}

/* Families that one bug can show itself by. */
static double related(const struct inq_way *a, const struct inq_way *b)
{
	unsigned both = 1U << a->family | 1U << b->family;
	unsigned memory = 1U << INQ_WAY_MEMORY | 1U << INQ_WAY_HEAP | 1U << INQ_WAY_SANITIZER;
	if (!(both & ~memory))
		return family_differs;
	return both & 1U << INQ_WAY_ABORT && same_signal(a, b) ? reason_unknown : apart;
}

double inq_way_distance(const struct inq_way *a, const struct inq_way *b)
{
	if ((a->kind == b->kind || strcmp(a->kind, b->kind) == 0) && a->set == b->set)
		return a->family == INQ_WAY_EXACT || b->family == INQ_WAY_EXACT ? apart : 0;
	if (a->family == INQ_WAY_EXACT || b->family == INQ_WAY_EXACT || a->set != b->set)
		return apart;
	if (a->family != b->family)
		return related(a, b);
	double distance = same_signal(a, b) ? 0 : signal_differs;
	if (a->family == INQ_WAY_MEMORY)
		return distance + memory_distance(a, b);
	if (a->family == INQ_WAY_JUMP)
		return distance + (a->word_length == b->word_length ? 0 : base_differs);
	if (a->word_length != b->word_length || memcmp(a->word, b->word, a->word_length) != 0)
		return apart;
	return distance + detail_distance(a, b);
}
