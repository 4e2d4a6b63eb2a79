/* Serial, ParNew and CMS: two generations, each a VirtualSpace, young below old. Where they hang: an array inside
 * GenCollectedHeap until 8, two pointers in it from 9 to 23, and in SerialHeap since. */
#include "lib/base/checked.h"
#include "lib/jvm/vmstructs/facts.h"

enum { MOST_GENERATIONS = 2 };

/* Eden and the survivor spaces; returns how many are known. The generation's use is what eden and from hold
 * (DefNewGeneration::used). */
static size_t read_young_spaces(const struct inq_vm *vm, uint64_t generation, struct inq_jvm_area spaces[3])
{
	static const char *const fields[][2] = { { "DefNewGeneration::_eden_space", "eden" },
						 { "DefNewGeneration::_from_space", "from" },
						 { "DefNewGeneration::_to_space", "to" } };
	size_t count = 0;
	for (size_t i = 0; i < 3; i++) {
		uint64_t space;
		if (inq_vm_word(vm, generation, fields[i][0], &space) &&
		    inq_vm_space(vm, space, "ContiguousSpace", fields[i][1], &spaces[count]))
			count++;
	}
	return count;
}

static void add_young_spaces(const struct inq_vm *vm, uint64_t at, struct inq_jvm_area *young)
{
	struct inq_jvm_area spaces[3];
	size_t count = read_young_spaces(vm, at, spaces);
	if (count == 3 && spaces[0].used != INQ_UNKNOWN && spaces[1].used != INQ_UNKNOWN)
		young->used = spaces[0].used + spaces[1].used;
	inq_vm_set_parts(vm, young, spaces, count);
}

/* Free words in CMS's lists of blocks of one size each, by which they are numbered: the first ones are not in use, and hold
 * anything. False when they cannot be read. */
static bool in_free_lists(const struct inq_vm *vm, uint64_t space, uint64_t *ret)
{
	enum { MOST_LISTS = 4096, USUAL_LISTS = 257 /* compactibleFreeListSpace.hpp; not exported in 8 */ };
	uint64_t lists, count = USUAL_LISTS, each, size, blocks, product, sum = 0;
	inq_vm_constant(vm, "CompactibleFreeListSpace::IndexSetSize", &count);
	if (!inq_vm_place(vm, space, "CompactibleFreeListSpace::_indexedFreeList[0]", &lists) || count > MOST_LISTS ||
	    !inq_vm_size(vm, "AdaptiveFreeList<FreeChunk>", &each))
		return false;
	for (uint64_t i = 0; i < count; i++)
		if (!inq_vm_word(vm, lists + i * each, "AdaptiveFreeList<FreeChunk>::_size", &size) ||
		    !inq_vm_word(vm, lists + i * each, "AdaptiveFreeList<FreeChunk>::_count", &blocks) ||
		    (size == i && (!inq_mul(size, blocks, &product) || !inq_add(sum, product, &sum))))
			return false;
	*ret = sum;
	return true;
}

/* CMS's space has no top: what is not free is in use (CompactibleFreeListSpace::free). */
static void add_cms_use(const struct inq_vm *vm, uint64_t at, struct inq_jvm_area *old)
{
	uint64_t space, listed, dictionary, large, linear, block, sum;
	if (!inq_vm_word(vm, at, "ConcurrentMarkSweepGeneration::_cmsSpace", &space) ||
	    !in_free_lists(vm, space, &listed) ||
	    !inq_vm_word(vm, space, "CompactibleFreeListSpace::_dictionary", &dictionary) ||
	    !inq_vm_word(vm, dictionary, "AFLBinaryTreeDictionary::_total_size", &large) ||
	    !inq_vm_place(vm, space, "CompactibleFreeListSpace::_smallLinearAllocBlock", &block) ||
	    !inq_vm_word(vm, block, "LinearAllocBlock::_word_size", &linear))
		return;
	if (inq_add(listed, large, &sum) && inq_add(sum, linear, &sum) && inq_mul(sum, vm->word, &sum) &&
	    old->committed != INQ_UNKNOWN && sum <= old->committed)
		old->used = old->committed - sum;
}

static void add_old_space(const struct inq_vm *vm, uint64_t at, struct inq_jvm_area *old)
{
	struct inq_jvm_area space;
	uint64_t where;
	if (!inq_vm_word(vm, at, "TenuredGeneration::_the_space|OneContigSpaceCardGeneration::_the_space", &where) ||
	    !inq_vm_space(vm, where, "ContiguousSpace", "space", &space))
		return;
	old->used = space.used;
	inq_vm_set_parts(vm, old, &space, 1);
}

/* Adds to a generation what its spaces tell. */
typedef void add_spaces(const struct inq_vm *vm, uint64_t at, struct inq_jvm_area *generation);

static bool read_generation(const struct inq_vm *vm, uint64_t at, const char *name, add_spaces *add,
			    struct inq_jvm_area *ret)
{
	uint64_t space;
	if (!at || !inq_vm_place(vm, at, "Generation::_virtual_space", &space) ||
	    !inq_vm_virtual_space(vm, space, name, ret))
		return false;
	add(vm, at, ret);
	return true;
}

/* The addresses of the two generations. */
static bool find_generations(const struct inq_vm *vm, uint64_t heap, uint64_t at[MOST_GENERATIONS])
{
	uint64_t array;
	if (inq_vm_word(vm, heap, "SerialHeap::_young_gen|GenCollectedHeap::_young_gen", &at[0]) &&
	    inq_vm_word(vm, heap, "SerialHeap::_old_gen|GenCollectedHeap::_old_gen", &at[1]))
		return true;
	return inq_vm_place(vm, heap, "GenCollectedHeap::_gens", &array) && inq_vm_at(vm, array, vm->word, &at[0]) &&
	       inq_vm_at(vm, array + vm->word, vm->word, &at[1]);
}

static void read_generations(const struct inq_vm *vm, uint64_t heap, add_spaces *add_old, struct inq_jvm *ret)
{
	struct inq_jvm_area generations[MOST_GENERATIONS];
	uint64_t at[MOST_GENERATIONS];
	size_t count = 0;
	inq_vm_reserved_heap(vm, heap, ret);
	if (!find_generations(vm, heap, at))
		return;
	count += read_generation(vm, at[0], "young", add_young_spaces, &generations[count]);
	count += read_generation(vm, at[1], "old", add_old, &generations[count]);
	inq_vm_sum_generations(vm, generations, count, ret);
}

static void read_heap(const struct inq_vm *vm, uint64_t heap, struct inq_jvm *ret)
{
	read_generations(vm, heap, add_old_space, ret);
}

static void read_cms(const struct inq_vm *vm, uint64_t heap, struct inq_jvm *ret)
{
	read_generations(vm, heap, add_cms_use, ret);
}

const struct inq_vm_collector inq_vm_collector_serial = { "serial", "UseSerialGC", read_heap };
const struct inq_vm_collector inq_vm_collector_parnew = { "parnew", "UseParNewGC", read_heap };
const struct inq_vm_collector inq_vm_collector_cms = { "cms", "UseConcMarkSweepGC", read_cms };
