/* "Heap:" of an hs_err log: the generations as the JVM printed them when it died (Generation::print_on in generation.cpp,
 * psYoungGen.cpp, psOldGen.cpp, g1CollectedHeap.cpp, metaspace print_on):
 *    def new generation   total 19648K, used 1048K [START, COMMITTED END, END)
 *     eden space 17472K,   6% used [START, TOP, END)
 *    garbage-first heap   total 258048K, used 1024K [START, END)      (JDK 8: an address between the two that is no border)
 *    Metaspace       used 123K, committed 320K, reserved 1114112K */
#include "formats/logs/hs_err.h"

#include <inttypes.h>

static const struct {
	const char *printed, *name, *collector;
} generations[] = { { "def new generation", "young", "serial" },
		    { "DefNew", "young", "serial" },
		    { "par new generation", "young", "parnew" },
		    { "PSYoungGen", "young", "parallel" },
		    { "tenured generation", "old", NULL },
		    { "Tenured", "old", NULL },
		    { "ParOldGen", "old", NULL },
		    { "PSOldGen", "old", NULL },
		    { "concurrent mark-sweep generation", "old", "cms" },
		    { "garbage-first heap", "heap", "g1" },
		    { "compacting perm gen", "perm", NULL },
		    { "concurrent-mark-sweep perm gen", "perm", NULL },
		    { "PSPermGen", "perm", NULL },
		    { "Metaspace", "metaspace", NULL },
		    { "class space", "class space", NULL } };

/* "used 1048K": what stands behind the word, in bytes. */
static uint64_t size_after(struct inq_span line, const char *word)
{
	ptrdiff_t at = inq_span_find(line, word);
	struct inq_span rest = inq_span_after(line, at < 0 ? line.length : (size_t)at + strlen(word));
	struct inq_span size = inq_span_word(&rest);
	uint64_t bytes;
	while (size.length && memchr(",[", size.text[size.length - 1], 2))
		size.length--;
	return inq_span_size(size, 1, &bytes) ? bytes : INQ_UNKNOWN;
}

/* "[0x…, 0x…, 0x…)": how many, of at most four. */
static size_t take_borders(struct inq_span line, uint64_t borders[static 4])
{
	ptrdiff_t open = inq_span_find(line, "[0x");
	struct inq_span rest = inq_span_after(line, open < 0 ? line.length : (size_t)open + 1);
	size_t count = 0;
	while (count < 4 && inq_take_hex(&rest, &borders[count])) {
		count++;
		inq_take_char(&rest, ',');
		rest = inq_span_skip_blanks(rest);
	}
	return count;
}

static void take_area(struct inq_hs_err *log, struct inq_span line, size_t row)
{
	struct inq_told_areas *told = &log->listing.builder->space->told_areas;
	uint64_t borders[4];
	size_t count = take_borders(line, borders);
	if (told->count == INQ_MOST_TOLD_AREAS)
		return;
	struct inq_told_area *area = &told->items[told->count++];
	*area = (struct inq_told_area) { .name = generations[row].name,
					 .start = INQ_UNKNOWN,
					 .end = INQ_UNKNOWN,
					 .committed = size_after(line, "committed "),
					 .reserved = size_after(line, "reserved "),
					 .used = size_after(line, "used "),
					 .line = log->listing.text.number };
	if (generations[row].collector)
		told->collector = generations[row].collector;
	bool ordered = count >= 2 && borders[0] < borders[count - 1];
	if (!ordered)
		return;
	area->start = borders[0];
	area->end = borders[count - 1];
	area->reserved = area->end - area->start;
	/* Of G1 the one in the middle is no border of anything. */
	if (count == 3 && strcmp(area->name, "heap") != 0 && borders[1] >= area->start && borders[1] <= area->end)
		area->committed = borders[1] - area->start;
	else
		area->committed = size_after(line, "total ");
}

void inq_hs_err_heap(struct inq_hs_err *log, struct inq_span heading)
{
	enum { MOST_LINES = 64 };
	struct inq_text *text = &log->listing.text, ahead = *text;
	if (!inq_span_is(heading, "Heap") && !inq_span_starts(heading, "Heap:")) /* without the colon to JDK 7 */
		return;
	if (log->listing.builder->space->told_areas.count)
		return; /* "Heap:" before and after the last collection: the first is as of the death */
	for (unsigned i = 0; i < MOST_LINES && inq_text_next(&ahead); i++) {
		struct inq_span line = inq_span_skip_blanks(ahead.line);
		if (!line.length)
			break;
		*text = ahead;
		for (size_t row = 0; row < sizeof generations / sizeof *generations; row++)
			if (inq_span_starts(line, generations[row].printed)) {
				take_area(log, line, row);
				break;
			}
	}
}
