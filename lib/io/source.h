/* A source: the bytes of one input, mapped and never read whole. What comes as a stream (standard input, compressed files,
 * members of archives) is copied into an unnamed temporary file (holes stay holes) and mapped from there; or, when a bound is
 * given, kept in memory as far as that goes (lib/io/keep.h). */
#ifndef INQ_IO_SOURCE_H
#define INQ_IO_SOURCE_H

#include "lib/base/ctx.h"
#include "lib/io/keep.h"
#include "lib/io/pages.h"

struct inq_source {
	const char *path; /* as the user named it; "-" for standard input */
	const uint8_t *data;
	uint64_t size;		 /* of `data`: unpacked */
	const char *compression; /* "gzip", …; NULL */
	bool cut;		 /* the compressed stream ended early: what came before is there */
	void *map;
	size_t map_size;
	bool in_memory; /* `map` is memory, not a file */
	bool open;	/* `fd` is that of the file */
	int fd;
	struct inq_pages *pages;   /* that `data` is read into as it is needed; NULL: all is there */
	struct inq_range_vec kept; /* the pieces that were kept, of one that was not kept whole */
	uint64_t passed_over;	   /* bytes outside of them; 0: all is there */
};

/* Opens an artefact that the user named ("-" is standard input). Only regular files and pipes are read: a folder, device
 * or socket is refused. INQ_UNUSABLE with a warning that says why; INQ_PARTIAL when the compressed stream is cut or
 * damaged (what came before is there). The source belongs to the caller until inq_source_close. */
enum inq_status inq_source_open(struct inq_ctx *ctx, const char *path, struct inq_source **ret);

/* The same, keeping at most keep->memory bytes of what is compressed or a pipe. With keep->pages, inq_source_need is to be asked
 * before any byte behind the beginning is looked at. */
enum inq_status inq_source_open_within(struct inq_ctx *ctx, const char *path, const struct inq_keep *keep,
				       struct inq_source **ret);

/* The bytes that a reader gives, unpacked. `keep` NULL: in a temporary file. `path` must live as long as the source. */
enum inq_status inq_source_from_reader(struct inq_ctx *ctx, const char *path, const struct inq_reader *reader,
				       const struct inq_keep *keep, struct inq_source **ret);

/* Takes over an open descriptor of a regular file (a file found by lib/io/files.h); it is never unpacked. `path` must live
 * as long as the source. */
enum inq_status inq_source_from_fd(struct inq_ctx *ctx, int fd, const char *path, struct inq_source **ret);

/* A source on bytes that the caller keeps alive: for tests and fuzzers. */
enum inq_status inq_source_from_memory(const uint8_t *data, size_t size, const char *path, struct inq_source **ret);

/* The piece around `at` that is really there; false when it was passed over, or is beyond the end. */
bool inq_source_held(const struct inq_source *source, uint64_t at, struct inq_range *ret);

/* To be called before `size` bytes at `at` of `data` are looked at. */
static inline void inq_source_need(const struct inq_source *source, uint64_t at, uint64_t size)
{
	if (source->pages)
		inq_pages_need(source->pages, at, size);
}

/* *ret = up to `size` of the bytes at `at`, read for bytes that lie alone: the kernel maps the 64 KiB around a page that is
 * touched, which takes several times as long, and the memory. How many; 0 when it is no large file. */
uint64_t inq_source_copy(const struct inq_source *source, uint64_t at, void *ret, uint64_t size);

/* Lets go of the memory that its pages take, for now: they are read again when they are touched. NULL is fine. */
void inq_source_give_back(const struct inq_source *source);

void inq_source_close(struct inq_source *source); /* NULL is fine */

#endif
