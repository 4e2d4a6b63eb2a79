/* The builder: how a format writes the model. */
#include "lib/space/build.h"

#include "lib/base/block.h"
#include "lib/space/arguments.h"
#include "lib/space/join.h"
#include "lib/space/mapping.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Paths are long and have much in common: eight bytes at a time, each step bringing what was in the highest bits down again. */
static unsigned hash_of(const char *bytes, size_t size)
{
	uint64_t hash = size;
	for (; size >= 8; bytes += 8, size -= 8) {
		hash = (hash ^ inq_eight_at(bytes)) * UINT64_C(0x9e3779b97f4a7c15);
		hash ^= hash >> 32;
	}
	for (; size; bytes++, size--)
		hash = (hash ^ (uint8_t)*bytes) * UINT64_C(0x9e3779b97f4a7c15);
	return (unsigned)(hash ^ hash >> 32);
}

#define HASH_NONFATAL_OOM		 1
#define HASH_FUNCTION(bytes, size, hash) ((hash) = hash_of((const char *)(bytes), size))
#define uthash_malloc(size)		 inq_alloc(size)
#include <uthash.h>

/* An interned file: found by everything that tells files apart. */
struct file_entry {
	struct inq_file file;
	UT_hash_handle hh;
	char key[];
};

static enum inq_status begin(struct inq_builder *builder, const char *kind)
{
	struct inq_artefact *artefact = inq_artefact_vec_push(&builder->space->artefacts);
	if (!artefact)
		return inq_no_memory(builder->ctx);
	builder->ctx->artefact = artefact->path = builder->source->path;
	artefact->kind = kind;
	artefact->source = builder->source;
	artefact->size = builder->source->size;
	artefact->pid = INQ_UNKNOWN;
	builder->artefact = artefact;
	return INQ_OK;
}

enum inq_status inq_build_create(struct inq_ctx *ctx, const struct inq_source *source, const char *kind,
				 struct inq_builder *ret)
{
	struct inq_builder builder = { .ctx = ctx, .source = source };
	builder.space = inq_space_create(ctx);
	if (!builder.space)
		return inq_no_memory(ctx);
	enum inq_status status = begin(&builder, kind);
	if (status != INQ_OK)
		inq_space_destroy(builder.space);
	else
		*ret = builder;
	return status;
}

static void release_files(struct inq_builder *builder)
{
	/* The entries are in the arena; only the table itself was allocated. */
	struct file_entry *files = builder->files;
	HASH_CLEAR(hh, files);
	builder->files = NULL;
}

void inq_build_abandon(struct inq_builder *builder)
{
	release_files(builder);
	inq_space_destroy(builder->space);
	builder->space = NULL;
}

enum inq_status inq_build_again(struct inq_builder *builder, const char *kind)
{
	release_files(builder);
	inq_space_clear(builder->space);
	*builder = (struct inq_builder) { .ctx = builder->ctx, .source = builder->source, .space = builder->space };
	return begin(builder, kind);
}

void inq_build_os(struct inq_builder *builder, enum inq_os os)
{
	builder->space->os = os;
	builder->artefact->os = os;
}

void inq_build_machine(struct inq_builder *builder, uint16_t machine, unsigned bits, bool big)
{
	struct inq_machine *m = &builder->space->machine;
	m->elf = machine;
	m->bits = (uint8_t)bits;
	m->big = big;
	m->endian_known = machine != 0;
	m->arch = machine ? inq_arch_find(machine, bits, big) : NULL;
	builder->artefact->machine = *m;
}

struct inq_mapping inq_mapping_unknown(void)
{
	return (struct inq_mapping) { .file_offset = INQ_UNKNOWN, .object = INQ_NO_OBJECT };
}

enum inq_status inq_build_mapping(struct inq_builder *builder, const struct inq_mapping *mapping)
{
	if (mapping->start >= mapping->end) {
		inq_warn(builder->ctx, builder->place.kind, builder->place.at,
			 "the range 0x%" PRIx64 "-0x%" PRIx64 " is empty or reversed; it was left out", mapping->start,
			 mapping->end);
		builder->artefact->partial = true;
		return INQ_OK;
	}
	struct inq_mapping *slot = inq_mapping_vec_push(&builder->space->mappings);
	if (!slot)
		return inq_no_memory(builder->ctx);
	*slot = *mapping;
	slot->place = builder->place;
	slot->data_artefact = 0;
	slot->object = INQ_NO_OBJECT;
	return INQ_OK;
}

static bool same_file(const struct inq_file *file, const char *path, size_t length, const uint64_t ids[4])
{
	return file->inode == ids[2] && file->device_minor == ids[1] && file->device_major == ids[0] &&
	       file->deleted == (ids[3] != 0) && strlen(file->path) == length && memcmp(file->path, path, length) == 0;
}

static const struct inq_file *add_file(struct inq_builder *builder, const char *path, size_t length,
				       const uint64_t ids[4])
{
	enum { SHORT = 512 };
	char few[SHORT];
	size_t key_size = 4 * sizeof *ids + length;
	struct file_entry *files = builder->files, *entry = NULL;
	char *key = key_size <= sizeof few ? few : inq_arena_alloc(builder->ctx->arena, key_size);
	if (!key)
		return NULL;
	memcpy(key, ids, 4 * sizeof *ids);
	memcpy(key + 4 * sizeof *ids, path, length);
	HASH_FIND(hh, files, key, key_size, entry);
	if (entry)
		return &entry->file;
	struct file_entry *added = inq_arena_alloc(builder->ctx->arena, sizeof *added + key_size + 1);
	if (!added)
		return NULL;
	memcpy(added->key, key, key_size);
	added->file = (struct inq_file) { .path = added->key + 4 * sizeof *ids,
					  .device_major = ids[0],
					  .device_minor = ids[1],
					  .inode = ids[2],
					  .deleted = ids[3] != 0 };
	HASH_ADD_KEYPTR(hh, files, added->key, key_size, added);
	builder->files = files;
	return &added->file;
}

const struct inq_file *inq_build_file(struct inq_builder *builder, const char *path, size_t length,
				      uint64_t device_major, uint64_t device_minor, uint64_t inode)
{
	static const char mark[] = " (deleted)";
	if (builder->ctx->quiet)
		return NULL;
	bool deleted =
		length > sizeof mark - 1 && memcmp(path + length - (sizeof mark - 1), mark, sizeof mark - 1) == 0;
	if (deleted)
		length -= sizeof mark - 1;
	const uint64_t ids[4] = { device_major, device_minor, inode, deleted };
	/* Rows of one file stand together, so the last one is nearly always right. */
	if (builder->last_file && same_file(builder->last_file, path, length, ids))
		return builder->last_file;
	builder->last_file = add_file(builder, path, length, ids);
	if (!builder->last_file)
		inq_no_memory(builder->ctx);
	return builder->last_file;
}

struct inq_thread *inq_build_thread(struct inq_builder *builder)
{
	struct inq_thread *thread = inq_thread_vec_push(&builder->space->threads);
	if (!thread) {
		inq_no_memory(builder->ctx);
		return NULL;
	}
	thread->tid = INQ_UNKNOWN;
	thread->signal.sender_pid = thread->signal.sender_uid = INQ_UNKNOWN;
	thread->place = builder->place;
	return thread;
}

uint64_t *inq_build_registers(struct inq_builder *builder, struct inq_thread *thread)
{
	const struct inq_arch *arch = builder->space->machine.arch;
	if (!arch)
		return NULL;
	thread->registers = inq_arena_array(builder->ctx->arena, arch->register_count, sizeof *thread->registers);
	if (!thread->registers)
		inq_no_memory(builder->ctx);
	return thread->registers;
}

struct inq_process *inq_build_process(struct inq_builder *builder)
{
	if (builder->space->process.place.kind == INQ_PLACE_NONE)
		builder->space->process.place = builder->place;
	return &builder->space->process;
}

struct inq_note *inq_build_note(struct inq_builder *builder)
{
	struct inq_note *note = inq_note_vec_push(&builder->space->notes);
	if (!note)
		inq_no_memory(builder->ctx);
	else
		note->place = builder->place;
	return note;
}

enum inq_status inq_build_aux(struct inq_builder *builder, uint64_t type, uint64_t value)
{
	struct inq_aux *aux = inq_aux_vec_push(&builder->space->aux);
	if (!aux)
		return inq_no_memory(builder->ctx);
	*aux = (struct inq_aux) { .type = type, .value = value };
	return INQ_OK;
}

const char *inq_build_string(struct inq_builder *builder, const char *bytes, size_t length)
{
	const char *copy = builder->ctx->quiet ? "" : inq_arena_copy(builder->ctx->arena, bytes, length);
	if (!copy)
		inq_no_memory(builder->ctx);
	return copy;
}

void inq_build_detail(struct inq_builder *builder, const char *format, ...)
{
	va_list arguments;
	if (builder->ctx->quiet)
		return;
	va_start(arguments, format);
	builder->artefact->detail = inq_arena_vprintf(builder->ctx->arena, format, arguments);
	va_end(arguments);
}

static int by_start(const void *a, const void *b)
{
	const struct inq_mapping *one = a, *two = b;
	if (one->start != two->start)
		return one->start < two->start ? -1 : 1;
	return one->place.at < two->place.at ? -1 : one->place.at > two->place.at;
}

static void sort_mappings(struct inq_mapping_vec *mappings)
{
	for (size_t i = 1; i < mappings->count; i++)
		if (mappings->items[i].start < mappings->items[i - 1].start) {
			qsort(mappings->items, mappings->count, sizeof *mappings->items, by_start);
			return;
		}
}

/* No byte may belong to two mappings: what an earlier one covers is cut off the later. */
static void settle_overlaps(struct inq_builder *builder)
{
	struct inq_mapping_vec *mappings = &builder->space->mappings;
	uint64_t end = 0;
	size_t kept = 0;
	while (kept < mappings->count && mappings->items[kept].start >= end) /* nearly always all */
		end = mappings->items[kept++].end;
	for (size_t i = kept; i < mappings->count; i++) {
		struct inq_mapping mapping = mappings->items[i];
		if (mapping.start < end) {
			inq_warn(builder->ctx, mapping.place.kind, mapping.place.at,
				 "0x%" PRIx64 "-0x%" PRIx64 " overlaps what ends at 0x%" PRIx64 "; the common part was "
				 "left to the lower one",
				 mapping.start, mapping.end, end);
			builder->artefact->partial = true;
			if (mapping.end <= end)
				continue;
			mapping = inq_mapping_clip(builder->ctx, &mapping, end, mapping.end);
		}
		end = mapping.end;
		mappings->items[kept++] = mapping;
	}
	mappings->count = kept;
}

static void crashed_first(struct inq_thread_vec *threads)
{
	for (size_t i = 1; i < threads->count; i++) {
		if (!threads->items[i].crashed)
			continue;
		struct inq_thread crashed = threads->items[i];
		memmove(&threads->items[1], &threads->items[0], i * sizeof crashed);
		threads->items[0] = crashed;
		return;
	}
}

struct inq_space *inq_build_seal(struct inq_builder *builder)
{
	struct inq_space *space = builder->space;
	release_files(builder);
	sort_mappings(&space->mappings);
	settle_overlaps(builder);
	if (space->threads.count && !space->threads.items[0].crashed)
		crashed_first(&space->threads);
	if (builder->artefact->pid == INQ_UNKNOWN)
		builder->artefact->pid = space->process.pid;
	space->sealed = true;
	inq_space_whole_arguments(space);
	builder->space = NULL;
	return space;
}
