/* Checks of C and C++ libraries that print a constant text and abort, which is an argument of the function that does: libstdc++
 * (_GLIBCXX_ASSERTIONS, src/c++11/assert_fail.cc), libc++ (hardening, include/__verbose_abort), and assert() of C libraries that do
 * not keep their message, as musl (src/exit/assert.c). clang's trapping checks name theirs by an inlined function that is only in the
 * debug information (__builtin_verbose_trap). */
#include "lib/diagnose/cause.h"

#include "lib/diagnose/call_argument.h"
#include "lib/diagnose/text.h"

#include <string.h>

static const struct check {
	const char *name;
	unsigned argument; /* which one is the text */
	const char *text;
} checks[] = {
	{ "std::__glibcxx_assert_fail", 3, "a check of the C++ library failed" },
	{ "_ZSt21__glibcxx_assert_fail", 3, "a check of the C++ library failed" },
	{ "*__libcpp_verbose_abort", 1, "a check of the C++ library failed" },
	{ "__assert_fail", 0, "an assertion failed" },
};

static const char trap_name[] = "__clang_trap_msg$";

static bool find_call(const struct inq_case *crash, const struct check *check, struct inq_finding *ret)
{
	const struct inq_frame_info *frame = inq_case_frame(crash, check->name);
	if (!frame)
		return false;
	bool caller = frame + 1 < crash->frames + crash->frame_count;
	const char *text = caller ? inq_constant_argument(crash->space, frame[1].pc, check->argument) : NULL;
	text = text ? inq_first_line(crash->space, text) : NULL;
	ret->text = text ? inq_case_text(crash, "%s: %s", check->text, text) : check->text;
	ret->confidence = frame->confidence == INQ_CERTAIN ? INQ_CERTAIN : INQ_LIKELY;
	inq_find_evidence(crash, ret, "frame %u is %s", frame->index, inq_case_place(crash, &frame->location));
	if (text)
		inq_find_evidence(crash, ret, "it was called with the text: Assertion `%s' failed", text);
	return true;
}

/* "__clang_trap_msg$libc++$vector[] index out of bounds": a category and a message. */
static bool find_trap(const struct inq_case *crash, struct inq_finding *ret)
{
	const char *name = crash->frame_count ? crash->frames[0].location.function : NULL;
	if (!inq_case_trap(crash) || !inq_name_is_like(name, trap_name))
		return false;
	const char *message = strchr(name + sizeof trap_name - 1, '$');
	if (!message)
		return false;
	ret->text = inq_case_text(crash, "a check that was compiled in failed: %s",
				  inq_first_line(crash->space, message + 1));
	ret->confidence = INQ_CERTAIN;
	inq_find_evidence(crash, ret, "the debug information tells it as the name of an inlined function");
	return true;
}

/* clang's -fsanitize-trap puts the check's number into the trap: x86's ud1 number(%eax),%eax (CGExpr.cpp, EmitTrapCheck), numbered
 * as in CodeGen's list of checks (LIST_SANITIZER_CHECKS). */
static const char *const checked[] = {
	"an overflow in an addition",
	"code was reached that cannot be (__builtin_unreachable)",
	"control-flow integrity: a call or cast of a wrong type",
	"a division by zero, or its overflow",
	"an object of another dynamic type",
	"a floating-point value that the integer cannot hold",
	"a call through a function pointer of another type",
	"an implicit conversion that changed the value",
	"a built-in function was given an invalid value",
	"an object of another Objective-C class",
	"a value that its type cannot have (bool, enum)",
	"a function ended without returning a value",
	"an overflow in a multiplication",
	"an overflow in a negation",
	"null for a _Nonnull parameter",
	"null from a function that returns _Nonnull",
	"null for a parameter that must not be",
	"null from a function that must not return it",
	"an index out of an array's bounds",
	"pointer arithmetic that overflowed",
	"a shift by too many bits, or of a negative number",
	"an overflow in a subtraction",
	"a null or misaligned pointer, or an object that is too small",
	"a wrong assumption of alignment",
	"an array with a size that is not positive",
};

/* x86's number; -1: the trap has none. */
static int number_in_ud1(const struct inq_case *crash)
{
	static const uint8_t ud1[] = { 0x67, 0x0f, 0xb9 }, zero = 0x00,
			     byte = 0x40; /* ModRM: (%eax), and one byte more */
	struct inq_view code;
	if (!inq_space_view(crash->space, crash->fault->pc, 5, &code) || memcmp(code.data, ud1, sizeof ud1) != 0)
		return -1;
	return code.data[3] == byte ? code.data[4] : code.data[3] == zero ? 0 : -1;
}

/* AArch64: brk #0x5500 + number (llvm, AArch64InstrInfo.td, ubsantrap). */
static int number_in_brk(const struct inq_case *crash)
{
	enum { SHIFT = 5, FIRST = 0x5500 };
	static const uint64_t brk = 0xd4200000, others = 0xffe0001f;
	struct inq_view code;
	if (!inq_space_view(crash->space, crash->fault->pc, 4, &code))
		return -1;
	uint64_t word = inq_view_get(&code, 0, 4), immediate = (word & ~others) >> SHIFT;
	return (word & others) == brk && immediate >= FIRST && immediate - FIRST <= UINT8_MAX ? (int)(immediate - FIRST)
											      : -1;
}

static bool find_numbered(const struct inq_case *crash, struct inq_finding *ret)
{
	enum { EM_386 = 3, EM_X86_64 = 62, EM_AARCH64 = 183 };
	uint16_t machine = crash->space->machine.elf;
	const char *text = crash->fault->instruction.info.text;
	int number = -1;
	if (inq_case_trap(crash) && (machine == EM_386 || machine == EM_X86_64))
		number = number_in_ud1(crash);
	else if (inq_case_trap(crash) && machine == EM_AARCH64)
		number = number_in_brk(crash);
	if (number < 0 || number >= (int)(sizeof checked / sizeof *checked))
		return false;
	ret->text = inq_case_text(crash, "a sanitizer's check failed: %s", checked[number]);
	ret->confidence = INQ_LIKELY;
	inq_find_evidence(crash, ret, "the trap is clang's, with the number %d%s%s", number, text ? ": " : "",
			  text ? text : "");
	return true;
}

static bool find(const struct inq_case *crash, struct inq_finding *ret)
{
	if (!inq_fault_self_sent(crash->space, crash->fault))
		return find_trap(crash, ret) || find_numbered(crash, ret);
	for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
		if (find_call(crash, &checks[i], ret))
			return true;
	return false;
}

const struct inq_cause inq_cause_failed_check = { .id = "assertion", .find = find };
