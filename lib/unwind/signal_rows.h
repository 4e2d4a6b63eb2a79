/* What kernels leave on the stack when they deliver a signal, as tables: how the trampoline looks to which the handler
 * returns, and where the registers of what was interrupted are saved.
 *
 * A new kind: a row in signal_rows.c. */
#ifndef INQ_UNWIND_SIGNAL_ROWS_H
#define INQ_UNWIND_SIGNAL_ROWS_H

#include "lib/space/model.h"

/* What else stands around the registers, by which a record is told from other bytes. Offsets count from the base. */
struct inq_signal_record {
	uint8_t align, phase;	 /* base % align == phase */
	uint8_t siginfo_pointer; /* not 0: no siginfo but a pointer to it, here; and the signal's number at the base */
	uint8_t page_fault;	 /* in `trap`, for which `error` is x86's error code; 0: neither is x86's */
	int16_t first, end;	 /* where the record begins and ends */
	int16_t siginfo;	 /* INQ_NO_OFFSET: there is none, and the signal's number is at the base */
	int16_t stack, stack_size;			    /* uc_stack: address, and size */
	int16_t return_address, fault_address, trap, error; /* INQ_NO_OFFSET: not kept, as `stack` may be */
	int16_t mask;					    /* what was blocked before: one word; 0: not described */
};

enum { INQ_NO_OFFSET = INT16_MIN };

/* Where the saved registers are. */
struct inq_signal_layout {
	uint16_t registers; /* of the first, from the base */
	uint8_t slot;	    /* bytes of a register */
	bool indirect;	    /* the base is a pointer on the stack, not the stack pointer itself */
	uint8_t pointer;    /* where that is, from the stack pointer */
	uint8_t check_size; /* 0: there is no value to check */
	uint16_t check;	    /* where a value stands that every such record has, from the base */
	uint32_t expected;
	uint16_t
		vectors; /* where the floating-point and vector registers are, as struct inq_arch_vectors says; 0: not told */
	bool vectors_behind;			/* a pointer to them is there */
	const char *order;			/* see lib/arch/order.h */
	const struct inq_signal_record *record; /* NULL: without a siginfo, or not described yet */
};

/* A trampoline: its instructions as bytes in memory, and the stack when it begins. */
struct inq_signal_row {
	enum inq_os os;
	uint16_t machine;
	uint8_t bits;	   /* of an address */
	uint8_t code_size; /* 0: the return address is no address: all bits are set */
	uint8_t code[16];
	const struct inq_signal_layout *layout;
};

/* Row `index`, or NULL after the last. */
const struct inq_signal_row *inq_signal_row(size_t index);

/* The layout of signal frames with a siginfo in this process; NULL when none is known. */
const struct inq_signal_layout *inq_signal_layout_of(const struct inq_space *space);
/* The layout without, of handlers that asked for none; NULL where these have the other, too. */
const struct inq_signal_layout *inq_signal_plain_layout_of(const struct inq_space *space);

#endif
