/* A folder of files by build ID. */
#include "lib/io/cache_folder.h"

#include "lib/base/arena.h"
#include "lib/base/str.h"
#include "lib/base/vec.h"
#include "lib/io/source.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum {
	VERSION = 1,
	MARK = 0x01020304, /* reads otherwise on a machine of the other byte order */
	LEAST_BUILD_ID = 8,
	MOST_NAME = 255
};
static const uint64_t most_bytes = UINT64_C(1) << 30;
static const char magic[8] = "inqcache";

/* In front of the bytes, which so are aligned for anything. */
struct head {
	char magic[8];
	uint32_t version, mark;
	uint64_t size;
	uint32_t checksum; /* zlib's CRC-32 */
	uint8_t reserved[36];
};
_Static_assert(sizeof(struct head) == 64, "the head is one cache line");

struct inq_cache_folder {
	int fd;
	bool tidied; /* by this process: once is enough */
};

/* Makes the folder and those above it that are missing, for this user alone. */
static int open_or_make(const char *path)
{
	char part[4096];
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	size_t length = strlen(path);
	if (fd >= 0 || errno != ENOENT || length >= sizeof part)
		return fd;
	for (size_t i = 1; i <= length; i++) {
		if (path[i] != '/' && path[i])
			continue;
		memcpy(part, path, i);
		part[i] = '\0';
		if (mkdir(part, 0700) != 0 && errno != EEXIST)
			return -1;
	}
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

struct inq_cache_folder *inq_cache_folder_open(const char *path, const char **why)
{
	struct stat st;
	struct inq_cache_folder *folder = inq_alloc(sizeof *folder);
	*why = "memory is out";
	if (!folder)
		return NULL;
	folder->fd = open_or_make(path);
	*why = folder->fd < 0 ? strerror(errno) : "it belongs to another user, or others may write to it";
	if (folder->fd >= 0 && fstat(folder->fd, &st) == 0 && st.st_uid == geteuid() && !(st.st_mode & 022))
		return folder;
	inq_cache_folder_close(folder);
	return NULL;
}

void inq_cache_folder_close(struct inq_cache_folder *folder)
{
	if (folder && folder->fd >= 0)
		close(folder->fd);
	free(folder);
}

/* BUILDID.KIND; false when the build ID is too short to tell objects apart. */
static bool file_name(const struct inq_cache_name *name, char ret[MOST_NAME + 1])
{
	size_t at = 2 * (size_t)name->build_id_size, kind = strlen(name->kind);
	if (name->build_id_size < LEAST_BUILD_ID || at + 1 + kind > MOST_NAME)
		return false;
	for (size_t i = 0; i < name->build_id_size; i++)
		snprintf(ret + 2 * i, 3, "%02x", name->build_id[i]);
	ret[at] = '.';
	memcpy(ret + at + 1, name->kind, kind + 1);
	return true;
}

static bool is_whole(const struct inq_source *source)
{
	struct head head;
	if (source->size < sizeof head)
		return false;
	memcpy(&head, source->data, sizeof head);
	return memcmp(head.magic, magic, sizeof magic) == 0 && head.version == VERSION && head.mark == MARK &&
	       head.size == source->size - sizeof head &&
	       head.checksum == crc32_z(0, source->data + sizeof head, head.size);
}

bool inq_cache_folder_get(struct inq_cache_folder *folder, struct inq_ctx *ctx, const struct inq_cache_name *name,
			  struct inq_view *bytes, struct inq_source **ret)
{
	char file[MOST_NAME + 1];
	struct inq_source *source = NULL;
	int fd = file_name(name, file) ? openat(folder->fd, file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC) : -1;
	if (fd < 0)
		return false;
	if (inq_source_from_fd(ctx, fd, "the symbol cache", &source) != INQ_OK || !is_whole(source)) {
		inq_source_close(source);
		unlinkat(folder->fd, file, 0);
		return false;
	}
	*bytes = (struct inq_view) { .data = source->data + sizeof(struct head),
				     .size = source->size - sizeof(struct head) };
	*ret = source;
	return true;
}

static bool write_all(int fd, const void *bytes, size_t size)
{
	const char *at = bytes;
	while (size) {
		ssize_t written = write(fd, at, size);
		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return false;
		at += written;
		size -= (size_t)written;
	}
	return true;
}

/* A file of the folder, for the one that was not used for longest. */
struct old_file {
	struct timespec used;
	uint64_t size;
	char *name;
};
INQ_VEC(old_file_vec, struct old_file)

static int by_use(const void *a, const void *b)
{
	const struct timespec *one = &((const struct old_file *)a)->used, *other = &((const struct old_file *)b)->used;
	if (one->tv_sec != other->tv_sec)
		return one->tv_sec < other->tv_sec ? -1 : 1;
	return (one->tv_nsec > other->tv_nsec) - (one->tv_nsec < other->tv_nsec);
}

static uint64_t list(const struct inq_cache_folder *folder, struct old_file_vec *files)
{
	uint64_t sum = 0;
	struct stat st;
	int again = openat(folder->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *names = again < 0 ? NULL : fdopendir(again);
	const struct dirent *entry;
	while (names && (entry = readdir(names))) {
		if (fstatat(folder->fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(st.st_mode))
			continue;
		char *name = strdup(entry->d_name);
		struct old_file *file = name ? old_file_vec_push(files) : NULL;
		if (!file) {
			free(name);
			break;
		}
		*file = (struct old_file) { st.st_atim, (uint64_t)st.st_size, name };
		sum += file->size;
	}
	if (names)
		closedir(names);
	else if (again >= 0)
		close(again);
	return sum;
}

/* Removes files until three quarters of the room are taken. */
static void tidy(const struct inq_cache_folder *folder)
{
	struct old_file_vec files = { 0 };
	uint64_t sum = list(folder, &files), most = sum > most_bytes ? most_bytes / 4 * 3 : most_bytes;
	if (sum > most)
		qsort(files.items, files.count, sizeof *files.items, by_use);
	for (size_t i = 0; i < files.count; i++) {
		if (sum > most && unlinkat(folder->fd, files.items[i].name, 0) == 0)
			sum -= files.items[i].size;
		free(files.items[i].name);
	}
	old_file_vec_release(&files);
}

void inq_cache_folder_put(struct inq_cache_folder *folder, const struct inq_cache_name *name, const void *bytes,
			  size_t size)
{
	char file[MOST_NAME + 1], temporary[64];
	struct head head = { .version = VERSION, .mark = MARK, .size = size };
	if (size > most_bytes / 4 || !file_name(name, file))
		return;
	memcpy(head.magic, magic, sizeof magic);
	head.checksum = (uint32_t)crc32_z(0, bytes, size);
	snprintf(temporary, sizeof temporary, "new.%ld.%p", (long)getpid(), (const void *)bytes);
	int fd = openat(folder->fd, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return;
	bool written = write_all(fd, &head, sizeof head) && write_all(fd, bytes, size);
	if (close(fd) != 0 || !written || renameat(folder->fd, temporary, folder->fd, file) != 0)
		unlinkat(folder->fd, temporary, 0);
	if (!folder->tidied)
		tidy(folder);
	folder->tidied = true;
}
