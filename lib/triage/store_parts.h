/* Within the store: what its files share. */
#ifndef INQ_TRIAGE_STORE_PARTS_H
#define INQ_TRIAGE_STORE_PARTS_H

#include "lib/triage/store.h"
#include "lib/triage/store_ops.h"

enum { INQ_STORE_VERSION = 1, INQ_STORE_WAIT_MS = 30000 };

enum inq_store_statement {
	INQ_STORE_PUT,
	INQ_STORE_OFFER,
	INQ_STORE_FORGET,
	INQ_STORE_FINISH,
	INQ_STORE_OFFER_FINISH,
	INQ_STORE_HAS,
	INQ_STORE_LINES,
	INQ_STORE_INPUTS,
	INQ_STORE_STATEMENTS
};

struct inq_store_row; /* waits for the end of its batch */
INQ_VEC(inq_store_row_vec, struct inq_store_row *)

struct inq_store {
	struct inq_ctx *ctx;
	const char *path;
	const struct inq_store_ops *ops;
	void *database;
	void *statements[INQ_STORE_STATEMENTS]; /* prepared on first use */
	struct inq_arena *batch;		/* what the rows are made of */
	struct inq_store_row_vec rows;
	uint64_t batch_began; /* milliseconds of the monotonic clock */
	bool write, log, told, failed;
};

/* The tables, word for word: a store whose tables are others is none of ours. */
extern const char inq_store_results_table[], inq_store_inputs_table[];
/* The rest: meta, severities, indexes, views, version. */
extern const char inq_store_rest[];
extern const char *const inq_store_sql[INQ_STORE_STATEMENTS];

/* Says what a step that failed means, once, and gives INQ_UNUSABLE. */
enum inq_status inq_store_tell(struct inq_store *store, enum inq_store_step step);
void inq_store_warn(struct inq_store *store, const char *what);

/* The statement, ready to be bound; NULL when it cannot be made: *step says why. */
void *inq_store_ready(struct inq_store *store, enum inq_store_statement which, enum inq_store_step *step);

/* Whether a file system of this kind (statfs's f_type) is on another machine: SQLite's log is shared memory there, which
 * machines do not share. */
bool inq_store_is_remote(uint64_t type);

/* Checks the open database, makes what is missing, and gets it ready. */
enum inq_status inq_store_prepare(struct inq_store *store);

#endif
