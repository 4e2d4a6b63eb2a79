/* A fault: a signal, and the registers of the thread at that moment. The signal that ended the process is one; the one
 * that its handler was called for may be another (behind_handler.h). */
#ifndef INQ_DIAGNOSE_FAULT_H
#define INQ_DIAGNOSE_FAULT_H

#include "lib/diagnose/instruction.h"

struct inq_fault {
	const struct inq_thread *thread;
	struct inq_signal signal;
	const char *name; /* of the signal; NULL when the system does not name it */
	struct inq_registers registers;
	uint64_t pc, sp; /* INQ_UNKNOWN */
	bool has_address;
	bool computed; /* the system told no address: the instruction computes this one from the registers */
	uint64_t address;
	bool again;	/* a signal that was sent, for a fault: the program's handler raised it again, and returned */
	unsigned tried; /* INQ_ACCESS_… by the processor's own error code; 0 unknown */
	struct inq_instruction instruction;
};

/* The fault that a thread's own registers and siginfo tell. */
struct inq_fault inq_fault_of_thread(struct inq_space *space, const struct inq_thread *thread);

/* pc and sp by the registers. */
void inq_fault_set_place(const struct inq_space *space, struct inq_fault *fault);

/* Reads the instruction, and finds the fault address where the system told none (x86's general protection fault). Only
 * for faults that the processor raised, and for those that a handler raised again. INQ_NO_MEMORY or INQ_OK. */
enum inq_status inq_fault_examine(struct inq_space *space, struct inq_fault *fault);

/* True when the processor raised it at an instruction, though it may have been sent again; false for a signal that was sent. */
bool inq_fault_by_processor(const struct inq_space *space, const struct inq_fault *fault);
/* True when the process itself sent it: abort, raise, pthread_kill. */
bool inq_fault_self_sent(const struct inq_space *space, const struct inq_fault *fault);
/* True when the process itself sent it, and this thread was surely in no call that does: another thread sent it, or it waited
 * until a handler had returned. */
bool inq_fault_came_later(struct inq_space *space, const struct inq_fault *fault);

/* True in x86-64 Linux's vsyscall page, where the kernel acts in place of instructions. */
bool inq_is_vsyscall(const struct inq_space *space, uint64_t address);

bool inq_fault_is(const struct inq_fault *fault, const char *signal_name);

/* What the access at the fault address was: by the error code, else by the instruction's operands; 0 unknown. */
unsigned inq_fault_access(const struct inq_fault *fault);
/* The operand that named the fault address; NULL when none fits. */
const struct inq_operand *inq_fault_operand(const struct inq_fault *fault);

#endif
