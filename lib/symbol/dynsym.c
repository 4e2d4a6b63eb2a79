/* .dynsym of the matched file: what it exports. */
#include "lib/symbol/names.h"

#include <inquest/report.h>

#include <elf.h>

static bool open_file(struct inq_space *space, struct inq_object *object, struct inq_names *names,
		      struct inq_symbol_table *ret)
{
	(void)object;
	if (!names->has_file || !inq_table_open(space->ctx, &names->file, SHT_DYNSYM, ret))
		return false;
	inq_table_find_descriptors(&names->file, ret);
	ret->level = INQ_SYMBOLS_DYNAMIC;
	return true;
}

const struct inq_symbol_source inq_symbol_source_dynsym = { "dynsym", true, false, open_file };
