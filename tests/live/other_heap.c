/* Fills a heap, says what it has and what the allocator says, and dies: run with other allocators than glibc's.
 * `block ADDRESS SIZE` of some blocks, `freed ADDRESS` of some that were freed last, `used COUNT BYTES` of all by
 * malloc_usable_size(3), `told BYTES` by the allocator. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <malloc.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCKS = 20000, LARGE = 5 << 20, LAST = 8 };

static void *blocks[BLOCKS];
static char output[1 << 16];

static void fill(unsigned from, unsigned to)
{
	for (unsigned i = from; i < to; i++) {
		blocks[i] = malloc(16 + i * 37 % 3000);
		memset(blocks[i], 1, 16);
		if (i % 5 == 0) {
			free(blocks[i]);
			blocks[i] = NULL;
		} else if (i % 100 == 1) {
			printf("block %p %u\n", blocks[i], 16 + i * 37 % 3000);
		}
	}
}

static void *run(void *unused)
{
	fill(0, BLOCKS / 2);
	return unused;
}

/* By name: in a program without the allocator there are no such functions. */
static void tell(void)
{
#ifndef STATIC
	int (*mallctl)(const char *, void *, size_t *, void *, size_t);
	int (*property)(const char *, size_t *);
	*(void **)&mallctl = dlsym(RTLD_DEFAULT, "mallctl");
	*(void **)&property = dlsym(RTLD_DEFAULT, "MallocExtension_GetNumericProperty");
	size_t value = 0, size = sizeof value;
	uint64_t epoch = 1;
	if (mallctl && !mallctl("epoch", NULL, NULL, &epoch, sizeof epoch) &&
	    !mallctl("stats.allocated", &value, &size, NULL, 0))
		printf("told %zu\n", value);
	if (property && property("generic.current_allocated_bytes", &value))
		printf("told %zu\n", value);
#endif
}

int main(void)
{
	pthread_t thread;
	size_t bytes = 0, count = 0;
	void *last[LAST];
	setvbuf(stdout, output, _IOFBF, sizeof output);
	if (pthread_create(&thread, NULL, run, NULL) == 0)
		pthread_join(thread, NULL);
	fill(BLOCKS / 2, BLOCKS);
	void *large = malloc(LARGE);
	memset(large, 1, 16);
	printf("block %p %u\n", large, LARGE);
	for (unsigned i = 0; i < BLOCKS; i++) {
		count += blocks[i] != NULL;
		bytes += blocks[i] ? malloc_usable_size(blocks[i]) : 0;
	}
	printf("used %zu %zu\n", count + 1, bytes + malloc_usable_size(large));
	for (unsigned i = 0; i < LAST; i++)
		last[i] = malloc(700);
	for (unsigned i = 0; i < LAST; i++) {
		free(last[i]);
		printf("freed %p\n", last[i]);
	}
	tell();
	fflush(stdout);
	*(volatile int *)8 = 1;
}
