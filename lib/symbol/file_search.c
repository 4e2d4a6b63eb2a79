/* Looks for files by path and by build ID, as distributions install them and debuginfod fetches them.
 * Facts: GDB's manual, "Separate Debug Files"; debuginfod-find(1) for the cache. */
#include "lib/symbol/file_search.h"

#include "lib/base/str.h"
#include "lib/elf/section.h"
#include "lib/io/checksum.h"
#include "lib/io/fetch.h"
#include "lib/io/look.h"
#include "lib/io/source.h"

#include <stdlib.h>

static bool same_build_id(const struct inq_view *wanted, const struct inq_elf *elf)
{
	struct inq_view id;
	return (inq_elf_section_build_id(elf, &id) || inq_elf_build_id(elf, &id)) && id.size == wanted->size &&
	       memcmp(id.data, wanted->data, id.size) == 0;
}

static bool same_machine(const struct inq_file_search *search)
{
	const struct inq_elf *like = search->like;
	return !like || (search->elf.machine == like->machine && search->elf.bits == like->bits);
}

/* The build ID says it in a page; the CRC costs a pass over the whole file. */
static bool belongs(const struct inq_file_search *search, const struct inq_source *source)
{
	if (search->elf.type == INQ_ET_CORE || !same_machine(search))
		return false;
	if (search->build_id.size)
		return same_build_id(&search->build_id, &search->elf);
	uint32_t crc;
	return !search->check_crc || (inq_crc32(source->data, source->size, &crc) && crc == search->crc);
}

/* Keeps the source if it is the one, else closes it. */
static bool take(struct inq_file_search *search, struct inq_source *source)
{
	const struct inq_view bytes = { .data = source->data, .size = source->size };
	if (!inq_elf_open(&bytes, &search->elf) || !belongs(search, source)) {
		inq_source_close(source);
		return false;
	}
	search->source = source;
	return true;
}

bool inq_search_path(struct inq_file_search *search, const char *path)
{
	const char *why;
	struct inq_source *source = NULL;
	const struct inq_space *space = search->space;
	int fd = path && space->files ? inq_look_open(space->cache, space->files, path, &why) : -1;
	if (fd < 0 || inq_source_from_fd(space->ctx, fd, path, &source) != INQ_OK)
		return false;
	return take(search, source);
}

bool inq_search_servers(struct inq_file_search *search)
{
	struct inq_source *source = NULL;
	struct inq_ctx *ctx = search->space->ctx;
	int fd = search->space->fetch ? inq_fetch(ctx, search->build_id.data, search->build_id.size, false) : -1;
	return fd >= 0 && inq_source_from_fd(ctx, fd, "the file from debuginfod", &source) == INQ_OK &&
	       take(search, source);
}

/* $DEBUGINFOD_CACHE_PATH, $XDG_CACHE_HOME/debuginfod_client, ~/.cache/debuginfod_client: the first that is set, as
 * debuginfod-client.c chooses. It is only read: nothing is fetched. */
static bool in_cache(struct inq_file_search *search, const char *id)
{
	struct inq_arena *arena = search->arena;
	const char *cache = secure_getenv("DEBUGINFOD_CACHE_PATH"), *xdg = secure_getenv("XDG_CACHE_HOME"),
		   *home = secure_getenv("HOME");
	if (cache && *cache)
		return inq_search_path(search, inq_arena_printf(arena, "%s/%s/debuginfo", cache, id));
	if (xdg && *xdg)
		return inq_search_path(search, inq_arena_printf(arena, "%s/debuginfod_client/%s/debuginfo", xdg, id));
	return home && *home &&
	       inq_search_path(search, inq_arena_printf(arena, "%s/.cache/debuginfod_client/%s/debuginfo", home, id));
}

bool inq_search_build_id(struct inq_file_search *search)
{
	struct inq_arena *arena = search->arena;
	const char *id =
		search->build_id.size ? inq_hex_copy(arena, search->build_id.data, search->build_id.size) : NULL;
	if (!id || !search->space->files)
		return false;
	for (const char *const *dir = inq_files_debug_dirs(search->space->files); *dir; dir++)
		if (inq_search_path(search, inq_arena_printf(arena, "%s/.build-id/%.2s/%s.debug", *dir, id, id + 2)))
			return true;
	return in_cache(search, id);
}
