/* A node of metaspace in 8 to 15, of which no exported table tells. It is divided into chunks, each of which begins with a
 * header (metachunk.hpp: size, next, previous, then the VirtualSpaceNode that the chunk belongs to); the first chunk begins where
 * the node does. The VirtualSpaceNode has the reservation's base and size, side by side (ReservedSpace, virtualspace.hpp). */
#include "lib/jvm/vmstructs/facts.h"

enum { PAGE = 4096, MOST_PAGES = 16384, CONTAINER_WORD = 3, MOST_WORDS = 8 };

/* The size of the node that begins at the address; 0 when none does. In 8 the base stands there twice, first with the size in
 * words. */
static uint64_t size_of(const struct inq_vm *vm, uint64_t start)
{
	uint64_t node, base, size, largest = 0;
	if (!inq_vm_at(vm, start + CONTAINER_WORD * vm->word, vm->word, &node) || !node || node % vm->word)
		return 0;
	for (unsigned i = 1; i < MOST_WORDS; i++)
		if (inq_vm_at(vm, node + i * vm->word, vm->word, &base) && base == start &&
		    inq_vm_at(vm, node + (i + 1) * vm->word, vm->word, &size) && size > largest && size % PAGE == 0 &&
		    inq_vm_believable(vm, start, start + size))
			largest = size;
	return largest;
}

bool inq_vm_old_node(const struct inq_vm *vm, uint64_t address, struct inq_jvm_area *ret)
{
	uint64_t start = address & ~(uint64_t)(PAGE - 1);
	for (unsigned i = 0; i < MOST_PAGES && start; i++, start -= PAGE) {
		uint64_t size = size_of(vm, start);
		if (size && address - start < size) {
			*ret = inq_vm_area(
				vm, "node", start, start + size,
				"its first chunk points to the VirtualSpaceNode, which has its base and size");
			return true;
		}
	}
	return false;
}
