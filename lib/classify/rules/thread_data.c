/* Thread-local storage and thread control blocks: what the thread pointer of each thread points to.
 *
 * On x86 the control block begins at the thread pointer and the variables of the modules that were there at the start lie
 * directly below it (variant II of "ELF Handling For Thread-Local Storage"); on other processors the variables begin at
 * the thread pointer. glibc puts both at the very top of a thread's stack, the main thread's in memory of their own. */
#include "lib/classify/rule.h"

#include "lib/space/image.h"

#include <inttypes.h>

enum {
	PT_TLS = 7,
	LARGEST_BLOCK = 64 << 10, /* a mapping of at most this size around the main thread's block is nothing but it */
	DESCRIPTOR = 0x900,	  /* bytes of glibc's struct pthread on x86_64, 2.26 to 2.43 */
	PAGE = 4096
};

/* The variables of all modules that have some: more than the block below the control block can not hold. */
static uint64_t variables_size(struct inq_space *space)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < space->objects.count; i++) {
		const struct inq_object *object = &space->objects.items[i];
		struct inq_image image;
		struct inq_elf_segment segment;
		if (!object->is_elf || object->first_mapping >= space->mappings.count ||
		    !inq_image_open(space, &space->mappings.items[object->first_mapping], &image))
			continue;
		for (uint64_t j = 0; inq_elf_next_segment(&image.elf, PT_TLS, &j, &segment);)
			if (segment.memsz < LARGEST_BLOCK)
				sum += (segment.memsz + 63) & ~UINT64_C(63);
	}
	return sum < LARGEST_BLOCK ? sum : 0;
}

/* glibc's and musl's control block on x86 begins with its own address (tcbhead_t.tcb; struct pthread.self). */
static bool points_to_itself(struct inq_space *space, uint64_t pointer)
{
	struct inq_view view;
	return inq_space_view(space, pointer, 8, &view) && inq_view_get(&view, 0, 8) == pointer;
}

struct block {
	uint64_t pointer, start, end;
	bool proved;
};

static struct block block_at(struct inq_space *space, uint64_t pointer, uint64_t variables)
{
	struct block block = { .pointer = pointer, .start = pointer, .end = pointer + variables };
	if (space->machine.arch->tls_below) {
		block.start = pointer > variables ? pointer - variables : pointer;
		if (!inq_align_up(pointer + DESCRIPTOR, PAGE, &block.end))
			block.end = pointer;
		block.proved = points_to_itself(space, pointer);
	}
	return block;
}

static bool is_stack(enum inq_class class_)
{
	return class_ == INQ_CLASS_THREAD_STACK || class_ == INQ_CLASS_STACK || class_ == INQ_CLASS_JVM_STACK;
}

/* Since 2.42 the guard of a stack is pages that only the kernel knows to be closed (madvise, MADV_GUARD_INSTALL): the mapping shows no
 * border, and the stacks of several threads may be one mapping. The control block tells: stackblock, stackblock_size,
 * guardsize stand side by side in it (nptl/descr.h). */
static bool find_stack(struct inq_space *space, const struct inq_mapping *mapping, uint64_t pointer, uint64_t *ret,
		       uint64_t *guard)
{
	enum { WORD = 8, MEMBERS = 3 };
	struct inq_view block;
	if (!inq_space_view(space, pointer, DESCRIPTOR, &block))
		return false;
	for (uint64_t at = 0; at + MEMBERS * WORD <= DESCRIPTOR; at += WORD) {
		uint64_t start = inq_view_get(&block, at, WORD), size = inq_view_get(&block, at + WORD, WORD), end;
		*guard = inq_view_get(&block, at + 2 * WORD, WORD);
		if (start < mapping->start || start >= pointer || start % PAGE || !*guard || *guard % PAGE ||
		    *guard >= size || !inq_add(start, size, &end) || end <= pointer ||
		    end - pointer > DESCRIPTOR + PAGE)
			continue;
		*ret = start;
		return true;
	}
	return false;
}

static void claim_bounds(struct inq_space *space, struct inq_claims *claims, const struct inq_thread *thread,
			 const struct inq_mapping *mapping, const struct block *block)
{
	uint64_t start, guard;
	size_t index = (size_t)(mapping - space->mappings.items);
	if (!find_stack(space, mapping, block->pointer, &start, &guard))
		return;
	inq_claim_thread_part(claims, index, start, start + guard, thread->tid, INQ_CLASS_GUARD, "thread-stack",
			      INQ_CERTAIN,
			      "the control block at the other end tells a stack with a guard of this size");
	inq_claim_thread_part(claims, index, start + guard, block->start, thread->tid, INQ_CLASS_THREAD_STACK, NULL,
			      INQ_CERTAIN, "the thread's control block ends it, and tells where it begins");
}

static void claim_block(struct inq_space *space, struct inq_claims *claims, const struct inq_thread *thread,
			const struct inq_mapping *mapping, const struct block *block)
{
	size_t index = (size_t)(mapping - space->mappings.items);
	if (inq_claimed(claims, index) == INQ_CLASS_ALLOCATOR)
		return; /* Go keeps its threads' records in its heap */
	enum inq_confidence sure = block->proved ? INQ_CERTAIN : INQ_LIKELY;
	const char *evidence =
		inq_claim_text(space, "the thread pointer of thread %" PRIu64 " points into it%s", thread->tid,
			       block->proved ? ", to a control block that names itself" : "");
	if (!is_stack(inq_claimed(claims, index)) && mapping->end - mapping->start <= LARGEST_BLOCK) {
		inq_claim_thread(claims, index, thread->tid, INQ_CLASS_TLS, sure, evidence);
		return;
	}
	/* The first thread's lies in memory of its own, which neighbours may have been merged with. */
	bool first = space->process.pid == INQ_UNKNOWN || thread->tid == space->process.pid;
	if (block->proved && !first && !is_stack(inq_claimed(claims, index)))
		inq_claim_thread(claims, index, thread->tid, INQ_CLASS_THREAD_STACK, INQ_LIKELY,
				 "a thread's control block lies in it, as at the top of its stack");
	else if (block->proved && inq_claimed(claims, index) == INQ_CLASS_THREAD_STACK)
		inq_claim_thread(claims, index, thread->tid, INQ_CLASS_THREAD_STACK, INQ_CERTAIN,
				 "the thread's control block ends it");
	inq_claim_thread_part(claims, index, block->start, block->end, thread->tid, INQ_CLASS_TLS, NULL, sure,
			      evidence);
	if (inq_claimed(claims, index) == INQ_CLASS_THREAD_STACK && block->proved)
		claim_bounds(space, claims, thread, mapping, block);
	/* The control block is the top of a thread's stack: what the kernel merged behind it is another's. */
	if (inq_claimed(claims, index) == INQ_CLASS_THREAD_STACK && block->proved)
		inq_claim_part(claims, index, block->end, mapping->end, INQ_CLASS_ANON, NULL, INQ_LIKELY,
			       "above the control block that ends a thread's stack; nothing tells more");
}

static void run(struct inq_space *space, struct inq_claims *claims)
{
	const struct inq_arch *arch = space->machine.arch;
	if (!arch || arch->thread_pointer == INQ_NO_REGISTER)
		return;
	uint64_t pointer, variables = variables_size(space);
	for (size_t i = 0; i < space->threads.count; i++) {
		const struct inq_thread *thread = &space->threads.items[i];
		if (!inq_thread_pointer(space, thread, &pointer) || pointer > UINT64_MAX / 2)
			continue;
		const struct inq_mapping *mapping = inq_space_mapping_at(space, pointer);
		if (!mapping || mapping->file || !(mapping->permissions & INQ_PERM_WRITE))
			continue;
		struct block block = block_at(space, pointer, variables);
		claim_block(space, claims, thread, mapping, &block);
	}
}

const struct inq_rule inq_rule_thread_data = { "thread-data", run };
