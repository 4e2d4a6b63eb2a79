/* The same in C++: namespaces, templates, methods that are inlined. */
#include <algorithm>
#include <cstdio>
#include <vector>

namespace outer_space
{
static volatile int sink;

template <typename Number> class Sum {
public:
	explicit Sum(Number start) : total(start) {}
	void add(Number value) { total += value > 3 ? value * weight() : value; }
	Number get() const { return total; }
	static __attribute__((noinline)) Number weight() { return sink ? 3 : 4; }

private:
	Number total;
};

struct Descending {
	bool operator()(int left, int right) const
	{
		Sum<long> sum(left);
		for (int i = 0; i < right; i++)
			sum.add(i);
		return sum.get() > right;
	}
};
}

__attribute__((noinline)) int exported(int count)
{
	std::vector<int> numbers{ count, 7, 4, 1 };
	std::sort(numbers.begin(), numbers.end(), outer_space::Descending());
	return numbers[0];
}

int main(int argc, char **argv)
{
	std::printf("%s\n", argv[0]);
	return exported(argc) == 0;
}
