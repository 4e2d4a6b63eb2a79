/* A program that dies deep in its stack, for tests of backtraces: `stacks KIND [NUMBER]`. Prints its maps first, as crash.c
 * does, because the maker of cores wants them. */
#define _GNU_SOURCE
#include "tests/live/print_maps.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

__attribute__((noinline)) static int fault(volatile int *where)
{
	*where = 1;
	return *where;
}

__attribute__((noinline)) static int recurse(unsigned depth)
{
	volatile int here = (int)depth;
	return depth ? recurse(depth - 1) + here : fault((volatile int *)(uintptr_t)0x10);
}

static int odd(unsigned depth);

__attribute__((noinline)) static int even(unsigned depth)
{
	volatile int here = (int)depth;
	return depth ? odd(depth - 1) + here : fault((volatile int *)(uintptr_t)0x10);
}

__attribute__((noinline)) static int odd(unsigned depth)
{
	volatile int here = (int)depth;
	return depth ? even(depth - 1) - here : 0;
}

/* The stack is realigned: the frame address is found by an expression. */
__attribute__((noinline)) static int align(unsigned depth)
{
	_Alignas(64) volatile char room[64];
	room[0] = (char)depth;
	return recurse(depth) + room[0];
}

static void give_up(int number)
{
	(void)number;
#ifdef ZERO_FRAME_POINTER /* code that keeps none has any number in that register */
	__asm__ volatile("xorl %%ebp, %%ebp" : : : "ebp");
#endif
	abort();
}

static void give_up_info(int number, siginfo_t *info, void *context)
{
	(void)info;
	(void)context;
	give_up(number);
}

/* The handler runs on a stack of its own, below or above the one that faulted. */
static int handle(bool info, bool alternate, unsigned depth)
{
	static char room[1 << 16];
	const stack_t stack = { .ss_sp = room, .ss_size = sizeof room };
	struct sigaction action = { .sa_flags = (info ? SA_SIGINFO : 0) | (alternate ? SA_ONSTACK : 0) };
	if (info)
		action.sa_sigaction = give_up_info;
	else
		action.sa_handler = give_up;
	sigaltstack(&stack, NULL);
	sigaction(SIGSEGV, &action, NULL);
	return recurse(depth);
}

__attribute__((noinline)) static int call(void (*volatile where)(void))
{
	where();
	return 1;
}

/* Both have left the code that starts threads. */
static pthread_barrier_t started;

static void *in_thread(void *depth)
{
	pthread_barrier_wait(&started);
	recurse((unsigned)(uintptr_t)depth);
	return NULL;
}

static int start_thread(unsigned depth)
{
	pthread_t thread;
	pthread_barrier_init(&started, NULL, 2);
	if (pthread_create(&thread, NULL, in_thread, (void *)(uintptr_t)depth) != 0)
		return 2;
	pthread_barrier_wait(&started);
	return pthread_join(thread, NULL);
}

static atomic_uint waiting;

static void *wait_for_lock(void *lock)
{
	atomic_fetch_add(&waiting, 1);
	pthread_mutex_lock(lock);
	return NULL;
}

/* Threads that sleep: the letter behind the name in /proc/PID/task/TID/stat, see proc(5). */
static unsigned count_sleeping(void)
{
	FILE *list = popen("grep -l ') S ' /proc/$PPID/task/*/stat | wc -l", "r");
	unsigned count = 0;
	if (!list || fscanf(list, "%u", &count) != 1)
		_exit(2);
	pclose(list);
	return count;
}

/* All but main wait in the same place when it dies. */
static int block_threads(unsigned count)
{
	pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	pthread_t thread;
	pthread_mutex_lock(&lock);
	for (unsigned i = 0; i < count; i++)
		if (pthread_create(&thread, NULL, wait_for_lock, &lock) != 0)
			return 2;
	while (atomic_load(&waiting) < count || count_sleeping() < count)
		usleep(1000);
	return recurse(0);
}

static int die(const char *kind, unsigned number)
{
	if (strcmp(kind, "recurse") == 0)
		return recurse(number);
	if (strcmp(kind, "mutual") == 0)
		return even(number & ~1u);
	if (strcmp(kind, "align") == 0)
		return align(number);
	if (strcmp(kind, "handler") == 0)
		return handle(false, false, number);
	if (strcmp(kind, "handler-info") == 0)
		return handle(true, false, number);
	if (strcmp(kind, "handler-altstack") == 0)
		return handle(true, true, number);
	if (strcmp(kind, "call-null") == 0)
		return call(NULL);
	if (strcmp(kind, "call-wild") == 0)
		return call((void (*)(void))(uintptr_t)0x123000);
	if (strcmp(kind, "thread") == 0)
		return start_thread(number);
	if (strcmp(kind, "blocked") == 0)
		return block_threads(number);
	return 2;
}

int main(int count, char **arguments)
{
	print_maps();
	return die(count > 1 ? arguments[1] : "", count > 2 ? (unsigned)strtoul(arguments[2], NULL, 10) : 8);
}
