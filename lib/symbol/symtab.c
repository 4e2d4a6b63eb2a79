/* .symtab of the matched file. */
#include "lib/symbol/names.h"

#include <inquest/report.h>

#include <elf.h>

static bool open_file(struct inq_space *space, struct inq_object *object, struct inq_names *names,
		      struct inq_symbol_table *ret)
{
	(void)object;
	if (!names->has_file || !inq_table_open(space->ctx, &names->file, SHT_SYMTAB, ret))
		return false;
	inq_table_find_descriptors(&names->file, ret);
	ret->level = INQ_SYMBOLS_FULL;
	return true;
}

const struct inq_symbol_source inq_symbol_source_symtab = { "symtab", true, false, open_file };
