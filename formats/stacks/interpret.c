/* What the frames of a text mean together: where a signal came between two of them, and which one. The kernel and libc call
 * a handler through functions of their own, whose names and arguments tell. */
#include "formats/stacks/stack_text.h"

#include <stdlib.h>

/* Where a handler returns to: the frame below it was interrupted. glibc, musl, the vdsos of Linux; __sigtramp of the BSDs. */
static const char *const trampolines[] = { "__restore_rt",	 "__restore",	  "__kernel_rt_sigreturn",
					   "__kernel_sigreturn", "_sigtramp",	  "__vdso_rt_sigreturn",
					   "__sigreturn",	 "_sigtramp_rt64" };

static bool is_any(const char *name, const char *const *names, size_t count)
{
	for (size_t i = 0; name && i < count; i++)
		if (name[0] == names[i][0] && strcmp(name, names[i]) == 0)
			return true;
	return false;
}

static struct inq_span span_of(const char *text)
{
	return (struct inq_span) { text, text ? strlen(text) : 0 };
}

/* The first argument after its name: "sig=11", "b, 0, fffffd7fffdfe7f0", "0xb". Solaris prints hexadecimal without 0x. */
static bool take_argument(struct inq_span *rest, bool hex, uint64_t *ret)
{
	struct inq_span argument = inq_span_skip_blanks(*rest);
	ptrdiff_t comma = inq_span_find(argument, ",");
	*rest = comma < 0 ? inq_span_after(argument, argument.length) : inq_span_after(argument, (size_t)comma + 1);
	if (comma >= 0)
		argument.length = (size_t)comma;
	ptrdiff_t equal = inq_span_find(argument, "=");
	argument = inq_span_after(argument, equal < 0 ? 0 : (size_t)equal + 1);
	bool prefixed = inq_span_starts(argument, "0x");
	return hex || prefixed ? inq_take_hex(&argument, ret) : inq_take_decimal(&argument, ret);
}

static int signal_of(uint64_t number)
{
	return number > 0 && number < 65 ? (int)number : 0;
}

/* sigacthandler(signal, siginfo, context) of Solaris' libc (sigaction.c): the frame below it is the interrupted one. On
 * 32-bit x86 the kernel's mark, the return address -1, stands between (sendsig in archdep.c). */
static bool is_sigacthandler(const struct inq_text_frame *frame)
{
	static const char *const name = "sigacthandler";
	return is_any(frame->symbol, &name, 1);
}

static void take_context(const struct inq_text_frame *handler, struct inq_text_frame *interrupted)
{
	struct inq_span rest = span_of(handler->arguments);
	uint64_t number, info, context;
	if (!rest.length || !take_argument(&rest, true, &number))
		return;
	interrupted->signal = signal_of(number);
	if (take_argument(&rest, true, &info) && take_argument(&rest, true, &context))
		interrupted->context = context;
}

static void interrupt(struct inq_text_frame *frame)
{
	frame->interrupted = frame->exact = true;
}

static bool is_mark(const struct inq_text_frame *frame)
{
	return frame->pc == UINT32_MAX;
}

/* The handler's own argument tells the signal where debug information prints it. */
static int handler_argument(const struct inq_text_frame *handler)
{
	struct inq_span rest = span_of(handler->arguments);
	uint64_t number;
	return rest.length && take_argument(&rest, false, &number) ? signal_of(number) : 0;
}

void inq_frames_interpret(struct inq_text_frame *frames, size_t count)
{
	if (count)
		frames[0].exact = true;
	for (size_t i = 0; i + 1 < count; i++) {
		struct inq_text_frame *frame = &frames[i], *next = frame + 1;
		if (is_any(frame->symbol, trampolines, sizeof trampolines / sizeof *trampolines))
			frame->kind = INQ_FRAME_SIGNAL;
		if (is_sigacthandler(frame)) {
			bool marked = (is_mark(next) || next->kind == INQ_FRAME_SIGNAL) && i + 2 < count;
			if (marked)
				next->kind = INQ_FRAME_SIGNAL;
			next += marked;
			interrupt(next);
			take_context(frame, next);
		} else if (frame->kind == INQ_FRAME_SIGNAL) {
			int number = frame->signal ? frame->signal : i ? handler_argument(frame - 1) : 0;
			interrupt(next);
			if (!next->signal)
				next->signal = number;
		}
	}
}

static bool is_raise(const char *name, size_t *argument)
{
	static const char *const first[] = { "raise", "__GI_raise", "gsignal" };
	static const char *const second[] = { "_lwp_kill", "__lwp_kill", "pthread_kill", "__pthread_kill" };
	*argument = is_any(name, second, sizeof second / sizeof *second) ? 1 : 0;
	return *argument || is_any(name, first, sizeof first / sizeof *first);
}

int inq_frames_raised(const struct inq_text_frame *frames, size_t count)
{
	static const char *const aborts[] = { "abort", "__GI_abort", "__libc_abort", "_abort" };
	enum { SIGNAL_ABORT = 6, INNERMOST = 8 };
	for (size_t i = 0; i < count && i < INNERMOST && !frames[i].interrupted; i++) {
		size_t argument;
		struct inq_span rest = span_of(frames[i].arguments);
		uint64_t number = 0, skipped;
		if (is_any(frames[i].symbol, aborts, sizeof aborts / sizeof *aborts))
			return SIGNAL_ABORT;
		if (!is_raise(frames[i].symbol, &argument) || !rest.length ||
		    (argument && !take_argument(&rest, false, &skipped)))
			continue;
		if (take_argument(&rest, false, &number) && signal_of(number))
			return (int)number;
	}
	return 0;
}

int inq_signal_by_name(enum inq_os os, struct inq_span name)
{
	/* POSIX leaves the numbers open: Linux of most processors; illumos sys/iso/signal_iso.h; the BSDs. */
	static const struct {
		const char *name;
		int linux_number, other, bsd;
	} signals[] = { { "SIGHUP", 1, 1, 1 },	   { "SIGINT", 2, 2, 2 },     { "SIGQUIT", 3, 3, 3 },
			{ "SIGILL", 4, 4, 4 },	   { "SIGTRAP", 5, 5, 5 },    { "SIGABRT", 6, 6, 6 },
			{ "SIGEMT", 0, 7, 7 },	   { "SIGFPE", 8, 8, 8 },     { "SIGKILL", 9, 9, 9 },
			{ "SIGBUS", 7, 10, 10 },   { "SIGSEGV", 11, 11, 11 }, { "SIGSYS", 31, 12, 12 },
			{ "SIGPIPE", 13, 13, 13 }, { "SIGALRM", 14, 14, 14 }, { "SIGTERM", 15, 15, 15 },
			{ "SIGUSR1", 10, 16, 30 }, { "SIGUSR2", 12, 17, 31 }, { "SIGXCPU", 24, 30, 24 },
			{ "SIGXFSZ", 25, 31, 25 }, { "SIGSTKFLT", 16, 0, 0 } };
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
		if (!inq_span_is(name, signals[i].name))
			continue;
		if (os == INQ_OS_SOLARIS)
			return signals[i].other;
		return os == INQ_OS_FREEBSD || os == INQ_OS_NETBSD || os == INQ_OS_OPENBSD ? signals[i].bsd
											   : signals[i].linux_number;
	}
	return 0;
}
