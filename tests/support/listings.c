/* Reading of listings, for tests. */
#include "tests/support/listings.h"

#include "lib/space/join.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct test_listing read_one(struct test_listings *test, const struct inq_format *format,
				    struct inq_input *input)
{
	struct test_listing listing = { .format = format, .status = INQ_NO_MEMORY };
	struct inq_builder builder;
	input->end = input->source->size;
	input->end_line = input->line;
	if (inq_build_create(&test->ctx, input->source, format->name, &builder) != INQ_OK)
		return listing;
	listing.status = format->read(&test->ctx, input, &builder);
	if (listing.status == INQ_OK || listing.status == INQ_PARTIAL)
		listing.space = inq_build_seal(&builder);
	else
		inq_build_abandon(&builder);
	return listing;
}

void test_listings_read(struct test_listings *test, const char *name, const uint8_t *data, size_t size)
{
	*test = (struct test_listings) { .ctx = { .arena = inq_arena_create(), .artefact = name } };
	if (!test->ctx.arena || inq_source_from_memory(data, size, name, &test->source) != INQ_OK)
		return;
	struct inq_input input = { .source = test->source, .line = 1 };
	while (input.offset < size) {
		const struct inq_format *format = inq_format_detect(&input);
		if (!format)
			return;
		if (test->count == TEST_MOST_LISTINGS || !format->read) {
			test->stopped_early = true;
			return;
		}
		test->items[test->count++] = read_one(test, format, &input);
		if (!format->text || input.end <= input.offset)
			return;
		input.offset = input.end;
		input.line = input.end_line;
	}
}

void test_listings_end(struct test_listings *test)
{
	for (size_t i = 0; i < test->count; i++)
		inq_space_destroy(test->items[i].space);
	inq_source_close(test->source);
	inq_string_vec_release(&test->ctx.warnings);
	inq_arena_destroy(test->ctx.arena);
}

bool test_listings_warned(const struct test_listings *test, const char *text)
{
	for (size_t i = 0; i < test->ctx.warnings.count; i++)
		if (strstr(test->ctx.warnings.items[i], text))
			return true;
	return false;
}

char *test_file(const char *path, size_t *size)
{
	FILE *file = fopen(path, "rb");
	if (!file)
		return NULL;
	size_t capacity = 1 << 16, length = 0, got;
	char *bytes = malloc(capacity + 1);
	while (bytes && (got = fread(bytes + length, 1, capacity - length, file)) > 0) {
		length += got;
		if (length == capacity)
			bytes = realloc(bytes, (capacity *= 2) + 1);
	}
	fclose(file);
	if (bytes)
		bytes[length] = '\0';
	*size = length;
	return bytes;
}
