/* What the parts of the hs_err reader share. */
#ifndef INQ_FORMATS_LOGS_HS_ERR_H
#define INQ_FORMATS_LOGS_HS_ERR_H

#include "formats/maps/listing.h"
#include "formats/stacks/stack_text.h"

struct inq_hs_err_register {
	struct inq_span name;
	uint64_t value;
};

/* A log while it is read. Spans are empty, numbers INQ_UNKNOWN, until their line is met. */
struct inq_hs_err {
	struct inq_listing listing; /* its cursor is the log's */
	struct inq_stack_text stack;
	struct inq_span vm, jre, jvm_args, java_command, command_line, thread_name;
	struct inq_span error, message; /* what the banner says instead of a signal, and the line below it */
	struct inq_span problem;	/* the problematic frame */
	uint64_t problem_line;
	size_t crashed_thread; /* its index; SIZE_MAX before it is begun */
	uint64_t pid, tid, pc;
	uint64_t death_time;
	uint64_t banner_line, thread_line;
	struct inq_signal signal;
	struct inq_span signal_name;
	struct inq_hs_err_register registers[INQ_MAX_REGISTERS];
	size_t register_count;
	bool has_pc, standard_launcher, ends_with_end, ended;
	bool has_frames;
	bool told_bases; /* the warning about libraries without an end was given */
};

/* The head's lines begin with "# ", which is lost where a log was pasted as Markdown. */
struct inq_span inq_hs_err_unmarked(struct inq_span line);
/* What stands behind the first colon. */
struct inq_span inq_hs_err_after_colon(struct inq_span line);
/* Signal, code and address of the line "siginfo:"; of Windows the exception. */
void inq_hs_err_siginfo(struct inq_hs_err *log, struct inq_span line);
/* The system and processor, from "linux-amd64" in the line about the VM. */
void inq_hs_err_machine(struct inq_hs_err *log, struct inq_span line);
/* The section that begins at the cursor's line; leaves the cursor on its last line. */
void inq_hs_err_registers(struct inq_hs_err *log, struct inq_span heading);
void inq_hs_err_libraries(struct inq_hs_err *log, struct inq_span heading);
void inq_hs_err_native_frames(struct inq_hs_err *log, struct inq_span heading);
void inq_hs_err_java_frames(struct inq_hs_err *log, struct inq_span heading);
void inq_hs_err_problem(struct inq_hs_err *log, struct inq_span heading);
void inq_hs_err_threads(struct inq_hs_err *log, struct inq_span heading);
/* Begins the thread that crashed, unless it was. */
void inq_hs_err_begin_thread(struct inq_hs_err *log);
/* Ends the stacks; the problematic frame stands for one that is not there. */
void inq_hs_err_finish_frames(struct inq_hs_err *log);
/* Gives the registers to the thread, by the names of the machine's row. */
void inq_hs_err_build_registers(struct inq_hs_err *log, struct inq_thread *thread);

#endif
