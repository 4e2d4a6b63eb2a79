/* siginfo_t of each system: who sent the signal, or which address faulted.
 * Sources: Linux include/uapi/asm-generic/siginfo.h (MIPS swaps code and errno); FreeBSD sys/signal.h; illumos
 * sys/siginfo.h. */
#include "formats/core/core.h"

enum { SI_KERNEL_LINUX = 0x80 };

struct siginfo_layout {
	uint8_t code, address[2], pid[2], uid[2]; /* [1]: of 64 bits */
};

static const struct siginfo_layout linux_layout = { 8, { 12, 16 }, { 12, 16 }, { 16, 20 } };
static const struct siginfo_layout linux_mips_layout = { 4, { 12, 16 }, { 12, 16 }, { 16, 20 } };
static const struct siginfo_layout solaris_layout = { 4, { 12, 16 }, { 12, 16 }, { 16, 24 } };
static const struct siginfo_layout freebsd_layout = { 8, { 24, 24 }, { 12, 12 }, { 16, 16 } };

static const struct siginfo_layout *layout_of(const struct inq_core *core)
{
	if (core->os == INQ_OS_SOLARIS)
		return &solaris_layout;
	if (core->os == INQ_OS_FREEBSD)
		return &freebsd_layout;
	return core->elf.machine == INQ_EM_MIPS ? &linux_mips_layout : &linux_layout;
}

/* SIGBUS is 7 on most Linux machines; 10 on those whose Linux took over the numbers of an older Unix, and on all
 * others. */
static int sigbus(const struct inq_core *core)
{
	uint16_t m = core->elf.machine;
	bool old =
		m == INQ_EM_SPARC || m == INQ_EM_SPARCV9 || m == INQ_EM_MIPS || m == INQ_EM_PARISC || m == INQ_EM_ALPHA;
	return core->os == INQ_OS_LINUX && !old ? 7 : 10;
}

/* A code that the kernel gives for a fault at an address. */
static bool has_fault_address(const struct inq_core *core, int number, int code)
{
	bool fault = number == 4 || number == 5 || number == 8 || number == 11 || number == sigbus(core);
	if (!fault || code <= 0)
		return false;
	if (core->os == INQ_OS_LINUX)
		return code != SI_KERNEL_LINUX;
	return code < 0x800; /* Solaris: SI_RCTL 2049 …; FreeBSD: SI_USER 0x10001 … */
}

/* A code that says that a process sent the signal. */
static bool has_sender(const struct inq_core *core, int code)
{
	switch (core->os) {
	case INQ_OS_LINUX: /* SI_USER, SI_QUEUE, SI_MESGQ, SI_TKILL */
		return code == 0 || code == -1 || code == -3 || code == -6;
	case INQ_OS_SOLARIS: /* SI_USER, SI_LWP, SI_QUEUE, SI_MESGQ */
		return code == 0 || code == -1 || code == -2 || code == -5;
	case INQ_OS_FREEBSD: /* SI_USER, SI_QUEUE, SI_LWP */
		return code == 0x10001 || code == 0x10002 || code == 0x10007;
	case INQ_OS_NETBSD:
	case INQ_OS_OPENBSD:
	case INQ_OS_UNKNOWN:
		break;
	}
	return false;
}

void inq_core_read_siginfo(struct inq_core *core, const struct inq_view *info, struct inq_signal *signal)
{
	const struct siginfo_layout *layout = layout_of(core);
	bool wide = core->elf.bits == 64;
	uint64_t number, code, value;
	if (!inq_view_at(info, 0, 4, &number) || !inq_view_at(info, layout->code, 4, &code) || !number)
		return;
	signal->number = (int)number;
	signal->has_code = true;
	signal->code = (int)code;
	signal->place = core->builder->place;
	if (has_fault_address(core, signal->number, signal->code) &&
	    inq_view_word_at(info, layout->address[wide], &value)) {
		signal->has_address = true;
		signal->address = value;
	}
	if (has_sender(core, signal->code)) {
		if (inq_view_at(info, layout->pid[wide], 4, &value))
			signal->sender_pid = value;
		if (inq_view_at(info, layout->uid[wide], 4, &value))
			signal->sender_uid = value;
	}
}
