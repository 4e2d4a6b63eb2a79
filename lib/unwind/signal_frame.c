/* The stepper of signal frames: from the trampoline, to which a handler returns, to what the signal interrupted. It knows
 * trampolines by their instructions. Where these are not to be had, a record that is as it must be will do, and then the
 * frame is only likely. */
#include "lib/unwind/stepper.h"

#include "lib/arch/order.h"
#include "lib/unwind/signal_rows.h"

enum { MOST_CODE = 16 };

/* All bits set: what a Solaris kernel gives a handler as its return address. */
static bool is_mark(const struct inq_unwinder *unwinder, uint64_t pc)
{
	return pc == (unwinder->word == 4 ? UINT32_MAX : UINT64_MAX);
}

static bool fits(const struct inq_unwinder *unwinder, const struct inq_signal_row *row)
{
	return row->os == unwinder->space->os && row->machine == unwinder->arch->machine &&
	       row->bits == unwinder->word * 8;
}

static bool is_signal_mark(const struct inq_unwinder *unwinder, uint64_t pc)
{
	const struct inq_signal_row *row;
	for (size_t i = 0; is_mark(unwinder, pc) && (row = inq_signal_row(i)); i++)
		if (fits(unwinder, row) && !row->code_size)
			return true;
	return false;
}

bool inq_may_return_to(const struct inq_unwinder *unwinder, uint64_t pc)
{
	return inq_may_execute(unwinder, pc) || is_signal_mark(unwinder, pc);
}

/* `text` is NULL when the instructions cannot be read. */
static bool is_trampoline(const struct inq_unwinder *unwinder, const struct inq_signal_row *row, uint64_t pc,
			  const uint8_t *text)
{
	if (!row->code_size)
		return is_mark(unwinder, pc);
	return text ? memcmp(text, row->code, row->code_size) == 0 : row->layout->check_size != 0;
}

static bool find_base(struct inq_unwinder *unwinder, const struct inq_signal_layout *layout, uint64_t sp, uint64_t *ret)
{
	uint64_t found;
	*ret = sp;
	if (layout->indirect && !inq_unwinder_read(unwinder, sp + layout->pointer, unwinder->word, ret))
		return false;
	return !layout->check_size || (inq_unwinder_read(unwinder, *ret + layout->check, layout->check_size, &found) &&
				       found == layout->expected);
}

static bool read_registers(struct inq_unwinder *unwinder, const struct inq_signal_layout *layout, uint64_t base,
			   struct inq_registers *ret)
{
	struct inq_register_slots slots;
	uint64_t value;
	if (!inq_register_order(unwinder->arch, layout->order, layout->registers, layout->slot, &slots))
		return false;
	ret->valid = 0;
	for (size_t i = 0; i < slots.count; i++) {
		if (!inq_unwinder_read(unwinder, base + slots.items[i].offset, slots.items[i].size, &value))
			return false;
		inq_registers_set(ret, slots.items[i].index, value);
	}
	return true;
}

static void read_vectors(struct inq_unwinder *unwinder, const struct inq_signal_layout *layout, uint64_t base,
			 struct inq_registers *ret)
{
	const struct inq_arch_vectors *vectors = &unwinder->arch->vectors;
	uint64_t address = base + layout->vectors, size = vectors->offset + (uint64_t)vectors->count * vectors->size;
	if (!layout->vectors ||
	    (layout->vectors_behind && !inq_unwinder_read(unwinder, address, unwinder->word, &address)) ||
	    !inq_space_view(unwinder->space, address, size, &ret->vectors))
		ret->vectors = (struct inq_view) { 0 };
}

/* The interrupted code and its stack are where such things are. */
static bool is_plausible(const struct inq_unwinder *unwinder, const struct inq_registers *registers)
{
	uint64_t sp;
	return inq_registers_get(registers, unwinder->arch->sp, &sp) && inq_space_mapping_at(unwinder->space, sp);
}

static enum inq_step step_row(struct inq_unwinder *unwinder, const struct inq_signal_row *row,
			      struct inq_walk_frame *frame, struct inq_walk_frame *caller, bool seen)
{
	uint64_t base;
	if (!find_base(unwinder, row->layout, frame->sp, &base))
		return INQ_STEP_NOT_MINE;
	if (!read_registers(unwinder, row->layout, base, &caller->registers))
		return seen ? INQ_STEP_MISSING_MEMORY : INQ_STEP_NOT_MINE;
	if (!seen && !is_plausible(unwinder, &caller->registers))
		return INQ_STEP_NOT_MINE;
	read_vectors(unwinder, row->layout, base, &caller->registers);
	frame->kind = INQ_FRAME_SIGNAL;
	caller->exact = true;
	caller->found_by = INQ_FOUND_SIGNAL_FRAME;
	caller->confidence = seen ? INQ_CERTAIN : INQ_LIKELY;
	return INQ_STEP_FOUND;
}

/* What is shortest to read before a mapping ends: rows differ in the size of their code. */
static const uint8_t *read_text(struct inq_unwinder *unwinder, uint64_t pc, uint8_t *buffer)
{
	for (size_t size = MOST_CODE; size; size -= 2)
		if (inq_space_read(unwinder->space, pc, buffer, size) <= INQ_READ_FILE)
			return buffer;
	return NULL;
}

enum inq_called inq_return_fits(struct inq_unwinder *unwinder, uint64_t pc)
{
	const struct inq_signal_row *row;
	uint8_t buffer[MOST_CODE] = { 0 };
	if (is_signal_mark(unwinder, pc))
		return INQ_CALLED_YES;
	enum inq_called called = inq_after_call(unwinder, pc);
	const uint8_t *text = called == INQ_CALLED_NO ? read_text(unwinder, pc, buffer) : NULL;
	for (size_t i = 0; text && (row = inq_signal_row(i)); i++)
		if (row->code_size && fits(unwinder, row) && is_trampoline(unwinder, row, pc, text))
			return INQ_CALLED_YES;
	return text && inq_is_goroutine_end(unwinder, pc) ? INQ_CALLED_YES : called;
}

static enum inq_step step(struct inq_unwinder *unwinder, struct inq_walk_frame *frame, struct inq_walk_frame *caller)
{
	const struct inq_signal_row *row;
	uint8_t buffer[MOST_CODE] = { 0 };
	if (frame->exact || inq_cfi_is_kept(unwinder, frame))
		return INQ_STEP_NOT_MINE;
	const uint8_t *text = read_text(unwinder, frame->pc, buffer);
	for (size_t i = 0; (row = inq_signal_row(i)); i++) {
		if (!fits(unwinder, row) || !is_trampoline(unwinder, row, frame->pc, text))
			continue;
		enum inq_step step = step_row(unwinder, row, frame, caller, text || !row->code_size);
		if (step != INQ_STEP_NOT_MINE)
			return step;
	}
	return INQ_STEP_NOT_MINE;
}

const struct inq_stepper inq_stepper_signal_frame = { "signal-frame", step };
