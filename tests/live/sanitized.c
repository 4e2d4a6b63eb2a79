/* Programs that a sanitizer or an allocator ends, for test_runtimes.py: `sanitized KIND`. The function that is to blame is
 * `blame`. */
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static volatile int one = 1;

/* Asks for memory until there is none, then gives up without a word or goes on with what it got. */
__attribute__((noinline)) static void exhaust(int checked)
{
	const struct rlimit limit = { 64 << 20, 64 << 20 };
	setrlimit(RLIMIT_AS, &limit);
	for (;;) {
		volatile char *block = malloc(1 << 20);
		if (checked && !block)
			abort();
		block[0] = 1;
	}
}

__attribute__((noinline)) static int blame(const char *kind)
{
	volatile int *volatile block = malloc(10 * sizeof *block);
	block[0] = 1;
	if (strcmp(kind, "undefined") == 0)
		return INT_MAX - 1 + one + one;
	if (strcmp(kind, "overflow") == 0)
		return block[9 + one];
	if (strcmp(kind, "bad-free") == 0) {
		free((void *)(uintptr_t)0x12345000);
		return 0;
	}
	if (strcmp(kind, "exhaust") == 0 || strcmp(kind, "exhaust-unchecked") == 0)
		exhaust(kind[7] == '\0');
	if (strcmp(kind, "abort") == 0)
		abort();
	free((void *)block);
	return block[one];
}

int main(int count, char **arguments)
{
	return blame(count > 1 ? arguments[1] : "") + 1;
}
