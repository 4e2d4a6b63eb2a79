/* The limits of a worker, and the order in which the layers of its sandbox are put around it. */
#include "lib/triage/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

unsigned inq_sandbox_layers(void)
{
	return (inq_landlock_version() > 0 ? INQ_SANDBOX_LANDLOCK : 0) |
	       (inq_seccomp_is_there() ? INQ_SANDBOX_SECCOMP : 0);
}

/* Lowers both limits: what was lower already stays. */
static bool limit(__rlimit_resource_t resource, rlim_t most)
{
	struct rlimit now;
	if (getrlimit(resource, &now) != 0)
		return false;
	rlim_t hard = now.rlim_max != RLIM_INFINITY && now.rlim_max < most ? now.rlim_max : most;
	return setrlimit(resource, &(struct rlimit) { .rlim_cur = hard, .rlim_max = hard }) == 0;
}

int inq_sandbox_memory_open(void)
{
	return open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
}

/* proc_pid_statm(5): the sixth number is data and stack, in pages. */
uint64_t inq_sandbox_memory(int fd)
{
	char text[128];
	unsigned long pages;
	ssize_t length = fd < 0 ? -1 : pread(fd, text, sizeof text - 1, 0);
	if (length <= 0)
		return 0;
	text[length] = '\0';
	if (sscanf(text, "%*u %*u %*u %*u %*u %lu", &pages) != 1)
		return 0;
	return (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

bool inq_sandbox_limit(const struct inq_sandbox_limits *limits)
{
	int fd = inq_sandbox_memory_open();
	uint64_t now = inq_sandbox_memory(fd);
	if (fd >= 0)
		close(fd);
	return limit(RLIMIT_DATA, now + limits->memory) && limit(RLIMIT_NOFILE, limits->files) &&
	       limit(RLIMIT_CORE, 0) && limit(RLIMIT_FSIZE, limits->file_size);
}

enum { LONGEST = 1000000000 }; /* seconds: what is longer has no limit that matters */

/* The limit is in whole seconds and ends a process at its first moment past it. */
bool inq_sandbox_limit_time(double seconds)
{
	struct rusage used;
	struct rlimit now;
	if (getrusage(RUSAGE_SELF, &used) != 0 || getrlimit(RLIMIT_CPU, &now) != 0)
		return false;
	/* Two more for the fractions of the time that is used, one for that of the time to come. */
	rlim_t more = seconds < LONGEST ? (rlim_t)seconds : LONGEST;
	rlim_t wanted = (rlim_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) + 3 + more;
	rlim_t most = now.rlim_max != RLIM_INFINITY && now.rlim_max < wanted ? now.rlim_max : wanted;
	return most == now.rlim_cur ||
	       setrlimit(RLIMIT_CPU, &(struct rlimit) { .rlim_cur = most, .rlim_max = now.rlim_max }) == 0;
}

bool inq_sandbox_enter(const char *const *readable, const char *writable)
{
	bool landlock = inq_landlock_version() > 0, seccomp = inq_seccomp_is_there();
	/* Both layers ask for this where the process is not root's: no program that it starts gets more rights. */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return false;
	if (landlock && !inq_landlock_enter(readable, writable))
		return false;
	return !seccomp || inq_seccomp_enter(landlock, landlock && writable);
}
