/* The spool: in memory first, then in an unlinked file; zeros become holes. */
#include "lib/io/spool.h"

#include "lib/base/checked.h"
#include "lib/base/ctx.h"
#include "lib/base/view.h"
#include "lib/io/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { PAGE = 4096, BUFFER_SIZE = 64 * PAGE };

const struct inq_spool_limits inq_spool_usual = { .size = UINT64_C(1) << 40, .memory = UINT64_C(256) << 20 };

enum inq_status inq_spool_create(struct inq_ctx *ctx, const struct inq_spool_limits *limits, struct inq_spool *ret)
{
	*ret = (struct inq_spool) { .ctx = ctx, .limits = *limits, .fd = -1 };
	ret->buffer = inq_alloc(BUFFER_SIZE);
	if (!ret->buffer)
		return inq_no_memory(ctx);
	ret->fd = memfd_create("inquest", MFD_CLOEXEC);
	if (ret->fd >= 0)
		return INQ_OK;
	inq_warn(ctx, INQ_PLACE_NONE, 0, "no place to unpack it: %s; unpack it first", strerror(errno));
	inq_spool_destroy(ret);
	return INQ_UNUSABLE;
}

void inq_spool_destroy(struct inq_spool *spool)
{
	if (spool->fd >= 0)
		close(spool->fd);
	free(spool->buffer);
	spool->fd = -1;
	spool->buffer = NULL;
}

static bool stop(struct inq_spool *spool, const char *why, const char *what_to_do)
{
	spool->full = true;
	inq_warn(spool->ctx, INQ_PLACE_NONE, 0, "only the first %" PRIu64 " bytes of its content are used: %s; %s",
		 spool->size, why, what_to_do);
	return false;
}

static const char *temporary_folder(void)
{
	const char *folder = secure_getenv("TMPDIR");
	return folder && *folder ? folder : "/var/tmp"; /* not /tmp, which is memory again on many machines */
}

/* O_TMPFILE where the file system has it. */
static int open_temporary(const char *folder)
{
	int fd = open(folder, O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0600);
	if (fd >= 0)
		return fd;
	char path[PATH_MAX];
	int length = snprintf(path, sizeof path, "%s/inquest-XXXXXX", folder);
	if (length < 0 || (size_t)length >= sizeof path) {
		errno = ENAMETOOLONG;
		return -1;
	}
	fd = mkostemp(path, O_CLOEXEC);
	if (fd >= 0)
		unlink(path);
	return fd;
}

/* Copies what is not a hole. */
static bool copy_data(int from, int to, uint64_t size)
{
	off_t at = 0;
	while ((uint64_t)at < size) {
		off_t data = lseek(from, at, SEEK_DATA);
		if (data < 0)
			return errno == ENXIO; /* only a hole is left */
		off_t hole = lseek(from, data, SEEK_HOLE);
		if (hole < 0 || lseek(to, data, SEEK_SET) < 0)
			return false;
		while (data < hole)
			if (sendfile(to, from, &data, (size_t)(hole - data)) <= 0)
				return false;
		at = hole;
	}
	return true;
}

/* A tenth of the free room is left to others. */
static uint64_t room_on_disk(int fd)
{
	struct statvfs fs;
	uint64_t room;
	if (fstatvfs(fd, &fs) != 0 || !inq_mul(fs.f_bavail, fs.f_frsize, &room))
		return UINT64_MAX / 2;
	return room / 10 * 9;
}

static bool move_to_disk(struct inq_spool *spool)
{
	int fd = open_temporary(temporary_folder());
	if (fd < 0 || !copy_data(spool->fd, fd, spool->size)) {
		const char *why = strerror(errno);
		if (fd >= 0)
			close(fd);
		return stop(spool, why, "set TMPDIR to a folder with room for all of it");
	}
	close(spool->fd);
	spool->fd = fd;
	spool->on_disk = true;
	spool->most_stored = spool->stored + room_on_disk(fd);
	return true;
}

/* The length of the pages at the start of `bytes` that are all zero, or all not. */
static size_t run_length(const uint8_t *bytes, size_t size, bool *zero)
{
	size_t length = 0;
	while (length < size) {
		size_t page = size - length < PAGE ? size - length : PAGE;
		bool now = inq_is_zero(bytes + length, page);
		if (length == 0)
			*zero = now;
		else if (now != *zero)
			break;
		length += page;
	}
	return length;
}

static bool write_all(int fd, const uint8_t *bytes, size_t size, uint64_t at)
{
	while (size) {
		ssize_t done = pwrite(fd, bytes, size, (off_t)at);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		bytes += done;
		size -= (size_t)done;
		at += (uint64_t)done;
	}
	return true;
}

/* One run of the buffer, which belongs at spool->size. */
static bool store_run(struct inq_spool *spool, const uint8_t *bytes, size_t size, bool zero)
{
	if (!zero) {
		if (!spool->on_disk && spool->stored + size > spool->limits.memory && !move_to_disk(spool))
			return false;
		if (spool->on_disk && spool->stored + size > spool->most_stored)
			return stop(spool, "it would fill the disk", "set TMPDIR to a folder with room for all of it");
		if (!write_all(spool->fd, bytes, size, spool->size))
			return stop(spool, strerror(errno), "set TMPDIR to a folder with room for all of it");
		spool->stored += size;
	}
	spool->size += size;
	return true;
}

static bool store(struct inq_spool *spool)
{
	size_t size = spool->used, at = 0;
	spool->used = 0;
	while (at < size) {
		bool zero;
		size_t run = run_length(spool->buffer + at, size - at, &zero);
		if (!store_run(spool, spool->buffer + at, run, zero))
			return false;
		at += run;
	}
	return true;
}

/* How much of the buffer may be filled; 0 when the spool is full. */
static size_t room(struct inq_spool *spool)
{
	if (spool->full)
		return 0;
	if (spool->size + spool->used >= spool->limits.size) {
		if (store(spool))
			stop(spool, "it unpacks to more than is safe", "unpack it first");
		return 0;
	}
	uint64_t left = spool->limits.size - spool->size - spool->used;
	size_t free = BUFFER_SIZE - spool->used;
	return free < left ? free : (size_t)left;
}

void inq_spool_copy(struct inq_spool *spool, struct inq_stream *stream)
{
	size_t have, size;
	while ((have = inq_stream_fill(stream, 1)) > 0 && (size = room(spool)) > 0) {
		size = have < size ? have : size;
		memcpy(spool->buffer + spool->used, stream->buffer + stream->at, size);
		stream->at += size;
		spool->used += size;
		if (spool->used == BUFFER_SIZE && !store(spool))
			break;
	}
}

int inq_spool_finish(struct inq_spool *spool)
{
	store(spool);
	int fd = spool->fd;
	if (ftruncate(fd, (off_t)spool->size) != 0) {
		inq_warn(spool->ctx, INQ_PLACE_NONE, 0, "the unpacked data has no room: %s; unpack it first",
			 strerror(errno));
		return -1;
	}
	spool->fd = -1;
	return fd;
}
