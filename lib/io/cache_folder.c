/* A folder of files by build ID. */
#include "lib/io/cache_folder.h"

#include "lib/base/arena.h"
#include "lib/base/sha256.h"
#include "lib/base/str.h"
#include "lib/base/vec.h"
#include "lib/io/checksum.h"
#include "lib/io/source.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	VERSION = 2,
	MARK = 0x01020304, /* reads otherwise on a machine of the other byte order */
	LEAST_BUILD_ID = 8,
	MOST_NAME = 255
};
static const uint64_t most_bytes = UINT64_C(1) << 30, tidied_each = UINT64_C(64) << 20;
static const char magic[8] = "inqcache";

/* In front of the bytes, which so are aligned for anything. */
struct head {
	char magic[8];
	uint32_t version, mark;
	uint64_t size;
	uint32_t checksum;		  /* CRC-32 of the bytes */
	uint8_t made_of[INQ_SHA256_SIZE]; /* of the bytes that it was made of; zeros: it is good for any */
	uint8_t reserved[4];
};
_Static_assert(sizeof(struct head) == 64, "the head is one cache line");

struct inq_cache_folder {
	int fd;				     /* -1: a reader's, which is not there yet */
	const char *path;		     /* of a reader */
	const struct inq_cache_wants *wants; /* likewise */
	uint64_t written;		     /* since it was tidied */
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

/* What others could have written is not used; root could do anything anyway. */
static bool is_safe(int fd)
{
	struct stat st;
	return fstat(fd, &st) == 0 && (st.st_uid == geteuid() || !st.st_uid) && !(st.st_mode & 022);
}

struct inq_cache_folder *inq_cache_folder_open(const char *path, const char **why)
{
	struct inq_cache_folder *folder = inq_alloc(sizeof *folder);
	*why = "memory is out";
	if (!folder)
		return NULL;
	folder->fd = open_or_make(path);
	folder->written = tidied_each; /* once at the beginning */
	*why = folder->fd < 0 ? strerror(errno) : "it belongs to another user, or others may write to it";
	if (folder->fd >= 0 && is_safe(folder->fd))
		return folder;
	inq_cache_folder_close(folder);
	return NULL;
}

struct inq_cache_folder *inq_cache_folder_open_reader(const char *path, const struct inq_cache_wants *wants)
{
	struct inq_cache_folder *folder = inq_alloc(sizeof *folder);
	if (folder)
		*folder = (struct inq_cache_folder) { .fd = -1, .path = path, .wants = wants };
	return folder;
}

/* Another process may have made the folder by now. */
static bool is_there(struct inq_cache_folder *folder)
{
	if (folder->fd < 0)
		folder->fd = open(folder->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder->fd >= 0 && folder->path && !is_safe(folder->fd)) {
		close(folder->fd);
		folder->fd = -1;
	}
	return folder->fd >= 0;
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

static struct head make_head(const struct inq_cache_name *name, size_t size)
{
	struct head head = { .version = VERSION, .mark = MARK, .size = size };
	memcpy(head.magic, magic, sizeof magic);
	if (name->made_of.size)
		inq_sha256(name->made_of.data, name->made_of.size, head.made_of);
	return head;
}

static bool is_whole(const struct inq_source *source, const struct inq_cache_name *name)
{
	struct head head;
	uint32_t checksum;
	if (source->size < sizeof head)
		return false;
	const struct head expected = make_head(name, source->size - sizeof head);
	memcpy(&head, source->data, sizeof head);
	return memcmp(&head, &expected, offsetof(struct head, checksum)) == 0 &&
	       memcmp(head.made_of, expected.made_of, sizeof head.made_of) == 0 &&
	       inq_crc32(source->data + sizeof head, head.size, &checksum) && head.checksum == checksum;
}

bool inq_cache_folder_get(struct inq_cache_folder *folder, struct inq_ctx *ctx, const struct inq_cache_name *name,
			  struct inq_view *bytes, struct inq_source **ret)
{
	char file[MOST_NAME + 1];
	struct inq_source *source = NULL;
	bool named = is_there(folder) && file_name(name, file);
	int fd = named ? openat(folder->fd, file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC) : -1;
	if (fd < 0)
		return false;
	if (inq_source_from_fd(ctx, fd, "the symbol cache", &source) != INQ_OK || !is_whole(source, name)) {
		inq_source_close(source);
		if (!folder->wants)
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
	if (size > most_bytes / 4 || !file_name(name, file) || inq_cache_folder_want(folder, name))
		return;
	struct head head = make_head(name, size);
	if (!inq_crc32(bytes, size, &head.checksum))
		return;
	snprintf(temporary, sizeof temporary, "new.%ld.%p", (long)getpid(), (const void *)bytes);
	int fd = openat(folder->fd, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return;
	bool written = write_all(fd, &head, sizeof head) && write_all(fd, bytes, size);
	if (close(fd) != 0 || !written || renameat(folder->fd, temporary, folder->fd, file) != 0)
		unlinkat(folder->fd, temporary, 0);
	folder->written += sizeof head + size;
	if (folder->written < tidied_each)
		return;
	tidy(folder);
	folder->written = 0;
}

bool inq_cache_folder_want(struct inq_cache_folder *folder, const struct inq_cache_name *name)
{
	if (folder->wants)
		folder->wants->want(folder->wants->data, name);
	return folder->wants != NULL;
}
