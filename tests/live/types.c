/* Dies with known types: of parameters, variables, and what pointers led to. Prints facts about itself first, one a line:
 * "what path address size", for a comparison with what is told of the core. */
#include <pthread.h>
#include <semaphore.h>
#include <stddef.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum colour { RED, GREEN = 5, BLUE = -2 };

struct slot {
	int16_t key;
	const char *name;
	struct slot *next;
	unsigned char tag[4];
};

struct ring {
	uint32_t head;
	unsigned flags : 3, mode : 5;
	struct slot slots[4];
	union {
		double number;
		char text[8];
	} either;
	struct {
		long inner[2][3];
	};
	struct slot *first;
};

struct ring ring;
static struct slot table[3];
int matrix[2][5];
static const char *const words[] = { "zero", "one", "two" };
typedef int (*chooser)(int, const char *);
chooser choose;

static __thread struct slot nearby[3];
__thread char letters[5] = "abcd";

#define FACT(path) printf("fact %s %p %zu\n", #path, (void *)&(path), sizeof(path))

static void tell(void)
{
	static long counter;
	counter += 7;
	FACT(ring.head);
	FACT(ring.slots[2].name);
	FACT(ring.slots[3].tag[1]);
	FACT(ring.slots[1]);
	FACT(ring.either);
	FACT(ring.inner[1][2]);
	FACT(ring.first);
	FACT(table[2].next);
	FACT(table[1]);
	FACT(matrix[1][3]);
	FACT(words[2]);
	FACT(choose);
	FACT(counter);
	fflush(stdout);
}

__attribute__((noinline)) static int walk(struct slot *slot, const char *why, unsigned long count)
{
	volatile unsigned long kept = count;
	if (kept == 1)
		return slot->key;
	return (int)slot->next->next->tag[2] + (int)strlen(why);
}

/* For the registers: no part of it is in memory when it dies. */
__attribute__((noinline)) static long sum(const struct ring *from, int step)
{
	return from->inner[1][1] * step;
}

__attribute__((noinline)) static int parameters(char letter, bool yes, enum colour colour, float single, double twice,
						const char *text, struct slot *slot, struct slot by_value, int *nothing,
						uint64_t large, int8_t small, chooser function, int row[5])
{
	char buffer[16] = "local";
	int *bad = nothing;
	printf("%c %d %d %g %g %s %d %s %d %d\n", letter, yes, colour, single, twice, text, slot->key, by_value.name,
	       (int)large, small);
	printf("%d %d %s\n", function(1, text), row[2], buffer);
	fflush(stdout);
	if (!nothing)
		abort();
	return *bad;
}

static int length(int more, const char *text)
{
	return more + (int)strlen(text);
}

static void nest(int depth, struct ring *at)
{
	if (depth)
		nest(depth - 1, at);
	else
		sum(at->first ? NULL : at, depth);
	at->head++;
}

/* Its parameters are gone when it dies, but its callers know what they passed. */
__attribute__((noinline)) static int passed(int number, const char *text, unsigned char letter, const struct slot *slot)
{
	printf("%d %s %c %d\n", number, text, letter, slot->key);
	fflush(stdout);
	abort();
}

__attribute__((noinline)) static int between(int number, const char *text, const struct slot *slot)
{
	puts(text);
	return passed(number + 1, text, 'q', slot) + 1;
}

/* Entered again by tail calls, after which the caller does not know what it was called with. */
static int odd(unsigned long count, long product);
__attribute__((noinline)) static int even(unsigned long count, long product)
{
	if (!count)
		abort();
	return odd(count - 1, product * 3);
}

__attribute__((noinline)) static int odd(unsigned long count, long product)
{
	if (!count)
		abort();
	return even(count - 1, product + 5);
}

/* Dies before it uses the others, which are still in their registers. */
__attribute__((noinline)) static bool weigh(float weight, double factor, const volatile int *from)
{
	return *from ? weight > 1 : factor > 2;
}

static void tell_local(void)
{
	FACT(nearby[1].name);
	FACT(nearby[2]);
	FACT(letters);
	fflush(stdout);
}

/* Another thread, which has variables of its own. */
static void *stay(void *told)
{
	tell_local();
	sem_post(told);
	for (;;) /* not on the semaphore, or it takes the post that main waits for */
		pause();
}

static void tell_of_threads(void)
{
	static sem_t told;
	pthread_t thread;
	sem_init(&told, 0, 0);
	tell_local();
	pthread_create(&thread, NULL, stay, &told);
	sem_wait(&told);
}

int main(int argc, char **argv)
{
	const char *kind = argc > 1 ? argv[1] : "";
	static struct slot last = { 9, "last", NULL, { 1, 2, 3, 4 } };
	struct slot first = { -3, "first", &last, { 'a', 'b', 'c', 'd' } };
	choose = length;
	matrix[1][2] = 77;
	for (int i = 0; i < 4; i++)
		ring.slots[i] = (struct slot) { (int16_t)i, words[i % 3], &table[i % 3], { 0 } };
	ring.mode = 17;
	ring.first = &ring.slots[1];
	ring.inner[1][1] = 5;
	tell();
	tell_of_threads();
	if (strcmp(kind, "parameters") == 0)
		return parameters('x', true, BLUE, 1.5F, -0.25, "a text with \"quotes\"\n", &first, first, NULL,
				  UINT64_C(0xfedcba9876543210), -8, length, matrix[1]);
	if (strcmp(kind, "chain") == 0)
		return walk(&first, "why not", 3);
	if (strcmp(kind, "null") == 0)
		return (int)sum(argc > 5 ? &ring : NULL, argc) + walk(NULL, "", 1);
	if (strcmp(kind, "key") == 0)
		return walk(NULL, "not seen", 1);
	if (strcmp(kind, "passed") == 0)
		return between(argc + 38, kind, &first) + 1;
	if (strcmp(kind, "tail") == 0)
		return even((unsigned long)argc * 2, argc) + 1;
	if (strcmp(kind, "weigh") == 0)
		return weigh((float)argc * 1.375F, argc / 8.0, argc > 9 ? &argc : NULL);
	nest(3, &ring);
	return 0;
}
