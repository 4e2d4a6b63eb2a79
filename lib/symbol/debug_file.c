/* The separate debug file of an object, as distributions install them and debuginfod fetches them.
 *
 * A wrong name is worse than none: with a build ID, only a file of the same one counts, wherever it lies; without, only the
 * one that .gnu_debuglink names and whose CRC it holds. The first also serves when the object's own file is not there.
 * Facts: GDB's manual, "Separate Debug Files"; debuginfod-find(1) for the cache. */
#include "lib/symbol/names.h"

#include <inquest/report.h>

#include <elf.h>
#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

struct search {
	struct inq_space *space;
	struct inq_object *object;
	struct inq_names *names;
	const char *id; /* the build ID in hexadecimal; NULL */
	uint32_t crc;	/* of the file that .gnu_debuglink names */
};

static bool same_build_id(const struct inq_object *object, const struct inq_elf *elf)
{
	struct inq_view id;
	return (inq_elf_section_build_id(elf, &id) || inq_elf_build_id(elf, &id)) && id.size == object->build_id_size &&
	       memcmp(id.data, object->build_id, id.size) == 0;
}

static bool same_machine(const struct search *search, const struct inq_elf *elf)
{
	const struct inq_elf *file = &search->names->file;
	return !search->names->has_file || (elf->machine == file->machine && elf->bits == file->bits);
}

/* The build ID says it in a page; the CRC costs a pass over the whole file. */
static bool belongs(const struct search *search, const struct inq_source *source, const struct inq_elf *elf)
{
	if (elf->type == INQ_ET_CORE || !same_machine(search, elf))
		return false;
	if (search->object->build_id_size)
		return same_build_id(search->object, elf);
	return crc32_z(0, source->data, source->size) == search->crc;
}

static bool try_file(const struct search *search, const char *path)
{
	const char *why;
	struct inq_names *names = search->names;
	struct inq_source *source = NULL;
	int fd = path ? inq_files_open(search->space->files, path, &why) : -1;
	if (fd < 0 || inq_source_from_fd(search->space->ctx, fd, path, &source) != INQ_OK)
		return false;
	const struct inq_view bytes = { .data = source->data, .size = source->size };
	if (!inq_elf_open(&bytes, &names->debug) || !belongs(search, source, &names->debug)) {
		inq_source_close(source);
		return false;
	}
	names->debug_source = source;
	return true;
}

static bool by_build_id(const struct search *search)
{
	struct inq_arena *arena = search->space->ctx->arena;
	const char *id = search->id;
	for (const char *const *dir = inq_files_debug_dirs(search->space->files); *dir; dir++)
		if (try_file(search, inq_arena_printf(arena, "%s/.build-id/%.2s/%s.debug", *dir, id, id + 2)))
			return true;
	return false;
}

/* $DEBUGINFOD_CACHE_PATH, $XDG_CACHE_HOME/debuginfod_client, ~/.cache/debuginfod_client: the first that is set, as
 * debuginfod-client.c chooses. It is only read: nothing is fetched. */
static bool by_cache(const struct search *search)
{
	struct inq_arena *arena = search->space->ctx->arena;
	const char *cache = secure_getenv("DEBUGINFOD_CACHE_PATH"), *xdg = secure_getenv("XDG_CACHE_HOME"),
		   *home = secure_getenv("HOME");
	if (cache && *cache)
		return try_file(search, inq_arena_printf(arena, "%s/%s/debuginfo", cache, search->id));
	if (xdg && *xdg)
		return try_file(search, inq_arena_printf(arena, "%s/debuginfod_client/%s/debuginfo", xdg, search->id));
	return home && *home &&
	       try_file(search, inq_arena_printf(arena, "%s/.cache/debuginfod_client/%s/debuginfo", home, search->id));
}

/* .gnu_debuglink: a file name, padded to four bytes, and the CRC. The name may not lead out of the folder. */
static const char *read_debuglink(const struct search *search, uint32_t *crc)
{
	struct inq_elf_section section;
	size_t length;
	uint64_t at, value;
	const struct inq_elf *file = &search->names->file;
	if (!search->names->has_file || !inq_elf_find_section(file, ".gnu_debuglink", &section))
		return NULL;
	struct inq_view view = inq_view_clip(&file->view, section.offset, section.size);
	const char *name = inq_view_string(&view, 0, view.size, &length);
	if (!name || !length || !inq_align_up(length + 1, 4, &at) || !inq_view_at(&view, at, 4, &value) ||
	    memchr(name, '/', length) || name[0] == '.')
		return NULL;
	*crc = (uint32_t)value;
	return name;
}

static bool by_debuglink(struct search *search)
{
	struct inq_arena *arena = search->space->ctx->arena;
	const char *name = read_debuglink(search, &search->crc);
	if (!name)
		return false;
	char absolute[PATH_MAX];
	const char *path = search->object->path;
	/* The user may have said where the file is; inside a sysroot that path is only to be read by people. */
	if (!inq_files_sysroot(search->space->files) && realpath(search->object->file_path, absolute))
		path = absolute;
	const char *slash = strrchr(path, '/');
	int folder = slash ? (int)(slash - path) : 0;
	if (try_file(search, inq_arena_printf(arena, "%.*s/%s", folder, path, name)) ||
	    try_file(search, inq_arena_printf(arena, "%.*s/.debug/%s", folder, path, name)))
		return true;
	for (const char *const *dir = inq_files_debug_dirs(search->space->files); *dir; dir++)
		if (try_file(search, inq_arena_printf(arena, "%s%.*s/%s", *dir, folder, path, name)))
			return true;
	return false;
}

const struct inq_elf *inq_names_debug_file(struct inq_space *space, struct inq_object *object, struct inq_names *names)
{
	if (names->debug_searched || !space->files)
		return names->has_debug ? &names->debug : NULL;
	struct inq_elf_section info;
	struct search search = { space, object, names, inq_object_build_id(space, object), 0 };
	names->debug_searched = true;
	names->has_debug = (search.id && (by_build_id(&search) || by_cache(&search))) || by_debuglink(&search);
	if (!names->has_debug)
		return NULL;
	names->has_dwarf |= inq_elf_find_section(&names->debug, ".debug_info", &info);
	return &names->debug;
}
