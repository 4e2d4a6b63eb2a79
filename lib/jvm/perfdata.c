/* Decodes the counters of a JVM: header and entries. */
#include "lib/jvm/perfdata.h"

/* Offsets in the header (PerfDataPrologue). The magic number is big-endian whatever the rest is. */
enum { MAGIC = 0, BYTE_ORDER_AT = 4, MAJOR = 5, ENTRIES_AT = 24, ENTRY_COUNT = 28, HEADER = 32 };
/* And in an entry (PerfDataEntry). */
enum { LENGTH = 0, NAME_AT = 4, VECTOR_LENGTH = 8, TYPE = 12, DATA_AT = 16, ENTRY = 20 };
enum { LITTLE = 1, MOST_ENTRIES = 1 << 14, LARGEST = 64 << 20 };
static const uint64_t MAGIC_NUMBER = 0xcafec0c0;

bool inq_perfdata_recognise(const struct inq_view *view)
{
	struct inq_view head = *view;
	uint64_t magic, order, major;
	head.big = true;
	return inq_view_at(&head, MAGIC, 4, &magic) && magic == MAGIC_NUMBER &&
	       inq_view_at(&head, BYTE_ORDER_AT, 1, &order) && order <= LITTLE &&
	       inq_view_at(&head, MAJOR, 1, &major) && (major == 1 || major == 2);
}

bool inq_perfdata_open(const struct inq_view *view, struct inq_perfdata *ret)
{
	if (!inq_perfdata_recognise(view) || inq_view_get(view, MAJOR, 1) != 2)
		return false;
	ret->view = inq_view_clip(view, 0, LARGEST);
	ret->view.big = inq_view_get(view, BYTE_ORDER_AT, 1) != LITTLE;
	ret->first = inq_view_get(&ret->view, ENTRIES_AT, 4);
	ret->entries = inq_view_get(&ret->view, ENTRY_COUNT, 4);
	ret->entries = ret->entries < MOST_ENTRIES ? ret->entries : MOST_ENTRIES;
	return ret->first >= HEADER && ret->first < ret->view.size;
}

/* The entry at `*at`, which is moved behind it; false where there is none. */
static bool next(const struct inq_perfdata *perfdata, uint64_t *at, struct inq_view *ret)
{
	uint64_t length;
	if (!inq_view_at(&perfdata->view, *at + LENGTH, 4, &length) || length < ENTRY ||
	    !inq_view_slice(&perfdata->view, *at, length, ret))
		return false;
	*at += length;
	return true;
}

uint64_t inq_perfdata_count(const struct inq_perfdata *perfdata)
{
	struct inq_view entry;
	uint64_t at = perfdata->first, count = 0;
	while (count < perfdata->entries && next(perfdata, &at, &entry))
		count++;
	return count;
}

/* The value of the entry with this name and type ('J' a number, 'B' bytes). */
static bool find(const struct inq_perfdata *perfdata, const char *name, char type, struct inq_view *ret)
{
	struct inq_view entry;
	uint64_t at = perfdata->first;
	size_t wanted = strlen(name), length;
	for (uint64_t i = 0; i < perfdata->entries && next(perfdata, &at, &entry); i++) {
		const char *found = inq_view_string(&entry, inq_view_get(&entry, NAME_AT, 4), wanted + 1, &length);
		if (!found || length != wanted || memcmp(found, name, wanted) != 0)
			continue;
		uint64_t data = inq_view_get(&entry, DATA_AT, 4), vector = inq_view_get(&entry, VECTOR_LENGTH, 4);
		return (char)inq_view_get(&entry, TYPE, 1) == type &&
		       inq_view_slice(&entry, data, type == 'J' ? 8 : vector, ret);
	}
	return false;
}

bool inq_perfdata_number(const struct inq_perfdata *perfdata, const char *name, uint64_t *ret)
{
	struct inq_view value;
	return find(perfdata, name, 'J', &value) && inq_view_at(&value, 0, 8, ret);
}

const char *inq_perfdata_string(const struct inq_perfdata *perfdata, struct inq_arena *arena, const char *name)
{
	struct inq_view value;
	size_t length;
	if (!find(perfdata, name, 'B', &value))
		return NULL;
	const char *text = inq_view_string(&value, 0, value.size, &length);
	return text ? inq_arena_copy(arena, text, length) : NULL;
}
