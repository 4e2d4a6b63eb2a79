/* Taking off compressions, one after the other. */
#include "lib/io/layers.h"

static enum inq_status take_off(struct inq_ctx *ctx, struct inq_layers *layers, const char *compression)
{
	unsigned index = layers->count;
	struct inq_unpacker *unpacker = &layers->unpackers[index];
	enum inq_status status = inq_unpacker_open(ctx, compression, &layers->streams[index], unpacker);
	if (status != INQ_OK)
		return status;
	layers->count++;
	if (!layers->compression)
		layers->compression = unpacker->compression;
	return inq_stream_open(&layers->streams[index + 1], &unpacker->reader) ? INQ_OK : inq_no_memory(ctx);
}

enum inq_status inq_layers_open(struct inq_ctx *ctx, const struct inq_reader *reader, struct inq_layers *ret)
{
	*ret = (struct inq_layers) { 0 };
	if (!inq_stream_open(&ret->streams[0], reader))
		return inq_no_memory(ctx);
	enum inq_status status = INQ_OK;
	while (status == INQ_OK && ret->count < INQ_MOST_LAYERS) {
		struct inq_stream *inside = inq_layers_inside(ret);
		size_t left = inq_stream_fill(inside, INQ_UNPACK_HEAD);
		const char *compression = inq_unpack_detect(inside->buffer + inside->at, left);
		if (!compression)
			break;
		status = take_off(ctx, ret, compression);
	}
	return inq_layers_status(ret) == INQ_NO_MEMORY ? INQ_NO_MEMORY : status;
}

void inq_layers_close(struct inq_layers *layers)
{
	for (unsigned i = 0; i < layers->count; i++)
		inq_unpacker_close(&layers->unpackers[i]);
	for (unsigned i = 0; i <= layers->count; i++)
		inq_stream_close(&layers->streams[i]);
}

enum inq_status inq_layers_status(const struct inq_layers *layers)
{
	enum inq_status status = layers->streams[0].error ? INQ_PARTIAL : INQ_OK;
	for (unsigned i = 0; i < layers->count; i++)
		if (layers->unpackers[i].status != INQ_OK && status != INQ_NO_MEMORY)
			status = layers->unpackers[i].status;
	return status;
}
