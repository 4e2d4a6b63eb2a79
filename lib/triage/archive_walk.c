/* Walking archives. */
#include "lib/triage/archive_walk.h"

#include "lib/base/str.h"

#include <string.h>

/* An archive may name any number of empty members in a few bytes. */
enum { MOST_MEMBERS = 1 << 20, LONGEST_NAME = 4096 };

/* "ARCHIVE//NAME", the name made visible: it may hold anything. */
static bool set_path(struct inq_str *path, const char *archive, const char *name)
{
	path->length = 0;
	inq_str_puts(path, archive);
	inq_str_puts(path, "//");
	inq_str_visible(path, name, strnlen(name, LONGEST_NAME));
	return !path->failed;
}

const char *inq_archive_path(struct inq_arena *arena, const char *archive, const char *name)
{
	struct inq_str path = { 0 };
	const char *copy = set_path(&path, archive, name) ? inq_arena_copy(arena, path.text, path.length) : NULL;
	inq_str_release(&path);
	return copy;
}

static bool visit(struct inq_archive_walk *walk, struct inq_archive *archive, const struct inq_archive_entry *entry,
		  const char *path, const char *outer, unsigned depth)
{
	const struct inq_archive_visit visit = { .path = path,
						 .archive = outer,
						 .index = walk->count++,
						 .depth = depth,
						 .entry = entry,
						 .reader = inq_archive_member(archive) };
	walk->stopped = !walk->visit(walk->data, walk, &visit);
	return !walk->stopped;
}

enum inq_status inq_archive_walk(struct inq_archive_walk *walk, struct inq_layers *layers, struct inq_file_reader *file,
				 const char *path, unsigned depth, const char **failure)
{
	struct inq_archive *archive = NULL;
	struct inq_archive_entry entry;
	struct inq_str name = { 0 };
	enum inq_status status = inq_archive_open(walk->ctx, layers, file, &archive);
	*failure = NULL;
	while (status == INQ_OK && !walk->stopped && inq_archive_next(archive, &entry)) {
		if (!entry.is_file && !entry.link)
			continue;
		if (walk->count == MOST_MEMBERS) {
			*failure = "it has more than a million members; the rest was not read";
			break;
		}
		if (!set_path(&name, path, entry.name))
			status = inq_no_memory(walk->ctx);
		else if (!visit(walk, archive, &entry, name.text, path, depth))
			break;
	}
	if (archive && !*failure)
		*failure = inq_archive_failure(archive);
	inq_str_release(&name);
	inq_archive_close(archive);
	return walk->ctx->no_memory ? INQ_NO_MEMORY : status;
}
