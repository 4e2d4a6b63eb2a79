/* The whole heap: every chunk of every segment, and whether the sums are what malloc itself counted.
 *
 * Chunks in tcaches and fastbins are counted as in use at first, since they look so, and moved to the free ones at the end: by
 * then the walk has also come by the tcaches of threads whose pointers to them were not found. */
#include "lib/heap/glibc/glibc.h"

#include "lib/heap/blocks.h"

#include <inttypes.h>

struct job {
	struct inq_glibc *glibc;
	unsigned parts;
	struct inq_heap *heap;
	struct inq_heap_arena *arenas; /* of the report: the last is of the mmapped chunks */
	struct inq_tally tally;
	struct inq_glibc_check check;
	struct inq_blocks blocks;
	bool indexed; /* `blocks` is wanted */
	uint64_t unwalked;
};

static void count_chunk(struct job *job, struct inq_heap_arena *arena, const struct inq_glibc_chunk *chunk)
{
	struct inq_heap_chunk told = { .start = chunk->start,
				       .size = chunk->size,
				       .user = chunk->start + 2 * job->glibc->words.word,
				       .state = chunk->top	? INQ_CHUNK_TOP
						: chunk->in_use ? INQ_CHUNK_IN_USE
								: INQ_CHUNK_FREE };
	inq_tally_chunk(&job->tally, arena, &told);
	if (job->indexed)
		inq_blocks_put(&job->blocks, chunk->start, told.state == INQ_CHUNK_IN_USE);
	if (told.state == INQ_CHUNK_FREE && job->parts & INQ_HEAP_CHECK)
		inq_glibc_check_free(&job->check, chunk);
	if (chunk->disputed && job->parts & INQ_HEAP_CHECK)
		inq_glibc_check_disputed(&job->check, chunk);
	if (told.state == INQ_CHUNK_IN_USE && inq_glibc_is_tcache_size(job->glibc, chunk->size))
		inq_glibc_try_tcache(job->glibc, chunk->start, chunk->size);
}

/* Tells of the damage and moves on behind it; false when nothing is found there. */
static bool pass_damage(struct job *job, struct inq_glibc_walk *walk, struct inq_heap_arena *arena)
{
	uint64_t at = walk->at, head = walk->head;
	const char *damage = walk->damage;
	bool more = inq_glibc_resync(walk);
	uint64_t lost = (more ? walk->at : walk->segment->end) - at;
	arena->unwalked += lost;
	job->unwalked += lost;
	if (inq_words_piece(&job->glibc->words, at, &(uint64_t) { 1 }))
		inq_glibc_error(&job->check, at, more ? "behind it chunks follow each other again" : NULL,
				"the chunk's size is 0x%" PRIx64
				": %s; it was overwritten, or the one before it is not "
				"what it says",
				head, damage);
	return more;
}

static void walk_segment(struct job *job, const struct inq_glibc_segment *segment)
{
	struct inq_heap_arena *arena = &job->arenas[segment->arena];
	struct inq_glibc_walk walk = inq_glibc_walk_from(job->glibc, segment, segment->start);
	struct inq_glibc_chunk chunk;
	uint64_t sum = arena->in_use.bytes + arena->free.bytes + arena->top + arena->unwalked;
	enum inq_glibc_step step;
	while ((step = inq_glibc_next(&walk, &chunk)) != INQ_GLIBC_END) {
		if (step == INQ_GLIBC_CHUNK)
			count_chunk(job, arena, &chunk);
		else if (!pass_damage(job, &walk, arena))
			break;
	}
	sum = arena->in_use.bytes + arena->free.bytes + arena->top + arena->unwalked - sum;
	arena->overhead += segment->end - segment->base - sum;
}

static void walk_mmapped(struct job *job)
{
	struct inq_glibc *glibc = job->glibc;
	struct inq_heap_arena *arena = &job->arenas[glibc->arenas.count];
	for (size_t i = 0; i < glibc->mmapped.count; i++) {
		const struct inq_glibc_mmapped *mapped = &glibc->mmapped.items[i];
		struct inq_heap_chunk chunk = { .start = mapped->start,
						.size = mapped->size,
						.user = mapped->start + 2 * glibc->words.word,
						.state = INQ_CHUNK_IN_USE,
						.where = "mmapped" };
		inq_tally_chunk(&job->tally, arena, &chunk);
		arena->size += mapped->start - mapped->base + mapped->size;
		arena->overhead += mapped->start - mapped->base;
		if (job->indexed)
			inq_blocks_put(&job->blocks, mapped->start, true);
	}
}

static void move_cached(struct job *job)
{
	const struct inq_glibc *glibc = job->glibc;
	for (size_t i = 0; i < glibc->cached.count; i++) {
		const struct inq_glibc_cached *cached = &glibc->cached.items[i];
		const struct inq_glibc_segment *segment = inq_glibc_segment_at(glibc, cached->chunk);
		if (!segment)
			continue;
		inq_tally_was_free(&job->tally, &job->arenas[segment->arena], cached->chunk, cached->size);
		if (job->indexed)
			inq_blocks_not_live(&job->blocks, cached->chunk);
	}
}

static bool make_arenas(struct job *job)
{
	const struct inq_glibc *glibc = job->glibc;
	size_t count = glibc->arenas.count + (glibc->mmapped.count > 0);
	job->arenas = inq_arena_array(glibc->space->ctx->arena, count + 1, sizeof *job->arenas);
	for (size_t i = 0; job->arenas && i < glibc->arenas.count; i++) {
		const struct inq_glibc_arena *from = &glibc->arenas.items[i];
		job->arenas[i] = (struct inq_heap_arena) { .kind = from->main ? "main" : "thread",
							   .start = from->address,
							   .size = from->system_mem,
							   .threads = from->attached };
	}
	if (job->arenas && glibc->mmapped.count)
		job->arenas[glibc->arenas.count] = (struct inq_heap_arena) { .kind = "mmapped",
									     .start = glibc->mmapped.items[0].start,
									     .threads = INQ_UNKNOWN };
	job->heap->arenas = job->arenas;
	job->heap->arena_count = job->arenas ? count : 0;
	return job->arenas;
}

static bool make_index(struct job *job)
{
	const struct inq_glibc *glibc = job->glibc;
	unsigned word = glibc->words.word, shift = glibc->layout.align == 16 ? 4 : 3;
	job->blocks = inq_blocks(glibc->space, 2 * word, word);
	job->indexed = job->parts & (INQ_HEAP_LEAKS | INQ_HEAP_TYPES);
	bool done = true;
	for (size_t i = 0; job->indexed && done && i < glibc->segments.count; i++)
		done = inq_blocks_add(&job->blocks, glibc->segments.items[i].start, glibc->segments.items[i].end, shift,
				      false);
	for (size_t i = 0; job->indexed && done && i < glibc->mmapped.count; i++) {
		const struct inq_glibc_mmapped *chunk = &glibc->mmapped.items[i];
		done = inq_blocks_add(&job->blocks, chunk->start, chunk->start + chunk->size, shift, true);
	}
	inq_blocks_sort(&job->blocks);
	return done;
}

/* What malloc counts against what was found: the heaps of each arena, where the brk heap begins, the mmapped chunks. */
static const char *mismatch(const struct job *job)
{
	const struct inq_glibc *glibc = job->glibc;
	const struct inq_glibc_parameters *parameters = &glibc->parameters;
	struct inq_arena *arena = glibc->space->ctx->arena;
	for (size_t i = 0; i < glibc->arenas.count; i++) {
		const struct inq_heap_arena *one = &job->arenas[i];
		uint64_t sum = one->in_use.bytes + one->free.bytes + one->top + one->unwalked + one->overhead;
		if (sum != one->size)
			return inq_arena_printf(arena,
						"the arena at 0x%" PRIx64 " has %" PRIu64
						" bytes by its own count; %" PRIu64 " were found",
						one->start, one->size, sum);
	}
	uint64_t mapped = job->arenas[glibc->arenas.count].size;
	if (parameters->known && mapped != parameters->mmapped_bytes)
		return inq_arena_printf(
			arena, "malloc counts %" PRIu64 " bytes in chunks that it mapped; %" PRIu64 " were found",
			parameters->mmapped_bytes, mapped);
	return NULL;
}

static void reconcile(struct job *job)
{
	const struct inq_glibc *glibc = job->glibc;
	struct inq_heap *heap = job->heap;
	struct inq_arena *arena = glibc->space->ctx->arena;
	const char *different = mismatch(job);
	heap->reconciled = !different && !job->unwalked && !heap->error_count;
	if (different)
		heap->checked = different;
	else if (heap->reconciled)
		heap->checked =
			inq_arena_printf(arena, "the chunks of each arena add up to its system_mem%s, to the byte",
					 glibc->parameters.known ? ", and the mapped ones to mp_.mmapped_mem" : "");
	else if (job->unwalked)
		heap->checked = inq_arena_printf(
			arena, "%" PRIu64 " bytes could not be walked: damaged, or not in the core", job->unwalked);
	else
		heap->checked = "all chunks add up, but there are errors";
}

static void give_reasons(struct job *job)
{
	struct inq_glibc *glibc = job->glibc;
	struct inq_ctx *ctx = glibc->space->ctx;
	struct inq_string_vec evidence = { 0 };
	inq_heap_say(ctx, &evidence, "main_arena is at 0x%" PRIx64 ": %s", glibc->main,
		     glibc->by_symbol ? "libc's symbol says so, and most of its 127 bins are whole"
				      : "its 127 bins point to themselves or to free chunks that point back");
	if (!glibc->chain_broken)
		inq_heap_say(ctx, &evidence, "the chain of %zu arena%s comes back to it", glibc->arenas.count,
			     glibc->arenas.count == 1 ? "" : "s");
	if (glibc->parameters.known)
		inq_heap_say(ctx, &evidence, "mp_.sbrk_base is 0x%" PRIx64 ", where the first chunk was found",
			     glibc->parameters.sbrk_base);
	inq_heap_say(ctx, &evidence, "%zu tcache%s found; %zu free chunks are in tcaches and fastbins",
		     glibc->tcaches.count, glibc->tcaches.count == 1 ? "" : "s", glibc->cached.count);
	job->heap->version_guess = inq_glibc_version(glibc, &evidence);
	if (job->check.dropped)
		inq_heap_say(ctx, &evidence, "%" PRIu64 " errors more are not listed", job->check.dropped);
	if (job->blocks.unseen)
		inq_heap_say(ctx, &evidence,
			     "%" PRIu64 " bytes of writable memory are not in the core: pointers there are not seen",
			     job->blocks.unseen);
	job->heap->evidence = inq_heap_evidence(ctx, &evidence);
	job->heap->confidence = glibc->chain_broken ? INQ_LIKELY : INQ_CERTAIN;
}

static enum inq_status keep_errors(struct job *job)
{
	struct inq_ctx *ctx = job->glibc->space->ctx;
	inq_glibc_check_finish(&job->check);
	size_t count = job->check.errors.count;
	struct inq_heap_error *kept = inq_arena_array(ctx->arena, count, sizeof *kept);
	for (size_t i = 0; kept && i < count; i++)
		kept[i] = job->check.errors.items[i];
	inq_heap_error_vec_release(&job->check.errors);
	job->heap->errors = kept;
	job->heap->error_count = kept ? count : 0;
	return kept && !job->check.no_memory ? INQ_OK : inq_no_memory(ctx);
}

static enum inq_status cluster(struct job *job)
{
	struct inq_heap *heap = job->heap;
	enum inq_status status = INQ_OK;
	if (job->parts & INQ_HEAP_TYPES)
		status = inq_blocks_cluster(&job->blocks, false, &heap->types, &heap->type_count);
	if (status == INQ_OK && job->parts & INQ_HEAP_LEAKS) {
		status = inq_blocks_reach(&job->blocks);
		if (status == INQ_OK)
			status = inq_blocks_cluster(&job->blocks, true, &heap->leaks, &heap->leak_count);
		heap->searched_leaks = status == INQ_OK;
	}
	return status;
}

static enum inq_status run(struct job *job)
{
	struct inq_glibc *glibc = job->glibc;
	enum inq_status status = inq_glibc_collect(glibc);
	if (status != INQ_OK || !make_arenas(job) || !make_index(job))
		return inq_no_memory(glibc->space->ctx);
	for (size_t i = 0; i < glibc->segments.count; i++)
		walk_segment(job, &glibc->segments.items[i]);
	walk_mmapped(job);
	status = inq_glibc_follow_lists(glibc, &job->check);
	if (status != INQ_OK)
		return status;
	move_cached(job);
	if (job->parts & INQ_HEAP_CHECK)
		inq_glibc_check_bins(&job->check);
	status = inq_tally_finish(&job->tally, glibc->space, job->heap);
	if (status == INQ_OK)
		status = keep_errors(job);
	if (status == INQ_OK)
		status = cluster(job);
	if (status == INQ_OK) {
		reconcile(job);
		give_reasons(job);
	}
	return status;
}

enum inq_status inq_glibc_walk_all(struct inq_space *space, void *state, unsigned parts, struct inq_heap *ret)
{
	struct job job = { .glibc = state, .parts = parts, .heap = ret, .check = { .glibc = state } };
	(void)space;
	enum inq_status status = run(&job);
	inq_heap_error_vec_release(&job.check.errors);
	inq_counts_release(&job.tally.sizes);
	inq_blocks_release(&job.blocks);
	return status;
}
