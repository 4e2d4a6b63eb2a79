/* An append-only JSON writer: brackets, keys and values go out in the order of the calls, in chunks of 64 KiB, and
 * nothing is kept. It puts the commas; the caller sees to it that keys and values alternate inside an object.
 *
 * The layout is for people with grep: one member of the document per line, one element of its arrays per line, what is
 * deeper stays on that line; a compact document stands on one line. Strings become valid UTF-8: bytes that are not turn into U+FFFD, control characters are
 * escaped. Addresses are strings "0x…". */
#ifndef INQ_RENDER_JSON_WRITER_H
#define INQ_RENDER_JSON_WRITER_H

#include <inquest/render.h>

#include <string.h>

enum { INQ_JSON_CHUNK = 1 << 16, INQ_JSON_DEPTH = 16 };

struct inq_json {
	const struct inq_output *output;
	size_t used;
	unsigned depth;
	bool compact;	/* no line breaks, for documents that are one line of a file */
	bool comma;	/* a value precedes at this level */
	bool after_key; /* a key was written, its value comes next */
	bool stopped;	/* the output refused: the rest is dropped */
	char closing[INQ_JSON_DEPTH];
	char bytes[INQ_JSON_CHUNK];
};

void inq_json_init(struct inq_json *json, const struct inq_output *output);
/* The same for a compact document. */
void inq_json_init_line(struct inq_json *json, const struct inq_output *output);
/* Hands what is held to the output; false once it stopped. */
bool inq_json_flush(struct inq_json *json);
/* Closes what is open, ends the line, flushes. INQ_UNUSABLE when the output stopped. */
enum inq_status inq_json_finish(struct inq_json *json);

/* `bracket` is '{' or '['. */
void inq_json_begin(struct inq_json *json, char bracket);
void inq_json_end(struct inq_json *json);
void inq_json_string(struct inq_json *json, const char *string);
/* A short word of our own, such as the name of a class, in which nothing needs an escape. */
void inq_json_word(struct inq_json *json, const char *word);
void inq_json_number(struct inq_json *json, uint64_t value);
/* A number given in tenths: 342 is 34.2. */
void inq_json_tenths(struct inq_json *json, uint64_t tenths);
/* With at most six digits behind the point; what is no number is 0. */
void inq_json_double(struct inq_json *json, double value);
void inq_json_signed(struct inq_json *json, int64_t value);
void inq_json_hex(struct inq_json *json, uint64_t value);
void inq_json_bool(struct inq_json *json, bool value);
/* A key that is not known at compile time, such as the name of a register. */
void inq_json_name(struct inq_json *json, const char *key);

/* What precedes a key or value: comma, line break. Called by the functions here only. */
void inq_json_separate(struct inq_json *json);

/* Room for `size` bytes, at most a chunk. The caller adds to `used` what it wrote. */
static inline char *inq_json_room(struct inq_json *json, size_t size)
{
	if (sizeof(json->bytes) - json->used < size)
		inq_json_flush(json);
	return json->bytes + json->used;
}

/* Inline, so that the compiler knows the length of a literal key: this is the hottest call of a large map. */
static inline void inq_json_key(struct inq_json *json, const char *key)
{
	size_t length = strlen(key);
	inq_json_separate(json);
	char *to = inq_json_room(json, length + 3);
	to[0] = '"';
	memcpy(to + 1, key, length);
	to[length + 1] = '"';
	to[length + 2] = ':';
	json->used += length + 3;
	json->after_key = true;
}

/* Members. What is not known (NULL, INQ_UNKNOWN) is left out. */
static inline void inq_json_text(struct inq_json *json, const char *key, const char *value)
{
	if (value) {
		inq_json_key(json, key);
		inq_json_string(json, value);
	}
}

static inline void inq_json_own(struct inq_json *json, const char *key, const char *word)
{
	inq_json_key(json, key);
	inq_json_word(json, word);
}

static inline void inq_json_count(struct inq_json *json, const char *key, uint64_t value)
{
	if (value != INQ_UNKNOWN) {
		inq_json_key(json, key);
		inq_json_number(json, value);
	}
}

static inline void inq_json_address(struct inq_json *json, const char *key, uint64_t value)
{
	if (value != INQ_UNKNOWN) {
		inq_json_key(json, key);
		inq_json_hex(json, value);
	}
}

static inline void inq_json_flag(struct inq_json *json, const char *key, bool value)
{
	inq_json_key(json, key);
	inq_json_bool(json, value);
}

static inline void inq_json_open(struct inq_json *json, const char *key, char bracket)
{
	inq_json_key(json, key);
	inq_json_begin(json, bracket);
}

/* A list of strings. */
void inq_json_strings(struct inq_json *json, const char *key, const char *const *items, size_t count);

#endif
