/* Listing a folder. It may be anyone's: links are not followed, nothing but regular files is touched, and what is listed is
 * bounded. */
#include "lib/io/folder.h"

#include "lib/io/unpack.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* To know what is in a compressed file it must be unpacked, which may take seconds and gigabytes. */
enum { MOST_FILES = 256, MOST_PACKED = 4 };

bool inq_is_folder(const char *path)
{
	struct stat st;
	return strcmp(path, "-") != 0 && stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

const char *inq_folder_join(struct inq_arena *arena, const char *folder, const char *name)
{
	size_t length = strlen(folder);
	bool slash = length == 0 || folder[length - 1] == '/';
	return inq_arena_join(arena, folder, slash ? "" : "/", name, NULL);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void inq_folder_sort(struct inq_string_vec *names, size_t from)
{
	if (names->count > from)
		qsort(names->items + from, names->count - from, sizeof *names->items, by_name);
}

struct listing {
	struct inq_ctx *ctx;
	const char *path;
	DIR *folder;
	struct inq_string_vec *files;
	size_t first; /* of files: those before it are not this folder's */
};

static bool is_wanted(const struct listing *listing, const char *name)
{
	struct stat st;
	return name[0] != '.' && fstatat(dirfd(listing->folder), name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISREG(st.st_mode) && st.st_size > 0;
}

static enum inq_status add(const struct listing *listing, const char *name)
{
	const char **slot = inq_string_vec_push(listing->files);
	if (slot)
		*slot = inq_folder_join(listing->ctx->arena, listing->path, name);
	return slot && *slot ? INQ_OK : inq_no_memory(listing->ctx);
}

static bool is_packed(const char *path)
{
	uint8_t head[64];
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
	ssize_t size = fd < 0 ? -1 : read(fd, head, sizeof head);
	if (fd >= 0)
		close(fd);
	return size > 0 && inq_unpack_detect(head, (size_t)size);
}

/* Keeps the first compressed files. */
static void drop_packed(const struct listing *listing)
{
	struct inq_string_vec *files = listing->files;
	size_t kept = listing->first, packed = 0;
	for (size_t i = listing->first; i < files->count; i++)
		if (!is_packed(files->items[i]) || ++packed <= MOST_PACKED)
			files->items[kept++] = files->items[i];
	files->count = kept;
	if (packed > MOST_PACKED)
		inq_warn(listing->ctx, INQ_PLACE_NONE, 0,
			 "holds %zu compressed files: only the first %d were looked into; name others to read them",
			 packed, MOST_PACKED);
}

static enum inq_status list(const struct listing *listing)
{
	enum inq_status status = INQ_OK;
	const struct dirent *entry;
	size_t left_out = 0;
	while (status == INQ_OK && (entry = readdir(listing->folder))) {
		if (!is_wanted(listing, entry->d_name))
			continue;
		if (listing->files->count - listing->first < MOST_FILES)
			status = add(listing, entry->d_name);
		else
			left_out++;
	}
	if (status != INQ_OK)
		return status;
	if (left_out)
		inq_warn(listing->ctx, INQ_PLACE_NONE, 0,
			 "holds %d files and %zu more, which were not looked at; name those that matter", MOST_FILES,
			 left_out);
	inq_folder_sort(listing->files, listing->first);
	drop_packed(listing);
	return INQ_OK;
}

enum inq_status inq_folder_files(struct inq_ctx *ctx, const char *path, struct inq_string_vec *ret)
{
	struct listing listing = {
		.ctx = ctx, .path = path, .folder = opendir(path), .files = ret, .first = ret->count
	};
	ctx->artefact = path;
	if (!listing.folder) {
		inq_warn(ctx, INQ_PLACE_NONE, 0, "this folder cannot be read: %s; name the files in it",
			 strerror(errno));
		return INQ_UNUSABLE;
	}
	enum inq_status status = list(&listing);
	closedir(listing.folder);
	return status;
}
