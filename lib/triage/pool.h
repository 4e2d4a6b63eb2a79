/* The pool: worker processes, each with limits on memory, CPU time and files, without network, and able to read only what it
 * needs (Landlock and seccomp, where the kernel has them). Workers are forked from the run, take items over a socket and send
 * their results back as lines. One that dies, or takes too long, costs the core that it was at: the pool gives a result with
 * the reason and puts another worker in its place. */
#ifndef INQ_TRIAGE_POOL_H
#define INQ_TRIAGE_POOL_H

#include "lib/triage/analyse.h"

struct inq_pool;

/* Called in the run's own process, for each result: the line as the worker wrote it, without its line feed. Bytes from a
 * worker are as untrusted as the core that it read. */
struct inq_pool_events {
	void (*begun)(void *data, const char *path);
	bool (*line)(void *data, const char *line, size_t length);
	bool (*failed)(void *data, const struct inq_item *item, const char *path, const char *reason,
		       uint64_t elapsed_ms);
	void (*warning)(void *data, const char *text);
	void *data;
};

/* `readable` are the folders and files that workers may read, NULL-terminated. */
enum inq_status inq_pool_start(struct inq_ctx *ctx, const struct inq_options *analysis,
			       const struct inq_triage_options *options, const char *const *readable,
			       const struct inq_pool_events *events, struct inq_pool **ret);

/* Gives an item to a worker; waits, and handles results, while all are busy. The item is copied. */
enum inq_status inq_pool_submit(struct inq_pool *pool, const struct inq_item *item);
/* Handles results until all that was submitted has ended. */
enum inq_status inq_pool_drain(struct inq_pool *pool);
/* Ends the workers, at once. NULL is fine. */
void inq_pool_stop(struct inq_pool *pool);

#endif
