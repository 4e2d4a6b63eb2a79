/* Results as bytes, and back. */
#include "lib/triage/record.h"

#include "lib/base/str.h"
#include "lib/base/time.h"

#include <string.h>

struct numbers {
	uint64_t size, mtime_ns, seen, pid, elapsed_ms;
	int32_t signal;
	uint32_t status, confidence, severity, frames, rules, inlines_known;
};

/* The length of a string that is not known. */
static const uint32_t unknown = UINT32_MAX;

/* The single strings of a result, but for its path. */
static const size_t strings[] = {
	offsetof(struct inq_triage_result, reason),
	offsetof(struct inq_triage_result, process.name),
	offsetof(struct inq_triage_result, process.exe),
	offsetof(struct inq_triage_result, process.exe_build_id),
	offsetof(struct inq_triage_result, process.version),
	offsetof(struct inq_triage_result, process.host),
	offsetof(struct inq_triage_result, process.os),
	offsetof(struct inq_triage_result, process.arch),
	offsetof(struct inq_triage_result, crash.signal_name),
	offsetof(struct inq_triage_result, crash.code_name),
	offsetof(struct inq_triage_result, crash.object),
	offsetof(struct inq_triage_result, crash.function),
	offsetof(struct inq_triage_result, crash.diagnosis),
	offsetof(struct inq_triage_result, crash.text),
	offsetof(struct inq_triage_result, signature.hash),
	offsetof(struct inq_triage_result, signature.text),
	offsetof(struct inq_triage_result, signature.kind),
	offsetof(struct inq_triage_result, signature.bucket),
	offsetof(struct inq_triage_result, companions),
};

enum { STRINGS = sizeof strings / sizeof *strings };

static size_t count_ascii(const char *text, size_t most)
{
	size_t count = 0;
	while (count < most && (signed char)text[count] > 0)
		count++;
	return count;
}

/* Copies less than `most` bytes of whole characters; what is none becomes U+FFFD, as in a line. Returns how many. */
static size_t copy_clean(char *to, const char *text, size_t most)
{
	size_t used = count_ascii(text, most - 1);
	memcpy(to, text, used);
	text += used;
	for (size_t left = strlen(text); left;) {
		size_t length = inq_utf8_length(text, left), size = length ? length : 3;
		if (used + size >= most)
			break;
		memcpy(to + used, length ? text : "\xef\xbf\xbd", size);
		used += size;
		text += length ? length : 1;
		left -= length ? length : 1;
	}
	return used;
}

static size_t copy_path(char *to, const char *path, size_t most)
{
	size_t size = inq_line_clipped(path, most);
	memcpy(to, path, size);
	return size;
}

/* The length, the bytes, a NUL. */
static bool put_string(struct inq_bytes *bytes, const char *string, size_t most,
		       size_t (*copy)(char *to, const char *string, size_t most))
{
	uint32_t length = unknown;
	char *to = inq_bytes_room(bytes, sizeof length + most);
	if (!to)
		return false;
	if (string) {
		length = (uint32_t)copy(to + sizeof length, string, most);
		to[sizeof length + length] = '\0';
	}
	memcpy(to, &length, sizeof length);
	bytes->end += sizeof length + (string ? length + 1 : 0);
	return true;
}

static bool put_list(struct inq_bytes *bytes, const char *const *items, size_t count, size_t most)
{
	bool good = true;
	for (size_t i = 0; good && i < count; i++)
		good = put_string(bytes, items && items[i] ? items[i] : "", most, copy_clean);
	return good;
}

static uint32_t at_most(size_t count, uint32_t most)
{
	return count < most ? (uint32_t)count : most;
}

static struct numbers numbers_of(const struct inq_triage_result *result)
{
	const struct inq_signature *signature = &result->signature;
	return (struct numbers) { .size = result->size,
				  .mtime_ns = result->mtime_ns,
				  .seen = inq_time_has_text(result->seen) ? result->seen : INQ_UNKNOWN,
				  .pid = result->process.pid,
				  .elapsed_ms = result->elapsed_ms,
				  .signal = result->crash.signal,
				  .status = (uint32_t)result->status,
				  .confidence = (uint32_t)result->crash.confidence,
				  .severity = (uint32_t)signature->severity,
				  .frames = at_most(signature->frame_count, INQ_SIGNATURE_FRAMES),
				  .rules = at_most(signature->rule_count, INQ_LINE_MOST_RULES),
				  .inlines_known = signature->inlines_known };
}

/* What of a result its line tells: without a hash there is no signature, and a failure has no severity then. */
static struct inq_triage_result as_told(const struct inq_triage_result *result)
{
	struct inq_triage_result told = *result;
	if (told.signature.hash)
		return told;
	told.signature = (struct inq_signature) { .severity = told.signature.severity };
	if (told.status == INQ_TRIAGE_FAILED)
		told.signature.severity = INQ_SEVERITY_NONE;
	return told;
}

static bool put_signature(struct inq_bytes *bytes, const struct inq_signature *signature, const struct numbers *numbers)
{
	return put_list(bytes, signature->frames, numbers->frames, INQ_LINE_LONGEST_STRING) &&
	       put_list(bytes, signature->places, numbers->frames, INQ_LINE_LONGEST_STRING) &&
	       put_list(bytes, signature->rules, numbers->rules, INQ_LINE_LONGEST_RULE);
}

bool inq_record_encode(const struct inq_triage_result *result, struct inq_bytes *ret)
{
	const struct inq_triage_result told = as_told(result);
	struct numbers numbers = numbers_of(&told);
	bool good = inq_bytes_add(ret, &numbers, sizeof numbers) &&
		    put_string(ret, told.path, INQ_LINE_LONGEST_PATH, copy_path);
	for (size_t i = 0; good && i < STRINGS; i++) {
		const char *string;
		memcpy(&string, (const char *)&told + strings[i], sizeof string);
		good = put_string(ret, string, INQ_LINE_LONGEST_STRING, copy_clean);
	}
	return good && put_signature(ret, &told.signature, &numbers);
}

/* What is left of a body, and the first thing that was wrong with it. */
struct reading {
	const char *at;
	size_t left;
	const char *why;
};

static bool is_clean(const char *text, size_t length)
{
	size_t at = count_ascii(text, length);
	while (at < length) {
		size_t size = text[at] ? inq_utf8_length(text + at, length - at) : 0;
		if (!size)
			return false;
		at += size;
	}
	return true;
}

/* The next string of less than `most` bytes; NULL: it is not known, or no string. */
static const char *take(struct reading *reading, size_t most)
{
	uint32_t length;
	if (reading->left < sizeof length) {
		reading->why = "it is cut off";
		return NULL;
	}
	memcpy(&length, reading->at, sizeof length);
	reading->at += sizeof length;
	reading->left -= sizeof length;
	if (length == unknown)
		return NULL;
	if (length >= most || length >= reading->left || reading->at[length]) {
		reading->why = "it has a string that does not end where it says";
		return NULL;
	}
	const char *string = reading->at;
	reading->at += length + 1;
	reading->left -= length + 1;
	return string;
}

static const char *take_clean(struct reading *reading, size_t most)
{
	const char *string = take(reading, most);
	if (string && !is_clean(string, (size_t)(reading->at - string) - 1))
		reading->why = "it has a string that is not UTF-8";
	return string;
}

static const char *const *take_list(struct reading *reading, const char **items, size_t count, size_t most)
{
	for (size_t i = 0; i < count && !reading->why; i++) {
		items[i] = take_clean(reading, most);
		if (!items[i])
			reading->why = "a list of it has a gap";
	}
	return count ? items : NULL;
}

static const char *check_numbers(const struct numbers *numbers)
{
	if (numbers->status > INQ_TRIAGE_FAILED || numbers->confidence > INQ_CERTAIN ||
	    numbers->severity >= INQ_SEVERITY_COUNT || numbers->signal < 0)
		return "it has a value that is not known";
	if (numbers->frames > INQ_SIGNATURE_FRAMES || numbers->rules > INQ_LINE_MOST_RULES)
		return "it has too many frames or rules";
	return NULL;
}

static struct inq_triage_result result_of(const struct numbers *numbers)
{
	struct inq_triage_result result = { .status = (enum inq_triage_status)numbers->status,
					    .size = numbers->size,
					    .mtime_ns = numbers->mtime_ns,
					    .seen = numbers->seen,
					    .elapsed_ms = numbers->elapsed_ms };
	result.process.pid = numbers->pid;
	result.crash.signal = numbers->signal;
	result.crash.confidence = (enum inq_confidence)numbers->confidence;
	result.signature.severity = (enum inq_severity)numbers->severity;
	result.signature.inlines_known = numbers->inlines_known;
	result.signature.frame_count = numbers->frames;
	result.signature.rule_count = numbers->rules;
	return result;
}

static void take_all(struct reading *reading, const struct numbers *numbers, struct inq_record *ret)
{
	struct inq_signature *signature = &ret->result.signature;
	ret->result.path = take(reading, INQ_LINE_LONGEST_PATH);
	for (size_t i = 0; i < STRINGS && !reading->why; i++) {
		const char *string = take_clean(reading, INQ_LINE_LONGEST_STRING);
		memcpy((char *)&ret->result + strings[i], &string, sizeof string);
	}
	signature->frames = take_list(reading, ret->frames, numbers->frames, INQ_LINE_LONGEST_STRING);
	signature->places = take_list(reading, ret->places, numbers->frames, INQ_LINE_LONGEST_STRING);
	signature->rules = take_list(reading, ret->rules, numbers->rules, INQ_LINE_LONGEST_RULE);
	if (!reading->why && (!ret->result.path || !*ret->result.path))
		reading->why = "it has no path";
	if (!reading->why && signature->hash && !inq_line_is_hash(signature->hash))
		reading->why = "it has a hash that is none of a signature";
	if (!reading->why && reading->left)
		reading->why = "it has more bytes than it tells of";
}

const char *inq_record_decode(const char *body, size_t size, struct inq_record *ret)
{
	struct numbers numbers;
	if (size < sizeof numbers)
		return "it is too short";
	memcpy(&numbers, body, sizeof numbers);
	struct reading reading = { body + sizeof numbers, size - sizeof numbers, check_numbers(&numbers) };
	if (reading.why)
		return reading.why;
	ret->result = result_of(&numbers);
	take_all(&reading, &numbers, ret);
	return reading.why;
}
