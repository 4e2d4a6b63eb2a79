/* Signals and their codes by system. Sources: Linux include/uapi/asm-generic/{signal,siginfo}.h; illumos sys/iso/signal_iso.h
 * and sys/machsig.h; FreeBSD sys/signal.h (NetBSD and OpenBSD number the common ones alike). */
#include "lib/diagnose/signal.h"

#include <string.h>

enum { LINUX_MAX = 31, SOLARIS_MAX = 41, BSD_MAX = 33, LINUX_RTMIN = 34, LINUX_RTMAX = 64, LINUX_SI_KERNEL = 0x80 };
enum { SI_BSD_USER = 0x10001, SI_SOLARIS_NOINFO = 32767 };

static const char *const linux_names[LINUX_MAX + 1] = {
	NULL,	     "SIGHUP",	"SIGINT",    "SIGQUIT", "SIGILL",   "SIGTRAP", "SIGABRT", "SIGBUS",
	"SIGFPE",    "SIGKILL", "SIGUSR1",   "SIGSEGV", "SIGUSR2",  "SIGPIPE", "SIGALRM", "SIGTERM",
	"SIGSTKFLT", "SIGCHLD", "SIGCONT",   "SIGSTOP", "SIGTSTP",  "SIGTTIN", "SIGTTOU", "SIGURG",
	"SIGXCPU",   "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO",   "SIGPWR",  "SIGSYS",
};

static const char *const solaris_names[SOLARIS_MAX + 1] = {
	NULL,	     "SIGHUP",	  "SIGINT",   "SIGQUIT", "SIGILL",  "SIGTRAP",	  "SIGABRT", "SIGEMT",	  "SIGFPE",
	"SIGKILL",   "SIGBUS",	  "SIGSEGV",  "SIGSYS",	 "SIGPIPE", "SIGALRM",	  "SIGTERM", "SIGUSR1",	  "SIGUSR2",
	"SIGCHLD",   "SIGPWR",	  "SIGWINCH", "SIGURG",	 "SIGPOLL", "SIGSTOP",	  "SIGTSTP", "SIGCONT",	  "SIGTTIN",
	"SIGTTOU",   "SIGVTALRM", "SIGPROF",  "SIGXCPU", "SIGXFSZ", "SIGWAITING", "SIGLWP",  "SIGFREEZE", "SIGTHAW",
	"SIGCANCEL", "SIGLOST",	  "SIGXRES",  "SIGJVM1", "SIGJVM2", "SIGINFO",
};

static const char *const bsd_names[BSD_MAX + 1] = {
	NULL,	   "SIGHUP",   "SIGINT",  "SIGQUIT", "SIGILL",	"SIGTRAP", "SIGABRT",  "SIGEMT",  "SIGFPE",
	"SIGKILL", "SIGBUS",   "SIGSEGV", "SIGSYS",  "SIGPIPE", "SIGALRM", "SIGTERM",  "SIGURG",  "SIGSTOP",
	"SIGTSTP", "SIGCONT",  "SIGCHLD", "SIGTTIN", "SIGTTOU", "SIGIO",   "SIGXCPU",  "SIGXFSZ", "SIGVTALRM",
	"SIGPROF", "SIGWINCH", "SIGINFO", "SIGUSR1", "SIGUSR2", "SIGTHR",  "SIGLIBRT",
};

struct code {
	const char *signal;
	int code;
	const char *name, *meaning;
};

/* Codes that the kernel gives with a fault; the same numbers on all the systems but where noted by the tables below. */
static const struct code fault_codes[] = {
	{ "SIGSEGV", 1, "SEGV_MAPERR", "address not mapped" },
	{ "SIGSEGV", 2, "SEGV_ACCERR", "access not permitted by the mapping" },
	{ "SIGSEGV", 3, "SEGV_BNDERR", "failed address bound check" },
	{ "SIGSEGV", 4, "SEGV_PKUERR", "access denied by a memory protection key" },
	{ "SIGSEGV", 8, "SEGV_MTEAERR", "asynchronous memory tag check fault" },
	{ "SIGSEGV", 9, "SEGV_MTESERR", "synchronous memory tag check fault" },
	{ "SIGSEGV", 10, "SEGV_CPERR", "control protection fault (shadow stack)" },
	{ "SIGBUS", 1, "BUS_ADRALN", "address not aligned" },
	{ "SIGBUS", 2, "BUS_ADRERR", "no such physical address; also a mapped file that is shorter than its mapping" },
	{ "SIGBUS", 3, "BUS_OBJERR", "hardware error of the object" },
	{ "SIGBUS", 4, "BUS_MCEERR_AR", "memory error, action required" },
	{ "SIGBUS", 5, "BUS_MCEERR_AO", "memory error, action optional" },
	{ "SIGILL", 1, "ILL_ILLOPC", "illegal opcode" },
	{ "SIGILL", 2, "ILL_ILLOPN", "illegal operand" },
	{ "SIGILL", 3, "ILL_ILLADR", "illegal addressing mode" },
	{ "SIGILL", 4, "ILL_ILLTRP", "illegal trap" },
	{ "SIGILL", 5, "ILL_PRVOPC", "privileged opcode" },
	{ "SIGILL", 6, "ILL_PRVREG", "privileged register" },
	{ "SIGILL", 7, "ILL_COPROC", "coprocessor error" },
	{ "SIGILL", 8, "ILL_BADSTK", "internal stack error" },
	{ "SIGTRAP", 1, "TRAP_BRKPT", "breakpoint" },
	{ "SIGTRAP", 2, "TRAP_TRACE", "trace trap" },
	{ "SIGSYS", 1, "SYS_SECCOMP", "system call refused by seccomp" },
	{ "SIGSYS", 2, "SYS_USER_DISPATCH", "system call dispatched to the user" },
};

static const struct code linux_fpe[] = {
	{ "SIGFPE", 1, "FPE_INTDIV", "integer division by zero" },
	{ "SIGFPE", 2, "FPE_INTOVF", "integer overflow" },
	{ "SIGFPE", 3, "FPE_FLTDIV", "floating-point division by zero" },
	{ "SIGFPE", 4, "FPE_FLTOVF", "floating-point overflow" },
	{ "SIGFPE", 5, "FPE_FLTUND", "floating-point underflow" },
	{ "SIGFPE", 6, "FPE_FLTRES", "floating-point inexact result" },
	{ "SIGFPE", 7, "FPE_FLTINV", "invalid floating-point operation" },
	{ "SIGFPE", 8, "FPE_FLTSUB", "subscript out of range" },
	{ NULL, 0, NULL, NULL },
};

/* FreeBSD counts overflow before division: sys/signal.h. */
static const struct code bsd_fpe[] = {
	{ "SIGFPE", 1, "FPE_INTOVF", "integer overflow" },
	{ "SIGFPE", 2, "FPE_INTDIV", "integer division by zero" },
	{ "SIGFPE", 3, "FPE_FLTDIV", "floating-point division by zero" },
	{ NULL, 0, NULL, NULL },
};

static const struct code linux_senders[] = {
	{ NULL, 0, "SI_USER", "sent by kill" },
	{ NULL, LINUX_SI_KERNEL, "SI_KERNEL", "raised by the kernel, which tells no address" },
	{ NULL, -1, "SI_QUEUE", "sent by sigqueue" },
	{ NULL, -2, "SI_TIMER", "a timer expired" },
	{ NULL, -3, "SI_MESGQ", "a message queue changed" },
	{ NULL, -4, "SI_ASYNCIO", "asynchronous input/output completed" },
	{ NULL, -5, "SI_SIGIO", "queued input/output signal" },
	{ NULL, -6, "SI_TKILL", "sent by tkill or tgkill, as raise and abort do" },
	{ NULL, 0, NULL, NULL },
};

static const struct code solaris_senders[] = {
	{ NULL, 0, "SI_USER", "sent by kill" },
	{ NULL, -1, "SI_LWP", "sent by _lwp_kill, as raise and abort do" },
	{ NULL, -2, "SI_QUEUE", "sent by sigqueue" },
	{ NULL, -3, "SI_TIMER", "a timer expired" },
	{ NULL, -4, "SI_ASYNCIO", "asynchronous input/output completed" },
	{ NULL, -5, "SI_MESGQ", "a message queue changed" },
	{ NULL, 2049, "SI_RCTL", "a resource control was exceeded" },
	{ NULL, 2050, "SI_DTRACE", "sent by a DTrace raise action" },
	{ NULL, SI_SOLARIS_NOINFO, "SI_NOINFO", "the system tells no reason" },
	{ NULL, 0, NULL, NULL },
};

static const struct code bsd_senders[] = {
	{ NULL, 0x10001, "SI_USER", "sent by kill" },
	{ NULL, 0x10002, "SI_QUEUE", "sent by sigqueue" },
	{ NULL, 0x10003, "SI_TIMER", "a timer expired" },
	{ NULL, 0x10004, "SI_ASYNCIO", "asynchronous input/output completed" },
	{ NULL, 0x10005, "SI_MESGQ", "a message queue changed" },
	{ NULL, 0x10006, "SI_KERNEL", "raised by the kernel" },
	{ NULL, 0x10007, "SI_LWP", "sent by thr_kill, as raise and abort do" },
	{ NULL, 0, NULL, NULL },
};

struct system {
	const char *const *names;
	int max;
	const struct code *senders, *fpe;
};

static const struct system *system_of(enum inq_os os)
{
	static const struct system linux_system = { linux_names, LINUX_MAX, linux_senders, linux_fpe };
	static const struct system solaris_system = { solaris_names, SOLARIS_MAX, solaris_senders, linux_fpe };
	static const struct system bsd_system = { bsd_names, BSD_MAX, bsd_senders, bsd_fpe };
	switch (os) {
	case INQ_OS_SOLARIS:
		return &solaris_system;
	case INQ_OS_FREEBSD:
	case INQ_OS_NETBSD:
	case INQ_OS_OPENBSD:
		return &bsd_system;
	case INQ_OS_UNKNOWN:
	case INQ_OS_LINUX:
		break;
	}
	return &linux_system;
}

const char *inq_signal_name(struct inq_ctx *ctx, enum inq_os os, int number)
{
	const struct system *system = system_of(os);
	if (number > 0 && number <= system->max)
		return system->names[number];
	if (system->names == linux_names && number >= LINUX_RTMIN && number <= LINUX_RTMAX)
		return inq_arena_printf(ctx->arena, "SIGRTMIN+%d", number - LINUX_RTMIN);
	return NULL;
}

int inq_signal_number(enum inq_os os, const char *name)
{
	const struct system *system = system_of(os);
	for (int i = 1; i <= system->max; i++)
		if (strcmp(system->names[i], name) == 0)
			return i;
	return 0;
}

static const struct code *find_code(const struct system *system, const char *name, int code)
{
	for (const struct code *row = system->senders; row->name; row++)
		if (row->code == code)
			return row;
	if (name && strcmp(name, "SIGFPE") == 0)
		for (const struct code *row = system->fpe; row->name; row++)
			if (row->code == code)
				return row;
	for (size_t i = 0; name && i < sizeof fault_codes / sizeof *fault_codes; i++)
		if (fault_codes[i].code == code && strcmp(fault_codes[i].signal, name) == 0)
			return &fault_codes[i];
	return NULL;
}

struct inq_signal_info inq_signal_describe(struct inq_ctx *ctx, enum inq_os os, const struct inq_signal *signal)
{
	struct inq_signal_info info = { .number = signal->number,
					.has_code = signal->has_code,
					.code = signal->code,
					.sender_pid = signal->sender_pid,
					.sender_uid = signal->sender_uid };
	if (!signal->number)
		return info;
	info.name = signal->told ? signal->told : inq_signal_name(ctx, os, signal->number);
	const struct code *code = signal->has_code ? find_code(system_of(os), info.name, signal->code) : NULL;
	if (code) {
		info.code_name = code->name;
		info.meaning = code->meaning;
	}
	return info;
}

bool inq_signal_is_fault(enum inq_os os, int number, int code)
{
	static const char *const faults[] = { "SIGSEGV", "SIGBUS", "SIGILL", "SIGFPE", "SIGTRAP" };
	const struct system *system = system_of(os);
	if (number <= 0 || number > system->max || code <= 0)
		return false;
	if (code == LINUX_SI_KERNEL || code >= SI_BSD_USER || code == SI_SOLARIS_NOINFO || code == 2049 || code == 2050)
		return false;
	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
		if (strcmp(system->names[number], faults[i]) == 0)
			return true;
	return false;
}
