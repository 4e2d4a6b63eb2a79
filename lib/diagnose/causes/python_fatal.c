/* A fatal error of the Python interpreter, with its message, which went straight to standard error. The message is an argument
 * of Py_FatalError (the first) or _Py_FatalErrorFunc, which Python's own code calls (the second, after the function's name):
 * mostly a constant that is loaded right before the call; else it may still lie in the frame of the function that wrote it.
 * Source: CPython's Python/pylifecycle.c and Include/cpython/pyerrors.h. */
#include "lib/diagnose/cause.h"

#include "lib/diagnose/call_argument.h"
#include "lib/diagnose/python.h"
#include "lib/diagnose/text.h"

#include <string.h>

enum { LARGEST_FRAME = 1 << 10 };

static const struct function {
	const char *name;
	unsigned argument; /* which one is the message */
} functions[] = { { "Py_FatalError", 0 }, { "_Py_FatalErrorFunc", 1 }, { "_Py_FatalErrorFormat", 1 } };

/* The texts that words of the frame lead to: as many as there are arguments, or none is meant. */
static const char *kept_text(const struct inq_case *crash, const struct inq_frame_info *frame, unsigned argument)
{
	struct inq_view bytes;
	const char *last = NULL;
	unsigned count = 0;
	if (frame == crash->frames || frame + 1 >= crash->frames + crash->frame_count)
		return NULL;
	uint64_t from = frame[-1].sp, size = frame[1].sp - from;
	if (frame[1].sp <= from || size > LARGEST_FRAME || !inq_space_view(crash->space, from, size, &bytes))
		return NULL;
	for (uint64_t at = 0; at + bytes.word <= size; at += bytes.word) {
		const char *text = inq_text_to_nul(crash->space, inq_view_get_word(&bytes, at));
		if (!text || strlen(text) < bytes.word / 2)
			continue;
		last = text;
		count++;
	}
	return count == argument + 1 ? last : NULL;
}

static bool find(const struct inq_case *crash, struct inq_finding *ret)
{
	for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
		const struct function *function = &functions[i];
		const struct inq_frame_info *frame = inq_case_frame(crash, function->name);
		if (!frame || frame + 1 >= crash->frames + crash->frame_count)
			continue;
		const char *text = inq_constant_argument(crash->space, frame[1].pc, function->argument);
		bool constant = text != NULL;
		if (!text)
			text = kept_text(crash, frame, function->argument);
		if (!text)
			return false;
		ret->text = inq_case_text(crash, "a fatal error of the Python interpreter: %s",
					  inq_first_line(crash->space, text));
		ret->confidence = constant && frame->confidence == INQ_CERTAIN ? INQ_CERTAIN : INQ_LIKELY;
		inq_find_evidence(crash, ret, "frame %u is %s", frame->index, inq_case_place(crash, &frame->location));
		inq_find_evidence(crash, ret,
				  constant ? "the call before 0x%llx passes this text"
					   : "the frame below 0x%llx holds a pointer to this text",
				  (unsigned long long)(constant ? frame[1].pc : frame[1].sp));
		const char *script = inq_python_place(crash);
		if (script)
			inq_find_evidence(crash, ret, "%s", script);
		return true;
	}
	return false;
}

const struct inq_cause inq_cause_python_fatal = { .id = "python-fatal", .find = find };
