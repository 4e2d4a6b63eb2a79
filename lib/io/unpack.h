/* Unpacking of compressed artefacts, as a stream.
 *
 * A new compression: 1. its stream functions, as `struct inq_unpack_ops`, in a module under lib/modules/; 2. its rows in unpackers.def (magic numbers) and providers.def (the module).
 *
 * Modules include this header, so it may ask nothing of libinquest but types. */
#ifndef INQ_IO_UNPACK_H
#define INQ_IO_UNPACK_H

#include <inquest/types.h>

struct inq_ctx;
struct inq_stream;

/* What is left of the input and of the room for output; a step moves both on. */
struct inq_unpack_buffers {
	const uint8_t *in;
	size_t in_size;
	uint8_t *out;
	size_t out_size;
};

enum inq_unpack_step {
	INQ_UNPACK_MORE, /* wants more input, or more room */
	INQ_UNPACK_END,	 /* one member (gzip), frame (zstd, lz4) or stream (xz, bzip2) ended: in stands behind it */
	INQ_UNPACK_DAMAGED,
	INQ_UNPACK_TOO_LARGE /* wants more memory than a hostile file may have */
};

struct inq_unpack_ops {
	void *(*open)(void); /* NULL: no memory */
	enum inq_unpack_step (*step)(void *state, struct inq_unpack_buffers *buffers);
	void (*close)(void *state);
};

extern const struct inq_unpack_ops inq_unpack_utf16; /* built in: texts, which end where their input does */

/* zlib's streams (RFC 1950), which need no warning of their own when the module is missing; NULL then. */
const struct inq_unpack_ops *inq_unpack_zlib(void);

/* No decoder may take more memory than this for its window or dictionary. */
enum { INQ_UNPACK_MOST_MEMORY = 256 << 20 };

/* Enough bytes of a file to tell its compression. */
enum { INQ_UNPACK_HEAD = 64 };

/* The compression of bytes that begin like `head` ("gzip", "zstd", …), or NULL when they are not compressed. */
const char *inq_unpack_detect(const uint8_t *head, size_t size);

/* A decoder over all members of a stream, as a reader that gives what they unpack to. Its reader points to it: it stays
 * where it is. Damage and a cut end it like the end does, with a warning and INQ_PARTIAL in `status`. */
struct inq_unpacker {
	struct inq_reader reader;
	struct inq_ctx *ctx;
	const char *compression;
	const struct inq_unpack_ops *ops;
	struct inq_stream *stream;
	void *state;	/* of the present member; NULL between two */
	uint64_t given; /* bytes unpacked so far */
	bool ended;
	enum inq_status status;
};

/* `stream` must live as long as the unpacker. INQ_UNUSABLE with a warning when the module for it is missing. */
enum inq_status inq_unpacker_open(struct inq_ctx *ctx, const char *compression, struct inq_stream *stream,
				  struct inq_unpacker *ret);
void inq_unpacker_close(struct inq_unpacker *unpacker);

/* Unpacks one stream in memory, to at most `most` bytes; `expected` is a guess of how many there will be. NULL when it is
 * damaged, longer than that, or memory is out. The caller frees the result. */
uint8_t *inq_unpack_bytes(const struct inq_unpack_ops *ops, const uint8_t *data, size_t size, size_t expected,
			  size_t most, size_t *ret_size);

#endif
