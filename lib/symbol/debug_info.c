/* Which file has an object's debug information, and its sections. The files that it refers to: debug_refer.c. */
#include "lib/symbol/debug_info.h"

#include "lib/symbol/debug_refer.h"
#include "lib/symbol/symbol.h"

#include <inquest/report.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is unpacked of one section without --lines: a C library has 6 MiB of .debug_info, which takes some milliseconds; a
 * browser 2 GiB. The symbol table still has the functions' names. */
static const uint64_t most_unpacked = 64 << 20, no_limit = UINT64_MAX;

static const char *const names_of_sections[INQ_DWARF_SECTION_COUNT] = {
	[INQ_DWARF_INFO] = ".debug_info",	  [INQ_DWARF_TYPES] = ".debug_types",
	[INQ_DWARF_ABBREV] = ".debug_abbrev",	  [INQ_DWARF_ARANGES] = ".debug_aranges",
	[INQ_DWARF_LINE] = ".debug_line",	  [INQ_DWARF_STR] = ".debug_str",
	[INQ_DWARF_LINE_STR] = ".debug_line_str", [INQ_DWARF_STR_OFFSETS] = ".debug_str_offsets",
	[INQ_DWARF_ADDR] = ".debug_addr",	  [INQ_DWARF_RANGES] = ".debug_ranges",
	[INQ_DWARF_RNGLISTS] = ".debug_rnglists", [INQ_DWARF_LOC] = ".debug_loc",
	[INQ_DWARF_LOCLISTS] = ".debug_loclists", [INQ_DWARF_CU_INDEX] = ".debug_cu_index",
	[INQ_DWARF_TU_INDEX] = ".debug_tu_index",
};

bool inq_has_debug_info(const struct inq_elf *elf)
{
	struct inq_elf_section section;
	return inq_elf_find_section(elf, ".debug_info", &section) ||
	       inq_elf_find_section(elf, ".zdebug_info", &section);
}

/* The sections of split units have names that end so; but for a package's indices. */
static void open_section(struct inq_debug_info *info, enum inq_dwarf_section which)
{
	char name[32];
	struct inq_ctx *ctx = info->space->ctx;
	bool index = which == INQ_DWARF_CU_INDEX || which == INQ_DWARF_TU_INDEX;
	snprintf(name, sizeof name, "%s%s", names_of_sections[which], info->split && !index ? ".dwo" : "");
	info->asked[which] = true;
	if (info->split && (which == INQ_DWARF_INFO || which == INQ_DWARF_TYPES))
		inq_packed_section_join(ctx, &info->elf, name, &info->sections[which]);
	else
		inq_packed_section_open(ctx, &info->elf, name, &info->sections[which]);
}

static bool get_bytes(void *data, enum inq_dwarf_section which, uint64_t end, struct inq_view *ret, uint64_t *whole)
{
	struct inq_debug_info *info = data;
	struct inq_packed_section *section = &info->sections[which];
	if (!info->asked[which])
		open_section(info, which);
	if (!section->size)
		return false;
	size_t warnings = info->space->ctx->warnings.count;
	inq_packed_section_need(info->space->ctx, section, end < section->size ? end : section->size,
				info->space->all_lines ? no_limit : most_unpacked);
	info->warned |= info->space->ctx->warnings.count != warnings;
	*ret = section->view;
	*whole = section->size;
	return true;
}

static const struct inq_source *source_of(const struct inq_debug_info *info)
{
	return info->source ? info->source : info->others;
}

/* Of a section as the file has it. */
static uint64_t copy(void *data, enum inq_dwarf_section which, uint64_t offset, char *ret, uint64_t size)
{
	const struct inq_debug_info *info = data;
	const struct inq_packed_section *section = &info->sections[which];
	const struct inq_source *source = source_of(info);
	uintptr_t base = source ? (uintptr_t)source->data : 0, bytes = (uintptr_t)section->view.data;
	if (!source || section->unpacked || offset >= section->view.size || bytes < base ||
	    bytes - base >= source->size)
		return 0;
	uint64_t left = section->view.size - offset;
	return inq_source_copy(source, bytes - base + offset, ret, size < left ? size : left);
}

/* A large program's information is read from end to end, but never needed at once; nor are the tables of other objects that
 * were looked through before. */
static void give_back(void *data)
{
	enum { LARGE = 1 << 20 };
	const struct inq_debug_info *info = data;
	const struct inq_source *source = source_of(info);
	if (!source || source->size < LARGE)
		return;
	inq_source_give_back(source);
	inq_symbols_give_back(info->space);
}

struct inq_debug_info *inq_debug_info_create(struct inq_space *space, struct inq_arena *arena,
					     const struct inq_elf *elf, const char *path, bool split)
{
	struct inq_debug_info *info = inq_alloc(sizeof *info);
	if (!info)
		return NULL;
	*info = (struct inq_debug_info) { .space = space, .arena = arena, .elf = *elf, .path = path, .split = split };
	const struct inq_dwarf_input input = { .bytes = get_bytes,
					       .copy = copy,
					       .alternate = inq_debug_alternate,
					       .split = split ? NULL : inq_debug_split,
					       .passed = give_back,
					       .data = info };
	info->dwarf = inq_dwarf_create(&input, (uint8_t)(elf->bits / 8), elf->view.big);
	if (info->dwarf)
		return info;
	free(info);
	return NULL;
}

/* The C library and the run-time linker stand in every stack. Their debug information is installed packed, takes several times
 * as long to unpack as the rest of a small report, and tells lines of code that is seldom to blame. */
static bool is_dear(const struct inq_space *space, const struct inq_object *object, const struct inq_elf *elf)
{
	static const char libc[] = "libc.";
	struct inq_elf_section info;
	bool c_library = object->kind == INQ_OBJECT_INTERPRETER ||
			 (object->soname && strncmp(object->soname, libc, sizeof libc - 1) == 0);
	return c_library && !space->all_lines && inq_elf_find_section(elf, ".debug_info", &info) &&
	       info.flags & INQ_SHF_COMPRESSED;
}

static struct inq_debug_info *create_from(struct inq_space *space, const struct inq_names *names,
					  const struct inq_elf *elf, const char *path, const struct inq_source *source)
{
	struct inq_debug_info *info = inq_debug_info_create(space, names->ctx.arena, elf, path, false);
	if (info)
		info->others = source;
	return info;
}

struct inq_debug_info *inq_debug_info_open(struct inq_space *space, struct inq_object *object, struct inq_names *names)
{
	if (names->has_file && inq_has_debug_info(&names->file))
		return create_from(space, names, &names->file, inq_names_path(names, object), object->file);
	const struct inq_elf *debug = inq_names_debug_file(space, object, names);
	if (!debug || !inq_has_debug_info(debug) || is_dear(space, object, debug))
		return NULL;
	struct inq_debug_info *info = create_from(space, names, debug, names->debug_source->path, names->debug_source);
	if (info)
		info->stripped_path = inq_names_path(names, object);
	return info;
}

/* The files that it refers to have none of their own. */
static void release(struct inq_debug_info *info)
{
	inq_dwarf_destroy(info->dwarf);
	for (unsigned i = 0; i < INQ_DWARF_SECTION_COUNT; i++)
		inq_packed_section_close(&info->sections[i]);
	inq_source_close(info->source);
	free(info);
}

void inq_debug_info_close(struct inq_debug_info *info)
{
	while (info) {
		struct inq_debug_info *next = info->next;
		release(info);
		info = next;
	}
}

bool inq_debug_info_keep(const struct inq_debug_info *info)
{
	for (; info; info = info->next)
		if (info->warned || info->told_damaged || info->told_large || info->told_split ||
		    inq_dwarf_is_damaged(info->dwarf) || inq_dwarf_is_out_of_memory(info->dwarf))
			return false;
	return true;
}

void inq_debug_info_take_over(struct inq_debug_info *info, struct inq_space *space)
{
	for (; info; info = info->next) {
		info->space = space;
		inq_dwarf_renew(info->dwarf);
	}
}

struct inq_dwarf *inq_debug_info_dwarf(struct inq_debug_info *info)
{
	return info->dwarf;
}

static bool too_large(const struct inq_debug_info *info)
{
	for (unsigned i = 0; i < INQ_DWARF_SECTION_COUNT; i++)
		if (info->sections[i].too_large)
			return true;
	return false;
}

void inq_debug_info_warn(struct inq_debug_info *info)
{
	struct inq_ctx *ctx = info->space->ctx;
	if (inq_dwarf_is_out_of_memory(info->dwarf))
		inq_no_memory(ctx);
	if (!info->told_damaged && inq_dwarf_is_damaged(info->dwarf)) {
		info->told_damaged = true;
		inq_warn(ctx, INQ_PLACE_NONE, 0, "the debug information of %s is damaged; what is whole was used",
			 info->path);
	}
	if (!info->told_large && too_large(info)) {
		info->told_large = true;
		inq_warn(ctx, INQ_PLACE_NONE, 0,
			 "the packed debug information of %s is large, not all of it was unpacked; --lines reads it",
			 info->path);
	}
}
