/* A program that dies as it is told, for tests and measurements: `crash KIND [NUMBER]`. Just before, it prints its own
 * /proc/self/maps, by system calls only, so that nothing changes between the print and the core. */
#define _GNU_SOURCE
#include "tests/live/print_maps.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PAGE = 4096 };

__attribute__((noinline)) static void die_null(void)
{
	print_maps();
	*(volatile int *)(uintptr_t)0x10 = 1;
}

__attribute__((noinline)) static void die_fpe(void)
{
	volatile int number = 7, zero = 0;
	print_maps();
	number = number / zero;
}

__attribute__((noinline)) static void die_jump(void)
{
	void (*volatile nowhere)(void) = (void (*)(void))(uintptr_t)0xdead0000;
	print_maps();
	nowhere();
}

static void die_abort(void)
{
	print_maps();
	abort();
}

static void *wait_for_ever(void *started)
{
	pthread_barrier_wait(started);
	for (;;)
		pause();
}

static void *die_in_thread(void *started)
{
	pthread_barrier_wait(started);
	die_null();
	return NULL;
}

/* `count` threads, of which the last dies. */
static void die_threads(unsigned count)
{
	pthread_barrier_t started;
	pthread_attr_t attributes;
	pthread_t thread;
	pthread_barrier_init(&started, NULL, count + 1);
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, 64 << 10);
	for (unsigned i = 0; i < count; i++)
		if (pthread_create(&thread, &attributes, i + 1 == count ? die_in_thread : wait_for_ever, &started) != 0)
			_exit(2);
	pthread_barrier_wait(&started);
	for (;;)
		pause();
}

/* `count` mappings more, anonymous or of a file: pages of alternating permissions, which the kernel cannot merge. */
static void die_mappings(unsigned count, int fd)
{
	int flags = MAP_PRIVATE | MAP_NORESERVE | (fd < 0 ? MAP_ANONYMOUS : 0);
	char *area = mmap(NULL, (size_t)count * PAGE, PROT_READ, flags, fd, 0);
	if (area == MAP_FAILED)
		_exit(2);
	for (unsigned i = 0; i < count; i += 2)
		if (mprotect(area + (size_t)i * PAGE, PAGE, PROT_READ | PROT_WRITE) != 0)
			_exit(2);
	die_null();
}

/* `mib` MiB of anonymous memory, of which one page in 64 MiB is used. */
static void die_big(unsigned mib)
{
	size_t size = (size_t)mib << 20;
	char *area = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (area == MAP_FAILED)
		_exit(2);
	madvise(area, size, MADV_NOHUGEPAGE);
	for (size_t at = 0; at < size; at += 64 << 20)
		area[at] = 1;
	die_null();
}

int main(int count, char **arguments)
{
	const char *kind = count > 1 ? arguments[1] : "";
	unsigned number = count > 2 ? (unsigned)strtoul(arguments[2], NULL, 10) : 8;
	if (strcmp(kind, "null") == 0)
		die_null();
	if (strcmp(kind, "fpe") == 0)
		die_fpe();
	if (strcmp(kind, "jump") == 0)
		die_jump();
	if (strcmp(kind, "abort") == 0)
		die_abort();
	if (strcmp(kind, "threads") == 0)
		die_threads(number);
	if (strcmp(kind, "mappings") == 0)
		die_mappings(number, -1);
	if (strcmp(kind, "files") == 0)
		die_mappings(number, open("/proc/self/exe", O_RDONLY));
	if (strcmp(kind, "big") == 0)
		die_big(number);
	return 2;
}
