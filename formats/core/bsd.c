/* Cores of NetBSD and OpenBSD: the process in one note, each thread's registers in a note whose owner ends with the
 * number of the thread ("NetBSD-CORE@1"). Sources: NetBSD sys/kern/inq_core_elf32.c, sys/sys/exec_elf.h; OpenBSD
 * sys/sys/core.h, sys/kern/exec_elf.c. */
#include "formats/core/core.h"

/* The type is 32 bits wide on both (AuxInfo), the rest of its word is padding or its sign. */
enum inq_status inq_core_bsd_aux(struct inq_core *core, const struct inq_elf_note *note)
{
	return inq_core_read_aux(core, &note->desc, 4);
}

/* Registers of a thread: general ones under the type of the layout's row, floating-point ones two further (PT_GETREGS
 * and PT_GETFPREGS of NetBSD's machine/ptrace.h). */
enum inq_status inq_core_bsd_registers(struct inq_core *core, const struct inq_elf_note *note)
{
	const struct inq_machine *machine = &core->builder->space->machine;
	const struct inq_core_layout *layout = inq_core_layout_find(core->os, note->type, machine, note->desc.size);
	if (!layout) {
		if (core->thread && inq_core_layout_find(core->os, note->type - 2, machine, 0))
			core->thread->fp_registers = note->desc;
		return INQ_OK;
	}
	struct inq_thread *thread = inq_core_thread(core, core->lwp);
	if (!thread)
		return INQ_NO_MEMORY;
	enum inq_status status = inq_core_read_registers(core, thread, layout, &note->desc);
	return status == INQ_OK ? inq_core_expect(core, note, layout->size) : status;
}
