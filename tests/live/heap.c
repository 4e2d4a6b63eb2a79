/* Programs whose heap is known: each prints what it has, by malloc's own words, and dies. `walk` prints every block that it
 * holds or freed, malloc_info(3) and mallinfo2(3); the others damage the heap at an address that they print. */
#define _GNU_SOURCE
#include <malloc.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { THREADS = 4, EACH = 3000, LARGE = 6 };

static char output[1 << 21];
static void *blocks[THREADS + 1][EACH]; /* static: so nothing of it is in the heap */
static size_t sizes[THREADS + 1][EACH];
static pthread_barrier_t barrier;
static pthread_mutex_t printing = PTHREAD_MUTEX_INITIALIZER;

static void die(void)
{
	fflush(stdout);
	*(volatile int *)8 = 1;
}

static size_t size_for(unsigned i, unsigned seed)
{
	unsigned value = (i * 2654435761u) ^ (seed * 40503u);
	return i % 50 == 0 ? value % 60000 : i % 7 == 0 ? value % 3000 : value % 300;
}

static void fill(unsigned who)
{
	for (unsigned i = 0; i < EACH; i++) {
		sizes[who][i] = size_for(i, who);
		blocks[who][i] = malloc(sizes[who][i]);
		memset(blocks[who][i], 0x11, sizes[who][i]);
	}
	for (unsigned i = 0; i < EACH; i += 3)
		blocks[who][i] = realloc(blocks[who][i], sizes[who][i] + 100);
	for (unsigned i = who; i < EACH; i += 2 + who) {
		free(blocks[who][i]);
		blocks[who][i] = NULL;
	}
}

static void print(unsigned who)
{
	for (unsigned i = 0; i < EACH; i++)
		if (blocks[who][i])
			printf("block %p %zu\n", blocks[who][i], malloc_usable_size(blocks[who][i]));
}

static void *work(void *argument)
{
	unsigned who = (unsigned)(uintptr_t)argument;
	fill(who);
	pthread_mutex_lock(&printing);
	print(who);
	pthread_mutex_unlock(&printing);
	pthread_barrier_wait(&barrier);
	pause();
	return NULL;
}

static void walk(void)
{
	pthread_t threads[THREADS];
	void *large[LARGE];
	pthread_barrier_init(&barrier, NULL, THREADS + 1);
	for (uintptr_t i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, work, (void *)(i + 1));
	pthread_barrier_wait(&barrier);
	fill(0);
	print(0);
	for (unsigned i = 0; i < LARGE; i++) {
		large[i] = malloc(200000 + i * 70000);
		printf("block %p %zu\n", large[i], malloc_usable_size(large[i]));
	}
	struct mallinfo2 info = mallinfo2();
	printf("mallinfo2 arena %zu hblks %zu hblkhd %zu fordblks %zu uordblks %zu\n", info.arena, info.hblks,
	       info.hblkhd, info.fordblks, info.uordblks);
	malloc_info(0, stdout);
	die();
}

/* The compiler may not know what it is that is written to. */
static void __attribute__((noipa)) spoil(char *at, int byte, size_t size)
{
	memset(at, byte, size);
}

/* Three chunks in a row; the middle one is what is damaged. */
static void damage(const char *what)
{
	char *before = malloc(2000), *middle = malloc(2000), *after = malloc(2000), *last = malloc(2000);
	memset(before, 0x41, 2000);
	printf("before %p middle %p after %p last %p\n", before, middle, after, last);
	if (strcmp(what, "overrun") == 0) {
		spoil(before, 0x42, malloc_usable_size(before) + 8);
	} else if (strcmp(what, "top") == 0) {
		spoil(last, 0x43, malloc_usable_size(last) + 8);
	} else if (strcmp(what, "freed") == 0) {
		free(middle);
		spoil(middle, 0x44, 16);
	} else if (strcmp(what, "tcache") == 0) {
		char *one = malloc(40), *two = malloc(40);
		free(one);
		free(two);
		printf("cached %p\n", two);
		spoil(two, 0x45, 8);
	} else if (strcmp(what, "double") == 0) {
		char *one = malloc(40);
		free(one);
		spoil(one + 8, 0, 8); /* the mark of freed ones */
		free(one);
		printf("cached %p\n", one);
	} else if (strcmp(what, "prev") == 0) {
		free(middle);
		spoil(after - 16, 0x46, 8);
	} else if (strcmp(what, "used") == 0) {
		int *volatile *object = malloc(56), *volatile *other = malloc(56);
		free((void *)other);
		free((void *)object);
		fflush(stdout);
		*object[0] = 1; /* the allocator's link is there now */
	} else if (strcmp(what, "lost") == 0) {
		for (unsigned i = 0; i < 1000; i++) {
			void **list = malloc(72);
			*list = i % 10 ? malloc(136) : NULL; /* reached from a lost one only */
		}
		blocks[0][0] = malloc(488); /* found from static data */
		*(void **)blocks[0][0] = malloc(584);
		memset(malloc(24), 0, 24);
	}
	die();
}

static void *use_cache(void *unused)
{
	char *kept = malloc(40), *freed = malloc(40);
	free(freed);
	printf("kept %p freed %p\n", kept, freed);
	die();
	return unused;
}

/* The record of a thread's free chunks gets a chunk that is one step larger than it need be (672 for 656; 784 for 768 bytes since
 * 2.42): of 16 bytes that would be left malloc makes no chunk. */
static void wide_cache(void)
{
	enum { MANY = 40 };
	static const size_t usable[] = { 664, 776 };
	pthread_t thread;
	mallopt(M_ARENA_MAX, 1);
	for (unsigned i = 0; i < MANY; i++)
		for (unsigned k = 0; k < 2; k++) {
			blocks[k][i] = malloc(usable[k]);
			blocks[2 + k][i] = malloc(24); /* keeps them apart */
		}
	for (unsigned i = 0; i < MANY; i++)
		for (unsigned k = 0; k < 2; k++)
			free(blocks[k][i]);
	pthread_create(&thread, NULL, use_cache, NULL);
	pthread_join(thread, NULL);
}

int main(int argc, char **argv)
{
	setvbuf(stdout, output, _IOFBF, sizeof output);
	if (argc > 1 && strcmp(argv[1], "walk") == 0)
		walk();
	if (argc > 1 && strcmp(argv[1], "wide") == 0)
		wide_cache();
	if (argc > 1)
		damage(argv[1]);
	return 0;
}
