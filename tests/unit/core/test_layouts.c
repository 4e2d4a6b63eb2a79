/* Each layout of a thread's state: registers, ids and signal at the offsets of the system's headers, a byte short, and
 * empty. The offsets here are written out by hand from the headers (compiled for each machine with glibc's and illumos'
 * headers, read back from DWARF; see docs/formats/elf-core.md), not taken from the table under test. */
#include "formats/core/layouts.h"

#include "tests/support/corewriter.h"
#include "tests/support/spaces.h"

#include <string.h>

struct where {
	const char *name;
	size_t offset;
	unsigned size;
};

struct sample {
	const char *what;
	uint16_t machine;
	unsigned bits;
	bool big;
	const char *owner;
	uint32_t type;
	size_t size, signal, tid; /* signal, tid: 0 where the note does not hold them */
	struct where registers[6];
};

/* clang-format off */
static const struct sample samples[] = {
	{ "Linux x86_64", 62, 64, false, "CORE", 1, 336, 12, 32,
	  { { "r15", 112, 8 }, { "rbp", 144, 8 }, { "rip", 240, 8 }, { "rsp", 264, 8 }, { "gs", 320, 8 } } },
	{ "Linux x32", 62, 32, false, "CORE", 1, 296, 12, 24, { { "r15", 72, 8 }, { "rip", 200, 8 }, { "rsp", 224, 8 } } },
	{ "Linux i386", 3, 32, false, "CORE", 1, 144, 12, 24,
	  { { "ebx", 72, 4 }, { "ebp", 92, 4 }, { "eip", 120, 4 }, { "esp", 132, 4 }, { "ss", 136, 4 } } },
	{ "Linux aarch64", 183, 64, false, "CORE", 1, 392, 12, 32,
	  { { "x0", 112, 8 }, { "x29", 344, 8 }, { "x30", 352, 8 }, { "sp", 360, 8 }, { "pc", 368, 8 },
	    { "pstate", 376, 8 } } },
	{ "Linux arm", 40, 32, false, "CORE", 1, 148, 12, 24,
	  { { "r0", 72, 4 }, { "sp", 124, 4 }, { "lr", 128, 4 }, { "pc", 132, 4 }, { "cpsr", 136, 4 } } },
	{ "Linux riscv64", 243, 64, false, "CORE", 1, 376, 12, 32,
	  { { "pc", 112, 8 }, { "ra", 120, 8 }, { "sp", 128, 8 }, { "s0", 176, 8 }, { "t6", 360, 8 } } },
	{ "Linux ppc64", 21, 64, true, "CORE", 1, 504, 12, 32,
	  { { "r0", 112, 8 }, { "r1", 120, 8 }, { "pc", 368, 8 }, { "lr", 400, 8 }, { "cr", 416, 8 }, { "dar", 440, 8 } } },
	{ "Linux ppc64le", 21, 64, false, "CORE", 1, 504, 12, 32, { { "r31", 360, 8 }, { "pc", 368, 8 }, { "ctr", 392, 8 } } },
	{ "Linux ppc", 20, 32, true, "CORE", 1, 268, 12, 24, { { "r1", 76, 4 }, { "pc", 200, 4 }, { "lr", 216, 4 } } },
	{ "Linux s390x", 22, 64, true, "CORE", 1, 336, 12, 32,
	  { { "pswm", 112, 8 }, { "pswa", 120, 8 }, { "r15", 248, 8 }, { "a0", 256, 4 }, { "a15", 316, 4 },
	    { "orig_r2", 320, 8 } } },
	{ "Linux s390", 22, 32, true, "CORE", 1, 224, 12, 24, { { "r15", 140, 4 }, { "a0", 144, 4 } } },
	{ "Linux sparc64", 43, 64, true, "CORE", 1, 408, 12, 32,
	  { { "g0", 112, 8 }, { "o6", 224, 8 }, { "i7", 360, 8 }, { "tstate", 368, 8 }, { "pc", 376, 8 } } },
	{ "Linux mips o32", 8, 32, true, "CORE", 1, 256, 12, 24, { { "r0", 96, 4 }, { "r29", 212, 4 }, { "pc", 232, 4 } } },
	{ "Linux mips n32", 8, 32, true, "CORE", 1, 440, 12, 24, { { "r0", 72, 8 }, { "r29", 304, 8 }, { "pc", 344, 8 } } },
	{ "Linux mips64", 8, 64, true, "CORE", 1, 480, 12, 32, { { "r0", 112, 8 }, { "r29", 344, 8 }, { "pc", 384, 8 } } },
	{ "FreeBSD amd64", 62, 64, false, "FreeBSD", 1, 224, 36, 40,
	  { { "r15", 48, 8 }, { "rax", 160, 8 }, { "fs", 172, 2 }, { "rip", 184, 8 }, { "rsp", 208, 8 }, { "ss", 216, 8 } } },
	{ "FreeBSD i386", 3, 32, false, "FreeBSD", 1, 104, 20, 24, { { "fs", 28, 4 }, { "eip", 80, 4 }, { "esp", 92, 4 } } },
	{ "FreeBSD aarch64", 183, 64, false, "FreeBSD", 1, 320, 36, 40,
	  { { "x0", 48, 8 }, { "x30", 288, 8 }, { "sp", 296, 8 }, { "pc", 304, 8 }, { "pstate", 312, 4 } } },
	{ "old Solaris i386", 3, 32, false, "CORE", 1, 432, 136, 308,
	  { { "gs", 356, 4 }, { "eip", 412, 4 }, { "esp", 424, 4 } } },
	{ "old Solaris amd64", 62, 64, false, "CORE", 1, 824, 136, 520, { { "rip", 736, 8 }, { "rsp", 760, 8 } } },
	{ "old Solaris sparc", 2, 32, true, "CORE", 1, 508, 136, 308, { { "o6", 412, 4 }, { "pc", 488, 4 } } },
	{ "old Solaris sparcv9", 43, 64, true, "CORE", 1, 904, 136, 520, { { "o6", 712, 8 }, { "pc", 864, 8 } } },
	{ "Solaris i386", 3, 32, false, "CORE", 16, 800, 12, 4,
	  { { "gs", 344, 4 }, { "ebp", 368, 4 }, { "eip", 400, 4 }, { "esp", 412, 4 } } },
	{ "Solaris amd64", 62, 64, false, "CORE", 16, 1296, 12, 4,
	  { { "r15", 544, 8 }, { "rbp", 624, 8 }, { "rip", 680, 8 }, { "rsp", 704, 8 }, { "fs_base", 752, 8 } } },
	{ "Solaris sparc", 2, 32, true, "CORE", 16, 896, 12, 4, { { "o6", 400, 4 }, { "psr", 472, 4 }, { "pc", 476, 4 } } },
	{ "Solaris sparcv9", 43, 64, true, "CORE", 16, 1392, 12, 4,
	  { { "o6", 656, 8 }, { "ccr", 800, 8 }, { "pc", 808, 8 } } },
	{ "NetBSD amd64", 62, 64, false, "NetBSD-CORE@7", 33, 208, 0, 0,
	  { { "rdi", 0, 8 }, { "rbp", 96, 8 }, { "rip", 168, 8 }, { "rsp", 192, 8 } } },
	{ "OpenBSD amd64", 62, 64, false, "OpenBSD@7", 20, 192, 0, 0,
	  { { "rdi", 0, 8 }, { "rbp", 96, 8 }, { "rsp", 120, 8 }, { "rip", 128, 8 } } },
};
/* clang-format on */

enum { SAMPLES = sizeof samples / sizeof *samples, MOST = 2048 };

static uint64_t value_of(const struct where *reg)
{
	return (UINT64_C(0x1122334455667788) + reg->offset) >> (64 - 8 * reg->size);
}

/* The note with its last `missing` bytes cut off, as a core of its own. */
static void read_sample(const struct sample *sample, size_t missing, struct coreread *core)
{
	uint8_t desc[MOST] = { 0 };
	struct corewriter w = corewriter(sample->machine, sample->bits, sample->big);
	if (strcmp(sample->owner, "FreeBSD") == 0)
		w.osabi = 9;
	if (sample->tid) {
		corewriter_put(&w, desc, sample->signal, 2, 11);
		corewriter_put(&w, desc, sample->tid, 4, 4321);
	}
	if (sample->signal > 12 && strcmp(sample->owner, "FreeBSD") == 0)
		corewriter_put(&w, desc, sample->signal, 4, 11);
	for (size_t i = 0; i < 6 && sample->registers[i].name; i++)
		corewriter_put(&w, desc, sample->registers[i].offset, sample->registers[i].size,
			       value_of(&sample->registers[i]));
	corewriter_note(&w, sample->owner, sample->type, desc, sample->size - missing);
	if (strncmp(sample->what, "old Solaris", 11) == 0) /* without it, a short note would look like Linux's */
		corewriter_note(&w, "CORE", 15, "SunOS", 6);
	coreread(core, &w);
}

static void expect_thread(const struct sample *sample, const struct coreread *core)
{
	ck_assert_uint_eq(core->space->threads.count, 1);
	const struct inq_thread *thread = &core->space->threads.items[0];
	ck_assert_uint_eq(thread->tid, sample->tid ? 4321 : 7);
	ck_assert_int_eq(thread->signal.number, sample->tid ? 11 : 0);
	for (size_t i = 0; i < 6 && sample->registers[i].name; i++)
		ck_assert_msg(coreread_register(core, 0, sample->registers[i].name) == value_of(&sample->registers[i]),
			      "%s: %s", sample->what, sample->registers[i].name);
}

START_TEST(whole)
{
	struct coreread core;
	read_sample(&samples[_i], 0, &core);
	ck_assert_int_eq(core.status,
			 strncmp(samples[_i].what, "old", 3) == 0 ? INQ_PARTIAL : INQ_OK); /* short UTSNAME */
	ck_assert(!coreread_warned(&core, "NT_PRSTATUS has") && !coreread_warned(&core, "NT_LWPSTATUS has"));
	expect_thread(&samples[_i], &core);
	coreread_release(&core);
}
END_TEST

START_TEST(a_byte_short)
{
	struct coreread core;
	const struct sample *sample = &samples[_i];
	read_sample(sample, 1, &core);
	ck_assert_int_eq(core.status, INQ_PARTIAL);
	ck_assert(coreread_warned(&core, "bytes where"));
	ck_assert_uint_eq(core.space->threads.count, 1);
	const struct where *first = &sample->registers[0];
	ck_assert_uint_eq(coreread_register(&core, 0, first->name), value_of(first));
	coreread_release(&core);
}
END_TEST

START_TEST(every_length)
{
	for (size_t missing = 0; missing <= samples[_i].size; missing += 3) {
		struct coreread core;
		read_sample(&samples[_i], missing, &core);
		ck_assert_uint_le(core.space->threads.count, 1);
		coreread_release(&core);
	}
}
END_TEST

/* Every name in the table is a register of its processor, and every register lies inside the note. */
START_TEST(rows_are_sound)
{
	const struct inq_core_layout *row;
	for (size_t i = 0; (row = inq_core_layout_row(i)); i++) {
		const struct inq_arch *arch = inq_arch_find(row->machine, row->bits, true);
		arch = arch ? arch : inq_arch_find(row->machine, row->bits, false);
		struct inq_register_slots slots;
		if (!row->machine)
			continue;
		ck_assert_ptr_nonnull(arch);
		ck_assert_msg(inq_core_layout_slots(row, arch, &slots), "row %zu names an unknown register", i);
		ck_assert_uint_gt(slots.count, 0);
		for (size_t k = 0; k < slots.count; k++)
			ck_assert_uint_le(slots.items[k].offset + slots.items[k].size, row->size);
		ck_assert_uint_le(row->fp + row->fp_size, row->size);
	}
	const struct inq_core_process_layout *process;
	for (size_t i = 0; (process = inq_core_process_layout_row(i)); i++) {
		ck_assert_uint_le(process->name + process->name_size, process->size);
		ck_assert_uint_le(process->args + process->args_size, process->size);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("layouts");
	TCase *tcase = tcase_create("layouts");
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, whole, 0, SAMPLES);
	tcase_add_loop_test(tcase, a_byte_short, 0, SAMPLES);
	tcase_add_loop_test(tcase, every_length, 0, SAMPLES);
	tcase_add_test(tcase, rows_are_sound);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
