/* Reading an archive: where its bytes come from, and how many may come out.
 *
 * A few bytes can stand for any number: compressed around the archive, compressed in a member, a hole in a member. So all that
 * comes out, of the compressions and of the members, is counted and held against what went in. */
#include "lib/triage/archive_reader.h"

#include "lib/io/provider.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* So much is free; more must have come out of as much packed. A core of zeros packs a thousand to one. */
static const uint64_t free_bytes = UINT64_C(16) << 30;
enum { MOST_RATIO = 1000 };

struct inq_archive {
	struct inq_ctx *ctx;
	const struct inq_archive_ops *ops;
	void *state;
	struct inq_archive_input input;
	struct inq_layers *layers;
	struct inq_file_reader *file;
	struct inq_reader member;
	uint64_t file_size;
	uint64_t given; /* bytes that came out so far */
	const char *failure;
};

static uint64_t packed_size(const struct inq_archive *archive)
{
	return archive->file ? archive->file_size : archive->layers->streams[0].read;
}

/* Counts what came out; false when that is more than can be. */
static bool spend(struct inq_archive *archive, uint64_t size)
{
	uint64_t packed = packed_size(archive);
	archive->given += size;
	if (archive->given <= free_bytes || archive->given / MOST_RATIO <= packed)
		return true;
	if (!archive->failure)
		archive->failure = inq_arena_printf(archive->ctx->arena,
						    "it unpacks to more than %" PRIu64 " bytes out of %" PRIu64
						    ", which no archive of cores does; the rest was not read",
						    archive->given - size, packed);
	return false;
}

static int64_t read_inside(void *data, void *buffer, size_t size)
{
	struct inq_archive *archive = data;
	struct inq_stream *stream = inq_layers_inside(archive->layers);
	size_t have = inq_stream_fill(stream, 1);
	if (!have)
		return stream->error ? -stream->error : 0;
	size = size < have ? size : have;
	memcpy(buffer, stream->buffer + stream->at, size);
	stream->at += size;
	return spend(archive, size) ? (int64_t)size : -E2BIG;
}

static int64_t read_file(void *data, void *buffer, size_t size)
{
	struct inq_archive *archive = data;
	return archive->file->reader.read(archive->file, buffer, size);
}

static int64_t seek_file(void *data, int64_t offset, int whence)
{
	struct inq_archive *archive = data;
	int64_t base = whence == SEEK_SET ? 0 : (int64_t)(whence == SEEK_CUR ? archive->file->at : archive->file_size);
	int64_t at;
	if (__builtin_add_overflow(base, offset, &at) || at < 0 || (uint64_t)at > archive->file_size)
		return -EINVAL; /* a member that is cut is noticed only by who does not step over the end */
	archive->file->at = (uint64_t)at;
	return at;
}

static int64_t read_member(void *data, void *buffer, size_t size)
{
	struct inq_archive *archive = data;
	int64_t got = archive->ops->read(archive->state, buffer, size);
	return got <= 0 || spend(archive, (uint64_t)got) ? got : -E2BIG;
}

static const char *why(void *data)
{
	struct inq_archive *archive = data;
	return archive->failure ? archive->failure : archive->ops->why(archive->state);
}

/* A file that is not compressed is read anew from its beginning, in any order. */
static bool read_by_offset(struct inq_archive *archive, struct inq_file_reader *file)
{
	struct stat st;
	if (!file || !file->seekable || archive->layers->count || fstat(file->fd, &st) != 0 || st.st_size <= 0)
		return false;
	file->at = 0;
	archive->file = file;
	archive->file_size = (uint64_t)st.st_size;
	archive->input =
		(struct inq_archive_input) { .reader = { .read = read_file, .data = archive }, .seek = seek_file };
	return true;
}

static const struct inq_archive_ops *find_ops(struct inq_ctx *ctx)
{
	const char *missing;
	const struct inq_archive_ops *ops = inq_provider_open("archive", INQ_PROVIDER_ARCHIVE, &missing);
	if (!ops)
		inq_warn(ctx, INQ_PLACE_NONE, 0,
			 "reading archives needs the module archive.so (%s); install the package libarchive13, or "
			 "unpack the archive first",
			 missing);
	return ops;
}

enum inq_status inq_archive_open(struct inq_ctx *ctx, struct inq_layers *layers, struct inq_file_reader *file,
				 struct inq_archive **ret)
{
	const struct inq_archive_ops *ops = find_ops(ctx);
	struct inq_archive *archive = ops ? inq_alloc(sizeof *archive) : NULL;
	if (!archive)
		return ops ? inq_no_memory(ctx) : INQ_UNUSABLE;
	*archive = (struct inq_archive) { .ctx = ctx, .ops = ops, .layers = layers };
	archive->member = (struct inq_reader) { .read = read_member, .why = why, .data = archive };
	if (!read_by_offset(archive, file))
		archive->input.reader = (struct inq_reader) { .read = read_inside, .data = archive };
	archive->state = ops->open(&archive->input);
	if (!archive->state) {
		free(archive);
		return inq_no_memory(ctx);
	}
	*ret = archive;
	return INQ_OK;
}

void inq_archive_close(struct inq_archive *archive)
{
	if (!archive)
		return;
	archive->ops->close(archive->state);
	free(archive);
}

static void fail(struct inq_archive *archive, const char *otherwise)
{
	const char *words = archive->ops->why(archive->state);
	if (!archive->failure)
		archive->failure =
			inq_arena_printf(archive->ctx->arena, "it is damaged or cut: %s; the rest was not read",
					 words ? words : otherwise);
}

bool inq_archive_next(struct inq_archive *archive, struct inq_archive_entry *ret)
{
	if (archive->failure)
		return false;
	switch (archive->ops->next(archive->state, ret)) {
	case INQ_ARCHIVE_MEMBER:
		return true;
	case INQ_ARCHIVE_END:
		if (inq_layers_status(archive->layers) != INQ_OK)
			fail(archive, "its compression ends early");
		return false;
	case INQ_ARCHIVE_NO_MEMORY:
		fail(archive, "it needs too much memory");
		return false;
	case INQ_ARCHIVE_DAMAGED:
		break;
	}
	fail(archive, "what follows is no member");
	return false;
}

const struct inq_reader *inq_archive_member(const struct inq_archive *archive)
{
	return &archive->member;
}

const char *inq_archive_failure(const struct inq_archive *archive)
{
	return archive->failure;
}
