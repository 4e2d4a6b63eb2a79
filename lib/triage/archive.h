/* Archives of cores: tar, cpio, zip and 7z, compressed or not, and one archive inside another. Members are read in a stream
 * and never unpacked to disk. Files are archives by their content, whatever their names.
 *
 * An archive is read twice: first for a list of its members (what each is, by its first bytes) and for the small texts that
 * lie beside cores; then for the cores. Both are bounded: how many members, how much text is kept, how much an archive may
 * unpack to for its size. Names are as they stand in the archive, "../" and all: they are shown and compared, never opened. */
#ifndef INQ_TRIAGE_ARCHIVE_H
#define INQ_TRIAGE_ARCHIVE_H

#include "lib/triage/analyse.h"

/* A small file in the same folder of the archive as a core: a crash log, an address map, metadata. */
struct inq_archive_companion {
	const char *path; /* "cores.tar.zst//a/hs_err.log" */
	const char *name; /* "hs_err.log" */
	const uint8_t *data;
	size_t size;
};

/* A member that is a core by its first bytes (also within a compression), or of which that cannot be told. */
struct inq_archive_member {
	const char *path; /* "cores.tar.zst//a/core.1", "all.zip//cores.tar//core.1" */
	uint64_t number;  /* in the order of the archive, from 0: what slices count */
	uint64_t size;	  /* as the archive tells it, still compressed if it is; INQ_UNKNOWN */
	uint64_t mtime;	  /* seconds since 1970; INQ_UNKNOWN */
	/* Its bytes, once, for inq_incident_add_stream; ends with the callback. NULL: it cannot be read, see `reason`. */
	const struct inq_reader *reader;
	const char *reason; /* encrypted, an unknown method of compression, … */
	bool apport;	    /* the bytes are of an apport report, for lib/triage/apport.h */
	const struct inq_archive_companion *companions;
	size_t companion_count;
	const char *const
		*links; /* paths of the links to it, hard and symbolic: each is an input, with the same facts */
	size_t link_count;
};

/* False ends the walk. The member ends with the call, but its strings and companions are in the arena of the walk's ctx. */
typedef bool inq_archive_member_fn(void *data, const struct inq_archive_member *member);

/* Whether the file is an archive, also within a compression. Reads its first bytes only. False also when it cannot be read:
 * who opens it as an artefact is told why. */
bool inq_archive_is(struct inq_ctx *ctx, const char *path);

/* Calls `each` for the members of the slice (NULL: all). What is wrong with the archive itself (cut, damaged, a bomb, too many
 * members, the module for archives missing) gives one more member at the end, numbered behind all others and without a
 * reader, whose path is the archive's own, and INQ_PARTIAL. So does one
 * without any core in it when it was `named` by the user.
 * INQ_NO_MEMORY when memory is out. */
enum inq_status inq_archive_each(struct inq_ctx *ctx, const char *path, const struct inq_slice *slice, bool named,
				 inq_archive_member_fn *each, void *data);

#endif
