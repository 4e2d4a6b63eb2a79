/* Module: JSON read, by jansson. It bounds the nesting itself (2048 levels) and seeds its hash tables, so that keys made to
 * collide gain nothing. */
#include "lib/io/provider.h"
#include "lib/triage/line_ops.h"

#include <jansson.h>
#include <stdio.h>

static void *parse(const char *bytes, size_t length, char *why, size_t why_size)
{
	json_error_t error;
	json_t *document = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, &error);
	if (json_is_object(document))
		return document;
	snprintf(why, why_size, "%s", document ? "it is an array, not an object" : error.text);
	json_decref(document);
	return NULL;
}

static void release(void *document)
{
	json_decref(document);
}

static enum inq_json_type type(const void *value)
{
	switch (json_typeof((const json_t *)value)) {
	case JSON_OBJECT:
		return INQ_JSON_OBJECT;
	case JSON_ARRAY:
		return INQ_JSON_ARRAY;
	case JSON_STRING:
		return INQ_JSON_STRING;
	case JSON_INTEGER:
		return INQ_JSON_INTEGER;
	case JSON_TRUE:
	case JSON_FALSE:
		return INQ_JSON_BOOL;
	case JSON_REAL:
	case JSON_NULL:
		break;
	}
	return INQ_JSON_OTHER;
}

static const void *member(const void *object, const char *key)
{
	return json_object_get(object, key);
}

static size_t count(const void *array)
{
	return json_array_size(array);
}

static const void *item(const void *array, size_t index)
{
	return json_array_get(array, index);
}

static const char *string(const void *value)
{
	return json_string_value(value);
}

static int64_t integer(const void *value)
{
	return json_integer_value(value);
}

static bool is_true(const void *value)
{
	return json_is_true((const json_t *)value);
}

static const struct inq_line_ops ops = { parse, release, type, member, count, item, string, integer, is_true };

const struct inq_module inq_module = { INQ_MODULE_VERSION, INQ_PROVIDER_LINE, "jansson", &ops };
