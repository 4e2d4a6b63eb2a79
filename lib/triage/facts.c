/* Facts beside a core. Sources of the names: ABRT's problem data (reporters' "executable", "time", …); core-dump-handler's
 * dump-info.json; systemd.journal-fields(7), "COREDUMP_…"; what Kubernetes calls things (image). */
#include "lib/triage/facts.h"

#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/io/provider.h"
#include "lib/triage/line_ops.h"
#include "lib/triage/metadata.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_BYTES = 64 << 10, MOST_STRING = 1024, COMM = 15 };

/* What a fact is about, and what it is called: in JSON the first that is there counts. */
static const char *const exes[] = { "exe", "executable", "COREDUMP_EXE", NULL };
static const char *const names[] = { "comm", "COREDUMP_COMM", NULL };
static const char *const hosts[] = {
	"hostname", "host", "node_hostname", "node", "COREDUMP_HOSTNAME", "_HOSTNAME", NULL
};
static const char *const versions[] = { "version", "package", "COREDUMP_PACKAGE_VERSION", "image", NULL };
static const char *const pids[] = { "pid", "COREDUMP_PID", NULL };
static const char *const times[] = { "time", "timestamp", "COREDUMP_TIMESTAMP", NULL };

const char *const inq_facts_files[] = { "executable", "hostname", "package", "pid", "time", NULL };

struct inq_facts inq_facts_none(void)
{
	return (struct inq_facts) { .pid = INQ_UNKNOWN, .seen = INQ_UNKNOWN };
}

static void take_text(struct inq_ctx *ctx, const char *text, size_t length, const char **ret)
{
	if (!*ret && length && length <= MOST_STRING)
		*ret = inq_arena_copy(ctx->arena, text, length);
}

/* Seconds since 1970, of what is counted in them or in thousands, millions, billions of them: all are years that computers
 * crash in. */
static uint64_t in_seconds(uint64_t count)
{
	enum { YEAR_5138 = 100000000000 };
	while (count != INQ_UNKNOWN && count >= YEAR_5138)
		count /= 1000;
	return count;
}

struct document {
	struct inq_ctx *ctx;
	const struct inq_line_ops *ops;
	const void *object;
};

static const void *find(const struct document *document, const char *const *keys)
{
	const void *value = NULL;
	for (; *keys && !value; keys++)
		value = document->ops->member(document->object, *keys);
	return value;
}

static void get_text(const struct document *document, const char *const *keys, const char **ret)
{
	const void *value = find(document, keys);
	const char *text = value && document->ops->type(value) == INQ_JSON_STRING ? document->ops->string(value) : NULL;
	if (text)
		take_text(document->ctx, text, strlen(text), ret);
}

/* A number, also as text. */
static uint64_t get_number(const struct document *document, const char *const *keys)
{
	const void *value = find(document, keys);
	enum inq_json_type type = value ? document->ops->type(value) : INQ_JSON_OTHER;
	int64_t number = type == INQ_JSON_INTEGER ? document->ops->integer(value) : -1;
	const char *text = type == INQ_JSON_STRING ? document->ops->string(value) : NULL;
	if (text)
		return inq_metadata_number(text, strlen(text));
	return number < 0 ? INQ_UNKNOWN : (uint64_t)number;
}

static uint64_t get_time(const struct document *document)
{
	uint64_t seconds = in_seconds(get_number(document, times));
	const void *value = seconds == INQ_UNKNOWN ? find(document, times) : NULL;
	uint32_t fraction;
	if (value && document->ops->type(value) == INQ_JSON_STRING &&
	    !inq_time_read(document->ops->string(value), &seconds, &fraction))
		seconds = INQ_UNKNOWN;
	return seconds;
}

static bool is_object(const uint8_t *bytes, size_t size)
{
	size_t at = 0;
	while (at < size && isspace(bytes[at]))
		at++;
	return at < size && bytes[at] == '{';
}

/* Metadata that cannot be read is no artefact all the same. */
static void add_json(struct inq_ctx *ctx, const uint8_t *bytes, size_t size, struct inq_facts *facts)
{
	char error[256];
	const char *why;
	const struct inq_line_ops *ops = inq_provider_open("jansson", INQ_PROVIDER_LINE, &why);
	void *object = ops && size <= MOST_BYTES ? ops->parse((const char *)bytes, size, error, sizeof error) : NULL;
	const struct document document = { ctx, ops, object };
	if (!object)
		return;
	get_text(&document, exes, &facts->exe);
	get_text(&document, names, &facts->name);
	get_text(&document, hosts, &facts->host);
	get_text(&document, versions, &facts->version);
	if (facts->pid == INQ_UNKNOWN)
		facts->pid = get_number(&document, pids);
	if (facts->seen == INQ_UNKNOWN)
		facts->seen = get_time(&document);
	ops->release(object);
}

/* A file of ABRT's: its first line. */
static bool add_line(struct inq_ctx *ctx, const char *name, const char *bytes, size_t size, struct inq_facts *facts)
{
	const char *end = size ? memchr(bytes, '\n', size) : NULL;
	size_t length = end ? (size_t)(end - bytes) : size;
	if (strcmp(name, "executable") == 0)
		take_text(ctx, bytes, length, &facts->exe);
	else if (strcmp(name, "hostname") == 0)
		take_text(ctx, bytes, length, &facts->host);
	else if (strcmp(name, "package") == 0)
		take_text(ctx, bytes, length, &facts->version);
	else if (strcmp(name, "pid") == 0)
		facts->pid = inq_metadata_number(bytes, length);
	else if (strcmp(name, "time") == 0)
		facts->seen = inq_metadata_number(bytes, length);
	else
		return false;
	return true;
}

bool inq_facts_add(struct inq_ctx *ctx, const char *name, const uint8_t *bytes, size_t size, struct inq_facts *facts)
{
	if (add_line(ctx, name, (const char *)bytes, size, facts))
		return true;
	if (!is_object(bytes, size))
		return false;
	add_json(ctx, bytes, size, facts);
	return true;
}

bool inq_facts_add_file(struct inq_ctx *ctx, const char *path, struct inq_facts *facts)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	bool small = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size <= MOST_BYTES;
	uint8_t *bytes = small ? inq_alloc(MOST_BYTES) : NULL;
	ssize_t size = bytes ? read(fd, bytes, MOST_BYTES) : -1;
	bool added = size > 0 && inq_facts_add(ctx, inq_base_name(path), bytes, (size_t)size, facts);
	free(bytes);
	if (fd >= 0)
		close(fd);
	return added;
}

/* Handlers often know only the name of a thread, which has 15 bytes at most. */
static bool is_other_program(const char *one, const char *other)
{
	const char *a = one ? inq_base_name(one) : NULL, *b = other ? inq_base_name(other) : NULL;
	if (!a || !b || strcmp(a, b) == 0)
		return false;
	return strncmp(a, b, COMM) != 0 || (strlen(a) != COMM && strlen(b) != COMM);
}

static void fill_text(const char *from, const char **to)
{
	*to = *to ? *to : from;
}

void inq_facts_fill(const struct inq_facts *facts, bool seen_is_known, struct inq_triage_result *result)
{
	if (is_other_program(facts->exe, result->process.exe))
		return;
	fill_text(facts->exe, &result->process.exe);
	fill_text(facts->name, &result->process.name);
	fill_text(facts->host, &result->process.host);
	fill_text(facts->version, &result->process.version);
	if (result->process.pid == INQ_UNKNOWN)
		result->process.pid = facts->pid;
	if (!seen_is_known && facts->seen != INQ_UNKNOWN)
		result->seen = facts->seen;
}
