/* .NET: an exception that nobody caught, or a program that gave up by Environment.FailFast, with the words that went to
 * standard error.
 *
 * The words are a managed string in what is left on the stack. Objects begin with a pointer to their MethodTable, whose first
 * two bytes are the size of an array's element and whose word at 4 is the size of an object without elements
 * (vm/methodtable.h): 2 and 22 are a string's and nothing else's. A string is its length and UTF-16. An exception has its
 * references first (the second is the message), then _xcode, which is 0xe0434352 unless the processor threw, and _HResult
 * (System.Private.CoreLib, Exception.CoreCLR.cs). */
#include "lib/diagnose/cause.h"

#include "lib/base/str.h"
#include "lib/diagnose/text.h"

#include <inttypes.h>
#include <string.h>

enum {
	SEARCHED = 32 << 10,  /* bytes of stack */
	LEFT_BELOW = 4 << 10, /* and of what has returned */
	STRING_ELEMENT = 2,
	STRING_SIZE = 22,
	STRING_HEAD = 12, /* MethodTable and length */
	LARGEST_EXCEPTION = 0x200,
	MESSAGE = 16, /* of an exception */
	CODE_OF_DOTNET = 0xe0434352u,
	FACILITY_OF_DOTNET = 0x8013, /* upper half of an HResult; the others are those of Windows' errors */
	FACILITY_NULL = 0x8000,
	FACILITY_WIN32 = 0x8007,
};

/* What the stack's words lead to: the text of a string, or of an exception's message with its HResult. */
typedef const char *reader(struct inq_space *space, uint64_t address, uint32_t *result);

/* The bytes of the object's MethodTable that tell its size. */
static bool type_of(struct inq_space *space, uint64_t object, struct inq_view *ret)
{
	struct inq_view head;
	if (!object || object % 8 || !inq_space_view(space, object, 8, &head))
		return false;
	uint64_t type = inq_view_get(&head, 0, 8);
	return type % 8 == 0 && inq_space_view(space, type, 8, ret);
}

static const char *string_text(struct inq_space *space, uint64_t address, uint32_t *result)
{
	struct inq_view type, head;
	(void)result;
	if (!type_of(space, address, &type) || inq_view_get(&type, 0, 2) != STRING_ELEMENT ||
	    inq_view_get(&type, 4, 4) != STRING_SIZE || !inq_space_view(space, address, STRING_HEAD, &head))
		return NULL;
	return inq_text_utf16(space, address + STRING_HEAD, inq_view_get(&head, 8, 4));
}

static bool is_result(uint64_t value)
{
	return value >> 16 == FACILITY_OF_DOTNET || value >> 16 == FACILITY_NULL || value >> 16 == FACILITY_WIN32;
}

static const char *exception_text(struct inq_space *space, uint64_t address, uint32_t *result)
{
	struct inq_view type, object;
	if (!type_of(space, address, &type))
		return NULL;
	uint64_t size = inq_view_get(&type, 4, 4);
	if (size <= MESSAGE + 8 || size > LARGEST_EXCEPTION || !inq_space_view(space, address, size, &object))
		return NULL;
	for (uint64_t at = MESSAGE + 8; at + 8 <= size; at += 4) {
		uint64_t code = inq_view_get(&object, at, 4), value = inq_view_get(&object, at + 4, 4);
		if (code != CODE_OF_DOTNET || !is_result(value))
			continue;
		uint64_t message = inq_view_get(&object, MESSAGE, 8);
		*result = (uint32_t)value;
		return message ? string_text(space, message, NULL)
			       : ""; /* those of the run-time are made when they are asked for */
	}
	return NULL;
}

static const char *first_on_stack(const struct inq_case *crash, uint64_t from, uint64_t size, reader *read,
				  uint32_t *result)
{
	struct inq_view stack;
	const char *text = NULL;
	if (!inq_space_view_from(crash->space, from, size, &stack))
		return NULL;
	for (uint64_t at = 0; !text && at + 8 <= stack.size; at += 8)
		text = read(crash->space, inq_view_get(&stack, at, 8), result);
	return text;
}

/* What the run-time threw itself (an index out of range) no frame has any more when it ends the program: but what printed it has
 * just returned, and the highest word that it left is the latest. */
static const char *last_below_stack(const struct inq_case *crash, reader *read, uint32_t *result)
{
	struct inq_view left;
	const char *text = NULL;
	struct inq_range held;
	uint64_t sp = crash->frame_count ? crash->frames[0].sp : INQ_UNKNOWN;
	if (sp == INQ_UNKNOWN || sp % 8 || !inq_space_held(crash->space, sp, &held))
		return NULL;
	uint64_t size = sp - held.start < LEFT_BELOW ? sp - held.start : LEFT_BELOW;
	if (!inq_space_view(crash->space, sp - size, size, &left))
		return NULL;
	for (uint64_t at = left.size / 8; !text && at-- > 0;)
		text = read(crash->space, inq_view_get(&left, 8 * at, 8), result);
	return text;
}

/* FailFast and GenericFailFast keep the message, for the garbage collector, before anything else that is left in their frames
 * from other calls: what both have first is it. */
static const char *fail_fast_text(const struct inq_case *crash)
{
	const char *text = NULL;
	for (size_t i = 0; i + 1 < crash->frame_count; i++) {
		const struct inq_frame_info *frame = &crash->frames[i], *caller = frame + 1;
		if (!inq_name_is_like(frame->location.symbol, "*FailFast") || caller->sp - frame->sp > SEARCHED)
			continue;
		const char *first = first_on_stack(crash, frame->sp, caller->sp - frame->sp, string_text, NULL);
		if (!first || (text && strcmp(first, text) != 0))
			return NULL;
		text = first;
	}
	return text;
}

/* The types whose HResults one meets most (CoreCLR's corerror.xml, and winerror.h). Types of the program's own have that of the
 * type that they are derived from. */
static const char *type_name(uint32_t result)
{
	static const struct {
		uint32_t result;
		const char *name;
	} types[] = {
		{ 0x80131500, "System.Exception" },
		{ 0x80131501, "System.SystemException" },
		{ 0x80131502, "System.ArgumentOutOfRangeException" },
		{ 0x80131505, "System.TimeoutException" },
		{ 0x80131508, "System.IndexOutOfRangeException" },
		{ 0x80131509, "System.InvalidOperationException" },
		{ 0x80131515, "System.NotSupportedException" },
		{ 0x80131516, "System.OverflowException" },
		{ 0x80131524, "System.DllNotFoundException" },
		{ 0x80131534, "System.TypeInitializationException" },
		{ 0x80131537, "System.FormatException" },
		{ 0x80131577, "System.Collections.Generic.KeyNotFoundException" },
		{ 0x80131604, "System.Reflection.TargetInvocationException" },
		{ 0x80131620, "System.IO.IOException" },
		{ 0x80131622, "System.ObjectDisposedException" },
		{ 0x80004001, "System.NotImplementedException" },
		{ 0x80004002, "System.InvalidCastException" },
		{ 0x80004003, "System.NullReferenceException or ArgumentNullException" },
		{ 0x80070002, "System.IO.FileNotFoundException" },
		{ 0x80070005, "System.UnauthorizedAccessException" },
		{ 0x8007000e, "System.OutOfMemoryException" },
		{ 0x80070057, "System.ArgumentException" },
	};
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (types[i].result == result)
			return types[i].name;
	return NULL;
}

/* The innermost frame of the run-time, below which it has no say any more. */
static const struct inq_frame_info *runtime_frame(const struct inq_case *crash)
{
	for (size_t i = 0; i < crash->frame_count; i++) {
		const char *object = crash->frames[i].location.object;
		if (object && strcmp(inq_base_name(object), "libcoreclr.so") == 0)
			return &crash->frames[i];
	}
	return NULL;
}

static void tell_exception(const struct inq_case *crash, const char *text, uint32_t result, struct inq_finding *ret)
{
	const char *name = type_name(result);
	ret->id = "uncaught-exception";
	const char *message = *text ? inq_first_line(crash->space, text) : name ? name : "without a message of its own";
	ret->text = inq_case_text(crash, "a .NET exception that nobody caught: %s", message);
	inq_find_evidence(crash, ret, "an exception object %s has %s and HResult 0x%" PRIx32 "%s%s",
			  ret->confidence == INQ_LIKELY ? "on the stack"
							: "that what has returned left below the stack",
			  *text ? "this message" : "no message of its own", result, name ? ": " : "",
			  name ? inq_case_text(crash, "%s, or a type derived from it", name) : "");
	if (name && strstr(name, "OutOfMemory"))
		ret->id = "out-of-memory";
}

static bool find(const struct inq_case *crash, struct inq_finding *ret)
{
	const struct inq_frame_info *frame = runtime_frame(crash), *fast = inq_case_frame(crash, "*FailFast");
	uint32_t result = 0;
	if (!frame || crash->space->machine.bits != 64 || !inq_fault_is(crash->fault, "SIGABRT") ||
	    !inq_fault_self_sent(crash->space, crash->fault))
		return false;
	const char *text =
		fast ? fail_fast_text(crash) : first_on_stack(crash, frame->sp, SEARCHED, exception_text, &result);
	ret->confidence = INQ_LIKELY;
	if (!text && !fast) {
		text = last_below_stack(crash, exception_text, &result);
		ret->confidence = text ? INQ_POSSIBLE : INQ_LIKELY;
	}
	if (text && !fast) {
		tell_exception(crash, text, result, ret);
	} else if (text) {
		ret->text = inq_case_text(crash, "the program ended itself by Environment.FailFast: %s",
					  inq_first_line(crash->space, text));
		inq_find_evidence(crash, ret, "its part of the stack leads to a string with this text");
	} else {
		ret->text = "the .NET run-time ended the program; standard error has its message";
	}
	inq_find_evidence(crash, ret, "frame %u is %s", frame->index, inq_case_place(crash, &frame->location));
	return true;
}

const struct inq_cause inq_cause_dotnet_fatal = { .id = "dotnet-fatal", .find = find };
