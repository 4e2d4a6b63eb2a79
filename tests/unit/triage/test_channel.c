/* Messages between the run and its workers: what is put in comes out, in any cut; and what a worker that was taken over may
 * send is refused. */
#include "lib/triage/channel.h"

#include "tests/support/spaces.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct inq_channel run, worker;

static void set_up(void)
{
	int ends[2];
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	run = (struct inq_channel) { .fd = ends[0] };
	worker = (struct inq_channel) { .fd = ends[1], .wait = true };
}

static void tear_down(void)
{
	inq_channel_release(&run);
	inq_channel_release(&worker);
}

static struct inq_message next(struct inq_channel *channel)
{
	struct inq_message message;
	enum inq_channel_state state;
	while ((state = inq_channel_take(channel, &message)) == INQ_CHANNEL_LATER)
		ck_assert_int_eq(inq_channel_fill(channel), INQ_CHANNEL_DONE);
	ck_assert_int_eq(state, INQ_CHANNEL_DONE);
	return message;
}

START_TEST(test_messages_keep_their_order)
{
	ck_assert(inq_channel_put(&worker, INQ_MESSAGE_BEGIN, "a.tar//x", 8));
	ck_assert(inq_channel_put(&worker, INQ_MESSAGE_RESULT, "{}", 2));
	ck_assert(inq_channel_put(&worker, INQ_MESSAGE_END, NULL, 0));
	ck_assert_int_eq(inq_channel_flush(&worker), INQ_CHANNEL_DONE);
	struct inq_message message = next(&run);
	ck_assert(message.kind == INQ_MESSAGE_BEGIN && message.size == 8 && memcmp(message.body, "a.tar//x", 8) == 0);
	message = next(&run);
	ck_assert(message.kind == INQ_MESSAGE_RESULT && message.size == 2 && memcmp(message.body, "{}", 2) == 0);
	message = next(&run);
	ck_assert(message.kind == INQ_MESSAGE_END && message.size == 0);
	ck_assert_int_eq(inq_channel_take(&run, &message), INQ_CHANNEL_LATER);
	ck_assert_int_eq(inq_channel_fill(&run), INQ_CHANNEL_LATER);
}
END_TEST

/* The run's end never waits: it sends what the socket takes, and the rest later. */
START_TEST(test_large_messages_do_not_block)
{
	char *body = malloc(INQ_MESSAGE_MOST);
	memset(body, 'x', INQ_MESSAGE_MOST);
	for (int i = 0; i < 4; i++)
		ck_assert(inq_channel_put(&run, INQ_MESSAGE_ITEM, body, INQ_MESSAGE_MOST));
	ck_assert(!inq_channel_put(&run, INQ_MESSAGE_ITEM, body, INQ_MESSAGE_MOST + 1));
	ck_assert_int_eq(inq_channel_flush(&run), INQ_CHANNEL_LATER);
	for (int i = 0; i < 4; i++) {
		struct inq_message message;
		enum inq_channel_state state;
		while ((state = inq_channel_take(&worker, &message)) == INQ_CHANNEL_LATER) {
			inq_channel_flush(&run);
			ck_assert_int_eq(inq_channel_fill(&worker), INQ_CHANNEL_DONE);
		}
		ck_assert(message.size == INQ_MESSAGE_MOST && memcmp(message.body, body, message.size) == 0);
	}
	free(body);
}
END_TEST

static void send_raw(const void *bytes, size_t size)
{
	ck_assert_int_eq((int)write(worker.fd, bytes, size), (int)size);
	ck_assert_int_eq(inq_channel_fill(&run), INQ_CHANNEL_DONE);
}

START_TEST(test_nonsense_is_refused)
{
	static const uint32_t heads[][2] = { { INQ_MESSAGE_MOST + 1, INQ_MESSAGE_RESULT },
					     { UINT32_MAX, INQ_MESSAGE_RESULT },
					     { 0, 0 },
					     { 0, INQ_MESSAGE_ARCHIVE + 1 } };
	struct inq_message message;
	send_raw(heads[_i], sizeof heads[_i]);
	ck_assert_int_eq(inq_channel_take(&run, &message), INQ_CHANNEL_CLOSED);
}
END_TEST

START_TEST(test_an_end_is_noticed)
{
	static const uint32_t head[2] = { 10, INQ_MESSAGE_RESULT };
	struct inq_message message;
	send_raw(head, sizeof head);
	ck_assert_int_eq(inq_channel_take(&run, &message), INQ_CHANNEL_LATER);
	close(worker.fd);
	worker.fd = -1;
	ck_assert_int_eq(inq_channel_fill(&run), INQ_CHANNEL_CLOSED);
	ck_assert(inq_channel_put(&run, INQ_MESSAGE_ITEM, "x", 1));
	ck_assert_int_eq(inq_channel_flush(&run), INQ_CHANNEL_CLOSED); /* and no SIGPIPE */
}
END_TEST

static const char *const beside[] = { "a/hs_err.log", "a/maps" };
static const struct inq_item full = { .kind = INQ_ITEM_PACKED,
				      .named = true,
				      .path = "a/core",
				      .identity = "core",
				      .size = 77,
				      .mtime_ns = 88,
				      .exe = "/bin/x",
				      .host = "h",
				      .pid = INQ_UNKNOWN,
				      .seen = 99,
				      .companions = beside,
				      .companion_count = 2 };

START_TEST(test_items_survive)
{
	const struct inq_slice slice = { 1, 2, 3 };
	struct inq_slice got_slice;
	struct inq_item item;
	struct inq_bytes body = { 0 };
	struct inq_arena *arena = inq_arena_create();
	ck_assert(inq_item_encode(&full, &slice, &body));
	ck_assert(inq_item_decode(body.bytes, body.end, arena, &item, &got_slice));
	ck_assert(item.kind == full.kind && item.named && item.size == 77 && item.mtime_ns == 88);
	ck_assert(item.pid == INQ_UNKNOWN && item.seen == 99 && item.companion_count == 2);
	ck_assert_str_eq(item.path, "a/core");
	ck_assert_str_eq(item.identity, "core");
	ck_assert_str_eq(item.exe, "/bin/x");
	ck_assert_str_eq(item.host, "h");
	ck_assert(!item.name && !item.version);
	ck_assert_str_eq(item.companions[1], "a/maps");
	ck_assert(got_slice.part == 1 && got_slice.parts == 2 && got_slice.skip == 3);
	for (size_t cut = 0; cut < body.end; cut++)
		ck_assert(!inq_item_decode(body.bytes, cut, arena, &item, &got_slice));
	inq_arena_destroy(arena);
	free(body.bytes);
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("channel");
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, test_messages_keep_their_order);
	tcase_add_test(tcase, test_large_messages_do_not_block);
	tcase_add_loop_test(tcase, test_nonsense_is_refused, 0, 4);
	tcase_add_test(tcase, test_an_end_is_noticed);
	tcase_add_test(tcase, test_items_survive);
	Suite *suite = suite_create("channel");
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
