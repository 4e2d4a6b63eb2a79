/* Alternate stacks for signal handlers (sigaltstack(2)).
 *
 * The kernel writes where a thread has its alternate stack into the frame of each signal that it delivers (ucontext_t.uc_stack,
 * lib/unwind/signal_rows.h). Such frames stand above the stack pointer of a thread that is in a handler; old ones are left at
 * the top of a stack that was used. CPython's faulthandler has its stack_t in the interpreter's data, and the memory from
 * malloc (Modules/faulthandler.c). Without any of these, a few pages above a guard may be such a stack. */
#include "lib/classify/rule.h"

#include "lib/base/str.h"
#include "lib/heap/heap.h"
#include "lib/space/siginfo.h"
#include "lib/unwind/signal_rows.h"

#include <inttypes.h>
#include <string.h>

enum {
	SEARCHED = 32 << 10,	      /* above a stack pointer */
	CRASHED_SEARCHED = 256 << 10, /* of the thread that died */
	ALL_SEARCHED = 1 << 20,	      /* of all: few threads are in a handler, and a server has thousands */
	LARGEST_OWN = 64 << 10,	      /* a mapping that is nothing but such a stack */
	SMALLEST = 2048,	      /* MINSIGSTKSZ */
	LARGEST = 64 << 20,
	LARGEST_SIGINFO = 128,
	LARGEST_DATA = 8 << 20,
	SHAPE_LEAST = 8 << 10,
	SHAPE_MOST = 16 << 10, /* the least that a thread's own stack has: PTHREAD_STACK_MIN */
	LARGEST_GUARD = 64 << 10,
	CHUNK_MORE = 64, /* of header and alignment */
	AT_MINSIGSTKSZ = 51,
	USUAL = 8192 /* SIGSTKSZ */
};

struct search {
	struct inq_space *space;
	struct inq_claims *claims;
	const struct inq_signal_layout *layout;
	uint64_t searched; /* bytes, of what may be many */
};

static bool is_data(const struct inq_mapping *mapping)
{
	return (mapping->permissions & INQ_PERM_WRITE) && !(mapping->permissions & INQ_PERM_EXECUTE);
}

static void claim_stack(const struct search *search, uint64_t start, uint64_t size, uint64_t tid,
			enum inq_confidence sure, const char *evidence)
{
	const struct inq_mapping *mapping = inq_space_mapping_at(search->space, start);
	if (size < SMALLEST || size > LARGEST || !mapping || !is_data(mapping) || size > mapping->end - start)
		return;
	inq_claim_thread_part(search->claims, (size_t)(mapping - search->space->mappings.items), start, start + size,
			      tid, INQ_CLASS_THREAD_STACK, "alternate", sure, evidence);
}

/* A signal's frame in the view, which begins at `address`: its base is `at` bytes behind that. */
static bool is_frame(const struct search *search, const struct inq_view *view, uint64_t address, uint64_t at)
{
	const struct inq_signal_record *record = search->layout->record;
	uint64_t start = inq_view_get(view, at + (uint64_t)record->stack, view->word);
	uint64_t size = inq_view_get(view, at + (uint64_t)record->stack_size, view->word);
	if (size < SMALLEST || size > LARGEST || start > address + at || address + at - start >= size)
		return false;
	struct inq_view info = inq_view_clip(view, at + (uint64_t)record->siginfo, LARGEST_SIGINFO);
	return inq_siginfo_may_be(search->space->os, &search->space->machine, &info);
}

/* Looks for a frame in `size` bytes of a mapping; claims the stack that it tells of. */
static bool search_frame(const struct search *search, uint64_t address, uint64_t size, uint64_t tid)
{
	const struct inq_signal_record *record = search->layout->record;
	uint64_t whole = (uint64_t)(record->end - record->first), below = (uint64_t)-record->first;
	struct inq_view view;
	if (size < whole || !inq_space_view(search->space, address, size, &view))
		return false;
	uint64_t phase = (record->phase - (address + below) % record->align + record->align) % record->align;
	for (uint64_t at = below + phase; at - below + whole <= size; at += record->align) {
		if (!is_frame(search, &view, address, at))
			continue;
		claim_stack(search, inq_view_get(&view, at + (uint64_t)record->stack, view.word),
			    inq_view_get(&view, at + (uint64_t)record->stack_size, view.word), tid, INQ_CERTAIN,
			    "the frame of a signal in it says that it is the stack for signals (uc_stack)");
		return true;
	}
	return false;
}

static void search_threads(struct search *search)
{
	struct inq_space *space = search->space;
	for (size_t i = 0; i < space->threads.count && search->searched < ALL_SEARCHED; i++) {
		const struct inq_thread *thread = &space->threads.items[i];
		uint64_t sp, most = thread->crashed ? CRASHED_SEARCHED : SEARCHED;
		const struct inq_mapping *mapping =
			inq_thread_sp(space, thread, &sp) ? inq_space_mapping_at(space, sp) : NULL;
		if (!mapping || !is_data(mapping) || sp - mapping->start >= mapping->data_size)
			continue;
		uint64_t left = mapping->data_size - (sp - mapping->start);
		uint64_t size = left < most ? left : most;
		search_frame(search, sp, size, thread->tid);
		search->searched += size;
	}
}

static bool is_guard(const struct inq_mapping *mapping)
{
	unsigned any = INQ_PERM_READ | INQ_PERM_WRITE | INQ_PERM_EXECUTE;
	return !mapping->file && (mapping->permissions & INQ_PERM_KNOWN) && !(mapping->permissions & any) &&
	       mapping->end - mapping->start <= LARGEST_GUARD;
}

/* Small mappings of their own, above a guard, which gdb leaves out of cores: such as Rust and other run-times make for each
 * thread. */
static void search_small(struct search *search)
{
	const struct inq_space *space = search->space;
	for (size_t i = 1; i < space->mappings.count; i++) {
		const struct inq_mapping *mapping = &space->mappings.items[i], *below = mapping - 1;
		uint64_t size = mapping->end - mapping->start;
		bool touches = below->end == mapping->start, small = size >= SHAPE_LEAST && size <= LARGEST_OWN;
		if (mapping->file || mapping->name || !small || !is_data(mapping) || (touches && !is_guard(below)))
			continue;
		if (inq_claimed(search->claims, i) == INQ_CLASS_THREAD_STACK)
			continue; /* a thread's own, which was searched where the thread is */
		bool wanted = search->layout && search->searched < ALL_SEARCHED;
		search->searched += wanted ? mapping->data_size : 0;
		if (wanted && search_frame(search, mapping->start, mapping->data_size, INQ_UNKNOWN))
			continue;
		if (touches && size < SHAPE_MOST && inq_claimed(search->claims, i) == INQ_CLASS_COUNT)
			inq_claim(search->claims, i, INQ_CLASS_THREAD_STACK, "alternate", INQ_POSSIBLE,
				  "too small for a thread, above a guard, as stacks for signals are");
	}
}

/* SIGSTKSZ is a constant or four times what the processor needs; faulthandler takes twice that, or adds what is needed. */
static bool is_usual_size(uint64_t size, uint64_t least)
{
	uint64_t asked = 4 * least > USUAL ? 4 * least : USUAL;
	return size == 2 * USUAL || size == USUAL + least || size == 2 * asked || size == asked + least;
}

/* stack_t: address, flags, size; a word each. The address is a block of malloc of that size. */
static void search_data(const struct search *search, const struct inq_mapping *mapping, uint64_t least)
{
	struct inq_view view;
	struct inq_heap_chunk chunk;
	if (mapping->data_size > LARGEST_DATA ||
	    !inq_space_view(search->space, mapping->start, (size_t)mapping->data_size, &view))
		return;
	for (uint64_t at = 0; at + 3 * (uint64_t)view.word <= view.size; at += view.word) {
		const uint8_t *third = view.data + at + 2 * (uint64_t)view.word;
		uint64_t size = view.word == 8 ? inq_load64(third, view.big) : inq_load32(third, view.big);
		if (size < SMALLEST || size > LARGEST || !is_usual_size(size, least) ||
		    inq_view_get_word(&view, at + view.word))
			continue;
		uint64_t start = inq_view_get_word(&view, at);
		if (inq_heap_chunk_at(search->space, start, &chunk) && chunk.user == start && chunk.size >= size &&
		    chunk.size - size <= CHUNK_MORE)
			claim_stack(search, start, size, INQ_UNKNOWN, INQ_CERTAIN,
				    "faulthandler's stack: its address and size stand in Python's data");
	}
}

static void search_python(const struct search *search)
{
	struct inq_space *space = search->space;
	uint64_t least = inq_space_aux(space, AT_MINSIGSTKSZ, SMALLEST);
	for (size_t i = 0; i < space->mappings.count && least < LARGEST; i++) {
		const struct inq_mapping *mapping = &space->mappings.items[i];
		const char *name = mapping->file ? inq_base_name(mapping->file->path) : "";
		if (mapping->data_size && is_data(mapping) &&
		    (strncmp(name, "python", 6) == 0 || strncmp(name, "libpython", 9) == 0))
			search_data(search, mapping, least);
	}
}

static bool is_told(const struct inq_signal_layout *layout)
{
	return layout && layout->record->stack != INQ_NO_OFFSET && !layout->record->siginfo_pointer &&
	       layout->record->align;
}

static void run(struct inq_space *space, struct inq_claims *claims)
{
	const struct inq_signal_layout *layout = inq_signal_layout_of(space);
	struct search search = { .space = space, .claims = claims, .layout = is_told(layout) ? layout : NULL };
	if (search.layout)
		search_threads(&search);
	search_small(&search);
	search_python(&search);
}

const struct inq_rule inq_rule_signal_stack = { "signal-stack", run };
