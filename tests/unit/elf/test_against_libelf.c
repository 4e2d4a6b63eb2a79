/* Our ELF decoder against libelf, on well-formed files of this machine: every segment, section, note and build ID. */
#include "lib/elf/elf.h"

#include "tests/support/spaces.h"

#include <fcntl.h>
#include <gelf.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct both {
	int fd;
	Elf *theirs;
	struct inq_elf ours;
	void *map;
	size_t size;
};

static void open_both(struct both *both, const char *path)
{
	struct stat stat;
	both->fd = open(path, O_RDONLY | O_CLOEXEC);
	ck_assert_int_ge(both->fd, 0);
	ck_assert_int_eq(fstat(both->fd, &stat), 0);
	both->size = (size_t)stat.st_size;
	both->map = mmap(NULL, both->size, PROT_READ, MAP_PRIVATE, both->fd, 0);
	ck_assert_ptr_ne(both->map, MAP_FAILED);
	const struct inq_view view = { .data = both->map, .size = both->size };
	ck_assert(inq_elf_open(&view, &both->ours));
	elf_version(EV_CURRENT);
	both->theirs = elf_begin(both->fd, ELF_C_READ, NULL);
	ck_assert_ptr_nonnull(both->theirs);
}

static void close_both(struct both *both)
{
	elf_end(both->theirs);
	munmap(both->map, both->size);
	close(both->fd);
}

static void compare_header(const struct both *both)
{
	GElf_Ehdr header;
	size_t segments, sections;
	ck_assert_ptr_nonnull(gelf_getehdr(both->theirs, &header));
	ck_assert_int_eq(elf_getphdrnum(both->theirs, &segments), 0);
	ck_assert_int_eq(elf_getshdrnum(both->theirs, &sections), 0);
	ck_assert_uint_eq(both->ours.phnum, segments);
	ck_assert_uint_eq(both->ours.shnum, sections);
	ck_assert_uint_eq(both->ours.machine, header.e_machine);
	ck_assert_uint_eq(both->ours.type, header.e_type);
	ck_assert_uint_eq(both->ours.entry, header.e_entry);
}

static void compare_segments(const struct both *both)
{
	struct inq_elf_segment ours;
	GElf_Phdr theirs;
	for (uint64_t i = 0; i < both->ours.phnum; i++) {
		ck_assert(inq_elf_segment(&both->ours, i, &ours));
		ck_assert_ptr_nonnull(gelf_getphdr(both->theirs, (int)i, &theirs));
		ck_assert_uint_eq(ours.type, theirs.p_type);
		ck_assert_uint_eq(ours.flags, theirs.p_flags);
		ck_assert_uint_eq(ours.offset, theirs.p_offset);
		ck_assert_uint_eq(ours.vaddr, theirs.p_vaddr);
		ck_assert_uint_eq(ours.filesz, theirs.p_filesz);
		ck_assert_uint_eq(ours.memsz, theirs.p_memsz);
		ck_assert_uint_eq(ours.align, theirs.p_align);
	}
}

static void compare_sections(const struct both *both)
{
	struct inq_elf_section ours;
	GElf_Shdr theirs;
	for (uint64_t i = 0; i < both->ours.shnum; i++) {
		ck_assert(inq_elf_section(&both->ours, i, &ours));
		ck_assert_ptr_nonnull(gelf_getshdr(elf_getscn(both->theirs, i), &theirs));
		ck_assert_uint_eq(ours.name, theirs.sh_name);
		ck_assert_uint_eq(ours.type, theirs.sh_type);
		ck_assert_uint_eq(ours.flags, theirs.sh_flags);
		ck_assert_uint_eq(ours.addr, theirs.sh_addr);
		ck_assert_uint_eq(ours.offset, theirs.sh_offset);
		ck_assert_uint_eq(ours.size, theirs.sh_size);
		ck_assert_uint_eq(ours.link, theirs.sh_link);
		ck_assert_uint_eq(ours.info, theirs.sh_info);
		ck_assert_uint_eq(ours.entsize, theirs.sh_entsize);
	}
}

static void compare_notes(const struct both *both, unsigned *compared)
{
	struct inq_elf_segment segment;
	for (uint64_t i = 0; inq_elf_segment(&both->ours, i, &segment); i++) {
		if (segment.type != INQ_PT_NOTE)
			continue;
		struct inq_view notes = inq_view_clip(&both->ours.view, segment.offset, segment.filesz);
		Elf_Data *data = elf_getdata_rawchunk(both->theirs, (int64_t)segment.offset, segment.filesz,
						      segment.align == 8 ? ELF_T_NHDR8 : ELF_T_NHDR);
		struct inq_elf_note ours;
		GElf_Nhdr theirs;
		size_t at = 0, next, name, desc;
		while ((next = gelf_getnote(data, at, &theirs, &name, &desc)) > 0) {
			ck_assert(inq_elf_next_note(&notes, segment.align, &ours));
			ck_assert_uint_eq(ours.type, theirs.n_type);
			ck_assert_uint_eq(ours.desc.size, theirs.n_descsz);
			ck_assert_mem_eq(ours.desc.data, (const char *)data->d_buf + desc, theirs.n_descsz);
			ck_assert_mem_eq(ours.owner, (const char *)data->d_buf + name, theirs.n_namesz);
			at = next;
			++*compared;
		}
		ck_assert(!inq_elf_next_note(&notes, segment.align, &ours));
	}
}

START_TEST(well_formed_files)
{
	/* This program, the C library it runs with, and the run-time linker. */
	static const char *const wanted[] = { "/proc/self/exe", "libc.so.6", "ld-linux" };
	char line[4096];
	unsigned files = 0, notes = 0;
	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
		char path[4096] = "/proc/self/exe";
		FILE *maps = fopen("/proc/self/maps", "re");
		ck_assert_ptr_nonnull(maps);
		while (i && fgets(line, sizeof line, maps))
			if (strstr(line, wanted[i]) && sscanf(strchr(line, '/'), "%4095[^\n]", path) == 1)
				break;
		fclose(maps);
		if (i && strcmp(path, "/proc/self/exe") == 0)
			continue;
		struct both both;
		open_both(&both, path);
		compare_header(&both);
		compare_segments(&both);
		compare_sections(&both);
		compare_notes(&both, &notes);
		close_both(&both);
		files++;
	}
	ck_assert_uint_ge(files, 2);
	ck_assert_uint_ge(notes, 2);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("against-libelf");
	TCase *tcase = tcase_create("against-libelf");
	tcase_add_test(tcase, well_formed_files);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
