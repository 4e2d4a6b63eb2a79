/* The C library had just refused memory: errno of the thread that died is ENOMEM, and it gave up, or went through the null
 * pointer that it had got. errno keeps the last failure, which may be long ago: never certain.
 *
 * Where errno is, __errno_location tells by its own instructions (glibc, x86-64): mov GOT(%rip),%rax; add %fs:0,%rax; ret. */
#include "lib/diagnose/cause.h"

#include "lib/base/str.h"
#include "lib/diagnose/registers.h"
#include "lib/symbol/symbol.h"

#include <string.h>

enum { ENOMEM_OF_LINUX = 12, EM_X86_64 = 62, CODE_SIZE = 17, NEAR_NULL = 4096 };

/* The object that defines the function: the C library is among the last to be asked by most programs, but each look-up is
 * one in a hash table. */
static bool find_function(struct inq_space *space, const char *name, uint64_t *ret)
{
	for (size_t i = 0; i < space->objects.count; i++) {
		struct inq_object *object = &space->objects.items[i];
		if (inq_name_is_like(inq_base_name(object->path ? object->path : ""), "libc.") &&
		    inq_symbol_find(space, object, name, strlen(name), ret))
			return true;
	}
	return false;
}

static bool read_errno(const struct inq_case *crash, uint64_t *ret)
{
	static const uint8_t load[] = { 0x48, 0x8b, 0x05 }, add[] = { 0x64, 0x48, 0x03, 0x04, 0x25, 0, 0, 0, 0, 0xc3 };
	struct inq_space *space = crash->space;
	const struct inq_arch *arch = space->machine.arch;
	uint64_t function, offset, thread;
	struct inq_view code;
	if (!arch || arch->machine != EM_X86_64 || space->machine.bits != 64 || space->os != INQ_OS_LINUX ||
	    !inq_register_value(arch, &crash->last->registers, "fs_base", &thread) ||
	    !find_function(space, "__errno_location", &function) ||
	    !inq_space_view(space, function, CODE_SIZE, &code) || memcmp(code.data, load, sizeof load) != 0 ||
	    memcmp(code.data + 7, add, sizeof add) != 0)
		return false;
	uint64_t slot = function + 7 + (uint64_t)(int32_t)inq_view_get(&code, 3, 4);
	return inq_space_integer(space, slot, 8, &offset) && inq_space_integer(space, thread + offset, 4, ret);
}

static bool find(const struct inq_case *crash, struct inq_finding *ret)
{
	const struct inq_fault *fault = crash->fault;
	bool gave_up = inq_fault_is(fault, "SIGABRT") && inq_fault_self_sent(crash->space, fault);
	bool null = inq_case_memory_fault(crash) && fault->address < NEAR_NULL;
	uint64_t number;
	if ((!gave_up && !null) || !read_errno(crash, &number) || number != ENOMEM_OF_LINUX)
		return false;
	ret->text = gave_up ? "memory ran out: the program gave up after the system refused some"
			    : "memory ran out: the null pointer may be what malloc returned";
	ret->confidence = gave_up ? INQ_LIKELY : INQ_POSSIBLE;
	inq_find_evidence(crash, ret, "errno of the thread is ENOMEM: the last call that failed could get no memory");
	return true;
}

const struct inq_cause inq_cause_no_memory = { .id = "out-of-memory", .find = find };
