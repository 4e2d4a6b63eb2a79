/* The death of a process as a kernel logs it: what the readers of each processor's lines fill in. */
#ifndef INQ_FORMATS_LOGS_KERNEL_FAULT_H
#define INQ_FORMATS_LOGS_KERNEL_FAULT_H

#include "formats/text.h"
#include "lib/space/model.h"

struct inq_kernel_fault {
	struct inq_span name, file;
	enum inq_os os;
	uint64_t pid, uid, address, pc, sp, lr; /* INQ_UNKNOWN: not told */
	uint64_t offset, base, size;		/* of the mapped file at pc */
	int signal;				/* 0: not told */
	bool has_code;
	int code;	/* si_code */
	unsigned tried; /* INQ_ACCESS_… by the processor's own error code */
	uint16_t machine;
	uint8_t bits;
	bool big, more; /* more: registers may follow on the next lines */
};

struct inq_kernel_fault inq_kernel_fault_unknown(void);

/* "NAME[PID]" before what happened: the name is the kernel's, of 15 characters, and may have blanks; a time stamp, a host
 * and "kernel:" may stand before it. */
bool inq_kernel_fault_process(struct inq_span head, struct inq_kernel_fault *fault);
/* The name alone, where the kernel prints no number. */
struct inq_span inq_kernel_fault_name(struct inq_span head);
/* "FILE[BASE+SIZE]", "FILE[OFFSET,BASE+SIZE]" (mm/memory.c, print_vma_addr). */
void inq_kernel_fault_file(struct inq_span text, struct inq_kernel_fault *fault);

/* The first line of a fault on a processor other than x86; false when it is none. */
bool inq_kernel_fault_line(struct inq_span line, struct inq_kernel_fault *fault);
/* The line of FreeBSD, or that of Solaris about the core that it wrote. */
bool inq_kernel_fault_elsewhere(struct inq_span line, struct inq_kernel_fault *fault);
/* A line below it: pc, sp, who it was. False when it cannot belong to it. */
bool inq_kernel_fault_more(struct inq_span line, struct inq_kernel_fault *fault);

#endif
