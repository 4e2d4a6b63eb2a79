/* A program that knows what its memory is, and says so before it dies: lines `CLASS START END` (hexadecimal), then its own
 * /proc/self/smaps after a line `smaps`. Threads, arenas, shared memory of every kind, code made at run time, reserved
 * address space. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <unistd.h>

enum { THREADS = 6, ARENA = 64 << 20, HEAP_SIZE_AT = 16, LARGE = 3 << 20 };

static char zeroes[300000];
static __thread char own[64] = "own";
static sem_t ready;

static void tell(const char *class_, const void *start, uint64_t size)
{
	uint64_t at = (uint64_t)(uintptr_t)start;
	printf("%s %llx %llx\n", class_, (unsigned long long)at, (unsigned long long)(at + size));
}

static void tell_arena(const char *inside)
{
	uintptr_t heap = (uintptr_t)inside & ~(uintptr_t)(ARENA - 1);
	uint64_t size;
	memcpy(&size, (const char *)heap + HEAP_SIZE_AT, sizeof size); /* glibc: heap_info.size */
	tell("malloc-arena", (const void *)heap, size);
	tell("reserved", (const char *)heap + size, ARENA - size);
}

static void *run(void *unused)
{
	pthread_attr_t attributes;
	void *stack;
	size_t size, guard;
	char *small = malloc(1000);
	(void)unused;
	pthread_getattr_np(pthread_self(), &attributes);
	pthread_attr_getstack(&attributes, &stack, &size);
	pthread_attr_getguardsize(&attributes, &guard);
	flockfile(stdout);
	tell("guard", (char *)stack - guard, guard);
	tell("thread-stack", stack, (uint64_t)(own - (char *)stack) - 4096);
	tell("tls", own, (uint64_t)((char *)pthread_self() + 16 - own));
	if (small)
		tell_arena(small);
	funlockfile(stdout);
	sem_post(&ready);
	for (;;)
		pause();
}

static void *map(const char *class_, size_t size, int protection, int flags, int fd)
{
	char *got = mmap(NULL, size, protection, flags, fd, 0);
	if (got == MAP_FAILED)
		return NULL;
	if (protection & PROT_WRITE)
		memset(got, 1, size);
	tell(class_, got, size);
	return got;
}

static void map_all(const char *program)
{
	const int both = PROT_READ | PROT_WRITE;
	int memory = memfd_create("test", 0), file = open(program, O_RDONLY);
	int id = shmget(IPC_PRIVATE, 1 << 20, 0600 | IPC_CREAT);
	void *shared = id >= 0 ? shmat(id, NULL, 0) : NULL;
	if (memory >= 0 && ftruncate(memory, 1 << 20) == 0)
		map("shared-memory", 1 << 20, both, MAP_SHARED, memory);
	map("shared-memory", 1 << 20, both, MAP_SHARED | MAP_ANONYMOUS, -1);
	if (shared && shared != (void *)-1)
		tell("shared-memory", shared, 1 << 20);
	if (id >= 0)
		shmctl(id, IPC_RMID, NULL);
	map("text", 64 << 10, both | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	map("reserved", 1 << 30, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);
	map("file", 8 << 10, PROT_READ, MAP_PRIVATE, file);
}

static void print_smaps(void)
{
	static char buffer[1 << 16];
	ssize_t got;
	puts("smaps");
	fflush(stdout);
	int fd = open("/proc/self/smaps", O_RDONLY);
	while ((got = read(fd, buffer, sizeof buffer)) > 0)
		if (write(STDOUT_FILENO, buffer, (size_t)got) != got)
			_exit(2);
}

int main(int count, char **arguments)
{
	pthread_t thread;
	sem_init(&ready, 0, 0);
	memset(zeroes, 1, sizeof zeroes);
	tell("bss", zeroes, sizeof zeroes);
	tell("tls", own, (uint64_t)((char *)pthread_self() + 16 - own));
	for (int i = 0; i < THREADS; i++) {
		if (pthread_create(&thread, NULL, run, NULL) != 0)
			return 2;
		sem_wait(&ready);
	}
	char *large = malloc(LARGE);
	if (!large)
		return 2;
	memset(large, 1, LARGE);
	tell("malloc-large", large - 16, LARGE);
	map_all(count > 2 ? arguments[2] : "/etc/passwd");
	print_smaps();
	abort();
}
