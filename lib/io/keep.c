/* Keeping part of a stream: the beginning is collected until there is a plan, then each piece goes to its place or nowhere. */
#include "lib/io/keep.h"

#include "lib/base/ranges.h"

#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>

enum { PAGE = INQ_KEEP_PAGE, FIRST_HEAD = 64 << 10 };

/* No stream is followed further, nor so much address space reserved. */
static const uint64_t most_size = UINT64_C(1) << 40;

struct keeper {
	struct inq_ctx *ctx;
	const struct inq_keep *keep;
	struct inq_stream *stream;
	struct inq_keep_plan plan;
	struct inq_kept_part *kept;
	uint8_t *head; /* the beginning, until there is a plan */
	size_t head_size, head_room;
	uint64_t at; /* bytes put in place or passed over */
	size_t next; /* the first range that does not end before `at` */
};

static int by_start(const void *a, const void *b)
{
	const struct inq_range *one = a, *two = b;
	return one->start < two->start ? -1 : one->start > two->start;
}

void inq_ranges_settle(struct inq_range_vec *ranges, uint64_t size)
{
	size_t count = 0;
	if (ranges->count)
		qsort(ranges->items, ranges->count, sizeof *ranges->items, by_start);
	for (size_t i = 0; i < ranges->count; i++) {
		uint64_t start = ranges->items[i].start & ~(uint64_t)(PAGE - 1), end;
		if (!inq_align_up(ranges->items[i].end, PAGE, &end) || end > size)
			end = size;
		if (start >= end)
			continue;
		struct inq_range *last = count ? &ranges->items[count - 1] : NULL;
		if (last && start <= last->end)
			last->end = end > last->end ? end : last->end;
		else
			ranges->items[count++] = (struct inq_range) { start, end };
	}
	ranges->count = count;
}

INQ_RANGES(range, struct inq_range)

const struct inq_range *inq_ranges_at(const struct inq_range_vec *ranges, uint64_t at)
{
	return range_at(ranges->items, ranges->count, at);
}

static bool grow_head(struct keeper *k, size_t size)
{
	if (size <= k->head_room)
		return true;
	uint8_t *head = inq_realloc(k->head, size);
	if (!head)
		return false;
	k->head = head;
	k->head_room = size;
	return true;
}

/* Collects the first `need` bytes, or all that there are. */
static bool collect(struct keeper *k, size_t need)
{
	struct inq_stream *stream = k->stream;
	while (k->head_size < need) {
		size_t have = inq_stream_fill(stream, 1), left = need - k->head_size;
		if (!have)
			break;
		have = have < left ? have : left;
		size_t room = 2 * k->head_room < need ? 2 * k->head_room : need;
		if (!grow_head(k, k->head_size + have > room ? k->head_size + have : room))
			return false;
		memcpy(k->head + k->head_size, stream->buffer + stream->at, have);
		k->head_size += have;
		stream->at += have;
	}
	return true;
}

/* Asks for the plan, with more of the beginning as long as that is wanted. */
static bool make_plan(struct keeper *k, uint64_t memory)
{
	bool planned = false;
	for (uint64_t need = FIRST_HEAD; !planned; need = k->plan.need) {
		uint64_t most = memory / 2;
		bool last = need >= most || need <= k->head_size;
		if (!collect(k, (size_t)(need < most ? need : most)))
			return false;
		if (!k->head_size)
			return true;
		last |= k->head_size < need;
		const struct inq_view head = { .data = k->head, .size = k->head_size };
		planned = k->keep->plan(&head, last, memory, &k->plan) || last;
	}
	if (k->plan.size > most_size)
		k->plan.size = most_size;
	return k->plan.ranges.count;
}

/* Address space for all of it; read-only, so that it costs nothing. As much as there is, when that is less. */
static bool reserve(struct keeper *k, uint64_t memory)
{
	uint64_t size = k->plan.size;
	for (;; size = size / 2 > memory ? size / 2 : memory) {
		if (!inq_align_up(size, PAGE, &size) || size > SIZE_MAX)
			return false;
		void *data = mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		if (data != MAP_FAILED) {
			k->kept->data = data;
			k->kept->reserved = (size_t)size;
			break;
		}
		if (size <= memory)
			return false;
	}
	if (k->plan.size > size)
		k->plan = (struct inq_keep_plan) { .size = size, .ranges = k->plan.ranges, .open_end = true };
	inq_ranges_settle(&k->plan.ranges, k->plan.size);
	return true;
}

/* Gives back the address space behind what was really there. */
static void trim(struct inq_kept_part *kept)
{
	size_t used = (size_t)((kept->size + PAGE - 1) & ~(uint64_t)(PAGE - 1));
	if (used && used < kept->reserved && munmap(kept->data + used, kept->reserved - used) == 0)
		kept->reserved = used;
}

/* Puts bytes in their place. Pages of zeros are left as they are: they read as zeros already, and take no memory. */
static bool put(struct keeper *k, uint64_t at, const uint8_t *bytes, size_t size)
{
	uint64_t first = at & ~(uint64_t)(PAGE - 1), last = (at + size + PAGE - 1) & ~(uint64_t)(PAGE - 1);
	uint8_t *pages = k->kept->data + first;
	if (inq_is_zero(bytes, size))
		return true;
	if (mprotect(pages, (size_t)(last - first), PROT_READ | PROT_WRITE) != 0)
		return false;
	for (size_t done = 0; done < size;) {
		size_t step = PAGE - (size_t)((at + done) % PAGE);
		step = step < size - done ? step : size - done;
		if (!inq_is_zero(bytes + done, step))
			memcpy(k->kept->data + at + done, bytes + done, step);
		done += step;
	}
	return mprotect(pages, (size_t)(last - first), PROT_READ) == 0;
}

/* The next bytes of the stream: those in a range are put, the others passed over. */
static bool take(struct keeper *k, const uint8_t *bytes, uint64_t size)
{
	const struct inq_range_vec *ranges = &k->plan.ranges;
	while (size) {
		const struct inq_range *range = k->next < ranges->count ? &ranges->items[k->next] : NULL;
		bool inside = range && range->start <= k->at;
		uint64_t border = !range ? UINT64_MAX : inside ? range->end : range->start;
		uint64_t step = size < border - k->at ? size : border - k->at;
		if (inside && !put(k, k->at, bytes, (size_t)step))
			return false;
		if (!inside)
			k->kept->passed_over += step;
		k->at += step;
		bytes += step;
		size -= step;
		k->next += inside && k->at == border;
	}
	return true;
}

static bool run(struct keeper *k)
{
	struct inq_stream *stream = k->stream;
	if (!take(k, k->head, k->head_size < k->plan.size ? k->head_size : k->plan.size))
		return false;
	size_t have;
	while (k->at < k->plan.size && (have = inq_stream_fill(stream, 1)) > 0) {
		uint64_t left = k->plan.size - k->at;
		size_t step = have < left ? have : (size_t)left;
		if (!take(k, stream->buffer + stream->at, step))
			return false;
		stream->at += step;
	}
	inq_ranges_settle(&k->plan.ranges, k->at);
	k->kept->cut_off = k->plan.open_end && inq_stream_fill(stream, 1) > 0;
	return true;
}

enum inq_status inq_keep_stream(struct inq_ctx *ctx, const struct inq_keep *keep, struct inq_stream *stream,
				struct inq_kept_part *ret)
{
	struct keeper k = { .ctx = ctx, .keep = keep, .stream = stream, .kept = ret };
	uint64_t memory = keep->memory > INQ_KEEP_LEAST ? keep->memory : INQ_KEEP_LEAST;
	*ret = (struct inq_kept_part) { 0 };
	bool planned = make_plan(&k, memory);
	bool ok = planned && (!k.head_size || (reserve(&k, memory) && run(&k)));
	free(k.head);
	ret->size = k.at;
	ret->ranges = k.plan.ranges;
	if (ok) {
		trim(ret);
		return INQ_OK;
	}
	inq_kept_part_release(ret);
	return inq_no_memory(ctx);
}

void inq_kept_part_release(struct inq_kept_part *kept)
{
	if (kept->data)
		munmap(kept->data, kept->reserved);
	kept->data = NULL;
	inq_range_vec_release(&kept->ranges);
}
