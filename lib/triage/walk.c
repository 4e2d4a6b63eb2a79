/* Walking folders: a stack of open ones, each with its names sorted. */
#include "lib/triage/walk.h"

#include "lib/base/str.h"
#include "lib/io/folder.h"
#include "lib/triage/companions.h"
#include "lib/triage/metadata.h"
#include "lib/triage/sniff.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Deeper ones are told of and not entered. */
enum { MOST_DEPTH = 64 };

/* One that is being walked. */
struct folder {
	struct inq_arena *arena;  /* of its names */
	const char *path, *below; /* as it was found; below the one that was named, "" for that one itself */
	int fd;
	struct inq_string_vec names;
	size_t next;
	struct inq_companions *companions;
	bool is_problem; /* of ABRT: it may tell facts of its core */
};

struct inq_walk {
	struct inq_ctx *ctx;
	struct folder stack[MOST_DEPTH];
	size_t depth;
};

static void release(struct folder *folder)
{
	inq_companions_destroy(folder->companions);
	inq_string_vec_release(&folder->names);
	inq_arena_destroy(folder->arena);
	if (folder->fd >= 0)
		close(folder->fd);
}

static enum inq_status add_name(struct inq_walk *walk, struct folder *folder, const char *name)
{
	if (name[0] == '.')
		return INQ_OK;
	const char **slot = inq_string_vec_push(&folder->names);
	if (slot)
		*slot = inq_arena_copy(folder->arena, name, strlen(name));
	return slot && *slot ? INQ_OK : inq_no_memory(walk->ctx);
}

/* All names of the folder, sorted. */
static enum inq_status list(struct inq_walk *walk, struct folder *folder)
{
	int again = dup(folder->fd); /* closedir closes it */
	DIR *names = again < 0 ? NULL : fdopendir(again);
	enum inq_status status = INQ_OK;
	const struct dirent *entry;
	if (!names) {
		if (again >= 0)
			close(again);
		return INQ_UNUSABLE;
	}
	while (status == INQ_OK && (entry = readdir(names)))
		status = add_name(walk, folder, entry->d_name);
	closedir(names);
	if (status == INQ_OK)
		inq_folder_sort(&folder->names, 0);
	return status;
}

/* Puts the folder behind `fd`, which is taken over, on the stack. */
static enum inq_status enter(struct inq_walk *walk, int fd, const char *path, const char *below)
{
	struct folder *folder = &walk->stack[walk->depth];
	*folder = (struct folder) { .fd = fd, .arena = inq_arena_create() };
	if (folder->arena) {
		folder->path = inq_arena_copy(folder->arena, path, strlen(path));
		folder->below = inq_arena_copy(folder->arena, below, strlen(below));
	}
	enum inq_status status = folder->path && folder->below ? list(walk, folder) : inq_no_memory(walk->ctx);
	if (status == INQ_OK)
		folder->companions = inq_companions_create(folder->names.items, folder->names.count, false);
	folder->is_problem = faccessat(fd, "coredump", F_OK, 0) == 0;
	if (status == INQ_OK && !folder->companions)
		status = inq_no_memory(walk->ctx);
	if (status == INQ_OK)
		walk->depth++;
	else
		release(folder);
	return status;
}

enum inq_status inq_walk_open(struct inq_ctx *ctx, const char *path, struct inq_walk **ret)
{
	struct inq_walk *walk = inq_alloc(sizeof *walk);
	ctx->artefact = path;
	if (!walk)
		return inq_no_memory(ctx);
	walk->ctx = ctx;
	walk->depth = 0;
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum inq_status status = fd < 0 ? INQ_UNUSABLE : enter(walk, fd, path, "");
	if (status == INQ_UNUSABLE)
		inq_warn(ctx, INQ_PLACE_NONE, 0, "this folder cannot be read: %s; see to its permissions",
			 strerror(errno));
	if (status != INQ_OK) {
		free(walk);
		return status;
	}
	*ret = walk;
	return INQ_OK;
}

void inq_walk_close(struct inq_walk *walk)
{
	while (walk && walk->depth)
		release(&walk->stack[--walk->depth]);
	free(walk);
}

static void know(struct inq_item *item, const struct stat *st)
{
	item->size = (uint64_t)st->st_size;
	item->mtime_ns = (uint64_t)st->st_mtim.tv_sec * 1000000000 + (uint64_t)st->st_mtim.tv_nsec;
}

static struct inq_item blank(void)
{
	return (struct inq_item) {
		.size = INQ_UNKNOWN, .mtime_ns = INQ_UNKNOWN, .pid = INQ_UNKNOWN, .seen = INQ_UNKNOWN
	};
}

/* Fills `item` from an open file; false when it is nothing for a batch. */
static bool look(struct inq_arena *arena, int fd, const char *name, struct inq_item *item)
{
	uint8_t head[INQ_SNIFF_HEAD];
	struct stat st;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return false;
	know(item, &st);
	ssize_t size = pread(fd, head, sizeof head, 0);
	if (size < 0 || (!inq_sniff(head, (size_t)size, &item->kind) && !inq_sniff_was_core(name, head, (size_t)size)))
		return false;
	inq_metadata_of_file(arena, fd, name, item);
	return true;
}

bool inq_walk_file(struct inq_arena *arena, const char *path, struct inq_item *item)
{
	*item = blank();
	item->path = path;
	item->identity = path;
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return false;
	bool known = look(arena, fd, inq_base_name(path), item);
	close(fd);
	return known;
}

static void add_companions(struct inq_arena *arena, const struct folder *folder, const char *name,
			   struct inq_item *item)
{
	const char *names[INQ_MOST_COMPANIONS];
	size_t count = inq_companions_of(folder->companions, name, item->pid, names);
	const char **paths = inq_arena_array(arena, count, sizeof *paths);
	if (!paths)
		return;
	for (size_t i = 0; i < count; i++)
		if ((paths[item->companion_count] = inq_folder_join(arena, folder->path, names[i])))
			item->companion_count++;
	item->companions = paths;
}

/* A file that is something for a batch becomes the item. */
static bool take_file(struct inq_walk *walk, int fd, const char *name, struct inq_arena *arena, struct inq_item *item)
{
	const struct folder *folder = &walk->stack[walk->depth - 1];
	*item = blank();
	if (!look(arena, fd, name, item))
		return false;
	if (folder->is_problem)
		inq_metadata_of_folder(arena, folder->fd, item);
	add_companions(arena, folder, name, item);
	item->path = inq_folder_join(arena, folder->path, name);
	item->identity = inq_folder_join(arena, folder->below, name);
	return item->path && item->identity;
}

static void enter_below(struct inq_walk *walk, int fd, const char *name)
{
	const struct folder *folder = &walk->stack[walk->depth - 1];
	const char *path = inq_folder_join(folder->arena, folder->path, name),
		   *below = inq_folder_join(folder->arena, folder->below, name);
	if (walk->depth == MOST_DEPTH) {
		inq_warn(walk->ctx, INQ_PLACE_NONE, 0, "%s lies %d folders deep; name it to look into it",
			 path ? path : name, MOST_DEPTH);
		close(fd);
	} else if (!path || !below) {
		inq_no_memory(walk->ctx);
		close(fd);
	} else if (enter(walk, fd, path, below) == INQ_UNUSABLE) {
		inq_warn(walk->ctx, INQ_PLACE_NONE, 0, "the folder %s cannot be read; it is left out", path);
	}
}

/* Opens what the name stands for, unless it is a link to a folder, a device or the like. -1 for those. */
static int open_name(struct inq_walk *walk, const char *name, bool *is_folder)
{
	const struct folder *folder = &walk->stack[walk->depth - 1];
	struct stat st, behind;
	if (fstatat(folder->fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return -1;
	if (S_ISLNK(st.st_mode) && (fstatat(folder->fd, name, &behind, 0) != 0 || !S_ISREG(behind.st_mode)))
		return -1;
	*is_folder = S_ISDIR(st.st_mode);
	if (!*is_folder && !S_ISLNK(st.st_mode) && !S_ISREG(st.st_mode))
		return -1;
	int fd = openat(folder->fd, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC | (*is_folder ? O_DIRECTORY : 0));
	if (fd < 0)
		inq_warn(walk->ctx, INQ_PLACE_NONE, 0, "%s in %s cannot be read: %s; it is left out", name,
			 folder->path, strerror(errno));
	return fd;
}

bool inq_walk_next(struct inq_walk *walk, struct inq_arena *arena, struct inq_item *ret)
{
	while (walk->depth) {
		struct folder *folder = &walk->stack[walk->depth - 1];
		if (folder->next == folder->names.count) {
			release(folder);
			walk->depth--;
			continue;
		}
		const char *name = folder->names.items[folder->next++];
		bool is_folder;
		int fd = open_name(walk, name, &is_folder);
		if (fd < 0)
			continue;
		if (is_folder) {
			enter_below(walk, fd, name);
			continue;
		}
		bool taken = take_file(walk, fd, name, arena, ret);
		close(fd);
		if (taken)
			return true;
	}
	return false;
}
