/* What only FreeBSD cores have: names of threads, the map with its paths, siginfo inside NT_PTLWPINFO. Sources: FreeBSD
 * sys/kern/imgact_elf.c (the notes), sys/sys/user.h (kinfo_proc, kinfo_vmentry), sys/sys/ptrace.h (ptrace_lwpinfo),
 * sys/sys/procfs.h. Each NT_PROCSTAT note begins with the size of its structure, four bytes. */
#include "formats/core/core.h"

#include <inttypes.h>

enum { PROCSTAT_HEADER = 4, THREAD_NAME = 20, LONGEST_PATH = 1024 };
enum { KVE_FIXED = 0x88, PL_FLAG_SI = 0x20 }; /* kinfo_vmentry up to its path; ptrace_lwpinfo.pl_flags */

enum inq_status inq_core_freebsd_thrmisc(struct inq_core *core, const struct inq_elf_note *note)
{
	if (core->thread)
		core->thread->name = inq_core_string(core, &note->desc, 0, THREAD_NAME);
	return INQ_OK;
}

enum inq_status inq_core_freebsd_lwpinfo(struct inq_core *core, const struct inq_elf_note *note)
{
	struct inq_view info = inq_view_clip(&note->desc, PROCSTAT_HEADER, note->desc.size);
	if (!core->thread || !(inq_view_get(&info, 8, 4) & PL_FLAG_SI))
		return INQ_OK;
	struct inq_view siginfo = inq_view_clip(&info, core->elf.bits == 64 ? 0x30 : 0x2c, info.size);
	inq_core_read_siginfo(core, &siginfo, &core->thread->signal);
	return INQ_OK;
}

enum inq_status inq_core_freebsd_segbases(struct inq_core *core, const struct inq_elf_note *note)
{
	uint64_t fs, gs;
	if (!inq_view_word_at(&note->desc, 0, &fs) || !inq_view_word_at(&note->desc, note->desc.word, &gs))
		return inq_core_expect(core, note, 2 * (uint64_t)note->desc.word);
	inq_core_set_register(core, "fs_base", fs);
	return inq_core_set_register(core, "gs_base", gs);
}

/* kinfo_proc: the ids stand behind two ints and eight pointers; the user and group ids further on. */
enum inq_status inq_core_freebsd_proc(struct inq_core *core, const struct inq_elf_note *note)
{
	struct inq_view proc = inq_view_clip(&note->desc, PROCSTAT_HEADER, note->desc.size);
	uint64_t pid_at = 8 + 8 * (uint64_t)proc.word, uid_at = pid_at + 96, value;
	struct inq_process *process = inq_build_process(core->builder);
	if (inq_view_at(&proc, pid_at, 4, &value))
		process->pid = value;
	if (inq_view_at(&proc, pid_at + 4, 4, &value))
		process->ppid = value;
	if (inq_view_at(&proc, uid_at + 4, 4, &value)) /* ki_ruid */
		process->uid = value;
	if (inq_view_at(&proc, uid_at + 12, 4, &value)) /* ki_rgid */
		process->gid = value;
	return inq_core_expect(core, note, PROCSTAT_HEADER + uid_at + 16);
}

/* __FreeBSD_version: 1102000 is 11.2. */
enum inq_status inq_core_freebsd_osrel(struct inq_core *core, const struct inq_elf_note *note)
{
	uint64_t release;
	if (!inq_view_at(&note->desc, PROCSTAT_HEADER, 4, &release))
		return inq_core_expect(core, note, 8);
	struct inq_process *process = inq_build_process(core->builder);
	process->os_release =
		inq_arena_printf(core->ctx->arena, "%" PRIu64 ".%" PRIu64, release / 100000, release / 1000 % 100);
	return process->os_release ? INQ_OK : inq_no_memory(core->ctx);
}

enum inq_status inq_core_freebsd_aux(struct inq_core *core, const struct inq_elf_note *note)
{
	struct inq_view vector = inq_view_clip(&note->desc, PROCSTAT_HEADER, note->desc.size);
	return inq_core_read_aux(core, &vector, core->elf.view.word);
}

/* As the FLAGS column of procstat -v. */
static const char *flag_letters(struct inq_core *core, uint64_t flags)
{
	char letters[6] = "-----";
	letters[0] = flags & 0x1 ? 'C' : '-';
	letters[1] = flags & 0x2 ? 'N' : '-';
	letters[2] = flags & 0x8 ? 'S' : '-';
	letters[3] = flags & 0x10 ? 'U' : flags & 0x20 ? 'D' : '-';
	letters[4] = flags & 0x40 ? 'W' : '-';
	return inq_build_string(core->builder, letters, 5);
}

static uint8_t protection(uint64_t bits)
{
	unsigned p = INQ_PERM_KNOWN;
	p |= bits & 1 ? INQ_PERM_READ : 0U;
	p |= bits & 2 ? INQ_PERM_WRITE : 0U;
	p |= bits & 4 ? INQ_PERM_EXECUTE : 0U;
	return (uint8_t)p;
}

static enum inq_status read_entry(struct inq_core *core, const struct inq_view *entry)
{
	struct inq_core_range *range = inq_core_range_vec_push(&core->names);
	if (!range)
		return inq_no_memory(core->ctx);
	range->start = inq_view_get(entry, 8, 8);
	range->end = inq_view_get(entry, 0x10, 8);
	range->vm_flags = flag_letters(core, inq_view_get(entry, 0x2c, 4));
	range->permissions = protection(inq_view_get(entry, 0x38, 4));
	range->place = entry->origin;
	range->path = inq_view_string(entry, KVE_FIXED, LONGEST_PATH, &range->path_length);
	bool named = range->path && range->path_length;
	range->file_offset = named ? inq_view_get(entry, 0x18, 8) : INQ_UNKNOWN;
	uint64_t page = core->builder->space->page_size;
	if (!inq_mul(inq_view_get(entry, 0x30, 4), page ? page : 4096, &range->resident))
		range->resident = INQ_UNKNOWN;
	return INQ_OK;
}

/* kinfo_vmentry, each as long as it says itself: the path is cut to its length. */
enum inq_status inq_core_freebsd_vmmap(struct inq_core *core, const struct inq_elf_note *note)
{
	struct inq_view rest = inq_view_clip(&note->desc, PROCSTAT_HEADER, note->desc.size), entry;
	while (rest.size) {
		uint64_t size = inq_view_get(&rest, 0, 4);
		if (size < KVE_FIXED || !inq_view_slice(&rest, 0, size, &entry))
			return inq_damaged(core->ctx, rest.origin,
					   "the map of FreeBSD ends in the middle of an entry; %zu ranges were read",
					   core->names.count);
		if (read_entry(core, &entry) != INQ_OK)
			return INQ_NO_MEMORY;
		rest = inq_view_clip(&rest, size, rest.size);
	}
	return INQ_OK;
}
