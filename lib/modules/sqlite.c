/* Module: databases in one file, by SQLite. What a file's own schema may do is held down, as stores come from other machines:
 * it calls no functions, and no value in it is larger than a few lines. */
#include "lib/io/provider.h"
#include "lib/triage/store_ops.h"

#include <sqlite3.h>
#include <string.h>

enum { LONGEST_VALUE = 4 << 20 };

static enum inq_store_step step_of(int result)
{
	switch (result & 0xff) {
	case SQLITE_OK:
	case SQLITE_DONE:
		return INQ_STORE_DONE;
	case SQLITE_ROW:
		return INQ_STORE_ROW;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_PROTOCOL:
		return INQ_STORE_BUSY;
	case SQLITE_FULL:
		return INQ_STORE_FULL;
	case SQLITE_IOERR: /* a short write is a full disk, or a limit on the size of files */
		return result == SQLITE_IOERR_WRITE ? INQ_STORE_FULL : INQ_STORE_FAILED;
	case SQLITE_READONLY:
		return INQ_STORE_READ_ONLY;
	case SQLITE_NOTADB:
		return INQ_STORE_FOREIGN;
	case SQLITE_CORRUPT:
		return INQ_STORE_DAMAGED;
	default:
		return INQ_STORE_FAILED;
	}
}

static void restrict_schema(sqlite3 *database)
{
	sqlite3_extended_result_codes(database, 1);
	sqlite3_limit(database, SQLITE_LIMIT_LENGTH, LONGEST_VALUE);
	sqlite3_limit(database, SQLITE_LIMIT_ATTACHED, 0);
	sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
}

static void *open(const char *path, enum inq_store_mode mode, unsigned wait_ms)
{
	int flags = mode == INQ_STORE_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
	sqlite3 *database;
	sqlite3_open_v2(mode == INQ_STORE_TEMPORARY ? "" : path, &database, flags | SQLITE_OPEN_NOMUTEX, NULL);
	if (!database)
		return NULL;
	restrict_schema(database);
	sqlite3_busy_timeout(database, (int)wait_ms);
	return database;
}

static void close(void *database)
{
	sqlite3_close_v2(database);
}

static const char *why(void *database)
{
	return sqlite3_errmsg(database);
}

static enum inq_store_step run(void *database, const char *sql)
{
	return step_of(sqlite3_exec(database, sql, NULL, NULL, NULL));
}

static void *prepare(void *database, const char *sql, enum inq_store_step *ret)
{
	sqlite3_stmt *statement;
	*ret = step_of(sqlite3_prepare_v2(database, sql, -1, &statement, NULL));
	return statement;
}

static void finish(void *statement)
{
	sqlite3_finalize(statement);
}

static void bind_text(void *statement, int at, const char *text)
{
	sqlite3_bind_text(statement, at, text, -1, SQLITE_STATIC);
}

static void bind_number(void *statement, int at, uint64_t value)
{
	if (value > INT64_MAX)
		sqlite3_bind_null(statement, at);
	else
		sqlite3_bind_int64(statement, at, (sqlite3_int64)value);
}

static enum inq_store_step step(void *statement)
{
	return step_of(sqlite3_step(statement));
}

static enum inq_store_step reset(void *statement)
{
	return step_of(sqlite3_reset(statement));
}

static const char *text(void *statement, int column, size_t *length)
{
	const unsigned char *bytes = sqlite3_column_text(statement, column);
	*length = bytes ? (size_t)sqlite3_column_bytes(statement, column) : 0;
	return (const char *)bytes;
}

static int64_t number(void *statement, int column)
{
	return sqlite3_column_int64(statement, column);
}

static const struct inq_store_ops ops = { open,	     close,	  why,	run,   prepare, finish,
					  bind_text, bind_number, step, reset, text,	number };

const struct inq_module inq_module = { INQ_MODULE_VERSION, INQ_PROVIDER_STORE, "sqlite", &ops };
