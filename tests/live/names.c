/* Code with something to name: static and inlined functions, loops, a call through a pointer; dies as it is told to. */
#include <stdio.h>
#include <stdlib.h>

static volatile int *nowhere;
static volatile int sink;

static inline __attribute__((always_inline)) int innermost(int value)
{
	if (value > 3)
		*nowhere = value;
	return value * 3;
}

static inline __attribute__((always_inline)) int middle(int value)
{
	int sum = 0;
	for (int i = 0; i < value; i++)
		sum += innermost(i + value);
	return sum + sink;
}

static __attribute__((noinline)) int outer(int value)
{
	sink += middle(value);
	return middle(value + 1) + 1;
}

static __attribute__((noinline)) int compare(const void *left, const void *right)
{
	const int *a = left, *b = right;
	return outer(*a) - *b;
}

int exported_number = 4;

__attribute__((noinline)) int exported(int count)
{
	int numbers[] = { count, 7, exported_number, 1 };
	qsort(numbers, 4, sizeof *numbers, compare);
	return numbers[0];
}

int main(int argc, char **argv)
{
	printf("%s\n", argv[0]);
	fflush(stdout);
	return exported(argc) == 0;
}
