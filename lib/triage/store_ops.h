/* A small database in one file: what the module `sqlite` does for the library. It calls nothing of libinquest. */
#ifndef INQ_TRIAGE_STORE_OPS_H
#define INQ_TRIAGE_STORE_OPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What became of a step. */
enum inq_store_step {
	INQ_STORE_DONE,
	INQ_STORE_ROW,	/* there is a row to look at, and maybe more */
	INQ_STORE_BUSY, /* another process has held the file for longer than was waited */
	INQ_STORE_FULL, /* no space on the disk, or a limit on the size of files */
	INQ_STORE_READ_ONLY,
	INQ_STORE_FOREIGN, /* no database at all */
	INQ_STORE_DAMAGED,
	INQ_STORE_FAILED /* anything else */
};

enum inq_store_mode { INQ_STORE_READ, INQ_STORE_WRITE, INQ_STORE_TEMPORARY };

struct inq_store_ops {
	/* A database; NULL without memory. Whether it can be used is said by the first step. A temporary one, without a
	 * path, spills to disk and goes with its closing. */
	void *(*open)(const char *path, enum inq_store_mode mode, unsigned wait_ms);
	void (*close)(void *database);
	/* What went wrong in the last call, in words. */
	const char *(*why)(void *database);

	/* Statements that give no rows that matter. */
	enum inq_store_step (*run)(void *database, const char *sql);
	/* NULL when it cannot be: *ret says why. */
	void *(*prepare)(void *database, const char *sql, enum inq_store_step *ret);
	void (*finish)(void *statement); /* NULL is fine */
	/* Parameters count from 1, columns from 0. Strings must live until the statement is reset. */
	void (*bind_text)(void *statement, int at, const char *text); /* NULL: SQL's NULL */
	void (*bind_number)(void *statement, int at, uint64_t value); /* beyond 2^63: SQL's NULL */
	enum inq_store_step (*step)(void *statement);
	enum inq_store_step (*reset)(void *statement);
	const char *(*text)(void *statement, int column, size_t *length); /* until the next step; NULL */
	int64_t (*number)(void *statement, int column);
};

#endif
