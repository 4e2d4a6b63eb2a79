/* Programs that a sanitizer or an allocator ends, for test_runtimes.py: `sanitized KIND`. The function that is to blame is
 * `blame`. */
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static volatile int one = 1;

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
	free((void *)block);
	return block[one];
}

int main(int count, char **arguments)
{
	return blame(count > 1 ? arguments[1] : "") + 1;
}
