/* Sending and receiving messages, in buffers that grow to what is needed and no further. */
#include "lib/triage/channel.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct head {
	uint32_t size, kind;
};

enum { READ_AT_ONCE = 64 << 10, KEPT = 256 << 10 };

/* What one large message took is not kept for the small ones that follow. */
static void shrink(struct inq_bytes *bytes)
{
	if (bytes->start != bytes->end || bytes->capacity <= KEPT)
		return;
	free(bytes->bytes);
	*bytes = (struct inq_bytes) { 0 };
}

void inq_channel_release(struct inq_channel *channel)
{
	if (channel->fd >= 0)
		close(channel->fd);
	free(channel->in.bytes);
	free(channel->out.bytes);
	*channel = (struct inq_channel) { .fd = -1 };
}

bool inq_channel_put(struct inq_channel *channel, enum inq_message_kind kind, const char *body, size_t size)
{
	if (size > INQ_MESSAGE_MOST)
		return false;
	struct head head = { (uint32_t)size, kind };
	return inq_bytes_room(&channel->out, sizeof head + size) && inq_bytes_add(&channel->out, &head, sizeof head) &&
	       inq_bytes_add(&channel->out, body, size);
}

static enum inq_channel_state state_of(int error)
{
	return error == EAGAIN || error == EWOULDBLOCK ? INQ_CHANNEL_LATER : INQ_CHANNEL_CLOSED;
}

/* The worker's side writes by the calls that its sandbox leaves it. A run that is gone ends it by SIGPIPE. */
static ssize_t send_some(const struct inq_channel *channel)
{
	const char *from = channel->out.bytes + channel->out.start;
	size_t size = channel->out.end - channel->out.start;
	return channel->wait ? write(channel->fd, from, size)
			     : send(channel->fd, from, size, MSG_DONTWAIT | MSG_NOSIGNAL);
}

enum inq_channel_state inq_channel_flush(struct inq_channel *channel)
{
	while (channel->out.start < channel->out.end) {
		ssize_t sent = send_some(channel);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0)
			return state_of(errno);
		channel->out.start += (size_t)sent;
	}
	shrink(&channel->out);
	return INQ_CHANNEL_DONE;
}

enum inq_channel_state inq_channel_fill(struct inq_channel *channel)
{
	char *to = inq_bytes_room(&channel->in, READ_AT_ONCE);
	if (!to)
		return INQ_CHANNEL_CLOSED;
	ssize_t got;
	do
		got = channel->wait ? read(channel->fd, to, READ_AT_ONCE)
				    : recv(channel->fd, to, READ_AT_ONCE, MSG_DONTWAIT);
	while (got < 0 && errno == EINTR);
	if (got <= 0)
		return got < 0 ? state_of(errno) : INQ_CHANNEL_CLOSED;
	channel->in.end += (size_t)got;
	return INQ_CHANNEL_DONE;
}

static bool is_kind(uint32_t kind)
{
	return kind >= INQ_MESSAGE_ITEM && kind <= INQ_MESSAGE_ARCHIVE;
}

enum inq_channel_state inq_channel_take(struct inq_channel *channel, struct inq_message *ret)
{
	struct inq_bytes *in = &channel->in;
	struct head head;
	shrink(in);
	if (in->end - in->start < sizeof head)
		return INQ_CHANNEL_LATER;
	memcpy(&head, in->bytes + in->start, sizeof head);
	if (head.size > INQ_MESSAGE_MOST || !is_kind(head.kind))
		return INQ_CHANNEL_CLOSED;
	if (in->end - in->start - sizeof head < head.size)
		return INQ_CHANNEL_LATER;
	*ret = (struct inq_message) { (enum inq_message_kind)head.kind, in->bytes + in->start + sizeof head,
				      head.size };
	in->start += sizeof head + head.size;
	return INQ_CHANNEL_DONE;
}

/* What of an item has a fixed size. Its strings follow in the order of the struct, each with a NUL; one that is not known is
 * a lone byte 1, which begins no path. */
struct fixed {
	struct inq_slice slice;
	uint64_t size, mtime_ns, pid, seen, companions;
	uint32_t kind, named;
};

static const char unknown[] = "\1";

enum { STRINGS = 6 };

static bool append_string(struct inq_bytes *bytes, const char *string)
{
	string = string ? string : unknown;
	return inq_bytes_add(bytes, string, strlen(string) + 1);
}

bool inq_item_encode(const struct inq_item *item, const struct inq_slice *slice, struct inq_bytes *ret)
{
	struct fixed fixed = { *slice,
			       item->size,
			       item->mtime_ns,
			       item->pid,
			       item->seen,
			       item->companion_count,
			       (uint32_t)item->kind,
			       item->named };
	const char *const strings[STRINGS] = { item->path, item->identity, item->exe,
					       item->name, item->host,	   item->version };
	size_t before = ret->end - ret->start;
	bool good = inq_bytes_add(ret, &fixed, sizeof fixed);
	for (size_t i = 0; good && i < STRINGS; i++)
		good = append_string(ret, strings[i]);
	for (size_t i = 0; good && i < item->companion_count; i++)
		good = append_string(ret, item->companions[i]);
	return good && ret->end - ret->start - before <= INQ_MESSAGE_MOST;
}

/* The next string of a body that ends at `end`; false when none ends there. */
static bool take_string(const char **at, const char *end, const char **ret)
{
	const char *string = *at, *nul = memchr(string, '\0', (size_t)(end - string));
	if (!nul)
		return false;
	*ret = strcmp(string, unknown) == 0 ? NULL : string;
	*at = nul + 1;
	return true;
}

bool inq_item_decode(const char *body, size_t size, struct inq_arena *arena, struct inq_item *item,
		     struct inq_slice *slice)
{
	struct fixed fixed;
	if (size < sizeof fixed)
		return false;
	memcpy(&fixed, body, sizeof fixed);
	const char *at = body + sizeof fixed, *end = body + size;
	const char **companions =
		fixed.companions <= size ? inq_arena_array(arena, fixed.companions, sizeof *companions) : NULL;
	*slice = fixed.slice;
	*item = (struct inq_item) { .kind = (enum inq_item_kind)fixed.kind,
				    .named = fixed.named,
				    .size = fixed.size,
				    .mtime_ns = fixed.mtime_ns,
				    .pid = fixed.pid,
				    .seen = fixed.seen,
				    .companions = companions,
				    .companion_count = fixed.companions };
	const char **const strings[STRINGS] = { &item->path, &item->identity, &item->exe,
						&item->name, &item->host,     &item->version };
	bool good = companions != NULL;
	for (size_t i = 0; good && i < STRINGS; i++)
		good = take_string(&at, end, strings[i]);
	for (size_t i = 0; good && i < fixed.companions; i++)
		good = take_string(&at, end, &companions[i]);
	return good && at == end && item->path;
}
