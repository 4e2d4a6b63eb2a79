/* What the readers of stacks share: lines that were wrapped, threads and their frames, and where such a text ends.
 *
 * A reader takes line after line with inq_stack_next, begins threads, adds frames, and hands what is not its own to
 * inq_stack_other. inq_stack_finish works out what all these texts mean alike: which frame a signal interrupted, by which
 * signal, and which thread crashed. */
#ifndef INQ_FORMATS_STACKS_STACK_TEXT_H
#define INQ_FORMATS_STACKS_STACK_TEXT_H

#include "formats/format.h"
#include "formats/text.h"
#include "lib/base/str.h"

INQ_VEC(inq_text_frame_vec, struct inq_text_frame)

struct inq_stack_text {
	struct inq_ctx *ctx;
	struct inq_input *input;
	struct inq_builder *builder;
	const struct inq_format *format; /* the reader's own */
	struct inq_text text;
	struct inq_text ahead; /* at the line behind it, if that was looked at */
	bool looked_ahead;
	struct inq_span line;		  /* the current line, with what it was wrapped onto */
	uint64_t number;		  /* of its first line */
	struct inq_text_frame_vec frames; /* of the thread that is being read */
	size_t thread;			  /* its index; of no thread yet: SIZE_MAX */
	uint64_t count;			  /* frames of all threads */
	enum inq_truncated end;
	bool told_gap, told_odd, failed;
};

/* A reader's cursor before the first line of the input. */
struct inq_stack_text inq_stack_begin(struct inq_ctx *ctx, struct inq_input *input, struct inq_builder *builder,
				      const struct inq_format *format);

/* The next line. While `is_open` says that the one after it is its rest, that is added with a blank. */
bool inq_stack_next(struct inq_stack_text *stack, bool (*is_open)(struct inq_span line, struct inq_span next));

/* For a line that is not the reader's: true when another listing begins there, so that the reading ends before it. */
bool inq_stack_other(struct inq_stack_text *stack);
/* Ends the reading before the current line. */
void inq_stack_end_here(struct inq_stack_text *stack);
/* For a line that begins like a frame but cannot be read. */
void inq_stack_odd(struct inq_stack_text *stack);

/* Ends the thread before and begins another; NULL when memory is out. Valid until the next call. */
struct inq_thread *inq_stack_thread(struct inq_stack_text *stack);
/* Gives the frames that were read to their thread: what a later thread, and the end, do by themselves. */
void inq_stack_end_thread(struct inq_stack_text *stack);
/* A new frame of the thread, of which nothing is known but its line; NULL when memory is out. Begins a thread where none
 * was begun. Valid until the next call. */
struct inq_text_frame *inq_stack_frame(struct inq_stack_text *stack);
/* The same with the number that the text gives it: of a new thread where the numbers begin anew; told when some were left out. */
struct inq_text_frame *inq_stack_frame_of(struct inq_stack_text *stack, uint64_t number);

/* The head of a numbered frame, "#N  0xADDRESS" or "#NN pc ADDRESS". False when the line is none. Else *frame is a new frame,
 * of a new thread where the numbers begin anew, and *rest what follows the address; *frame is NULL when the line cannot be
 * read, which is told, or memory is out. */
bool inq_stack_numbered(struct inq_stack_text *stack, struct inq_text_frame **frame, uint64_t *address,
			struct inq_span *rest);

/* Ends the last thread. INQ_UNUSABLE when no frame, thread or fact was found (`facts` says so). */
enum inq_status inq_stack_finish(struct inq_stack_text *stack, bool facts);

/* A copy in the arena; NULL for an empty span. */
const char *inq_stack_string(struct inq_stack_text *stack, struct inq_span span);

/* "libc.so.1`raise+0x19", "AbortServer+0x13", "0x4c32ba", "libglx.so.1`0xfffffd7ffd1c45ae", "LM1`libc.so.1`f": a place as
 * mdb and DTrace print it. False when it is empty. */
bool inq_stack_solaris_place(struct inq_stack_text *stack, struct inq_span place, struct inq_text_frame *frame);

/* Gives a thread a register that a text calls `name`: in capitals or not; "pc", "sp", "lr" by their role; "r0" of aarch64 for
 * x0. What the machine's row does not have is left out. */
void inq_set_register(struct inq_builder *builder, struct inq_thread *thread, struct inq_span name, uint64_t value);

/* The number of "SIGSEGV" on a system: signals above 6 differ. 0 for an unknown name. */
int inq_signal_by_name(enum inq_os os, struct inq_span name);

/* Sets what the frames of one thread say together: which of them a signal interrupted, and which were innermost. */
void inq_frames_interpret(struct inq_text_frame *frames, size_t count);
/* The signal that the innermost frames raised: SIGABRT for abort, or by the argument of raise; 0 for none. */
int inq_frames_raised(const struct inq_text_frame *frames, size_t count);

#endif
