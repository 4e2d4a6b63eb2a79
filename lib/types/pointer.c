/* Following a pointer by the types: variable -> member -> member, with the values checked at each step. */
#include "lib/types/pointer.h"

#include "lib/types/running.h"
#include "lib/types/text.h"

/* A pointer on its way. */
struct pointer {
	struct inq_space *space;
	const struct inq_type *type; /* plain */
	uint64_t value;
	struct inq_str name;
};

static bool is_pointer(const struct inq_type *type)
{
	return type->kind == INQ_TYPE_POINTER || type->kind == INQ_TYPE_REFERENCE;
}

/* The pointer that is `offset` bytes into a thing of this type, whose name begins the path. */
static bool enter(struct pointer *pointer, const struct inq_type *type, uint64_t offset)
{
	uint64_t rest;
	type = inq_type_plain(inq_type_path(&pointer->name, type, offset, pointer->space->machine.bits / 8, &rest));
	pointer->type = type;
	return !rest && is_pointer(type);
}

static bool read_word(struct pointer *pointer, uint64_t address)
{
	return inq_space_integer(pointer->space, address, pointer->space->machine.bits / 8, &pointer->value);
}

/* A variable in memory around the address, or the one that is in the register. */
static bool begin_at(struct pointer *pointer, const struct inq_running *frame, const struct inq_local *local,
		     const struct inq_pointer_origin *origin)
{
	struct inq_value value = { .type = inq_type_get(frame->unit, local->type) };
	uint8_t reg;
	if (!local->name || !inq_locate_value(&frame->scope, local, &value, &reg))
		return false;
	uint64_t size = inq_type_size(value.type), offset = value.in_memory ? origin->address - value.address : 0;
	if (origin->in_memory != value.in_memory || (origin->in_memory ? offset >= size : reg != origin->reg))
		return false;
	inq_str_puts(&pointer->name, local->name);
	if (!enter(pointer, value.type, offset))
		return false;
	if (origin->in_memory)
		return read_word(pointer, origin->address);
	return inq_value_number(pointer->space, &value, &pointer->value);
}

static bool begin_static(struct pointer *pointer, const struct inq_pointer_origin *origin)
{
	struct inq_variable variable;
	struct inq_type_unit *unit;
	if (!origin->in_memory || !inq_type_of_variable(pointer->space, origin->address, &variable, &unit) ||
	    !variable.name)
		return false;
	const struct inq_type *type = inq_type_get(unit, variable.type);
	uint64_t offset = origin->address - variable.start, size = inq_type_size(type);
	inq_str_puts(&pointer->name, variable.name);
	return size != INQ_UNKNOWN && offset < size && enter(pointer, type, offset) &&
	       read_word(pointer, origin->address);
}

/* pointer = pointer->member, where the member begins at the offset. */
static bool load(struct pointer *pointer, int64_t offset)
{
	const struct inq_type *target = inq_type_target(pointer->type);
	uint64_t size = inq_type_size(target), address = pointer->value + (uint64_t)offset;
	struct inq_str before = pointer->name;
	if (offset < 0 || size == INQ_UNKNOWN || (uint64_t)offset >= size)
		return false;
	pointer->name = (struct inq_str) { 0 };
	bool good = enter(pointer, target, (uint64_t)offset) && pointer->name.length > 1 && read_word(pointer, address);
	if (good && pointer->name.text[0] == '.') {
		inq_str_puts(&before, "->");
		inq_str_puts(&before, pointer->name.text + 1);
	} else {
		good = false;
	}
	inq_str_release(&pointer->name);
	pointer->name = before;
	return good;
}

static bool follow(struct pointer *pointer, const struct inq_pointer_origin *origin, uint64_t expected)
{
	for (unsigned i = 0; i < origin->load_count; i++)
		if (!load(pointer, origin->loads[i]))
			return false;
	const struct inq_type *target = inq_type_plain(inq_type_target(pointer->type));
	return pointer->value == expected && (inq_type_has_members(target) || target->kind == INQ_TYPE_ARRAY);
}

static void restart(struct pointer *pointer)
{
	pointer->name.length = 0;
	if (pointer->name.text)
		pointer->name.text[0] = '\0';
}

/* Of several variables that came the same way, none is taken unless they agree on the type. */
static bool find(struct pointer *pointer, const struct inq_running *frame, const struct inq_pointer_origin *origin,
		 uint64_t expected)
{
	struct pointer found = { 0 };
	for (size_t i = 0; i < frame->function.local_count; i++) {
		restart(pointer);
		if (!begin_at(pointer, frame, &frame->function.locals[i], origin) || !follow(pointer, origin, expected))
			continue;
		if (found.type && inq_type_target(found.type) != inq_type_target(pointer->type)) {
			inq_str_release(&found.name);
			return false;
		}
		if (found.type)
			continue;
		found = *pointer;
		pointer->name = (struct inq_str) { 0 };
	}
	if (found.type) {
		inq_str_release(&pointer->name);
		*pointer = found;
		return true;
	}
	restart(pointer);
	return begin_static(pointer, origin) && follow(pointer, origin, expected);
}

static void set_member(struct inq_space *space, const struct inq_type *target, uint64_t offset, uint64_t size,
		       struct inq_pointer_use *ret)
{
	struct inq_str path = { 0 };
	uint64_t rest, whole = inq_type_size(target);
	inq_type_path(&path, target, offset, size, &rest);
	if (whole != INQ_UNKNOWN && inq_within(offset, size, whole) && !rest && path.length && !path.failed)
		ret->member = inq_arena_copy(space->ctx->arena, path.text + (path.text[0] == '.'),
					     path.length - (path.text[0] == '.'));
	inq_str_release(&path);
}

bool inq_pointer_use(struct inq_space *space, const struct inq_typed_frame *frame,
		     const struct inq_pointer_origin *origin, uint64_t expected, uint64_t offset, uint64_t size,
		     struct inq_pointer_use *ret)
{
	struct inq_running running;
	struct pointer pointer = { .space = space };
	*ret = (struct inq_pointer_use) { 0 };
	bool found = inq_running_open(space, frame, true, &running) && find(&pointer, &running, origin, expected);
	if (!found) {
		inq_str_release(&pointer.name);
		return false;
	}
	const struct inq_type *target = inq_type_target(pointer.type);
	set_member(space, target, offset, size, ret);
	ret->target = inq_type_text(space, target);
	ret->name = inq_type_keep(space, &pointer.name);
	return ret->target && ret->name;
}
