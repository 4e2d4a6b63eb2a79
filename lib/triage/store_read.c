/* Asking a store. */
#include "lib/triage/store_parts.h"

bool inq_store_has(struct inq_store *store, const char *path, uint64_t size, uint64_t mtime_ns)
{
	enum inq_store_step step;
	void *statement = inq_store_ready(store, INQ_STORE_HAS, &step);
	if (!statement)
		return false;
	store->ops->bind_text(statement, 1, path);
	store->ops->bind_number(statement, 2, size);
	store->ops->bind_number(statement, 3, mtime_ns);
	bool has = store->ops->step(statement) == INQ_STORE_ROW;
	store->ops->reset(statement);
	return has;
}

/* Hands each row of a query on. What was read before the store turned out to be damaged is good. */
static enum inq_status each(struct inq_store *store, enum inq_store_statement which,
			    bool (*row)(struct inq_store *store, void *statement, void *data), void *data)
{
	enum inq_store_step step;
	void *statement = inq_store_ready(store, which, &step);
	while (statement && (step = store->ops->step(statement)) == INQ_STORE_ROW && row(store, statement, data))
		continue;
	if (step != INQ_STORE_ROW && step != INQ_STORE_DONE)
		inq_store_tell(store, step);
	if (statement)
		store->ops->reset(statement);
	return step == INQ_STORE_ROW || step == INQ_STORE_DONE ? INQ_OK : INQ_PARTIAL;
}

struct line_reader {
	bool (*line)(void *data, const char *line, size_t length);
	void *data;
};

static bool give_line(struct inq_store *store, void *statement, void *data)
{
	const struct line_reader *reader = data;
	size_t length;
	const char *line = store->ops->text(statement, 0, &length);
	return !line || reader->line(reader->data, line, length);
}

enum inq_status inq_store_each(struct inq_store *store, bool (*line)(void *data, const char *line, size_t length),
			       void *data)
{
	struct line_reader reader = { line, data };
	enum inq_status status = inq_store_commit(store);
	return status == INQ_OK ? each(store, INQ_STORE_LINES, give_line, &reader) : status;
}

struct input_reader {
	bool (*input)(void *data, const char *path, uint64_t size, uint64_t mtime_ns);
	void *data;
};

static bool give_input(struct inq_store *store, void *statement, void *data)
{
	const struct input_reader *reader = data;
	size_t length;
	const char *path = store->ops->text(statement, 0, &length);
	/* -1 is what is not known, here and in INQ_UNKNOWN. */
	return !path || reader->input(reader->data, path, (uint64_t)store->ops->number(statement, 1),
				      (uint64_t)store->ops->number(statement, 2));
}

enum inq_status inq_store_each_input(struct inq_store *store,
				     bool (*input)(void *data, const char *path, uint64_t size, uint64_t mtime_ns),
				     void *data)
{
	struct input_reader reader = { input, data };
	return each(store, INQ_STORE_INPUTS, give_input, &reader);
}
