/* JSON read: what the module `jansson` does for the library. It calls nothing of libinquest. */
#ifndef INQ_TRIAGE_LINE_OPS_H
#define INQ_TRIAGE_LINE_OPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum inq_json_type {
	INQ_JSON_OBJECT,
	INQ_JSON_ARRAY,
	INQ_JSON_STRING,
	INQ_JSON_INTEGER,
	INQ_JSON_BOOL,
	INQ_JSON_OTHER
};

/* Values belong to their document. A function for a type is called for values of that type only. */
struct inq_line_ops {
	/* The object that these bytes are; NULL, with the reason in `why`, when they are anything else: other values, bytes
	 * behind it, a key twice, invalid UTF-8, a NUL in a string, an integer beyond 64 bits, deep nesting. */
	void *(*parse)(const char *bytes, size_t length, char *why, size_t why_size);
	void (*release)(void *document);
	enum inq_json_type (*type)(const void *value);
	const void *(*member)(const void *object, const char *key); /* NULL: there is none */
	size_t (*count)(const void *array);
	const void *(*item)(const void *array, size_t index);
	const char *(*string)(const void *value);
	int64_t (*integer)(const void *value);
	bool (*is_true)(const void *value);
};

#endif
