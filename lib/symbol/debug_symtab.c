/* .symtab of the separate debug file, when the object's own file was stripped or is not there. */
#include "lib/symbol/names.h"

#include <inquest/report.h>

#include <elf.h>

static bool open_file(struct inq_space *space, struct inq_object *object, struct inq_names *names,
		      struct inq_symbol_table *ret)
{
	const struct inq_elf *debug = inq_names_debug_file(space, object, names);
	if (!debug || !inq_table_open(space->ctx, debug, SHT_SYMTAB, ret))
		return false;
	if (names->has_file)
		inq_table_find_descriptors(&names->file, ret);
	ret->level = INQ_SYMBOLS_FULL;
	return true;
}

const struct inq_symbol_source inq_symbol_source_debug_symtab = { "debug-symtab", true, false, open_file };
