/* The list of what is in an archive: its cores, and the texts that lie beside them. */
#ifndef INQ_TRIAGE_ARCHIVE_LIST_H
#define INQ_TRIAGE_ARCHIVE_LIST_H

#include "lib/triage/archive.h"
#include "lib/triage/archive_walk.h"

enum inq_listed_kind {
	INQ_LISTED_CORE,
	INQ_LISTED_APPORT,
	INQ_LISTED_UNREADABLE,
	INQ_LISTED_ARCHIVE /* to be entered; no member of its own */
};

struct inq_listed {
	enum inq_listed_kind kind;
	uint64_t index; /* of the walk */
	const char *path, *reason;
	uint64_t number, size, mtime;
	const struct inq_archive_companion *companions;
	size_t companion_count;
};

INQ_VEC(inq_listed_vec, struct inq_listed)
INQ_VEC(inq_companion_vec, struct inq_archive_companion)

struct inq_archive_list {
	struct inq_listed_vec members;	/* by index */
	struct inq_companion_vec texts; /* by path, once all are there */
	uint64_t numbers;		/* members that have one */
	uint64_t text_bytes;
	const char *failure; /* why it is not whole; NULL */
};

/* Strings and texts are in ctx's arena. INQ_OK (also when `failure` is set), INQ_NO_MEMORY, INQ_UNUSABLE. */
enum inq_status inq_archive_list(struct inq_ctx *ctx, struct inq_layers *layers, struct inq_file_reader *file,
				 const char *path, struct inq_archive_list *ret);
void inq_archive_list_release(struct inq_archive_list *list);

#endif
