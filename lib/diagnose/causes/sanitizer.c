/* What a sanitizer found: it keeps its report in memory while it prints it (compiler-rt, lib/asan/asan_report.cpp,
 * error_message_buffer; lib/sanitizer_common, InternalScopedString). */
#include "lib/diagnose/cause.h"

#include "lib/diagnose/text.h"

#include <inttypes.h>

enum { MOST_SEARCHED = 256 << 20 };

static const struct inq_frame_info *find_frame(const struct inq_case *crash)
{
	static const char *const names[] = {
		"__asan_", "__asan::",	 "_ZN6__asan",	 "__ubsan_", "_ZN7__ubsan",   "__tsan_",	  "_ZN6__tsan",
		"__msan_", "_ZN6__msan", "_ZN8__hwasan", "__hwasan", "__sanitizer::", "_ZN11__sanitizer", "__sanitizer_"
	};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const struct inq_frame_info *frame = inq_case_frame(crash, names[i]);
		if (frame)
			return frame;
	}
	return NULL;
}

/* In the view, a line of this process's report; NULL. UndefinedBehaviorSanitizer's begin with the place in the source. */
static const char *find_line(const struct inq_case *crash, const struct inq_view *view)
{
	static const char *const beginnings[] = { "ERROR: ", "WARNING: " };
	uint64_t at;
	for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++) {
		const char *begin = inq_case_text(crash, "==%" PRIu64 "==%s", crash->space->process.pid, beginnings[i]);
		if (begin && inq_find_bytes(view, 0, begin, &at))
			return inq_line_around(crash->space, view, at);
	}
	if (inq_find_bytes(view, 0, "WARNING: ThreadSanitizer: ", &at) ||
	    inq_find_bytes(view, 0, ": runtime error: ", &at))
		return inq_line_around(crash->space, view, at);
	return NULL;
}

/* The report's buffers are anonymous memory of their own. */
static const char *find_report(const struct inq_case *crash)
{
	struct inq_space *space = crash->space;
	const char *line = NULL;
	uint64_t searched = 0;
	struct inq_view view;
	for (size_t i = 0; i < space->mappings.count && !line && searched < MOST_SEARCHED; i++) {
		const struct inq_mapping *mapping = &space->mappings.items[i];
		if (mapping->file || !(mapping->permissions & INQ_PERM_WRITE) || !mapping->data_size ||
		    mapping->data_size > MOST_SEARCHED - searched ||
		    !inq_space_view_from(space, mapping->start, mapping->data_size, &view))
			continue;
		searched += mapping->data_size;
		line = find_line(crash, &view);
	}
	return line;
}

static bool find(const struct inq_case *crash, struct inq_finding *ret)
{
	const struct inq_frame_info *frame = find_frame(crash);
	if (!frame || !inq_fault_self_sent(crash->space, crash->fault))
		return false;
	const char *line = find_report(crash), *what = line ? strstr(line, "==ERROR: ") : NULL;
	what = what ? what + strlen("==ERROR: ") : line;
	ret->text = what ? inq_case_text(crash, "a sanitizer ended the program: %s", what)
			 : "a sanitizer found an error and ended the program; its report is on standard error";
	ret->confidence = frame->confidence == INQ_CERTAIN ? INQ_CERTAIN : INQ_LIKELY;
	inq_find_evidence(crash, ret, "frame %u is %s", frame->index, inq_case_place(crash, &frame->location));
	if (line)
		inq_find_evidence(crash, ret, "the report is in memory: %s", line);
	return true;
}

const struct inq_cause inq_cause_sanitizer = { .id = "sanitizer", .find = find };
