/* The separate debug file of an object: by build ID, else the one that .gnu_debuglink names and whose CRC it holds. The first
 * also serves when the object's own file is not there. Facts: GDB's manual, "Separate Debug Files". */
#include "lib/io/files.h"
#include "lib/symbol/debug_info.h"
#include "lib/symbol/file_search.h"
#include "lib/symbol/names.h"

#include <limits.h>
#include <stdlib.h>

/* .gnu_debuglink: a file name, padded to four bytes, and the CRC. The name may not lead out of the folder. */
static const char *read_debuglink(const struct inq_elf *file, uint32_t *crc)
{
	struct inq_elf_section section;
	size_t length;
	uint64_t at, value;
	if (!file || !inq_elf_find_section(file, ".gnu_debuglink", &section))
		return NULL;
	struct inq_view view = inq_view_clip(&file->view, section.offset, section.size);
	const char *name = inq_view_string(&view, 0, view.size, &length);
	if (!name || !length || !inq_align_up(length + 1, 4, &at) || !inq_view_at(&view, at, 4, &value) ||
	    memchr(name, '/', length) || name[0] == '.')
		return NULL;
	*crc = (uint32_t)value;
	return name;
}

const char *inq_names_path(const struct inq_names *names, const struct inq_object *object)
{
	const struct inq_space *space = names->space;
	char absolute[PATH_MAX];
	/* The user may have said where the file is; inside a sysroot that path is only to be read by people. */
	bool sysroot = space->files && inq_files_sysroot(space->files);
	const char *path =
		!sysroot && object->file_path && realpath(object->file_path, absolute) ? absolute : object->path;
	return inq_arena_copy(names->ctx.arena, path, strlen(path));
}

static bool by_debuglink(struct inq_file_search *search, const struct inq_names *names, const struct inq_object *object)
{
	struct inq_arena *arena = search->arena;
	const char *name = read_debuglink(search->like, &search->crc);
	const char *path = name ? inq_names_path(names, object) : NULL;
	if (!path)
		return false;
	const char *slash = strrchr(path, '/');
	int folder = slash ? (int)(slash - path) : 0;
	search->check_crc = true;
	if (inq_search_path(search, inq_arena_printf(arena, "%.*s/%s", folder, path, name)) ||
	    inq_search_path(search, inq_arena_printf(arena, "%.*s/.debug/%s", folder, path, name)))
		return true;
	for (const char *const *dir = inq_files_debug_dirs(search->space->files); *dir; dir++)
		if (inq_search_path(search, inq_arena_printf(arena, "%s%.*s/%s", *dir, folder, path, name)))
			return true;
	return false;
}

const struct inq_elf *inq_names_debug_file(struct inq_space *space, struct inq_object *object, struct inq_names *names)
{
	if (names->debug_searched || !space->files)
		return names->has_debug ? &names->debug : NULL;
	struct inq_file_search search = { .space = space, .arena = names->ctx.arena };
	search.like = names->has_file ? &names->file : NULL;
	search.build_id = (struct inq_view) { .data = object->build_id, .size = object->build_id_size };
	names->debug_searched = true;
	names->has_debug =
		inq_search_build_id(&search) || by_debuglink(&search, names, object) || inq_search_servers(&search);
	if (!names->has_debug)
		return NULL;
	names->debug = search.elf;
	names->debug_source = search.source;
	names->has_dwarf |= inq_has_debug_info(&names->debug);
	return &names->debug;
}
