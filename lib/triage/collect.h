/* Where results come together, whoever made them: handed to the user, put into the store, grouped, counted. */
#ifndef INQ_TRIAGE_COLLECT_H
#define INQ_TRIAGE_COLLECT_H

#include "lib/group/group.h"
#include "lib/triage/item.h"
#include "lib/triage/store.h"

#include <inquest/triage.h>

struct inq_collect {
	struct inq_ctx *ctx;
	const struct inq_triage_events *events;
	struct inq_store *store; /* NULL: none, or it failed */
	struct inq_groups *groups;
	struct inq_triage_progress progress;
	uint64_t since;
	double began, told, last; /* when: seconds of the monotonic clock */
	bool stop;		  /* the user's callbacks refused, or memory is out */
	bool store_failed, uncommitted;
};

/* Opens the store that the options name. What is named must live as long. */
enum inq_status inq_collect_open(struct inq_ctx *ctx, const struct inq_triage_options *options,
				 const struct inq_triage_events *events, struct inq_collect *ret);
void inq_collect_close(struct inq_collect *collect);

/* Takes a result with its line (NULL: memory is out). */
void inq_collect_result(struct inq_collect *collect, const struct inq_triage_result *result, const char *line);
/* There are no results for the moment. */
void inq_collect_flush(struct inq_collect *collect);
/* All results of the item were taken. */
void inq_collect_finished(struct inq_collect *collect, const struct inq_item *item);

void inq_collect_begun(struct inq_collect *collect, const char *path);
void inq_collect_warn(struct inq_collect *collect, const char *text);
/* Tells how far things are, a few times a second, or at once; what was found is kept where nothing more comes for a moment. */
void inq_collect_progress(struct inq_collect *collect, bool at_once);

/* Makes the groups, of all that the store holds where there is one, and tells them. */
enum inq_status inq_collect_groups(struct inq_collect *collect);

#endif
