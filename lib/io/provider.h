/* Providers: outside libraries that a run may not need. Each stands behind one row of providers.def and lives in a module
 * of ours (`$libdir/inquest/NAME.so`), which is opened on first use. A missing module costs what it would have given: the
 * caller says so and goes on.
 *
 * A module exports one constant, `inq_module`, and calls nothing of libinquest; so it works with the shared and the static
 * library. Modules are looked for in $INQUEST_MODULE_DIR, beside the running program (the build folder), then in the
 * installed place. */
#ifndef INQ_IO_PROVIDER_H
#define INQ_IO_PROVIDER_H

#include <stddef.h>
#include <stdint.h>

enum { INQ_MODULE_VERSION = 1 };

/* What every module exports under the name `inq_module`. */
struct inq_module {
	uint32_t version; /* INQ_MODULE_VERSION; another one is refused */
	uint32_t kind;	  /* enum inq_provider_kind: which ops */
	const char *name; /* the row's */
	const void *ops;  /* struct inq_unpack_ops, inq_decode_ops, … by kind */
};

/* Defined in each module, never in the library. */
extern const struct inq_module inq_module __attribute__((visibility("default")));

enum inq_provider_kind {
	INQ_PROVIDER_UNPACK = 1,
	INQ_PROVIDER_DEMANGLE,
	INQ_PROVIDER_DECODE,
	INQ_PROVIDER_INFLATE,
	INQ_PROVIDER_CTF,
	INQ_PROVIDER_FETCH,
	INQ_PROVIDER_ARCHIVE,
	INQ_PROVIDER_LINE,
	INQ_PROVIDER_STORE,
	INQ_PROVIDER_CHECKSUM
};

/* The ops of a provider, or NULL with the reason in *why ("…/unpack-zstd.so: cannot open shared object file"), which
 * lives as long as the process. The module stays open for the life of the process; thread-safe. */
const void *inq_provider_open(const char *name, enum inq_provider_kind kind, const char **why);

/* The folders that modules are looked for in: for a process that may read nothing else. Returns how many; the strings are in
 * the arena. */
enum { INQ_PROVIDER_FOLDERS = 3 };
struct inq_arena;
size_t inq_provider_folders(struct inq_arena *arena, const char *ret[static INQ_PROVIDER_FOLDERS]);

#endif
