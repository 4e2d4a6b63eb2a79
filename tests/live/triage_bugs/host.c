/* The program that uses the library codec: `host BUG DATA DEPTH WHERE`, as reader.c. */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "tests/live/triage_bugs/codec.h"

static volatile int sink;
static int data, depth, (*chosen)(int);

static void on_fault(int number)
{
	sink += number;
	abort();
}

static void serve(int level)
{
	if (level)
		serve(level - 1);
	else
		sink += chosen(data);
	sink++;
}

static void *begin(void *unused)
{
	serve(depth);
	return unused;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(int);
	} bugs[] = { { "scale", codec_scale }, { "blur", codec_blur },	 { "clamp", codec_clamp },
		     { "name", codec_name },   { "visit", codec_visit }, { "twice", codec_twice } };
	pthread_t thread;
	if (argc < 5)
		return 2;
	for (size_t i = 0; i < sizeof bugs / sizeof *bugs; i++)
		if (strcmp(bugs[i].name, argv[1]) == 0)
			chosen = bugs[i].run;
	if (!chosen)
		return 2;
	data = atoi(argv[2]);
	depth = atoi(argv[3]);
	setrlimit(RLIMIT_STACK, &(struct rlimit) { 1 << 18, 1 << 18 });
	if (strstr(argv[4], "handler"))
		signal(SIGSEGV, on_fault);
	if (strstr(argv[4], "thread")) {
		pthread_create(&thread, NULL, begin, NULL);
		pthread_join(thread, NULL);
	} else {
		begin(NULL);
	}
	return 0;
}
