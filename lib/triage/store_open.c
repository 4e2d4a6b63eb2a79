/* Opening a store: what the file is, whether it can be written, and how. */
#include "lib/triage/store_parts.h"

#include <errno.h>
#include <string.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

/* linux/magic.h, and statfs(2) for the ones that are not in it. */
bool inq_store_is_remote(uint64_t type)
{
	static const uint32_t remote[] = {
		0x6969,	    /* NFS */
		0x517b,	    /* SMB */
		0xfe534d42, /* SMB 2 */
		0xff534d42, /* CIFS */
		0x65735546, /* FUSE: sshfs, GlusterFS, … */
		0x0bd00bd0, /* Lustre */
		0x47504653, /* GPFS */
		0x19830326, /* BeeGFS */
		0x00c36400, /* Ceph */
		0x5346414f, /* AFS */
		0x6b414653, /* kAFS */
		0x01021997, /* 9P */
		0xa501fcf5, /* VxFS, on clusters */
	};
	for (size_t i = 0; i < sizeof remote / sizeof *remote; i++)
		if ((uint32_t)type == remote[i])
			return true;
	return false;
}

static const char *folder_of(struct inq_store *store)
{
	const char *slash = strrchr(store->path, '/');
	if (!slash)
		return ".";
	return slash == store->path ? "/"
				    : inq_arena_copy(store->ctx->arena, store->path, (size_t)(slash - store->path));
}

static bool is_remote(struct inq_store *store)
{
	struct statfs fs;
	const char *folder = folder_of(store);
	return folder && statfs(folder, &fs) == 0 && inq_store_is_remote((uint64_t)fs.f_type);
}

/* A first look at the path, as SQLite says no more than that it cannot open the file. */
static bool can_be_there(struct inq_store *store)
{
	const char *folder = folder_of(store), *wrong = folder;
	if (access(store->path, store->write ? R_OK | W_OK : R_OK) == 0)
		return true;
	if (errno != ENOENT || !store->write)
		wrong = store->path;
	else if (folder && access(folder, W_OK | X_OK) == 0)
		return true;
	inq_store_warn(store, inq_arena_printf(store->ctx->arena, "the store cannot be %s: %s: %s",
					       store->write ? "written" : "read", wrong ? wrong : store->path,
					       strerror(errno)));
	return false;
}

/* The first number of a statement's first row. */
static enum inq_store_step ask(struct inq_store *store, const char *sql, int64_t *ret)
{
	enum inq_store_step step;
	void *statement = store->ops->prepare(store->database, sql, &step);
	if (!statement)
		return step;
	step = store->ops->step(statement);
	if (step == INQ_STORE_ROW) {
		*ret = store->ops->number(statement, 0);
		step = INQ_STORE_DONE;
	}
	store->ops->finish(statement);
	return step;
}

/* A table of this name made in any other way may hold anything: a view without an end, say. */
static bool has_table(struct inq_store *store, const char *name, const char *expected)
{
	size_t length = 0;
	enum inq_store_step step;
	void *statement = store->ops->prepare(
		store->database, "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?1", &step);
	if (!statement)
		return false;
	store->ops->bind_text(statement, 1, name);
	const char *sql = store->ops->step(statement) == INQ_STORE_ROW ? store->ops->text(statement, 0, &length) : NULL;
	bool same = sql && strcmp(sql, expected) == 0;
	store->ops->finish(statement);
	return same;
}

static enum inq_status check_tables(struct inq_store *store)
{
	if (has_table(store, "results", inq_store_results_table) && has_table(store, "inputs", inq_store_inputs_table))
		return INQ_OK;
	inq_store_warn(store, "the store's tables are not as this version makes them; name another file");
	return INQ_UNUSABLE;
}

/* What the database says of itself. */
struct marks {
	int64_t id, version, tables;
};

/* In one transaction: another process may be making the store, and half of its marks would be those of nobody. */
static enum inq_store_step read_marks(struct inq_store *store, struct marks *ret)
{
	enum inq_store_step step = store->ops->run(store->database, "BEGIN");
	if (step != INQ_STORE_DONE)
		return step;
	step = ask(store, "PRAGMA application_id", &ret->id);
	if (step == INQ_STORE_DONE)
		step = ask(store, "PRAGMA user_version", &ret->version);
	if (step == INQ_STORE_DONE)
		step = ask(store, "SELECT count(*) FROM sqlite_master", &ret->tables);
	enum inq_store_step end = store->ops->run(store->database, "COMMIT");
	return step == INQ_STORE_DONE ? end : step;
}

/* *empty: nothing is in it yet. */
static enum inq_status identify(struct inq_store *store, bool *empty)
{
	enum { OURS = 0x496e7154 }; /* as in inq_store_rest */
	struct marks marks = { 0 };
	enum inq_store_step step = read_marks(store, &marks);
	if (step != INQ_STORE_DONE)
		return inq_store_tell(store, step);
	*empty = !marks.id && !marks.version && !marks.tables;
	if (*empty || (marks.id == OURS && marks.version == INQ_STORE_VERSION))
		return *empty ? INQ_OK : check_tables(store);
	inq_store_warn(store, marks.id != OURS ? "this is another program's database, not a store; name another file"
			      : marks.version > INQ_STORE_VERSION
				      ? "the store was made by a newer Inquest; use that one, or name another file"
				      : "the store's version is not known; name another file");
	return INQ_UNUSABLE;
}

/* One try. A row says which journal it now is. */
static enum inq_store_step ask_journal(struct inq_store *store, const char *pragma)
{
	size_t length = 0;
	enum inq_store_step step;
	void *statement = store->ops->prepare(store->database, pragma, &step);
	step = statement ? store->ops->step(statement) : step;
	const char *mode = step == INQ_STORE_ROW ? store->ops->text(statement, 0, &length) : NULL;
	store->log = mode && strcmp(mode, "wal") == 0;
	store->ops->finish(statement);
	return step;
}

/* SQLite waits for others at most other places, but not at this one: whoever makes the same store is done in a moment. */
static enum inq_store_step set_journal(struct inq_store *store, const char *pragma)
{
	enum { TRIES = 500 };
	static const struct timespec moment = { .tv_nsec = 20 * 1000 * 1000 };
	enum inq_store_step step = ask_journal(store, pragma);
	for (unsigned i = 1; i < TRIES && step == INQ_STORE_BUSY; i++) {
		nanosleep(&moment, NULL);
		step = ask_journal(store, pragma);
	}
	return step;
}

/* A store that is killed while it is written is whole again when it is opened next, with either kind of journal. The
 * write-ahead log is the faster one and lets others read meanwhile. */
static enum inq_store_step choose_journal(struct inq_store *store)
{
	bool remote = is_remote(store);
	enum inq_store_step step =
		set_journal(store, remote ? "PRAGMA journal_mode = DELETE" : "PRAGMA journal_mode = WAL");
	if (step != INQ_STORE_ROW)
		return step;
	if (!store->log)
		inq_store_warn(store, "the store is on a file system of other machines, where its log does not work; a "
				      "rollback journal is used: slower, and others wait while it is written");
	return store->ops->run(store->database,
			       store->log ? "PRAGMA synchronous = NORMAL" : "PRAGMA synchronous = FULL");
}

static enum inq_store_step make_tables(struct inq_store *store)
{
	const char *const steps[] = { inq_store_results_table, inq_store_inputs_table, inq_store_rest };
	enum inq_store_step step = INQ_STORE_DONE;
	for (size_t i = 0; i < sizeof steps / sizeof *steps && step == INQ_STORE_DONE; i++)
		step = store->ops->run(store->database, steps[i]);
	return step;
}

/* In a transaction: two processes may make the same store at once. The note of the run is there so that a store which
 * cannot be written is told of before hours of work. */
static enum inq_store_step make(struct inq_store *store)
{
	int64_t version = 0;
	enum inq_store_step step = store->ops->run(store->database, "BEGIN IMMEDIATE");
	if (step == INQ_STORE_DONE)
		step = ask(store, "PRAGMA user_version", &version);
	if (step == INQ_STORE_DONE && !version)
		step = make_tables(store);
	if (step == INQ_STORE_DONE)
		step = store->ops->run(store->database, "INSERT OR REPLACE INTO meta VALUES"
							" ('tool_version', '" INQ_VERSION "'),"
							" ('last_run', datetime('now'))");
	return step == INQ_STORE_DONE ? store->ops->run(store->database, "COMMIT") : step;
}

static enum inq_status prepare_temporary(struct inq_store *store)
{
	store->ops->run(store->database, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF");
	enum inq_store_step step = make_tables(store);
	return step == INQ_STORE_DONE ? INQ_OK : inq_store_tell(store, step);
}

enum inq_status inq_store_prepare(struct inq_store *store)
{
	bool empty = false;
	if (!store->path)
		return prepare_temporary(store);
	if (!can_be_there(store))
		return INQ_UNUSABLE;
	enum inq_status status = identify(store, &empty);
	if (status != INQ_OK)
		return status;
	if (!store->write && empty) {
		inq_store_warn(store, "nothing is in the store; a run with --store fills it");
		return INQ_UNUSABLE;
	}
	if (!store->write)
		return INQ_OK;
	enum inq_store_step step = choose_journal(store);
	if (step == INQ_STORE_DONE)
		step = make(store);
	return step == INQ_STORE_DONE ? INQ_OK : inq_store_tell(store, step);
}
