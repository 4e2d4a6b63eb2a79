/* The store's rows: put in by batches, and read. */
#include "lib/triage/store.h"

#include "lib/io/provider.h"
#include "lib/triage/store_parts.h"

#include <string.h>
#include <time.h>

enum { MOST_ROWS = 256, LONGEST_BATCH_MS = 1000 };

struct inq_store_row {
	enum inq_store_statement statement; /* INQ_STORE_PUT … INQ_STORE_OFFER_FINISH */
	struct inq_triage_result result;    /* what the columns need of it */
	const char *line;
};

void inq_store_warn(struct inq_store *store, const char *what)
{
	const char *before = store->ctx->artefact;
	store->ctx->artefact = store->path ? store->path : "the temporary store";
	inq_warn(store->ctx, INQ_PLACE_NONE, 0, "%s", what ? what : "out of memory");
	store->ctx->artefact = before;
}

static const char *meaning(enum inq_store_step step, const char **advice)
{
	*advice = "name another file";
	switch (step) {
	case INQ_STORE_BUSY:
		*advice = "run again when it is done";
		return "another process has kept the store for too long";
	case INQ_STORE_FULL:
		*advice = "make room and run again: what was written stays";
		return "the store cannot grow";
	case INQ_STORE_READ_ONLY:
		*advice = "name another file, or copy it to where it can be written";
		return "the store may be read only";
	case INQ_STORE_DAMAGED:
		*advice = "move it away and run again";
		return "the store is damaged";
	case INQ_STORE_FOREIGN:
		return "this is no store of results";
	case INQ_STORE_DONE:
	case INQ_STORE_ROW:
	case INQ_STORE_FAILED:
		break;
	}
	return "the store cannot be used";
}

enum inq_status inq_store_tell(struct inq_store *store, enum inq_store_step step)
{
	const char *advice, *what = meaning(step, &advice);
	if (!store->told)
		inq_store_warn(store, inq_arena_printf(store->ctx->arena, "%s (%s); %s", what,
						       store->ops->why(store->database), advice));
	store->told = true;
	return INQ_UNUSABLE;
}

static const struct inq_store_ops *open_module(struct inq_store *store)
{
	const char *why;
	const struct inq_store_ops *ops = inq_provider_open("sqlite", INQ_PROVIDER_STORE, &why);
	if (!ops)
		inq_store_warn(store, inq_arena_printf(store->ctx->arena,
						       "a store needs the module sqlite.so (%s); install the package "
						       "libsqlite3-0",
						       why));
	return ops;
}

static enum inq_status open_database(struct inq_store *store, bool write)
{
	enum inq_store_mode mode = !store->path ? INQ_STORE_TEMPORARY : write ? INQ_STORE_WRITE : INQ_STORE_READ;
	store->ops = open_module(store);
	if (!store->ops)
		return INQ_UNUSABLE;
	store->database = store->ops->open(store->path, mode, INQ_STORE_WAIT_MS);
	return store->database ? inq_store_prepare(store) : inq_no_memory(store->ctx);
}

enum inq_status inq_store_open(struct inq_ctx *ctx, const char *path, bool write, struct inq_store **ret)
{
	struct inq_store *store = inq_arena_alloc(ctx->arena, sizeof *store);
	if (!store)
		return inq_no_memory(ctx);
	*store = (struct inq_store) { .ctx = ctx, .path = path, .write = write || !path };
	enum inq_status status = open_database(store, write);
	if (status == INQ_OK)
		*ret = store;
	else
		inq_store_close(store);
	return status;
}

bool inq_store_detect(const uint8_t *head, size_t size)
{
	static const char magic[] = "SQLite format 3"; /* sqlite.org/fileformat.html, 1.3 */
	return size >= sizeof magic && memcmp(head, magic, sizeof magic) == 0;
}

/* The log would make two more files beside the store, which who copies it may miss. It stays while others use it. */
static void leave_one_file(struct inq_store *store)
{
	if (store->write && store->log)
		store->ops->run(store->database, "PRAGMA busy_timeout = 0; PRAGMA journal_mode = DELETE");
}

enum inq_status inq_store_close(struct inq_store *store)
{
	if (!store)
		return INQ_OK;
	enum inq_status status = inq_store_commit(store);
	for (size_t i = 0; i < INQ_STORE_STATEMENTS; i++)
		if (store->statements[i])
			store->ops->finish(store->statements[i]);
	if (store->database) {
		leave_one_file(store);
		store->ops->close(store->database);
	}
	inq_store_row_vec_release(&store->rows);
	inq_arena_destroy(store->batch);
	return status;
}

void *inq_store_ready(struct inq_store *store, enum inq_store_statement which, enum inq_store_step *step)
{
	void **statement = &store->statements[which];
	*step = INQ_STORE_DONE;
	if (*statement)
		store->ops->reset(*statement);
	else
		*statement = store->ops->prepare(store->database, inq_store_sql[which], step);
	return *statement;
}

static uint64_t now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static const char *program_of(const struct inq_triage_result *result)
{
	return result->process.exe ? result->process.exe : result->process.name;
}

/* A statement that failed is not reset before the reason was asked for. */
static enum inq_store_step step_once(struct inq_store *store, void *statement)
{
	enum inq_store_step step = store->ops->step(statement);
	if (step == INQ_STORE_DONE)
		store->ops->reset(statement);
	return step;
}

static enum inq_store_step write_result(struct inq_store *store, const struct inq_store_row *row)
{
	const struct inq_triage_result *result = &row->result;
	const struct {
		int at;
		const char *text;
	} texts[] = { { 1, result->path },
		      { 5, program_of(result) },
		      { 6, result->process.version },
		      { 7, result->process.host },
		      { 9, result->signature.hash },
		      { 10, result->signature.bucket },
		      { 11, result->signature.text },
		      { 12, inq_severity_name(result->signature.severity) },
		      { 13, inq_triage_status_name(result->status) },
		      { 14, result->reason },
		      { 15, row->line } };
	enum inq_store_step step;
	void *statement = inq_store_ready(store, row->statement, &step);
	if (!statement)
		return step;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		store->ops->bind_text(statement, texts[i].at, texts[i].text);
	store->ops->bind_number(statement, 2, result->size);
	store->ops->bind_number(statement, 3, result->mtime_ns);
	store->ops->bind_number(statement, 4, result->seen);
	store->ops->bind_number(statement, 8, result->crash.signal > 0 ? (uint64_t)result->crash.signal : INQ_UNKNOWN);
	store->ops->bind_number(statement, 16, (uint64_t)time(NULL));
	return step_once(store, statement);
}

static enum inq_store_step write_finished(struct inq_store *store, enum inq_store_statement which,
					  const struct inq_triage_result *input)
{
	enum inq_store_step step;
	void *statement = inq_store_ready(store, which, &step);
	if (!statement)
		return step;
	store->ops->bind_text(statement, 1, input->path);
	store->ops->bind_number(statement, 2, input->size);
	store->ops->bind_number(statement, 3, input->mtime_ns);
	if (which != INQ_STORE_FORGET)
		store->ops->bind_number(statement, 4, (uint64_t)time(NULL));
	return step_once(store, statement);
}

static enum inq_store_step write_row(struct inq_store *store, const struct inq_store_row *row)
{
	enum inq_store_step step = INQ_STORE_DONE;
	if (row->statement == INQ_STORE_PUT || row->statement == INQ_STORE_OFFER)
		return write_result(store, row);
	if (row->statement == INQ_STORE_FINISH)
		step = write_finished(store, INQ_STORE_FORGET, &row->result);
	return step == INQ_STORE_DONE ? write_finished(store, row->statement, &row->result) : step;
}

static enum inq_store_step write_batch(struct inq_store *store)
{
	enum inq_store_step step = store->ops->run(store->database, "BEGIN IMMEDIATE");
	for (size_t i = 0; i < store->rows.count && step == INQ_STORE_DONE; i++)
		step = write_row(store, store->rows.items[i]);
	return step == INQ_STORE_DONE ? store->ops->run(store->database, "COMMIT") : step;
}

enum inq_status inq_store_commit(struct inq_store *store)
{
	if (store->failed)
		return INQ_UNUSABLE;
	if (!store->rows.count)
		return INQ_OK;
	enum inq_store_step step = write_batch(store);
	store->rows.count = 0;
	inq_arena_destroy(store->batch);
	store->batch = NULL;
	if (step == INQ_STORE_DONE)
		return INQ_OK;
	store->failed = true;
	inq_store_tell(store, step);
	for (size_t i = 0; i < INQ_STORE_STATEMENTS; i++)
		if (store->statements[i])
			store->ops->reset(store->statements[i]);
	store->ops->run(store->database, "ROLLBACK");
	return INQ_UNUSABLE;
}

static const char *keep(struct inq_store *store, const char *text)
{
	const char *copy = text ? inq_arena_copy(store->batch, text, strlen(text)) : NULL;
	if (text && !copy)
		store->failed = true;
	return copy;
}

static struct inq_triage_result keep_result(struct inq_store *store, const struct inq_triage_result *result)
{
	struct inq_triage_result kept = *result;
	kept.path = keep(store, result->path);
	kept.reason = keep(store, result->reason);
	kept.process.name = keep(store, result->process.name);
	kept.process.exe = keep(store, result->process.exe);
	kept.process.version = keep(store, result->process.version);
	kept.process.host = keep(store, result->process.host);
	kept.signature.hash = keep(store, result->signature.hash);
	kept.signature.bucket = keep(store, result->signature.bucket);
	kept.signature.text = keep(store, result->signature.text);
	return kept;
}

static struct inq_store_row *add_row(struct inq_store *store)
{
	if (!store->batch) {
		store->batch = inq_arena_create();
		store->batch_began = now_ms();
	}
	struct inq_store_row *row = store->batch ? inq_arena_alloc(store->batch, sizeof *row) : NULL;
	struct inq_store_row **slot = row ? inq_store_row_vec_push(&store->rows) : NULL;
	if (!slot)
		return NULL;
	return *slot = row;
}

static enum inq_status add(struct inq_store *store, enum inq_store_statement statement,
			   const struct inq_triage_result *result, const char *line)
{
	struct inq_store_row *row = store->failed ? NULL : add_row(store);
	if (!row)
		return store->failed ? INQ_UNUSABLE : inq_no_memory(store->ctx);
	row->statement = statement;
	row->result = keep_result(store, result);
	row->line = keep(store, line);
	if (store->failed)
		return inq_no_memory(store->ctx);
	bool full = store->rows.count >= MOST_ROWS || now_ms() - store->batch_began >= LONGEST_BATCH_MS;
	return full ? inq_store_commit(store) : INQ_OK;
}

enum inq_status inq_store_put(struct inq_store *store, const struct inq_triage_result *result, const char *line)
{
	return add(store, INQ_STORE_PUT, result, line);
}

enum inq_status inq_store_offer(struct inq_store *store, const struct inq_triage_result *result, const char *line)
{
	return add(store, INQ_STORE_OFFER, result, line);
}

enum inq_status inq_store_finished(struct inq_store *store, const char *path, uint64_t size, uint64_t mtime_ns)
{
	const struct inq_triage_result input = { .path = path, .size = size, .mtime_ns = mtime_ns };
	return add(store, INQ_STORE_FINISH, &input, NULL);
}

enum inq_status inq_store_offer_finished(struct inq_store *store, const char *path, uint64_t size, uint64_t mtime_ns)
{
	const struct inq_triage_result input = { .path = path, .size = size, .mtime_ns = mtime_ns };
	return add(store, INQ_STORE_OFFER_FINISH, &input, NULL);
}
