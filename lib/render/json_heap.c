/* The document inquest.heap/1. */
#include "lib/render/json_parts.h"

static void put_sum(struct inq_json *json, const char *key, const struct inq_heap_sum *sum)
{
	inq_json_open(json, key, '{');
	inq_json_count(json, "bytes", sum->bytes);
	inq_json_count(json, "count", sum->count);
	inq_json_end(json);
}

void inq_json_chunk(struct inq_json *json, const struct inq_heap_chunk *chunk)
{
	inq_json_address(json, "start", chunk->start);
	inq_json_count(json, "size", chunk->size);
	inq_json_address(json, "user", chunk->user);
	inq_json_own(json, "state", inq_chunk_state_name(chunk->state));
	inq_json_text(json, "where", chunk->where);
	inq_json_text(json, "symbol", chunk->symbol);
}

static void put_arena(struct inq_json *json, const struct inq_heap_arena *arena)
{
	inq_json_begin(json, '{');
	inq_json_text(json, "kind", arena->kind);
	inq_json_address(json, "start", arena->start);
	inq_json_count(json, "size", arena->size);
	put_sum(json, "in_use", &arena->in_use);
	put_sum(json, "free", &arena->free);
	inq_json_count(json, "top", arena->top);
	inq_json_count(json, "overhead", arena->overhead);
	inq_json_count(json, "unwalked", arena->unwalked);
	inq_json_count(json, "threads", arena->threads);
	inq_json_end(json);
}

static void put_error(struct inq_json *json, const struct inq_heap_error *error)
{
	inq_json_begin(json, '{');
	inq_json_address(json, "address", error->address);
	inq_json_text(json, "text", error->text);
	inq_json_own(json, "confidence", inq_confidence_name(error->confidence));
	inq_json_strings(json, "evidence", error->evidence.items, error->evidence.count);
	if (error->has_before) {
		inq_json_open(json, "before", '{');
		inq_json_chunk(json, &error->before);
		inq_json_end(json);
	}
	inq_json_end(json);
}

static void put_clusters(struct inq_json *json, const char *key, const struct inq_heap_cluster *clusters, size_t count)
{
	inq_json_open(json, key, '[');
	for (size_t i = 0; i < count; i++) {
		inq_json_begin(json, '{');
		inq_json_count(json, "size", clusters[i].size);
		inq_json_text(json, "symbol", clusters[i].symbol);
		inq_json_count(json, "count", clusters[i].sum.count);
		inq_json_count(json, "bytes", clusters[i].sum.bytes);
		inq_json_address(json, "example", clusters[i].example);
		inq_json_end(json);
	}
	inq_json_end(json);
}

static void put_sizes(struct inq_json *json, const struct inq_heap *heap)
{
	inq_json_open(json, "by_size", '[');
	for (size_t i = 0; i < heap->size_count; i++) {
		inq_json_begin(json, '{');
		inq_json_count(json, "size", heap->by_size[i].size);
		put_sum(json, "in_use", &heap->by_size[i].in_use);
		put_sum(json, "free", &heap->by_size[i].free);
		inq_json_end(json);
	}
	inq_json_end(json);
}

static void put_chunks(struct inq_json *json, const struct inq_heap *heap)
{
	inq_json_open(json, "largest", '[');
	for (size_t i = 0; i < heap->largest_count; i++) {
		inq_json_begin(json, '{');
		inq_json_chunk(json, &heap->largest[i]);
		inq_json_end(json);
	}
	inq_json_end(json);
}

static void put_lists(struct inq_json *json, const struct inq_heap *heap)
{
	inq_json_open(json, "arenas", '[');
	for (size_t i = 0; i < heap->arena_count; i++)
		put_arena(json, &heap->arenas[i]);
	inq_json_end(json);
	put_sizes(json, heap);
	put_chunks(json, heap);
	inq_json_open(json, "errors", '[');
	for (size_t i = 0; i < heap->error_count; i++)
		put_error(json, &heap->errors[i]);
	inq_json_end(json);
	if (heap->types)
		put_clusters(json, "types", heap->types, heap->type_count);
	if (heap->searched_leaks)
		put_clusters(json, "leaks", heap->leaks, heap->leak_count);
}

void inq_json_heap_document(struct inq_json *json, const struct inq_report *report)
{
	const struct inq_heap *heap = report->heap;
	inq_json_document(json, "inquest.heap/1");
	inq_json_warnings(json, report);
	inq_json_process(json, report);
	if (!heap)
		return;
	inq_json_text(json, "allocator", heap->allocator);
	inq_json_text(json, "version_guess", heap->version_guess);
	inq_json_own(json, "confidence", inq_confidence_name(heap->confidence));
	inq_json_strings(json, "evidence", heap->evidence.items, heap->evidence.count);
	inq_json_count(json, "total", heap->total);
	put_sum(json, "in_use", &heap->in_use);
	put_sum(json, "free", &heap->free);
	inq_json_flag(json, "reconciled", heap->reconciled);
	inq_json_text(json, "checked", heap->checked);
	put_lists(json, heap);
}
