/* The list of what is in an archive: its cores, and the texts that lie beside them. */
#ifndef INQ_TRIAGE_ARCHIVE_LIST_H
#define INQ_TRIAGE_ARCHIVE_LIST_H

#include "lib/triage/archive.h"
#include "lib/triage/archive_walk.h"

enum inq_listed_kind {
	INQ_LISTED_CORE,
	INQ_LISTED_APPORT,
	INQ_LISTED_UNREADABLE,
	INQ_LISTED_ARCHIVE, /* to be entered; no member of its own */
	INQ_LISTED_LINKED   /* a link of another, which has its bytes; no member of its own */
};

struct inq_listed {
	enum inq_listed_kind kind;
	uint64_t index; /* of the walk */
	const char *path, *reason;
	uint64_t number, size, mtime;
	const struct inq_archive_companion *companions;
	size_t companion_count;
	const char **links; /* paths */
	size_t link_count;
};

/* A link, and what it leads to: paths of members, or of other links. */
struct inq_archive_link {
	const char *path, *target;
	const char *shown; /* where it leads, as it stands there, safe to print */
	uint64_t index;	   /* of the walk */
	bool is_symbolic;  /* may stand before what it leads to */
	bool is_core_name; /* it is told of even if that is not there */
	bool is_reverse;   /* made up: `path` is an empty file that was found to have the bytes of `target` */
};

INQ_VEC(inq_listed_vec, struct inq_listed)
INQ_VEC(inq_companion_vec, struct inq_archive_companion)
INQ_VEC(inq_archive_link_vec, struct inq_archive_link)

struct inq_archive_list {
	struct inq_listed_vec members;	/* by index */
	struct inq_companion_vec texts; /* by path, once all are there */
	struct inq_archive_link_vec links;
	uint64_t numbers; /* members that have one */
	uint64_t text_bytes;
	const char *failure; /* why it is not whole; NULL */
};

/* Strings and texts are in ctx's arena. INQ_OK (also when `failure` is set), INQ_NO_MEMORY, INQ_UNUSABLE. */
enum inq_status inq_archive_list(struct inq_ctx *ctx, struct inq_layers *layers, struct inq_file_reader *file,
				 const char *path, struct inq_archive_list *ret);
/* archive_links.c: notes a link that was met. False without memory. */
bool inq_archive_add_link(struct inq_ctx *ctx, struct inq_archive_list *list, const struct inq_archive_visit *visit);
/* Gives each member the links to it, and a member of its own to each that leads nowhere and has the name of a core. False without
 * memory. */
bool inq_archive_join_links(struct inq_ctx *ctx, struct inq_archive_list *list);

void inq_archive_list_release(struct inq_archive_list *list);

#endif
