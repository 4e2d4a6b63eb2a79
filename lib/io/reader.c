/* Reading files and pipes, also pipes that do not block. */
#include "lib/io/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A pipe is polled first: a FIFO opened without blocking has no writer yet and would look ended. */
static int64_t read_file(void *data, void *buffer, size_t size)
{
	struct inq_file_reader *file = data;
	for (;;) {
		ssize_t got;
		if (file->seekable) {
			got = pread(file->fd, buffer, size, (off_t)file->at);
		} else {
			struct pollfd wait = { .fd = file->fd, .events = POLLIN };
			got = poll(&wait, 1, -1) < 0 ? -1 : read(file->fd, buffer, size);
		}
		if (got >= 0) {
			file->at += (uint64_t)got;
			return got;
		}
		if (errno != EINTR && errno != EAGAIN)
			return -errno;
	}
}

void inq_file_reader_on(struct inq_file_reader *reader, int fd, bool seekable)
{
	*reader = (struct inq_file_reader) { .reader = { .read = read_file, .data = reader },
					     .fd = fd,
					     .seekable = seekable };
}

static int64_t read_memory(void *data, void *buffer, size_t size)
{
	struct inq_memory_reader *memory = data;
	size = size < memory->left ? size : memory->left;
	memcpy(buffer, memory->bytes, size);
	memory->bytes += size;
	memory->left -= size;
	return (int64_t)size;
}

void inq_memory_reader_on(struct inq_memory_reader *reader, const uint8_t *bytes, size_t size)
{
	*reader = (struct inq_memory_reader) { .reader = { .read = read_memory, .data = reader },
					       .bytes = bytes,
					       .left = size };
}

/* What an input that may not be read is. */
static const char *refused_kind(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFDIR:
		return "a folder";
	case S_IFSOCK:
		return "a socket";
	default:
		return "a device or terminal";
	}
}

enum inq_status inq_file_reader_open(struct inq_ctx *ctx, const char *path, struct inq_file_reader *ret)
{
	struct stat st;
	int fd = strcmp(path, "-") == 0 ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
					: open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	inq_file_reader_on(ret, -1, false);
	if (fd < 0 || fstat(fd, &st) != 0) {
		int error = errno;
		inq_warn(ctx, INQ_PLACE_NONE, 0, "cannot be opened: %s; %s", strerror(error),
			 error == EACCES ? "ask for the right to read it" : "check the name");
		if (fd >= 0)
			close(fd);
		return INQ_UNUSABLE;
	}
	if (!S_ISREG(st.st_mode) && !S_ISFIFO(st.st_mode)) {
		inq_warn(ctx, INQ_PLACE_NONE, 0, "is %s; give a file or a pipe", refused_kind(st.st_mode));
		close(fd);
		return INQ_UNUSABLE;
	}
	inq_file_reader_on(ret, fd, S_ISREG(st.st_mode));
	ret->size = ret->seekable && st.st_size > 0 ? (uint64_t)st.st_size : 0;
	return INQ_OK;
}

void inq_file_reader_close(struct inq_file_reader *reader)
{
	if (reader->fd >= 0)
		close(reader->fd);
	reader->fd = -1;
}
