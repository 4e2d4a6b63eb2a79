/* Fuzzes unpacking: detection, then the decoder over all members, into a small spool. */
#include "lib/base/ctx.h"
#include "lib/io/reader.h"
#include "lib/io/spool.h"
#include "lib/io/stream.h"
#include "lib/io/unpack.h"
#include "tests/fuzz/support.h"

#include <stdlib.h>
#include <unistd.h>

static void unpack(struct inq_ctx *ctx, const char *compression, int fd)
{
	const struct inq_spool_limits limits = { .size = 8 << 20, .memory = 4 << 20 };
	struct inq_file_reader file;
	struct inq_stream stream, inside;
	struct inq_unpacker unpacker;
	struct inq_spool spool;
	inq_file_reader_on(&file, fd, true);
	if (inq_stream_open(&stream, &file.reader) && inq_stream_open(&inside, &unpacker.reader) &&
	    inq_spool_create(ctx, &limits, &spool) == INQ_OK) {
		if (inq_unpacker_open(ctx, compression, &stream, &unpacker) == INQ_OK)
			inq_spool_copy(&spool, &inside);
		inq_unpacker_close(&unpacker);
		int unpacked = inq_spool_finish(&spool);
		if (spool.size > limits.size)
			abort();
		if (unpacked >= 0)
			close(unpacked);
		inq_spool_destroy(&spool);
	}
	inq_stream_close(&inside);
	inq_stream_close(&stream);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *compression = inq_unpack_detect(data, size);
	struct inq_ctx ctx = { .arena = inq_arena_create(), .artefact = "input" };
	int fd = compression ? fuzz_file(data, size) : -1;
	if (fd >= 0) {
		unpack(&ctx, compression, fd);
		close(fd);
	}
	inq_string_vec_release(&ctx.warnings);
	inq_arena_destroy(ctx.arena);
	return 0;
}
