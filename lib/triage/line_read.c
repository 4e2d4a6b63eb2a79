/* Reading the line of a result. A member of another type than the one written makes the whole line unusable: what wrote it is
 * damaged or hostile, and the rest of it is worth as little. */
#include "lib/triage/line.h"

#include "lib/base/time.h"
#include "lib/io/provider.h"
#include "lib/triage/line_limits.h"
#include "lib/triage/line_ops.h"

#include <limits.h>
#include <string.h>

struct line {
	const struct inq_line_ops *ops;
	struct inq_ctx *ctx;
	const char *why; /* the first thing that was wrong; NULL so far */
};

static void refuse(struct line *line, const char *key, const char *what)
{
	if (!line->why)
		line->why = inq_arena_printf(line->ctx->arena, "\"%s\" %s", key, what);
	if (!line->why)
		line->why = "out of memory";
}

/* The member, when it is there and of the type. */
static const void *get(struct line *line, const void *object, const char *key, enum inq_json_type type)
{
	const void *value = object ? line->ops->member(object, key) : NULL;
	if (!value || line->ops->type(value) == type)
		return value;
	refuse(line, key, "has a value of another type");
	return NULL;
}

static const char *keep(struct line *line, const char *string)
{
	const char *copy = inq_arena_copy(line->ctx->arena, string, strlen(string));
	if (!copy)
		line->why = "out of memory";
	return copy;
}

/* For a look only: it ends with the document. */
static const char *borrow_text(struct line *line, const void *object, const char *key)
{
	const void *value = get(line, object, key, INQ_JSON_STRING);
	return value ? line->ops->string(value) : NULL;
}

static const char *get_text(struct line *line, const void *object, const char *key)
{
	const char *text = borrow_text(line, object, key);
	return text ? keep(line, text) : NULL;
}

static uint64_t get_count(struct line *line, const void *object, const char *key)
{
	const void *value = get(line, object, key, INQ_JSON_INTEGER);
	int64_t number = value ? line->ops->integer(value) : -1;
	if (value && number < 0)
		refuse(line, key, "is below zero");
	return number < 0 ? INQ_UNKNOWN : (uint64_t)number;
}

/* Seconds since 1970, and what is behind them. */
static uint64_t get_time(struct line *line, const void *object, const char *key, uint32_t *nanoseconds)
{
	uint64_t seconds = INQ_UNKNOWN;
	const char *text = borrow_text(line, object, key);
	*nanoseconds = 0;
	if (text && !inq_time_read(text, &seconds, nanoseconds))
		refuse(line, key, "is no time such as 2026-01-31T23:59:59Z");
	return seconds;
}

/* The place of a text among `count` names; `count` when it is absent. */
static unsigned get_choice(struct line *line, const void *object, const char *key, const char *(*name)(unsigned),
			   unsigned count)
{
	const char *text = borrow_text(line, object, key);
	for (unsigned i = 0; text && i < count; i++)
		if (strcmp(text, name(i)) == 0)
			return i;
	if (text)
		refuse(line, key, "has a value that is not known");
	return count;
}

static const char *const *get_list(struct line *line, const void *object, const char *key, size_t most, size_t *count)
{
	const void *array = get(line, object, key, INQ_JSON_ARRAY);
	size_t found = array ? line->ops->count(array) : 0;
	if (found > most)
		refuse(line, key, "has too many elements");
	if (!found || found > most)
		return NULL;
	const char **items = inq_arena_array(line->ctx->arena, found, sizeof *items);
	if (!items) {
		line->why = "out of memory";
		return NULL;
	}
	for (size_t i = 0; i < found; i++) {
		const void *item = line->ops->item(array, i);
		if (line->ops->type(item) == INQ_JSON_STRING)
			items[i] = keep(line, line->ops->string(item));
		else
			refuse(line, key, "has an element that is no string");
	}
	*count = found;
	return items;
}

static int digit_of(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, c) : NULL;
	return at ? (int)(at - digits) : -1;
}

/* The bytes of a path that is not UTF-8: pairs of digits, none of them 00. */
static const char *unhex(struct line *line, const char *hex)
{
	size_t length = strlen(hex) / 2;
	char *bytes = inq_arena_alloc(line->ctx->arena, length + 1);
	for (size_t i = 0; bytes && i < length; i++) {
		int high = digit_of(hex[2 * i]), low = digit_of(hex[2 * i + 1]);
		if (high < 0 || low < 0 || high + low == 0)
			refuse(line, "path_bytes", "is not in hexadecimal");
		bytes[i] = (char)((unsigned)high << 4 | (unsigned)low);
	}
	return bytes;
}

static const char *get_path(struct line *line, const void *object)
{
	const char *hex = borrow_text(line, object, "path_bytes");
	const char *path = hex ? unhex(line, hex) : get_text(line, object, "path");
	if (path && *path)
		return path;
	refuse(line, "path", "is missing or empty");
	return NULL;
}

static const char *status_name(unsigned status)
{
	return inq_triage_status_name((enum inq_triage_status)status);
}

static const char *severity_name(unsigned severity)
{
	return inq_severity_name((enum inq_severity)severity);
}

static const char *confidence_name(unsigned confidence)
{
	return inq_confidence_name((enum inq_confidence)confidence);
}

static void get_process(struct line *line, const void *object, struct inq_triage_result *ret)
{
	const void *process = get(line, object, "process", INQ_JSON_OBJECT);
	ret->process.pid = get_count(line, process, "pid");
	ret->process.name = get_text(line, process, "name");
	ret->process.exe = get_text(line, process, "exe");
	ret->process.exe_build_id = get_text(line, process, "build_id");
	ret->process.version = get_text(line, process, "version");
	ret->process.host = get_text(line, process, "host");
	ret->process.os = get_text(line, process, "os");
	ret->process.arch = get_text(line, process, "arch");
}

static void get_crash(struct line *line, const void *object, struct inq_triage_result *ret)
{
	const void *crash = get(line, object, "crash", INQ_JSON_OBJECT);
	const void *signal = get(line, crash, "signal", INQ_JSON_OBJECT);
	const void *culprit = get(line, crash, "culprit", INQ_JSON_OBJECT);
	const void *all = get(line, crash, "diagnosis", INQ_JSON_ARRAY);
	const void *diagnosis = all && line->ops->count(all) ? line->ops->item(all, 0) : NULL;
	if (diagnosis && line->ops->type(diagnosis) != INQ_JSON_OBJECT) {
		refuse(line, "diagnosis", "has an element that is no object");
		return;
	}
	uint64_t number = get_count(line, signal, "number");
	if (number != INQ_UNKNOWN && number > INT_MAX)
		refuse(line, "number", "is too large for a signal");
	ret->crash.signal = number > INT_MAX ? 0 : (int)number;
	ret->crash.signal_name = get_text(line, signal, "name");
	ret->crash.code_name = get_text(line, signal, "code_name");
	ret->crash.object = get_text(line, culprit, "object");
	ret->crash.function = get_text(line, culprit, "function");
	ret->crash.diagnosis = get_text(line, diagnosis, "id");
	ret->crash.text = get_text(line, diagnosis, "text");
	unsigned confidence = get_choice(line, diagnosis, "confidence", confidence_name, INQ_CERTAIN + 1);
	ret->crash.confidence = confidence > INQ_CERTAIN ? 0 : (enum inq_confidence)confidence;
}

bool inq_line_is_hash(const char *string)
{
	size_t length = strlen(string);
	return length <= 64 && strspn(string, "0123456789abcdef-") == length && length;
}

static void get_signature(struct line *line, const void *object, struct inq_signature *ret)
{
	size_t places = 0;
	const void *signature = get(line, object, "signature", INQ_JSON_OBJECT);
	ret->hash = get_text(line, signature, "hash");
	if (signature && !line->why && (!ret->hash || !inq_line_is_hash(ret->hash)))
		refuse(line, "hash", "is no hash of a signature");
	ret->text = get_text(line, signature, "text");
	ret->kind = get_text(line, signature, "kind");
	ret->bucket = get_text(line, signature, "bucket");
	ret->frames = get_list(line, signature, "frames", INQ_SIGNATURE_FRAMES, &ret->frame_count);
	ret->places = get_list(line, signature, "places", INQ_SIGNATURE_FRAMES, &places);
	if (places && places != ret->frame_count)
		refuse(line, "places", "are not as many as the frames");
	const void *inlines = get(line, signature, "inlines_known", INQ_JSON_BOOL);
	ret->inlines_known = inlines && line->ops->is_true(inlines);
	ret->rules = get_list(line, signature, "rules", INQ_LINE_MOST_RULES, &ret->rule_count);
}

/* Who compares frames expects as many places. */
static void fill_places(struct line *line, struct inq_signature *signature)
{
	if (signature->places || !signature->frame_count)
		return;
	const char **places = inq_arena_array(line->ctx->arena, signature->frame_count, sizeof *places);
	for (size_t i = 0; places && i < signature->frame_count; i++)
		places[i] = "";
	if (!places)
		line->why = "out of memory";
	signature->places = places;
}

static void get_result(struct line *line, const void *object, struct inq_triage_result *ret)
{
	enum { SECOND = 1000000000 };
	uint32_t nanoseconds, ignored;
	unsigned status = get_choice(line, object, "status", status_name, INQ_TRIAGE_FAILED + 1);
	if (status > INQ_TRIAGE_FAILED)
		refuse(line, "status", "is missing");
	*ret = inq_line_unknown(get_path(line, object), (enum inq_triage_status)status);
	ret->reason = get_text(line, object, "reason");
	ret->size = get_count(line, object, "size");
	uint64_t modified = get_time(line, object, "modified", &nanoseconds);
	if (modified != INQ_UNKNOWN)
		ret->mtime_ns = modified * SECOND + nanoseconds;
	ret->seen = get_time(line, object, "seen", &ignored);
	get_process(line, object, ret);
	get_crash(line, object, ret);
	get_signature(line, object, &ret->signature);
	fill_places(line, &ret->signature);
	unsigned severity = get_choice(line, object, "severity", severity_name, INQ_SEVERITY_COUNT);
	ret->signature.severity = severity < INQ_SEVERITY_COUNT ? (enum inq_severity)severity : INQ_SEVERITY_NONE;
	ret->companions = get_text(line, object, "companions");
	ret->elapsed_ms = get_count(line, object, "elapsed_ms");
}

static const struct inq_line_ops *open_reader(struct inq_ctx *ctx, const char **why)
{
	const char *missing;
	const struct inq_line_ops *ops = inq_provider_open("jansson", INQ_PROVIDER_LINE, &missing);
	if (!ops)
		*why = inq_arena_printf(
			ctx->arena, "the module jansson.so is needed (%s); install the package libjansson4", missing);
	return ops;
}

static enum inq_status read_document(struct line *line, const void *document, struct inq_triage_result *ret)
{
	if (line->ops->member(document, "group") && !line->ops->member(document, "path"))
		return INQ_UNUSABLE;
	get_result(line, document, ret);
	return line->why ? INQ_UNUSABLE : INQ_OK;
}

enum inq_status inq_line_read(struct inq_ctx *ctx, const char *line, size_t length, struct inq_triage_result *ret,
			      const char **why)
{
	char error[256];
	struct inq_triage_result result;
	*why = "it is too long";
	if (length > INQ_LINE_MOST)
		return INQ_UNUSABLE;
	struct line reading = { .ops = open_reader(ctx, why), .ctx = ctx };
	void *document = reading.ops ? reading.ops->parse(line, length, error, sizeof error) : NULL;
	if (!document) {
		if (reading.ops)
			*why = inq_arena_copy(ctx->arena, error, strlen(error));
		return INQ_UNUSABLE;
	}
	enum inq_status status = read_document(&reading, document, &result);
	reading.ops->release(document);
	*why = reading.why;
	if (status == INQ_OK)
		*ret = result;
	return status;
}
