/* The sections of debug information, unpacked and handed to the module that reads them. */
#include "lib/symbol/lines.h"

#include "lib/symbol/contents.h"
#include "lib/symbol/dwarf_ops.h"

#include <stdlib.h>

/* What the module asks for; the rest (.debug_loc, .debug_frame, .debug_macro, …) stays untouched on disk. */
static const char *const wanted[] = { ".debug_info",	 ".debug_abbrev",      ".debug_line",	".debug_str",
				      ".debug_line_str", ".debug_str_offsets", ".debug_ranges", ".debug_rnglists",
				      ".debug_addr",	 ".debug_aranges",     ".debug_types" };

enum { WANTED_COUNT = sizeof wanted / sizeof *wanted };

struct inq_lines {
	const struct inq_dwarf_ops *ops;
	void *state;
	struct inq_dwarf_input input;
	struct inq_dwarf_section sections[WANTED_COUNT];
	uint8_t *unpacked[WANTED_COUNT];
};

static void add_section(struct inq_ctx *ctx, struct inq_lines *lines, const struct inq_elf *elf, const char *name)
{
	struct inq_elf_section section;
	struct inq_contents contents;
	if (!inq_elf_find_section(elf, name, &section) || !inq_section_contents(ctx, elf, &section, &contents))
		return;
	lines->unpacked[lines->input.count] = contents.unpacked;
	lines->sections[lines->input.count++] =
		(struct inq_dwarf_section) { name, contents.view.data, contents.view.size };
}

/* Unpacking a C library's debug information takes longer than all the rest of a report. Without it the frames there still
 * have their functions, by the symbol table; so it is read only when asked for. */
enum { MOST_PACKED = 512 << 10 };

static bool has_lines(const struct inq_space *space, const struct inq_elf *elf)
{
	struct inq_elf_section info;
	if (!elf || !inq_elf_find_section(elf, ".debug_info", &info))
		return false;
	return !(info.flags & INQ_SHF_COMPRESSED) || info.size <= MOST_PACKED || space->all_lines;
}

/* The file that has the debug information. */
static const struct inq_elf *find_file(struct inq_space *space, struct inq_object *object, struct inq_names *names)
{
	if (names->has_file && has_lines(space, &names->file))
		return &names->file;
	const struct inq_elf *debug = inq_names_debug_file(space, object, names);
	return has_lines(space, debug) ? debug : NULL;
}

struct inq_lines *inq_lines_open(struct inq_space *space, struct inq_object *object, struct inq_names *names)
{
	static const struct inq_wanted_module dwarf = { "dwarf", INQ_PROVIDER_DWARF,
							"source lines and inlined functions are not shown",
							"libdwarf1" };
	const struct inq_elf *elf = find_file(space, object, names);
	const struct inq_dwarf_ops *ops = elf ? inq_open_module(space->ctx, &dwarf) : NULL;
	struct inq_lines *lines = ops ? inq_alloc(sizeof *lines) : NULL;
	if (!lines)
		return NULL;
	lines->ops = ops;
	lines->input = (struct inq_dwarf_input) { .sections = lines->sections,
						  .word = (uint8_t)(elf->bits / 8),
						  .big = elf->view.big };
	for (size_t i = 0; i < WANTED_COUNT; i++)
		add_section(space->ctx, lines, elf, wanted[i]);
	lines->state = ops->open(&lines->input);
	if (lines->state)
		return lines;
	inq_warn(space->ctx, INQ_PLACE_NONE, 0, "the debug information of %s cannot be read; it was not used",
		 object->path);
	inq_lines_close(lines);
	return NULL;
}

void inq_lines_close(struct inq_lines *lines)
{
	if (!lines)
		return;
	if (lines->state)
		lines->ops->close(lines->state);
	for (size_t i = 0; i < WANTED_COUNT; i++)
		free(lines->unpacked[i]);
	free(lines);
}

size_t inq_lines_places(struct inq_lines *lines, uint64_t address, struct inq_symbol_place *ret, size_t most)
{
	enum { MOST_PLACES = 64 };
	struct inq_dwarf_place places[MOST_PLACES];
	size_t count = lines->ops->places(lines->state, address, places, most < MOST_PLACES ? most : MOST_PLACES);
	for (size_t i = 0; i < count; i++)
		ret[i] = (struct inq_symbol_place) { places[i].function, places[i].file, places[i].line };
	return count;
}
