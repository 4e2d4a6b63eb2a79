/* The files that debug information refers to.
 *
 * dwz moves what several programs have in common into an alternate file, which .gnu_debugaltlink names, with its build ID. With
 * -gsplit-dwarf a skeleton has the addresses and names a .dwo file with the rest; dwp puts those into one .dwp file; either is
 * known by its id. Facts: dwz(1), GDB's manual, "Separate Debug Files"; DWARF 5, appendix F. */
#include "lib/symbol/debug_refer.h"

#include "lib/base/str.h"
#include "lib/dwarf/constants.h"
#include "lib/io/files.h"
#include "lib/symbol/file_search.h"

#include <stdlib.h>

static struct inq_debug_info *keep(struct inq_debug_info *info, struct inq_debug_info *other)
{
	if (other) {
		other->next = info->next;
		info->next = other;
	}
	return other;
}

/* Takes what the search found. */
static struct inq_debug_info *open_found(struct inq_debug_info *info, struct inq_file_search *search, const char *path,
					 bool split)
{
	struct inq_debug_info *other = inq_debug_info_create(info->space, info->arena, &search->elf, path, split);
	if (other)
		other->source = search->source;
	else
		inq_source_close(search->source);
	return keep(info, other);
}

static const char *in_folder_of(struct inq_debug_info *info, const char *path, const char *name)
{
	const char *slash = path ? strrchr(path, '/') : NULL;
	if (!path || name[0] == '/')
		return name;
	return inq_arena_printf(info->arena, "%.*s/%s", slash ? (int)(slash - path) : 0, path, name);
}

/* .gnu_debugaltlink: a path and a build ID. */
static const char *read_altlink(const struct inq_elf *elf, struct inq_view *build_id)
{
	struct inq_elf_section section;
	size_t length;
	if (!inq_elf_find_section(elf, ".gnu_debugaltlink", &section))
		return NULL;
	struct inq_view view = inq_view_clip(&elf->view, section.offset, section.size);
	const char *name = inq_view_string(&view, 0, view.size, &length);
	if (!name || !length || length + 1 >= view.size)
		return NULL;
	*build_id = inq_view_clip(&view, length + 1, view.size);
	return name;
}

/* As it is named, else .dwz/NAME of a debug folder, else by the build ID; that must be right in any case. */
static bool find_alternate(struct inq_debug_info *info, const char *name, struct inq_file_search *search)
{
	struct inq_arena *arena = info->arena;
	if (inq_search_path(search, in_folder_of(info, info->path, name)))
		return true;
	for (const char *const *dir = inq_files_debug_dirs(info->space->files); *dir; dir++)
		if (inq_search_path(search, inq_arena_printf(arena, "%s/.dwz/%s", *dir, inq_base_name(name))))
			return true;
	return inq_search_build_id(search);
}

struct inq_dwarf *inq_debug_alternate(void *data)
{
	struct inq_debug_info *info = data, *other = NULL;
	struct inq_file_search search = { .space = info->space, .arena = info->arena, .like = &info->elf };
	const char *name = info->space->files ? read_altlink(&info->elf, &search.build_id) : NULL;
	if (name && find_alternate(info, name, &search))
		other = open_found(info, &search, name, false);
	if (other || !name)
		return other ? other->dwarf : NULL;
	info->warned = true;
	inq_warn(info->space->ctx, INQ_PLACE_NONE, 0,
		 "%s, which the debug information of %s refers to, was not found; some names and lines are not shown",
		 name, info->path);
	return NULL;
}

static struct inq_dwarf_unit *unit_in(struct inq_debug_info *other, uint64_t id)
{
	return other ? inq_dwarf_unit_of_id(other->dwarf, id) : NULL;
}

/* -gsplit-dwarf=single leaves the split units where the skeletons are, in sections that the linker skips: in object files. */
static struct inq_debug_info *same_file(struct inq_debug_info *info)
{
	struct inq_elf_section section;
	if (!info->same_file_asked && inq_elf_find_section(&info->elf, ".debug_info.dwo", &section))
		info->same_file =
			keep(info, inq_debug_info_create(info->space, info->arena, &info->elf, info->path, true));
	info->same_file_asked = true;
	return info->same_file;
}

static struct inq_debug_info *package(struct inq_debug_info *info)
{
	struct inq_arena *arena = info->arena;
	const char *const paths[] = { info->path, info->stripped_path };
	for (unsigned i = 0; i < 2 && !info->package_asked; i++) {
		struct inq_file_search search = { .space = info->space, .arena = info->arena, .like = &info->elf };
		const char *path = paths[i] ? inq_arena_printf(arena, "%s.dwp", paths[i]) : NULL;
		if (!info->package && inq_search_path(&search, path))
			info->package = open_found(info, &search, path, true);
	}
	info->package_asked = true;
	return info->package;
}

/* The .dwo file where the compiler wrote it, else beside the program. Each is opened to see whether the id is right. */
static struct inq_dwarf_unit *in_own_file(struct inq_debug_info *info, const char *folder, const char *name,
					  uint64_t id)
{
	struct inq_arena *arena = info->arena;
	const char *built = name[0] == '/' || !folder ? name : inq_arena_printf(arena, "%s/%s", folder, name);
	const char *program = info->stripped_path ? info->stripped_path : info->path;
	const char *const paths[] = { built, in_folder_of(info, program, name),
				      in_folder_of(info, program, inq_base_name(name)) };
	for (unsigned i = 0; i < sizeof paths / sizeof *paths; i++) {
		struct inq_file_search search = { .space = info->space, .arena = info->arena, .like = &info->elf };
		if (!inq_search_path(&search, paths[i]))
			continue;
		struct inq_dwarf_unit *unit = unit_in(open_found(info, &search, paths[i], true), id);
		if (unit)
			return unit;
	}
	return NULL;
}

struct inq_dwarf_unit *inq_debug_split(void *data, struct inq_dwarf_unit *skeleton)
{
	struct inq_debug_info *info = data;
	struct inq_dwarf_entry root;
	if (!inq_dwarf_root(skeleton, &root))
		return NULL;
	const char *folder = inq_dwarf_string(&root, AT_COMP_DIR), *name = inq_dwarf_string(&root, AT_DWO_NAME);
	if (!name)
		name = inq_dwarf_string(&root, AT_GNU_DWO_NAME);
	struct inq_dwarf_unit *unit = unit_in(same_file(info), skeleton->id);
	if (!unit)
		unit = unit_in(package(info), skeleton->id);
	if (!unit && name)
		unit = in_own_file(info, folder, name, skeleton->id);
	if (!unit && !info->told_split) {
		info->told_split = true;
		inq_warn(info->space->ctx, INQ_PLACE_NONE, 0,
			 "%s, where the debug information of %s is, was not found (nor %s.dwp); functions and inlined "
			 "frames by the symbol table only",
			 name ? name : "a .dwo file", info->path, info->path);
	}
	return unit;
}
