/* Whole JVMs for the tests. The offsets of 25 are those that a Temurin 25.0.3 exports; those of 21, of 28 and of the classes of 8
 * are what Debian's 21.0.13, 28-ea+18 and 8u504 export. */
#include "tests/support/vmjvms.h"

enum { COMMAND_LINE = 1, ERGONOMIC = 5 };
static const uint64_t MIB = 1 << 20;

static void add_version(struct vmwriter *w, const char *release, const char *info)
{
	vmwriter_static(w, "Abstract_VM_Version::_s_vm_release", "const char*", 8, vmwriter_string(w, release));
	vmwriter_static(w, "Abstract_VM_Version::_s_internal_vm_info_string", "const char*", 8,
			vmwriter_string(w, info));
}

static void add_virtual_space(struct vmwriter *w, uint64_t at, uint64_t start, uint64_t end, uint64_t committed_end)
{
	vmwriter_put(w, at, 8, start);
	vmwriter_put(w, at + 8, 8, end);
	vmwriter_put(w, at + 16, 8, start);
	vmwriter_put(w, at + 24, 8, committed_end);
}

static void add_common_fields(struct vmwriter *w)
{
	vmwriter_field(w, "MemRegion::_start", "HeapWord*", 0);
	vmwriter_field(w, "MemRegion::_word_size", "size_t", 8);
	vmwriter_field(w, "VirtualSpace::_low_boundary", "char*", 0);
	vmwriter_field(w, "VirtualSpace::_high_boundary", "char*", 8);
	vmwriter_field(w, "VirtualSpace::_low", "char*", 16);
	vmwriter_field(w, "VirtualSpace::_high", "char*", 24);
}

static void add_heap_rows(struct vmwriter *w)
{
	vmwriter_row(w, 0xe0000000, 0xe4000000, "rw-p", NULL);
	vmwriter_row(w, 0xe4000000, 0xf0000000, "---p", NULL);
	vmwriter_row(w, 0xf0000000, 0xf8000000, "rw-p", NULL);
	vmwriter_row(w, 0xf8000000, 0x100000000, "---p", NULL);
}

static uint64_t add_heap(struct vmwriter *w, size_t size, uint64_t reserved_at)
{
	uint64_t heap = vmwriter_alloc(w, size);
	vmwriter_static(w, "Universe::_collectedHeap", "CollectedHeap*", 8, heap);
	vmwriter_field(w, "CollectedHeap::_reserved", "MemRegion", reserved_at);
	vmwriter_put(w, heap + reserved_at, 8, 0xe0000000);
	vmwriter_put(w, heap + reserved_at + 8, 8, 512 * MIB / 8);
	add_heap_rows(w);
	return heap;
}

static uint64_t add_space(struct vmwriter *w, uint64_t bottom, uint64_t top, uint64_t end, const uint64_t offsets[3])
{
	uint64_t at = vmwriter_alloc(w, 96);
	vmwriter_put(w, at + offsets[0], 8, bottom);
	vmwriter_put(w, at + offsets[1], 8, top);
	vmwriter_put(w, at + offsets[2], 8, end);
	return at;
}

/* One heap of 48 MiB, of which 1 MiB is committed: two blocks of 3 and 5 segments of 128 bytes, the second free. */
static void add_code(struct vmwriter *w, bool array)
{
	const uint64_t low = VM_BASE + 0x100000000, heap = vmwriter_alloc(w, 336);
	uint64_t map = vmwriter_alloc(w, 16);
	vmwriter_field(w, "CodeHeap::_memory", "VirtualSpace", 0);
	vmwriter_field(w, "CodeHeap::_segmap", "VirtualSpace", 112);
	vmwriter_field(w, "CodeHeap::_log2_segment_size", "int", 248);
	add_virtual_space(w, heap, low, low + 48 * MIB, low + MIB);
	add_virtual_space(w, heap + 112, map, map + 16, map + 16);
	vmwriter_put(w, heap + 248, 4, 7);
	vmwriter_row(w, low, low + MIB, "rwxp", NULL);
	vmwriter_row(w, low + MIB, low + 48 * MIB, "---p", NULL);
	if (!array) {
		vmwriter_static(w, "CodeCache::_heap", "CodeHeap*", 8, heap);
		return;
	}
	uint64_t list = vmwriter_alloc(w, 24), data = vmwriter_alloc(w, 8);
	vmwriter_field(w, "GrowableArrayBase::_len", "int", 0);
	vmwriter_field(w, "GrowableArray<int>::_data", "int*", 8);
	vmwriter_type(w, "GrowableArray<int>", "GrowableArrayBase", 16);
	vmwriter_static(w, "CodeCache::_heaps", "GrowableArray<CodeHeap*>*", 8, list);
	vmwriter_put(w, list, 4, 1);
	vmwriter_put(w, list + 8, 8, data);
	vmwriter_put(w, data, 8, heap);
}

static void add_threads_25(struct vmwriter *w)
{
	const uint64_t base = VM_BASE + 0x200000000;
	uint64_t list = vmwriter_alloc(w, 32), array = vmwriter_alloc(w, 8), thread = vmwriter_alloc(w, 2216);
	uint64_t os = vmwriter_alloc(w, 200);
	vmwriter_static(w, "ThreadsSMRSupport::_java_thread_list", "ThreadsList*", 8, list);
	vmwriter_field(w, "ThreadsList::_length", "const uint", 4);
	vmwriter_field(w, "ThreadsList::_threads", "JavaThread *const *const", 16);
	vmwriter_field(w, "JavaThread::_stack_base", "address", 1048);
	vmwriter_field(w, "JavaThread::_stack_size", "size_t", 1056);
	vmwriter_field(w, "Thread::_osthread", "OSThread*", 1016);
	vmwriter_field(w, "OSThread::_thread_id", "pid_t", 12);
	vmwriter_type(w, "JavaThread", "Thread", 2216);
	vmwriter_put(w, list + 4, 4, 1);
	vmwriter_put(w, list + 16, 8, array);
	vmwriter_put(w, array, 8, thread);
	vmwriter_put(w, thread + 1048, 8, base + MIB);
	vmwriter_put(w, thread + 1056, 8, MIB);
	vmwriter_put(w, thread + 1016, 8, os);
	vmwriter_put(w, os + 12, 4, 4711);
	vmwriter_row(w, base, base + 0x4000, "---p", NULL);
	vmwriter_row(w, base + 0x4000, base + MIB, "rw-p", NULL);
}

static void add_cards_25(struct vmwriter *w)
{
	const uint64_t map = VM_BASE + 0x300000000;
	uint64_t barriers = vmwriter_alloc(w, 80), cards = vmwriter_alloc(w, 88);
	vmwriter_static(w, "BarrierSet::_barrier_set", "BarrierSet*", 8, barriers);
	vmwriter_field(w, "BarrierSet::_fake_rtti", "BarrierSet::FakeRtti", 8);
	vmwriter_field(w, "BarrierSet::FakeRtti::_concrete_tag", "BarrierSet::Name", 8);
	vmwriter_field(w, "CardTableBarrierSet::_card_table", "CardTable*", 72);
	vmwriter_field(w, "CardTable::_byte_map", "CardTable::CardValue*", 40);
	vmwriter_field(w, "CardTable::_byte_map_size", "const size_t", 32);
	vmwriter_constant(w, "BarrierSet::CardTableBarrierSet", 1);
	vmwriter_constant(w, "BarrierSet::G1BarrierSet", 3);
	vmwriter_put(w, barriers + 16, 4, 1);
	vmwriter_put(w, barriers + 72, 8, cards);
	vmwriter_put(w, cards + 32, 8, MIB);
	vmwriter_put(w, cards + 40, 8, map);
	vmwriter_row(w, map, map + MIB / 2, "rw-p", NULL);
	vmwriter_row(w, map + MIB / 2, map + MIB, "---p", NULL);
}

static void add_common(struct vmwriter *w, const char *collector)
{
	add_common_fields(w);
	vmwriter_flag(w, "MaxHeapSize", "size_t", 512 * MIB, COMMAND_LINE);
	vmwriter_flag(w, collector, "bool", 1, ERGONOMIC);
}

static void add_common_25(struct vmwriter *w, const char *collector)
{
	add_version(w, "25.0.3+9-LTS", "OpenJDK 64-Bit Server VM (25.0.3+9-LTS) for linux-amd64 JRE (25.0.3+9-LTS)");
	add_common(w, collector);
	vmwriter_flag(w, "UseCompressedOops", "bool", 1, ERGONOMIC);
	vmwriter_flag(w, "CICompilerCount", "intx", (uint64_t)-3, ERGONOMIC);
	vmwriter_flag(w, "TieredCompilation", "bool", 1, 0);
	vmwriter_static(w, "CompressedOops::_base", "address", 8, 0x800000000);
	vmwriter_static(w, "CompressedOops::_shift", "int", 4, 3);
}

void vmwriter_serial_25(struct vmwriter *w)
{
	static const uint64_t space[] = { 0, 16, 8 };
	add_common_25(w, "UseSerialGC");
	uint64_t heap = add_heap(w, 208, 48), young = vmwriter_alloc(w, 728), old = vmwriter_alloc(w, 248);
	vmwriter_field(w, "SerialHeap::_young_gen", "DefNewGeneration*", 112);
	vmwriter_field(w, "SerialHeap::_old_gen", "TenuredGeneration*", 120);
	vmwriter_field(w, "Generation::_virtual_space", "VirtualSpace", 32);
	vmwriter_field(w, "DefNewGeneration::_eden_space", "ContiguousSpace*", 656);
	vmwriter_field(w, "DefNewGeneration::_from_space", "ContiguousSpace*", 664);
	vmwriter_field(w, "DefNewGeneration::_to_space", "ContiguousSpace*", 672);
	vmwriter_field(w, "TenuredGeneration::_the_space", "ContiguousSpace*", 216);
	vmwriter_field(w, "ContiguousSpace::_bottom", "HeapWord*", 0);
	vmwriter_field(w, "ContiguousSpace::_end", "HeapWord*", 8);
	vmwriter_field(w, "ContiguousSpace::_top", "HeapWord*", 16);
	vmwriter_put(w, heap + 112, 8, young);
	vmwriter_put(w, heap + 120, 8, old);
	add_virtual_space(w, young + 32, 0xe0000000, 0xf0000000, 0xe4000000);
	add_virtual_space(w, old + 32, 0xf0000000, 0x100000000, 0xf8000000);
	vmwriter_put(w, young + 656, 8, add_space(w, 0xe0000000, 0xe1000000, 0xe3000000, space));
	vmwriter_put(w, young + 664, 8, add_space(w, 0xe3800000, 0xe3900000, 0xe4000000, space));
	vmwriter_put(w, young + 672, 8, add_space(w, 0xe3000000, 0xe3000000, 0xe3800000, space));
	vmwriter_put(w, old + 216, 8, add_space(w, 0xf0000000, 0xf2345678, 0xf8000000, space));
	add_code(w, true);
	add_threads_25(w);
	add_cards_25(w);
}

static void add_region(struct vmwriter *w, uint64_t slot, uint64_t bottom, uint64_t top, unsigned tag)
{
	uint64_t at = vmwriter_alloc(w, 144);
	vmwriter_put(w, slot, 8, at);
	vmwriter_put(w, at, 8, bottom);
	vmwriter_put(w, at + 8, 8, bottom + MIB);
	vmwriter_put(w, at + 16, 8, top);
	vmwriter_put(w, at + 52, 4, tag);
}

void vmwriter_g1_25(struct vmwriter *w)
{
	static const unsigned tags[] = { 0, 2, 3, 4, 5, 8, 2 };
	add_common_25(w, "UseG1GC");
	uint64_t heap = add_heap(w, 1680, 48), table = vmwriter_alloc(w, 512 * 8);
	vmwriter_field(w, "G1CollectedHeap::_hrm", "G1HeapRegionManager", 408);
	vmwriter_field(w, "G1HeapRegionManager::_regions", "G1HeapRegionTable", 88);
	vmwriter_field(w, "G1HeapRegionTable::_base", "address", 16);
	vmwriter_field(w, "G1HeapRegionTable::_length", "size_t", 24);
	vmwriter_static(w, "G1HeapRegion::GrainBytes", "size_t", 8, MIB);
	vmwriter_field(w, "G1HeapRegion::_bottom", "HeapWord* const", 0);
	vmwriter_field(w, "G1HeapRegion::_end", "HeapWord* const", 8);
	vmwriter_field(w, "G1HeapRegion::_top", "HeapWord* volatile", 16);
	vmwriter_field(w, "G1HeapRegion::_type", "G1HeapRegionType", 52);
	vmwriter_field(w, "G1HeapRegionType::_tag", "G1HeapRegionType::Tag volatile", 0);
	vmwriter_constant(w, "G1HeapRegionType::FreeTag", 0);
	vmwriter_constant(w, "G1HeapRegionType::EdenTag", 2);
	vmwriter_constant(w, "G1HeapRegionType::SurvTag", 3);
	vmwriter_constant(w, "G1HeapRegionType::HumongousMask", 4);
	vmwriter_constant(w, "G1HeapRegionType::OldMask", 8);
	vmwriter_put(w, heap + 408 + 88 + 16, 8, table);
	vmwriter_put(w, heap + 408 + 88 + 24, 8, 512);
	for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
		/* The last is where nothing has access any more. */
		uint64_t number = i == 6 ? 100 : i, bottom = 0xe0000000 + number * MIB;
		add_region(w, table + 8 * number, bottom, bottom + (tags[i] ? MIB / 2 : 0), tags[i]);
	}
	add_code(w, true);
	add_threads_25(w);
}

/* A dictionary of three buckets; the last has two entries, of which the second, whose link is marked as shared, is a class in
 * the class space. */
static void add_classes_8(struct vmwriter *w)
{
	const uint64_t space = 0x100000000;
	uint64_t dictionary = vmwriter_alloc(w, 56), buckets = vmwriter_alloc(w, 24);
	uint64_t first = vmwriter_alloc(w, 40), second = vmwriter_alloc(w, 40);
	vmwriter_flag(w, "UseCompressedClassPointers", "bool", 1, ERGONOMIC);
	vmwriter_flag(w, "CompressedClassSpaceSize", "uintx", 1024 * MIB, 0);
	vmwriter_static(w, "SystemDictionary::_dictionary", "Dictionary*", 8, dictionary);
	vmwriter_field(w, "InstanceKlass::_constants", "ConstantPool*", 216);
	vmwriter_field(w, "BasicHashtable<mtInternal>::_table_size", "int", 0);
	vmwriter_field(w, "BasicHashtable<mtInternal>::_buckets", "HashtableBucket<mtInternal>*", 8);
	vmwriter_field(w, "HashtableBucket<mtInternal>::_entry", "BasicHashtableEntry<mtInternal>*", 0);
	vmwriter_field(w, "BasicHashtableEntry<mtInternal>::_next", "BasicHashtableEntry<mtInternal>*", 8);
	vmwriter_field(w, "IntptrHashtableEntry::_literal", "intptr_t", 16);
	vmwriter_type(w, "HashtableBucket<mtInternal>", NULL, 8);
	vmwriter_put(w, dictionary, 4, 3);
	vmwriter_put(w, dictionary + 8, 8, buckets);
	vmwriter_put(w, buckets + 16, 8, first);
	vmwriter_put(w, first + 8, 8, second | 1);
	vmwriter_put(w, second + 16, 8, space + 0x1028);
	vmwriter_row(w, space, space + MIB / 2, "rw-p", NULL);
	vmwriter_row(w, space + MIB / 2, space + 1024 * MIB, "---p", NULL);
}

void vmwriter_serial_8(struct vmwriter *w)
{
	static const uint64_t space[] = { 8, 64, 16 };
	add_version(w, "25.482-b08", "OpenJDK 64-Bit Server VM (25.482-b08) for linux-amd64 JRE (1.8.0_482-b08)");
	add_common_fields(w);
	vmwriter_old_flags(w);
	vmwriter_flag(w, "MaxHeapSize", "uintx", 512 * MIB, COMMAND_LINE);
	vmwriter_flag(w, "UseSerialGC", "bool", 1, COMMAND_LINE);
	vmwriter_flag(w, "UseCompressedOops", "bool", 1, ERGONOMIC);
	vmwriter_static(w, "Universe::_narrow_oop._base", "address", 8, 0);
	vmwriter_static(w, "Universe::_narrow_oop._shift", "int", 4, 0);
	uint64_t heap = add_heap(w, 256, 40), young = vmwriter_alloc(w, 600), old = vmwriter_alloc(w, 400);
	vmwriter_field(w, "GenCollectedHeap::_n_gens", "int", 88);
	vmwriter_field(w, "GenCollectedHeap::_gens", "Generation*", 96);
	vmwriter_field(w, "Generation::_virtual_space", "VirtualSpace", 48);
	vmwriter_field(w, "DefNewGeneration::_eden_space", "EdenSpace*", 400);
	vmwriter_field(w, "DefNewGeneration::_from_space", "ContiguousSpace*", 408);
	vmwriter_field(w, "DefNewGeneration::_to_space", "ContiguousSpace*", 416);
	vmwriter_field(w, "OneContigSpaceCardGeneration::_the_space", "ContiguousSpace*", 200);
	vmwriter_field(w, "Space::_bottom", "HeapWord*", 8);
	vmwriter_field(w, "Space::_end", "HeapWord*", 16);
	vmwriter_field(w, "ContiguousSpace::_top", "HeapWord*", 64);
	vmwriter_put(w, heap + 88, 4, 2);
	vmwriter_put(w, heap + 96, 8, young);
	vmwriter_put(w, heap + 104, 8, old);
	add_virtual_space(w, young + 48, 0xe0000000, 0xf0000000, 0xe4000000);
	add_virtual_space(w, old + 48, 0xf0000000, 0x100000000, 0xf8000000);
	vmwriter_put(w, young + 400, 8, add_space(w, 0xe0000000, 0xe1000000, 0xe3000000, space));
	vmwriter_put(w, young + 408, 8, add_space(w, 0xe3800000, 0xe3900000, 0xe4000000, space));
	vmwriter_put(w, young + 416, 8, add_space(w, 0xe3000000, 0xe3000000, 0xe3800000, space));
	vmwriter_put(w, old + 200, 8, add_space(w, 0xf0000000, 0xf2345678, 0xf8000000, space));
	add_code(w, false);
	add_classes_8(w);
}

void vmwriter_z_21(struct vmwriter *w)
{
	const uint64_t base = UINT64_C(1) << 42;
	add_version(w, "21.0.13+1", "OpenJDK 64-Bit Server VM (21.0.13+1) for linux-amd64 JRE (21.0.13+1)");
	add_common(w, "UseZGC");
	vmwriter_flag(w, "ZGenerational", "bool", 0, 0);
	uint64_t heap = vmwriter_alloc(w, 4096), globals = vmwriter_alloc(w, 128), mask = vmwriter_alloc(w, 8);
	uint64_t map = vmwriter_alloc(w, 256 * 8), page = vmwriter_alloc(w, 64);
	vmwriter_static(w, "Universe::_collectedHeap", "CollectedHeap*", 8, heap);
	vmwriter_type(w, "ZHeap", NULL, 15680);
	vmwriter_type(w, "XHeap", NULL, 3500);
	vmwriter_static(w, "ZGlobalsForVMStructs::_instance_p", "ZGlobalsForVMStructs*", 8, 0);
	vmwriter_field(w, "ZGlobalsForVMStructs::_ZPointerLoadShift", "size_t*", 24);
	vmwriter_field(w, "ZCollectedHeap::_heap", "ZHeap", 192);
	vmwriter_field(w, "ZHeap::_page_allocator", "ZPageAllocator", 0);
	vmwriter_field(w, "ZPageAllocator::_max_capacity", "const size_t", 408);
	vmwriter_static(w, "XGlobalsForVMStructs::_instance_p", "XGlobalsForVMStructs*", 8, globals);
	vmwriter_field(w, "XGlobalsForVMStructs::_XAddressOffsetMask", "uintptr_t*", 16);
	vmwriter_field(w, "XCollectedHeap::_heap", "XHeap", 192);
	vmwriter_field(w, "XHeap::_page_allocator", "XPageAllocator", 176);
	vmwriter_field(w, "XHeap::_page_table", "XPageTable", 792);
	vmwriter_field(w, "XPageAllocator::_max_capacity", "const size_t", 400);
	vmwriter_field(w, "XPageAllocator::_capacity", "size_t", 416);
	vmwriter_field(w, "XPageAllocator::_used", "size_t", 432);
	vmwriter_field(w, "XPageTable::_map", "XGranuleMapForPageTable", 0);
	vmwriter_field(w, "XGranuleMapForPageTable::_map", "XPage** const", 8);
	vmwriter_field(w, "XPage::_virtual", "const XVirtualMemory", 8);
	vmwriter_field(w, "XPage::_top", "uintptr_t", 24);
	vmwriter_field(w, "XVirtualMemory::_start", "const uintptr_t", 0);
	vmwriter_field(w, "XVirtualMemory::_end", "const uintptr_t", 8);
	vmwriter_constant(w, "XGranuleSizeShift", 21);
	vmwriter_put(w, globals + 16, 8, mask);
	vmwriter_put(w, mask, 8, base - 1);
	vmwriter_put(w, heap + 192 + 176 + 400, 8, 512 * MIB);
	vmwriter_put(w, heap + 192 + 176 + 416, 8, 128 * MIB);
	vmwriter_put(w, heap + 192 + 176 + 432, 8, 6 * MIB);
	vmwriter_put(w, heap + 192 + 792 + 8, 8, map);
	for (unsigned i = 1; i < 4; i++)
		vmwriter_put(w, map + 8 * i, 8, page);
	vmwriter_put(w, page + 8, 8, 2 * MIB);
	vmwriter_put(w, page + 16, 8, 8 * MIB);
	vmwriter_put(w, page + 24, 8, 5 * MIB);
	for (unsigned view = 0; view < 3; view++)
		vmwriter_row(w, base << view, (base << view) + 128 * MIB, "rw-s", NULL);
}

void vmwriter_parallel_28(struct vmwriter *w)
{
	static const uint64_t space[] = { 32, 40, 48 };
	add_version(w, "28-ea+18", "OpenJDK 64-Bit Server VM (28-ea+18) for linux-amd64 JRE (28-ea+18)");
	add_common(w, "UseParallelGC");
	uint64_t heap = add_heap(w, 320, 40), young = vmwriter_alloc(w, 96), old = vmwriter_alloc(w, 56);
	vmwriter_field(w, "ParallelScavengeHeap::_young_gen", "PSYoungGen*", 112);
	vmwriter_field(w, "ParallelScavengeHeap::_old_gen", "PSOldGen*", 120);
	vmwriter_field(w, "PSYoungGen::_heap_vs", "PSHeapVirtualSpace*", 8);
	vmwriter_field(w, "PSYoungGen::_eden_space", "MutableSpace*", 16);
	vmwriter_field(w, "PSYoungGen::_from_space", "MutableSpace*", 24);
	vmwriter_field(w, "PSYoungGen::_to_space", "MutableSpace*", 32);
	vmwriter_field(w, "PSOldGen::_heap_vs", "PSHeapVirtualSpace*", 8);
	vmwriter_field(w, "PSOldGen::_object_space", "MutableSpace*", 24);
	vmwriter_field(w, "MutableSpace::_bottom", "HeapWord*", 32);
	vmwriter_field(w, "MutableSpace::_top", "Atomic<HeapWord*>", 40);
	vmwriter_field(w, "MutableSpace::_end", "Atomic<HeapWord*>", 48);
	vmwriter_put(w, heap + 112, 8, young);
	vmwriter_put(w, heap + 120, 8, old);
	vmwriter_put(w, old + 24, 8, add_space(w, 0xe0000000, 0xe0117df0, 0xe4000000, space));
	vmwriter_put(w, young + 32, 8, add_space(w, 0xf0000000, 0xf0000000, 0xf0500000, space));
	vmwriter_put(w, young + 24, 8, add_space(w, 0xf0500000, 0xf0600000, 0xf0a00000, space));
	vmwriter_put(w, young + 16, 8, add_space(w, 0xf0a00000, 0xf2000000, 0xf8000000, space));
}
