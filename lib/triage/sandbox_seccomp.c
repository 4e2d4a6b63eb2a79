/* Seccomp: the kernel asks a small program before each system call. Ours is a list of what is allowed (sandbox_calls.def), a
 * few calls that depend on an argument, and EPERM for everything else, so that a library that tries something learns that it
 * cannot. Linux' Documentation/userspace-api/seccomp_filter.rst, <linux/seccomp.h>, <linux/bpf_common.h>. */
#include "lib/triage/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

/* System calls have other numbers on each processor: a call made by the convention of another one ends the process. */
#if defined(__x86_64__)
#define THIS_ARCH AUDIT_ARCH_X86_64
#elif defined(__i386__)
#define THIS_ARCH AUDIT_ARCH_I386
#elif defined(__aarch64__)
#define THIS_ARCH AUDIT_ARCH_AARCH64
#elif defined(__arm__)
#define THIS_ARCH AUDIT_ARCH_ARM
#elif defined(__riscv) && __riscv_xlen == 64
#define THIS_ARCH AUDIT_ARCH_RISCV64
#elif defined(__powerpc64__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define THIS_ARCH AUDIT_ARCH_PPC64LE
#elif defined(__s390x__)
#define THIS_ARCH AUDIT_ARCH_S390X
#endif

#ifdef THIS_ARCH

#define FIELD(name) offsetof(struct seccomp_data, name)
/* The lower half of an argument, which is all that flags and process numbers have. */
#define ARGUMENT(n)    (FIELD(args) + 8 * (n) + (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 4 : 0))
#define LOAD(offset)   BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset)
#define RETURN(action) BPF_STMT(BPF_RET | BPF_K, action)
/* The next instruction when it holds, the one after it when not. */
#define IF_EQUAL(value) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(value), 0, 1)
/* The next `count` instructions are for this call alone. */
#define CALL(name, count) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##name, 0, count)
#define FORBID		  RETURN(SECCOMP_RET_ERRNO | EPERM)
#define ALLOW		  RETURN(SECCOMP_RET_ALLOW)

/* Allowed on a condition: no call has this number. */
#define CALL_IF(condition, name) IF_EQUAL((condition) ? SYS_##name : UINT32_MAX), ALLOW

/* Opening only for reading: flags that create or write are refused. */
#define CALL_OPEN(name, flags)                                                                                         \
	CALL(name, 4), LOAD(ARGUMENT(flags)),                                                                          \
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, O_WRONLY | O_RDWR | O_CREAT | O_TRUNC, 0, 1), FORBID, ALLOW
/* With this process as the argument. */
#define CALL_ON(name, argument, process) CALL(name, 4), LOAD(ARGUMENT(argument)), IF_EQUAL(process), ALLOW, FORBID

bool inq_seccomp_is_there(void)
{
	uint32_t action = SECCOMP_RET_ERRNO;
	return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

bool inq_seccomp_enter(bool landlock, bool writes)
{
	struct sock_filter rows[] = {
		LOAD(FIELD(arch)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, THIS_ARCH, 1, 0),
		RETURN(SECCOMP_RET_KILL_PROCESS),
		LOAD(FIELD(nr)),
#define INQ_CALL(name) IF_EQUAL(SYS_##name), ALLOW,
#include "lib/triage/sandbox_calls.def"
#undef INQ_CALL
		CALL_IF(writes, openat),
		CALL_IF(writes, unlinkat),
		CALL_IF(writes, renameat2),
#ifdef SYS_renameat
		CALL_IF(writes, renameat),
#endif
		CALL_OPEN(openat, 2),
#ifdef SYS_open
		CALL_OPEN(open, 1),
#endif
		/* The filter cannot see its flags, which are in memory; whoever gets EPERM tries openat. */
		IF_EQUAL(SYS_openat2),
		RETURN(landlock ? SECCOMP_RET_ALLOW : SECCOMP_RET_ERRNO | EPERM),
		CALL_ON(prlimit64, 0, 0),
		CALL_ON(tgkill, 0, getpid()), /* abort */
		FORBID,
	};
	struct sock_fprog program = { .len = sizeof rows / sizeof *rows, .filter = rows };
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0;
}

#else /* a processor whose calls are not listed */

bool inq_seccomp_is_there(void)
{
	return false;
}

bool inq_seccomp_enter(bool landlock, bool writes)
{
	(void)landlock;
	(void)writes;
	errno = ENOSYS;
	return false;
}

#endif
