/* Apport's reports. The format is that of problem_report.py (python3-problem-report): "Key: value" lines; a value of several
 * lines goes on in lines that begin with a space. The value "base64" says that those lines are base64, each for itself, of a
 * gzip or zstd stream that runs through all of them; one line may hold a MiB. Text comes before what is base64. */
#include "lib/triage/apport.h"

#include "lib/base/str.h"
#include "lib/io/stream.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LONGEST_KEY = 64, LONGEST_VALUE = 4 << 20, MOST_LINES = 1 << 20 };

struct inq_apport {
	struct inq_ctx *ctx;
	struct inq_stream text;
	struct inq_apport_fields fields;
	struct inq_reader core;
	/* Of base64: the bits that make no byte yet, and where in the lines it is. */
	uint32_t bits;
	unsigned digits;
	bool padded, in_line, ended;
	const char *failure;
};

/* A line without its line feed; what is longer than `most` is read and left out. False at the end. */
static bool read_line(struct inq_stream *stream, struct inq_str *line, size_t most)
{
	size_t have;
	bool any = false;
	line->length = 0;
	while ((have = inq_stream_fill(stream, 1)) > 0) {
		const char *at = (const char *)stream->buffer + stream->at, *end = memchr(at, '\n', have);
		size_t size = end ? (size_t)(end - at) : have, room = most - line->length;
		inq_str_add(line, at, size < room ? size : room);
		stream->at += end ? size + 1 : size;
		any = true;
		if (end)
			break;
	}
	return any && !line->failed;
}

/* "Sun Nov 22 11:31:58 2026", as asctime writes it. It names no zone: taken as UTC. */
static uint64_t read_date(const char *text)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	char month[4] = "";
	struct tm tm = { 0 };
	if (sscanf(text, "%*3s %3s %2d %2d:%2d:%2d %4d", month, &tm.tm_mday, &tm.tm_hour, &tm.tm_min, &tm.tm_sec,
		   &tm.tm_year) != 6)
		return INQ_UNKNOWN;
	const char *found = strlen(month) == 3 ? strstr(months, month) : NULL;
	if (!found || (found - months) % 3)
		return INQ_UNKNOWN;
	tm.tm_mon = (int)(found - months) / 3;
	tm.tm_year -= 1900;
	time_t seconds = timegm(&tm);
	return seconds < 0 ? INQ_UNKNOWN : (uint64_t)seconds;
}

/* The number behind `label` at the beginning of a line of /proc/PID/status. */
static uint64_t read_status(const char *text, const char *label)
{
	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, label, strlen(label)) == 0)
			return strtoull(line + strlen(label), NULL, 10);
	}
	return INQ_UNKNOWN;
}

static const char *copy(struct inq_apport *apport, const struct inq_str *value)
{
	return value->length ? inq_arena_copy(apport->ctx->arena, value->text, value->length) : NULL;
}

static void take_package(struct inq_apport *apport, const struct inq_str *value)
{
	apport->fields.package = copy(apport, value);
	const char *space = apport->fields.package ? strchr(apport->fields.package, ' ') : NULL;
	apport->fields.version = space && space[1] ? space + 1 : NULL;
}

/* A whole value of a key. */
static void take(struct inq_apport *apport, const char *key, const struct inq_str *value)
{
	struct inq_apport_fields *fields = &apport->fields;
	const char *text = value->text ? value->text : "";
	if (strcmp(key, "ExecutablePath") == 0) {
		fields->exe = copy(apport, value);
	} else if (strcmp(key, "Package") == 0) {
		take_package(apport, value);
	} else if (strcmp(key, "Date") == 0) {
		fields->seen = read_date(text);
	} else if (strcmp(key, "Signal") == 0) {
		fields->signal = strtoull(text, NULL, 10);
	} else if (strcmp(key, "ProcStatus") == 0) {
		fields->pid = read_status(text, "Pid:");
	} else if (strcmp(key, "ProcMaps") == 0) {
		fields->maps = copy(apport, value);
		fields->maps_size = fields->maps ? value->length : 0;
	}
}

/* Splits "Key: value"; false when it is none. */
static bool split(const struct inq_str *line, char key[static LONGEST_KEY], struct inq_str *value)
{
	const char *colon = line->length ? memchr(line->text, ':', line->length) : NULL;
	size_t size = colon ? (size_t)(colon - line->text) : 0;
	if (!size || size >= LONGEST_KEY)
		return false;
	memcpy(key, line->text, size);
	key[size] = '\0';
	size_t skipped = size + 1;
	while (skipped < line->length && line->text[skipped] == ' ')
		skipped++;
	value->length = 0;
	inq_str_add(value, line->text + skipped, line->length - skipped);
	return true;
}

static void go_on(struct inq_str *value, const struct inq_str *line)
{
	if (line->length > LONGEST_VALUE - value->length)
		return;
	if (value->length)
		inq_str_putc(value, '\n');
	inq_str_add(value, line->text + 1, line->length - 1);
}

/* Reads lines until the core begins. False when it does not. */
static bool find_core(struct inq_apport *apport, struct inq_str *line, struct inq_str *value)
{
	char key[LONGEST_KEY] = "";
	for (size_t count = 0; count < MOST_LINES && read_line(&apport->text, line, LONGEST_VALUE); count++) {
		if (line->length && line->text[0] == ' ') {
			go_on(value, line);
			continue;
		}
		take(apport, key, value);
		if (!split(line, key, value))
			return false;
		if (strcmp(key, "CoreDump") == 0)
			return value->length == strlen("base64") && memcmp(value->text, "base64", value->length) == 0;
	}
	return false;
}

/* The value of a digit of base64 (RFC 4648, 4); 64 for the padding, -1 for anything else. */
static int digit(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : c == '=' ? 64 : -1;
}

static int64_t fail(struct inq_apport *apport, const char *why)
{
	apport->failure = why;
	apport->ended = true;
	return -EBADMSG;
}

/* The next character of the lines; false where they end. */
static bool step(struct inq_apport *apport, uint8_t c)
{
	if (!apport->in_line) {
		apport->ended = c != ' ';
		apport->in_line = true;
		apport->digits = 0;
		apport->padded = false;
	} else if (c == '\n') {
		apport->in_line = false;
	}
	return !apport->ended;
}

/* One digit; *ret is a byte when that is whole. */
static int put_digit(struct inq_apport *apport, int value, uint8_t *ret)
{
	if (value == 64 || apport->padded) {
		bool good = value == 64 && apport->digits % 4 >= 2;
		apport->padded = true;
		return good || (value == 64 && apport->digits % 4 == 0) ? 0 : -1;
	}
	apport->bits = apport->bits << 6 | (uint32_t)value;
	unsigned place = apport->digits++ % 4;
	if (!place)
		return 0;
	*ret = (uint8_t)(apport->bits >> (6 - 2 * place));
	return 1;
}

static int64_t read_core(void *data, void *buffer, size_t size)
{
	struct inq_apport *apport = data;
	struct inq_stream *text = &apport->text;
	uint8_t *to = buffer;
	size_t done = 0, have;
	while (done < size && !apport->ended && (have = inq_stream_fill(text, 1)) > 0) {
		for (; have && done < size; have--) {
			uint8_t c = text->buffer[text->at++];
			bool starts = !apport->in_line;
			if (!step(apport, c))
				break;
			if (starts || c == '\n' || c == '\r')
				continue;
			int value = digit(c), got = value < 0 ? -1 : put_digit(apport, value, to + done);
			if (got < 0)
				return fail(apport, "its base64 is damaged");
			done += (size_t)got;
		}
	}
	if (!done && text->error)
		return -text->error;
	return (int64_t)done;
}

static const char *why(void *data)
{
	struct inq_apport *apport = data;
	return apport->failure ? apport->failure : inq_stream_why(&apport->text);
}

enum inq_status inq_apport_open(struct inq_ctx *ctx, const struct inq_reader *input, struct inq_apport **ret)
{
	struct inq_apport *apport = inq_alloc(sizeof *apport);
	struct inq_str line = { 0 }, value = { 0 };
	if (!apport)
		return inq_no_memory(ctx);
	*apport = (struct inq_apport) { .ctx = ctx };
	apport->fields.pid = apport->fields.seen = apport->fields.signal = INQ_UNKNOWN;
	apport->core = (struct inq_reader) { .read = read_core, .why = why, .data = apport };
	bool opened = inq_stream_open(&apport->text, input), found = opened && find_core(apport, &line, &value);
	bool failed = !opened || line.failed || value.failed;
	inq_str_release(&line);
	inq_str_release(&value);
	if (found && !failed) {
		*ret = apport;
		return INQ_OK;
	}
	inq_apport_close(apport);
	if (failed)
		return inq_no_memory(ctx);
	inq_warn(ctx, INQ_PLACE_NONE, 0,
		 "there is no core in this report of apport; see whether it was cut or stripped");
	return INQ_UNUSABLE;
}

void inq_apport_close(struct inq_apport *apport)
{
	if (!apport)
		return;
	inq_stream_close(&apport->text);
	free(apport);
}

const struct inq_apport_fields *inq_apport_fields(const struct inq_apport *apport)
{
	return &apport->fields;
}

const struct inq_reader *inq_apport_core(struct inq_apport *apport)
{
	return &apport->core;
}
