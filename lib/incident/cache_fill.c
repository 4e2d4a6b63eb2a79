/* Filling the symbol cache with what one file gives: a space with that one object, and a look-up in it. */
#include "lib/io/files.h"
#include "lib/space/join.h"
#include "lib/space/objects.h"
#include "lib/symbol/symbol.h"

#include <inquest/incident.h>

#include <string.h>

static enum inq_status look_up(struct inq_space *space, const struct inq_files *files, const struct inq_object *like)
{
	struct inq_symbol symbol;
	struct inq_object *object = inq_object_vec_push(&space->objects);
	if (!object)
		return INQ_NO_MEMORY;
	*object = *like;
	enum inq_status status = inq_objects_check_files(space, files);
	if (status != INQ_OK)
		return status;
	if (object->file_state != INQ_FILE_MATCHED)
		return INQ_UNUSABLE;
	inq_symbol_at(space, object, 0, &symbol); /* any address: all tables are asked for one that nothing is at */
	return INQ_OK;
}

static enum inq_status fill(struct inq_ctx *ctx, struct inq_cache *cache, const struct inq_options *options,
			    const struct inq_object *like)
{
	struct inq_files *files = NULL;
	enum inq_status status =
		inq_files_create(ctx, options->sysroot, options->exe, options->debug_dirs, options->no_files, &files);
	struct inq_space *space = status == INQ_OK ? inq_space_create(ctx) : NULL;
	if (space) {
		space->cache = cache;
		status = look_up(space, files, like);
	} else if (status == INQ_OK) {
		status = INQ_NO_MEMORY;
	}
	inq_space_destroy(space);
	inq_files_destroy(files);
	return status;
}

enum inq_status inq_cache_fill(struct inq_cache *cache, const struct inq_options *options, const char *path,
			       const uint8_t *build_id, size_t build_id_size)
{
	const struct inq_options usual = { 0 };
	struct inq_ctx ctx = { .arena = inq_arena_create() };
	struct inq_object like = { .path = path, .kind = INQ_OBJECT_LIBRARY };
	if (!ctx.arena)
		return INQ_NO_MEMORY;
	enum inq_status status = INQ_UNUSABLE;
	options = options ? options : &usual;
	if (build_id_size && build_id_size <= sizeof like.build_id) {
		memcpy(like.build_id, build_id, build_id_size);
		like.build_id_size = (uint8_t)build_id_size;
		status = fill(&ctx, cache, options, &like);
		like.kind = INQ_OBJECT_EXE;
		if (status == INQ_UNUSABLE && options->exe) /* it may be the one that the user named */
			status = fill(&ctx, cache, options, &like);
	}
	inq_string_vec_release(&ctx.warnings);
	inq_arena_destroy(ctx.arena);
	return status;
}
