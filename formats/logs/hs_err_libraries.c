/* "Dynamic libraries:" of an hs_err log: on Linux the lines of /proc/self/maps, on Windows ranges, elsewhere only where
 * each library begins (os_linux.cpp, os_windows.cpp, os_solaris.cpp, os_bsd.cpp: print_dll_info). */
#include "formats/logs/hs_err.h"

#include <inttypes.h>

/* "0xLOW - 0xHIGH \tPATH", or "0xBASE \tPATH". */
static bool take_library(struct inq_hs_err *log, struct inq_span line, struct inq_row *row)
{
	enum { ONE_PAGE = 0x1000 };
	struct inq_span rest = line;
	*row = inq_row_unknown();
	if (!inq_span_starts(line, "0x") || !inq_take_hex(&rest, &row->start))
		return false;
	rest = inq_span_skip_blanks(rest);
	if (inq_take_char(&rest, '-')) {
		rest = inq_span_skip_blanks(rest);
		bool range = inq_take_hex(&rest, &row->end);
		row->name = inq_span_skip_blanks(rest);
		return range && row->name.length;
	}
	row->name = rest;
	if (!rest.length || row->start & (ONE_PAGE - 1) || !inq_add(row->start, ONE_PAGE, &row->end))
		return false;
	if (!log->told_bases)
		inq_warn(log->listing.ctx, INQ_PLACE_LINE, log->listing.text.number,
			 "the log tells only where each library begins; the first page of each was taken as mapped");
	log->told_bases = true;
	return true;
}

static void check_count(struct inq_hs_err *log, struct inq_span line)
{
	uint64_t count, rows = log->listing.rows + (log->listing.pending.line ? 1 : 0);
	struct inq_span rest = inq_span_after(line, strlen("Total number of mappings:"));
	if (!inq_span_decimal(inq_span_skip_blanks(rest), &count) || rows >= count)
		return;
	inq_warn(log->listing.ctx, INQ_PLACE_LINE, log->listing.text.number,
		 "the log has %" PRIu64 " of %" PRIu64 " mappings: rows were left out", rows, count);
	log->listing.builder->artefact->partial = true;
}

static void take_row(struct inq_hs_err *log, struct inq_span line)
{
	struct inq_row row;
	if (inq_row_proc_maps(line, &row) || take_library(log, line, &row)) {
		inq_listing_add(&log->listing, &row);
	} else if (inq_span_starts(line, "Total number of mappings:")) {
		check_count(log, line);
	} else {
		inq_warn(log->listing.ctx, INQ_PLACE_LINE, log->listing.text.number,
			 "this line of the list of libraries cannot be read; it was left out");
		log->listing.builder->artefact->partial = true;
	}
}

void inq_hs_err_libraries(struct inq_hs_err *log, struct inq_span heading)
{
	(void)heading;
	while (inq_text_next(&log->listing.text)) {
		struct inq_span line = log->listing.text.line;
		if (!line.length)
			return;
		take_row(log, line);
	}
	inq_warn(log->listing.ctx, INQ_PLACE_LINE, log->listing.text.number,
		 "the log ends within its list of libraries; the rest is missing");
	log->listing.builder->artefact->partial = true;
}
