/* Reading of expected values. */
#include "tests/support/truth.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool test_truth_next(const char **cursor, struct test_truth *ret)
{
	const char *listings = strstr(*cursor, "\"listings\"");
	const char *open = strchr(listings ? listings : *cursor, listings ? '[' : '{');
	open = open && listings ? strchr(open, '{') : open;
	const char *close = open ? strchr(open, '}') : NULL;
	if (!close)
		return false;
	*ret = (struct test_truth) { open, (size_t)(close - open) };
	*cursor = close + 1;
	return true;
}

static const char *value_of(const struct test_truth *truth, const char *key)
{
	char quoted[64];
	snprintf(quoted, sizeof quoted, "\"%s\":", key);
	const char *found = memmem(truth->text, truth->length, quoted, strlen(quoted));
	return found ? found + strlen(quoted) + strspn(found + strlen(quoted), " ") : NULL;
}

bool test_truth_number(const struct test_truth *truth, const char *key, uint64_t *ret)
{
	const char *value = value_of(truth, key);
	if (!value)
		return false;
	*ret = *value == '"' ? strtoull(value + 1, NULL, 16) : strtoull(value, NULL, 10);
	return true;
}

bool test_truth_string(const struct test_truth *truth, const char *key, char *buffer, size_t size)
{
	const char *value = value_of(truth, key), *end = value && *value == '"' ? strchr(value + 1, '"') : NULL;
	if (!end || (size_t)(end - value) > size)
		return false;
	memcpy(buffer, value + 1, (size_t)(end - value) - 1);
	buffer[end - value - 1] = '\0';
	return true;
}
