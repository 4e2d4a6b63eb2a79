/* The member of a static variable that an address is. */
#include "lib/types/whatis.h"

#include "lib/types/text.h"

#include <inttypes.h>

bool inq_whatis(struct inq_space *space, uint64_t address, struct inq_whatis *ret)
{
	struct inq_variable variable;
	struct inq_type_unit *unit;
	struct inq_str path = { 0 };
	uint64_t rest;
	if (!inq_type_of_variable(space, address, &variable, &unit) || !variable.name)
		return false;
	const struct inq_type *type = inq_type_get(unit, variable.type);
	uint64_t offset = address - variable.start, size = inq_type_size(type);
	if (size == INQ_UNKNOWN || offset >= size)
		return false;
	inq_str_puts(&path, variable.name);
	type = inq_type_path(&path, type, offset, INQ_UNKNOWN, &rest);
	if (rest)
		inq_str_printf(&path, "+0x%" PRIx64, rest);
	ret->path = inq_type_keep(space, &path);
	ret->type = inq_type_text(space, type);
	return ret->path && ret->type;
}
