/* The model in the report's form: process, objects, threads, notes. */
#include "lib/incident/incident.h"

#include "lib/base/time.h"
#include "lib/diagnose/signal.h"
#include "lib/symbol/symbol.h"

/* The kernel cuts names at 15 characters: a longer file name that begins with it is the whole one. */
static const char *whole_name(const char *name, const char *exe)
{
	enum { COMM_LENGTH = 15 };
	const char *base = exe ? inq_base_name(exe) : NULL;
	if (!name)
		return base;
	if (base && strlen(name) >= COMM_LENGTH && strncmp(name, base, strlen(name)) == 0)
		return base;
	return name;
}

/* The kernel turns the NULs behind the arguments into blanks, so the last is followed by one. */
static const char *without_blanks(struct inq_incident *incident, const char *args)
{
	size_t length = args ? strlen(args) : 0, end = length;
	while (end && args[end - 1] == ' ')
		end--;
	return end == length ? args : inq_arena_copy(incident->ctx.arena, args, end);
}

static const char *exe_path(const struct inq_space *space)
{
	if (space->process.exe)
		return space->process.exe;
	for (size_t i = 0; i < space->objects.count; i++)
		if (space->objects.items[i].kind == INQ_OBJECT_EXE)
			return space->objects.items[i].path;
	return NULL;
}

enum inq_status inq_fill_process(struct inq_incident *incident)
{
	const struct inq_space *space = incident->space;
	const struct inq_process *process = &space->process;
	const struct inq_machine *machine = &space->machine;
	const char *exe = exe_path(space);
	incident->report.process = (struct inq_process_info) {
		.pid = process->pid,
		.ppid = process->ppid,
		.uid = process->uid,
		.gid = process->gid,
		.name = whole_name(process->name, exe),
		.args = without_blanks(incident, process->args),
		.exe = exe,
		.cwd = process->cwd,
		.parents = process->parents,
		.started = inq_time_text(incident->ctx.arena, process->start_time, 0),
		.threads = space->threads.count ? space->threads.count : INQ_UNKNOWN,
		.os = inq_os_name(space->os),
		.arch = machine->elf ? inq_machine_name(machine->elf, machine->bits, machine->big) : NULL,
		.bits = machine->bits,
	};
	return INQ_OK;
}

static struct inq_object_info describe_object(struct inq_incident *incident, struct inq_object *object)
{
	return (struct inq_object_info) {
		.path = object->path,
		.start = incident->space->mappings.items[object->first_mapping].start,
		.end = object->end,
		.base = object->base,
		.load_bias = object->load_bias,
		.build_id = inq_object_build_id(incident->space, object),
		.soname = object->soname,
		.kind = object->kind,
		.file = object->file_state,
		.file_path = object->file_path,
		.file_note = object->file_note,
		.deleted = object->deleted,
		.symbols = inq_symbol_known_level(object),
		.mappings = object->mapping_count,
	};
}

enum inq_status inq_fill_objects(struct inq_incident *incident)
{
	struct inq_object_vec *objects = &incident->space->objects;
	struct inq_object_info *infos = inq_arena_array(incident->ctx.arena, objects->count, sizeof *infos);
	if (!infos)
		return inq_no_memory(&incident->ctx);
	for (size_t i = 0; i < objects->count; i++)
		infos[i] = describe_object(incident, &objects->items[i]);
	incident->report.objects = infos;
	incident->report.object_count = objects->count;
	return inq_fill_process(incident); /* the objects tell the executable's path */
}

static enum inq_status fill_registers(struct inq_incident *incident, const struct inq_thread *thread,
				      struct inq_thread_info *info)
{
	const struct inq_arch *arch = incident->space->machine.arch;
	if (!arch || !thread->registers)
		return INQ_OK;
	struct inq_register_info *registers =
		inq_arena_array(incident->ctx.arena, arch->register_count, sizeof *registers);
	if (!registers)
		return inq_no_memory(&incident->ctx);
	for (uint8_t i = 0; i < arch->register_count; i++) {
		uint64_t value;
		if (inq_thread_register(incident->space, thread, i, &value))
			registers[info->register_count++] =
				(struct inq_register_info) { arch->registers[i].name, value };
	}
	info->registers = registers;
	return INQ_OK;
}

static enum inq_status fill_points_to(struct inq_incident *incident, struct inq_thread_info *info)
{
	struct inq_location *points = inq_arena_array(incident->ctx.arena, info->register_count, sizeof *points);
	if (!points)
		return inq_no_memory(&incident->ctx);
	for (size_t i = 0; i < info->register_count; i++) {
		enum inq_status status = inq_locate_symbol(incident, info->registers[i].value, &points[i]);
		if (status == INQ_NO_MEMORY)
			return status;
	}
	info->points_to = points;
	return INQ_OK;
}

static bool is_stack(const struct inq_region *region)
{
	return region->class_ == INQ_CLASS_STACK || region->class_ == INQ_CLASS_THREAD_STACK ||
	       region->class_ == INQ_CLASS_JVM_STACK;
}

/* The bounds of the mapping, or of the part of it that is a stack: one for signals may be a block of the heap. */
static void fill_stack(const struct inq_incident *incident, struct inq_thread_info *info)
{
	const struct inq_report *report = &incident->report;
	const struct inq_mapping *mapping =
		info->sp == INQ_UNKNOWN ? NULL : inq_space_mapping_at(incident->space, info->sp);
	const struct inq_region *region =
		mapping ? inq_region_at(report->regions, report->region_count, info->sp) : NULL;
	bool part = region && is_stack(region);
	info->stack_start = part ? region->start : mapping ? mapping->start : INQ_UNKNOWN;
	info->stack_end = part ? region->end : mapping ? mapping->end : INQ_UNKNOWN;
	info->stack_used = mapping ? info->stack_end - info->sp : INQ_UNKNOWN;
}

/* What pr_sname's letters stand for: Linux fs/proc/array.c; Solaris proc(5) has S R Z T I O. */
static const char *state_name(char letter)
{
	static const char *const names[] = { "R running", "O running", "S sleeping", "D uninterruptible",
					     "T stopped", "t tracing", "Z zombie",   "X dead",
					     "I idle",	  "W waiting" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (names[i][0] == letter)
			return names[i] + 2;
	return NULL;
}

static enum inq_status fill_frame(struct inq_incident *incident, struct inq_thread_info *info)
{
	if (info->pc == INQ_UNKNOWN)
		return INQ_OK;
	struct inq_frame_info *frame = inq_arena_alloc(incident->ctx.arena, sizeof *frame);
	if (!frame)
		return inq_no_memory(&incident->ctx);
	*frame = (struct inq_frame_info) { .pc = info->pc,
					   .sp = info->sp,
					   .exact = true,
					   .kind = "native",
					   .found_by = "context",
					   .confidence = INQ_CERTAIN };
	info->frames = frame;
	info->frame_count = 1;
	return inq_incident_locate(incident, info->pc, &frame->location);
}

static enum inq_status fill_thread(struct inq_incident *incident, const struct inq_thread *thread,
				   struct inq_thread_info *info)
{
	struct inq_space *space = incident->space;
	*info = (struct inq_thread_info) { .tid = thread->tid,
					   .name = thread->name,
					   .crashed = thread->crashed,
					   .state = state_name(thread->state),
					   .signal = inq_signal_describe(&incident->ctx, space->os, &thread->signal),
					   .waits_for = INQ_UNKNOWN,
					   .pc = INQ_UNKNOWN,
					   .sp = INQ_UNKNOWN };
	inq_thread_pc(space, thread, &info->pc);
	inq_thread_sp(space, thread, &info->sp);
	fill_stack(incident, info);
	enum inq_status status = fill_registers(incident, thread, info);
	if (status == INQ_OK)
		status = fill_frame(incident, info);
	if (status == INQ_OK && thread->crashed && !incident->options.brief)
		status = fill_points_to(incident, info);
	return status;
}

enum inq_status inq_fill_threads(struct inq_incident *incident)
{
	const struct inq_thread_vec *threads = &incident->space->threads;
	struct inq_thread_info *infos = inq_arena_array(incident->ctx.arena, threads->count, sizeof *infos);
	if (!infos)
		return inq_no_memory(&incident->ctx);
	for (size_t i = 0; i < threads->count; i++)
		if (fill_thread(incident, &threads->items[i], &infos[i]) == INQ_NO_MEMORY)
			return INQ_NO_MEMORY;
	incident->threads = infos;
	incident->report.threads = infos;
	incident->report.thread_count = threads->count;
	return INQ_OK;
}

static struct inq_note_count *find_note(struct inq_note_count *counts, size_t count, const struct inq_note *note)
{
	for (size_t i = 0; i < count; i++)
		if (counts[i].type == note->type && strcmp(counts[i].owner, note->owner) == 0)
			return &counts[i];
	return NULL;
}

/* A core has some ten kinds of note, however many threads; a hostile one with more kinds loses the rare ones. */
enum { MOST_NOTE_KINDS = 256 };

enum inq_status inq_fill_notes(struct inq_incident *incident)
{
	const struct inq_note_vec *notes = &incident->space->notes;
	size_t most = notes->count < MOST_NOTE_KINDS ? notes->count : MOST_NOTE_KINDS, count = 0;
	struct inq_note_count *counts = inq_arena_array(incident->ctx.arena, most, sizeof *counts);
	if (!counts)
		return inq_no_memory(&incident->ctx);
	for (size_t i = 0; i < notes->count; i++) {
		const struct inq_note *note = &notes->items[i];
		struct inq_note_count *slot = find_note(counts, count, note);
		if (!slot && count < most) {
			slot = &counts[count++];
			*slot = (struct inq_note_count) { .owner = note->owner,
							  .name = note->name,
							  .type = note->type };
		}
		if (slot) {
			slot->count++;
			slot->bytes += note->size;
		}
	}
	incident->report.notes = counts;
	incident->report.note_count = count;
	return INQ_OK;
}
