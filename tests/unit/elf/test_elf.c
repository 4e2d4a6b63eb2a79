/* The ELF decoder: both classes and byte orders, PN_XNUM, notes of both alignments, and what a hostile header claims.
 * */
#include "lib/elf/elf.h"

#include "tests/support/corewriter.h"
#include "tests/support/spaces.h"

#include <stdlib.h>
#include <string.h>

static void open_written(struct corewriter *w, uint8_t **bytes, struct inq_elf *elf)
{
	size_t size;
	*bytes = corewriter_finish(w, &size);
	corewriter_release(w);
	const struct inq_view view = { .data = *bytes, .size = size };
	ck_assert(inq_elf_open(&view, elf));
}

START_TEST(classes_and_orders)
{
	struct corewriter w = corewriter(21, _i & 1 ? 64 : 32, _i & 2);
	struct inq_elf elf;
	struct inq_elf_segment segment;
	uint8_t *bytes;
	corewriter_segment(&w, 0x10002000, 0x3000, 0x10, 5);
	open_written(&w, &bytes, &elf);
	ck_assert_uint_eq(elf.bits, _i & 1 ? 64 : 32);
	ck_assert_uint_eq(elf.machine, 21);
	ck_assert_uint_eq(elf.type, INQ_ET_CORE);
	ck_assert_uint_eq(elf.phnum, 1);
	ck_assert(inq_elf_segment(&elf, 0, &segment) && !inq_elf_segment(&elf, 1, &segment));
	ck_assert(segment.type == INQ_PT_LOAD && segment.flags == 5);
	ck_assert(segment.vaddr == 0x10002000 && segment.memsz == 0x3000 && segment.filesz == 0x10);
	ck_assert_uint_eq(bytes[segment.offset], 'm');
	free(bytes);
}
END_TEST

START_TEST(many_segments)
{
	struct corewriter w = corewriter(62, 64, false);
	struct inq_elf elf;
	uint8_t *bytes;
	w.many_segments = true;
	corewriter_segment(&w, 0x1000, 0x1000, 1, 4);
	corewriter_segment(&w, 0x2000, 0x1000, 1, 4);
	open_written(&w, &bytes, &elf);
	ck_assert(elf.many_segments);
	ck_assert_uint_eq(elf.phnum, 2);
	free(bytes);
}
END_TEST

START_TEST(no_elf)
{
	static const uint8_t zeros[64], magic[64] = "\177ELF\3\1\1";
	struct inq_elf elf;
	ck_assert(!inq_elf_open(&(struct inq_view) { .data = zeros, .size = sizeof zeros }, &elf));
	ck_assert(!inq_elf_open(&(struct inq_view) { .data = magic, .size = sizeof magic }, &elf)); /* class 3 */
	ck_assert(!inq_elf_open(&(struct inq_view) { .data = zeros, .size = 0 }, &elf));
}
END_TEST

/* Program headers far outside, and of a size that would wrap. */
START_TEST(hostile_table)
{
	static const uint64_t offsets[] = { 1 << 20, UINT64_MAX, UINT64_MAX - 55, INT64_MAX };
	struct corewriter w = corewriter(62, 64, false), target = w;
	struct inq_elf elf;
	struct inq_elf_segment segment;
	struct inq_elf_section section;
	uint8_t *bytes;
	corewriter_segment(&w, 0x1000, 0x1000, 1, 4);
	open_written(&w, &bytes, &elf);
	corewriter_put(&target, bytes, 32, 8, offsets[_i]);
	corewriter_put(&target, bytes, 40, 8, offsets[_i]);
	corewriter_put(&target, bytes, 54, 2, 0xffff);
	corewriter_put(&target, bytes, 56, 2, 0xfffe);
	ck_assert(inq_elf_open(&elf.view, &elf));
	ck_assert(!inq_elf_segment(&elf, 0, &segment) && !inq_elf_segment(&elf, 0xfffd, &segment));
	ck_assert(!inq_elf_section(&elf, 0, &section));
	free(bytes);
}
END_TEST

static struct inq_view note_bytes(uint8_t *buffer, const uint32_t head[3], size_t size)
{
	memcpy(buffer, head, 12);
	memcpy(buffer + 12, "GNU", 4);
	return (struct inq_view) {
		.data = buffer, .size = size, .word = 8, .big = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	};
}

START_TEST(notes)
{
	uint8_t buffer[64] = { 0 };
	struct inq_elf_note note;
	struct inq_view view = note_bytes(buffer, (const uint32_t[]) { 4, 5, 3 }, 32);
	ck_assert(inq_elf_next_note(&view, 4, &note));
	ck_assert(inq_elf_note_is(&note, "GNU", 3) && !inq_elf_note_is(&note, "GN", 3) &&
		  !inq_elf_note_is(&note, "GNU", 4));
	ck_assert(note.desc.size == 5 && note.desc.data == buffer + 16 && !note.cut);
	ck_assert_uint_eq(view.size, 8); /* 5 bytes take 8 */
	view = note_bytes(buffer, (const uint32_t[]) { 4, 9, 3 }, 40);
	ck_assert(inq_elf_next_note(&view, 8, &note));
	ck_assert_uint_eq(view.size, 8); /* 16 + 16 */
	ck_assert(!inq_elf_next_note(&view, 8, &note));
}
END_TEST

START_TEST(hostile_notes)
{
	uint8_t buffer[64] = { 0 };
	struct inq_elf_note note;
	struct inq_view view = note_bytes(buffer, (const uint32_t[]) { 4, UINT32_MAX, 3 }, 32);
	ck_assert(inq_elf_next_note(&view, 4, &note));
	ck_assert(note.cut && note.desc.size == 16);
	ck_assert_uint_eq(view.size, 0);
	view = note_bytes(buffer, (const uint32_t[]) { UINT32_MAX, 4, 3 }, 32);
	ck_assert(!inq_elf_next_note(&view, 4, &note));
	view = note_bytes(buffer, (const uint32_t[]) { 4, 4, 3 }, 11);
	ck_assert(!inq_elf_next_note(&view, 4, &note));
	ck_assert_uint_eq(view.size, 11);
}
END_TEST

START_TEST(build_id)
{
	struct corewriter w = corewriter(62, 64, false);
	struct inq_elf elf;
	struct inq_view id;
	uint64_t vaddr;
	uint8_t *bytes;
	corewriter_note(&w, "GNU", 1, "abi!", 4);
	corewriter_note(&w, "GNU", INQ_NT_GNU_BUILD_ID, "0123456789abcdefghij", 20);
	corewriter_segment(&w, 0x400123, 0x1000, 0, 5);
	corewriter_segment(&w, 0x300fff, 0x1000, 0, 5);
	open_written(&w, &bytes, &elf);
	ck_assert(inq_elf_build_id(&elf, &id));
	ck_assert(id.size == 20 && memcmp(id.data, "0123456789abcdefghij", 20) == 0);
	ck_assert(inq_elf_first_vaddr(&elf, &vaddr));
	ck_assert_uint_eq(vaddr, 0x300000);
	free(bytes);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("elf");
	TCase *tcase = tcase_create("elf");
	tcase_add_loop_test(tcase, classes_and_orders, 0, 4);
	tcase_add_test(tcase, many_segments);
	tcase_add_test(tcase, no_elf);
	tcase_add_loop_test(tcase, hostile_table, 0, 4);
	tcase_add_test(tcase, notes);
	tcase_add_test(tcase, hostile_notes);
	tcase_add_test(tcase, build_id);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
