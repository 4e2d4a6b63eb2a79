/* Two threads that die in signal handlers, each on an alternate stack of its own: one from malloc, one inside a larger mapping.
 * Prints `stack START SIZE TID` for each. */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { SIZE = 40960, BELOW = 8192, WHOLE = 4 * 65536 };

static _Atomic int inside;

static void handle(int number, siginfo_t *info, void *context)
{
	(void)number;
	(void)info;
	(void)context;
	if (++inside == 2)
		*(volatile int *)8 = 1;
	for (;;)
		pause();
}

static void use(char *memory)
{
	stack_t stack = { .ss_sp = memory, .ss_size = SIZE };
	if (!memory || sigaltstack(&stack, NULL))
		exit(2);
	printf("stack %p %d %ld\n", (void *)memory, SIZE, syscall(SYS_gettid));
	fflush(stdout);
	raise(SIGUSR1);
}

static void *run(void *unused)
{
	char *memory = mmap(NULL, WHOLE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	use(memory == MAP_FAILED ? NULL : memory + BELOW);
	return unused;
}

int main(void)
{
	struct sigaction action = { .sa_sigaction = handle, .sa_flags = SA_SIGINFO | SA_ONSTACK };
	pthread_t thread;
	sigaction(SIGUSR1, &action, NULL);
	pthread_create(&thread, NULL, run, NULL);
	use(malloc(SIZE));
}
