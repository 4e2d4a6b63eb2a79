/* Opening and mapping inputs: what may be read, when it is unpacked or spooled first. */
#include "lib/io/source.h"

#include "lib/io/spool.h"
#include "lib/io/stream.h"
#include "lib/io/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* A core is read here and there: no read-ahead. A text, which is far smaller, is read through. */
enum { RANDOM_FROM = 16 << 20 };

/* A packed file in a packed file is unpacked; three are more likely an attack than a habit. */
enum { MOST_LAYERS = 2 };

/* Where an input lies while it is being opened. */
struct input {
	struct inq_ctx *ctx;
	struct inq_source *source;
	int fd;
	bool seekable;
};

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

static enum inq_status refuse(struct inq_ctx *ctx, const char *what, const char *what_to_do)
{
	inq_warn(ctx, INQ_PLACE_NONE, 0, "%s; %s", what, what_to_do);
	return INQ_UNUSABLE;
}

static void unmap(struct inq_source *source)
{
	if (source->map)
		munmap(source->map, source->map_size);
	source->map = NULL;
	source->data = NULL;
	source->size = 0;
}

/* Maps all of the input's file. False when it is no file that can be mapped, or says that it is empty. */
static bool map(struct input *input)
{
	struct inq_source *source = input->source;
	struct stat st;
	if (fstat(input->fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size <= 0)
		return false;
	size_t size = (size_t)st.st_size;
	void *bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, input->fd, 0);
	if (bytes == MAP_FAILED)
		return false;
	if (size >= RANDOM_FROM)
		madvise(bytes, size, MADV_RANDOM);
	source->map = bytes;
	source->map_size = size;
	source->data = bytes;
	source->size = size;
	return true;
}

/* All of the stream as it is. */
static enum inq_status copy_stream(struct inq_ctx *ctx, struct inq_stream *stream, struct inq_spool *spool)
{
	size_t have, room;
	while ((have = inq_stream_fill(stream, 1)) > 0) {
		uint8_t *to = inq_spool_room(spool, &room);
		if (!to)
			return INQ_PARTIAL;
		size_t size = have < room ? have : room;
		memcpy(to, stream->buffer + stream->at, size);
		stream->at += size;
		if (!inq_spool_advance(spool, size))
			return INQ_PARTIAL;
	}
	if (!stream->error)
		return INQ_OK;
	return inq_damaged(ctx, inq_stream_offset(stream), "cannot be read: %s; what came before is used",
			   strerror(stream->error));
}

/* Fills the spool, and puts its file in the place of the input's. */
static enum inq_status fill_spool(struct input *input, const char *compression, struct inq_stream *stream,
				  struct inq_spool *spool)
{
	struct inq_ctx *ctx = input->ctx;
	enum inq_status status =
		compression ? inq_unpack(ctx, compression, stream, spool) : copy_stream(ctx, stream, spool);
	if (status != INQ_OK && status != INQ_PARTIAL)
		return status;
	int fd = inq_spool_finish(spool);
	if (fd < 0)
		return INQ_UNUSABLE;
	close(input->fd);
	input->fd = fd;
	input->seekable = true;
	return spool->full ? INQ_PARTIAL : status;
}

/* Copies the input into a spool, unpacked when it is compressed, and maps that. */
static enum inq_status respool(struct input *input, const char *compression)
{
	struct inq_ctx *ctx = input->ctx;
	struct inq_stream stream;
	struct inq_spool spool;
	unmap(input->source);
	if (!inq_stream_open(&stream, input->fd, input->seekable))
		return inq_no_memory(ctx);
	enum inq_status status = inq_spool_create(ctx, &inq_spool_usual, &spool);
	if (status == INQ_OK) {
		status = fill_spool(input, compression, &stream, &spool);
		inq_spool_destroy(&spool);
	}
	inq_stream_close(&stream);
	if (status != INQ_OK && status != INQ_PARTIAL)
		return status;
	input->source->cut |= status == INQ_PARTIAL;
	if (map(input))
		return status;
	if (spool.size)
		return refuse(ctx, "cannot be mapped into memory", "unpack it first, on a machine with more room");
	if (status == INQ_PARTIAL)
		return INQ_UNUSABLE; /* a warning has said why there is nothing */
	return refuse(ctx, "is empty", "look why nothing was written (a full disk, a size limit)");
}

/* Unpacks what is packed. */
static enum inq_status unpack(struct input *input)
{
	struct inq_source *source = input->source;
	enum inq_status status = INQ_OK;
	for (int layer = 0; layer < MOST_LAYERS && (status == INQ_OK || status == INQ_PARTIAL); layer++) {
		const char *compression = inq_unpack_detect(source->data, source->size);
		if (!compression)
			break;
		if (!source->compression)
			source->compression = compression;
		status = respool(input, compression);
	}
	return status;
}

/* A regular file is mapped as it is; a pipe, and a file of /proc (which says it is empty), is copied first. */
static enum inq_status load(struct input *input)
{
	enum inq_status status = map(input) ? INQ_OK : respool(input, NULL);
	if (status == INQ_OK || status == INQ_PARTIAL)
		status = unpack(input);
	return status == INQ_OK && input->source->cut ? INQ_PARTIAL : status;
}

/* A descriptor of a regular file or pipe, or -1 with a warning. */
static int open_input(struct inq_ctx *ctx, const char *path, bool *seekable)
{
	struct stat st;
	int fd = strcmp(path, "-") == 0 ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
					: open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (fd < 0 || fstat(fd, &st) != 0) {
		inq_warn(ctx, INQ_PLACE_NONE, 0, "cannot be opened: %s; %s", strerror(errno),
			 errno == EACCES ? "ask for the right to read it" : "check the name");
		return -1;
	}
	*seekable = S_ISREG(st.st_mode);
	if (*seekable || S_ISFIFO(st.st_mode))
		return fd;
	inq_warn(ctx, INQ_PLACE_NONE, 0, "is %s; give a file or a pipe", refused_kind(st.st_mode));
	close(fd);
	return -1;
}

enum inq_status inq_source_open(struct inq_ctx *ctx, const char *path, struct inq_source **ret)
{
	const char *outer = ctx->artefact;
	struct input input = { .ctx = ctx, .source = inq_alloc(sizeof *input.source) };
	*ret = NULL;
	if (!input.source)
		return inq_no_memory(ctx);
	enum inq_status status = INQ_UNUSABLE;
	input.source->path = inq_arena_copy(ctx->arena, path, strlen(path));
	ctx->artefact = input.source->path;
	input.fd = open_input(ctx, path, &input.seekable);
	if (input.fd >= 0) {
		status = load(&input);
		close(input.fd);
	}
	ctx->artefact = outer;
	if (status == INQ_OK || status == INQ_PARTIAL)
		*ret = input.source;
	else
		inq_source_close(input.source);
	return status;
}

enum inq_status inq_source_from_fd(struct inq_ctx *ctx, int fd, const char *path, struct inq_source **ret)
{
	struct input input = { .ctx = ctx, .fd = fd, .source = inq_alloc(sizeof *input.source) };
	*ret = NULL;
	bool mapped = input.source && map(&input);
	int error = errno;
	close(fd);
	if (mapped) {
		input.source->path = path;
		*ret = input.source;
		return INQ_OK;
	}
	if (!input.source)
		return inq_no_memory(ctx);
	free(input.source);
	inq_warn(ctx, INQ_PLACE_NONE, 0, "%s cannot be mapped: %s; it is not used", path, strerror(error));
	return INQ_UNUSABLE;
}

enum inq_status inq_source_from_memory(const uint8_t *data, size_t size, const char *path, struct inq_source **ret)
{
	*ret = inq_alloc(sizeof **ret);
	if (!*ret)
		return INQ_NO_MEMORY;
	**ret = (struct inq_source) { .path = path, .data = data, .size = size };
	return INQ_OK;
}

void inq_source_give_back(const struct inq_source *source)
{
	if (source->map)
		madvise(source->map, source->map_size, MADV_DONTNEED);
}

void inq_source_close(struct inq_source *source)
{
	if (!source)
		return;
	unmap(source);
	free(source);
}
