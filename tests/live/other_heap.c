/* Fills a heap, prints some blocks of it, and dies: run with other allocators than glibc's. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *blocks[20000];
static char output[1 << 16];

int main(void)
{
	setvbuf(stdout, output, _IOFBF, sizeof output);
	for (unsigned i = 0; i < 20000; i++) {
		blocks[i] = malloc(16 + i * 37 % 3000);
		memset(blocks[i], 1, 16);
		if (i % 5 == 0)
			free(blocks[i]);
		else if (i % 100 == 1)
			printf("block %p %u\n", blocks[i], 16 + i * 37 % 3000);
	}
	fflush(stdout);
	*(volatile int *)8 = 1;
}
