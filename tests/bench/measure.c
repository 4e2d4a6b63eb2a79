/* Runs a command once: `measure COMMAND…` prints the wall time in microseconds, the peak memory in KiB, the exit
 * status and the processor time in microseconds. A small program, because a child's peak memory begins with that of its parent. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static long micro(struct timeval time)
{
	return time.tv_sec * 1000000L + time.tv_usec;
}

static void run_child(char **command)
{
	int null = open("/dev/null", O_RDWR);
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	execvp(command[0], command);
	_exit(127);
}

static int run(char **command)
{
	struct rusage usage;
	int status;
	double start = now();
	pid_t child = fork();
	if (child == 0)
		run_child(command);
	if (child < 0 || wait4(child, &status, 0, &usage) != child)
		return EXIT_FAILURE;
	printf("%.0f %ld %d %ld\n", now() - start, usage.ru_maxrss, WIFEXITED(status) ? WEXITSTATUS(status) : 128,
	       micro(usage.ru_utime) + micro(usage.ru_stime));
	return EXIT_SUCCESS;
}

int main(int count, char **arguments)
{
	return count < 2 ? EXIT_FAILURE : run(arguments + 1);
}
