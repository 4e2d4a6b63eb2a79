/* The schema of the store, version 1: docs/triage.md describes it for others. A change to it is a new version. */
#include "lib/triage/store_parts.h"

const char inq_store_results_table[] = "CREATE TABLE results (\n"
				       "  path TEXT NOT NULL UNIQUE,\n"
				       "  size INTEGER,\n"
				       "  mtime_ns INTEGER,\n"
				       "  seen INTEGER,\n"
				       "  program TEXT,\n"
				       "  version TEXT,\n"
				       "  host TEXT,\n"
				       "  signal INTEGER,\n"
				       "  hash TEXT,\n"
				       "  bucket TEXT,\n"
				       "  signature TEXT,\n"
				       "  severity TEXT NOT NULL REFERENCES severities(name),\n"
				       "  status TEXT NOT NULL,\n"
				       "  reason TEXT,\n"
				       "  added INTEGER NOT NULL,\n"
				       "  line TEXT NOT NULL)";

const char inq_store_inputs_table[] = "CREATE TABLE inputs (\n"
				      "  path TEXT NOT NULL UNIQUE,\n"
				      "  size INTEGER,\n"
				      "  mtime_ns INTEGER,\n"
				      "  finished INTEGER NOT NULL)";

const char inq_store_rest[] =
	"CREATE TABLE meta (key TEXT NOT NULL UNIQUE, value TEXT);"
	"CREATE TABLE severities (name TEXT NOT NULL UNIQUE, rank INTEGER NOT NULL);"
	"INSERT INTO severities VALUES ('critical', 0), ('high', 1), ('medium', 2), ('low', 3), ('none', 4);"
	"CREATE INDEX results_by_hash ON results (hash);"
	"CREATE INDEX results_by_seen ON results (seen);"
	"CREATE VIEW by_hash AS SELECT hash, signature, crashes, hosts, programs, versions, name AS severity,"
	" datetime(first, 'unixepoch') AS first_seen, datetime(last, 'unixepoch') AS last_seen, example"
	" FROM (SELECT hash, min(signature) AS signature, count(*) AS crashes, count(DISTINCT host) AS hosts,"
	" count(DISTINCT program) AS programs, count(DISTINCT version) AS versions, min(rank) AS worst,"
	" min(seen) AS first, max(seen) AS last, min(path) AS example"
	" FROM results JOIN severities ON name = severity WHERE hash IS NOT NULL GROUP BY hash)"
	" JOIN severities ON rank = worst;"
	"CREATE VIEW by_day AS SELECT date(seen, 'unixepoch') AS day, hash, min(signature) AS signature,"
	" count(*) AS crashes, count(DISTINCT host) AS hosts"
	" FROM results WHERE seen IS NOT NULL GROUP BY day, hash;"
	"CREATE VIEW failures AS SELECT path, status, reason FROM results WHERE status <> 'ok';"
	"PRAGMA application_id = 0x496e7154;" /* "InqT" */
	"PRAGMA user_version = 1;";

#define INSERT_RESULT                                                                                                  \
	"INSERT INTO results (path, size, mtime_ns, seen, program, version, host, signal, hash, bucket, signature,"    \
	" severity, status, reason, line, added)"                                                                      \
	" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)"                              \
	" ON CONFLICT (path) DO UPDATE SET size = excluded.size, mtime_ns = excluded.mtime_ns, seen = excluded.seen,"  \
	" program = excluded.program, version = excluded.version, host = excluded.host, signal = excluded.signal,"     \
	" hash = excluded.hash, bucket = excluded.bucket, signature = excluded.signature,"                             \
	" severity = excluded.severity, status = excluded.status, reason = excluded.reason, line = excluded.line,"     \
	" added = excluded.added"

#define INSERT_INPUT                                                                                                   \
	"INSERT INTO inputs (path, size, mtime_ns, finished) VALUES (?1, ?2, ?3, ?4)"                                  \
	" ON CONFLICT (path) DO UPDATE SET size = excluded.size, mtime_ns = excluded.mtime_ns,"                        \
	" finished = excluded.finished"

const char *const inq_store_sql[INQ_STORE_STATEMENTS] = {
	[INQ_STORE_PUT] = INSERT_RESULT,
	[INQ_STORE_OFFER] =
		(INSERT_RESULT " WHERE (coalesce(excluded.mtime_ns, -1), excluded.status <> 'failed',"
			       " excluded.status = 'ok', line) > (coalesce(mtime_ns, -1), status <> 'failed',"
			       " status = 'ok', excluded.line)"),
	/* Members of the archive a.tar are named a.tar//MEMBER; '0' is the byte after '/'. */
	[INQ_STORE_FORGET] = ("DELETE FROM results WHERE (path = ?1 OR (path > ?1 || '//' AND path < ?1 || '/0'))"
			      " AND (size <> ?2 OR mtime_ns <> ?3)"),
	[INQ_STORE_FINISH] = INSERT_INPUT,
	[INQ_STORE_OFFER_FINISH] =
		(INSERT_INPUT " WHERE (coalesce(excluded.mtime_ns, -1), coalesce(excluded.size, -1)) >"
			      " (coalesce(mtime_ns, -1), coalesce(size, -1))"),
	[INQ_STORE_HAS] = "SELECT 1 FROM inputs WHERE path = ?1 AND size IS ?2 AND mtime_ns IS ?3",
	[INQ_STORE_LINES] = "SELECT line FROM results ORDER BY path",
	[INQ_STORE_INPUTS] = "SELECT path, coalesce(size, -1), coalesce(mtime_ns, -1) FROM inputs ORDER BY path",
};
