/* The text of a crash: the signal, what was behind it, the place, the instruction, and why. */
#include "lib/render/text.h"

#include <string.h>

static void put_signal(struct inq_text *text, const char *label, const struct inq_signal_info *signal)
{
	struct inq_str *work = &text->work;
	if (!signal->number)
		return;
	if (signal->name)
		inq_str_printf(work, "%s (%d)", signal->name, signal->number);
	else
		inq_str_printf(work, "%d", signal->number);
	if (signal->code_name)
		inq_str_printf(work, ", %s", signal->code_name);
	else if (signal->has_code)
		inq_str_printf(work, ", code %d", signal->code);
	if (signal->meaning) {
		inq_str_puts(work, ": ");
		inq_put_name(work, signal->meaning);
	}
	if (signal->sender_pid != INQ_UNKNOWN)
		inq_str_printf(work, ", sent by pid %llu", (unsigned long long)signal->sender_pid);
	if (signal->sender_pid != INQ_UNKNOWN && signal->sender_pid == text->report->process.pid)
		inq_str_puts(work, " (itself)");
	if (signal->sender_uid != INQ_UNKNOWN)
		inq_str_printf(work, ", uid %llu", (unsigned long long)signal->sender_uid);
	inq_text_paragraph(text, label);
}

static void put_place(struct inq_text *text, const char *label, uint64_t address, const struct inq_location *location)
{
	if (address != INQ_UNKNOWN) {
		inq_put_address(&text->work, address, 1);
		inq_str_puts(&text->work, "  ");
	}
	inq_put_location(&text->work, location);
	inq_text_paragraph(text, label);
	if (location->mapped && location->object && text->output->verbose) {
		inq_put_name(&text->work, location->object);
		inq_text_paragraph(text, "");
	}
}

static const char *verb(unsigned access)
{
	if (access & INQ_ACCESS_EXECUTE)
		return "executes";
	if ((access & (INQ_ACCESS_READ | INQ_ACCESS_WRITE)) == (INQ_ACCESS_READ | INQ_ACCESS_WRITE))
		return "reads and writes";
	return access & INQ_ACCESS_WRITE ? "writes" : "reads";
}

/* "reads 4 bytes at rdi = 0x123456789000 (not permitted)" */
static void put_access(struct inq_str *work, const struct inq_access_info *access)
{
	inq_str_puts(work, "; ");
	inq_str_puts(work, verb(access->access));
	if (access->size)
		inq_str_printf(work, " %u byte%s at ", access->size, access->size == 1 ? "" : "s");
	else
		inq_str_puts(work, " at ");
	inq_put_name(work, access->operand);
	inq_str_puts(work, access->operand && access->has_address ? " = " : "");
	if (access->has_address)
		inq_put_address(work, access->address, 1);
	if (access->judged && !access->permitted)
		inq_str_puts(work, " (not permitted)");
}

static void put_instruction(struct inq_text *text, const struct inq_instruction_info *instruction)
{
	struct inq_str *work = &text->work;
	if (!instruction->size && !instruction->access_count)
		return;
	if (!instruction->size) {
		inq_str_puts(work, "the instruction is not at hand");
	} else if (instruction->text) {
		inq_put_name(work, instruction->text);
	} else {
		inq_str_puts(work, "bytes");
		for (size_t i = 0; i < instruction->size; i++) {
			inq_str_putc(work, ' ');
			inq_str_hex(work, instruction->bytes[i], 2);
		}
	}
	for (size_t i = 0; i < instruction->access_count; i++)
		put_access(work, &instruction->accesses[i]);
	inq_text_paragraph(text, "code");
}

static void put_fault(struct inq_text *text, const struct inq_fault_info *fault)
{
	if (fault->has_fault_address)
		put_place(text, "fault", fault->fault_address, &fault->fault_location);
	if (fault->pc != INQ_UNKNOWN || fault->location.told)
		put_place(text, "at", fault->pc, &fault->location);
	put_instruction(text, &fault->instruction);
}

static void put_found(struct inq_text *text)
{
	const struct inq_original_info *original = &text->report->crash.original;
	if (original->context == INQ_UNKNOWN) {
		inq_str_printf(&text->work, "by the signal frame that the text prints (%s)",
			       inq_confidence_name(original->confidence));
		inq_text_paragraph(text, "found");
		return;
	}
	inq_str_puts(&text->work, strcmp(original->found_by, "signal-frame") == 0
					  ? "by the signal frame on the stack at "
					  : "by searching the stack: a valid signal frame at ");
	inq_put_address(&text->work, original->context, 1);
	inq_str_printf(&text->work, " (%s)", inq_confidence_name(original->confidence));
	inq_text_paragraph(text, "found");
}

static void put_culprit(struct inq_text *text)
{
	const struct inq_culprit_info *culprit = &text->report->crash.culprit;
	inq_put_location(&text->work, &culprit->location);
	inq_str_printf(&text->work, ", frame %llu", (unsigned long long)culprit->frame);
	if (culprit->thread != text->report->crash.last.thread && culprit->thread != INQ_UNKNOWN)
		inq_str_printf(&text->work, " of thread %llu", (unsigned long long)culprit->thread);
	inq_str_puts(&text->work, ": ");
	inq_put_name(&text->work, culprit->why);
	inq_text_paragraph(text, "culprit");
	/* Two libraries of one name may come from different makers: the path tells whose it is. */
	const char *object = culprit->location.object, *exe = text->report->process.exe;
	if (object && *object == '/' && (!exe || strcmp(object, exe) != 0)) {
		inq_str_puts(&text->work, "in ");
		inq_put_name(&text->work, object);
		inq_text_paragraph(text, "");
	}
}

static void put_diagnosis(struct inq_text *text, const struct inq_diagnosis *diagnosis, const char *label)
{
	inq_put_name(&text->work, diagnosis->text);
	inq_str_printf(&text->work, " (%s)", inq_confidence_name(diagnosis->confidence));
	inq_text_paragraph(text, label);
	for (size_t i = 0; i < diagnosis->evidence.count; i++) {
		inq_str_puts(&text->work, "- ");
		inq_put_name(&text->work, diagnosis->evidence.items[i]);
		inq_text_paragraph(text, "");
	}
}

static void put_bit_flips(struct inq_text *text)
{
	const struct inq_crash_info *crash = &text->report->crash;
	for (size_t i = 0; i < crash->bit_flip_count; i++) {
		const struct inq_bit_flip *flip = &crash->bit_flips[i];
		inq_put_name(&text->work, flip->register_name);
		inq_str_puts(&text->work, " would be ");
		inq_put_address(&text->work, flip->corrected, 1);
		inq_str_printf(&text->work, " with one bit changed, a good address (%s)",
			       inq_confidence_name(flip->confidence));
		inq_text_paragraph(text, i ? "" : "bit flip");
	}
}

static void put_last_error(struct inq_text *text)
{
	const struct inq_crash_info *crash = &text->report->crash;
	if (!crash->last_error)
		return;
	inq_str_printf(&text->work, "%u", crash->last_error);
	if (crash->last_error_name)
		inq_str_printf(&text->work, ", %s: %s", crash->last_error_name, crash->last_error_text);
	inq_str_puts(&text->work, " (of the last call that failed, perhaps long before)");
	inq_text_paragraph(text, "errno");
}

void inq_text_crash(struct inq_text *text)
{
	const struct inq_crash_info *crash = &text->report->crash;
	put_signal(text, "signal", &crash->last.signal);
	if (crash->behind_handler) {
		put_signal(text, "original", &crash->original.fault.signal);
		put_fault(text, &crash->original.fault);
		put_found(text);
		if (crash->last.pc != INQ_UNKNOWN || crash->last.location.told)
			put_place(text, "ended at", crash->last.pc, &crash->last.location);
	} else {
		put_fault(text, &crash->last);
	}
	put_last_error(text);
	if (crash->has_culprit)
		put_culprit(text);
	for (size_t i = 0; i < crash->diagnosis_count; i++)
		put_diagnosis(text, &crash->diagnosis[i], i ? "or" : "why");
	put_bit_flips(text);
}
