/* Causes: likely reasons of a crash, each with evidence and how sure it is.
 *
 * A cause looks at one case and says whether it fits. All are asked; what fits is reported, the surest first, of equally
 * sure ones in the order of causes.def. A fallback is asked only when nothing else fits. A cause that is not proved by what
 * is in the core must not say `certain`: unknown is a good answer, wrong is not.
 *
 * A new cause: 1. lib/diagnose/causes/NAME.c with one `const struct inq_cause inq_cause_NAME`; 2. its row in causes.def.
 * docs/adding/cause.md has an example. */
#ifndef INQ_DIAGNOSE_CAUSE_H
#define INQ_DIAGNOSE_CAUSE_H

#include "lib/diagnose/fault.h"
#include "lib/diagnose/hang.h"

#include <inquest/report.h>

/* What a cause may look at. */
struct inq_case {
	struct inq_space *space;
	const struct inq_region *regions; /* by address; may be empty */
	size_t region_count;
	const struct inq_fault *fault;	     /* what really happened: behind the handler, if there was one */
	const struct inq_fault *last;	     /* what ended the process */
	const struct inq_frame_info *frames; /* the stack of `fault`, folded */
	size_t frame_count;
	const struct inq_hang *hang;	       /* threads that wait for each other; NULL */
	const struct inq_wait *waits;	       /* one for each thread of the space; NULL when nobody looked */
	const struct inq_thread_info *threads; /* with their stacks, where `waits` is there */
};

enum { INQ_MOST_EVIDENCE = 8 };

struct inq_finding {
	const char *id;	  /* preset to the cause's; one that knows several kinds sets another */
	const char *text; /* a sentence without its full stop */
	enum inq_confidence confidence;
	const char *evidence[INQ_MOST_EVIDENCE];
	size_t evidence_count;
};

struct inq_cause {
	const char *id; /* the contract's diagnosis id */
	bool fallback;
	/* False when it does not fit. On true, text and confidence are set. */
	bool (*find)(const struct inq_case *crash, struct inq_finding *ret);
};

/* Asks all causes. *ret: likeliest first, in the arena. */
enum inq_status inq_diagnose(const struct inq_case *crash, const struct inq_diagnosis **ret, size_t *count);

/* A sentence in the arena. */
const char *inq_case_text(const struct inq_case *crash, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Adds a sentence of evidence; beyond the limit it is dropped. */
void inq_find_evidence(const struct inq_case *crash, struct inq_finding *finding, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* True for SIGSEGV and SIGBUS by the processor with a known address. */
bool inq_case_memory_fault(const struct inq_case *crash);
/* True when the fault is the fetch of the instruction itself. */
bool inq_case_bad_pc(const struct inq_case *crash);
/* True when the program ended itself by an instruction that is there to do so (ud2, int3, brk). */
bool inq_case_trap(const struct inq_case *crash);
/* "reads 4 bytes at rdi+0x10": the access at the fault address, in words; "access" when it is not known. */
const char *inq_case_access_text(const struct inq_case *crash);
/* The registers that the operand at fault is made of, as "rdi = 0x…, rcx = 0x…"; NULL when there is none. */
const char *inq_case_registers_text(const struct inq_case *crash);
/* The first register that holds the value; NULL. */
const char *inq_case_register_with(const struct inq_case *crash, uint64_t value);
/* The address as text, when its bytes are printable (at least four, then zeros): a string was taken for a pointer. */
const char *inq_case_address_text(const struct inq_case *crash, uint64_t address);
/* True when the process did not fail by itself: it was ended because it hung, or for no reason that is in it. */
bool inq_case_was_ended(const struct inq_case *crash);
/* What region the address is in; NULL for none. */
const struct inq_region *inq_case_region(const struct inq_case *crash, uint64_t address);
/* True when the name begins with `pattern`, or holds what follows an asterisk. NULL is like nothing. */
bool inq_name_is_like(const char *name, const char *pattern);
/* The first frame whose function's name is like `pattern`; NULL. */
const struct inq_frame_info *inq_case_frame(const struct inq_case *crash, const char *pattern);
/* "libfoo.so: function+0x12", or "libfoo.so+0x1234". */
const char *inq_case_place(const struct inq_case *crash, const struct inq_location *at);

#endif
