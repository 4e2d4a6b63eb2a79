/* The channel between the run and a worker: a Unix socket on which messages go, each a head and a body. Both ends are the same
 * program, forked, but a worker may have been taken over by what it read: the run believes no length and no text. */
#ifndef INQ_TRIAGE_CHANNEL_H
#define INQ_TRIAGE_CHANNEL_H

#include "lib/triage/analyse.h"
#include "lib/triage/bytes.h"

enum inq_message_kind {
	/* to the worker */
	INQ_MESSAGE_ITEM = 1, /* an item and its slice */
	/* to the run, about the oldest item that has not ended */
	INQ_MESSAGE_BEGIN,  /* the path that is looked at now */
	INQ_MESSAGE_RESULT, /* as a record (lib/triage/record.h) */
	INQ_MESSAGE_END, /* of the item; body: one byte, not 0 when the worker ends with it and wants to be replaced */
	INQ_MESSAGE_WANT, /* an object's file that the symbol cache has nothing of, or too little (lib/triage/indexer.h) */
	INQ_MESSAGE_ARCHIVE, /* instead of results: the item is an archive, and may be given out in parts. Ends the item */
};

/* Bytes of a body at most: a result, or an item with its paths. */
enum { INQ_MESSAGE_MOST = 1 << 20 };

struct inq_message {
	enum inq_message_kind kind;
	const char *body;
	size_t size;
};

/* A zeroed struct with `fd` set is a channel. With `wait` its calls wait for the other end (the worker's side). */
struct inq_channel {
	int fd;
	bool wait;
	struct inq_bytes in, out;
};

enum inq_channel_state {
	INQ_CHANNEL_DONE,
	INQ_CHANNEL_LATER, /* the other end must act first */
	INQ_CHANNEL_CLOSED /* the other end is gone, or sent what no message is; or memory is out */
};

void inq_channel_release(struct inq_channel *channel); /* closes it */

/* Puts a message behind those that wait to be sent; false without memory. */
bool inq_channel_put(struct inq_channel *channel, enum inq_message_kind kind, const char *body, size_t size);
/* Sends what waits. */
enum inq_channel_state inq_channel_flush(struct inq_channel *channel);
/* The next message, if it is there whole; it is valid until the next call. */
enum inq_channel_state inq_channel_take(struct inq_channel *channel, struct inq_message *ret);
/* Reads what is there. DONE: something was. */
enum inq_channel_state inq_channel_fill(struct inq_channel *channel);

/* An item as the body of a message, appended to *ret (which may hold others); false without memory or when it is too long. */
bool inq_item_encode(const struct inq_item *item, const struct inq_slice *slice, struct inq_bytes *ret);
/* The item in a body, its strings in the body, its companions in `arena`. False when it is none. */
bool inq_item_decode(const char *body, size_t size, struct inq_arena *arena, struct inq_item *item,
		     struct inq_slice *slice);

#endif
