/* A JVM read through its own tables, made by hand: releases that no package of the test machine has, and damage. What is
 * expected is what was put there. */
#include "lib/classify/rule.h"
#include "lib/jvm/jvm.h"
#include "lib/jvm/vmstructs/vm.h"
#include "lib/symbol/symbol.h"

#include "tests/support/spaces.h"
#include "tests/support/vmjvms.h"

#include <string.h>

static const uint64_t MIB = 1 << 20;

struct made {
	struct vmwriter *w;
	struct inq_space *space;
	const struct inq_jvm *jvm;
};

static struct made look(struct vmwriter *w)
{
	struct made made = { .w = w, .space = vmwriter_finish(w) };
	ck_assert_ptr_nonnull(made.space);
	made.jvm = inq_jvm_of(made.space);
	return made;
}

static struct made make(void (*fill)(struct vmwriter *w))
{
	struct vmwriter *w = vmwriter_create();
	fill(w);
	return look(w);
}

static void drop(struct made *made)
{
	inq_space_destroy(made->space);
	vmwriter_destroy(made->w);
}

static void expect_area(const struct inq_jvm_area *area, const char *name, uint64_t start, uint64_t end,
			uint64_t committed, uint64_t used)
{
	ck_assert_str_eq(area->name, name);
	ck_assert_uint_eq(area->start, start);
	ck_assert_uint_eq(area->end, end);
	ck_assert_uint_eq(area->reserved, end - start);
	ck_assert_uint_eq(area->committed, committed);
	ck_assert_uint_eq(area->used, used);
	ck_assert_int_eq(area->confidence, INQ_CERTAIN);
	ck_assert_uint_ge(area->evidence.count, 1);
}

static const char *flag(const struct inq_jvm *jvm, const char *name)
{
	for (size_t i = 0; i < jvm->flag_count; i++)
		if (strcmp(jvm->flags[i].name, name) == 0)
			return jvm->flags[i].value;
	return NULL;
}

static void expect_serial(const struct inq_jvm *jvm)
{
	ck_assert_ptr_nonnull(jvm);
	ck_assert_str_eq(jvm->found_by, "vmstructs");
	ck_assert_str_eq(jvm->collector, "serial");
	ck_assert_str_eq(jvm->vm_name, "OpenJDK 64-Bit Server VM");
	ck_assert(jvm->has_heap);
	expect_area(&jvm->heap, "heap", 0xe0000000, 0x100000000, 192 * MIB, 17 * MIB + 0x2345678);
	ck_assert_uint_eq(jvm->heap.part_count, 2);
	const struct inq_jvm_area *young = &jvm->heap.parts[0], *old = &jvm->heap.parts[1];
	expect_area(young, "young", 0xe0000000, 0xf0000000, 64 * MIB, 17 * MIB);
	expect_area(old, "old", 0xf0000000, 0x100000000, 128 * MIB, 0x2345678);
	ck_assert_uint_eq(young->part_count, 3);
	expect_area(&young->parts[0], "eden", 0xe0000000, 0xe3000000, 48 * MIB, 16 * MIB);
	expect_area(&young->parts[1], "to", 0xe3000000, 0xe3800000, 8 * MIB, 0);
	expect_area(&young->parts[2], "from", 0xe3800000, 0xe4000000, 8 * MIB, MIB);
	ck_assert_uint_eq(old->part_count, 1);
	ck_assert_str_eq(flag(jvm, "MaxHeapSize"), "536870912");
	ck_assert_str_eq(flag(jvm, "UseSerialGC"), "true");
	ck_assert(jvm->has_code_cache);
	ck_assert_uint_eq(jvm->code_cache.reserved, 48 * MIB);
	ck_assert_uint_eq(jvm->code_cache.committed, MIB);
}

START_TEST(serial_25)
{
	struct made made = make(vmwriter_serial_25);
	const struct inq_jvm *jvm = made.jvm;
	expect_serial(jvm);
	ck_assert_uint_eq(jvm->major, 25);
	ck_assert_str_eq(jvm->version, "25.0.3+9-LTS");
	ck_assert_str_eq(jvm->oops_mode, "disjoint");
	ck_assert_uint_eq(jvm->narrow_oop_base, 0x800000000);
	ck_assert_uint_eq(jvm->narrow_oop_shift, 3);
	ck_assert_str_eq(flag(jvm, "CICompilerCount"), "-3");
	ck_assert_ptr_null(flag(jvm, "TieredCompilation"));
	ck_assert_uint_eq(jvm->thread_count, 1);
	ck_assert_uint_eq(jvm->threads[0].tid, 4711);
	ck_assert_uint_eq(jvm->threads[0].stack_end - jvm->threads[0].stack_start, MIB);
	ck_assert_uint_eq(jvm->threads[0].guard_end - jvm->threads[0].stack_start, 0x4000);
	ck_assert_uint_eq(jvm->side_table_count, 1);
	expect_area(&jvm->side_tables[0], "card table", VM_BASE + 0x300000000, VM_BASE + 0x300000000 + MIB, MIB / 2,
		    INQ_UNKNOWN);
	drop(&made);
}
END_TEST

/* Its HotSpot calls itself 25 too. */
START_TEST(serial_8)
{
	struct made made = make(vmwriter_serial_8);
	expect_serial(made.jvm);
	ck_assert_uint_eq(made.jvm->major, 8);
	ck_assert_str_eq(made.jvm->version, "25.482-b08");
	ck_assert_str_eq(made.jvm->oops_mode, "unscaled");
	ck_assert(made.jvm->has_class_space);
	expect_area(&made.jvm->class_space, "class space", 0x100000000, 0x140000000, MIB / 2, INQ_UNKNOWN);
	drop(&made);
}
END_TEST

START_TEST(z_21)
{
	const uint64_t base = UINT64_C(1) << 42;
	struct made made = make(vmwriter_z_21);
	const struct inq_jvm *jvm = made.jvm;
	ck_assert_ptr_nonnull(jvm);
	ck_assert_str_eq(jvm->found_by, "vmstructs");
	ck_assert_str_eq(jvm->collector, "z");
	ck_assert_uint_eq(jvm->heap.start, base);
	ck_assert_uint_eq(jvm->heap.reserved, 512 * MIB);
	ck_assert_uint_eq(jvm->heap.committed, 128 * MIB);
	ck_assert_uint_eq(jvm->heap.used, 6 * MIB);
	ck_assert_uint_eq(jvm->view_count, 2);
	ck_assert_uint_eq(jvm->views[0], base << 1);
	ck_assert_uint_eq(jvm->views[1], base << 2);
	ck_assert_uint_eq(jvm->region_count, 1);
	ck_assert_uint_eq(jvm->regions[0].start, base + 2 * MIB);
	ck_assert_uint_eq(jvm->regions[0].end, base + 8 * MIB);
	ck_assert_uint_eq(jvm->regions[0].top, base + 5 * MIB);
	drop(&made);
}
END_TEST

/* The spaces tell where the generations are; neither has a reservation. */
START_TEST(parallel_28)
{
	struct made made = make(vmwriter_parallel_28);
	ck_assert_ptr_nonnull(made.jvm);
	ck_assert_uint_eq(made.jvm->heap.part_count, 2);
	const struct inq_jvm_area *old = &made.jvm->heap.parts[0], *young = &made.jvm->heap.parts[1];
	ck_assert_str_eq(old->name, "old");
	ck_assert_uint_eq(old->start, 0xe0000000);
	ck_assert_uint_eq(old->end, 0xf0000000);
	ck_assert_uint_eq(old->reserved, INQ_UNKNOWN);
	ck_assert_uint_eq(old->committed, 64 * MIB);
	ck_assert_uint_eq(old->used, 0x117df0);
	ck_assert_int_eq(old->confidence, INQ_LIKELY);
	ck_assert_str_eq(young->name, "young");
	ck_assert_uint_eq(young->start, 0xf0000000);
	ck_assert_uint_eq(young->end, 0x100000000);
	ck_assert_uint_eq(young->committed, 128 * MIB);
	ck_assert_uint_eq(young->used, 22 * MIB + MIB);
	ck_assert_uint_eq(young->part_count, 3);
	ck_assert_uint_eq(made.jvm->heap.committed, 192 * MIB);
	drop(&made);
}
END_TEST

START_TEST(g1_25)
{
	static const char *const types[] = { "free", "eden", "survivor", "humongous", "humongous", "old" };
	struct made made = make(vmwriter_g1_25);
	const struct inq_jvm *jvm = made.jvm;
	ck_assert_ptr_nonnull(jvm);
	ck_assert_str_eq(jvm->collector, "g1");
	ck_assert_uint_eq(jvm->region_size, MIB);
	ck_assert_uint_eq(jvm->region_count, 6);
	for (size_t i = 0; i < 6; i++) {
		ck_assert_str_eq(jvm->regions[i].type, types[i]);
		ck_assert_uint_eq(jvm->regions[i].start, 0xe0000000 + i * MIB);
		ck_assert_uint_eq(jvm->regions[i].end, 0xe0000000 + (i + 1) * MIB);
		ck_assert_uint_eq(jvm->regions[i].top - jvm->regions[i].start, i ? MIB / 2 : 0);
	}
	ck_assert_uint_eq(jvm->heap.committed, 6 * MIB);
	ck_assert_uint_eq(jvm->heap.used, 5 * MIB / 2);
	drop(&made);
}
END_TEST

static void expect_region(const struct inq_region *regions, size_t count, uint64_t address, enum inq_class class_,
			  const char *subclass)
{
	const struct inq_region *region = inq_region_at(regions, count, address);
	ck_assert_ptr_nonnull(region);
	ck_assert_str_eq(inq_class_name(region->class_), inq_class_name(class_));
	ck_assert_int_eq(region->confidence, INQ_CERTAIN);
	if (subclass)
		ck_assert_str_eq(region->subclass ? region->subclass : "(none)", subclass);
}

static uint64_t sum_of_class(const struct inq_region *regions, size_t count, enum inq_class class_)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < count; i++)
		sum += regions[i].class_ == class_ ? regions[i].end - regions[i].start : 0;
	return sum;
}

START_TEST(regions_of_serial)
{
	struct made made = make(vmwriter_serial_25);
	const struct inq_region *regions;
	size_t count;
	ck_assert_int_eq(inq_classify(made.space, &regions, &count), INQ_OK);
	expect_region(regions, count, 0xe0000000, INQ_CLASS_JVM_HEAP, "eden");
	expect_region(regions, count, 0xe3000000, INQ_CLASS_JVM_HEAP, "survivor");
	expect_region(regions, count, 0xe4000000, INQ_CLASS_JVM_HEAP, "young");
	expect_region(regions, count, 0xf0000000, INQ_CLASS_JVM_HEAP, "old");
	expect_region(regions, count, 0xffffffff, INQ_CLASS_JVM_HEAP, "old");
	expect_region(regions, count, VM_BASE + 0x100000000, INQ_CLASS_JVM_CODE, NULL);
	expect_region(regions, count, VM_BASE + 0x200000000, INQ_CLASS_GUARD, "java-stack");
	expect_region(regions, count, VM_BASE + 0x200004000, INQ_CLASS_JVM_STACK, NULL);
	expect_region(regions, count, VM_BASE + 0x300000000, INQ_CLASS_JVM_CARD_TABLE, NULL);
	ck_assert_uint_eq(inq_region_at(regions, count, VM_BASE + 0x200004000)->thread, 4711);
	ck_assert_uint_eq(sum_of_class(regions, count, INQ_CLASS_JVM_HEAP), 512 * MIB);
	ck_assert_uint_eq(sum_of_class(regions, count, INQ_CLASS_JVM_CODE), 48 * MIB);
	ck_assert_uint_eq(sum_of_class(regions, count, INQ_CLASS_JVM_CARD_TABLE), MIB);
	drop(&made);
}
END_TEST

/* Neighbours of one type are one region; what is not committed is of the heap as well. */
START_TEST(regions_of_g1)
{
	struct made made = make(vmwriter_g1_25);
	const struct inq_region *regions;
	size_t count;
	ck_assert_int_eq(inq_classify(made.space, &regions, &count), INQ_OK);
	expect_region(regions, count, 0xe0000000, INQ_CLASS_JVM_HEAP, "free");
	expect_region(regions, count, 0xe0300000, INQ_CLASS_JVM_HEAP, "humongous");
	ck_assert_uint_eq(inq_region_at(regions, count, 0xe0300000)->end, 0xe0500000);
	expect_region(regions, count, 0xe0500000, INQ_CLASS_JVM_HEAP, "old");
	expect_region(regions, count, 0xe6400000, INQ_CLASS_JVM_HEAP, NULL);
	ck_assert_uint_eq(sum_of_class(regions, count, INQ_CLASS_JVM_HEAP), 512 * MIB);
	drop(&made);
}
END_TEST

/* One unknown field costs one fact. */
START_TEST(a_field_of_another_name)
{
	struct vmwriter *w = vmwriter_create();
	vmwriter_serial_25(w);
	vmwriter_seal(w);
	static const char name[] = "_log2_segment_size";
	uint8_t *at = memmem(vmwriter_bytes(w), VM_SIZE, name, sizeof name);
	ck_assert_ptr_nonnull(at);
	at[0] = 'x';
	static const char release[] = "_s_vm_release";
	at = memmem(vmwriter_bytes(w), VM_SIZE, release, sizeof release);
	ck_assert_ptr_nonnull(at);
	at[0] = 'x';
	struct made made = look(w);
	expect_serial(made.jvm);
	ck_assert_uint_eq(made.jvm->code_cache.used, INQ_UNKNOWN);
	ck_assert_ptr_null(made.jvm->version);
	drop(&made);
}
END_TEST

static void set_export(struct made *made, const char *name, uint64_t value)
{
	uint64_t at;
	struct inq_object *libjvm = &made->space->objects.items[0];
	ck_assert(inq_symbol_find(made->space, libjvm, name, strlen(name), &at));
	vmwriter_put(made->w, at, 8, value);
}

/* The tables' descriptions, each with a value that no build has: nothing is read, and the reason is said. */
START_TEST(tables_that_cannot_be)
{
	static const struct {
		const char *name;
		uint64_t value;
	} wrong[] = { { "gHotSpotVMStructEntryArrayStride", 0 },
		      { "gHotSpotVMStructEntryArrayStride", UINT64_MAX },
		      { "gHotSpotVMStructEntryOffsetOffset", UINT64_MAX - 2 },
		      { "gHotSpotVMStructEntryTypeNameOffset", 48 },
		      { "gHotSpotVMStructs", 0 },
		      { "gHotSpotVMStructs", UINT64_MAX - 7 },
		      { "gHotSpotVMTypes", 0x10 } };
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct vmwriter *w = vmwriter_create();
		vmwriter_serial_25(w);
		struct made made = { .w = w, .space = vmwriter_finish(w) };
		set_export(&made, wrong[i].name, wrong[i].value);
		made.jvm = inq_jvm_of(made.space);
		ck_assert_msg(!made.jvm || strcmp(made.jvm->found_by, "vmstructs") != 0, "%s", wrong[i].name);
		ck_assert(vmwriter_warned(w, "gHotSpotVMStructs"));
		drop(&made);
	}
}
END_TEST

/* A table without an end stops at the end of what is held, and what was read until then counts. */
START_TEST(a_table_without_an_end)
{
	struct vmwriter *w = vmwriter_create();
	uint64_t endless = vmwriter_string(w, "endless"), value;
	vmwriter_serial_25(w);
	struct made made = { .w = w, .space = vmwriter_finish(w) };
	struct inq_vm vm;
	const uint64_t end = VM_BASE + VM_SIZE, start = end - 64 * 16;
	for (uint64_t at = start; at < end; at += 16)
		vmwriter_put(w, at, 8, endless);
	set_export(&made, "gHotSpotVMIntConstants", start);
	ck_assert(inq_vm_open(made.space, &vm));
	ck_assert_ptr_nonnull(inq_vm_field(&vm, "Universe::_collectedHeap"));
	ck_assert(inq_vm_constant(&vm, "no such|endless", &value));
	ck_assert(vmwriter_warned(w, "cut off"));
	drop(&made);
}
END_TEST

/* A generation that claims more than there is is not believed. */
START_TEST(bounds_that_cannot_be)
{
	struct vmwriter *w = vmwriter_create();
	vmwriter_serial_25(w);
	struct made made = { .w = w, .space = vmwriter_finish(w) };
	struct inq_vm vm;
	uint64_t heap, young;
	ck_assert(inq_vm_open(made.space, &vm));
	ck_assert(inq_vm_word(&vm, 0, "Universe::_collectedHeap", &heap));
	ck_assert(inq_vm_word(&vm, heap, "SerialHeap::_young_gen", &young));
	vmwriter_put(w, young + 32 + 8, 8, 0xd0000000); /* ends below its start */
	made.jvm = inq_jvm_of(made.space);
	ck_assert_ptr_nonnull(made.jvm);
	ck_assert_uint_eq(made.jvm->heap.part_count, 1);
	ck_assert_str_eq(made.jvm->heap.parts[0].name, "old");
	drop(&made);
}
END_TEST

/* Superclasses that go round in a ring end. */
START_TEST(a_ring_of_superclasses)
{
	struct vmwriter *w = vmwriter_create();
	vmwriter_serial_25(w);
	vmwriter_type(w, "RingA", "RingB", 8);
	vmwriter_type(w, "RingB", "RingA", 8);
	struct made made = { .w = w, .space = vmwriter_finish(w) };
	struct inq_vm vm;
	uint64_t size;
	ck_assert(inq_vm_open(made.space, &vm));
	ck_assert_ptr_null(inq_vm_field(&vm, "RingA::_nothing"));
	ck_assert_ptr_null(inq_vm_field(&vm, "no colons|:|::|"));
	ck_assert_ptr_nonnull(inq_vm_field(&vm, "RingA::_nothing|JavaThread::_osthread"));
	ck_assert(inq_vm_size(&vm, "RingA", &size) && size == 8);
	ck_assert(!inq_vm_size(&vm, "RingC", &size));
	drop(&made);
}
END_TEST

START_TEST(text_only_asks_no_memory)
{
	struct vmwriter *w = vmwriter_create();
	vmwriter_serial_25(w);
	struct made made = { .w = w, .space = vmwriter_finish(w) };
	made.space->jvm_hints.text_only = true;
	made.jvm = inq_jvm_of(made.space);
	ck_assert(!made.jvm || strcmp(made.jvm->found_by, "vmstructs") != 0);
	drop(&made);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("vmstructs");
	TCase *tests = tcase_create("all");
	tcase_add_test(tests, serial_25);
	tcase_add_test(tests, serial_8);
	tcase_add_test(tests, z_21);
	tcase_add_test(tests, parallel_28);
	tcase_add_test(tests, g1_25);
	tcase_add_test(tests, regions_of_serial);
	tcase_add_test(tests, regions_of_g1);
	tcase_add_test(tests, a_field_of_another_name);
	tcase_add_test(tests, tables_that_cannot_be);
	tcase_add_test(tests, a_table_without_an_end);
	tcase_add_test(tests, bounds_that_cannot_be);
	tcase_add_test(tests, a_ring_of_superclasses);
	tcase_add_test(tests, text_only_asks_no_memory);
	suite_add_tcase(suite, tests);
	return test_run(suite);
}
