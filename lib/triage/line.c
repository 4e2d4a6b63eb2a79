/* Writing the line of a result. */
#include "lib/triage/line.h"

#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/render/json_writer.h"
#include "lib/triage/line_limits.h"

struct inq_triage_result inq_line_unknown(const char *path, enum inq_triage_status status)
{
	return (struct inq_triage_result) {
		.path = path,
		.status = status,
		.size = INQ_UNKNOWN,
		.mtime_ns = INQ_UNKNOWN,
		.seen = INQ_UNKNOWN,
		.process.pid = INQ_UNKNOWN,
		.signature.severity = INQ_SEVERITY_NONE,
		.elapsed_ms = INQ_UNKNOWN,
	};
}

size_t inq_line_clipped(const char *string, size_t size)
{
	size_t length = strnlen(string, size);
	if (length < size)
		return length;
	length = size - 1;
	while (length && ((unsigned char)string[length] & 0xc0) == 0x80)
		length--;
	return length;
}

/* The string, or its beginning in the buffer when it does not fit. */
static const char *clip(const char *string, char *buffer, size_t size)
{
	size_t length = inq_line_clipped(string, size);
	if (!string[length])
		return string;
	memcpy(buffer, string, length);
	buffer[length] = '\0';
	return buffer;
}

static void put_text(struct inq_json *json, const char *key, const char *value)
{
	char buffer[INQ_LINE_LONGEST_STRING];
	if (value)
		inq_json_text(json, key, clip(value, buffer, sizeof buffer));
}

/* Readers of JSON know integers up to 2^63. */
static void put_count(struct inq_json *json, const char *key, uint64_t value)
{
	if (value <= INT64_MAX)
		inq_json_count(json, key, value);
}

static void put_list(struct inq_json *json, const char *key, const char *const *items, size_t count, size_t longest)
{
	char buffer[INQ_LINE_LONGEST_STRING];
	inq_json_open(json, key, '[');
	for (size_t i = 0; i < count; i++)
		inq_json_string(json, clip(items[i] ? items[i] : "", buffer, longest));
	inq_json_end(json);
}

static bool is_utf8(const char *string)
{
	size_t left = strlen(string);
	while (left) {
		size_t length = inq_utf8_length(string, left);
		if (!length)
			return false;
		string += length;
		left -= length;
	}
	return true;
}

static void put_path(struct inq_json *json, struct inq_ctx *ctx, const char *path)
{
	char buffer[INQ_LINE_LONGEST_PATH];
	path = clip(path, buffer, sizeof buffer);
	inq_json_text(json, "path", path);
	if (is_utf8(path))
		return;
	const char *bytes = inq_hex_copy(ctx->arena, (const uint8_t *)path, strlen(path));
	inq_json_text(json, "path_bytes", bytes);
	json->stopped |= !bytes; /* without them it would be another path */
}

static void put_time(struct inq_json *json, struct inq_ctx *ctx, const char *key, uint64_t seconds,
		     uint64_t nanoseconds)
{
	inq_json_text(json, key, inq_time_text(ctx->arena, seconds, (uint32_t)nanoseconds));
}

static void put_file(struct inq_json *json, struct inq_ctx *ctx, const struct inq_triage_result *result)
{
	enum { SECOND = 1000000000 };
	put_count(json, "size", result->size);
	if (result->mtime_ns != INQ_UNKNOWN)
		put_time(json, ctx, "modified", result->mtime_ns / SECOND, result->mtime_ns % SECOND);
	put_time(json, ctx, "seen", result->seen, 0);
}

static void put_process(struct inq_json *json, const struct inq_triage_result *result)
{
	inq_json_open(json, "process", '{');
	put_count(json, "pid", result->process.pid);
	put_text(json, "name", result->process.name);
	put_text(json, "exe", result->process.exe);
	put_text(json, "build_id", result->process.exe_build_id);
	put_text(json, "version", result->process.version);
	put_text(json, "host", result->process.host);
	put_text(json, "os", result->process.os);
	put_text(json, "arch", result->process.arch);
	inq_json_end(json);
}

static void put_signal(struct inq_json *json, const struct inq_triage_result *result)
{
	inq_json_open(json, "signal", '{');
	put_count(json, "number", (uint64_t)result->crash.signal);
	put_text(json, "name", result->crash.signal_name);
	put_text(json, "code_name", result->crash.code_name);
	inq_json_end(json);
}

static void put_culprit(struct inq_json *json, const struct inq_triage_result *result)
{
	inq_json_open(json, "culprit", '{');
	put_text(json, "object", result->crash.object);
	put_text(json, "function", result->crash.function);
	inq_json_end(json);
}

static void put_diagnosis(struct inq_json *json, const struct inq_triage_result *result)
{
	enum inq_confidence confidence = result->crash.confidence;
	inq_json_open(json, "diagnosis", '[');
	inq_json_begin(json, '{');
	put_text(json, "id", result->crash.diagnosis);
	put_text(json, "text", result->crash.text);
	if (confidence >= INQ_POSSIBLE && confidence <= INQ_CERTAIN)
		inq_json_own(json, "confidence", inq_confidence_name(confidence));
	inq_json_end(json);
	inq_json_end(json);
}

static void put_crash(struct inq_json *json, const struct inq_triage_result *result)
{
	bool signal = result->crash.signal > 0, culprit = result->crash.object || result->crash.function;
	if (!signal && !culprit && !result->crash.diagnosis)
		return;
	inq_json_open(json, "crash", '{');
	if (signal)
		put_signal(json, result);
	if (culprit)
		put_culprit(json, result);
	if (result->crash.diagnosis)
		put_diagnosis(json, result);
	inq_json_end(json);
}

static bool has_places(const struct inq_signature *signature, size_t count)
{
	for (size_t i = 0; signature->places && i < count; i++)
		if (signature->places[i] && *signature->places[i])
			return true;
	return false;
}

static size_t at_most(size_t count, size_t most)
{
	return count < most ? count : most;
}

static void put_signature(struct inq_json *json, const struct inq_signature *signature)
{
	size_t frames = at_most(signature->frame_count, INQ_SIGNATURE_FRAMES);
	if (!signature->hash)
		return;
	inq_json_open(json, "signature", '{');
	put_text(json, "hash", signature->hash);
	put_text(json, "text", signature->text);
	put_text(json, "kind", signature->kind);
	put_text(json, "bucket", signature->bucket);
	put_list(json, "frames", signature->frames, frames, INQ_LINE_LONGEST_STRING);
	if (has_places(signature, frames))
		put_list(json, "places", signature->places, frames, INQ_LINE_LONGEST_STRING);
	if (signature->inlines_known)
		inq_json_flag(json, "inlines_known", true);
	put_list(json, "rules", signature->rules, at_most(signature->rule_count, INQ_LINE_MOST_RULES),
		 INQ_LINE_LONGEST_RULE);
	inq_json_end(json);
}

static void put_result(struct inq_json *json, struct inq_ctx *ctx, const struct inq_triage_result *result)
{
	inq_json_begin(json, '{');
	put_path(json, ctx, result->path);
	inq_json_own(json, "status", inq_triage_status_name(result->status));
	put_text(json, "reason", result->reason);
	put_file(json, ctx, result);
	put_process(json, result);
	put_crash(json, result);
	put_signature(json, &result->signature);
	if (result->signature.hash || result->status != INQ_TRIAGE_FAILED)
		inq_json_own(json, "severity", inq_severity_name(result->signature.severity));
	put_text(json, "companions", result->companions);
	put_count(json, "elapsed_ms", result->elapsed_ms);
}

static bool collect(void *data, const char *bytes, size_t size)
{
	struct inq_str *line = data;
	inq_str_add(line, bytes, size);
	return !line->failed;
}

const char *inq_line_write(struct inq_ctx *ctx, const struct inq_triage_result *result)
{
	struct inq_str line = { 0 };
	const struct inq_output output = { .write = collect, .data = &line };
	struct inq_json json;
	inq_json_init_line(&json, &output);
	put_result(&json, ctx, result);
	bool whole = inq_json_finish(&json) == INQ_OK && !line.failed;
	const char *copy = whole ? inq_arena_copy(ctx->arena, line.text, line.length - 1) : NULL;
	inq_str_release(&line);
	if (!copy)
		inq_no_memory(ctx);
	return copy;
}
