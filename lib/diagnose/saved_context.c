/* Telling a signal frame from other bytes. Error codes of x86: Intel SDM, volume 3, "Page-Fault Exceptions". */
#include "lib/diagnose/saved_context.h"

#include "lib/arch/order.h"
#include "lib/diagnose/signal.h"
#include "lib/space/siginfo.h"

enum {
	LAST_SIGNAL = 64,
	LARGEST_SIGINFO = 128, /* of what is read */
	KERNEL_SIGINFO = 48,   /* what of it can be other than 0 */
	HARDWARE_PAGE_FAULT = 14,
	ERROR_WRITE = 2,
	ERROR_FETCH = 16,
	FARTHEST_FRAME = 128 << 10, /* of the vector registers that are saved between frame and stack pointer */
	DEEPEST_OVERFLOW = 1 << 20  /* how far below its stack a stack pointer can be, by one large frame */
};

/* `view` begins at the record's first byte, offsets count from its base. */
static uint64_t get(const struct inq_signal_layout *layout, const struct inq_view *view, int offset, unsigned size)
{
	return inq_view_get(view, (uint64_t)(offset - layout->record->first), size);
}

/* The siginfo; an empty view where the frame has none, or the bytes are not there. */
static struct inq_view siginfo_of(struct inq_space *space, const struct inq_signal_layout *layout,
				  const struct inq_view *view)
{
	const struct inq_signal_record *record = layout->record;
	struct inq_view info;
	if (!record->siginfo_pointer)
		return inq_view_clip(view, (uint64_t)(record->siginfo - record->first), LARGEST_SIGINFO);
	uint64_t pointer = get(layout, view, record->siginfo_pointer, view->word);
	if (!inq_space_view(space, pointer, LARGEST_SIGINFO, &info))
		return inq_view_clip(view, view->size, 0);
	return info;
}

/* Where the kernel gives the handler no address to return to, but a mark. */
static bool is_marked(const struct inq_signal_layout *layout, const struct inq_view *view)
{
	uint64_t number = get(layout, view, 0, 4), word = view->word;
	uint64_t mark = word == 4 ? UINT32_MAX : UINT64_MAX;
	return get(layout, view, layout->record->return_address, (unsigned)word) == mark && number > 0 &&
	       number <= LAST_SIGNAL;
}

bool inq_may_be_signal_frame(struct inq_space *space, const struct inq_signal_layout *layout,
			     const struct inq_view *view)
{
	struct inq_view info;
	if (layout->record->siginfo == INQ_NO_OFFSET)
		return false;
	if (layout->record->siginfo_pointer) {
		if (!is_marked(layout, view))
			return false;
	} else {
		info = siginfo_of(space, layout, view);
		if (!inq_siginfo_may_be(space->os, &space->machine, &info))
			return false;
	}
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

static void set_signal(struct inq_space *space, const struct inq_signal *signal, struct inq_fault *fault)
{
	fault->signal = *signal;
	fault->name = inq_signal_name(space->ctx, space->os, signal->number);
	fault->has_address = signal->has_address;
	fault->address = signal->address;
}

static bool read_siginfo(struct inq_space *space, const struct inq_signal_layout *layout, const struct inq_view *view,
			 struct inq_fault *fault)
{
	struct inq_signal signal = { .sender_pid = INQ_UNKNOWN, .sender_uid = INQ_UNKNOWN };
	struct inq_view info = siginfo_of(space, layout, view);
	if (!inq_siginfo_may_be(space->os, &space->machine, &info) ||
	    !inq_siginfo_read(space->os, &space->machine, &info, &signal))
		return false;
	if (layout->record->siginfo_pointer && get(layout, view, 0, 4) != (uint64_t)signal.number)
		return false;
	set_signal(space, &signal, fault);
	return true;
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
 * uc_stack; where that is not kept, nothing speaks against a frame that the stack leads to. */
static bool place_fits(const struct inq_signal_layout *layout, const struct inq_view *view, uint64_t address, bool led,
		       const struct inq_fault *fault)
{
	const struct inq_signal_record *record = layout->record;
	if (record->stack == INQ_NO_OFFSET && led)
		return true;
	if (record->stack != INQ_NO_OFFSET &&
	    address - get(layout, view, record->stack, view->word) < get(layout, view, record->stack_size, view->word))
		return true;
	return fault->sp > address && fault->sp - address <= FARTHEST_FRAME;
}

static bool is_page_fault(const struct inq_signal_layout *layout, const struct inq_view *view)
{
	const struct inq_signal_record *record = layout->record;
	return record->page_fault && get(layout, view, record->trap, 4) == record->page_fault;
}

/* x86 and Arm save the address register of the memory unit: for a page fault it is the siginfo's. */
static bool record_fits(const struct inq_signal_layout *layout, const struct inq_view *view, struct inq_fault *fault)
{
	const struct inq_signal_record *record = layout->record;
	bool memory = inq_fault_is(fault, "SIGSEGV") || inq_fault_is(fault, "SIGBUS");
	if (record->fault_address == INQ_NO_OFFSET || !memory || !fault->has_address)
		return true;
	if (record->page_fault && !is_page_fault(layout, view))
		return true;
	return get(layout, view, record->fault_address, view->word) == fault->address;
}

static void read_error_code(const struct inq_signal_layout *layout, const struct inq_view *view,
			    struct inq_fault *fault)
{
	if (!fault->has_address || !is_page_fault(layout, view))
		return;
	uint64_t error = get(layout, view, layout->record->error, 4);
	fault->tried = error & ERROR_FETCH   ? INQ_ACCESS_EXECUTE
		       : error & ERROR_WRITE ? INQ_ACCESS_WRITE
					     : INQ_ACCESS_READ;
}

/* The signal by the processor's exception: arch/x86/kernel/traps.c (the BSDs have numbers of their own, of which only the
 * page fault's is used); elsewhere only a fault address tells of one. */
static const char *signal_of_record(const struct inq_signal_layout *layout, const struct inq_view *view)
{
	static const struct {
		uint8_t trap;
		const char *name;
	} traps[] = { { 3, "SIGTRAP" },	 { 6, "SIGILL" },  { 12, "SIGBUS" }, { 13, "SIGSEGV" },
		      { 14, "SIGSEGV" }, { 16, "SIGFPE" }, { 17, "SIGBUS" }, { 19, "SIGFPE" } };
	const struct inq_signal_record *record = layout->record;
	if (is_page_fault(layout, view))
		return "SIGSEGV";
	if (!record->page_fault && record->fault_address != INQ_NO_OFFSET)
		return get(layout, view, record->fault_address, view->word) ? "SIGSEGV" : NULL;
	if (record->page_fault != HARDWARE_PAGE_FAULT)
		return NULL;
	uint64_t trap = get(layout, view, record->trap, 4);
	for (size_t i = 0; i < sizeof traps / sizeof *traps; i++)
		if (traps[i].trap == trap)
			return traps[i].name;
	return NULL;
}

static bool read_record(struct inq_space *space, const struct inq_signal_layout *layout, const struct inq_view *view,
			struct inq_fault *fault)
{
	const struct inq_signal_record *record = layout->record;
	const char *name = signal_of_record(layout, view);
	struct inq_signal signal = { .sender_pid = INQ_UNKNOWN, .sender_uid = INQ_UNKNOWN };
	if (record->siginfo_pointer || record->siginfo == INQ_NO_OFFSET)
		signal.number = (int)get(layout, view, 0, 4);
	else if (name)
		signal.number = inq_signal_number(space->os, name);
	else
		return false;
	signal.has_address =
		record->fault_address != INQ_NO_OFFSET && (!record->page_fault || is_page_fault(layout, view));
	if (signal.has_address)
		signal.address = get(layout, view, record->fault_address, view->word);
	set_signal(space, &signal, fault);
	return true;
}

/* x86: the handler returns to the trampoline by an address on the stack, or to none, see is_marked. */
static bool return_fits(const struct inq_space *space, const struct inq_signal_layout *layout,
			const struct inq_view *view)
{
	int at = layout->record->return_address;
	if (layout->record->siginfo_pointer)
		return is_marked(layout, view);
	return at == INQ_NO_OFFSET || may_execute(space, get(layout, view, at, view->word));
}

/* For a handler without SA_SIGINFO Linux writes no siginfo: what lies there may look like one of a signal that somebody sent. One that
 * it writes is followed by zeros (kernel/signal.c, copy_siginfo_to_user, since 4.20). */
static bool is_left_over(const struct inq_space *space, const struct inq_signal_layout *layout,
			 const struct inq_view *view, const struct inq_fault *told)
{
	const struct inq_signal_record *record = layout->record;
	if (space->os != INQ_OS_LINUX || record->siginfo_pointer || inq_fault_by_processor(space, told) ||
	    !signal_of_record(layout, view))
		return false;
	for (int at = KERNEL_SIGINFO; at < LARGEST_SIGINFO; at += 4)
		if (get(layout, view, record->siginfo + at, 4))
			return true;
	return false;
}

bool inq_read_signal_frame(struct inq_space *space, const struct inq_signal_layout *layout, uint64_t address, bool led,
			   struct inq_fault *ret)
{
	struct inq_view view;
	const struct inq_signal_record *record = layout->record;
	uint64_t first = address + (uint64_t)(int64_t)record->first;
	if (!inq_space_view(space, first, (size_t)(record->end - record->first), &view))
		return false;
	bool may_be = inq_may_be_signal_frame(space, layout, &view);
	if (!may_be && !led)
		return false; /* as nearly all places that are tried */
	*ret = (struct inq_fault) { .pc = INQ_UNKNOWN, .sp = INQ_UNKNOWN };
	read_registers(space->machine.arch, layout, &view, &ret->registers);
	inq_fault_set_place(space, ret);
	bool told = may_be && read_siginfo(space, layout, &view, ret) && record_fits(layout, &view, ret);
	if (told && led && is_left_over(space, layout, &view, ret))
		told = false;
	if (!told && (!led || !read_record(space, layout, &view, ret)))
		return false;
	if (!pc_fits(space, ret) || !sp_fits(space, ret) || !place_fits(layout, &view, address, led, ret) ||
	    !return_fits(space, layout, &view))
		return false;
	read_error_code(layout, &view, ret);
	return true;
}
