/* What Linux cores tell beyond registers: process, signal, files laid over segments, notes out of step, huge maps,
 * cuts. */
#include "tests/support/corewriter.h"
#include "tests/support/spaces.h"

#include <stdlib.h>
#include <string.h>

enum { EM_386 = 3, EM_X86_64 = 62, EM_MIPS = 8 };
enum { NT_PRSTATUS = 1, NT_PRPSINFO = 3, NT_AUXV = 6, NT_FILE = 0x46494c45, NT_SIGINFO = 0x53494749 };
enum { PAGE = 4096, R = 4, RW = 6, RX = 5 };

static void add_thread(struct corewriter *w, uint64_t tid, unsigned signal)
{
	uint8_t status[336] = { 0 };
	bool wide = w->bits == 64;
	corewriter_put(w, status, 12, 2, signal);
	corewriter_put(w, status, wide ? 32 : 24, 4, tid);
	corewriter_note(w, "CORE", NT_PRSTATUS, status, wide ? 336 : 144);
}

static void add_process(struct corewriter *w, uint64_t pid, const char *name)
{
	uint8_t info[136] = { 0 };
	bool wide = w->bits == 64;
	corewriter_put(w, info, wide ? 16 : 8, wide ? 4 : 2, 1000);
	corewriter_put(w, info, wide ? 24 : 12, 4, pid);
	corewriter_put(w, info, wide ? 28 : 16, 4, 77);
	memcpy(info + (wide ? 40 : 28), name, strlen(name));
	memcpy(info + (wide ? 56 : 44), "prog --flag", 11);
	corewriter_note(w, "CORE", NT_PRPSINFO, info, wide ? 136 : 124);
}

static void add_siginfo(struct corewriter *w, int number, int code, uint64_t field)
{
	uint8_t info[128] = { 0 };
	corewriter_put(w, info, 0, 4, (uint64_t)number);
	corewriter_put(w, info, 8, 4, (uint64_t)(int64_t)code);
	corewriter_put(w, info, w->bits == 64 ? 16 : 12, w->bits == 64 ? 8 : 4, field);
	corewriter_note(w, "CORE", NT_SIGINFO, info, sizeof info);
}

struct file {
	uint64_t start, end, page;
	const char *name;
};

static void add_files(struct corewriter *w, const struct file *files, size_t count, uint64_t unit, uint64_t claimed)
{
	uint8_t desc[1024] = { 0 };
	size_t words = 2, names;
	corewriter_word(w, desc, 0, claimed);
	corewriter_word(w, desc, 1, unit);
	for (size_t i = 0; i < count; i++) {
		corewriter_word(w, desc, words++, files[i].start);
		corewriter_word(w, desc, words++, files[i].end);
		corewriter_word(w, desc, words++, files[i].page);
	}
	names = words * w->bits / 8;
	for (size_t i = 0; i < count; i++) {
		memcpy(desc + names, files[i].name, strlen(files[i].name));
		names += strlen(files[i].name) + 1;
	}
	corewriter_note(w, "CORE", NT_FILE, desc, names);
}

static void add_aux(struct corewriter *w, const uint64_t *pairs, size_t count)
{
	uint8_t desc[512] = { 0 };
	for (size_t i = 0; i < count; i++)
		corewriter_word(w, desc, i, pairs[i]);
	corewriter_note(w, "CORE", NT_AUXV, desc, (count + 2) * w->bits / 8);
}

START_TEST(process_and_signal)
{
	static const unsigned bits[] = { 64, 32 };
	struct corewriter w = corewriter(bits[_i] == 64 ? EM_X86_64 : EM_386, bits[_i], false);
	struct coreread core;
	add_thread(&w, 4242, 11);
	add_process(&w, 4240, "prog");
	add_siginfo(&w, 11, 1, 0xdeadbeef);
	add_aux(&w, (const uint64_t[]) { 6, PAGE, 11, 100000, 13, 100001 }, 6);
	add_thread(&w, 4240, 11);
	coreread(&core, &w);
	const struct inq_space *space = core.space;
	ck_assert_int_eq(core.status, INQ_OK);
	ck_assert_int_eq(space->os, INQ_OS_LINUX);
	ck_assert_uint_eq(space->process.pid, 4240);
	ck_assert_uint_eq(space->process.ppid, 77);
	ck_assert_uint_eq(space->process.uid, 100000); /* the whole of it, out of the auxiliary vector */
	ck_assert_uint_eq(space->process.gid, 100001);
	ck_assert_uint_eq(space->page_size, PAGE);
	ck_assert_str_eq(space->process.args, "prog --flag");
	const struct inq_thread *died = &space->threads.items[0];
	ck_assert(died->crashed && died->tid == 4242 && !died->name);
	ck_assert(died->signal.has_address && died->signal.address == 0xdeadbeef && died->signal.code == 1);
	ck_assert_uint_eq(died->signal.sender_pid, INQ_UNKNOWN);
	ck_assert(!space->threads.items[1].crashed);
	ck_assert_str_eq(space->threads.items[1].name, "prog"); /* the main thread */
	ck_assert_str_eq(space->artefacts.items[0].detail, "prog, signal 11, 2 threads, 0 mappings");
	coreread_release(&core);
}
END_TEST

START_TEST(sender)
{
	struct corewriter w = corewriter(EM_X86_64, 64, false);
	struct coreread core;
	add_thread(&w, 10, 6);
	add_siginfo(&w, 6, -6, UINT64_C(1000) << 32 | 10); /* SI_TKILL: pid, uid */
	coreread(&core, &w);
	const struct inq_signal *signal = &core.space->threads.items[0].signal;
	ck_assert(!signal->has_address);
	ck_assert_uint_eq(signal->sender_pid, 10);
	ck_assert_uint_eq(signal->sender_uid, 1000);
	coreread_release(&core);
}
END_TEST

/* A general protection fault says SI_KERNEL and no address. */
START_TEST(no_address)
{
	struct corewriter w = corewriter(EM_X86_64, 64, false);
	struct coreread core;
	add_thread(&w, 10, 11);
	add_siginfo(&w, 11, 0x80, 0);
	coreread(&core, &w);
	const struct inq_signal *signal = &core.space->threads.items[0].signal;
	ck_assert(signal->has_code && signal->code == 0x80 && !signal->has_address);
	coreread_release(&core);
}
END_TEST

/* gcore of a living process: signal 0 in NT_PRSTATUS, a NT_SIGINFO behind each thread. */
START_TEST(living)
{
	struct corewriter w = corewriter(EM_X86_64, 64, false);
	struct coreread core;
	add_process(&w, 10, "alive");
	add_thread(&w, 10, 0);
	add_siginfo(&w, 19, 0, 0);
	add_thread(&w, 11, 0);
	add_siginfo(&w, 19, 0, 0);
	coreread(&core, &w);
	for (size_t i = 0; i < 2; i++) {
		ck_assert_uint_eq(core.space->threads.items[i].tid, 10 + i);
		ck_assert(!core.space->threads.items[i].crashed);
		ck_assert_int_eq(core.space->threads.items[i].signal.number, 19);
	}
	coreread_release(&core);
}
END_TEST

static void expect_mapping(const struct coreread *core, size_t index, uint64_t start, uint64_t end, uint64_t offset,
			   const char *name, unsigned permissions)
{
	ck_assert_uint_lt(index, core->space->mappings.count);
	const struct inq_mapping *m = &core->space->mappings.items[index];
	ck_assert_uint_eq(m->start, start);
	ck_assert_uint_eq(m->end, end);
	ck_assert_uint_eq(m->file_offset, offset);
	ck_assert_pstr_eq(m->name, name);
	ck_assert_uint_eq(m->permissions, permissions);
	if (m->data_size) /* the writer fills segments with 'm' */
		ck_assert_int_eq(core->source.data[m->data_offset] +
					 core->source.data[m->data_offset + m->data_size - 1],
				 2 * 'm');
}

/* Borders that do not agree: one segment of two files and a hole, one file of two segments, a file without a segment.
 * */
START_TEST(files_over_segments)
{
	static const struct file files[] = {
		{ 0x1000, 0x2000, 0, "/a" },
		{ 0x3000, 0x5000, 7, "/b (deleted)" },
		{ 0x9000, 0xa000, 1, "/c" },
	};
	const unsigned known = INQ_PERM_KNOWN | INQ_PERM_READ;
	struct corewriter w = corewriter(EM_X86_64, 64, false);
	struct coreread core;
	add_thread(&w, 1, 11);
	add_files(&w, files, 3, PAGE, 3);
	corewriter_segment(&w, 0x1000, 0x3000, 0x2800, R);
	corewriter_segment(&w, 0x4000, 0x2000, 0, RW);
	coreread(&core, &w);
	ck_assert_int_eq(core.status, INQ_OK);
	ck_assert_uint_eq(core.space->mappings.count, 6);
	expect_mapping(&core, 0, 0x1000, 0x2000, 0, "/a", known);
	expect_mapping(&core, 1, 0x2000, 0x3000, INQ_UNKNOWN, NULL, known);
	expect_mapping(&core, 2, 0x3000, 0x4000, 7 * PAGE, "/b (deleted)", known);
	expect_mapping(&core, 3, 0x4000, 0x5000, 8 * PAGE, "/b (deleted)", known | INQ_PERM_WRITE);
	expect_mapping(&core, 4, 0x5000, 0x6000, INQ_UNKNOWN, NULL, known | INQ_PERM_WRITE);
	expect_mapping(&core, 5, 0x9000, 0xa000, PAGE, "/c", 0);
	const struct inq_mapping *m = core.space->mappings.items;
	ck_assert_uint_eq(m[0].data_size, 0x1000);
	ck_assert_uint_eq(m[2].data_size, 0x800);
	ck_assert_uint_eq(m[2].data_offset, m[0].data_offset + 0x2000);
	ck_assert_str_eq(m[2].file->path, "/b");
	ck_assert(m[2].file->deleted && m[2].file == m[3].file);
	coreread_release(&core);
}
END_TEST

START_TEST(vdso_and_exe)
{
	static const struct file files[] = { { 0x1000, 0x2000, 0, "/bin/prog" } };
	struct corewriter w = corewriter(EM_X86_64, 64, false);
	struct coreread core;
	add_thread(&w, 1, 11);
	add_aux(&w, (const uint64_t[]) { 33, 0x8000, 9, 0x1040 }, 4);
	add_files(&w, files, 1, PAGE, 1);
	corewriter_segment(&w, 0x1000, 0x1000, 0x1000, RX);
	corewriter_segment(&w, 0x8000, 0x2000, 0x2000, RX);
	coreread(&core, &w);
	ck_assert_str_eq(core.space->mappings.items[1].name, "[vdso]");
	ck_assert_ptr_null(core.space->mappings.items[1].file);
	ck_assert_str_eq(core.space->process.exe, "/bin/prog");
	coreread_release(&core);
}
END_TEST

START_TEST(hostile_files)
{
	static const struct file files[] = { { 0x1000, 0x2000, UINT64_MAX / 8, "/a" },
					     { 0x5000, 0x4000, 0, "/reversed" } };
	static const struct {
		uint64_t unit, claimed;
		const char *warning;
	} cases[] = { { 0, 2, "cannot be" },
		      { 4097, 2, "cannot be" },
		      { PAGE, 2, "empty or reversed" },
		      { PAGE, 1000, "no room" },
		      { PAGE, UINT64_MAX, "no room" } };
	struct corewriter w = corewriter(EM_X86_64, 64, false);
	struct coreread core;
	add_thread(&w, 1, 11);
	add_files(&w, files, 2, cases[_i].unit, cases[_i].claimed);
	coreread(&core, &w);
	ck_assert_int_eq(core.status, INQ_PARTIAL);
	ck_assert_msg(coreread_warned(&core, cases[_i].warning), "no warning '%s'", cases[_i].warning);
	ck_assert_uint_ge(core.space->mappings.count, 1);
	ck_assert_uint_eq(core.space->mappings.items[0].start, 0x1000);
	ck_assert_uint_eq(core.space->mappings.items[0].file_offset, INQ_UNKNOWN); /* it does not fit 64 bits */
	coreread_release(&core);
}
END_TEST

START_TEST(unknown_notes)
{
	struct corewriter w = corewriter(EM_X86_64, 64, false);
	struct coreread core;
	add_thread(&w, 1, 11);
	corewriter_note(&w, "LINUX", 0x406, "0123456789abcdef", 16);
	corewriter_note(&w, "LINUX", 0xbeef, "x", 1);
	corewriter_note(&w, "ACME", 1, "x", 1);
	coreread(&core, &w);
	const struct inq_note *notes = core.space->notes.items;
	ck_assert_int_eq(core.status, INQ_OK);
	ck_assert_uint_eq(core.space->notes.count, 4);
	ck_assert_str_eq(notes[1].name, "NT_ARM_PAC_MASK");
	ck_assert_ptr_null(notes[2].name);
	ck_assert_str_eq(notes[2].owner, "LINUX");
	ck_assert_uint_eq(notes[2].type, 0xbeef);
	ck_assert_str_eq(notes[3].owner, "ACME");
	ck_assert_ptr_null(notes[3].name);
	coreread_release(&core);
}
END_TEST

START_TEST(zeros_between_notes)
{
	static const uint8_t zeros[52];
	struct corewriter w = corewriter(EM_X86_64, 64, false);
	struct coreread core;
	add_thread(&w, 1, 11);
	corewriter_raw(&w, zeros, sizeof zeros);
	add_thread(&w, 2, 11);
	corewriter_raw(&w, zeros, 16); /* at the end they are padding */
	coreread(&core, &w);
	ck_assert_int_eq(core.status, INQ_OK);
	ck_assert(coreread_warned(&core, "52 zero bytes"));
	ck_assert_uint_eq(core.ctx.warnings.count, 1);
	ck_assert_uint_eq(core.space->threads.count, 2);
	coreread_release(&core);
}
END_TEST

START_TEST(out_of_step)
{
	struct corewriter w = corewriter(EM_X86_64, 64, false);
	struct coreread core;
	add_thread(&w, 1, 11);
	corewriter_raw(&w, "\3\0\0\0\1\0\0\0\1\0\0\0\1\2\3\0garb", 20);
	add_thread(&w, 2, 11);
	corewriter_segment(&w, 0x1000, 0x1000, 0, R);
	coreread(&core, &w);
	ck_assert_int_eq(core.status, INQ_PARTIAL);
	ck_assert(coreread_warned(&core, "no note begins here"));
	ck_assert_uint_eq(core.space->threads.count, 1);
	ck_assert_uint_eq(core.space->mappings.count, 1);
	coreread_release(&core);
}
END_TEST

START_TEST(kernel_memory)
{
	struct corewriter w = corewriter(EM_X86_64, 64, false);
	struct coreread core;
	add_thread(&w, 0, 11);
	add_thread(&w, 0, 0);
	corewriter_note(&w, "VMCOREINFO", 0, "OSRELEASE=6.1", 13);
	corewriter_segment(&w, UINT64_C(0xffffffff80000000), 0x80000000, 0, RX);
	coreread(&core, &w);
	ck_assert_uint_eq(core.space->threads.count, 2);
	ck_assert(!core.space->threads.items[0].crashed);
	ck_assert(coreread_warned(&core, "memory of a kernel"));
	ck_assert_ptr_nonnull(strstr(core.space->artefacts.items[0].detail, "kernel"));
	ck_assert_uint_eq(core.space->mappings.items[0].end, UINT64_MAX);
	coreread_release(&core);
}
END_TEST

START_TEST(odd_segments)
{
	struct corewriter w = corewriter(EM_X86_64, 64, false);
	struct coreread core;
	add_thread(&w, 1, 11);
	corewriter_segment(&w, 0x9000, 0x1000, 0, R);
	corewriter_segment(&w, 0x1000, 0x3000, 0x3000, RW);
	corewriter_segment(&w, 0x2000, 0x4000, 0x100, R);
	corewriter_segment(&w, 0x7000, 0, 0x100, R);			    /* no memory */
	corewriter_segment(&w, UINT64_C(0xfffffffffffff000), 0x2000, 0, R); /* wraps */
	coreread(&core, &w);
	ck_assert_int_eq(core.status, INQ_PARTIAL);
	ck_assert(coreread_warned(&core, "overlap") && coreread_warned(&core, "past the end of the address space"));
	const struct inq_mapping *m = core.space->mappings.items;
	ck_assert_uint_eq(core.space->mappings.count, 4);
	ck_assert(m[0].start == 0x1000 && m[0].end == 0x4000 && m[0].data_size == 0x3000);
	ck_assert(m[1].start == 0x4000 && m[1].end == 0x6000 && m[1].data_size == 0);
	ck_assert(m[2].start == 0x9000 && m[3].end == UINT64_MAX);
	coreread_release(&core);
}
END_TEST

/* A core with everything, for cuts and failing allocations. */
static uint8_t *full_core(bool many, size_t *size)
{
	static const struct file files[] = { { 0x1000, 0x3000, 0, "/bin/prog" }, { 0x5000, 0x6000, 2, "/lib/x.so" } };
	struct corewriter w = corewriter(EM_X86_64, 64, false);
	w.many_segments = many;
	add_thread(&w, 42, 11);
	add_process(&w, 42, "prog");
	add_siginfo(&w, 11, 1, 0x10);
	add_aux(&w, (const uint64_t[]) { 6, PAGE, 33, 0x9000 }, 4);
	add_files(&w, files, 2, PAGE, 2);
	corewriter_note(&w, "LINUX", 0x202, files, sizeof files);
	add_thread(&w, 43, 11);
	corewriter_segment(&w, 0x1000, 0x2000, 64, RX);
	corewriter_segment(&w, 0x5000, 0x1000, 64, RW);
	corewriter_segment(&w, 0x9000, 0x1000, 64, RX);
	uint8_t *bytes = corewriter_finish(&w, size);
	corewriter_release(&w);
	return bytes;
}

/* Cut at each byte. The copy is of exactly that size, so that the sanitizer sees each step outside. */
START_TEST(cut_anywhere)
{
	size_t size;
	uint8_t *bytes = full_core(_i != 0, &size);
	for (size_t length = 0; length < size; length++) {
		uint8_t *part = malloc(length + 1);
		struct coreread core;
		ck_assert_ptr_nonnull(part);
		part = realloc(part, length ? length : 1);
		memcpy(part, bytes, length);
		coreread_bytes(&core, part, length);
		ck_assert_msg(core.status == INQ_PARTIAL || core.status == INQ_UNUSABLE, "cut at %zu: %d", length,
			      core.status);
		ck_assert_uint_gt(core.ctx.warnings.count, 0);
		coreread_release(&core);
		free(part);
	}
	free(bytes);
}
END_TEST

START_TEST(cut_in_memory)
{
	size_t size;
	struct coreread core;
	uint8_t *bytes = full_core(false, &size);
	coreread_bytes(&core, bytes, size - 100); /* the last segment is gone, the one before has 28 bytes of 64 */
	const struct inq_artefact *artefact = &core.space->artefacts.items[0];
	ck_assert_int_eq(core.status, INQ_PARTIAL);
	ck_assert(artefact->partial);
	ck_assert_uint_eq(artefact->missing_bytes, 100);
	const struct inq_mapping *data = inq_space_mapping_at(core.space, 0x5000);
	ck_assert(data->data_size == 28 && data->flags == INQ_MAPPING_CUT);
	const struct inq_mapping *vdso = inq_space_mapping_at(core.space, 0x9000);
	ck_assert(vdso->data_size == 0 && vdso->flags == INQ_MAPPING_CUT);
	ck_assert_int_eq(inq_space_mapping_at(core.space, 0x1000)->flags, 0);
	coreread_release(&core);
	free(bytes);
}
END_TEST

/* Each byte of headers and notes broken in turn: no step outside, no hang. */
START_TEST(broken_anywhere)
{
	size_t size;
	uint8_t *bytes = full_core(_i != 0, &size);
	static const uint8_t values[] = { 0, 1, 0x7f, 0x80, 0xff };
	for (size_t at = 4; at < size; at++) {
		uint8_t was = bytes[at];
		struct coreread core;
		bytes[at] = values[at % sizeof values] != was ? values[at % sizeof values] : (uint8_t)~was;
		coreread_bytes(&core, bytes, size);
		ck_assert_int_ne(core.status, INQ_NO_MEMORY);
		coreread_release(&core);
		bytes[at] = was;
	}
	free(bytes);
}
END_TEST

START_TEST(out_of_memory)
{
	size_t size;
	uint8_t *bytes = full_core(false, &size);
	const struct inq_source source = { .path = "core", .data = bytes, .size = size };
	enum inq_status status = INQ_NO_MEMORY;
	for (unsigned long n = 1; status == INQ_NO_MEMORY; n++) {
		struct inq_ctx ctx = { .arena = inq_arena_create(), .artefact = "core" };
		struct inq_builder builder;
		struct inq_input input = { .source = &source, .end = size };
		ck_assert_uint_lt(n, 1000);
		ck_assert_int_eq(inq_build_create(&ctx, &source, "elf-core", &builder), INQ_OK);
		inq_alloc_fail_at(n);
		status = inq_format_by_name("elf-core")->read(&ctx, &input, &builder);
		inq_alloc_fail_at(0);
		inq_build_abandon(&builder);
		inq_string_vec_release(&ctx.warnings);
		inq_arena_destroy(ctx.arena);
	}
	ck_assert_int_eq(status, INQ_OK);
	free(bytes);
}
END_TEST

/* PN_XNUM: the number is in section header 0, at the end of the file; without it the table's own end is found. */
START_TEST(many_segments)
{
	enum { SEGMENTS = 70000 };
	struct corewriter w = corewriter(EM_X86_64, 64, false);
	size_t size;
	w.many_segments = true;
	add_thread(&w, 1, 11);
	for (uint64_t i = 0; i < SEGMENTS; i++)
		corewriter_segment(&w, PAGE * (2 * i + 1), PAGE, 1, R);
	uint8_t *bytes = corewriter_finish(&w, &size);
	corewriter_release(&w);
	for (size_t cut = 0; cut < 200; cut += 100) {
		struct coreread core;
		coreread_bytes(&core, bytes, size - cut);
		ck_assert_int_eq(core.status, cut ? INQ_PARTIAL : INQ_OK);
		ck_assert_uint_eq(core.space->mappings.count, SEGMENTS);
		ck_assert_uint_eq(core.space->threads.count, 1);
		coreread_release(&core);
	}
	free(bytes);
}
END_TEST

START_TEST(unusable)
{
	struct corewriter w = corewriter(EM_X86_64, 64, false);
	struct coreread core;
	coreread(&core, &w);
	ck_assert_int_eq(core.status, INQ_UNUSABLE);
	ck_assert(coreread_warned(&core, "neither notes nor memory"));
	coreread_release(&core);
	w = corewriter(EM_X86_64, 64, false);
	w.type = 2;
	coreread(&core, &w);
	ck_assert_int_eq(core.status, INQ_UNUSABLE);
	ck_assert(coreread_warned(&core, "no core"));
	coreread_release(&core);
}
END_TEST

START_TEST(probe)
{
	struct corewriter w = corewriter(EM_X86_64, 64, true);
	size_t size;
	uint8_t *bytes = corewriter_finish(&w, &size);
	struct inq_view head = { .data = bytes, .size = size };
	const struct inq_format *format = inq_format_by_name("elf-core");
	ck_assert_uint_eq(format->probe(&head), 100);
	head.size = 40;
	ck_assert(format->probe(&head) > 0 && format->probe(&head) < 100);
	head.size = 10;
	ck_assert_uint_eq(format->probe(&head), 0);
	head.size = size;
	bytes[17] = 3; /* e_type, big-endian: a shared object */
	ck_assert_uint_eq(format->probe(&head), 0);
	free(bytes);
}
END_TEST

START_TEST(swapped_siginfo)
{
	struct corewriter w = corewriter(EM_MIPS, 32, true);
	struct coreread core;
	uint8_t info[128] = { 0 };
	uint8_t status[256] = { 0 };
	corewriter_put(&w, status, 12, 2, 10);
	corewriter_note(&w, "CORE", NT_PRSTATUS, status, sizeof status);
	corewriter_put(&w, info, 0, 4, 10); /* SIGBUS of MIPS */
	corewriter_put(&w, info, 4, 4, 1);
	corewriter_put(&w, info, 12, 4, 0x1003);
	corewriter_note(&w, "CORE", NT_SIGINFO, info, sizeof info);
	coreread(&core, &w);
	const struct inq_signal *signal = &core.space->threads.items[0].signal;
	ck_assert(signal->number == 10 && signal->code == 1 && signal->has_address && signal->address == 0x1003);
	coreread_release(&core);
}
END_TEST

/* A machine without a row: threads, signal and map, but no registers. */
START_TEST(unknown_machine)
{
	struct corewriter w = corewriter(0x9026, 64, false); /* Alpha */
	struct coreread core;
	add_thread(&w, 99, 11);
	add_process(&w, 99, "prog");
	corewriter_segment(&w, 0x1000, 0x1000, 0, RX);
	coreread(&core, &w);
	ck_assert_int_eq(core.status, INQ_OK);
	ck_assert_uint_eq(core.space->threads.items[0].tid, 99);
	ck_assert(core.space->threads.items[0].crashed);
	ck_assert_ptr_null(core.space->threads.items[0].registers);
	ck_assert_uint_eq(core.space->mappings.count, 1);
	coreread_release(&core);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("linux");
	TCase *tcase = tcase_create("linux");
	tcase_set_timeout(tcase, 120);
	tcase_add_loop_test(tcase, process_and_signal, 0, 2);
	tcase_add_test(tcase, sender);
	tcase_add_test(tcase, no_address);
	tcase_add_test(tcase, living);
	tcase_add_test(tcase, files_over_segments);
	tcase_add_test(tcase, vdso_and_exe);
	tcase_add_loop_test(tcase, hostile_files, 0, 5);
	tcase_add_test(tcase, unknown_notes);
	tcase_add_test(tcase, zeros_between_notes);
	tcase_add_test(tcase, out_of_step);
	tcase_add_test(tcase, kernel_memory);
	tcase_add_test(tcase, odd_segments);
	tcase_add_loop_test(tcase, cut_anywhere, 0, 2);
	tcase_add_test(tcase, cut_in_memory);
	tcase_add_loop_test(tcase, broken_anywhere, 0, 2);
	tcase_add_test(tcase, out_of_memory);
	tcase_add_test(tcase, many_segments);
	tcase_add_test(tcase, unusable);
	tcase_add_test(tcase, probe);
	tcase_add_test(tcase, swapped_siginfo);
	tcase_add_test(tcase, unknown_machine);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
