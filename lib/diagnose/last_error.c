/* errno is a thread-local variable that no debug information is needed for: __errno_location tells by its own instructions
 * where it is. glibc takes the distance from its table of addresses (sysdeps/…/csu/errno-loc.c, initial-exec); musl has errno
 * in the thread's descriptor (src/errno/__errno_location.c). */
#include "lib/diagnose/last_error.h"

#include "lib/base/str.h"
#include "lib/diagnose/cause.h"
#include "lib/symbol/symbol.h"

#include <inquest/report.h>

#include <elf.h>
#include <string.h>

enum { MOST_CODE = 32, PAGE_BITS = 12, MOST_ERRNO = 4095 /* Linux include/linux/err.h */ };

/* The length of the mark of a branch's target that code may begin with: endbr64, bti c. */
static uint64_t mark(const struct inq_view *code, uint32_t expected)
{
	return inq_view_get(code, 0, 4) == expected ? 4 : 0;
}

static bool is_at(const struct inq_view *code, uint64_t at, const uint8_t *bytes, size_t size)
{
	struct inq_view part;
	return inq_view_slice(code, at, size, &part) && memcmp(part.data, bytes, size) == 0;
}

/* mov SLOT(%rip),%rax; add %fs:0,%rax; ret. In a static program mov $DISTANCE,%rax comes first. musl: mov %fs:0,%rax;
 * add $DISTANCE,%rax; ret. */
static bool place_x86_64(const struct inq_view *code, uint64_t function, struct inq_errno_place *ret)
{
	static const uint8_t load[] = { 0x48, 0x8b, 0x05 }, move[] = { 0x48, 0xc7, 0xc0 },
			     add[] = { 0x64, 0x48, 0x03, 0x04, 0x25, 0, 0, 0, 0, 0xc3 },
			     self[] = { 0x64, 0x48, 0x8b, 0x04, 0x25, 0, 0, 0, 0, 0x48, 0x83, 0xc0 };
	uint64_t at = mark(code, 0xfa1e0ff3), end = at + sizeof load + 4, next = at + sizeof self;
	uint64_t number = (uint64_t)(int32_t)inq_view_get(code, at + sizeof load, 4);
	if (is_at(code, end, add, sizeof add)) {
		ret->slot = is_at(code, at, load, sizeof load) ? function + end + number : 0;
		ret->distance = number;
		return ret->slot || is_at(code, at, move, sizeof move);
	}
	ret->distance = inq_view_get(code, next, 1);
	return is_at(code, at, self, sizeof self) && inq_view_get(code, next + 1, 1) == 0xc3 && ret->distance < 0x80;
}

/* adrp x0, PAGE; ldr x0, [x0, #OFFSET]; mrs x1, tpidr_el0; add x0, x1, x0; ret: the second and third in any order. */
static bool place_aarch64(const struct inq_view *code, uint64_t function, struct inq_errno_place *ret)
{
	enum { ADRP = 0x90000000, LOAD = 0xf9400000, THREAD = 0xd53bd041, ADD = 0x8b000020, RETURN = 0xd65f03c0 };
	uint64_t at = mark(code, 0xd503245f);
	uint32_t words[5];
	for (size_t i = 0; i < 5; i++)
		words[i] = (uint32_t)inq_view_get(code, at + 4 * i, 4);
	uint32_t load = words[1] == THREAD ? words[2] : words[1], thread = words[1] == THREAD ? words[1] : words[2];
	if ((words[0] & 0x9f00001f) != ADRP || (load & 0xffc003ff) != LOAD || thread != THREAD || words[3] != ADD ||
	    words[4] != RETURN)
		return false;
	uint64_t pages = ((uint64_t)(words[0] >> 5 & 0x7ffff) << 2) | (words[0] >> 29 & 3);
	uint64_t sign = pages >> 20 & 1 ? UINT64_MAX << 21 : 0;
	ret->slot = ((function + at) >> PAGE_BITS << PAGE_BITS) + ((pages | sign) << PAGE_BITS) +
		    8 * (uint64_t)(load >> 10 & 0xfff);
	return true;
}

bool inq_errno_place(const struct inq_machine *machine, const struct inq_view *code, uint64_t function,
		     struct inq_errno_place *ret)
{
	*ret = (struct inq_errno_place) { 0 };
	if (machine->elf == EM_X86_64 && machine->bits == 64)
		return place_x86_64(code, function, ret);
	return machine->elf == EM_AARCH64 && !machine->big && place_aarch64(code, function, ret);
}

/* The C library; the program itself, where it is linked in. NULL. */
static struct inq_object *c_library(struct inq_space *space)
{
	static const char *const names[] = { "libc.", "libc-2.", "ld-musl" };
	struct inq_object *program = NULL;
	bool linked_in = true;
	for (size_t i = 0; i < space->objects.count; i++) {
		struct inq_object *object = &space->objects.items[i];
		const char *file = inq_base_name(object->path ? object->path : "");
		for (size_t k = 0; k < sizeof names / sizeof *names; k++)
			if (inq_name_is_like(file, names[k]))
				return object;
		program = object->kind == INQ_OBJECT_EXE ? object : program;
		linked_in &= object->kind != INQ_OBJECT_INTERPRETER;
	}
	return linked_in ? program : NULL;
}

bool inq_last_error(struct inq_space *space, const struct inq_thread *thread, uint32_t *ret)
{
	static const char name[] = "__errno_location";
	struct inq_object *library = space->os == INQ_OS_LINUX ? c_library(space) : NULL;
	struct inq_errno_place place;
	uint64_t function, pointer, number;
	struct inq_view code;
	if (!library || !inq_thread_pointer(space, thread, &pointer) ||
	    !inq_symbol_find(space, library, name, sizeof name - 1, &function) ||
	    !inq_space_view(space, function, MOST_CODE, &code) ||
	    !inq_errno_place(&space->machine, &code, function, &place) ||
	    (place.slot && !inq_space_integer(space, place.slot, 8, &place.distance)) ||
	    !inq_space_integer(space, pointer + place.distance, 4, &number) || number > MOST_ERRNO)
		return false;
	*ret = (uint32_t)number;
	return true;
}
