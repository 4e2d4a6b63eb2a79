/* The list of what the workers may read. */
#include "lib/triage/readable.h"

#include "lib/io/provider.h"

#include <string.h>
#include <unistd.h>

/* Where the libraries of modules are, and how the dynamic linker finds them. */
static const char *const of_the_system[] = { "/usr/lib",	 "/usr/lib32", "/usr/lib64", "/usr/libx32",
					     "/usr/local/lib",	 "/lib",       "/lib32",     "/lib64",
					     "/etc/ld.so.cache", "/nix/store", "/gnu/store", "/etc/localtime",
					     "/proc/self/statm" };

static void add(struct inq_ctx *ctx, struct inq_string_vec *list, const char *path)
{
	const char **slot = path ? inq_string_vec_push(list) : NULL;
	if (slot)
		*slot = path;
	else if (path)
		inq_no_memory(ctx);
}

/* A pattern that the shell did not expand leads to files below its first folders. */
static void add_input(struct inq_ctx *ctx, struct inq_string_vec *list, const char *path)
{
	size_t length = strcspn(path, "*?[");
	if (access(path, F_OK) == 0 || !path[length]) {
		add(ctx, list, path);
		return;
	}
	while (length && path[length - 1] != '/')
		length--;
	add(ctx, list, length ? inq_arena_copy(ctx->arena, path, length) : ".");
}

/* Paths that are read from a list may lead anywhere. */
static bool has_list(const char *const *paths, size_t count, const struct inq_triage_options *options)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(paths[i], "-") == 0)
			return true;
	return options->from_file != NULL;
}

static void add_some(struct inq_ctx *ctx, struct inq_string_vec *list, const char *const *paths, size_t count,
		     const struct inq_options *analysis)
{
	const char *modules[INQ_PROVIDER_FOLDERS];
	size_t folders = inq_provider_folders(ctx->arena, modules);
	for (size_t i = 0; i < count; i++)
		add_input(ctx, list, paths[i]);
	add(ctx, list, analysis->sysroot);
	add(ctx, list, analysis->exe);
	for (size_t i = 0; analysis->debug_dirs && analysis->debug_dirs[i]; i++)
		add(ctx, list, analysis->debug_dirs[i]);
	for (size_t i = 0; i < folders; i++)
		add(ctx, list, modules[i]);
	for (size_t i = 0; i < sizeof of_the_system / sizeof *of_the_system; i++)
		add(ctx, list, of_the_system[i]);
}

const char *const *inq_readable(struct inq_ctx *ctx, const char *const *paths, size_t count, const char *cache,
				const struct inq_options *analysis, const struct inq_triage_options *options)
{
	struct inq_string_vec list = { 0 };
	if ((!analysis->sysroot && !analysis->no_files) || has_list(paths, count, options))
		add(ctx, &list, "/");
	else
		add_some(ctx, &list, paths, count, analysis);
	add(ctx, &list, cache);
	const char **copy = ctx->no_memory ? NULL : inq_arena_array(ctx->arena, list.count + 1, sizeof *copy);
	if (copy && list.count)
		memcpy(copy, list.items, list.count * sizeof *copy);
	inq_string_vec_release(&list);
	return copy;
}
