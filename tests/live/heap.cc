// Objects with and without owners, of classes that a core's first words tell apart.
#include <cstdio>
#include <cstring>
#include <vector>

namespace shop
{
struct Thing {
	virtual ~Thing() {}
	long weight = 0;
};
struct Widget : Thing {
	char name[100] = {};
};
struct Gadget : Thing {
	long price[40] = {};
};
}

static std::vector<shop::Thing *> shelf;
static shop::Thing *volatile last; // so that the compiler keeps what is lost

static void __attribute__((noinline)) lose()
{
	for (int i = 0; i < 500; i++)
		last = new shop::Widget;
}

int main()
{
	for (int i = 0; i < 300; i++)
		shelf.push_back(new shop::Gadget);
	lose();
	last = nullptr;
	char stack[4096];
	memset(stack, 1, sizeof stack);
	printf("%d\n", stack[17]);
	fflush(stdout);
	*(volatile int *)8 = 1;
}
