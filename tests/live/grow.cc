// Blocks of two kinds, as many as the second argument says, then a crash: two cores of it differ by what is known.
#include <cstdio>
#include <cstdlib>
#include <malloc.h>

namespace shop
{
struct Thing {
	virtual ~Thing()
	{
	}
	long weight = 0;
};
struct Widget : Thing {
	char name[200] = {};
};
} // namespace shop

enum { MOST = 100000 };
static shop::Thing *shelf[MOST];
static void *plain[MOST];

int main(int, char **argv)
{
	int count = atoi(argv[2]);
	for (int i = 0; i < count && i < MOST; i++) {
		shelf[i] = new shop::Widget;
		if (i % 2 == 0)
			plain[i] = malloc(1000);
	}
	printf("widget %zu\nplain %zu\n", malloc_usable_size(shelf[0]), malloc_usable_size(plain[0]));
	fflush(stdout);
	*(volatile int *)8 = 1;
}
