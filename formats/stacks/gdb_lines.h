/* The lines of gdb's stacks. */
#ifndef INQ_FORMATS_STACKS_GDB_LINES_H
#define INQ_FORMATS_STACKS_GDB_LINES_H

#include "formats/text.h"

/* "#0  f (a=1) at a.c:3", or any "#N  0xADDRESS in f (": the first may have been lost. */
bool inq_gdb_is_first_frame(struct inq_span line);
/* "Thread 2 (Thread 0x7f12 (LWP 1234)):" */
bool inq_gdb_is_thread(struct inq_span line);
/* The program ended by a signal, or was stopped by one. */
bool inq_gdb_is_signal(struct inq_span line);
/* "Thread no. 1 (10 frames)", of ABRT. */
bool inq_gdb_is_abrt(struct inq_span line);
/* The line without what a log put before it; the whole line where nothing tells. */
struct inq_span inq_gdb_without_sender(struct inq_span line);
/* The frame goes on in the next line. */
bool inq_gdb_is_open(struct inq_span line, struct inq_span next);

#endif
