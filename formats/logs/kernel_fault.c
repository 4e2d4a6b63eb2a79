/* The Linux kernel's lines about a fault of a process on processors other than x86. Each has a form of its own:
 *   arm64    NAME[PID]: unhandled WHAT (SIGNAL) at 0xADDRESS, esr 0xESR, in FILE[BASE+SIZE]     (mm/fault.c, to 4.17)
 *            NAME[PID]: unhandled exception: CLASS, ESR 0xESR, WHAT in FILE[BASE+SIZE]          (kernel/traps.c)
 *   arm      NAME: unhandled page fault (SIGNAL) at 0xADDRESS, code 0xFSR                       (mm/fault.c)
 *   riscv    NAME[PID]: unhandled signal SIGNAL code 0xCODE at 0xADDRESS in FILE[BASE+SIZE]     (kernel/traps.c)
 *   powerpc  NAME[PID]: segfault (SIGNAL) at ADDRESS nip PC lr LR code CODE in FILE[BASE+SIZE]  (kernel/traps.c)
 *            NAME[PID]: unhandled signal SIGNAL at ADDRESS nip PC lr LR code CODE               (before 4.20)
 *   s390     User process fault: interruption code CODE ilc:N in FILE[BASE+SIZE]                (mm/fault.c, kernel/traps.c)
 *
 * Other systems tell less:
 *   FreeBSD  pid PID (NAME), jid JAIL, uid UID: exited on signal SIGNAL (core dumped)          (sys/kern/kern_sig.c)
 *   Solaris  NOTICE: core_log: NAME[PID] core dumped: PATH                                     (uts/common/os/core.c)
 * Registers follow where `show_regs` prints them ("pc : …", "epc : …", "PC is at …"), on s390 "Failing address: …" too. */
#include "formats/logs/kernel_fault.h"

#include <stdint.h>
#include <string.h>

enum { EM_S390 = 22, EM_ARM = 40, EM_AARCH64 = 183, EM_RISCV = 243 };
enum { SIG_ILL = 4, SIG_BUS = 7, SIG_FPE = 8, SIG_SEGV = 11 }; /* asm-generic/signal.h */

struct inq_kernel_fault inq_kernel_fault_unknown(void)
{
	return (struct inq_kernel_fault) { .os = INQ_OS_LINUX,
					   .pid = INQ_UNKNOWN,
					   .uid = INQ_UNKNOWN,
					   .address = INQ_UNKNOWN,
					   .pc = INQ_UNKNOWN,
					   .sp = INQ_UNKNOWN,
					   .lr = INQ_UNKNOWN,
					   .offset = INQ_UNKNOWN };
}

static bool take_hex(struct inq_span line, const char *words, uint64_t *ret)
{
	struct inq_span rest = inq_span_behind(line, words);
	return inq_take_hex(&rest, ret);
}

static bool take_signal(struct inq_span line, const char *words, struct inq_kernel_fault *fault)
{
	struct inq_span rest = inq_span_behind(line, words);
	uint64_t number;
	if (!inq_take_decimal(&rest, &number) || number < 1 || number > 64)
		return false;
	fault->signal = (int)number;
	return true;
}

struct inq_span inq_kernel_fault_name(struct inq_span head)
{
	ptrdiff_t traps = inq_span_find(head, "traps: ");
	for (ptrdiff_t at; (at = inq_span_find(head, ": ")) >= 0;)
		head = inq_span_after(head, (size_t)at + 2);
	ptrdiff_t stamp = inq_span_find(head, "] ");
	if (stamp >= 0 && traps < 0)
		head = inq_span_after(head, (size_t)stamp + 2);
	return inq_span_skip_blanks(head);
}

bool inq_kernel_fault_process(struct inq_span head, struct inq_kernel_fault *fault)
{
	const char *open = head.length ? memrchr(head.text, '[', head.length) : NULL;
	if (!open)
		return false;
	struct inq_span name = { head.text, (size_t)(open - head.text) };
	struct inq_span number = inq_span_after(head, name.length + 1);
	fault->name = inq_kernel_fault_name(name);
	return inq_take_decimal(&number, &fault->pid) && inq_span_starts(number, "]");
}

void inq_kernel_fault_file(struct inq_span text, struct inq_kernel_fault *fault)
{
	const char *open = text.length ? memrchr(text.text, '[', text.length) : NULL;
	uint64_t number;
	if (!open)
		return;
	struct inq_span file = { text.text, (size_t)(open - text.text) };
	struct inq_span rest = inq_span_after(text, file.length + 1);
	if (!inq_take_hex(&rest, &number))
		return;
	if (inq_take_char(&rest, ',')) {
		fault->offset = number;
		if (!inq_take_hex(&rest, &number))
			return;
	}
	fault->base = number;
	if (inq_take_char(&rest, '+') && inq_take_hex(&rest, &fault->size))
		fault->file = file;
}

/* A data abort tells whether it was a write, an instruction abort is a fetch: Arm ARM, ESR_EL1 (asm/esr.h). */
static void take_esr(uint64_t esr, struct inq_kernel_fault *fault)
{
	unsigned class_ = esr >> 26 & 0x3f;
	if (class_ == 0x20)
		fault->tried = INQ_ACCESS_EXECUTE;
	else if (class_ == 0x24)
		fault->tried = esr & 1 << 6 ? INQ_ACCESS_WRITE : INQ_ACCESS_READ;
}

static void set_aarch64(struct inq_kernel_fault *fault)
{
	fault->machine = EM_AARCH64;
	fault->bits = 64;
	fault->more = true;
}

/* The names of the table fault_info (arm64/mm/fault.c), and of arm64_notify_die's callers. */
static int arm64_signal(struct inq_span what)
{
	static const struct {
		const char *words;
		int signal;
	} names[] = { { "translation fault", SIG_SEGV },    { "permission fault", SIG_SEGV },
		      { "access flag fault", SIG_SEGV },    { "address size fault", SIG_SEGV },
		      { "undefined instruction", SIG_ILL }, { "alignment fault", SIG_BUS } };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (inq_span_find(what, names[i].words) >= 0)
			return names[i].signal;
	return 0;
}

static bool take_arm64_exception(struct inq_span line, size_t at, struct inq_kernel_fault *fault)
{
	struct inq_span rest = inq_span_behind(line, ": unhandled exception: ");
	uint64_t esr;
	if (take_hex(rest, "ESR ", &esr))
		take_esr(esr, fault);
	fault->signal = arm64_signal(rest);
	set_aarch64(fault);
	inq_kernel_fault_file(inq_span_behind(rest, " in "), fault);
	return inq_kernel_fault_process((struct inq_span) { line.text, at }, fault);
}

static bool take_arm64(struct inq_span line, size_t at, struct inq_kernel_fault *fault)
{
	struct inq_span rest = inq_span_after(line, at);
	uint64_t esr;
	if (!take_signal(rest, " (", fault) || !take_hex(rest, ") at ", &fault->address) ||
	    !take_hex(rest, ", esr ", &esr))
		return false;
	take_esr(esr, fault);
	set_aarch64(fault);
	inq_kernel_fault_file(inq_span_behind(rest, ", in "), fault);
	return inq_kernel_fault_process((struct inq_span) { line.text, at }, fault);
}

/* FSR_WRITE and FSR_LNX_PF of arch/arm/mm/fault.h. */
static bool take_arm(struct inq_span line, size_t at, struct inq_kernel_fault *fault)
{
	struct inq_span rest = inq_span_after(line, at);
	uint64_t status;
	if (!take_signal(rest, "page fault (", fault) || !take_hex(rest, ") at ", &fault->address) ||
	    !take_hex(rest, ", code ", &status))
		return false;
	fault->tried = status >> 31 & 1 ? INQ_ACCESS_EXECUTE : status >> 11 & 1 ? INQ_ACCESS_WRITE : INQ_ACCESS_READ;
	fault->machine = EM_ARM;
	fault->bits = 32;
	fault->more = true;
	fault->name = inq_kernel_fault_name((struct inq_span) { line.text, at });
	return fault->name.length > 0;
}

static bool take_riscv(struct inq_span line, size_t at, struct inq_kernel_fault *fault)
{
	struct inq_span rest = inq_span_after(line, at), address = inq_span_behind(rest, " at 0x");
	uint64_t code;
	if (!take_signal(rest, "unhandled signal ", fault) || !take_hex(rest, " code ", &code) ||
	    !inq_take_hex(&address, &fault->address))
		return false;
	fault->has_code = code <= INT32_MAX;
	fault->code = (int)(code & INT32_MAX);
	fault->machine = EM_RISCV;
	fault->bits = address.text - inq_span_behind(rest, " at 0x").text > 8 ? 64 : 32; /* REG_FMT: all digits */
	fault->more = true;
	inq_kernel_fault_file(inq_span_behind(rest, " in "), fault);
	return inq_kernel_fault_process((struct inq_span) { line.text, at }, fault);
}

/* Of either byte order, which no word of the line tells. */
static bool take_powerpc(struct inq_span line, size_t at, struct inq_kernel_fault *fault)
{
	struct inq_span rest = inq_span_after(line, at);
	uint64_t code;
	if ((!take_signal(rest, " (", fault) && !take_signal(rest, " signal ", fault)) ||
	    !take_hex(rest, " at ", &fault->address) || !take_hex(rest, " nip ", &fault->pc) ||
	    !take_hex(rest, " lr ", &fault->lr) || !take_hex(rest, " code ", &code))
		return false;
	fault->has_code = code <= INT32_MAX;
	fault->code = (int)(code & INT32_MAX);
	if ((fault->pc | fault->lr | fault->address) > UINT32_MAX)
		fault->bits = 64;
	inq_kernel_fault_file(inq_span_behind(rest, " in "), fault);
	return inq_kernel_fault_process((struct inq_span) { line.text, at }, fault);
}

/* Program interruptions (z/Architecture Principles of Operation; kernel/traps.c and mm/fault.c of s390 send the signals). */
static int s390_signal(uint64_t code)
{
	switch (code & 0x7f) {
	case 0x01: /* operation */
		return SIG_ILL;
	case 0x04: /* protection */
	case 0x10: /* segment translation */
	case 0x11: /* page translation */
	case 0x38: /* ASCE type, region first, second and third translation */
	case 0x39:
	case 0x3a:
	case 0x3b:
		return SIG_SEGV;
	case 0x09: /* fixed-point divide */
		return SIG_FPE;
	default:
		return 0;
	}
}

static bool take_s390(struct inq_span line, size_t at, struct inq_kernel_fault *fault)
{
	struct inq_span rest = inq_span_after(line, at);
	uint64_t code;
	if (!take_hex(rest, "interruption code ", &code))
		return false;
	fault->signal = s390_signal(code);
	fault->machine = EM_S390;
	fault->bits = 64;
	fault->big = fault->more = true;
	inq_kernel_fault_file(inq_span_behind(rest, " in "), fault);
	return true;
}

bool inq_kernel_fault_line(struct inq_span line, struct inq_kernel_fault *fault)
{
	static const struct {
		const char *words, *also;
		bool (*take)(struct inq_span line, size_t at, struct inq_kernel_fault *fault);
	} forms[] = { { ": unhandled exception: ", "", take_arm64_exception },
		      { ": unhandled ", ", esr 0x", take_arm64 },
		      { ": unhandled page fault (", ", code 0x", take_arm },
		      { ": unhandled signal ", " code 0x", take_riscv },
		      { ": unhandled signal ", " nip ", take_powerpc },
		      { ": segfault (", " nip ", take_powerpc },
		      { ": bus error (", " nip ", take_powerpc },
		      { ": illegal instruction (", " nip ", take_powerpc },
		      { ": floating point exception (", " nip ", take_powerpc },
		      { "User process fault: interruption code ", "", take_s390 } };
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		ptrdiff_t at = inq_span_find(line, forms[i].words);
		*fault = inq_kernel_fault_unknown();
		if (at >= 0 && inq_span_find(line, forms[i].also) >= 0 && forms[i].take(line, (size_t)at, fault))
			return true;
	}
	return false;
}

/* Before FreeBSD 12 without the jail. */
static bool take_freebsd(struct inq_span line, size_t at, struct inq_kernel_fault *fault)
{
	struct inq_span rest = line;
	ptrdiff_t pid = inq_span_starts(line, "pid ") ? 0 : inq_span_find(line, " pid ") + 1;
	rest.length = at;
	fault->os = INQ_OS_FREEBSD;
	fault->name = inq_span_between(rest, "(", "), "); /* which may have some of its own */
	take_signal(line, ": exited on signal ", fault);
	struct inq_span uid = inq_span_behind(rest, ", uid ");
	inq_take_decimal(&uid, &fault->uid);
	if (!pid && !inq_span_starts(line, "pid "))
		return false;
	rest = inq_span_after(rest, (size_t)pid + strlen("pid "));
	return inq_take_decimal(&rest, &fault->pid) && inq_span_starts(rest, " (") && fault->signal;
}

static bool take_core_log(struct inq_span line, size_t at, struct inq_kernel_fault *fault)
{
	fault->os = INQ_OS_SOLARIS;
	return inq_kernel_fault_process((struct inq_span) { line.text, at }, fault);
}

bool inq_kernel_fault_elsewhere(struct inq_span line, struct inq_kernel_fault *fault)
{
	ptrdiff_t at = inq_span_find(line, ": exited on signal ");
	*fault = inq_kernel_fault_unknown();
	if (at > 0)
		return take_freebsd(line, (size_t)at, fault);
	at = inq_span_find(line, " core dumped: ");
	return at > 0 && inq_span_find(line, "core_log: ") >= 0 && take_core_log(line, (size_t)at, fault);
}

/* "pc : 00007f9860d000", "pc : [<00007f9860d000>]" before Linux 4.14. */
static void fill(struct inq_span line, const char *words, uint64_t *value)
{
	struct inq_span rest = inq_span_behind(line, words);
	uint64_t number;
	if (inq_span_starts(rest, "[<"))
		rest = inq_span_after(rest, 2);
	if (*value == INQ_UNKNOWN && inq_take_hex(&rest, &number))
		*value = number;
}

/* "CPU: 3 PID: 1673 Comm: udevd Not tainted 4.14.0 #5": dump_stack_print_info, of the process that runs there. */
static void take_comm(struct inq_span line, struct inq_kernel_fault *fault)
{
	struct inq_span rest = inq_span_behind(line, " PID: ");
	uint64_t pid;
	if (!inq_take_decimal(&rest, &pid) || (fault->pid != INQ_UNKNOWN && fault->pid != pid))
		return;
	fault->pid = pid;
	rest = inq_span_behind(rest, " Comm: ");
	ptrdiff_t end = inq_span_find(rest, " Not tainted");
	if (end < 0)
		end = inq_span_find(rest, " Tainted: ");
	if (end > 0 && !fault->name.length)
		fault->name = (struct inq_span) { rest.text, (size_t)end };
}

/* Words of the lines that show_regs and show_pte of these processors print. */
bool inq_kernel_fault_more(struct inq_span line, struct inq_kernel_fault *fault)
{
	static const char *const known[] = {
		"PID: ",    "pc : ",	       "PC is at",  "sp : ",	  "epc",   "lr : ",    "pgd =",
		"pstate: ", "Failing address", "Fault in ", "AS:",	  "Krnl ", "User PSW", "Hardware name",
		"task: ",   "psr: ",	       "*pgd=",	    "task.stack", "R:0"
	};
	size_t i = 0;
	while (i < sizeof known / sizeof *known && inq_span_find(line, known[i]) < 0)
		i++;
	if (i == sizeof known / sizeof *known)
		return false;
	if (inq_span_find(line, " PID: ") > 0)
		take_comm(line, fault);
	fill(line, "pc : ", &fault->pc);
	fill(line, "lr : ", &fault->lr);
	fill(line, "sp : ", &fault->sp);
	if (fault->machine == EM_S390)
		fill(line, "Failing address: ", &fault->address); /* of the page; si_addr has no more either */
	return true;
}
