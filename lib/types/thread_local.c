/* The thread-local block of the executable lies right below the thread's control block, which fs points to; its size and
 * alignment are in the program header. That it is there is checked with the thread's vector of such blocks, whose first is
 * always the executable's. Facts: Ulrich Drepper, "ELF Handling For Thread-Local Storage", 3.4.6 (variant II); glibc's
 * elf/dl-tls.c (_dl_determine_tlsoffset), sysdeps/x86_64/nptl/tls.h (tcbhead_t), dl-dtv.h (dtv_t). */
#include "lib/types/thread_local.h"

#include "lib/elf/elf.h"
#include "lib/space/objects.h"

#include <inquest/report.h>

enum { EM_X86_64 = 62, PT_TLS_SEGMENT = 7, VECTOR = 8, FIRST_BLOCK = 16, LARGEST_ALIGN = 1 << 20 };

static struct inq_object *executable(struct inq_space *space)
{
	for (size_t i = 0; i < space->objects.count; i++)
		if (space->objects.items[i].kind == INQ_OBJECT_EXE)
			return &space->objects.items[i];
	return NULL;
}

static bool find_segment(struct inq_space *space, struct inq_object *object, struct inq_elf_segment *ret)
{
	const struct inq_source *file = inq_object_file(space, object);
	const struct inq_view bytes = { .data = file ? file->data : NULL, .size = file ? file->size : 0 };
	struct inq_elf elf;
	return inq_elf_open(&bytes, &elf) && inq_elf_find_segment(&elf, PT_TLS_SEGMENT, ret);
}

/* How far the block begins below the thread pointer; 0 for a segment that cannot be one. */
static uint64_t distance(const struct inq_elf_segment *segment)
{
	uint64_t align = segment->align ? segment->align : 1;
	uint64_t first = -segment->vaddr & (align - 1), size;
	if (align > LARGEST_ALIGN || align & (align - 1) || segment->memsz < first ||
	    !inq_add(segment->memsz - first, align - 1, &size))
		return 0;
	return (size & ~(align - 1)) + first;
}

bool inq_thread_local_block(struct inq_space *space, uint64_t address, struct inq_object **object, uint64_t *start)
{
	const struct inq_arch *arch = space->machine.arch;
	struct inq_elf_segment segment;
	bool known = arch && arch->machine == EM_X86_64 && space->machine.bits == 64 && space->os == INQ_OS_LINUX;
	*object = known ? executable(space) : NULL;
	if (!*object || !find_segment(space, *object, &segment))
		return false;
	uint64_t below = distance(&segment);
	for (size_t i = 0; below && i < space->threads.count; i++) {
		uint64_t pointer, vector, block;
		if (!inq_thread_control_block(space, &space->threads.items[i], &pointer))
			continue;
		*start = pointer - below;
		if (address - *start >= segment.memsz)
			continue;
		return inq_space_integer(space, pointer + VECTOR, 8, &vector) &&
		       inq_space_integer(space, vector + FIRST_BLOCK, 8, &block) && block == *start;
	}
	return false;
}
