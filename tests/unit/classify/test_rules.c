/* Classification rules on maps made by hand; expectations are what the systems' documentation says of such rows. */
#include "tests/support/regions.h"

#include <string.h>

static void expect(uint64_t address, enum inq_class class_, enum inq_confidence confidence)
{
	const struct inq_region *region = test_region_at(address);
	ck_assert_str_eq(inq_class_name(region->class_), inq_class_name(class_));
	ck_assert_int_eq(region->confidence, confidence);
	ck_assert_uint_ge(region->evidence.count, 1);
	ck_assert_uint_gt(strlen(region->evidence.items[0]), 10);
}

/* The regions must cover the mappings exactly. */
static void expect_exact_cover(const struct inq_space *space)
{
	size_t at = 0, region_count;
	const struct inq_region *regions = test_regions(&region_count);
	for (size_t i = 0; i < space->mappings.count; i++) {
		uint64_t next = space->mappings.items[i].start;
		while (next < space->mappings.items[i].end) {
			ck_assert_uint_lt(at, region_count);
			ck_assert_uint_eq(regions[at].start, next);
			ck_assert_uint_gt(regions[at].end, next);
			next = regions[at++].end;
		}
		ck_assert_uint_eq(next, space->mappings.items[i].end);
	}
	ck_assert_uint_eq(at, region_count);
}

/* Marks the mappings of a path as one object, as lib/space/objects.c does. */
static void make_object(struct inq_space *space, const char *path, enum inq_object_kind kind)
{
	struct inq_object *object = inq_object_vec_push(&space->objects);
	ck_assert_ptr_nonnull(object);
	*object = (struct inq_object) { .path = path, .kind = (uint8_t)kind, .load_bias = INQ_UNKNOWN };
	for (size_t i = 0; i < space->mappings.count; i++) {
		struct inq_mapping *row = &space->mappings.items[i];
		if (!row->file || strcmp(row->file->path, path) != 0)
			continue;
		if (!object->mapping_count++) {
			object->first_mapping = (uint32_t)i;
			object->base = row->start;
		}
		object->end = row->end;
		row->object = (uint32_t)(space->objects.count - 1);
	}
}

START_TEST(linux_labels)
{
	struct test_space test;
	test_space_begin(&test, "maps", NULL, 0);
	test_space_row(&test, 0x1000, 0x2000, "rw-p", "[heap]");
	test_space_row(&test, 0x3000, 0x4000, "rw-s", "/dev/shm/pulse");
	test_space_row(&test, 0x4000, 0x5000, "rw-s", "/SYSV00000000");
	test_space_row(&test, 0x5000, 0x6000, "rw-s", "/dev/dri/card0");
	test_space_row(&test, 0x6000, 0x7000, "rw-p", "[ stack ]");
	test_space_row(&test, 0x7000, 0x8000, "r--p", "[vvar_vclock]");
	test_space_row(&test, 0x8000, 0x9000, "r-xp", "[vdso]");
	test_space_row(&test, 0x9000, 0xa000, "rw-p", "  [ stack tid=7 ]");
	test_space_row(&test, 0xa000, 0xb000, "rw-p", "[heaps of things]");
	struct inq_space *space = test_space_seal(&test);
	test_classify(space);
	expect_exact_cover(space);
	expect(0x1000, INQ_CLASS_BRK_HEAP, INQ_CERTAIN);
	expect(0x3000, INQ_CLASS_SHARED_MEMORY, INQ_CERTAIN);
	expect(0x4000, INQ_CLASS_SHARED_MEMORY, INQ_CERTAIN);
	expect(0x5000, INQ_CLASS_DEVICE, INQ_CERTAIN);
	expect(0x6000, INQ_CLASS_STACK, INQ_CERTAIN);
	expect(0x7000, INQ_CLASS_VVAR, INQ_CERTAIN);
	expect(0x8000, INQ_CLASS_VDSO, INQ_CERTAIN);
	expect(0x9000, INQ_CLASS_THREAD_STACK, INQ_CERTAIN);
	ck_assert_uint_eq(test_region_at(0x9000)->thread, 7);
	expect(0xa000, INQ_CLASS_ANON, INQ_CERTAIN);
	inq_space_destroy(space);
	test_space_end(&test);
}
END_TEST

START_TEST(segments_bss_heap_guard)
{
	struct test_space test;
	test_space_begin(&test, "maps", NULL, 0);
	inq_build_os(&test.builder, INQ_OS_LINUX);
	test_space_row(&test, 0x400000, 0x401000, "r--p", "/bin/a");
	test_space_row(&test, 0x401000, 0x402000, "r-xp", "/bin/a");
	test_space_row(&test, 0x402000, 0x403000, "rw-p", "/bin/a");
	test_space_row(&test, 0x403000, 0x404000, "rw-p", NULL);
	test_space_row(&test, 0x900000, 0x921000, "rw-p", NULL);
	test_space_row(&test, 0x7000000, 0x7001000, "---p", NULL);
	test_space_row(&test, 0x7001000, 0x7801000, "rw-p", NULL);
	test_space_row(&test, 0x8000000, 0x9000000, "---p", NULL);
	test_space_row(&test, 0xa000000, 0xa001000, "r--s", "/usr/share/java/x.jar");
	test_space_row(&test, 0xb000000, 0xb001000, "r--p", "/usr/share/fonts/x.ttf");
	struct inq_space *space = test_space_seal(&test);
	make_object(space, "/bin/a", INQ_OBJECT_EXE);
	make_object(space, "/usr/share/java/x.jar", INQ_OBJECT_FILE);
	make_object(space, "/usr/share/fonts/x.ttf", INQ_OBJECT_FILE);
	test_classify(space);
	expect_exact_cover(space);
	expect(0x400000, INQ_CLASS_RODATA, INQ_CERTAIN);
	expect(0x401000, INQ_CLASS_TEXT, INQ_CERTAIN);
	expect(0x402000, INQ_CLASS_DATA, INQ_CERTAIN);
	expect(0x403000, INQ_CLASS_BSS, INQ_LIKELY);
	expect(0x900000, INQ_CLASS_BRK_HEAP, INQ_LIKELY);
	expect(0x7000000, INQ_CLASS_GUARD, INQ_LIKELY);
	expect(0x7001000, INQ_CLASS_THREAD_STACK, INQ_LIKELY); /* 8 MiB above a guard: the usual size */
	expect(0x8000000, INQ_CLASS_RESERVED, INQ_CERTAIN);
	expect(0xa000000, INQ_CLASS_JAR, INQ_LIKELY);
	expect(0xb000000, INQ_CLASS_FILE, INQ_CERTAIN);
	inq_space_destroy(space);
	test_space_end(&test);
}
END_TEST

/* An mdb map has no permissions, and the heap bears the executable's name. */
START_TEST(solaris_heap_row)
{
	struct test_space test;
	test_space_begin(&test, "m", NULL, 0);
	inq_build_os(&test.builder, INQ_OS_SOLARIS);
	test_space_row(&test, 0x400000, 0x5fc000, NULL, "/usr/X11/bin/amd64/Xorg");
	test_space_row(&test, 0x60c000, 0x620000, NULL, "/usr/X11/bin/amd64/Xorg");
	test_space_row(&test, 0x800000, 0x6c3b000, NULL, "/usr/X11/bin/amd64/Xorg");
	struct inq_space *space = test_space_seal(&test);
	make_object(space, "/usr/X11/bin/amd64/Xorg", INQ_OBJECT_EXE);
	test_classify(space);
	expect_exact_cover(space);
	expect(0x400000, INQ_CLASS_TEXT, INQ_LIKELY);
	expect(0x60c000, INQ_CLASS_DATA, INQ_LIKELY);
	expect(0x800000, INQ_CLASS_BRK_HEAP, INQ_LIKELY);
	ck_assert_int_eq(test_region_at(0x800000)->alternatives[0].class_, INQ_CLASS_DATA);
	inq_space_destroy(space);
	test_space_end(&test);
}
END_TEST

/* Solaris tells where the heap begins: the row is split there. */
START_TEST(parts)
{
	struct test_space test;
	test_space_begin(&test, "core", NULL, 0);
	inq_build_os(&test.builder, INQ_OS_SOLARIS);
	test_space_row(&test, 0x8060000, 0x8070000, "rw-p", NULL);
	test.builder.space->brk_base = 0x8062000;
	test.builder.space->brk_size = 0x1000;
	struct inq_space *space = test_space_seal(&test);
	test_classify(space);
	expect_exact_cover(space);
	expect(0x8061fff, INQ_CLASS_ANON, INQ_CERTAIN);
	expect(0x8062000, INQ_CLASS_BRK_HEAP, INQ_CERTAIN);
	inq_space_destroy(space);
	test_space_end(&test);
}
END_TEST

static void expect_kind(uint64_t address, enum inq_class class_, const char *subclass)
{
	const struct inq_region *region = test_region_at(address);
	ck_assert_str_eq(inq_class_name(region->class_), inq_class_name(class_));
	ck_assert_pstr_eq(region->subclass, subclass);
}

/* prctl(2), PR_SET_VMA_ANON_NAME: what programs call their memory. */
START_TEST(named_memory)
{
	struct test_space test;
	test_space_begin(&test, "maps", NULL, 0);
	test_space_row(&test, 0x1000, 0x2000, "rw-p", "[anon: glibc: malloc arena]");
	test_space_row(&test, 0x2000, 0x3000, "rw-p", "[anon:scudo:primary]");
	test_space_row(&test, 0x3000, 0x4000, "rw-s", "anon_inode:[io_uring]");
	test_space_row(&test, 0x4000, 0x5000, "rw-s", "/anon_hugepage (deleted)");
	test_space_row(&test, 0x5000, 0x6000, "rw-p", "[anon:stack_and_tls:77]");
	test_space_row(&test, 0x6000, 0x7000, "rw-p", "[anon: Go: heap]");
	/* pmap leaves the folders out. */
	test_space_row(&test, 0x7000, 0x8000, "rw-s", "memfd:vmem (deleted)");
	test_space_row(&test, 0x8000, 0x9000, "rw-s", "zero (deleted)");
	test_space_row(&test, 0x9000, 0xa000, "rw-s", "SYSV00000000 (deleted)");
	struct inq_space *space = test_space_seal(&test);
	test_classify(space);
	expect_exact_cover(space);
	expect_kind(0x7000, INQ_CLASS_SHARED_MEMORY, "memfd");
	expect_kind(0x8000, INQ_CLASS_SHARED_MEMORY, NULL);
	expect_kind(0x9000, INQ_CLASS_SHARED_MEMORY, "sysv");
	expect_kind(0x1000, INQ_CLASS_MALLOC_ARENA, NULL);
	expect_kind(0x2000, INQ_CLASS_ALLOCATOR, "scudo");
	expect_kind(0x3000, INQ_CLASS_DEVICE, "kernel");
	expect_kind(0x4000, INQ_CLASS_SHARED_MEMORY, "hugetlb");
	expect_kind(0x5000, INQ_CLASS_THREAD_STACK, NULL);
	ck_assert_uint_eq(test_region_at(0x5000)->thread, 77);
	expect_kind(0x6000, INQ_CLASS_ALLOCATOR, "go");
	inq_space_destroy(space);
	test_space_end(&test);
}
END_TEST

START_TEST(code_made_at_run_time)
{
	struct test_space test;
	test_space_begin(&test, "maps", NULL, 0);
	test_space_row(&test, 0x1000, 0x2000, "rw-p", NULL);
	test_space_row(&test, 0x3000, 0x4000, "rwxp", NULL);
	test_space_row(&test, 0x5000, 0x6000, "r-xp", NULL);
	struct inq_space *space = test_space_seal(&test);
	test_classify(space);
	expect_kind(0x1000, INQ_CLASS_ANON, NULL);
	expect_kind(0x3000, INQ_CLASS_TEXT, "jit");
	expect_kind(0x5000, INQ_CLASS_TEXT, "jit");
	expect(0x3000, INQ_CLASS_TEXT, INQ_LIKELY);
	inq_space_destroy(space);
	test_space_end(&test);
}
END_TEST

/* Before processors could forbid it, all memory was executable. */
START_TEST(everything_executable)
{
	struct test_space test;
	test_space_begin(&test, "maps", NULL, 0);
	test_space_row(&test, 0x1000, 0x2000, "rwxp", NULL);
	test_space_row(&test, 0x3000, 0x4000, "rwxp", NULL);
	struct inq_space *space = test_space_seal(&test);
	test_classify(space);
	expect_kind(0x1000, INQ_CLASS_ANON, NULL);
	expect_kind(0x3000, INQ_CLASS_ANON, NULL);
	inq_space_destroy(space);
	test_space_end(&test);
}
END_TEST

/* One odd pair says nothing, three alike do; Solaris prints no guard rows. */
START_TEST(stacks_by_shape)
{
	struct test_space test;
	test_space_begin(&test, "maps", NULL, 0);
	test_space_row(&test, 0x10000, 0x11000, "---p", NULL);
	test_space_row(&test, 0x11000, 0x28000, "rw-p", NULL);
	for (uint64_t i = 0; i < 3; i++) {
		test_space_row(&test, 0x100000 + i * 0x20000, 0x101000 + i * 0x20000, "---p", NULL);
		test_space_row(&test, 0x101000 + i * 0x20000, 0x10a000 + i * 0x20000, "rw-p", NULL);
	}
	struct inq_space *space = test_space_seal(&test);
	test_classify(space);
	expect_exact_cover(space);
	expect(0x11000, INQ_CLASS_THREAD_STACK, INQ_POSSIBLE);
	expect(0x10000, INQ_CLASS_GUARD, INQ_POSSIBLE);
	expect(0x101000, INQ_CLASS_THREAD_STACK, INQ_LIKELY);
	expect(0x100000, INQ_CLASS_GUARD, INQ_LIKELY);
	inq_space_destroy(space);
	test_space_end(&test);
}
END_TEST

/* Guards that show no border: two stacks of the default size in one mapping. Without the kernel's word it may be a block that
 * malloc has mapped. A row of more than anybody has is left alone. */
START_TEST(stacks_with_guards_inside)
{
	const uint64_t unit = (8 << 20) + 0x1000, first = 0x7f0000000000, second = 0x7f1000000000;
	struct test_space test;
	test_space_begin(&test, "smaps", NULL, 0);
	inq_build_os(&test.builder, INQ_OS_LINUX);
	test_space_row(&test, unit << 20, unit << 21, "rw-p", NULL);
	test_space_row(&test, first, first + 2 * unit, "rw-p", NULL);
	test_space_row(&test, second, second + unit, "rw-p", NULL);
	struct inq_space *space = test_space_seal(&test);
	space->mappings.items[1].vm_flags = "rd wr mr mw me gu ac nh";
	space->mappings.items[2].vm_flags = "rd wr mr mw me ac";
	test_classify(space);
	expect_exact_cover(space);
	expect(first, INQ_CLASS_GUARD, INQ_LIKELY);
	expect(first + 0x1000, INQ_CLASS_THREAD_STACK, INQ_LIKELY);
	expect(first + unit, INQ_CLASS_GUARD, INQ_LIKELY);
	expect(first + unit + 0x1000, INQ_CLASS_THREAD_STACK, INQ_LIKELY);
	expect(second, INQ_CLASS_THREAD_STACK, INQ_POSSIBLE);
	expect(unit << 20, INQ_CLASS_ANON, INQ_CERTAIN);
	inq_space_destroy(space);
	test_space_end(&test);
}
END_TEST

START_TEST(stacks_with_red_zones)
{
	struct test_space test;
	test_space_begin(&test, "m", NULL, 0);
	inq_build_os(&test.builder, INQ_OS_SOLARIS);
	for (uint64_t i = 0; i < 4; i++)
		test_space_row(&test, 0x100000 + i * 0x61000, 0x160000 + i * 0x61000, NULL, NULL);
	test_space_row(&test, 0x400000, 0x4a0000, NULL, NULL);
	struct inq_space *space = test_space_seal(&test);
	test_classify(space);
	expect(0x161000, INQ_CLASS_THREAD_STACK, INQ_POSSIBLE);
	expect(0x400000, INQ_CLASS_ANON, INQ_CERTAIN);
	inq_space_destroy(space);
	test_space_end(&test);
}
END_TEST

/* The kernel's word of what a mapping is: smaps' VmFlags. */
START_TEST(flags_of_the_kernel)
{
	struct test_space test;
	test_space_begin(&test, "smaps", NULL, 0);
	test_space_row(&test, 0x1000, 0x3000, "rw-p", NULL);
	test_space_row(&test, 0x5000, 0x6000, "rw-p", NULL);
	struct inq_space *space = test_space_seal(&test);
	space->mappings.items[0].vm_flags = "rd wr mr mw me gd ac";
	space->mappings.items[1].vm_flags = "rd wr sh io pf dd";
	test_classify(space);
	expect(0x1000, INQ_CLASS_STACK, INQ_CERTAIN);
	expect(0x5000, INQ_CLASS_DEVICE, INQ_CERTAIN);
	inq_space_destroy(space);
	test_space_end(&test);
}
END_TEST

/* smaps: KernelPageSize of hugetlbfs, AnonHugePages of what the kernel made huge by itself. */
START_TEST(huge_pages)
{
	const struct inq_usage large = { .page_size = 2 << 20 }, some = { .page_size = 4096, .huge = 4 << 20 };
	struct test_space test;
	test_space_begin(&test, "smaps", NULL, 0);
	test_space_row(&test, 0x7f0000000000, 0x7f0000400000, "rw-p", NULL);
	test_space_row(&test, 0x7f0000800000, 0x7f0000c00000, "rw-p", NULL);
	struct inq_space *space = test_space_seal(&test);
	space->mappings.items[0].usage = &large;
	space->mappings.items[1].usage = &some;
	test_classify(space);
	expect_kind(0x7f0000000000, INQ_CLASS_ANON, "hugetlb");
	expect_kind(0x7f0000800000, INQ_CLASS_ANON, NULL);
	ck_assert_uint_eq(test_region_at(0x7f0000000000)->huge_bytes, 0);
	ck_assert_uint_eq(test_region_at(0x7f0000800000)->huge_bytes, 4 << 20);
	inq_space_destroy(space);
	test_space_end(&test);
}
END_TEST

/* The link editor makes one segment of relro and data; the kernel shows two rows of it. */
START_TEST(relro_by_shape)
{
	struct test_space test;
	test_space_begin(&test, "maps", NULL, 0);
	test_space_row(&test, 0x1000, 0x2000, "r--p", "/lib/x.so");
	test_space_row(&test, 0x2000, 0x3000, "r-xp", "/lib/x.so");
	test_space_row(&test, 0x3000, 0x4000, "r--p", "/lib/x.so");
	test_space_row(&test, 0x4000, 0x5000, "r--p", "/lib/x.so");
	test_space_row(&test, 0x5000, 0x6000, "rw-p", "/lib/x.so");
	struct inq_space *space = test_space_seal(&test);
	make_object(space, "/lib/x.so", INQ_OBJECT_LIBRARY);
	test_classify(space);
	expect_kind(0x3000, INQ_CLASS_RODATA, NULL);
	expect_kind(0x4000, INQ_CLASS_DATA, "relro");
	expect(0x4000, INQ_CLASS_DATA, INQ_LIKELY);
	inq_space_destroy(space);
	test_space_end(&test);
}
END_TEST

/* Where nothing but RELRO is read-only behind the text, as lld lays it out: the segments share a page of the file. Without
 * RELRO, as in programs of Go, rodata goes on in the file where text ends. */
START_TEST(relro_behind_text)
{
	struct test_space test;
	static const uint64_t shared[] = { 0, 0x1000, 0x1000, 0x1000 }, apart[] = { 0, 0x1000, 0x2000, 0x3000 };
	test_space_begin(&test, "maps", NULL, 0);
	test_space_row(&test, 0x1000, 0x2000, "r--p", "/bin/x");
	test_space_row(&test, 0x2000, 0x3000, "r-xp", "/bin/x");
	test_space_row(&test, 0x3000, 0x4000, "r--p", "/bin/x");
	test_space_row(&test, 0x4000, 0x5000, "rw-p", "/bin/x");
	struct inq_space *space = test_space_seal(&test);
	make_object(space, "/bin/x", INQ_OBJECT_EXE);
	for (size_t i = 0; i < 4; i++)
		space->mappings.items[i].file_offset = shared[i];
	test_classify(space);
	expect_kind(0x1000, INQ_CLASS_RODATA, NULL);
	expect(0x3000, INQ_CLASS_DATA, INQ_LIKELY);
	for (size_t i = 0; i < 4; i++)
		space->mappings.items[i].file_offset = apart[i];
	test_classify(space);
	expect_kind(0x3000, INQ_CLASS_RODATA, NULL);
	inq_space_destroy(space);
	test_space_end(&test);
}
END_TEST

/* As mariadbd 10.11 is mapped: it closes the last pages of its data, behind which its bss goes on. What does not go on in the file may be a
 * segment of its own. */
START_TEST(closed_data)
{
	struct test_space test;
	test_space_begin(&test, "maps", NULL, 0);
	test_space_row(&test, 0x1000, 0x2000, "r-xp", "/bin/x");
	test_space_row(&test, 0x3000, 0x4000, "r--p", "/bin/x");
	test_space_row(&test, 0x4000, 0x5000, "rw-p", "/bin/x");
	test_space_row(&test, 0x5000, 0x7000, "r--p", "/bin/x");
	test_space_row(&test, 0x7000, 0x8000, "rw-p", NULL);
	struct inq_space *space = test_space_seal(&test);
	make_object(space, "/bin/x", INQ_OBJECT_EXE);
	for (uint64_t apart = 0; apart < 2; apart++) {
		static const uint64_t offsets[] = { 0, 0x1000, 0x2000, 0x3000 };
		for (size_t i = 0; i < 4; i++)
			space->mappings.items[i].file_offset = offsets[i] + (i == 3 && apart ? 0x1000 : 0);
		test_classify(space);
		expect(0x5000, apart ? INQ_CLASS_RODATA : INQ_CLASS_DATA, apart ? INQ_CERTAIN : INQ_LIKELY);
		expect(0x7000, INQ_CLASS_BSS, INQ_LIKELY);
	}
	inq_space_destroy(space);
	test_space_end(&test);
}
END_TEST

/* Without offsets: rodata stands in one segment with text, or with the headers, as lld has it; or else behind text. */
START_TEST(relro_without_offsets)
{
	struct test_space test;
	test_space_begin(&test, "pmap", NULL, 0);
	test_space_row(&test, 0x1000, 0x4000, "r-xp", "/lib/one.so");
	test_space_row(&test, 0x4000, 0x5000, "r--p", "/lib/one.so");
	test_space_row(&test, 0x5000, 0x6000, "rw-p", "/lib/one.so");
	test_space_row(&test, 0x11000, 0x14000, "r--p", "/bin/lld");
	test_space_row(&test, 0x14000, 0x18000, "r-xp", "/bin/lld");
	test_space_row(&test, 0x18000, 0x1a000, "r--p", "/bin/lld");
	test_space_row(&test, 0x1a000, 0x1b000, "rw-p", "/bin/lld");
	test_space_row(&test, 0x21000, 0x22000, "r--p", "/bin/static");
	test_space_row(&test, 0x22000, 0x28000, "r-xp", "/bin/static");
	test_space_row(&test, 0x28000, 0x2a000, "r--p", "/bin/static");
	test_space_row(&test, 0x2a000, 0x2b000, "rw-p", "/bin/static");
	struct inq_space *space = test_space_seal(&test);
	make_object(space, "/lib/one.so", INQ_OBJECT_LIBRARY);
	make_object(space, "/bin/lld", INQ_OBJECT_EXE);
	make_object(space, "/bin/static", INQ_OBJECT_EXE);
	test_classify(space);
	expect_kind(0x4000, INQ_CLASS_DATA, "relro");
	expect_kind(0x18000, INQ_CLASS_DATA, "relro");
	expect(0x18000, INQ_CLASS_DATA, INQ_LIKELY);
	expect_kind(0x28000, INQ_CLASS_RODATA, NULL);
	inq_space_destroy(space);
	test_space_end(&test);
}
END_TEST

/* A stack for signals as Rust makes it, and ld.so's pages, by shape; larger ones are a thread's, or nobody's. */
START_TEST(small_pieces)
{
	struct test_space test;
	test_space_begin(&test, "maps", NULL, 0);
	test_space_row(&test, 0x7f0000000000, 0x7f0000001000, "---p", NULL);
	test_space_row(&test, 0x7f0000001000, 0x7f0000004000, "rw-p", NULL);
	test_space_row(&test, 0x7f0000010000, 0x7f0000011000, "---p", NULL);
	test_space_row(&test, 0x7f0000011000, 0x7f0000015000, "rw-p", NULL);
	test_space_row(&test, 0x7f0000020000, 0x7f0000022000, "rw-p", NULL);
	test_space_row(&test, 0x7f0000022000, 0x7f0000026000, "r--p", "[vvar]");
	test_space_row(&test, 0x7f0000026000, 0x7f0000028000, "r-xp", "[vdso]");
	test_space_row(&test, 0x7f0000030000, 0x7f0000031000, "rw-s", "/dev/dri/renderD128");
	struct inq_space *space = test_space_seal(&test);
	test_classify(space);
	expect_kind(0x7f0000001000, INQ_CLASS_THREAD_STACK, "alternate");
	expect(0x7f0000001000, INQ_CLASS_THREAD_STACK, INQ_POSSIBLE);
	expect_kind(0x7f0000011000, INQ_CLASS_THREAD_STACK, NULL);
	expect_kind(0x7f0000020000, INQ_CLASS_DATA, "loader");
	expect(0x7f0000020000, INQ_CLASS_DATA, INQ_POSSIBLE);
	expect_kind(0x7f0000030000, INQ_CLASS_DEVICE, "gpu");
	inq_space_destroy(space);
	test_space_end(&test);
}
END_TEST

/* pmap(1) names anonymous memory "[ anon ]", the vdso too. */
START_TEST(rows_of_pmap)
{
	struct test_space test;
	test_space_begin(&test, "pmap", NULL, 0);
	inq_build_os(&test.builder, INQ_OS_LINUX);
	test_space_row(&test, 0x400000, 0x401000, "r-xp", "/lib/x.so");
	test_space_row(&test, 0x401000, 0x402000, "rw-p", "/lib/x.so");
	test_space_row(&test, 0x402000, 0x403000, "rw-p", "[ anon ]");
	test_space_row(&test, 0x500000, 0x501000, "rw-p", "/lib/y.so");
	test_space_row(&test, 0x501000, 0x701000, "rw-p", "[ anon ]");
	test_space_row(&test, 0x7f0000000000, 0x7f0000021000, "rw-p", "[ anon ]");
	test_space_row(&test, 0x7f0000021000, 0x7f0004000000, "---p", "[ anon ]");
	test_space_row(&test, 0x7ffc00000000, 0x7ffc00004000, "r--p", "[ anon ]");
	test_space_row(&test, 0x7ffc00004000, 0x7ffc00006000, "r-xp", "[ anon ]");
	struct inq_space *space = test_space_seal(&test);
	space->machine.bits = 64;
	make_object(space, "/lib/x.so", INQ_OBJECT_LIBRARY);
	make_object(space, "/lib/y.so", INQ_OBJECT_LIBRARY);
	test_classify(space);
	expect(0x402000, INQ_CLASS_BSS, INQ_LIKELY);
	expect(0x501000, INQ_CLASS_ANON, INQ_CERTAIN); /* 2 MiB: too much for the bss of a library */
	expect(0x7f0000000000, INQ_CLASS_MALLOC_ARENA, INQ_LIKELY);
	expect(0x7f0000021000, INQ_CLASS_RESERVED, INQ_LIKELY);
	expect(0x7ffc00000000, INQ_CLASS_VVAR, INQ_LIKELY);
	expect(0x7ffc00004000, INQ_CLASS_VDSO, INQ_LIKELY);
	inq_space_destroy(space);
	test_space_end(&test);
}
END_TEST

START_TEST(summary_adds_up)
{
	const struct inq_region some[] = {
		{ .start = 0, .end = 10, .class_ = INQ_CLASS_TEXT, .dumped_bytes = 4, .resident_bytes = INQ_UNKNOWN },
		{ .start = 10, .end = 40, .class_ = INQ_CLASS_ANON, .dumped_bytes = 0, .resident_bytes = INQ_UNKNOWN },
		{ .start = 40, .end = 45, .class_ = INQ_CLASS_TEXT, .dumped_bytes = 5, .resident_bytes = 2 },
		{ .start = 50, .end = 52, .class_ = INQ_CLASS_BSS, .resident_bytes = INQ_UNKNOWN },
		{ .start = 52, .end = 56, .class_ = INQ_CLASS_BSS, .resident_bytes = INQ_UNKNOWN },
	};
	/* Of the last two one figure is known, that of the mapping which both are. */
	const struct inq_usage usage = { .resident = 3 };
	struct inq_mapping mappings[] = { { .start = 0, .end = 40 },
					  { .start = 40, .end = 45 },
					  { .start = 50, .end = 56, .usage = &usage } };
	const struct inq_memory_class *classes;
	size_t count;
	struct inq_ctx ctx = { .arena = inq_arena_create() };
	struct inq_space space = { .ctx = &ctx, .mappings = { .items = mappings, .count = 3 } };
	ck_assert_int_eq(inq_memory_by_class(&space, some, 5, &classes, &count), INQ_OK);
	ck_assert_uint_eq(count, 3);
	ck_assert_int_eq(classes[2].class_, INQ_CLASS_BSS);
	ck_assert_uint_eq(classes[2].resident, 3);
	ck_assert_int_eq(classes[0].class_, INQ_CLASS_ANON);
	ck_assert_uint_eq(classes[1].size, 15);
	ck_assert_uint_eq(classes[1].dumped, 9);
	ck_assert_uint_eq(classes[1].resident, 2);
	ck_assert_uint_eq(classes[1].count, 2);
	inq_arena_destroy(ctx.arena);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("classify");
	TCase *tcase = tcase_create("rules");
	tcase_add_test(tcase, linux_labels);
	tcase_add_test(tcase, segments_bss_heap_guard);
	tcase_add_test(tcase, solaris_heap_row);
	tcase_add_test(tcase, parts);
	tcase_add_test(tcase, named_memory);
	tcase_add_test(tcase, code_made_at_run_time);
	tcase_add_test(tcase, everything_executable);
	tcase_add_test(tcase, stacks_by_shape);
	tcase_add_test(tcase, stacks_with_guards_inside);
	tcase_add_test(tcase, stacks_with_red_zones);
	tcase_add_test(tcase, flags_of_the_kernel);
	tcase_add_test(tcase, relro_by_shape);
	tcase_add_test(tcase, huge_pages);
	tcase_add_test(tcase, relro_behind_text);
	tcase_add_test(tcase, closed_data);
	tcase_add_test(tcase, relro_without_offsets);
	tcase_add_test(tcase, small_pieces);
	tcase_add_test(tcase, rows_of_pmap);
	tcase_add_test(tcase, summary_adds_up);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
