/* Threads and process facts, out of notes whose layout is data (layouts.c). */
#include "formats/core/core.h"

#include "lib/space/siginfo.h"

#include <inttypes.h>

enum { AT_NULL = 0, AT_PAGESZ = 6, AT_ENTRY = 9, MOST_AUX = 4096 };

struct inq_thread *inq_core_thread(struct inq_core *core, uint64_t tid)
{
	struct inq_thread *thread = core->thread;
	if (thread && !thread->registers && (thread->tid == tid || thread->tid == INQ_UNKNOWN)) {
		thread->tid = tid;
		return thread;
	}
	core->thread = inq_build_thread(core->builder);
	if (core->thread)
		core->thread->tid = tid;
	return core->thread;
}

const char *inq_core_string(struct inq_core *core, const struct inq_view *desc, uint64_t offset, uint64_t size)
{
	size_t length;
	const char *string = inq_view_string(desc, offset, size, &length);
	return string && length ? inq_build_string(core->builder, string, length) : NULL;
}

static bool use_layout(struct inq_core *core, const struct inq_core_layout *layout)
{
	const struct inq_arch *arch = core->builder->space->machine.arch;
	if (core->layout == layout)
		return core->slots.count > 0;
	core->layout = layout;
	core->slots.count = 0;
	return arch && inq_core_layout_slots(layout, arch, &core->slots) && core->slots.count > 0;
}

enum inq_status inq_core_read_registers(struct inq_core *core, struct inq_thread *thread,
					const struct inq_core_layout *layout, const struct inq_view *desc)
{
	if (!use_layout(core, layout))
		return INQ_OK;
	uint64_t *registers = inq_build_registers(core->builder, thread);
	if (!registers)
		return INQ_NO_MEMORY;
	for (size_t i = 0; i < core->slots.count; i++) {
		const struct inq_register_slot *slot = &core->slots.items[i];
		if (inq_view_at(desc, slot->offset, slot->size, &registers[slot->index]))
			thread->valid |= UINT64_C(1) << slot->index;
	}
	return INQ_OK;
}

enum inq_status inq_core_set_register(struct inq_core *core, const char *name, uint64_t value)
{
	struct inq_thread *thread = core->thread;
	const struct inq_arch *arch = core->builder->space->machine.arch;
	uint8_t index = arch ? inq_arch_register_index(arch, name) : INQ_NO_REGISTER;
	if (!thread || !thread->registers || index == INQ_NO_REGISTER)
		return INQ_OK;
	thread->registers[index] = value;
	thread->valid |= UINT64_C(1) << index;
	return INQ_OK;
}

static uint64_t field(const struct inq_view *desc, uint16_t offset, unsigned size, uint64_t otherwise)
{
	uint64_t value;
	return offset != INQ_CORE_NOWHERE && inq_view_at(desc, offset, size, &value) ? value : otherwise;
}

void inq_core_read_siginfo(struct inq_core *core, const struct inq_view *info, struct inq_signal *signal)
{
	if (inq_siginfo_read(core->os, &core->builder->space->machine, info, signal))
		signal->place = core->builder->place;
}

/* NT_PRSTATUS and its kin. The first thread of a core is the one that died, if it has a signal at all. */
enum inq_status inq_core_thread_status(struct inq_core *core, const struct inq_elf_note *note)
{
	const struct inq_view *desc = &note->desc;
	const struct inq_core_layout *layout =
		inq_core_layout_find(core->os, note->type, &core->builder->space->machine, desc->size);
	if (!layout)
		return INQ_OK;
	bool first = core->builder->space->threads.count == 0;
	struct inq_thread *thread = inq_core_thread(core, field(desc, layout->tid, 4, INQ_UNKNOWN));
	if (!thread)
		return INQ_NO_MEMORY;
	if (layout->info != INQ_CORE_NOWHERE) {
		struct inq_view info = inq_view_clip(desc, layout->info, desc->size);
		inq_core_read_siginfo(core, &info, &thread->signal);
	}
	uint64_t signal = field(desc, layout->signal, layout->signal_size, 0);
	if (signal)
		thread->signal.number = (int)signal;
	thread->signal.place = core->builder->place;
	thread->blocked = layout->blocked ? field(desc, layout->blocked, layout->bits / 8, 0) : 0;
	if (layout->fp_size)
		thread->fp_registers = inq_view_clip(desc, layout->fp, layout->fp_size);
	if (first && signal && !core->died) {
		core->died = true;
		core->crashed_tid = thread->tid;
	}
	enum inq_status status = inq_core_read_registers(core, thread, layout, desc);
	return status == INQ_OK ? inq_core_expect(core, note, layout->size) : status;
}

enum inq_status inq_core_fp_registers(struct inq_core *core, const struct inq_elf_note *note)
{
	if (core->thread)
		core->thread->fp_registers = note->desc;
	return INQ_OK;
}

enum inq_status inq_core_extended_registers(struct inq_core *core, const struct inq_elf_note *note)
{
	if (core->thread)
		core->thread->extended_registers = note->desc;
	return INQ_OK;
}

static void fill(uint64_t *fact, uint64_t value)
{
	if (value != INQ_UNKNOWN)
		*fact = value;
}

static void read_process_signal(struct inq_core *core, const struct inq_core_process_layout *layout,
				const struct inq_view *desc)
{
	core->signal.number = (int)field(desc, layout->signal, 4, 0);
	core->signal.has_code = core->signal.number != 0;
	core->signal.code = (int)field(desc, layout->code, 4, 0);
	core->signal.place = core->builder->place;
	core->died = core->signal.number != 0;
	core->crashed_tid = field(desc, layout->crashed, 4, INQ_UNKNOWN);
}

/* NT_PRPSINFO and its kin. */
enum inq_status inq_core_process_info(struct inq_core *core, const struct inq_elf_note *note)
{
	const struct inq_view *desc = &note->desc;
	const struct inq_core_process_layout *layout =
		inq_core_process_layout_find(core->os, note->type, core->elf.bits, desc->size);
	if (!layout)
		return INQ_OK;
	struct inq_process *process = inq_build_process(core->builder);
	uint64_t pid = field(desc, layout->pid, 4, 0);
	fill(&process->pid, pid ? pid : INQ_UNKNOWN); /* 0: written by a kernel that did not know the field yet */
	fill(&process->ppid, field(desc, layout->ppid, 4, INQ_UNKNOWN));
	fill(&process->uid, field(desc, layout->uid, layout->id_size, INQ_UNKNOWN));
	fill(&process->gid, field(desc, layout->gid, layout->id_size, INQ_UNKNOWN));
	process->name = inq_core_string(core, desc, layout->name, layout->name_size);
	if (layout->args_size)
		process->args = inq_core_string(core, desc, layout->args, layout->args_size);
	fill(&process->start_time, field(desc, layout->start, core->elf.view.word, INQ_UNKNOWN));
	if (layout->signal != INQ_CORE_NOWHERE)
		read_process_signal(core, layout, desc);
	return inq_core_expect(core, note, layout->size);
}

enum inq_status inq_core_read_aux(struct inq_core *core, const struct inq_view *vector, unsigned type_size)
{
	uint64_t type, value;
	unsigned word = vector->word;
	if (core->builder->space->aux.count) /* Solaris writes it twice */
		return INQ_OK;
	for (uint64_t i = 0; i < MOST_AUX && inq_view_at(vector, i * 2 * word, type_size, &type) && type != AT_NULL;
	     i++) {
		if (!inq_view_word_at(vector, (i * 2 + 1) * word, &value))
			return inq_damaged(core->ctx, vector->origin,
					   "the auxiliary vector ends in the middle of an entry");
		if (inq_build_aux(core->builder, type, value) != INQ_OK)
			return INQ_NO_MEMORY;
		if (type == AT_PAGESZ && value && !(value & (value - 1)))
			core->builder->space->page_size = value;
		if (type == AT_ENTRY)
			core->entry = value;
	}
	return INQ_OK;
}

static struct inq_thread *thread_by_tid(struct inq_core *core, uint64_t tid)
{
	struct inq_thread_vec *threads = &core->builder->space->threads;
	for (size_t i = 0; i < threads->count; i++)
		if (threads->items[i].tid == tid)
			return &threads->items[i];
	return threads->count ? &threads->items[0] : NULL;
}

static void mark_crashed(struct inq_core *core)
{
	struct inq_thread *thread = core->died && !core->kernel ? thread_by_tid(core, core->crashed_tid) : NULL;
	if (!thread)
		return;
	if (!thread->signal.number && core->signal.number)
		thread->signal = core->signal;
	thread->crashed = thread->signal.number != 0;
}

/* The name in Linux's NT_PRPSINFO is that of the thread whose id is the process's. */
static void name_main_thread(struct inq_core *core)
{
	const struct inq_process *process = &core->builder->space->process;
	struct inq_thread *thread = thread_by_tid(core, process->pid);
	if (core->os == INQ_OS_LINUX && thread && thread->tid == process->pid && process->pid != INQ_UNKNOWN)
		thread->name = process->name;
}

void inq_core_settle_threads(struct inq_core *core)
{
	mark_crashed(core);
	name_main_thread(core);
}
