/* Which member, which element? From an offset to its path. */
#include "lib/types/type.h"

enum { MOST_STEPS = 32 };

/* The only member that the byte is in; NULL when it is in none or shared. */
static const struct inq_member *member_at(const struct inq_type *type, uint64_t offset)
{
	const struct inq_member *found = NULL;
	for (size_t i = 0; i < type->member_count; i++) {
		const struct inq_member *member = &type->members[i];
		if (member->offset > offset)
			continue;
		uint64_t size = inq_type_size(inq_type_get(type->unit, member->type));
		if (size == INQ_UNKNOWN || offset - member->offset >= size)
			continue;
		if (found)
			return NULL;
		found = member;
	}
	return found && !found->bit_size ? found : NULL;
}

/* One step into the type; NULL when the path ends here. */
static const struct inq_type *step_into(struct inq_str *str, const struct inq_type *type, uint64_t *offset)
{
	if (type->kind == INQ_TYPE_ARRAY) {
		const struct inq_type *element = inq_type_target(type);
		uint64_t size = inq_type_size(element);
		if (type->opaque || !size || size == INQ_UNKNOWN ||
		    (type->count != INQ_UNKNOWN && *offset / size >= type->count))
			return NULL;
		inq_str_putc(str, '[');
		inq_str_decimal(str, *offset / size);
		inq_str_putc(str, ']');
		*offset %= size;
		return element;
	}
	const struct inq_member *member = inq_type_has_members(type) ? member_at(type, *offset) : NULL;
	if (!member)
		return NULL;
	if (member->name && !member->base) {
		inq_str_putc(str, '.');
		inq_str_puts(str, member->name);
	}
	*offset -= member->offset;
	return inq_type_get(type->unit, member->type);
}

const struct inq_type *inq_type_path(struct inq_str *str, const struct inq_type *type, uint64_t offset, uint64_t size,
				     uint64_t *rest)
{
	for (unsigned step = 0; step < MOST_STEPS; step++) {
		if (offset == 0 && (size == INQ_UNKNOWN || inq_type_size(type) <= size))
			break;
		const struct inq_type *inner = step_into(str, inq_type_plain(type), &offset);
		if (!inner)
			break;
		type = inner;
	}
	*rest = offset;
	return type;
}
