/* Serial, ParNew and CMS: two generations, each a VirtualSpace, young below old. Where they hang: an array inside
 * GenCollectedHeap until 8, two pointers in it from 9 to 23, and in SerialHeap since. */
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

static void add_old_space(const struct inq_vm *vm, uint64_t at, struct inq_jvm_area *old)
{
	struct inq_jvm_area space;
	uint64_t where;
	/* CMS keeps free lists: its space has no top. */
	if (!inq_vm_word(vm, at,
			 "TenuredGeneration::_the_space|OneContigSpaceCardGeneration::_the_space|"
			 "ConcurrentMarkSweepGeneration::_cmsSpace",
			 &where) ||
	    !inq_vm_space(vm, where, "ContiguousSpace", "space", &space))
		return;
	old->used = space.used;
	inq_vm_set_parts(vm, old, &space, 1);
}

static bool read_generation(const struct inq_vm *vm, uint64_t at, const char *name, struct inq_jvm_area *ret)
{
	uint64_t space;
	if (!at || !inq_vm_place(vm, at, "Generation::_virtual_space", &space) ||
	    !inq_vm_virtual_space(vm, space, name, ret))
		return false;
	if (strcmp(name, "young") == 0)
		add_young_spaces(vm, at, ret);
	else
		add_old_space(vm, at, ret);
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

static void read_heap(const struct inq_vm *vm, uint64_t heap, struct inq_jvm *ret)
{
	static const char *const names[] = { "young", "old" };
	struct inq_jvm_area generations[MOST_GENERATIONS];
	uint64_t at[MOST_GENERATIONS];
	size_t count = 0;
	inq_vm_reserved_heap(vm, heap, ret);
	if (!find_generations(vm, heap, at))
		return;
	for (size_t i = 0; i < MOST_GENERATIONS; i++)
		if (read_generation(vm, at[i], names[i], &generations[count]))
			count++;
	inq_vm_sum_generations(vm, generations, count, ret);
}

const struct inq_vm_collector inq_vm_collector_serial = { "serial", "UseSerialGC", read_heap };
const struct inq_vm_collector inq_vm_collector_parnew = { "parnew", "UseParNewGC", read_heap };
const struct inq_vm_collector inq_vm_collector_cms = { "cms", "UseConcMarkSweepGC", read_heap };
