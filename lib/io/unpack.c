/* Unpacking: which compression it is, and the loop that drives a decoder over all members of a file. */
#include "lib/io/unpack.h"

#include "lib/base/ctx.h"
#include "lib/base/view.h"
#include "lib/io/provider.h"
#include "lib/io/spool.h"
#include "lib/io/stream.h"

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
		return &inq_unpack_gzip;
	const char *why;
	const struct inq_unpack_ops *ops = inq_provider_open(row->module, INQ_PROVIDER_UNPACK, &why);
	if (!ops)
		inq_warn(ctx, INQ_PLACE_NONE, 0,
			 "reading %s files needs the module %s.so (%s); install the package %s, or unpack the file "
			 "first",
			 row->name, row->module, why, row->package);
	return ops;
}

/* One unpacking: where the bytes come from, who decodes them, where they go. */
struct unpacking {
	struct inq_ctx *ctx;
	const struct row *row;
	const struct inq_unpack_ops *ops;
	struct inq_stream *stream;
	struct inq_spool *spool;
};

/* Decoders give whole blocks (128 KiB for zstd, up to 4 MiB for lz4): of a file cut in its first one nothing is left. */
static enum inq_status broken_off(const struct unpacking *u, const char *what)
{
	uint64_t at = inq_stream_offset(u->stream), kept = u->spool->size + u->spool->used;
	if (!kept)
		return inq_damaged(u->ctx, at, "%s before anything could be unpacked; get a whole copy", what);
	return inq_damaged(u->ctx, at, "%s; the first %" PRIu64 " bytes of its content are used", what, kept);
}

static enum inq_status ended_early(const struct unpacking *u)
{
	char what[64];
	snprintf(what, sizeof what, "the %s data ends early", u->row->name);
	return broken_off(u, u->stream->error ? strerror(u->stream->error) : what);
}

static enum inq_status spoiled(const struct unpacking *u, enum inq_unpack_step step)
{
	char what[64];
	snprintf(what, sizeof what, "the %s data is damaged", u->row->name);
	if (step == INQ_UNPACK_TOO_LARGE)
		snprintf(what, sizeof what, "the %s data needs more than %d MiB of memory", u->row->name,
			 INQ_UNPACK_MOST_MEMORY >> 20);
	return broken_off(u, what);
}

/* One step of the decoder on what the buffers hold. False when the spool takes no more. */
static bool step(const struct unpacking *u, void *state, enum inq_unpack_step *result, bool *moved)
{
	size_t room;
	uint8_t *out = inq_spool_room(u->spool, &room);
	if (!out)
		return false;
	struct inq_stream *stream = u->stream;
	size_t given = stream->end - stream->at;
	struct inq_unpack_buffers buffers = { stream->buffer + stream->at, given, out, room };
	*result = u->ops->step(state, &buffers);
	stream->at += given - buffers.in_size;
	*moved = buffers.in_size != given || buffers.out_size != room;
	return inq_spool_advance(u->spool, room - buffers.out_size);
}

/* One member, to its end. */
static enum inq_status unpack_member(const struct unpacking *u)
{
	void *state = u->ops->open();
	if (!state)
		return inq_no_memory(u->ctx);
	enum inq_unpack_step result = INQ_UNPACK_MORE;
	enum inq_status status = INQ_OK;
	while (status == INQ_OK && result == INQ_UNPACK_MORE) {
		size_t left = inq_stream_fill(u->stream, 1);
		bool moved;
		if (!step(u, state, &result, &moved))
			status = INQ_PARTIAL; /* the spool has said why */
		else if (result == INQ_UNPACK_MORE && !moved)
			status = left ? spoiled(u, INQ_UNPACK_DAMAGED) : ended_early(u);
		else if (result == INQ_UNPACK_DAMAGED || result == INQ_UNPACK_TOO_LARGE)
			status = spoiled(u, result);
	}
	u->ops->close(state);
	return status;
}

/* gzip (1.2 of its manual) and xz (2.2 of its format) allow zeros behind a member. */
static void skip_zeros(struct inq_stream *stream)
{
	while (inq_stream_fill(stream, 1) && !stream->buffer[stream->at])
		stream->at++;
}

static bool another_member(const struct unpacking *u)
{
	skip_zeros(u->stream);
	size_t left = inq_stream_fill(u->stream, INQ_UNPACK_HEAD);
	const uint8_t *head = u->stream->buffer + u->stream->at;
	if (is_skippable(head, left))
		return true;
	const char *name = inq_unpack_detect(head, left);
	if (name && strcmp(name, u->row->name) == 0)
		return true;
	if (left)
		inq_warn(u->ctx, INQ_PLACE_OFFSET, inq_stream_offset(u->stream),
			 "what follows the %s data is not %s; ignored", u->row->name, u->row->name);
	return false;
}

enum inq_status inq_unpack(struct inq_ctx *ctx, const char *compression, struct inq_stream *stream,
			   struct inq_spool *spool)
{
	struct unpacking u = { ctx, row_by_name(compression), NULL, stream, spool };
	if (!u.row)
		return INQ_UNUSABLE;
	u.ops = find_ops(ctx, u.row);
	if (!u.ops)
		return INQ_UNUSABLE;
	enum inq_status status;
	do {
		status = unpack_member(&u);
	} while (status == INQ_OK && another_member(&u));
	return status;
}
