/* ELF cores of every system: the whole story in calls.
 *
 * The header gives machine and word size; the notes tell whose core it is, the process, its threads and the names of
 * its files; the segments are the map. Reading costs as much as headers and notes are long: the memory that the core
 * holds is never looked at here. Facts: docs/formats/elf-core.md. */
#include "formats/core/core.h"
#include "formats/core/keep.h"
#include "formats/format.h"

#include <inttypes.h>

enum { ELF_IDENT = 16, MOST_HEADERS = 1 << 24 };

static unsigned probe(const struct inq_view *head)
{
	struct inq_elf elf;
	if (head->size < ELF_IDENT + 2 || !inq_elf_is_magic(head->data))
		return 0;
	if (inq_elf_open(head, &elf))
		return elf.type == INQ_ET_CORE ? 100 : 0;
	/* Cut inside the header, or of no known class: e_type still stands at the same place. */
	bool core = inq_load16(head->data + ELF_IDENT, false) == INQ_ET_CORE ||
		    inq_load16(head->data + ELF_IDENT, true) == INQ_ET_CORE;
	return core ? 50 : 0;
}

/* The number of program headers is in section header 0 when there are too many for e_phnum. That header stands at the
 * end of the file, so a cut core has lost it: then the table reaches to the first segment's bytes at most. */
static void count_segments(struct inq_core *core)
{
	struct inq_elf *elf = &core->elf;
	struct inq_elf_section first;
	struct inq_elf_segment segment;
	if (!elf->many_segments || inq_elf_section(elf, 0, &first))
		return;
	uint64_t told = elf->phnum, limit = elf->view.size;
	for (uint64_t i = 0; inq_elf_segment(elf, i, &segment); i++)
		if (segment.filesz && segment.offset > elf->phoff && segment.offset < limit)
			limit = segment.offset;
	elf->phnum = MOST_HEADERS;
	uint64_t count = told;
	while (inq_elf_segment(elf, count, &segment) && segment.place + elf->phentsize <= limit &&
	       segment.type == INQ_PT_LOAD)
		count++;
	elf->phnum = count;
	core->partial = true;
	inq_warn(core->ctx, INQ_PLACE_OFFSET, elf->shoff,
		 "the number of segments stood here, beyond the end of the file; %" PRIu64 " were found", count);
}

/* Headers that the file is too short for. */
static void check_headers(struct inq_core *core)
{
	struct inq_elf_segment segment;
	const struct inq_elf *elf = &core->elf;
	uint64_t count = elf->phnum, end;
	if (!count || inq_elf_segment(elf, count - 1, &segment))
		return;
	uint64_t left = elf->phoff < elf->view.size ? elf->view.size - elf->phoff : 0;
	uint64_t whole = elf->phentsize ? left / elf->phentsize : 0;
	core->partial = true;
	inq_warn(core->ctx, INQ_PLACE_OFFSET, elf->phoff,
		 "of %" PRIu64 " program headers only %" PRIu64 " are in the file; the others' memory is unknown",
		 count, whole);
	if (inq_mul(count, elf->phentsize, &end) && inq_add(end, elf->phoff, &end))
		core->promised = end;
}

static enum inq_status open_header(struct inq_core *core, const struct inq_source *source)
{
	const struct inq_view whole = { .data = source->data, .size = source->size };
	if (!inq_elf_open(&whole, &core->elf)) {
		inq_warn(core->ctx, INQ_PLACE_OFFSET, 0, "the ELF header is cut off or damaged; nothing can be read");
		return INQ_UNUSABLE;
	}
	uint16_t machine = core->elf.machine == INQ_EM_SPARC32PLUS ? INQ_EM_SPARC : core->elf.machine;
	inq_build_machine(core->builder, machine, core->elf.bits, core->elf.view.big);
	core->builder->artefact->holds_memory = true;
	if (core->elf.type == INQ_ET_CORE)
		return INQ_OK;
	inq_warn(core->ctx, INQ_PLACE_OFFSET, ELF_IDENT, "this ELF file is no core (type %u); nothing can be read",
		 core->elf.type);
	return INQ_UNUSABLE;
}

static void tell_missing(struct inq_core *core)
{
	uint64_t size = core->elf.view.size;
	if (core->promised <= size)
		return;
	core->partial = true;
	core->builder->artefact->missing_bytes = core->promised - size;
	inq_warn(core->ctx, INQ_PLACE_OFFSET, size,
		 "the file ends here, %" PRIu64 " bytes early; the memory behind is not known", core->promised - size);
}

static void tell_detail(struct inq_core *core)
{
	const struct inq_space *space = core->builder->space;
	size_t threads = space->threads.count, mappings = space->mappings.count;
	const char *one_thread = threads == 1 ? "" : "s", *one_mapping = mappings == 1 ? "" : "s";
	if (core->kernel) {
		inq_build_detail(core->builder,
				 "memory of a kernel (kdump), no process; %zu processor%s, %zu segment%s", threads,
				 one_thread, mappings, one_mapping);
		return;
	}
	const char *name = space->process.name ? space->process.name : "unnamed process";
	int signal = threads && space->threads.items[0].crashed ? space->threads.items[0].signal.number : 0;
	for (size_t i = 0; i < threads && !signal; i++)
		signal = space->threads.items[i].crashed ? space->threads.items[i].signal.number : 0;
	const char *death = signal ? inq_arena_printf(core->ctx->arena, "signal %d", signal) : "no signal";
	inq_build_detail(core->builder, "%s, %s, %zu thread%s, %zu mapping%s", name, death ? death : "", threads,
			 one_thread, mappings, one_mapping);
}

enum inq_status inq_core_open(struct inq_core *core, const struct inq_source *source)
{
	enum inq_status status = open_header(core, source);
	core->signal.sender_pid = core->signal.sender_uid = INQ_UNKNOWN;
	if (status == INQ_OK)
		count_segments(core);
	return status;
}

static enum inq_status read_body(struct inq_core *core)
{
	check_headers(core);
	inq_core_find_system(core);
	inq_build_os(core->builder, core->os);
	if (inq_core_read_notes(core) != INQ_OK || inq_core_map(core) != INQ_OK || core->ctx->no_memory)
		return INQ_NO_MEMORY;
	inq_core_settle_threads(core);
	if (core->kernel)
		inq_warn(core->ctx, INQ_PLACE_NONE, 0,
			 "this is the memory of a kernel (it has VMCOREINFO), not of a process; use crash(8) or "
			 "drgn(1) on it");
	tell_missing(core);
	tell_detail(core);
	core->builder->artefact->partial |= core->partial;
	if (core->builder->space->notes.count || core->builder->space->mappings.count)
		return core->partial ? INQ_PARTIAL : INQ_OK;
	inq_warn(core->ctx, INQ_PLACE_NONE, 0, "this core has neither notes nor memory; nothing can be told of it");
	return INQ_UNUSABLE;
}

static enum inq_status read(struct inq_ctx *ctx, struct inq_input *input, struct inq_builder *builder)
{
	struct inq_core core = { .ctx = ctx, .builder = builder, .crashed_tid = INQ_UNKNOWN };
	enum inq_status status = inq_core_open(&core, input->source);
	if (status == INQ_OK)
		status = read_body(&core);
	inq_core_range_vec_release(&core.names);
	return status;
}

const struct inq_format inq_format_elf_core = {
	.name = "elf-core",
	.about = "ELF core file of Linux, Solaris and illumos, FreeBSD, NetBSD, OpenBSD",
	.probe = probe,
	.plan = inq_core_plan,
	.beginning = inq_core_beginning,
	.read = read,
};
