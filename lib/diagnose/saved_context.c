/* Telling a signal frame from other bytes. siginfo: include/uapi/asm-generic/siginfo.h (signo, errno, code; the union
 * begins at the next word); error codes of x86: Intel SDM, volume 3, "Page-Fault Exceptions". */
#include "lib/diagnose/saved_context.h"

#include "lib/arch/order.h"
#include "lib/diagnose/signal.h"

enum {
	LAST_SIGNAL = 64,
	LOWEST_CODE = -60, /* SI_ASYNCNL */
	HIGHEST_CODE = 15, /* FPE_CONDTRAP */
	SI_KERNEL = 0x80,
	TRAP_PAGE_FAULT = 14,
	ERROR_WRITE = 2,
	ERROR_FETCH = 16,
	FARTHEST_FRAME = 128 << 10, /* of the vector registers that are saved between frame and stack pointer */
	DEEPEST_OVERFLOW = 1 << 20  /* how far below its stack a stack pointer can be, by one large frame */
};

const struct inq_signal_layout *inq_signal_layout_of(const struct inq_space *space)
{
	const struct inq_signal_row *row;
	for (size_t i = 0; (row = inq_signal_row(i)); i++)
		if (row->os == space->os && row->machine == space->machine.elf && row->bits == space->machine.bits &&
		    row->layout->record)
			return row->layout;
	return NULL;
}

/* `view` begins at the record's first byte, offsets count from its base. */
static uint64_t get(const struct inq_signal_layout *layout, const struct inq_view *view, int offset, unsigned size)
{
	return inq_view_get(view, (uint64_t)(offset - layout->record->first), size);
}

static int32_t get_signed(const struct inq_signal_layout *layout, const struct inq_view *view, int offset)
{
	return (int32_t)(uint32_t)get(layout, view, offset, 4);
}

bool inq_may_be_signal_frame(const struct inq_signal_layout *layout, const struct inq_view *view)
{
	int siginfo = layout->record->siginfo;
	int32_t number = get_signed(layout, view, siginfo);
	if (number <= 0 || number > LAST_SIGNAL || get_signed(layout, view, siginfo + 4) != 0)
		return false;
	int32_t code = get_signed(layout, view, siginfo + 8);
	if (code < LOWEST_CODE || (code > HIGHEST_CODE && code != SI_KERNEL))
		return false;
	return !layout->check_size || get(layout, view, layout->check, layout->check_size) == layout->expected;
}

static void read_registers(const struct inq_arch *arch, const struct inq_signal_layout *layout,
			   const struct inq_view *view, struct inq_registers *ret)
{
	struct inq_register_slots slots;
	*ret = (struct inq_registers) { 0 };
	if (!arch || !inq_register_order(arch, layout->order, layout->registers, layout->slot, &slots))
		return;
	for (size_t i = 0; i < slots.count; i++) {
		const struct inq_register_slot *slot = &slots.items[i];
		ret->values[slot->index] = get(layout, view, slot->offset, slot->size);
		ret->valid |= UINT64_C(1) << slot->index;
	}
}

/* The union of siginfo: a fault's address, or who sent it. */
static void read_siginfo(struct inq_space *space, const struct inq_signal_layout *layout, const struct inq_view *view,
			 struct inq_fault *fault)
{
	struct inq_signal *signal = &fault->signal;
	int at = layout->record->siginfo;
	unsigned word = view->word;
	*signal = (struct inq_signal) { .number = get_signed(layout, view, at),
					.has_code = true,
					.code = get_signed(layout, view, at + 8),
					.sender_pid = INQ_UNKNOWN,
					.sender_uid = INQ_UNKNOWN };
	int first = at + (word == 8 ? 16 : 12);
	fault->name = inq_signal_name(space->ctx, space->os, signal->number);
	if (inq_signal_is_fault(space->os, signal->number, signal->code)) {
		signal->has_address = fault->has_address = true;
		signal->address = fault->address = get(layout, view, first, word);
	} else if (signal->code <= 0) {
		signal->sender_pid = get(layout, view, first, 4);
		signal->sender_uid = get(layout, view, first + 4, 4);
	}
}

static bool may_execute(const struct inq_space *space, uint64_t address)
{
	const struct inq_mapping *mapping = inq_space_mapping_at(space, address);
	return mapping && (!(mapping->permissions & INQ_PERM_KNOWN) || mapping->permissions & INQ_PERM_EXECUTE);
}

/* A jump to nowhere has its pc as the fault address, or the processor told none. */
static bool pc_fits(const struct inq_space *space, const struct inq_fault *fault)
{
	if (fault->pc == INQ_UNKNOWN)
		return false;
	if (may_execute(space, fault->pc))
		return true;
	return inq_fault_by_processor(space, fault) && (!fault->has_address || fault->address == fault->pc);
}

/* In a mapping that can be a stack, or below one that overflowed. */
static bool sp_fits(const struct inq_space *space, const struct inq_fault *fault)
{
	const struct inq_mapping *mapping = inq_space_mapping_from(space, fault->sp);
	if (fault->sp == INQ_UNKNOWN || !mapping)
		return false;
	bool known = mapping->permissions & INQ_PERM_KNOWN, writable = mapping->permissions & INQ_PERM_WRITE;
	if (mapping->start <= fault->sp)
		return !known || writable || fault->sp >= mapping->end - DEEPEST_OVERFLOW;
	return mapping->start - fault->sp <= DEEPEST_OVERFLOW;
}

/* The kernel builds the frame below the interrupted stack pointer, or at the top of the alternate stack, whose place is in
 * uc_stack. */
static bool place_fits(const struct inq_signal_layout *layout, const struct inq_view *view, uint64_t address,
		       const struct inq_fault *fault)
{
	int at = layout->record->stack, word = view->word;
	uint64_t stack = get(layout, view, at, view->word), size = get(layout, view, at + 2 * word, view->word);
	if (address - stack < size)
		return true;
	return fault->sp > address && fault->sp - address <= FARTHEST_FRAME;
}

/* x86 and Arm save the address register of the memory unit: for a page fault it is the siginfo's. */
static bool record_fits(const struct inq_signal_layout *layout, const struct inq_view *view, struct inq_fault *fault)
{
	const struct inq_signal_record *record = layout->record;
	bool memory = inq_fault_is(fault, "SIGSEGV") || inq_fault_is(fault, "SIGBUS");
	if (record->fault_address == INQ_NO_OFFSET || !memory || !fault->has_address)
		return true;
	if (record->page_faults && get(layout, view, record->trap, view->word) != TRAP_PAGE_FAULT)
		return true;
	return get(layout, view, record->fault_address, view->word) == fault->address;
}

static void read_error_code(const struct inq_signal_layout *layout, const struct inq_view *view,
			    struct inq_fault *fault)
{
	const struct inq_signal_record *record = layout->record;
	if (!record->page_faults || !fault->has_address ||
	    get(layout, view, record->trap, view->word) != TRAP_PAGE_FAULT)
		return;
	uint64_t error = get(layout, view, record->error, view->word);
	fault->tried = error & ERROR_FETCH   ? INQ_ACCESS_EXECUTE
		       : error & ERROR_WRITE ? INQ_ACCESS_WRITE
					     : INQ_ACCESS_READ;
}

/* The signal by the processor's exception: arch/x86/kernel/traps.c; elsewhere only a fault address tells of one. */
static const char *signal_of_record(const struct inq_signal_layout *layout, const struct inq_view *view)
{
	static const struct {
		uint8_t trap;
		const char *name;
	} traps[] = { { 3, "SIGTRAP" },	 { 6, "SIGILL" },  { 12, "SIGBUS" }, { 13, "SIGSEGV" },
		      { 14, "SIGSEGV" }, { 16, "SIGFPE" }, { 17, "SIGBUS" }, { 19, "SIGFPE" } };
	const struct inq_signal_record *record = layout->record;
	if (record->fault_address == INQ_NO_OFFSET)
		return NULL;
	if (!record->page_faults)
		return get(layout, view, record->fault_address, view->word) ? "SIGSEGV" : NULL;
	uint64_t trap = get(layout, view, record->trap, view->word);
	for (size_t i = 0; i < sizeof traps / sizeof *traps; i++)
		if (traps[i].trap == trap)
			return traps[i].name;
	return NULL;
}

static bool read_record(struct inq_space *space, const struct inq_signal_layout *layout, const struct inq_view *view,
			struct inq_fault *fault)
{
	const struct inq_signal_record *record = layout->record;
	fault->name = signal_of_record(layout, view);
	if (!fault->name)
		return false;
	fault->signal = (struct inq_signal) { .number = inq_signal_number(space->os, fault->name),
					      .sender_pid = INQ_UNKNOWN,
					      .sender_uid = INQ_UNKNOWN };
	fault->has_address = !record->page_faults || get(layout, view, record->trap, view->word) == TRAP_PAGE_FAULT;
	fault->address = fault->has_address ? get(layout, view, record->fault_address, view->word) : 0;
	fault->signal.has_address = fault->has_address;
	fault->signal.address = fault->address;
	return true;
}

/* x86: the handler returns to the trampoline by an address on the stack. */
static bool return_fits(const struct inq_space *space, const struct inq_signal_layout *layout,
			const struct inq_view *view)
{
	int at = layout->record->return_address;
	return at == INQ_NO_OFFSET || may_execute(space, get(layout, view, at, view->word));
}

bool inq_read_signal_frame(struct inq_space *space, const struct inq_signal_layout *layout, uint64_t address, bool led,
			   struct inq_fault *ret)
{
	struct inq_view view;
	const struct inq_signal_record *record = layout->record;
	uint64_t first = address + (uint64_t)(int64_t)record->first;
	if (!inq_space_view(space, first, (size_t)(record->end - record->first), &view))
		return false;
	*ret = (struct inq_fault) { .pc = INQ_UNKNOWN, .sp = INQ_UNKNOWN };
	read_registers(space->machine.arch, layout, &view, &ret->registers);
	inq_fault_set_place(space, ret);
	bool told = inq_may_be_signal_frame(layout, &view);
	if (told) {
		read_siginfo(space, layout, &view, ret);
		told = record_fits(layout, &view, ret);
	}
	if (!told && (!led || !read_record(space, layout, &view, ret)))
		return false;
	if (!pc_fits(space, ret) || !sp_fits(space, ret) || !place_fits(layout, &view, address, ret) ||
	    !return_fits(space, layout, &view))
		return false;
	read_error_code(layout, &view, ret);
	return true;
}
