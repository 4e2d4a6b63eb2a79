/* An item: one input of a batch, a core or what may be one, with what is known of it before it is opened. */
#ifndef INQ_TRIAGE_ITEM_H
#define INQ_TRIAGE_ITEM_H

#include "lib/base/ctx.h"

enum inq_item_kind {
	INQ_ITEM_CORE,	  /* an ELF core; or whatever the user named that is none of the others */
	INQ_ITEM_PACKED,  /* compressed: a core or an archive, or something else, which only unpacking shows */
	INQ_ITEM_ARCHIVE, /* holds any number of items */
	INQ_ITEM_APPORT	  /* an apport report: a core in base64 within text */
};

struct inq_item {
	enum inq_item_kind kind;
	bool named;	      /* by the user, not found in a folder: it gets a result even if it is no core */
	const char *path;     /* of the file to open, as it was found */
	const char *identity; /* the same on every machine: the path below the folder that was named; else `path` */
	uint64_t size, mtime_ns;
	/* Told by the file's name, attributes or metadata (systemd-coredump, ABRT); NULL, INQ_UNKNOWN. */
	const char *exe, *name, *host, *version;
	uint64_t pid, seen;
	/* Other artefacts of the same crash that lie beside it: hs_err logs, maps, … */
	const char *const *companions;
	size_t companion_count;
};

#endif
