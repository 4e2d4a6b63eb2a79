/* One way to find the caller of a frame.
 *
 * A new way: 1. lib/unwind/NAME.c with one `const struct inq_stepper inq_stepper_NAME`; 2. its row in steppers.def, whose
 * order is the order in which they are asked: the first that does not say INQ_STEP_NOT_MINE has answered.
 * docs/adding/stepper.md has an example. */
#ifndef INQ_UNWIND_STEPPER_H
#define INQ_UNWIND_STEPPER_H

#include "lib/base/dense.h"
#include "lib/base/vec.h"
#include "lib/unwind/cfi/known.h"
#include "lib/unwind/ehabi/index.h"
#include "lib/unwind/unwind.h"

/* What is kept between the walks in one space. */
struct inq_kept_row {
	uint64_t address; /* that was looked up; 0: the row could not be made */
	bool back;	  /* for a return address, which was no trampoline then */
	struct inq_cfi_row row;
};

INQ_VEC(inq_kept_row_vec, struct inq_kept_row)

struct inq_unwinder {
	struct inq_space *space;
	const struct inq_arch *arch;
	struct inq_dwarf_map map;
	unsigned word, slot;		  /* bytes of an address; of a register saved on the stack */
	struct inq_view stack;		  /* the bytes of the mapping that was read last */
	uint64_t stack_start;		  /* its address */
	struct inq_cfi_known **cfi;	  /* by object; NULL before the first look-up in it */
	struct inq_kept_row_vec rows;	  /* rows of addresses that were met before, see cfi.c */
	struct inq_dense row_index;	  /* of `rows` */
	struct inq_frame_layout *layouts; /* what functions told of their frames, see prologue.c */
	unsigned searches;		  /* so far, for functions without a symbol */
	struct inq_ehabi_index **ehabi;	  /* 32-bit Arm's, like cfi */
};

/* A frame while the walk stands in it. */
struct inq_walk_frame {
	struct inq_registers registers;
	uint64_t pc, sp;
	bool exact;	     /* pc is the instruction itself, not what follows a call */
	uint8_t kind;	     /* enum inq_frame_kind; a stepper may find out that the frame is a trampoline */
	uint8_t found_by;    /* enum inq_found_by */
	uint8_t confidence;  /* enum inq_confidence: of this step alone; the walk takes the lesser */
	uint8_t scans;	     /* how many frames so far were found by a scan */
	bool omits_fp;	     /* code below was seen to keep no frame pointer */
	bool left_stack;     /* the step that found it knows that it is on another stack than the frame before */
	uint8_t switches;    /* how often that was so */
	bool stack_switched; /* the stack went backwards at a signal frame once */
};

enum inq_step {
	INQ_STEP_NOT_MINE,	/* ask the next stepper */
	INQ_STEP_FOUND,		/* *caller is the caller */
	INQ_STEP_OUTERMOST,	/* there is no caller */
	INQ_STEP_MISSING_MEMORY /* where the caller is known would be known by memory that the artefact lacks */
};

struct inq_stepper {
	const char *name;
	/* `*caller` comes as a copy of `*frame`, with exact and kind cleared. On
	 * INQ_STEP_FOUND it must have the registers, found_by and confidence; pc and sp are taken from the registers. */
	enum inq_step (*step)(struct inq_unwinder *unwinder, struct inq_walk_frame *frame,
			      struct inq_walk_frame *caller);
};

/* The unwinder of a space; NULL without a processor's row, or when memory is out. Belongs to the space. */
struct inq_unwinder *inq_unwinder_of(struct inq_space *space);

/* An integer of `size` bytes in the process's memory, in its byte order. */
bool inq_unwinder_read(struct inq_unwinder *unwinder, uint64_t address, unsigned size, uint64_t *ret);

/* Registers by the index of the processor's row. */
static inline bool inq_registers_get(const struct inq_registers *registers, uint8_t index, uint64_t *ret)
{
	if (index >= INQ_MAX_REGISTERS || !(registers->valid >> index & 1))
		return false;
	*ret = registers->values[index];
	return true;
}

static inline void inq_registers_set(struct inq_registers *registers, uint8_t index, uint64_t value)
{
	if (index >= INQ_MAX_REGISTERS)
		return;
	registers->values[index] = value;
	registers->valid |= UINT64_C(1) << index;
}

static inline void inq_registers_forget(struct inq_registers *registers, uint8_t index)
{
	if (index < INQ_MAX_REGISTERS)
		registers->valid &= ~(UINT64_C(1) << index);
}

/* Keeps what outlives a call by the convention; the rest is lost. */
void inq_registers_keep_preserved(const struct inq_arch *arch, struct inq_registers *registers);

/* A return address as the machine keeps it → where execution goes on. */
uint64_t inq_return_target(const struct inq_unwinder *unwinder, uint64_t saved);
/* Whether the address may hold code: it is mapped, and not known as not executable. */
bool inq_may_execute(const struct inq_unwinder *unwinder, uint64_t address);
/* Where to look a frame up: a return address may already be in the next function. */
static inline uint64_t inq_lookup_pc(const struct inq_walk_frame *frame)
{
	return frame->exact || frame->kind == INQ_FRAME_SIGNAL ? frame->pc : frame->pc - 1;
}

/* Whether the row of this return address is kept: all steppers before call-frame information have refused it then. */
bool inq_cfi_is_kept(struct inq_unwinder *unwinder, const struct inq_walk_frame *frame);

/* Frees what the stepper of Arm's exception tables has kept. */
void inq_exidx_release(struct inq_unwinder *unwinder);

/* Whether the frame is in a function where programs or threads begin. */
bool inq_is_entry(struct inq_unwinder *unwinder, const struct inq_walk_frame *frame);

/* Whether a search up the stack finds a word that looks like a return address. */
bool inq_scan_finds(struct inq_unwinder *unwinder, const struct inq_walk_frame *frame);

/* The step by Go's own table of functions, which knows of calls that its run-time makes up. */
extern const struct inq_stepper inq_stepper_go_table;

/* Whether call-frame information has a function that begins right there. */
bool inq_cfi_begins_at(struct inq_unwinder *unwinder, uint64_t address);

/* Whether it is where goroutines return to, which is behind no call. */
bool inq_is_goroutine_end(struct inq_unwinder *unwinder, uint64_t pc);

/* Whether a function may return there: to what may be code, or to the mark, no address, that some kernels give a signal
 * handler instead. */
bool inq_may_return_to(const struct inq_unwinder *unwinder, uint64_t pc);

/* Whether the instruction before `pc` is a call, as far as the text can be read. */
enum inq_called { INQ_CALLED_NO, INQ_CALLED_YES, INQ_CALLED_UNREADABLE };
enum inq_called inq_after_call(struct inq_unwinder *unwinder, uint64_t pc);
/* The same of where a function returns to, which may also be the trampoline behind a signal handler. */
enum inq_called inq_return_fits(struct inq_unwinder *unwinder, uint64_t pc);
/* Where the call before a saved return address leads to, as far as the instruction itself tells. */
struct inq_call {
	uint64_t target;
	bool thumb; /* what is there are Thumb instructions of 32-bit Arm */
};

bool inq_call_target(struct inq_unwinder *unwinder, uint64_t saved, struct inq_call *ret);

#endif
