/* The stacks of Java threads. The list: linked by JavaThread::_next until the exported snapshot of 17,
 * ThreadsSMRSupport::_java_thread_list. A stack has zones without access at its low end (stackOverflow.hpp). */
#include "lib/jvm/vmstructs/facts.h"

#include <stdlib.h>

enum { MOST_THREADS = 1 << 17 };
static const uint64_t LARGEST_STACK = UINT64_C(1) << 36;

INQ_VEC(jvm_thread_vec, struct inq_jvm_thread)

/* The zones without access that begin where the stack does. */
static uint64_t guard_end(const struct inq_vm *vm, uint64_t start, uint64_t end)
{
	const unsigned access = INQ_PERM_READ | INQ_PERM_WRITE | INQ_PERM_EXECUTE;
	const struct inq_mapping *mapping = inq_space_mapping_at(vm->space, start);
	if (!mapping || !(mapping->permissions & INQ_PERM_KNOWN) || mapping->permissions & access)
		return start;
	return mapping->end < end ? mapping->end : end;
}

static void add_thread(const struct inq_vm *vm, uint64_t thread, struct jvm_thread_vec *threads)
{
	uint64_t base, size, os, tid;
	if (!inq_vm_word(vm, thread, "JavaThread::_stack_base", &base) ||
	    !inq_vm_word(vm, thread, "JavaThread::_stack_size", &size) || !size || size > LARGEST_STACK ||
	    size > base || !inq_vm_believable(vm, base - size, base))
		return;
	struct inq_jvm_thread *row = jvm_thread_vec_push(threads);
	if (!row) {
		inq_no_memory(vm->space->ctx);
		return;
	}
	*row = (struct inq_jvm_thread) { INQ_UNKNOWN, base - size, base, guard_end(vm, base - size, base) };
	if (inq_vm_word(vm, thread, "JavaThread::_osthread", &os) &&
	    inq_vm_number(vm, os, "OSThread::_thread_id", 4, &tid))
		row->tid = tid;
}

static void read_snapshot(const struct inq_vm *vm, uint64_t list, struct jvm_thread_vec *threads)
{
	uint64_t length, array, thread;
	if (!inq_vm_number(vm, list, "ThreadsList::_length", 4, &length) ||
	    !inq_vm_word(vm, list, "ThreadsList::_threads", &array))
		return;
	for (uint64_t i = 0; i < length && i < MOST_THREADS; i++)
		if (inq_vm_at(vm, array + i * vm->word, vm->word, &thread))
			add_thread(vm, thread, threads);
}

static void read_links(const struct inq_vm *vm, uint64_t thread, struct jvm_thread_vec *threads)
{
	for (size_t i = 0; thread && i < MOST_THREADS; i++) {
		add_thread(vm, thread, threads);
		if (!inq_vm_word(vm, thread, "JavaThread::_next", &thread))
			break;
	}
}

static int by_stack(const void *a, const void *b)
{
	const struct inq_jvm_thread *one = a, *two = b;
	return one->stack_start < two->stack_start ? -1 : one->stack_start > two->stack_start;
}

/* Overlapping stacks would be of a damaged list: of such the first counts. */
static size_t drop_overlapping(struct inq_jvm_thread *threads, size_t count)
{
	size_t kept = 0;
	for (size_t i = 0; i < count; i++)
		if (!kept || threads[i].stack_start >= threads[kept - 1].stack_end)
			threads[kept++] = threads[i];
	return kept;
}

void inq_vm_fill_threads(const struct inq_vm *vm, struct inq_jvm *ret)
{
	struct jvm_thread_vec threads = { 0 };
	uint64_t list;
	if (inq_vm_word(vm, 0, "ThreadsSMRSupport::_java_thread_list", &list))
		read_snapshot(vm, list, &threads);
	else if (inq_vm_word(vm, 0, "Threads::_thread_list", &list))
		read_links(vm, list, &threads);
	struct inq_jvm_thread *kept = inq_arena_array(vm->space->ctx->arena, threads.count, sizeof *kept);
	if (kept && threads.count) {
		memcpy(kept, threads.items, threads.count * sizeof *kept);
		qsort(kept, threads.count, sizeof *kept, by_stack);
		ret->threads = kept;
		ret->thread_count = drop_overlapping(kept, threads.count);
	}
	jvm_thread_vec_release(&threads);
}
