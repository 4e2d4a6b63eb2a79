/* An uncaught C++ exception: its type and its text, out of the exception object.
 *
 * Invariant (Itanium C++ ABI, Exception Handling, 2.2): an object that was thrown stands behind its header, whose last member
 * is the _Unwind_Exception; that begins with the 8 letters of the run-time that made it. The functions between the throw
 * and std::terminate keep its address on the stack. Sources: libstdc++, libsupc++/unwind-cxx.h; libc++abi,
 * src/cxa_exception.h; both put the type as far before the _Unwind_Exception, and the count of references before it. */
#include "lib/diagnose/cause.h"

#include "lib/diagnose/text.h"
#include "lib/symbol/demangle.h"
#include "lib/symbol/symbol.h"

#include <ctype.h>
#include <inttypes.h>

enum {
	BEHIND = 32,	     /* from the _Unwind_Exception to the object */
	SEARCHED = 64 << 10, /* bytes of stack */
	MOST_BASES = 16,
	LONGEST_NAME = 512,
	LONGEST_STRING = 1 << 20
};

/* "GNUCC++\0" and "CLNGC++\0" as numbers; the lowest byte is 1 for one that was thrown again by std::rethrow_exception. */
static const uint64_t gnu_class = UINT64_C(0x474e5543432b2b00), clang_class = UINT64_C(0x434c4e47432b2b00);

struct exception {
	uint64_t header, object, type; /* _Unwind_Exception, what was thrown, its std::type_info */
	const char *name;	       /* readable */
	const char *bases[MOST_BASES]; /* mangled, as type_info has them: the type itself first */
	size_t base_count;
};

static unsigned word_of(const struct inq_case *crash)
{
	return crash->space->machine.bits == 32 ? 4 : 8;
}

static bool read_word(const struct inq_case *crash, uint64_t address, uint64_t *ret)
{
	return inq_space_integer(crash->space, address, word_of(crash), ret);
}

/* From the type's pointer to the _Unwind_Exception, which is aligned to 16. */
static unsigned type_before(const struct inq_case *crash)
{
	return word_of(crash) == 4 ? 48 : 80;
}

/* An exception that somebody still refers to: a block that was freed keeps its bytes, but not its count. */
static bool is_alive(const struct inq_case *crash, uint64_t header, bool gnu)
{
	struct inq_view count;
	uint64_t type = header - type_before(crash);
	uint64_t at = gnu ? type - 16 : word_of(crash) == 4 ? header - 4 : type - 8;
	return inq_space_view(crash->space, at, 4, &count) && inq_view_get(&count, 0, 4) - 1 < 1 << 16;
}

/* "N3app5ErrorE": libstdc++ marks names that are compared by address with an asterisk. */
static const char *type_name(const struct inq_case *crash, uint64_t type)
{
	uint64_t at;
	const char *name = read_word(crash, type + word_of(crash), &at) ? inq_text_to_nul(crash->space, at) : NULL;
	name += name && *name == '*';
	if (!name || !*name || strlen(name) > LONGEST_NAME)
		return NULL;
	for (const char *c = name; *c; c++)
		if (!isalnum((unsigned char)*c) && *c != '_' && *c != '.' && *c != '$')
			return NULL;
	return name;
}

static const char *readable(const struct inq_case *crash, const char *name)
{
	static const char prefix[] = "typeinfo name for ";
	const char *mangled = inq_case_text(crash, "_ZTS%s", name);
	const char *text = mangled ? inq_demangle(crash->space->ctx, mangled) : NULL;
	return text && strncmp(text, prefix, sizeof prefix - 1) == 0 ? text + sizeof prefix - 1 : name;
}

/* The first base: std::type_info of a class with one base names it, one with several lists them with their offsets. What
 * kind it is its own vtable tells. 0: none, or not at the object's beginning. */
static uint64_t base_of(const struct inq_case *crash, uint64_t type)
{
	uint64_t table, base, offset, word = word_of(crash);
	struct inq_symbol symbol;
	struct inq_object *object = read_word(crash, type, &table) ? inq_space_object_at(crash->space, table) : NULL;
	if (!object || !inq_symbol_at(crash->space, object, table, &symbol))
		return 0;
	if (inq_name_is_like(symbol.name, "*20__si_class_type_info"))
		return read_word(crash, type + 2 * word, &base) ? base : 0;
	if (!inq_name_is_like(symbol.name, "*21__vmi_class_type_info"))
		return 0;
	bool first = read_word(crash, type + 2 * word + 8, &base) && read_word(crash, type + 3 * word + 8, &offset);
	return first && offset >> 8 == 0 ? base : 0;
}

/* True with *ret filled when `header` is the address of an _Unwind_Exception of C++ that is alive. */
static bool read_exception(const struct inq_case *crash, uint64_t header, struct exception *ret)
{
	struct inq_view view;
	if (!inq_space_view(crash->space, header, 8, &view))
		return false;
	uint64_t made_by = inq_view_get(&view, 0, 8);
	bool again = made_by & 1, gnu = (made_by & ~UINT64_C(1)) == gnu_class;
	if (!gnu && (made_by & ~UINT64_C(1)) != clang_class)
		return false;
	*ret = (struct exception) { .header = header, .object = header + BEHIND };
	if (!read_word(crash, header - type_before(crash), &ret->type))
		return false;
	if (again) { /* the place of the type has the object that was thrown first */
		ret->object = ret->type;
		return read_word(crash, ret->object - BEHIND - type_before(crash), &ret->type) &&
		       type_name(crash, ret->type);
	}
	return is_alive(crash, header, gnu) && type_name(crash, ret->type);
}

/* The bytes of the stack that the run-time's functions used, between the end and who threw. */
static bool throwing_part(const struct inq_case *crash, struct inq_view *ret)
{
	uint64_t sp = crash->fault->sp;
	return sp != INQ_UNKNOWN && inq_space_view_from(crash->space, sp, SEARCHED, ret);
}

/* A word on the stack may point to the header, to its part that is the unwinder's, or to the object. */
static bool find_exception(const struct inq_case *crash, struct exception *ret)
{
	struct inq_view stack;
	uint64_t value;
	if (!throwing_part(crash, &stack))
		return false;
	for (uint64_t at = 0; inq_view_word_at(&stack, at, &value); at += stack.word) {
		const struct inq_mapping *mapping = value % 8 ? NULL : inq_space_mapping_at(crash->space, value);
		if (!mapping || !(mapping->permissions & INQ_PERM_WRITE))
			continue;
		if (read_exception(crash, value, ret) || read_exception(crash, value - BEHIND, ret) ||
		    read_exception(crash, value + type_before(crash), ret))
			return true;
	}
	return false;
}

static void read_bases(const struct inq_case *crash, struct exception *exception)
{
	uint64_t type = exception->type;
	const char *name;
	while (type && exception->base_count < MOST_BASES && (name = type_name(crash, type))) {
		exception->bases[exception->base_count++] = name;
		type = base_of(crash, type);
	}
	exception->name = exception->base_count ? readable(crash, exception->bases[0]) : NULL;
}

static bool derives(const struct exception *exception, const char *name)
{
	for (size_t i = 0; i < exception->base_count; i++)
		if (strcmp(exception->bases[i], name) == 0)
			return true;
	return false;
}

/* A std::string of libstdc++ (pointer, length, short texts inside). */
static const char *string_at(const struct inq_case *crash, uint64_t address)
{
	uint64_t data, length;
	if (!read_word(crash, address, &data) || !read_word(crash, address + word_of(crash), &length))
		return NULL;
	return inq_text_at(crash->space, data, length);
}

static const char *pointed_text(const struct inq_case *crash, uint64_t address)
{
	uint64_t data;
	return read_word(crash, address, &data) ? inq_text_to_nul(crash->space, data) : NULL;
}

/* What is told of the object: the standard's own classes keep a pointer to their text behind the vtable's; others are only
 * looked at for a text there. */
static const char *text_of(const struct inq_case *crash, const struct exception *exception, bool *told)
{
	uint64_t object = exception->object, member = object + word_of(crash);
	struct inq_view number;
	*told = true;
	if (derives(exception, "St13runtime_error") || derives(exception, "St11logic_error"))
		return pointed_text(crash, member);
	if (derives(exception, "PKc") || derives(exception, "Pc"))
		return pointed_text(crash, object);
	if (derives(exception, "NSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE"))
		return string_at(crash, object);
	if (derives(exception, "i") && inq_space_view(crash->space, object, 4, &number))
		return inq_case_text(crash, "%" PRId32, (int32_t)inq_view_get(&number, 0, 4));
	*told = false;
	const char *text = string_at(crash, member);
	return text ? text : pointed_text(crash, member);
}

static void say_exception(const struct inq_case *crash, struct exception *exception, struct inq_finding *ret)
{
	bool told;
	read_bases(crash, exception);
	const char *text = text_of(crash, exception, &told);
	const char *line = text ? inq_first_line(crash->space, text) : NULL;
	bool memory = derives(exception, "St9bad_alloc");
	ret->id = memory ? "out-of-memory" : ret->id;
	ret->text = memory ? inq_case_text(crash, "out of memory: an uncaught C++ exception %s", exception->name)
		    : line && told ? inq_case_text(crash, "an uncaught C++ exception %s: %s", exception->name, line)
				   : inq_case_text(crash, "an uncaught C++ exception %s", exception->name);
	inq_find_evidence(crash, ret,
			  "the exception is at 0x%" PRIx64 ", its header, which the stack leads to, before it",
			  exception->object);
	for (size_t i = 1; i < exception->base_count && i < 3; i++)
		inq_find_evidence(crash, ret, "it is a %s", readable(crash, exception->bases[i]));
	if (line && told)
		inq_find_evidence(crash, ret, "its text is \"%s\"", text);
	else if (line && !memory)
		inq_find_evidence(crash, ret, "the object holds the text \"%s\"", text);
}

/* std::terminate by the run-time's look at a function on the way out, which a throw that nobody catches does not get to. */
static bool left_noexcept(const struct inq_case *crash)
{
	const struct inq_frame_info *looked = inq_case_frame(crash, "__gxx_personality");
	const struct inq_frame_info *unwound = inq_case_frame(crash, "_Unwind_R"); /* RaiseException, Resume */
	looked = looked ? looked : inq_case_frame(crash, "__cxa_call_terminate");
	return looked && unwound && looked < unwound;
}

static const char *without_exception(const struct inq_case *crash)
{
	if (inq_case_frame(crash, "__cxa_rethrow"))
		return "\"throw;\" was called where no exception is being handled, which calls std::terminate";
	if (inq_case_frame(crash, "~thread") || inq_case_frame(crash, "std::thread::~thread"))
		return "a std::thread was destroyed that had not been joined, which calls std::terminate";
	return "std::terminate was called, and no exception was found: as when a std::thread is destroyed that was not "
	       "joined";
}

static bool find(const struct inq_case *crash, struct inq_finding *ret)
{
	static const char *const terminate[] = { "_ZSt9terminatev", "std::terminate", "_ZN10__cxxabiv111__terminate",
						 "__cxxabiv1::__terminate", "__cxa_throw" };
	const struct inq_frame_info *frame = NULL;
	struct exception exception;
	if (!inq_fault_self_sent(crash->space, crash->fault))
		return false;
	for (size_t i = 0; i < sizeof terminate / sizeof *terminate && !frame; i++)
		frame = inq_case_frame(crash, terminate[i]);
	if (!frame || inq_case_frame(crash, "__cxa_pure_virtual"))
		return false;
	ret->confidence = frame->confidence == INQ_CERTAIN ? INQ_CERTAIN : INQ_LIKELY;
	inq_find_evidence(crash, ret, "frame %u is %s", frame->index, inq_case_place(crash, &frame->location));
	if (find_exception(crash, &exception)) {
		say_exception(crash, &exception, ret);
		if (left_noexcept(crash))
			ret->text = inq_case_text(
				crash, "a function that must not throw (noexcept, a destructor) let one out: %s",
				ret->text);
	} else {
		ret->id = "terminate";
		ret->text = without_exception(crash);
	}
	return true;
}

const struct inq_cause inq_cause_cxx_exception = { .id = "uncaught-exception", .find = find };
