// Bugs in C++: `shop BUG DATA DEPTH WHERE`, as reader.c.
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#ifdef OTHER_BUILD
int shop_padding(int x)
{
	return x * 11 - 4;
}
#endif

namespace
{
volatile int sink;
int data, depth;
} // namespace

namespace shop
{
struct missing_price : std::runtime_error {
	using std::runtime_error::runtime_error;
};

class basket {
public:
	int price(const std::string &name) const
	{
		return prices.at(name);
	}
	int total() const
	{
		int all = 0;
		for (auto &row : prices)
			all += row.second;
		return all + count;
	}
	int count = 1;
	std::map<std::string, int> prices;
};

template <typename T> struct shelf {
	std::vector<T> *items = nullptr;
	T &take(size_t at)
	{
		return (*items)[at];
	}
};

class clerk {
public:
	virtual ~clerk() = default;
	clerk()
	{
		greet();
	}
	void greet()
	{
		sink = sink + 1;
		serve();
	}
	virtual void serve() = 0;
};

class senior : public clerk {
	void serve() override
	{
		sink = sink + 2;
	}
};

static int look_up(const basket &one, int key)
{
	int got = one.price("item" + std::to_string(key));
	sink = sink + got;
	return got;
}

static void order(int key)
{
	basket one;
	sink = sink + look_up(one, key);
}

static void refund(int key)
{
	basket one;
	one.prices["x"] = key;
	sink = sink - look_up(one, key + 1);
}

static void validate(int key, bool strict)
{
	if (strict)
		throw std::invalid_argument("key " + std::to_string(key));
	throw missing_price("no price for " + std::to_string(key));
}

static void add_strict(int key)
{
	validate(key, true);
	sink = sink + 1;
}

static void add_lax(int key)
{
	validate(key, false);
	sink = sink + 1;
}

static void sum_baskets(int key)
{
	std::unique_ptr<basket> none;
	if (key < 0)
		none = std::make_unique<basket>();
	sink = sink + none->total();
}

static void take_number(int key)
{
	shelf<int> numbers;
	sink = sink + numbers.take(static_cast<size_t>(key % 3));
}

static void take_name(int key)
{
	shelf<std::string> names;
	sink = sink + static_cast<int>(names.take(static_cast<size_t>(key % 3)).size());
}

static void visit_all(int key)
{
	std::vector<int *> all(8, nullptr);
	std::function<void(int *)> each = [key](int *at) { *at = key; };
	for (auto *at : all)
		each(at);
}

static void call_empty(int key)
{
	std::function<int(int)> none;
	sink = sink + none(key);
}

static void reserve_all(int key)
{
	std::vector<char *> blocks;
	for (;;)
		blocks.push_back(new char[(1UL << 46) + static_cast<size_t>(key)]);
}

static void leave_thread(int key)
{
	std::thread worker([key] { sink = sink + key; });
	sink = sink + 1;
}

static void close_shop(int key) noexcept
{
	if (key >= 0)
		throw 17 + key;
	sink = sink + 1;
}
} // namespace shop

namespace
{
struct ledger {
	long *rows;
	long page;
};

void post(ledger *book, long key)
{
	book->rows[key * 0x2000000L] = key;
}

void post_all(int key)
{
	long rows[2] = { 0, 0 };
	ledger book { rows, key };
	post(&book, key + 1);
	sink = sink + static_cast<int>(rows[0]);
}

const struct {
	const char *name;
	void (*run)(int);
} bugs[] = {
	{ "order", shop::order },
	{ "refund", shop::refund },
	{ "strict", shop::add_strict },
	{ "lax", shop::add_lax },
	{ "baskets", shop::sum_baskets },
	{ "number", shop::take_number },
	{ "name", shop::take_name },
	{ "visit", shop::visit_all },
	{ "empty", shop::call_empty },
	{ "reserve", shop::reserve_all },
	{ "thread", shop::leave_thread },
	{ "close", shop::close_shop },
	{ "clerk", [](int) { shop::senior one; } },
	{ "ledger", post_all },
};

void (*chosen)(int);

void serve(int level)
{
	if (level)
		serve(level - 1);
	else
		chosen(data);
	sink = sink + 1;
}

void on_fault(int number)
{
	sink = sink + number;
	std::abort();
}
} // namespace

int main(int argc, char **argv)
{
	if (argc < 5)
		return 2;
	for (auto &bug : bugs)
		if (std::strcmp(bug.name, argv[1]) == 0)
			chosen = bug.run;
	if (!chosen)
		return 2;
	data = std::atoi(argv[2]);
	depth = std::atoi(argv[3]);
	if (std::strstr(argv[4], "handler"))
		std::signal(SIGSEGV, on_fault);
	if (std::strstr(argv[4], "thread"))
		std::thread([] { serve(depth); }).join();
	else
		serve(depth);
	return 0;
}
