/* A program that dies below functions of many shapes: `frames`. Each is a frame on the stack, and the next one is called
 * from a place that only branches lead to. Prints its maps first, as crash.c does, because the maker of cores wants them. */
#include "tests/live/print_maps.h"

#include <alloca.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

static volatile int seed = 4;

__attribute__((noinline)) static int fault(volatile int *where)
{
	*where = 1;
	return *where;
}

/* Registers of numbers are saved too. */
__attribute__((noinline)) static double numbers(double a, double b)
{
	double c = a * b, d = a - b;
	int result = fault((volatile int *)(uintptr_t)0x10);
	return result + a + b + c + d;
}

/* A table of jumps. */
__attribute__((noinline)) static double choose(int which, int value)
{
	switch (which) {
	case 0:
		seed = value;
		return value;
	case 1:
		return numbers(value, 1) - 1;
	case 2:
		return numbers(2, value) * 2;
	case 3:
		seed += value;
		return numbers(value, value) + 3;
	case 4:
		seed -= value;
		return 7 + numbers(value, seed);
	case 5:
		return numbers(value, 5) / seed;
	case 6:
		return seed;
	default:
		return -1;
	}
}

/* Too large for one instruction's number. */
__attribute__((noinline)) static double large(int value)
{
	volatile char room[70000];
	room[0] = (char)value;
	room[sizeof room - 1] = (char)seed;
	return choose(room[sizeof room - 1], value) + room[0];
}

/* The stack pointer is moved by what only the run tells. */
__attribute__((noinline)) static double grow(int size)
{
	char *room = alloca((size_t)size * 16);
	memset(room, seed, (size_t)size * 16);
	return large(room[size]) + room[0];
}

/* Most calls need no frame; a loop's body lies behind a jump, its end before it. */
__attribute__((noinline)) static double loop(int count, int limit)
{
	double sum = 0;
	if (count > limit)
		return limit;
	for (int i = 0; i < count; i++)
		if (i == seed - 1)
			sum += grow(i + 20);
		else if (i == limit)
			sum -= i;
	return sum;
}

int main(void)
{
	print_maps();
	return (int)loop(6, 10) + 1;
}
