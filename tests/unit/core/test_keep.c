/* What of a large core is kept: headers, stacks, heads and small segments, never more than the bound; whatever it claims. */
#include "formats/core/keep.h"

#include "tests/support/corewriter.h"
#include "tests/support/spaces.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

enum { MIB = 1 << 20, BOUND = 16 * MIB, STACK_SIZE = 12 * MIB };

static const uint64_t SP = 0x7ffd0000;

static struct inq_keep_plan plan;

static void setup(void)
{
	plan = (struct inq_keep_plan) { 0 };
}

static void teardown(void)
{
	inq_range_vec_release(&plan.ranges);
}

/* A thread on x86-64 whose stack pointer is `sp` (elf_prstatus: pr_pid at 32, registers at 112, rsp the 20th). */
static void add_thread(struct corewriter *w, uint64_t tid, uint64_t sp)
{
	uint8_t status[336] = { 0 };
	corewriter_put(w, status, 12, 2, 11);
	corewriter_put(w, status, 32, 4, tid);
	corewriter_put(w, status, 112 + 19 * 8, 8, sp);
	corewriter_note(w, "CORE", NT_PRSTATUS, status, sizeof status);
}

/* Where the file has the byte at an address. */
static uint64_t place_of(const uint8_t *core, uint64_t address)
{
	Elf64_Ehdr header;
	memcpy(&header, core, sizeof header);
	for (unsigned i = 0; i < header.e_phnum; i++) {
		Elf64_Phdr segment;
		memcpy(&segment, core + header.e_phoff + i * sizeof segment, sizeof segment);
		if (segment.p_type == PT_LOAD && address - segment.p_vaddr < segment.p_filesz)
			return segment.p_offset + (address - segment.p_vaddr);
	}
	ck_abort_msg("0x%lx is in no segment", (unsigned long)address);
}

static bool is_kept(const uint8_t *core, uint64_t start, uint64_t end)
{
	uint64_t place = place_of(core, start);
	const struct inq_range *range = inq_ranges_at(&plan.ranges, place);
	return range && range->end >= place + (end - start);
}

static uint64_t kept(void)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < plan.ranges.count; i++)
		sum += plan.ranges.items[i].end - plan.ranges.items[i].start;
	return sum;
}

static struct corewriter large_core(void)
{
	struct corewriter w = corewriter(EM_X86_64, 64, false);
	add_thread(&w, 1, SP);
	add_thread(&w, 2, 0x50000000 + 5 * MIB);
	corewriter_segment(&w, 0x400000, 4096, 4096, PF_R | PF_X);
	corewriter_segment(&w, 0x10000000, 80 * MIB, 80 * MIB, PF_R | PF_W);
	corewriter_segment(&w, 0x50000000, 8 * MIB, 8 * MIB, PF_R | PF_W);
	corewriter_segment(&w, 0x60000000, 0x20000, 0x20000, PF_R | PF_W);
	corewriter_segment(&w, SP - 4 * MIB, STACK_SIZE, STACK_SIZE, PF_R | PF_W);
	return w;
}

START_TEST(large)
{
	struct corewriter w = large_core();
	size_t size;
	uint8_t *core = corewriter_finish(&w, &size);
	const struct inq_view head = { .data = core, .size = 64 << 10 };
	ck_assert(inq_core_plan(&head, false, BOUND, &plan));
	ck_assert_uint_eq(plan.size, size);
	ck_assert(!plan.open_end);
	inq_ranges_settle(&plan.ranges, plan.size);
	ck_assert_uint_le(kept(), BOUND);
	ck_assert_uint_eq(plan.ranges.items[0].start, 0);
	ck_assert(is_kept(core, 0x400000, 0x401000));
	ck_assert(is_kept(core, 0x60000000, 0x60020000));
	ck_assert(is_kept(core, 0x10000000, 0x10002000));
	ck_assert(!is_kept(core, 0x10000000 + 40 * MIB, 0x10000001 + 40 * MIB));
	ck_assert(is_kept(core, SP - (64 << 10), SP + MIB));
	ck_assert(is_kept(core, 0x50000000 + 5 * MIB - 4096, 0x50000000 + 5 * MIB + (64 << 10)));
	corewriter_release(&w);
	free(core);
}
END_TEST

START_TEST(small)
{
	struct corewriter w = corewriter(EM_X86_64, 64, false);
	size_t size;
	add_thread(&w, 1, SP);
	corewriter_segment(&w, SP, MIB, MIB, PF_R | PF_W);
	uint8_t *core = corewriter_finish(&w, &size);
	const struct inq_view head = { .data = core, .size = 64 << 10 };
	ck_assert(inq_core_plan(&head, false, BOUND, &plan));
	ck_assert_uint_eq(plan.ranges.count, 1);
	ck_assert_uint_eq(plan.ranges.items[0].start, 0);
	ck_assert_uint_eq(plan.ranges.items[0].end, size);
	corewriter_release(&w);
	free(core);
}
END_TEST

/* The notes of many threads are longer than the first look at the file. */
START_TEST(notes_come_first)
{
	struct corewriter w = large_core();
	for (uint64_t i = 0; i < 1000; i++)
		add_thread(&w, 10 + i, i == 999 ? 0x10000000 + 22 * MIB : 0);
	size_t size;
	uint8_t *core = corewriter_finish(&w, &size);
	struct inq_view head = { .data = core, .size = 64 << 10 };
	ck_assert(!inq_core_plan(&head, false, BOUND, &plan));
	ck_assert_uint_gt(plan.need, 336 * 1000);
	ck_assert_uint_lt(plan.need, MIB);
	head.size = plan.need;
	ck_assert(inq_core_plan(&head, false, BOUND, &plan));
	inq_ranges_settle(&plan.ranges, plan.size);
	ck_assert(is_kept(core, 0x10000000 + 22 * MIB, 0x10000001 + 22 * MIB));
	corewriter_release(&w);
	free(core);
}
END_TEST

/* Sizes and places that cannot be, in every field of every program header. */
START_TEST(hostile)
{
	static const uint64_t values[] = {
		0, 1, UINT64_MAX, UINT64_MAX - 4095, UINT64_C(1) << 63, UINT64_C(1) << 40, 0x1000
	};
	struct corewriter w = large_core();
	size_t size;
	uint8_t *core = corewriter_finish(&w, &size), *copy = malloc(64 << 10);
	Elf64_Ehdr header;
	memcpy(&header, core, sizeof header);
	size_t end = header.e_phoff + header.e_phnum * sizeof(Elf64_Phdr);
	for (size_t at = 24; at + 8 <= end; at += 8)
		for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
			const struct inq_view head = { .data = copy, .size = 64 << 10 };
			memcpy(copy, core, 64 << 10);
			memcpy(copy + at, &values[i], 8);
			plan = (struct inq_keep_plan) { 0 };
			inq_core_plan(&head, true, BOUND, &plan);
			inq_ranges_settle(&plan.ranges, plan.size);
			ck_assert_msg(kept() <= BOUND, "value %zu at %zu", i, at);
			inq_range_vec_release(&plan.ranges);
		}
	corewriter_release(&w);
	free(core);
	free(copy);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("keep");
	TCase *tcase = tcase_create("keep");
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, large);
	tcase_add_test(tcase, small);
	tcase_add_test(tcase, notes_come_first);
	tcase_add_test(tcase, hostile);
	tcase_set_timeout(tcase, 60);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
