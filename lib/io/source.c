/* Opening and mapping inputs: what is mapped as it is, and what is read in a stream, into a temporary file or memory. */
#include "lib/io/source.h"

#include "lib/io/layers.h"
#include "lib/io/reader.h"
#include "lib/io/spool.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* A core is read here and there: no read-ahead. A text, which is far smaller, is read through. A large file of an object may
 * hold debug information, of which some is read apart. */
enum { RANDOM_FROM = 16 << 20, OPEN_FROM = 1 << 20 };

static enum inq_status refuse(struct inq_ctx *ctx, const char *what, const char *what_to_do)
{
	inq_warn(ctx, INQ_PLACE_NONE, 0, "%s; %s", what, what_to_do);
	return INQ_UNUSABLE;
}

static void unmap(struct inq_source *source)
{
	if (source->map)
		munmap(source->map, source->map_size);
	if (source->pages)
		inq_pages_close(source->pages);
	if (source->open)
		close(source->fd);
	source->open = false;
	source->pages = NULL;
	source->map = NULL;
	source->data = NULL;
	source->size = 0;
}

/* Maps all of a file. False when it is none that can be mapped, or says that it is empty. */
static bool map(struct inq_source *source, int fd)
{
	struct stat st;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size <= 0)
		return false;
	size_t size = (size_t)st.st_size;
	void *bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
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

/* The stream in a temporary file, which is mapped. */
static enum inq_status spool_stream(struct inq_ctx *ctx, struct inq_stream *stream, struct inq_source *source)
{
	struct inq_spool spool;
	enum inq_status status = inq_spool_create(ctx, &inq_spool_usual, &spool);
	if (status != INQ_OK)
		return status;
	inq_spool_copy(&spool, stream);
	int fd = inq_spool_finish(&spool);
	inq_spool_destroy(&spool);
	if (fd < 0)
		return INQ_UNUSABLE;
	bool mapped = map(source, fd);
	close(fd);
	if (!mapped && spool.size)
		return refuse(ctx, "cannot be mapped into memory", "unpack it first, on a machine with more room");
	return spool.full ? INQ_PARTIAL : INQ_OK;
}

static void tell_passed_over(struct inq_ctx *ctx, const struct inq_source *source)
{
	inq_warn(ctx, INQ_PLACE_NONE, 0,
		 "%" PRIu64 " of its %" PRIu64
		 " bytes were passed over, to stay within the bound of memory: heaps first; "
		 "read it without a bound for all",
		 source->passed_over, source->size);
}

/* What of the stream is worth it, in memory. */
static enum inq_status keep_stream(struct inq_ctx *ctx, struct inq_stream *stream, const struct inq_keep *keep,
				   struct inq_source *source)
{
	struct inq_kept_part kept;
	enum inq_status status = inq_keep_stream(ctx, keep, stream, &kept);
	if (status != INQ_OK)
		return status;
	source->map = kept.data;
	source->map_size = kept.reserved;
	source->in_memory = true;
	source->data = kept.data;
	source->size = kept.size;
	source->kept = kept.ranges;
	source->passed_over = kept.passed_over;
	if (kept.passed_over)
		tell_passed_over(ctx, source);
	if (!kept.cut_off)
		return INQ_OK;
	inq_warn(ctx, INQ_PLACE_NONE, 0,
		 "only the first %" PRIu64
		 " bytes of its content are used, to stay within the bound of memory; read it "
		 "without a bound",
		 kept.size);
	return INQ_PARTIAL;
}

static enum inq_status tell_read_error(struct inq_ctx *ctx, const struct inq_stream *stream)
{
	return inq_damaged(ctx, inq_stream_offset(stream), "cannot be read: %s; what came before is used",
			   inq_stream_why(stream));
}

static enum inq_status load_inside(struct inq_ctx *ctx, struct inq_layers *layers, const struct inq_keep *keep,
				   struct inq_source *source)
{
	struct inq_stream *stream = inq_layers_inside(layers);
	enum inq_status status = keep ? keep_stream(ctx, stream, keep, source) : spool_stream(ctx, stream, source);
	if (status != INQ_OK && status != INQ_PARTIAL)
		return status;
	enum inq_status read = inq_layers_status(layers);
	if (read == INQ_NO_MEMORY)
		return read;
	if (read != INQ_OK && !layers->count)
		tell_read_error(ctx, stream);
	status = read != INQ_OK ? INQ_PARTIAL : status;
	source->cut = status == INQ_PARTIAL;
	if (source->size)
		return status;
	if (status == INQ_PARTIAL)
		return INQ_UNUSABLE; /* a warning has said why there is nothing */
	return refuse(ctx, "is empty", "look why nothing was written (a full disk, a size limit)");
}

/* Reads a stream, unpacked. */
static enum inq_status load(struct inq_ctx *ctx, const struct inq_reader *reader, const struct inq_keep *keep,
			    struct inq_source *source)
{
	struct inq_layers layers;
	enum inq_status status = inq_layers_open(ctx, reader, &layers);
	source->compression = layers.compression;
	if (status == INQ_OK)
		status = load_inside(ctx, &layers, keep, source);
	inq_layers_close(&layers);
	return status;
}

/* Has a small file read page by page. False when it is not of that kind. */
static bool open_pages(struct inq_source *source, struct inq_file_reader *file, const struct inq_keep *keep)
{
	enum { HEAD = 8 << 10 };
	struct inq_pages *pages = keep && file->size ? keep->pages : NULL;
	const uint8_t *data = pages ? inq_pages_open(pages, file->fd, file->size) : NULL;
	if (!data)
		return false;
	inq_pages_need(pages, 0, HEAD);
	const struct inq_view head = { .data = data, .size = file->size < HEAD ? file->size : HEAD };
	uint64_t beginning = keep->beginning(&head);
	inq_pages_need(pages, 0, beginning);
	if (!beginning) {
		inq_pages_close(pages);
		return false;
	}
	source->data = data;
	source->size = file->size;
	source->pages = pages;
	source->fd = file->fd;
	source->open = true;
	file->fd = -1;
	return true;
}

/* A regular file that is not compressed is mapped as it is; all else (also files of /proc, which say they are empty) is a
 * stream. */
static enum inq_status load_file(struct inq_ctx *ctx, const char *path, const struct inq_keep *keep,
				 struct inq_source *source)
{
	struct inq_file_reader file;
	enum inq_status status = inq_file_reader_open(ctx, path, &file);
	if (status != INQ_OK)
		return status;
	if (!open_pages(source, &file, keep) &&
	    (!map(source, file.fd) || inq_unpack_detect(source->data, source->size))) {
		unmap(source);
		status = load(ctx, &file.reader, keep, source);
	}
	inq_file_reader_close(&file);
	return status;
}

static enum inq_status hand_over(struct inq_source *source, enum inq_status status, struct inq_source **ret)
{
	if (status == INQ_OK || status == INQ_PARTIAL)
		*ret = source;
	else
		inq_source_close(source);
	return status;
}

enum inq_status inq_source_open_within(struct inq_ctx *ctx, const char *path, const struct inq_keep *keep,
				       struct inq_source **ret)
{
	const char *outer = ctx->artefact;
	struct inq_source *source = inq_alloc(sizeof *source);
	*ret = NULL;
	if (!source)
		return inq_no_memory(ctx);
	source->path = inq_arena_copy(ctx->arena, path, strlen(path));
	ctx->artefact = source->path;
	enum inq_status status = load_file(ctx, path, keep, source);
	ctx->artefact = outer;
	return hand_over(source, status, ret);
}

enum inq_status inq_source_open(struct inq_ctx *ctx, const char *path, struct inq_source **ret)
{
	return inq_source_open_within(ctx, path, NULL, ret);
}

enum inq_status inq_source_from_reader(struct inq_ctx *ctx, const char *path, const struct inq_reader *reader,
				       const struct inq_keep *keep, struct inq_source **ret)
{
	const char *outer = ctx->artefact;
	struct inq_source *source = inq_alloc(sizeof *source);
	*ret = NULL;
	if (!source)
		return inq_no_memory(ctx);
	source->path = ctx->artefact = path;
	enum inq_status status = load(ctx, reader, keep, source);
	ctx->artefact = outer;
	return hand_over(source, status, ret);
}

enum inq_status inq_source_from_fd(struct inq_ctx *ctx, int fd, const char *path, struct inq_source **ret)
{
	struct inq_source *source = inq_alloc(sizeof *source);
	*ret = NULL;
	bool mapped = source && map(source, fd);
	int error = errno;
	if (mapped && source->size >= OPEN_FROM) {
		source->open = true;
		source->fd = fd;
	} else {
		close(fd);
	}
	if (!source)
		return inq_no_memory(ctx);
	source->path = path;
	if (!mapped)
		inq_warn(ctx, INQ_PLACE_NONE, 0, "%s cannot be mapped: %s; it is not used", path, strerror(error));
	return hand_over(source, mapped ? INQ_OK : INQ_UNUSABLE, ret);
}

enum inq_status inq_source_from_memory(const uint8_t *data, size_t size, const char *path, struct inq_source **ret)
{
	*ret = inq_alloc(sizeof **ret);
	if (!*ret)
		return INQ_NO_MEMORY;
	**ret = (struct inq_source) { .path = path, .data = data, .size = size };
	return INQ_OK;
}

bool inq_source_held(const struct inq_source *source, uint64_t at, struct inq_range *ret)
{
	*ret = (struct inq_range) { 0, source->size };
	if (!source->passed_over || at >= source->size)
		return at < source->size;
	const struct inq_range *range = inq_ranges_at(&source->kept, at);
	if (range)
		*ret = *range;
	return range;
}

uint64_t inq_source_copy(const struct inq_source *source, uint64_t at, void *ret, uint64_t size)
{
	ssize_t got = source->open && at < source->size ? pread(source->fd, ret, size, (off_t)at) : 0;
	return got > 0 ? (uint64_t)got : 0;
}

void inq_source_give_back(const struct inq_source *source)
{
	if (source && source->map && !source->in_memory)
		madvise(source->map, source->map_size, MADV_DONTNEED);
}

void inq_source_close(struct inq_source *source)
{
	if (!source)
		return;
	unmap(source);
	inq_range_vec_release(&source->kept);
	free(source);
}
