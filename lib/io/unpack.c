/* Unpacking: which compression it is, and the loop that drives a decoder over all members of a file. */
#include "lib/io/unpack.h"

#include "lib/base/ctx.h"
#include "lib/base/view.h"
#include "lib/io/provider.h"
#include "lib/io/stream.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

struct row {
	const char *name, *module, *package, *magic, *mask;
	size_t length;
};

static const struct row rows[] = {
#define INQ_UNPACKER(name, module, package, magic, mask) { name, module, package, magic, mask, sizeof(mask) - 1 },
#include "lib/io/unpackers.def"
#undef INQ_UNPACKER
};

enum { ROW_COUNT = sizeof rows / sizeof *rows };

static bool begins_like(const struct row *row, const uint8_t *head, size_t size)
{
	if (size < row->length)
		return false;
	for (size_t i = 0; i < row->length; i++)
		if ((head[i] ^ (uint8_t)row->magic[i]) & (uint8_t)row->mask[i])
			return false;
	return true;
}

/* zstd and lz4 share the magic numbers of skippable frames (RFC 8878, 3.1.2): four bytes, then the length. */
static bool is_skippable(const uint8_t *head, size_t size)
{
	return size >= 8 && (inq_load32(head, false) & 0xfffffff0) == 0x184d2a50;
}

/* A file that begins with skippable frames is told by the frame behind them. */
const char *inq_unpack_detect(const uint8_t *head, size_t size)
{
	bool skipped = false;
	while (is_skippable(head, size)) {
		uint64_t frame = 8 + (uint64_t)inq_load32(head + 4, false);
		skipped = true;
		if (frame > size)
			break;
		head += frame;
		size -= frame;
	}
	for (size_t i = 0; i < ROW_COUNT; i++)
		if (begins_like(&rows[i], head, size))
			return rows[i].name;
	return skipped ? "zstd" : NULL;
}

static const struct row *row_by_name(const char *name)
{
	for (size_t i = 0; i < ROW_COUNT; i++)
		if (strcmp(rows[i].name, name) == 0)
			return &rows[i];
	return NULL;
}

static const struct inq_unpack_ops *find_ops(struct inq_ctx *ctx, const struct row *row)
{
	if (!row->module)
		return &inq_unpack_utf16;
	const char *why;
	const struct inq_unpack_ops *ops = inq_provider_open(row->module, INQ_PROVIDER_UNPACK, &why);
	if (!ops)
		inq_warn(ctx, INQ_PLACE_NONE, 0,
			 "reading %s files needs the module %s.so (%s); install the package %s, or unpack the file "
			 "first",
			 row->name, row->module, why, row->package);
	return ops;
}

/* Decoders give whole blocks (128 KiB for zstd, up to 4 MiB for lz4): of a file cut in its first one nothing is left. */
static void broken_off(struct inq_unpacker *u, const char *what)
{
	uint64_t at = inq_stream_offset(u->stream);
	u->ended = true;
	u->status = INQ_PARTIAL;
	if (u->given)
		inq_damaged(u->ctx, at, "%s; the first %" PRIu64 " bytes of its content are used", what, u->given);
	else
		inq_damaged(u->ctx, at, "%s before anything could be unpacked; get a whole copy", what);
}

static void ended_early(struct inq_unpacker *u)
{
	char what[64];
	snprintf(what, sizeof what, "the %s data ends early", u->compression);
	broken_off(u, u->stream->error ? inq_stream_why(u->stream) : what);
}

static void spoiled(struct inq_unpacker *u, enum inq_unpack_step step)
{
	char what[64];
	snprintf(what, sizeof what, "the %s data is damaged", u->compression);
	if (step == INQ_UNPACK_TOO_LARGE)
		snprintf(what, sizeof what, "the %s data needs more than %d MiB of memory", u->compression,
			 INQ_UNPACK_MOST_MEMORY >> 20);
	broken_off(u, what);
}

/* gzip (1.2 of its manual) and xz (2.2 of its format) allow zeros behind a member. */
static void skip_zeros(struct inq_stream *stream)
{
	while (inq_stream_fill(stream, 1) && !stream->buffer[stream->at])
		stream->at++;
}

static bool another_member(struct inq_unpacker *u)
{
	skip_zeros(u->stream);
	size_t left = inq_stream_fill(u->stream, INQ_UNPACK_HEAD);
	const uint8_t *head = u->stream->buffer + u->stream->at;
	if (is_skippable(head, left))
		return true;
	const char *name = inq_unpack_detect(head, left);
	if (name && strcmp(name, u->compression) == 0)
		return true;
	if (left)
		inq_warn(u->ctx, INQ_PLACE_OFFSET, inq_stream_offset(u->stream),
			 "what follows the %s data is not %s; ignored", u->compression, u->compression);
	return false;
}

/* A step without result: at the end of the input, or within what cannot be decoded. */
static void no_progress(struct inq_unpacker *u, size_t left)
{
	if (left)
		spoiled(u, INQ_UNPACK_DAMAGED);
	else if (u->ops == &inq_unpack_utf16 && !u->stream->error)
		u->ended = true;
	else
		ended_early(u);
}

/* One step of the decoder into the room; how many bytes it gave. */
static size_t step(struct inq_unpacker *u, uint8_t *room, size_t size)
{
	struct inq_stream *stream = u->stream;
	size_t given = inq_stream_fill(stream, 1);
	struct inq_unpack_buffers buffers = { stream->buffer + stream->at, given, room, size };
	enum inq_unpack_step result = u->ops->step(u->state, &buffers);
	size_t got = size - buffers.out_size;
	stream->at += given - buffers.in_size;
	u->given += got;
	if (result == INQ_UNPACK_DAMAGED || result == INQ_UNPACK_TOO_LARGE)
		spoiled(u, result);
	else if (result == INQ_UNPACK_MORE && buffers.in_size == given && !got)
		no_progress(u, given);
	if (result != INQ_UNPACK_END)
		return got;
	u->ops->close(u->state);
	u->state = NULL;
	u->ended = !another_member(u);
	return got;
}

static int64_t read_unpacked(void *data, void *buffer, size_t size)
{
	enum { MOST_STEP = 1 << 30 }; /* zlib counts in 32 bits */
	struct inq_unpacker *u = data;
	size_t got = 0;
	size = size < MOST_STEP ? size : MOST_STEP;
	while (!got && !u->ended) {
		if (!u->state)
			u->state = u->ops->open();
		if (!u->state) {
			u->ended = true;
			u->status = inq_no_memory(u->ctx);
			return -ENOMEM;
		}
		got = step(u, buffer, size);
	}
	return (int64_t)got;
}

const struct inq_unpack_ops *inq_unpack_zlib(void)
{
	const char *why;
	return inq_provider_open("unpack-gzip", INQ_PROVIDER_UNPACK, &why);
}

enum inq_status inq_unpacker_open(struct inq_ctx *ctx, const char *compression, struct inq_stream *stream,
				  struct inq_unpacker *ret)
{
	const struct row *row = row_by_name(compression);
	*ret = (struct inq_unpacker) { .reader = { .read = read_unpacked, .data = ret }, .ctx = ctx, .stream = stream };
	ret->ops = row ? find_ops(ctx, row) : NULL;
	if (!ret->ops)
		return INQ_UNUSABLE;
	ret->compression = row->name;
	return INQ_OK;
}

void inq_unpacker_close(struct inq_unpacker *unpacker)
{
	if (unpacker->state)
		unpacker->ops->close(unpacker->state);
	unpacker->state = NULL;
}
