/* The table of commands. */
#include "cli/command.h"

#include <string.h>

#define INQ_COMMAND(name) extern const struct inq_command inq_command_##name;
#include "cli/commands.def"
#undef INQ_COMMAND

static const struct inq_command *const rows[] = {
#define INQ_COMMAND(name) &inq_command_##name,
#include "cli/commands.def"
#undef INQ_COMMAND
};

const struct inq_command *inq_command_row(size_t index)
{
	return index < sizeof(rows) / sizeof(rows[0]) ? rows[index] : NULL;
}

const struct inq_command *inq_command_find(const char *name)
{
	const struct inq_command *row;
	for (size_t i = 0; (row = inq_command_row(i)); i++)
		if (strcmp(row->name, name) == 0)
			return row;
	return NULL;
}
