/* The pool: worker processes, each with limits on memory, CPU time and files, without network, and able to read only what it
 * needs (lib/triage/sandbox.h). Workers are forked from the run, take items over a socket and send their results back. One that dies, or takes too long, costs the core that it was at: the pool tells the reason and puts another worker in
 * its place. Every item ends: with its results, or as failed. */
#ifndef INQ_TRIAGE_POOL_H
#define INQ_TRIAGE_POOL_H

#include "lib/triage/analyse.h"

struct inq_pool;

/* Called in the run's own process, out of inq_pool_submit and inq_pool_drain. */
struct inq_pool_events {
	void (*begun)(void *data, const char *path);
	/* A result: the record as the worker sent it, and as little to be trusted as the core that it read. NULL when it is
	 * good; else what is wrong with it, and the worker is not believed any more. */
	const char *(*result)(void *data, const struct inq_item *item, const char *body, size_t size);
	/* There will be no result for `path`, the item's or of a member of its archive. */
	void (*failed)(void *data, const struct inq_item *item, const char *path, const char *reason,
		       uint64_t elapsed_ms);
	/* The item was dealt with, whole; it gave so many results, failed ones too. */
	void (*ended)(void *data, const struct inq_item *item, uint64_t results);
	void (*waited)(void *data); /* several times a second */
	/* A worker misses something in the symbol cache: what it says, which is not to be believed. */
	void (*want)(void *data, const char *body, size_t size);
	void *data;
	const bool *stop; /* once it is true nothing more is done */
};

struct inq_pool_setup {
	const struct inq_options *analysis;
	const struct inq_triage_options *options;
	const struct inq_rules *rules;
	const char *const *readable; /* folders and files that workers may read, NULL-terminated */
	const char *cache;	     /* folder of the symbol cache, which they read; NULL */
	struct inq_pool_events events;
};

/* What is named in the setup must live as long as the pool. Workers are started when there is work for them. */
enum inq_status inq_pool_create(const struct inq_pool_setup *setup, struct inq_pool **ret);

/* Gives an item to a worker; handles results while all are busy. The item is copied. INQ_UNUSABLE when the work was
 * stopped, or no worker can be started. */
enum inq_status inq_pool_submit(struct inq_pool *pool, const struct inq_item *item);
/* Handles results until all that was submitted has ended, then ends the workers: nothing can be submitted any more. */
enum inq_status inq_pool_drain(struct inq_pool *pool);
/* Ends the workers that are left, at once. NULL is fine. */
void inq_pool_destroy(struct inq_pool *pool);

#endif
