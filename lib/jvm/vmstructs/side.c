/* What the collectors keep beside the heap, as far as the tables lead there: the card table, and the offset table of the
 * old generation of Serial. */
#include "lib/jvm/vmstructs/facts.h"

enum { MOST_TABLES = 4 };

/* The barrier set is one with cards: its tag says so (barrierSet.hpp). */
static bool has_cards(const struct inq_vm *vm, uint64_t barriers)
{
	uint64_t at, tag, cards, g1;
	if (!inq_vm_place(vm, barriers, "BarrierSet::_fake_rtti", &at) ||
	    !inq_vm_number(vm, at, "BarrierSet::FakeRtti::_concrete_tag", 4, &tag))
		return false;
	return (inq_vm_constant(vm, "BarrierSet::CardTableBarrierSet", &cards) && tag == cards) ||
	       (inq_vm_constant(vm, "BarrierSet::G1BarrierSet", &g1) && tag == g1);
}

static bool card_table(const struct inq_vm *vm, struct inq_jvm_area *ret)
{
	uint64_t barriers, cards, start, size, end;
	if (!inq_vm_word(vm, 0, "BarrierSet::_barrier_set", &barriers) || !has_cards(vm, barriers) ||
	    !inq_vm_word(vm, barriers, "CardTableBarrierSet::_card_table", &cards) ||
	    !inq_vm_word(vm, cards, "CardTable::_byte_map", &start) ||
	    !inq_vm_word(vm, cards, "CardTable::_byte_map_size", &size) || !inq_add(start, size, &end) ||
	    !inq_vm_believable(vm, start, end))
		return false;
	*ret = inq_vm_area(vm, "card table", start, end, "CardTable::_byte_map and _byte_map_size");
	ret->committed = inq_vm_accessible(vm, start, end);
	return true;
}

static bool offset_table(const struct inq_vm *vm, uint64_t heap, struct inq_jvm_area *ret)
{
	uint64_t old, table, at;
	return inq_vm_word(vm, heap, "SerialHeap::_old_gen|GenCollectedHeap::_old_gen", &old) &&
	       inq_vm_word(vm, old, "TenuredGeneration::_bts", &table) &&
	       inq_vm_place(vm, table, "BlockOffsetSharedArray::_vs|SerialBlockOffsetTable::_vs", &at) &&
	       inq_vm_virtual_space(vm, at, "block offset table", ret);
}

void inq_vm_fill_side_tables(const struct inq_vm *vm, struct inq_jvm *ret)
{
	struct inq_jvm_area tables[MOST_TABLES], holder = { 0 };
	size_t count = 0;
	uint64_t heap;
	if (card_table(vm, &tables[count]))
		count++;
	if (ret->collector && strcmp(ret->collector, "serial") == 0 &&
	    inq_vm_word(vm, 0, "Universe::_collectedHeap", &heap) && offset_table(vm, heap, &tables[count]))
		count++;
	inq_vm_set_parts(vm, &holder, tables, count);
	ret->side_tables = holder.parts;
	ret->side_table_count = holder.part_count;
}
