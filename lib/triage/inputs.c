/* Inputs: the paths that a user named, then a list of more, each of which may be a file, a folder or a pattern. */
#include "lib/triage/inputs.h"

#include "lib/triage/walk.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* A longer line of a list is no path. */
enum { MOST_LINE = 1 << 16 };

struct inq_inputs {
	struct inq_ctx *ctx;
	const char *const *paths;
	size_t count, next;
	FILE *list; /* NULL: none, or read to its end */
	bool list_ended;
	const char *list_path;
	char *line;
	size_t line_capacity;
	glob_t matches;
	size_t match; /* the next of them */
	struct inq_walk *walk;
	struct inq_arena *arena; /* of the item that was given last */
};

static enum inq_status open_list(struct inq_inputs *inputs, const char *path)
{
	if (inputs->list)
		return INQ_OK; /* "-" twice is one list */
	inputs->list_path = path;
	inputs->list = strcmp(path, "-") == 0 ? fdopen(fcntl(0, F_DUPFD_CLOEXEC, 3), "r") : fopen(path, "re");
	if (inputs->list)
		return INQ_OK;
	inputs->ctx->artefact = path;
	inq_warn(inputs->ctx, INQ_PLACE_NONE, 0, "this list of paths cannot be read: %s", strerror(errno));
	return INQ_UNUSABLE;
}

enum inq_status inq_inputs_open(struct inq_ctx *ctx, const char *const *paths, size_t count, const char *from_file,
				struct inq_inputs **ret)
{
	struct inq_inputs *inputs = inq_alloc(sizeof *inputs);
	if (!inputs)
		return inq_no_memory(ctx);
	*inputs = (struct inq_inputs) { .ctx = ctx, .paths = paths, .count = count };
	enum inq_status status = from_file ? open_list(inputs, from_file) : INQ_OK;
	if (status != INQ_OK) {
		inq_inputs_close(inputs);
		return status;
	}
	*ret = inputs;
	return INQ_OK;
}

void inq_inputs_close(struct inq_inputs *inputs)
{
	if (!inputs)
		return;
	inq_walk_close(inputs->walk);
	inq_arena_destroy(inputs->arena);
	globfree(&inputs->matches);
	if (inputs->list)
		fclose(inputs->list);
	free(inputs->line);
	free(inputs);
}

/* The next line of the list that is a path. */
static const char *next_line(struct inq_inputs *inputs)
{
	ssize_t length;
	while (inputs->list && (length = getline(&inputs->line, &inputs->line_capacity, inputs->list)) >= 0) {
		while (length && (inputs->line[length - 1] == '\n' || inputs->line[length - 1] == '\r'))
			inputs->line[--length] = '\0';
		if (length >= MOST_LINE || strlen(inputs->line) != (size_t)length) {
			inputs->ctx->artefact = inputs->list_path;
			inq_warn(inputs->ctx, INQ_PLACE_NONE, 0, "a line is no path: %zd bytes; it is left out",
				 length);
		} else if (length) {
			return inputs->line;
		}
	}
	return NULL;
}

/* The next path that the user named, in either way; NULL after the last. */
static const char *next_path(struct inq_inputs *inputs)
{
	while (inputs->next < inputs->count) {
		const char *path = inputs->paths[inputs->next++];
		if (strcmp(path, "-") != 0)
			return path;
		open_list(inputs, path);
	}
	return next_line(inputs);
}

/* Opens the folder at `path`, or makes the file there the item. True with an item. */
static bool take(struct inq_inputs *inputs, const char *path, struct inq_item *ret)
{
	struct stat st;
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
		if (inq_walk_open(inputs->ctx, path, &inputs->walk) != INQ_OK)
			inputs->walk = NULL;
		return false;
	}
	const char *copy = inq_arena_copy(inputs->arena, path, strlen(path));
	if (!copy)
		return inq_no_memory(inputs->ctx) == INQ_OK;
	inq_walk_file(inputs->arena, copy, ret);
	ret->named = true;
	return true;
}

/* A pattern that the shell did not expand. */
static bool expand(struct inq_inputs *inputs, const char *path)
{
	struct stat st;
	if (!strpbrk(path, "*?[") || lstat(path, &st) == 0)
		return false;
	globfree(&inputs->matches);
	inputs->matches = (glob_t) { 0 };
	inputs->match = 0;
	return glob(path, 0, NULL, &inputs->matches) == 0;
}

bool inq_inputs_next(struct inq_inputs *inputs, struct inq_item *ret)
{
	inq_arena_destroy(inputs->arena);
	inputs->arena = inq_arena_create();
	if (!inputs->arena)
		return inq_no_memory(inputs->ctx) == INQ_OK;
	for (;;) {
		if (inputs->walk) {
			if (inq_walk_next(inputs->walk, inputs->arena, ret))
				return true;
			inq_walk_close(inputs->walk);
			inputs->walk = NULL;
		}
		const char *path;
		if (inputs->match < inputs->matches.gl_pathc)
			path = inputs->matches.gl_pathv[inputs->match++];
		else if (!(path = next_path(inputs)))
			return false;
		else if (expand(inputs, path))
			continue;
		if (take(inputs, path, ret))
			return true;
	}
}
