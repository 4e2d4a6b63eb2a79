/* A fresh start for a process that was forked. */
#include "lib/triage/child.h"

#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

bool inq_child_keep_only(int socket, bool keep_errors)
{
	int aside = fcntl(socket, F_DUPFD, INQ_CHILD_CHANNEL); /* where the standard descriptors are not */
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	bool good = aside >= 0 && null >= 0 && dup2(null, STDIN_FILENO) >= 0 && dup2(null, STDOUT_FILENO) >= 0;
	if (!keep_errors)
		good = good && dup2(null, STDERR_FILENO) >= 0;
	good = good && dup2(aside, INQ_CHILD_CHANNEL) >= 0;
	if (syscall(SYS_close_range, INQ_CHILD_CHANNEL + 1, ~0U, 0) == 0)
		return good;
	for (int fd = INQ_CHILD_CHANNEL + 1; fd < (int)sysconf(_SC_OPEN_MAX); fd++)
		close(fd);
	return good;
}

void inq_child_reset_signals(void)
{
	sigset_t none;
	sigemptyset(&none);
	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_DFL);
	sigprocmask(SIG_SETMASK, &none, NULL);
}
