// Programs that die of C++ exceptions, for test_runtimes.py: `exception KIND`. The function that is to blame is `blame`.
#include <cstdio>
#include <cstring>
#include <exception>
#include <fstream>
#include <map>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

namespace app
{

struct Failure : std::runtime_error {
	int code;
	Failure(const std::string &text, int number) : std::runtime_error(text), code(number)
	{
	}
};

struct Named : std::exception {
	std::string name;
	explicit Named(std::string text) : name(std::move(text))
	{
	}
	const char *what() const noexcept override
	{
		return name.c_str();
	}
};

struct Base {
	virtual ~Base()
	{
		touch();
	}
	virtual void use() = 0;
	__attribute__((noinline)) void touch()
	{
		use();
	}
};

struct Derived : Base {
	void use() override
	{
	}
};

template <class T> struct Box {
	std::map<std::string, T> items;
	__attribute__((noinline)) T &get(const std::string &key)
	{
		return items.at(key);
	}
};

} // namespace app

static const char *kind;
static volatile size_t huge = SIZE_MAX / 2;

static bool is(const char *what)
{
	return std::strcmp(kind, what) == 0;
}

__attribute__((noinline)) static void fail(const char *text)
{
	throw app::Failure(text, 3);
}

__attribute__((noinline)) static void no_throw() noexcept
{
	fail("out of a function without throw");
}

__attribute__((noinline)) static int blame(app::Box<int> &box)
{
	if (is("standard"))
		return std::vector<int>(3).at(7);
	if (is("derived"))
		throw app::Failure("no disk left", 28);
	if (is("own"))
		throw app::Named("a name that is longer than what a string keeps inside");
	if (is("system"))
		throw std::system_error(2, std::generic_category(), "cannot open");
	if (is("text"))
		throw "only a text";
	if (is("number"))
		throw 42;
	if (is("string"))
		throw std::string("a string");
	if (is("memory"))
		return *new int[huge];
	if (is("container"))
		return box.get("missing");
	if (is("noexcept"))
		no_throw();
	if (is("thread"))
		std::thread([] { throw app::Failure("in a thread", 1); }).join();
	if (is("joinable"))
		std::thread worker([] {});
	if (is("pure"))
		delete new app::Derived;
	if (is("again"))
		std::rethrow_exception(std::make_exception_ptr(app::Failure("thrown again", 2)));
	return 0;
}

// A first exception that was caught leaves its bytes behind: it must not be taken for the second.
static void catch_one()
{
	try {
		throw std::logic_error("this one was caught");
	} catch (const std::exception &caught) {
		std::printf("caught: %s\n", caught.what());
	}
}

int main(int count, char **arguments)
{
	app::Box<int> box;
	kind = count > 1 ? arguments[1] : "";
	box.items["there"] = 1;
	catch_one();
	std::fflush(stdout);
	return blame(box);
}
