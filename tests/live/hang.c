/* A program that hangs in a known way and then ends itself with SIGQUIT, for test_hang.py: `hang KIND`. Before that it prints
 * what each thread waits for: "TID KIND ADDRESS HOLDER", as the program itself knows it. */
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST = 200, SETTLE = 300000 };

static pthread_mutex_t locks[MOST];
static pthread_barrier_t begun;
static pthread_t threads[MOST];
static pid_t tids[MOST], main_tid;
static size_t count;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static sem_t semaphore;
static int pipes[2], events;

__attribute__((noinline)) static void take_next(size_t i)
{
	pthread_mutex_lock(&locks[(i + 1) % count]);
}

static void *in_ring(void *index)
{
	size_t i = (size_t)index;
	tids[i] = gettid();
	pthread_mutex_lock(&locks[i]);
	pthread_barrier_wait(&begun);
	take_next(i);
	return NULL;
}

__attribute__((noinline)) static void hold(void)
{
	for (;;)
		pause();
}

static void *for_holder(void *index)
{
	size_t i = (size_t)index;
	tids[i] = gettid();
	if (i == 0) {
		pthread_mutex_lock(&locks[0]);
		pthread_barrier_wait(&begun);
		hold();
	}
	pthread_barrier_wait(&begun);
	pthread_mutex_lock(&locks[0]);
	return NULL;
}

static void *in_calls(void *index)
{
	size_t i = (size_t)index;
	struct epoll_event event;
	char byte;
	tids[i] = gettid();
	pthread_barrier_wait(&begun);
	if (i == 0)
		sem_wait(&semaphore);
	if (i == 1) {
		pthread_mutex_lock(&locks[1]);
		pthread_cond_wait(&condition, &locks[1]);
	}
	if (i == 2)
		return (void *)(size_t)read(pipes[0], &byte, 1);
	if (i == 3)
		epoll_wait(events, &event, 1, -1);
	if (i == 4)
		sleep(1000);
	if (i == 5)
		pthread_join(threads[4], NULL);
	if (i == 6)
		hold();
	return NULL;
}

static void start(size_t how_many, void *(*run)(void *))
{
	count = how_many;
	pthread_barrier_init(&begun, NULL, (unsigned)count + 1);
	for (size_t i = 0; i < count; i++)
		pthread_mutex_init(&locks[i], NULL);
	for (size_t i = 0; i < count; i++)
		pthread_create(&threads[i], NULL, run, (void *)i);
	pthread_barrier_wait(&begun);
	usleep(SETTLE);
}

static void print_ring(void)
{
	for (size_t i = 0; i < count; i++)
		printf("%d mutex %p %d\n", tids[i], (void *)&locks[(i + 1) % count], tids[(i + 1) % count]);
}

static void print_calls(void)
{
	printf("%d semaphore %p 0\n%d condition %p 0\n", tids[0], (void *)&semaphore, tids[1], (void *)&condition);
	printf("%d read %d 0\n%d epoll_wait %d 0\n", tids[2], pipes[0], tids[3], events);
	printf("%d nanosleep 0 0\n%d end 0 %d\n%d signal 0 0\n", tids[4], tids[5], tids[4], tids[6]);
}

static void run(const char *kind)
{
	if (strcmp(kind, "ring") == 0) {
		start(MOST, in_ring);
		print_ring();
	} else if (strcmp(kind, "pair") == 0 || strcmp(kind, "abort") == 0) {
		start(2, in_ring);
		print_ring();
	} else if (strcmp(kind, "self") == 0) {
		start(1, in_ring);
		print_ring();
	} else if (strcmp(kind, "holder") == 0) {
		start(MOST, for_holder);
		for (size_t i = 1; i < count; i++)
			printf("%d mutex %p %d\n", tids[i], (void *)&locks[0], tids[0]);
	} else {
		start(7, in_calls);
		print_calls();
	}
}

int main(int argument_count, char **arguments)
{
	const char *kind = argument_count > 1 ? arguments[1] : "calls";
	main_tid = gettid();
	if (pipe(pipes) != 0 || sem_init(&semaphore, 0, 0) != 0 || (events = epoll_create1(0)) < 0)
		return 2;
	run(kind);
	fflush(stdout);
	if (strcmp(kind, "abort") == 0)
		abort();
	if (strcmp(kind, "fault") == 0)
		*(volatile int *)16 = 1;
	kill(getpid(), SIGQUIT);
	hold();
	return 0;
}
