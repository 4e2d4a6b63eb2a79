/* What only cores of Solaris and illumos have. Such a core tells everything twice: a first segment of notes in the
 * style of Solaris 2.5 (one NT_PRSTATUS a thread), a second in the style of /proc (NT_PSTATUS, NT_LWPSTATUS …). The
 * old ones are read only where the new ones are missing. Sources: illumos uts/common/exec/elf/elf_notes.c,
 * sys/procfs.h. */
#include "formats/core/core.h"

#include <inttypes.h>

enum { UTSNAME_FIELD = 257, LWP_NAME = 32 };

enum inq_status inq_core_solaris_old_status(struct inq_core *core, const struct inq_elf_note *note)
{
	return core->new_threads ? INQ_OK : inq_core_thread_status(core, note);
}

enum inq_status inq_core_solaris_old_fp(struct inq_core *core, const struct inq_elf_note *note)
{
	return core->new_threads ? INQ_OK : inq_core_fp_registers(core, note);
}

enum inq_status inq_core_solaris_old_info(struct inq_core *core, const struct inq_elf_note *note)
{
	return core->new_process ? INQ_OK : inq_core_process_info(core, note);
}

enum inq_status inq_core_solaris_aux(struct inq_core *core, const struct inq_elf_note *note)
{
	return inq_core_read_aux(core, &note->desc, 4); /* a_type is an int, whatever the word */
}

/* pstatus_t: the heap and the main stack as the kernel knows them, and the thread that represents the process: the one
 * that died. */
enum inq_status inq_core_solaris_pstatus(struct inq_core *core, const struct inq_elf_note *note)
{
	const struct inq_view *desc = &note->desc;
	unsigned word = desc->word;
	struct inq_space *space = core->builder->space;
	struct inq_process *process = inq_build_process(core->builder);
	uint64_t lwp_at = word == 8 ? 384 : 336, value;
	if (inq_view_at(desc, 8, 4, &value))
		process->pid = value;
	if (inq_view_at(desc, 12, 4, &value))
		process->ppid = value;
	space->brk_base = inq_view_get_word(desc, 48);
	space->brk_size = inq_view_get_word(desc, 48 + word);
	space->stack_base = inq_view_get_word(desc, 48 + 2 * word);
	space->stack_size = inq_view_get_word(desc, 48 + 3 * word);
	if (inq_view_at(desc, lwp_at + 4, 4, &value) && inq_view_get(desc, lwp_at + 12, 2)) {
		core->died = true;
		core->crashed_tid = value;
	}
	return inq_core_expect(core, note, word == 8 ? 1680 : 1136);
}

/* lwpsinfo_t comes before the lwpstatus_t of its thread; a zombie has no other. */
enum inq_status inq_core_solaris_lwpsinfo(struct inq_core *core, const struct inq_elf_note *note)
{
	struct inq_thread *thread = inq_core_thread(core, inq_view_get(&note->desc, 4, 4));
	if (!thread)
		return INQ_NO_MEMORY;
	thread->state = (char)inq_view_get(&note->desc, note->desc.word == 8 ? 26 : 18, 1);
	return inq_core_expect(core, note, note->desc.word == 8 ? 128 : 104);
}

enum inq_status inq_core_solaris_lwpname(struct inq_core *core, const struct inq_elf_note *note)
{
	uint64_t lwp;
	if (core->thread && inq_view_at(&note->desc, 0, 8, &lwp) && lwp == core->thread->tid)
		core->thread->name = inq_core_string(core, &note->desc, 8, LWP_NAME);
	return inq_core_expect(core, note, 8 + LWP_NAME);
}

enum inq_status inq_core_solaris_utsname(struct inq_core *core, const struct inq_elf_note *note)
{
	const char *part[5];
	for (unsigned i = 0; i < 5; i++)
		part[i] = inq_core_string(core, &note->desc, i * UTSNAME_FIELD, UTSNAME_FIELD);
	struct inq_process *process = inq_build_process(core->builder);
	process->host = part[1];
	if (part[0] && part[2]) /* "SunOS 5.11 illumos-b97b1727bc" */
		process->os_release = inq_arena_printf(core->ctx->arena, "%s %s%s%s", part[0], part[2],
						       part[3] ? " " : "", part[3] ? part[3] : "");
	return inq_core_expect(core, note, 5 * UTSNAME_FIELD);
}

enum inq_status inq_core_solaris_cwd(struct inq_core *core, const struct inq_elf_note *note)
{
	inq_build_process(core->builder)->cwd = inq_core_string(core, &note->desc, 2072, 1024);
	return INQ_OK;
}

static enum inq_status add_title(struct inq_core *core, const char *title)
{
	const char **slot = title ? inq_string_vec_push(&core->builder->space->titles) : NULL;
	if (!slot)
		return inq_no_memory(core->ctx);
	*slot = title;
	return INQ_OK;
}

enum inq_status inq_core_solaris_zone(struct inq_core *core, const struct inq_elf_note *note)
{
	const char *zone = inq_core_string(core, &note->desc, 0, note->desc.size);
	return zone ? add_title(core, inq_arena_printf(core->ctx->arena, "zone: %s", zone)) : INQ_OK;
}

/* What the system was told to put into the core (coreadm): illumos <sys/corectl.h>. */
enum inq_status inq_core_solaris_content(struct inq_core *core, const struct inq_elf_note *note)
{
	uint64_t content;
	if (!inq_view_at(&note->desc, 0, 8, &content))
		return inq_core_expect(core, note, 8);
	return add_title(core, inq_arena_printf(core->ctx->arena, "core content: 0x%" PRIx64, content));
}
