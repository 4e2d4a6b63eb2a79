/* What signals and their codes are called on each system, and what they mean. */
#ifndef INQ_DIAGNOSE_SIGNAL_H
#define INQ_DIAGNOSE_SIGNAL_H

#include "lib/space/model.h"

#include <inquest/report.h>

/* "SIGSEGV" for 11 on Linux; NULL for a number that the system does not name. Real-time signals: "SIGRTMIN+3". */
const char *inq_signal_name(struct inq_ctx *ctx, enum inq_os os, int number);
/* The number of "SIGSEGV" on this system; 0 when there is none. */
int inq_signal_number(enum inq_os os, const char *name);

/* Fills the report's form from the model's: names and meaning included. */
struct inq_signal_info inq_signal_describe(struct inq_ctx *ctx, enum inq_os os, const struct inq_signal *signal);

/* True when si_addr of this signal and code is a fault address: SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP with a code that
 * the kernel gives; never for a signal that a process sent. */
bool inq_signal_is_fault(enum inq_os os, int number, int code);

#endif
