/* Cores of Solaris and illumos, FreeBSD, NetBSD and OpenBSD: whose they are, and what only they tell. Offsets by hand
 * from the systems' headers (docs/formats/elf-core.md). */
#include "tests/support/corewriter.h"
#include "tests/support/spaces.h"

#include <string.h>

enum { EM_SPARC = 2, EM_386 = 3, EM_SPARCV9 = 43, EM_X86_64 = 62 };
enum {
	OLD_STATUS = 1,
	OLD_INFO = 3,
	PSTATUS = 10,
	PSINFO = 13,
	UTSNAME = 15,
	LWPSTATUS = 16,
	LWPSINFO = 17,
	LWPNAME = 25
};

static void old_notes(struct corewriter *w)
{
	uint8_t status[824] = { 0 }, info[328] = { 0 };
	corewriter_put(w, info, 16, 4, 500);
	memcpy(info + 120, "oldname", 7);
	corewriter_note(w, "CORE", OLD_INFO, info, sizeof info);
	corewriter_put(w, status, 136, 2, 11);
	corewriter_put(w, status, 520, 4, 3);
	corewriter_put(w, status, 736, 8, 0x1111);
	corewriter_note(w, "CORE", OLD_STATUS, status, sizeof status);
}

static void new_process(struct corewriter *w)
{
	uint8_t status[1680] = { 0 }, info[416] = { 0 };
	corewriter_put(w, info, 8, 4, 500);
	corewriter_put(w, info, 12, 4, 499);
	corewriter_put(w, info, 24, 4, 60001);
	corewriter_put(w, info, 32, 4, 60002);
	corewriter_put(w, info, 88, 8, 1700000000);
	memcpy(info + 136, "newname", 7);
	memcpy(info + 152, "newname -x", 10);
	corewriter_note(w, "CORE", PSINFO, info, sizeof info);
	corewriter_put(w, status, 8, 4, 500);
	corewriter_put(w, status, 48, 8, 0x8000);
	corewriter_put(w, status, 56, 8, 0x3000);
	corewriter_put(w, status, 64, 8, 0x7f0000);
	corewriter_put(w, status, 72, 8, 0x5000);
	corewriter_put(w, status, 384 + 4, 4, 3);
	corewriter_put(w, status, 384 + 12, 2, 11);
	corewriter_note(w, "CORE", PSTATUS, status, sizeof status);
}

static void new_thread(struct corewriter *w, uint64_t lwp, unsigned signal, char state)
{
	uint8_t status[1296] = { 0 }, info[128] = { 0 }, name[40] = { 0 };
	corewriter_put(w, info, 4, 4, lwp);
	info[26] = (uint8_t)state;
	corewriter_note(w, "CORE", LWPSINFO, info, sizeof info);
	if (state == 'Z')
		return;
	corewriter_put(w, status, 4, 4, lwp);
	corewriter_put(w, status, 12, 2, signal);
	if (signal) { /* siginfo_t: signo, code, errno, then the address */
		corewriter_put(w, status, 16, 4, signal);
		corewriter_put(w, status, 20, 4, 2);
		corewriter_put(w, status, 32, 8, 0xabc000);
	}
	corewriter_put(w, status, 680, 8, 0x2000 + lwp);
	corewriter_note(w, "CORE", LWPSTATUS, status, sizeof status);
	corewriter_put(w, name, 0, 8, lwp);
	memcpy(name + 8, "worker", 6);
	corewriter_note(w, "CORE", LWPNAME, name, sizeof name);
}

START_TEST(solaris)
{
	struct corewriter w = corewriter(EM_X86_64, 64, false);
	struct coreread core;
	uint8_t uts[1285] = "SunOS";
	w.version = 0; /* as the kernel leaves it */
	old_notes(&w);
	w.note_segment = 1;
	new_process(&w);
	memcpy(uts + 257, "host", 4);
	memcpy(uts + 514, "5.11", 4);
	memcpy(uts + 771, "illumos-1", 9);
	corewriter_note(&w, "CORE", UTSNAME, uts, sizeof uts);
	new_thread(&w, 1, 0, 'S');
	new_thread(&w, 2, 0, 'Z');
	new_thread(&w, 3, 11, 'O');
	corewriter_segment(&w, 0x8000, 0x3000, 0, 6);
	corewriter_segment(&w, 0x10000, 0x1000, 4, 0x100004); /* PF_SUNW_FAILURE: an errno instead of the bytes */
	coreread(&core, &w);
	const struct inq_space *space = core.space;
	ck_assert_int_eq(core.status, INQ_OK);
	ck_assert_int_eq(space->os, INQ_OS_SOLARIS);
	ck_assert_str_eq(space->process.name, "newname");
	ck_assert_str_eq(space->process.host, "host");
	ck_assert_str_eq(space->process.os_release, "SunOS 5.11 illumos-1");
	ck_assert(space->process.pid == 500 && space->process.uid == 60001 && space->process.start_time == 1700000000);
	ck_assert(space->brk_base == 0x8000 && space->brk_size == 0x3000);
	ck_assert(space->stack_base == 0x7f0000 && space->stack_size == 0x5000);
	ck_assert_uint_eq(space->threads.count, 3);
	const struct inq_thread *died = &space->threads.items[0];
	ck_assert(died->tid == 3 && died->crashed && died->state == 'O' && died->signal.number == 11);
	ck_assert(died->signal.code == 2 && died->signal.has_address && died->signal.address == 0xabc000);
	ck_assert_str_eq(died->name, "worker");
	ck_assert_uint_eq(coreread_register(&core, 0, "rip"), 0x2003);
	ck_assert_uint_eq(died->fp_registers.size, 528);
	ck_assert(space->threads.items[2].state == 'Z' && !space->threads.items[2].registers);
	ck_assert(space->mappings.items[1].flags == INQ_MAPPING_DUMP_FAILED && !space->mappings.items[1].data_size);
	coreread_release(&core);
}
END_TEST

/* The segment of new notes is cut off: the old ones serve. */
START_TEST(solaris_old_only)
{
	struct corewriter w = corewriter(EM_X86_64, 64, false);
	struct coreread core;
	old_notes(&w);
	coreread(&core, &w);
	ck_assert_int_eq(core.space->os, INQ_OS_SOLARIS);
	ck_assert_str_eq(core.space->process.name, "oldname");
	ck_assert_uint_eq(core.space->threads.count, 1);
	ck_assert(core.space->threads.items[0].tid == 3 && core.space->threads.items[0].crashed);
	ck_assert_uint_eq(coreread_register(&core, 0, "rip"), 0x1111);
	coreread_release(&core);
}
END_TEST

/* Bytes 4 to 7 of an auxv_t are padding where long has 64 bits: a_type is an int, on a big-endian machine too. */
START_TEST(solaris_aux)
{
	struct corewriter w = corewriter(EM_SPARCV9, 64, true);
	struct coreread core;
	uint8_t vector[48] = { 0 };
	corewriter_put(&w, vector, 0, 4, 6);
	corewriter_put(&w, vector, 8, 8, 8192);
	corewriter_put(&w, vector, 16, 4, 9);
	corewriter_put(&w, vector, 24, 8, 0x100000);
	corewriter_note(&w, "CORE", 20, "\0\0\0\0\0\0\x1f\xfb", 8);
	corewriter_note(&w, "CORE", 6, vector, sizeof vector);
	corewriter_note(&w, "CORE", 6, vector, sizeof vector); /* it stands in both segments */
	corewriter_note(&w, "CORE", 21, "zone1", 6);
	coreread(&core, &w);
	ck_assert_uint_eq(core.space->page_size, 8192);
	ck_assert_uint_eq(core.space->aux.count, 2);
	ck_assert_uint_eq(inq_space_aux(core.space, 9, 0), 0x100000);
	ck_assert_uint_eq(core.space->titles.count, 2);
	ck_assert_str_eq(core.space->titles.items[0], "core content: 0x1ffb");
	ck_assert_str_eq(core.space->titles.items[1], "zone: zone1");
	coreread_release(&core);
}
END_TEST

/* EM_SPARC32PLUS is 32-bit SPARC with v9 instructions. */
START_TEST(sparc32plus)
{
	struct corewriter w = corewriter(18, 32, true);
	struct coreread core;
	uint8_t status[896] = { 0 };
	corewriter_put(&w, status, 4, 4, 1);
	corewriter_put(&w, status, 476, 4, 0x10400);
	corewriter_note(&w, "CORE", LWPSTATUS, status, sizeof status);
	coreread(&core, &w);
	ck_assert_str_eq(core.space->machine.arch->name, "sparc");
	ck_assert_uint_eq(coreread_register(&core, 0, "pc"), 0x10400);
	coreread_release(&core);
}
END_TEST

static size_t vm_entry(const struct corewriter *w, uint8_t *at, uint64_t start, uint64_t end, unsigned protection,
		       unsigned flags, const char *path)
{
	size_t size = (0x88 + strlen(path) + 1 + 7) & ~(size_t)7;
	memset(at, 0, size);
	corewriter_put(w, at, 0, 4, size);
	corewriter_put(w, at, 8, 8, start);
	corewriter_put(w, at, 0x10, 8, end);
	corewriter_put(w, at, 0x18, 8, 0x4000);
	corewriter_put(w, at, 0x2c, 4, flags);
	corewriter_put(w, at, 0x30, 4, 2);
	corewriter_put(w, at, 0x38, 4, protection);
	memcpy(at + 0x88, path, strlen(path));
	return size;
}

static void freebsd_thread(struct corewriter *w)
{
	uint8_t status[224] = { 0 }, lwpinfo[164] = { 0 };
	corewriter_put(w, status, 36, 4, 11);
	corewriter_put(w, status, 40, 4, 100123);
	corewriter_note(w, "FreeBSD", 1, status, sizeof status);
	corewriter_note(w, "FreeBSD", 7, "worker\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 24);
	corewriter_put(w, lwpinfo, 4 + 8, 4, 0x20);
	corewriter_put(w, lwpinfo, 4 + 0x30, 4, 11);
	corewriter_put(w, lwpinfo, 4 + 0x30 + 8, 4, 2);
	corewriter_put(w, lwpinfo, 4 + 0x30 + 24, 8, 0x5008);
	corewriter_note(w, "FreeBSD", 17, lwpinfo, sizeof lwpinfo);
	corewriter_note(w, "FreeBSD", 0x200, "\1\0\0\0\0\0\0\0\2\0\0\0\0\0\0", 16);
}

START_TEST(freebsd)
{
	struct corewriter w = corewriter(EM_X86_64, 64, false);
	struct coreread core;
	uint8_t map[1024], osrel[8] = { 4 };
	size_t size = 4;
	freebsd_thread(&w);
	corewriter_put(&w, map, 0, 4, 0x488);
	size += vm_entry(&w, map + size, 0x1000, 0x3000, 5, 1, "/bin/prog");
	size += vm_entry(&w, map + size, 0x3000, 0x5000, 3, 0x20, "");
	corewriter_note(&w, "FreeBSD", 10, map, size);
	corewriter_put(&w, osrel, 4, 4, 1302001);
	corewriter_note(&w, "FreeBSD", 14, osrel, sizeof osrel);
	corewriter_segment(&w, 0x3000, 0x2000, 0x2000, 6);
	coreread(&core, &w);
	const struct inq_space *space = core.space;
	const struct inq_thread *thread = &space->threads.items[0];
	ck_assert_int_eq(core.status, INQ_OK);
	ck_assert_int_eq(space->os, INQ_OS_FREEBSD);
	ck_assert_str_eq(space->process.os_release, "13.2");
	ck_assert(thread->tid == 100123 && thread->crashed);
	ck_assert_str_eq(thread->name, "worker");
	ck_assert(thread->signal.code == 2 && thread->signal.has_address && thread->signal.address == 0x5008);
	ck_assert_uint_eq(coreread_register(&core, 0, "fs_base"), 1);
	ck_assert_uint_eq(coreread_register(&core, 0, "gs_base"), 2);
	const struct inq_mapping *m = space->mappings.items;
	ck_assert_uint_eq(space->mappings.count, 2);
	ck_assert_str_eq(m[0].file->path, "/bin/prog");
	ck_assert_uint_eq(m[0].file_offset, 0x4000);
	ck_assert_uint_eq(m[0].permissions, INQ_PERM_KNOWN | INQ_PERM_READ | INQ_PERM_EXECUTE);
	ck_assert_uint_eq(m[0].usage->resident, 8192);
	ck_assert_str_eq(m[0].vm_flags, "C----");
	ck_assert_str_eq(m[1].vm_flags, "---D-");
	ck_assert(!m[1].name && m[1].data_size == 0x2000 && m[1].file_offset == INQ_UNKNOWN);
	coreread_release(&core);
}
END_TEST

START_TEST(freebsd_hostile_map)
{
	static const uint32_t sizes[] = { 0, 4, 0x87, 0x7fffffff, UINT32_MAX };
	struct corewriter w = corewriter(EM_X86_64, 64, false);
	struct coreread core;
	uint8_t map[1024];
	size_t size = 4;
	corewriter_put(&w, map, 0, 4, 0x488);
	size += vm_entry(&w, map + size, 0x1000, 0x3000, 5, 1, "/bin/prog");
	corewriter_put(&w, map, size, 4, sizes[_i]);
	corewriter_note(&w, "FreeBSD", 10, map, size + 0x88);
	coreread(&core, &w);
	ck_assert_int_eq(core.status, INQ_PARTIAL);
	ck_assert(coreread_warned(&core, "1 ranges were read"));
	ck_assert_uint_eq(core.space->mappings.count, 1);
	coreread_release(&core);
}
END_TEST

START_TEST(netbsd)
{
	struct corewriter w = corewriter(EM_X86_64, 64, false);
	struct coreread core;
	uint8_t info[160] = { 0 }, registers[208] = { 0 };
	corewriter_put(&w, info, 8, 4, 11);
	corewriter_put(&w, info, 0x50, 4, 693);
	memcpy(info + 0x7c, "prog", 4);
	corewriter_put(&w, info, 0x9c, 4, 2); /* cpi_siglwp */
	corewriter_note(&w, "NetBSD-CORE", 1, info, sizeof info);
	corewriter_note(&w, "NetBSD-CORE@1", 33, registers, sizeof registers);
	corewriter_put(&w, registers, 168, 8, 0x200ad0);
	corewriter_note(&w, "NetBSD-CORE@2", 33, registers, sizeof registers);
	corewriter_note(&w, "NetBSD-CORE@2", 35, registers, 100);
	corewriter_note(&w, "NetBSD-CORE@x", 35, registers, 100);
	coreread(&core, &w);
	const struct inq_thread *died = &core.space->threads.items[0];
	ck_assert_int_eq(core.space->os, INQ_OS_NETBSD);
	ck_assert_uint_eq(core.space->process.pid, 693);
	ck_assert_uint_eq(core.space->threads.count, 2);
	ck_assert(died->tid == 2 && died->crashed && died->signal.number == 11);
	ck_assert_uint_eq(coreread_register(&core, 0, "rip"), 0x200ad0);
	ck_assert_uint_eq(died->fp_registers.size, 100);
	ck_assert(core.space->threads.items[1].tid == 1 && !core.space->threads.items[1].crashed);
	ck_assert_ptr_null(core.space->notes.items[4].name);
	coreread_release(&core);
}
END_TEST

START_TEST(openbsd)
{
	struct corewriter w = corewriter(EM_X86_64, 64, false);
	struct coreread core;
	uint8_t info[104] = { 0 }, registers[192] = { 0 };
	corewriter_put(&w, info, 8, 4, 11);
	corewriter_put(&w, info, 0x20, 4, 84310);
	memcpy(info + 0x48, "prog", 4);
	corewriter_note(&w, "OpenBSD", 10, info, sizeof info);
	corewriter_put(&w, registers, 128, 8, 0x1234);
	corewriter_note(&w, "OpenBSD@434495", 20, registers, sizeof registers);
	corewriter_note(&w, "OpenBSD@434495", 21, registers, 100);
	corewriter_note(&w, "OpenBSD@434496", 20, registers, sizeof registers);
	coreread(&core, &w);
	const struct inq_thread *died = &core.space->threads.items[0];
	ck_assert_int_eq(core.space->os, INQ_OS_OPENBSD);
	ck_assert(died->tid == 434495 && died->crashed && died->signal.number == 11);
	ck_assert_uint_eq(coreread_register(&core, 0, "rip"), 0x1234);
	ck_assert_uint_eq(core.space->process.pid, 84310);
	ck_assert_uint_eq(core.space->threads.count, 2);
	coreread_release(&core);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("systems");
	TCase *tcase = tcase_create("systems");
	tcase_add_test(tcase, solaris);
	tcase_add_test(tcase, solaris_old_only);
	tcase_add_test(tcase, solaris_aux);
	tcase_add_test(tcase, sparc32plus);
	tcase_add_test(tcase, freebsd);
	tcase_add_loop_test(tcase, freebsd_hostile_map, 0, 5);
	tcase_add_test(tcase, netbsd);
	tcase_add_test(tcase, openbsd);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
