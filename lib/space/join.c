/* Joining spaces: two sorted maps are swept side by side, and cut wherever either has a border. */
#include "lib/space/join.h"

#include "lib/space/mapping.h"

#include <string.h>
#include <unistd.h>

static void set_unknown(struct inq_process *process)
{
	process->pid = process->ppid = process->uid = process->gid = process->start_time = process->death_time =
		INQ_UNKNOWN;
}

struct inq_space *inq_space_create(struct inq_ctx *ctx)
{
	struct inq_space *space = inq_alloc(sizeof *space);
	if (!space || !inq_mapping_vec_push(&space->mappings)) {
		free(space);
		return NULL;
	}
	space->mappings.count = 0; /* but there is an array, so that "behind the last" is a place in it */
	space->ctx = ctx;
	set_unknown(&space->process);
	return space;
}

/* The vectors that readers fill: X(vector, member). */
#define READ_VECTORS(X)                                                                                                \
	X(inq_artefact_vec, artefacts)                                                                                 \
	X(inq_mapping_vec, mappings)                                                                                   \
	X(inq_thread_vec, threads)                                                                                     \
	X(inq_note_vec, notes)                                                                                         \
	X(inq_aux_vec, aux)                                                                                            \
	X(inq_string_vec, titles)                                                                                      \
	X(inq_memstat_vec, kernel.memstats)                                                                            \
	X(inq_kmastat_vec, kernel.kmastats)                                                                            \
	X(inq_kstat_vec, kernel.kstats)                                                                                \
	X(inq_vmstat_vec, kernel.vmstats)                                                                              \
	X(inq_histogram_vec, histograms)

#define EMPTIED(vec, member) .member = { .items = space->member.items, .capacity = space->member.capacity },

void inq_space_clear(struct inq_space *space)
{
	*space = (struct inq_space) { .ctx = space->ctx, READ_VECTORS(EMPTIED) };
	set_unknown(&space->process);
}

/* Its file goes into the cache, with what was made of it if that is good for another incident too. */
static void release_object(struct inq_cache *cache, struct inq_object *object)
{
	bool keep = cache && object->file && object->file_key.inode;
	struct inq_kept kept = { .file = object->file };
	for (size_t i = 0; i < INQ_MADE; i++) {
		const struct inq_made *made = &object->made[i];
		if (made->data && keep && made->keep(made->data))
			kept.made[i] = *made;
		else if (made->data)
			made->destroy(made->data);
	}
	if (object->compared)
		close(object->compared - 1);
	if (keep)
		inq_cache_keep(cache, &object->file_key, &kept);
	else
		inq_source_close(object->file);
}

static void release_objects(struct inq_space *space)
{
	for (size_t i = 0; i < space->objects.count; i++)
		release_object(space->cache, &space->objects.items[i]);
	inq_object_vec_release(&space->objects);
}

/* Appends their tables to ours. */
#define JOIN_TABLES(vec, ours, theirs)                                                                                 \
	for (size_t i = 0; i < (theirs)->count; i++) {                                                                 \
		void *slot = vec##_push(ours);                                                                         \
		if (!slot)                                                                                             \
			return inq_no_memory(ctx);                                                                     \
		memcpy(slot, &(theirs)->items[i], sizeof *(theirs)->items);                                            \
	}

static enum inq_status join_kernel(struct inq_ctx *ctx, struct inq_kernel_tables *ours,
				   const struct inq_kernel_tables *theirs)
{
	JOIN_TABLES(inq_memstat_vec, &ours->memstats, &theirs->memstats)
	JOIN_TABLES(inq_kmastat_vec, &ours->kmastats, &theirs->kmastats)
	JOIN_TABLES(inq_kstat_vec, &ours->kstats, &theirs->kstats)
	JOIN_TABLES(inq_vmstat_vec, &ours->vmstats, &theirs->vmstats)
	return INQ_OK;
}

static enum inq_status join_histograms(struct inq_ctx *ctx, struct inq_histogram_vec *ours,
				       const struct inq_histogram_vec *theirs)
{
	JOIN_TABLES(inq_histogram_vec, ours, theirs)
	return INQ_OK;
}

void inq_space_destroy(struct inq_space *space)
{
	if (!space)
		return;
	if (space->types_destroy)
		space->types_destroy(space->types);
	if (space->unwinder_destroy)
		space->unwinder_destroy(space->unwinder);
	if (space->heap_destroy)
		space->heap_destroy(space->heap);
	release_objects(space);
#define RELEASED(vec, member) vec##_release(&space->member);
	READ_VECTORS(RELEASED)
	free(space);
}

/* One piece of the joined map, known to both: the bytes of the one that has them, and of each fact the telling one. */
static struct inq_mapping both(const struct inq_mapping *ours, const struct inq_mapping *theirs)
{
	struct inq_mapping piece = *ours;
	if (!ours->data_size && theirs->data_size) {
		piece.data_offset = theirs->data_offset;
		piece.data_size = theirs->data_size;
		piece.data_artefact = theirs->data_artefact;
	}
	if (!ours->name)
		piece.name = theirs->name;
	if (!ours->file) {
		piece.file = theirs->file;
		piece.file_offset = theirs->file_offset;
	} else if (ours->file_offset == INQ_UNKNOWN) {
		piece.file_offset = theirs->file_offset;
	}
	if (!ours->usage)
		piece.usage = theirs->usage;
	if (!ours->vm_flags)
		piece.vm_flags = theirs->vm_flags;
	if (!(ours->permissions & INQ_PERM_KNOWN))
		piece.permissions = theirs->permissions;
	piece.flags = (uint8_t)(ours->flags | theirs->flags);
	return piece;
}

struct sweep {
	struct inq_space *space;
	struct inq_mapping_vec joined;
	void (*conflict)(void *data, const struct inq_mapping *ours, const struct inq_mapping *theirs);
	void *data;
};

static enum inq_status add_piece(struct sweep *sweep, const struct inq_mapping *ours, const struct inq_mapping *theirs,
				 uint64_t start, uint64_t end)
{
	struct inq_ctx *ctx = sweep->space->ctx;
	struct inq_mapping *slot = inq_mapping_vec_push(&sweep->joined);
	if (!slot)
		return inq_no_memory(ctx);
	struct inq_mapping one = inq_mapping_clip(ctx, ours ? ours : theirs, start, end);
	if (ours && theirs) {
		struct inq_mapping two = inq_mapping_clip(ctx, theirs, start, end);
		if (sweep->conflict)
			sweep->conflict(sweep->data, &one, &two);
		one = both(&one, &two);
	}
	*slot = one;
	return INQ_OK;
}

static uint64_t smaller(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* `at` is the first address not yet written; a map that is used up counts as starting at the end of all addresses. */
static enum inq_status sweep_maps(struct sweep *sweep, const struct inq_mapping_vec *a, const struct inq_mapping_vec *b)
{
	size_t i = 0, j = 0;
	uint64_t at = 0;
	enum inq_status status = INQ_OK;
	while (status == INQ_OK && (i < a->count || j < b->count)) {
		const struct inq_mapping *ours = i < a->count ? &a->items[i] : NULL;
		const struct inq_mapping *theirs = j < b->count ? &b->items[j] : NULL;
		uint64_t next_ours = ours ? (ours->start > at ? ours->start : at) : UINT64_MAX;
		uint64_t next_theirs = theirs ? (theirs->start > at ? theirs->start : at) : UINT64_MAX;
		uint64_t start = smaller(next_ours, next_theirs), end;
		bool has_ours = ours && next_ours == start, has_theirs = theirs && next_theirs == start;
		if (has_ours && has_theirs)
			end = smaller(ours->end, theirs->end);
		else if (has_ours)
			end = smaller(ours->end, next_theirs);
		else
			end = smaller(theirs->end, next_ours);
		status = add_piece(sweep, has_ours ? ours : NULL, has_theirs ? theirs : NULL, start, end);
		at = end;
		i += ours && ours->end <= at;
		j += theirs && theirs->end <= at;
	}
	return status;
}

static enum inq_status join_maps(struct inq_space *space, struct inq_space *more, struct sweep *sweep)
{
	uint32_t shift = (uint32_t)space->artefacts.count;
	if (more->mappings.count)
		space->sparse = more->sparse && (space->sparse || !space->mappings.count);
	for (size_t i = 0; i < more->mappings.count; i++) {
		more->mappings.items[i].place.artefact += shift;
		more->mappings.items[i].data_artefact += shift;
	}
	if (!space->mappings.count) {
		struct inq_mapping_vec empty = space->mappings;
		space->mappings = more->mappings;
		more->mappings = empty;
		return INQ_OK;
	}
	enum inq_status status = more->mappings.count ? sweep_maps(sweep, &space->mappings, &more->mappings) : INQ_OK;
	if (!more->mappings.count)
		return status;
	if (status == INQ_OK) {
		inq_mapping_vec_release(&space->mappings);
		space->mappings = sweep->joined;
	} else {
		inq_mapping_vec_release(&sweep->joined);
	}
	return status;
}

static void fill(uint64_t *ours, uint64_t theirs)
{
	if (*ours == INQ_UNKNOWN)
		*ours = theirs;
}

static void fill_string(const char **ours, const char *theirs)
{
	if (!*ours)
		*ours = theirs;
}

/* Cores cut the arguments at 80 bytes: the whole ones begin with the same. */
static void fill_arguments(const char **ours, const char *theirs)
{
	size_t length = *ours ? strlen(*ours) : 0;
	while (length && (*ours)[length - 1] == ' ')
		length--;
	if (theirs && strlen(theirs) > length && (!length || strncmp(*ours, theirs, length) == 0))
		*ours = theirs;
}

static void join_process(struct inq_process *ours, const struct inq_process *theirs)
{
	if (ours->place.kind == INQ_PLACE_NONE)
		ours->place = theirs->place;
	fill(&ours->pid, theirs->pid);
	fill(&ours->ppid, theirs->ppid);
	fill(&ours->uid, theirs->uid);
	fill(&ours->gid, theirs->gid);
	fill(&ours->start_time, theirs->start_time);
	fill(&ours->death_time, theirs->death_time);
	fill_string(&ours->name, theirs->name);
	fill_arguments(&ours->args, theirs->args);
	fill_string(&ours->exe, theirs->exe);
	fill_string(&ours->cwd, theirs->cwd);
	fill_string(&ours->host, theirs->host);
	fill_string(&ours->os_release, theirs->os_release);
	fill_string(&ours->last_words, theirs->last_words);
	fill_string(&ours->parents, theirs->parents);
	ours->kernel |= theirs->kernel;
}

static uint64_t place_of(const struct inq_space *space, const struct inq_thread *thread)
{
	uint64_t pc = INQ_UNKNOWN;
	if (thread->stack.count)
		return thread->stack.frames[0].pc;
	return inq_thread_pc(space, thread, &pc) ? pc : INQ_UNKNOWN;
}

/* The thread of ours that another artefact tells of: by its number, or by the place where it stood. */
static struct inq_thread *same_thread(struct inq_space *space, const struct inq_space *more,
				      const struct inq_thread *theirs)
{
	uint64_t pc = place_of(more, theirs);
	for (size_t i = 0; i < space->threads.count; i++) {
		struct inq_thread *ours = &space->threads.items[i];
		bool numbered = ours->tid != INQ_UNKNOWN && theirs->tid != INQ_UNKNOWN;
		if (numbered ? ours->tid == theirs->tid : pc != INQ_UNKNOWN && place_of(space, ours) == pc)
			return ours;
	}
	return NULL;
}

/* A stack alone tells no signal; the kernel's log, of the same thread, does. */
static void join_signal(struct inq_space *space, const struct inq_space *more)
{
	const struct inq_thread *theirs = more->threads.count ? more->threads.items : NULL;
	bool told = space->threads.count && space->threads.items[0].signal.number;
	struct inq_thread *ours =
		!told && theirs && theirs->crashed && theirs->signal.number ? same_thread(space, more, theirs) : NULL;
	if (!ours || (space->threads.items[0].crashed && ours != space->threads.items))
		return;
	ours->crashed = true;
	ours->signal = theirs->signal;
	struct inq_thread crashed = *ours;
	memmove(&space->threads.items[1], space->threads.items, (size_t)(ours - space->threads.items) * sizeof crashed);
	space->threads.items[0] = crashed;
}

/* Facts that only one of the two tells; a core's threads, notes and auxiliary vector are taken whole. */
static void join_facts(struct inq_space *space, struct inq_space *more)
{
	if (space->os == INQ_OS_UNKNOWN)
		space->os = more->os;
	if (!space->machine.elf)
		space->machine = more->machine.elf || !space->machine.bits ? more->machine : space->machine;
	if (!space->page_size)
		space->page_size = more->page_size;
	if (!space->brk_size) {
		space->brk_base = more->brk_base;
		space->brk_size = more->brk_size;
	}
	if (!space->stack_size) {
		space->stack_base = more->stack_base;
		space->stack_size = more->stack_size;
	}
	if (!space->jvm_heap)
		space->jvm_heap = more->jvm_heap;
	if (!space->told_heap_size)
		space->told_heap_size = more->told_heap_size;
	if (!space->told_stack_size)
		space->told_stack_size = more->told_stack_size;
	join_signal(space, more);
#define TAKE(field)                                                                                                    \
	if (!space->field.count) {                                                                                     \
		__typeof__(space->field) empty = { 0 };                                                                \
		space->field = more->field;                                                                            \
		more->field = empty;                                                                                   \
	}
	TAKE(threads)
	TAKE(notes)
	TAKE(aux)
	TAKE(titles)
#undef TAKE
	join_process(&space->process, &more->process);
}

enum inq_status inq_space_join(struct inq_space *space, struct inq_space *more,
			       void (*conflict)(void *data, const struct inq_mapping *ours,
						const struct inq_mapping *theirs),
			       void *data)
{
	struct sweep sweep = { .space = space, .conflict = conflict, .data = data };
	size_t shift = space->artefacts.count;
	enum inq_status status = join_maps(space, more, &sweep);
	for (size_t i = 0; status == INQ_OK && i < more->artefacts.count; i++) {
		struct inq_artefact *slot = inq_artefact_vec_push(&space->artefacts);
		if (slot)
			*slot = more->artefacts.items[i];
		else
			status = inq_no_memory(space->ctx);
	}
	for (size_t i = 0; i < more->threads.count; i++)
		more->threads.items[i].place.artefact += (uint32_t)shift;
	for (size_t i = 0; i < more->notes.count; i++)
		more->notes.items[i].place.artefact += (uint32_t)shift;
	if (status == INQ_OK)
		status = join_kernel(space->ctx, &space->kernel, &more->kernel);
	if (status == INQ_OK)
		status = join_histograms(space->ctx, &space->histograms, &more->histograms);
	if (status == INQ_OK)
		join_facts(space, more);
	space->sealed = true;
	inq_space_destroy(more);
	return status;
}
