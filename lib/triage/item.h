/* An item: one input of a batch, a core or what may be one, with what is known of it before it is opened. */
#ifndef INQ_TRIAGE_ITEM_H
#define INQ_TRIAGE_ITEM_H

#include "lib/base/ctx.h"

enum inq_item_kind {
	INQ_ITEM_CORE,	  /* a core, by content; a compressed file counts as one until it was opened */
	INQ_ITEM_ARCHIVE, /* holds any number of items */
	INQ_ITEM_PROBLEM  /* an apport report: a core in base64 within text */
};

struct inq_item {
	enum inq_item_kind kind;
	const char *path; /* of the file to open, as it was found */
	uint64_t size, mtime_ns;
	/* Told by the file's name, attributes or metadata (systemd-coredump, ABRT, apport); NULL, INQ_UNKNOWN. */
	const char *exe, *name, *host, *version;
	uint64_t pid, seen;
	/* Other artefacts of the same crash that lie beside it: hs_err logs, maps, … */
	const char *const *companions;
	size_t companion_count;
};

#endif
