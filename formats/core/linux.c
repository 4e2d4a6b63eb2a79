/* What only Linux cores have: NT_SIGINFO, NT_FILE, the order of the auxiliary vector. Sources: linux fs/binfmt_elf.c
 * (fill_siginfo_note, fill_files_note, fill_auxv_note), include/uapi/linux/auxvec.h; gdb's linux-tdep.c for gcore. */
#include "formats/core/core.h"

#include <inttypes.h>

enum { AT_UID = 11, AT_GID = 13, AT_SYSINFO_EHDR = 33, LARGEST_PAGE = 1 << 30 };

/* NT_SIGINFO follows the thread that it is about: the first one in a core that the kernel wrote, each in gcore's. */
enum inq_status inq_core_linux_siginfo(struct inq_core *core, const struct inq_elf_note *note)
{
	struct inq_thread *thread = core->thread ? core->thread : inq_core_thread(core, INQ_UNKNOWN);
	if (!thread)
		return INQ_NO_MEMORY;
	inq_core_read_siginfo(core, &note->desc, &thread->signal);
	return inq_core_expect(core, note, 128);
}

enum inq_status inq_core_linux_aux(struct inq_core *core, const struct inq_elf_note *note)
{
	enum inq_status status = inq_core_read_aux(core, &note->desc, core->elf.view.word);
	struct inq_process *process = inq_build_process(core->builder);
	uint64_t uid = inq_space_aux(core->builder->space, AT_UID, INQ_UNKNOWN);
	uint64_t gid = inq_space_aux(core->builder->space, AT_GID, INQ_UNKNOWN);
	/* Not cut to 16 bits, as NT_PRPSINFO has them on i386 and arm. */
	process->uid = uid != INQ_UNKNOWN ? uid : process->uid;
	process->gid = gid != INQ_UNKNOWN ? gid : process->gid;
	core->vdso = inq_space_aux(core->builder->space, AT_SYSINFO_EHDR, 0);
	return status;
}

/* The thread pointer: TPIDR_EL0 on AArch64. */
enum inq_status inq_core_linux_arm_tls(struct inq_core *core, const struct inq_elf_note *note)
{
	uint64_t value;
	if (!inq_view_word_at(&note->desc, 0, &value))
		return inq_core_expect(core, note, core->elf.view.word);
	return inq_core_set_register(core, "tpidr", value);
}

static bool page_unit(struct inq_core *core, const struct inq_view *desc, uint64_t *unit)
{
	*unit = inq_view_get_word(desc, desc->word);
	if (*unit && *unit <= LARGEST_PAGE && !(*unit & (*unit - 1)))
		return true;
	inq_warn(core->ctx, INQ_PLACE_OFFSET, desc->origin,
		 "NT_FILE counts offsets in pages of %" PRIu64 " bytes, which cannot be; the offsets were left out",
		 *unit);
	core->partial = true;
	return false;
}

static enum inq_status read_file_row(struct inq_core *core, const struct inq_view *desc, uint64_t at, uint64_t unit,
				     uint64_t *names)
{
	unsigned word = desc->word;
	struct inq_core_range *range = inq_core_range_vec_push(&core->names);
	if (!range)
		return inq_no_memory(core->ctx);
	range->start = inq_view_get_word(desc, at);
	range->end = inq_view_get_word(desc, at + word);
	range->resident = INQ_UNKNOWN;
	range->place = desc->origin + at;
	if (!unit || !inq_mul(inq_view_get_word(desc, at + 2 * word), unit, &range->file_offset))
		range->file_offset = INQ_UNKNOWN;
	range->path = inq_view_string(desc, *names, desc->size, &range->path_length);
	*names += range->path ? range->path_length + 1 : 0;
	return INQ_OK;
}

/* count, page size, count × {start, end, offset in pages}, then count names. */
enum inq_status inq_core_linux_files(struct inq_core *core, const struct inq_elf_note *note)
{
	const struct inq_view *desc = &note->desc;
	uint64_t count, unit, row = 3 * desc->word, table = 2 * desc->word;
	if (!inq_view_word_at(desc, 0, &count) || desc->size < table)
		return inq_core_expect(core, note, table);
	if (!page_unit(core, desc, &unit))
		unit = 0;
	uint64_t room = (desc->size - table) / row, names = 0;
	bool fits = count <= room;
	if (fits)
		names = table + count * row;
	else
		names = desc->size;
	for (uint64_t i = 0; i < (fits ? count : room); i++)
		if (read_file_row(core, desc, table + i * row, unit, &names) != INQ_OK)
			return INQ_NO_MEMORY;
	if (fits && names <= desc->size)
		return INQ_OK;
	return inq_damaged(core->ctx, note->place,
			   "NT_FILE claims %" PRIu64 " files but has no room for their names; %" PRIu64
			   " ranges were read",
			   count, fits ? count : room);
}
