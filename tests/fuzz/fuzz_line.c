/* Fuzzes what the run of a triage reads that others have written: the bytes on a worker's channel and the results in them,
 * lines, files of lines and stores that are merged. A line that is taken must come out the same when it is written and read
 * again. The first byte chooses. */
#include "lib/base/arena.h"
#include "lib/triage/channel.h"
#include "lib/triage/line.h"
#include "lib/triage/record.h"
#include "lib/triage/want.h"
#include "tests/fuzz/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void read_line(struct inq_ctx *ctx, const char *line, size_t length)
{
	struct inq_triage_result result, again;
	const char *why = NULL;
	if (inq_line_read(ctx, line, length, &result, &why) != INQ_OK)
		return;
	const char *written = inq_line_write(ctx, &result);
	require(written && strlen(written) <= INQ_LINE_MOST && !strchr(written, '\n'));
	require(inq_line_read(ctx, written, strlen(written), &again, &why) == INQ_OK);
	const char *twice = inq_line_write(ctx, &again);
	require(twice && strcmp(written, twice) == 0);
}

static void read_record(struct inq_ctx *ctx, const struct inq_message *message)
{
	struct inq_record record, again;
	struct inq_bytes bytes = { 0 };
	if (inq_record_decode(message->body, message->size, &record))
		return;
	const char *line = inq_line_write(ctx, &record.result);
	require(line && strlen(line) <= INQ_LINE_MOST);
	read_line(ctx, line, strlen(line));
	require(inq_record_encode(&record.result, &bytes));
	require(!inq_record_decode(bytes.bytes, bytes.end, &again));
	require(strcmp(again.result.path, record.result.path) == 0);
	free(bytes.bytes);
}

static void read_body(struct inq_ctx *ctx, const struct inq_message *message)
{
	struct inq_item item;
	struct inq_slice slice;
	struct inq_want want;
	require(message->size <= INQ_MESSAGE_MOST);
	if (inq_item_decode(message->body, message->size, ctx->arena, &item, &slice))
		require(item.path != NULL);
	if (inq_want_decode(message->body, message->size, &want))
		require(strlen(want.path) < sizeof want.path && want.build_id_size < message->size);
	if (message->kind == INQ_MESSAGE_RESULT)
		read_record(ctx, message);
}

static void read_messages(struct inq_ctx *ctx, const uint8_t *data, size_t size)
{
	struct inq_message message;
	struct inq_channel channel = { .fd = -1 };
	channel.in = (struct inq_bytes) { .bytes = malloc(size + 1), .end = size, .capacity = size + 1 };
	require(channel.in.bytes != NULL);
	memcpy(channel.in.bytes, data, size);
	while (inq_channel_take(&channel, &message) == INQ_CHANNEL_DONE)
		read_body(ctx, &message);
	inq_channel_release(&channel);
}

static bool take_result(void *data, const struct inq_triage_result *result, const char *line)
{
	(void)data;
	require(result->path && line);
	return true;
}

static bool take_group(void *data, const struct inq_triage_group *group)
{
	(void)data;
	require(group->size && group->representative);
	return true;
}

static void merge(const uint8_t *data, size_t size)
{
	const struct inq_triage_events events = { .result = take_result, .group = take_group };
	const struct inq_triage_options options = { 0 };
	char path[64];
	int fd = fuzz_file(data, size);
	if (fd < 0)
		return;
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	inq_triage_merge((const char *const[]) { path }, 1, &options, &events);
	close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct inq_ctx ctx = { .arena = inq_arena_create(), .artefact = "input" };
	switch (size ? data[0] : 0) {
	case 'm':
		read_messages(&ctx, data + 1, size - 1);
		break;
	case 'f':
		merge(data + 1, size - 1);
		break;
	default:
		read_line(&ctx, (const char *)data, size);
		break;
	}
	inq_string_vec_release(&ctx.warnings);
	inq_arena_destroy(ctx.arena);
	return 0;
}
