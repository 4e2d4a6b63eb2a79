/* siginfo_t of each system: who sent the signal, or which address faulted.
 * Sources: Linux include/uapi/asm-generic/siginfo.h (MIPS swaps code and errno); FreeBSD sys/signal.h; illumos
 * sys/siginfo.h; NetBSD and OpenBSD sys/siginfo.h. */
#include "lib/space/siginfo.h"

enum { EM_SPARC = 2, EM_MIPS = 8, EM_PARISC = 15, EM_SPARCV9 = 43, EM_ALPHA = 0x9026 };
enum {
	SI_KERNEL_LINUX = 0x80,
	LAST_SIGNAL = 64,
	LOWEST_CODE = -60,	 /* Linux: SI_ASYNCNL */
	HIGHEST_CODE = 15,	 /* Linux: FPE_CONDTRAP */
	LOWEST_FREEBSD = 0x10000 /* SI_UNDEF, SI_USER … */
};

struct siginfo_layout {
	uint8_t code, address[2], pid[2], uid[2]; /* [1]: of 64 bits */
};

static const struct siginfo_layout linux_layout = { 8, { 12, 16 }, { 12, 16 }, { 16, 20 } };
static const struct siginfo_layout code_first_layout = { 4, { 12, 16 }, { 12, 16 }, { 16, 20 } };
static const struct siginfo_layout solaris_layout = { 4, { 12, 16 }, { 12, 16 }, { 16, 24 } };
static const struct siginfo_layout freebsd_layout = { 8, { 24, 24 }, { 12, 12 }, { 16, 16 } };

static const struct siginfo_layout *layout_of(enum inq_os os, const struct inq_machine *machine)
{
	switch (os) {
	case INQ_OS_SOLARIS:
		return &solaris_layout;
	case INQ_OS_FREEBSD:
		return &freebsd_layout;
	case INQ_OS_NETBSD:
	case INQ_OS_OPENBSD:
		return &code_first_layout;
	case INQ_OS_LINUX:
	case INQ_OS_UNKNOWN:
		break;
	}
	return machine->elf == EM_MIPS ? &code_first_layout : &linux_layout;
}

/* SIGBUS is 7 on most Linux machines; 10 on those whose Linux took over the numbers of an older Unix, and on all
 * others. */
static int sigbus(enum inq_os os, uint16_t machine)
{
	bool old = machine == EM_SPARC || machine == EM_SPARCV9 || machine == EM_MIPS || machine == EM_PARISC ||
		   machine == EM_ALPHA;
	return os == INQ_OS_LINUX && !old ? 7 : 10;
}

/* A code that the kernel gives for a fault at an address. */
static bool has_fault_address(enum inq_os os, uint16_t machine, int number, int code)
{
	bool fault = number == 4 || number == 5 || number == 8 || number == 11 || number == sigbus(os, machine);
	if (!fault || code <= 0)
		return false;
	if (os == INQ_OS_LINUX)
		return code != SI_KERNEL_LINUX;
	return code < 0x800; /* Solaris: SI_RCTL 2049 …; FreeBSD: SI_USER 0x10001 … */
}

/* A code that says that a process sent the signal. */
static bool has_sender(enum inq_os os, int code)
{
	switch (os) {
	case INQ_OS_LINUX: /* SI_USER, SI_QUEUE, SI_MESGQ, SI_TKILL */
		return code == 0 || code == -1 || code == -3 || code == -6;
	case INQ_OS_SOLARIS: /* SI_USER, SI_LWP, SI_QUEUE, SI_MESGQ */
		return code == 0 || code == -1 || code == -2 || code == -5;
	case INQ_OS_FREEBSD: /* SI_USER, SI_QUEUE, SI_LWP */
		return code == 0x10001 || code == 0x10002 || code == 0x10007;
	case INQ_OS_NETBSD: /* SI_USER, SI_QUEUE, SI_LWP */
		return code == 0 || code == -1 || code == -5;
	case INQ_OS_OPENBSD: /* SI_USER, SI_LWP, SI_QUEUE */
		return code == 0 || code == -1 || code == -2;
	case INQ_OS_UNKNOWN:
		break;
	}
	return false;
}

bool inq_siginfo_read(enum inq_os os, const struct inq_machine *machine, const struct inq_view *info,
		      struct inq_signal *signal)
{
	const struct siginfo_layout *layout = layout_of(os, machine);
	bool wide = machine->bits == 64;
	uint64_t number, code, value;
	if (!inq_view_at(info, 0, 4, &number) || !inq_view_at(info, layout->code, 4, &code) || !number)
		return false;
	signal->number = (int)number;
	signal->has_code = true;
	signal->code = (int)code;
	if (has_fault_address(os, machine->elf, signal->number, signal->code) &&
	    inq_view_word_at(info, layout->address[wide], &value)) {
		signal->has_address = true;
		signal->address = value;
	}
	if (has_sender(os, signal->code)) {
		if (inq_view_at(info, layout->pid[wide], 4, &value))
			signal->sender_pid = value;
		if (inq_view_at(info, layout->uid[wide], 4, &value))
			signal->sender_uid = value;
	}
	return true;
}

bool inq_siginfo_may_be(enum inq_os os, const struct inq_machine *machine, const struct inq_view *info)
{
	unsigned at = layout_of(os, machine)->code;
	uint64_t number = inq_view_get(info, 0, 4), error = inq_view_get(info, 12 - at, 4);
	int32_t code = (int32_t)(uint32_t)inq_view_get(info, at, 4);
	if (number == 0 || number > LAST_SIGNAL || error != 0)
		return false;
	if (code >= LOWEST_CODE && code <= HIGHEST_CODE)
		return true;
	return os == INQ_OS_FREEBSD ? code >= LOWEST_FREEBSD && code <= LOWEST_FREEBSD + HIGHEST_CODE
				    : os == INQ_OS_LINUX && code == SI_KERNEL_LINUX;
}
