/* All of glibc's locks sleep in one system call, futex, whose first argument is the address of a word of the lock. What
 * kind of lock it is the functions on the stack tell; who holds it the lock itself.
 *
 * Sources: glibc 2.17 to 2.43, sysdeps/nptl/bits/struct_mutex.h (lock, count, owner; the futex is the first word) and
 * nptl/pthread_join_common.c (the futex is the thread id in the descriptor of the thread that is waited for);
 * include/uapi/linux/futex.h (operations; priority-inheriting locks hold the owner's id). */
#include "lib/diagnose/waits.h"

#include "lib/diagnose/cause.h"
#include "lib/diagnose/registers.h"
#include "lib/diagnose/system_call.h"
#include "lib/symbol/symbol.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
	WAIT = 0,
	LOCK_PI = 6,
	WAIT_BITSET = 9,
	LOCK_PI2 = 13,
	OPERATIONS = 0x7f,
	TID_MASK = 0x3fffffff,
	OWNER = 8,	  /* of pthread_mutex_t, on all machines */
	MUTEX_BYTES = 12, /* up to the owner */
	CONTENDED = 2,	  /* the lock's word when somebody waits */
	INNERMOST = 8	  /* frames that are looked at */
};

enum kind { UNKNOWN, MUTEX, JOIN, OTHER };

/* Functions that wait in futex, innermost first on the stack: a condition variable takes its mutex again. */
static const struct {
	const char *function;
	enum kind kind;
	const char *what;
} waiters[] = {
	{ "*pthread_mutex_", MUTEX, "mutex" },
	{ "*pthread_cond_", OTHER, "condition variable" },
	{ "*pthread_rwlock_", OTHER, "reader-writer lock" },
	{ "*pthread_barrier_wait", OTHER, "barrier" },
	{ "*pthread_once", OTHER, "pthread_once, which another thread is in" },
	{ "*sem_wait", OTHER, "semaphore" },
	{ "*sem_timedwait", OTHER, "semaphore" },
	{ "*sem_clockwait", OTHER, "semaphore" },
	{ "*pthread_clockjoin", JOIN, "end of a thread" },
	{ "*pthread_join", JOIN, "end of a thread" },
	{ "*pthread_timedjoin", JOIN, "end of a thread" },
	{ "__cxa_guard_acquire", OTHER, "initialisation of a static variable, which another thread is in" },
};

/* Calls that block: what for. */
static const struct {
	const char *call, *what;
	bool descriptor; /* the first argument is one */
} blocking[] = {
	{ "read", "data to read", true },
	{ "readv", "data to read", true },
	{ "pread64", "data to read", true },
	{ "write", "room to write", true },
	{ "writev", "room to write", true },
	{ "recvfrom", "data to receive", true },
	{ "recvmsg", "data to receive", true },
	{ "recvmmsg", "data to receive", true },
	{ "sendto", "room to send", true },
	{ "sendmsg", "room to send", true },
	{ "connect", "a connection", true },
	{ "accept", "a connection", true },
	{ "accept4", "a connection", true },
	{ "epoll_wait", "events", true },
	{ "epoll_pwait", "events", true },
	{ "epoll_pwait2", "events", true },
	{ "io_uring_enter", "completions", true },
	{ "fsync", "storage", true },
	{ "fdatasync", "storage", true },
	{ "flock", "a file lock", true },
	{ "fcntl", "a file lock", true },
	{ "fcntl64", "a file lock", true },
	{ "ioctl", "a device", true },
	{ "poll", "events", false },
	{ "ppoll", "events", false },
	{ "ppoll_time64", "events", false },
	{ "select", "events", false },
	{ "_newselect", "events", false },
	{ "pselect6", "events", false },
	{ "pselect6_time64", "events", false },
	{ "io_getevents", "completions", false },
	{ "nanosleep", "a time to pass", false },
	{ "clock_nanosleep", "a time to pass", false },
	{ "clock_nanosleep_time64", "a time to pass", false },
	{ "restart_syscall", "what it waited for before it was interrupted", false },
	{ "pause", "a signal", false },
	{ "rt_sigsuspend", "a signal", false },
	{ "rt_sigtimedwait", "a signal", false },
	{ "rt_sigtimedwait_time64", "a signal", false },
	{ "wait4", "a child process", false },
	{ "waitpid", "a child process", false },
	{ "waitid", "a child process", false },
	{ "semop", "a semaphore of System V", false },
	{ "semtimedop", "a semaphore of System V", false },
	{ "msgrcv", "a message", false },
	{ "msgsnd", "room for a message", false },
	{ "mq_timedreceive", "a message", false },
	{ "mq_timedsend", "room for a message", false },
	{ "sched_yield", "its turn", false },
};

struct numbered {
	uint64_t tid;
	uint32_t index;
};

struct finder {
	struct inq_space *space;
	struct numbered *tids; /* sorted */
	size_t count;
};

static int compare(const void *a, const void *b)
{
	const struct numbered *one = a, *two = b;
	return one->tid < two->tid ? -1 : one->tid > two->tid;
}

static uint32_t thread_of(const struct finder *finder, uint64_t tid)
{
	struct numbered key = { .tid = tid };
	const struct numbered *found = bsearch(&key, finder->tids, finder->count, sizeof key, compare);
	return found ? found->index : INQ_NO_OWNER;
}

static enum kind kind_by_frames(const struct inq_thread_info *thread, const char **what)
{
	for (size_t i = 0; i < thread->frame_count && i < INNERMOST; i++)
		for (size_t k = 0; k < sizeof waiters / sizeof *waiters; k++)
			if (inq_name_is_like(thread->frames[i].location.symbol, waiters[k].function)) {
				*what = waiters[k].what;
				return waiters[k].kind;
			}
	*what = NULL;
	return UNKNOWN;
}

/* A lock that is taken and waited for, whose owner is a thread of this process. */
static uint32_t mutex_owner(const struct finder *finder, uint64_t address)
{
	struct inq_view mutex;
	if (!inq_space_view(finder->space, address, MUTEX_BYTES, &mutex) || inq_view_get(&mutex, 0, 4) != CONTENDED)
		return INQ_NO_OWNER;
	return thread_of(finder, inq_view_get(&mutex, OWNER, 4));
}

/* The thread whose id the word holds. */
static uint32_t named_thread(const struct finder *finder, uint64_t address)
{
	struct inq_view word;
	if (!inq_space_view(finder->space, address, 4, &word))
		return INQ_NO_OWNER;
	return thread_of(finder, inq_view_get(&word, 0, 4) & TID_MASK);
}

/* The thread whose descriptor the word is in: since 2.43 it is no longer the id, but the state that a join waits for. On x86-64
 * the descriptor begins at the thread pointer. */
static uint32_t described_thread(const struct finder *finder, uint64_t address)
{
	enum { DESCRIPTOR = 0x900 }; /* bytes of struct pthread: nptl/descr.h */
	const struct inq_space *space = finder->space;
	for (uint32_t i = 0; i < space->threads.count; i++) {
		uint64_t pointer;
		if (inq_thread_control_block(space, &space->threads.items[i], &pointer) &&
		    address - pointer < DESCRIPTOR)
			return i;
	}
	return INQ_NO_OWNER;
}

static uint32_t joined_thread(const struct finder *finder, uint64_t address)
{
	uint32_t named = named_thread(finder, address);
	return named != INQ_NO_OWNER ? named : described_thread(finder, address);
}

/* "mutex 0x… (queue_lock+0x8)" */
static const char *name_object(const struct finder *finder, const char *what, uint64_t address)
{
	struct inq_symbol symbol;
	struct inq_arena *arena = finder->space->ctx->arena;
	struct inq_object *object = inq_space_object_at(finder->space, address);
	if (!object || !inq_symbol_at(finder->space, object, address, &symbol) || !symbol.exact)
		return inq_arena_printf(arena, "%s 0x%" PRIx64, what, address);
	return inq_arena_printf(arena, "%s 0x%" PRIx64 " (%s+0x%" PRIx64 ")", what, address, symbol.name,
				address - symbol.start);
}

static void say_owner(const struct finder *finder, uint32_t self, const char *verb, struct inq_wait *ret)
{
	const struct inq_thread *owner = &finder->space->threads.items[ret->owner];
	ret->what = inq_arena_printf(finder->space->ctx->arena, "%s%s thread %" PRIu64 "%s", ret->what, verb,
				     owner->tid, ret->owner == self ? ", itself" : "");
}

static void find_futex(const struct finder *finder, const struct inq_thread_info *thread, uint32_t self,
		       const struct inq_system_call *call, struct inq_wait *ret)
{
	const char *what;
	enum kind kind = kind_by_frames(thread, &what);
	uint64_t operation = call->arguments[1] & OPERATIONS;
	bool inherits = operation == LOCK_PI || operation == LOCK_PI2;
	ret->object = call->arguments[0];
	if (inherits)
		ret->owner = named_thread(finder, ret->object);
	else if (operation != WAIT && operation != WAIT_BITSET)
		return;
	else if (kind == JOIN)
		ret->owner = joined_thread(finder, ret->object);
	else if (kind != OTHER)
		ret->owner = mutex_owner(finder, ret->object);
	ret->lock = kind != JOIN && ret->owner != INQ_NO_OWNER;
	if (ret->lock && !what)
		what = "mutex";
	ret->what = name_object(finder, what ? what : "futex", ret->object);
	if (ret->owner != INQ_NO_OWNER && ret->what)
		say_owner(finder, self, ret->lock ? ", held by" : ", of", ret);
}

static void find_blocking(const struct finder *finder, const struct inq_system_call *call, struct inq_wait *ret)
{
	struct inq_arena *arena = finder->space->ctx->arena;
	for (size_t i = 0; i < sizeof blocking / sizeof *blocking; i++) {
		if (strcmp(blocking[i].call, call->name) != 0)
			continue;
		ret->what = blocking[i].descriptor
				    ? inq_arena_printf(arena, "%s (%s, file descriptor %" PRId32 ")", blocking[i].what,
						       call->name, (int32_t)call->arguments[0])
				    : inq_arena_printf(arena, "%s (%s)", blocking[i].what, call->name);
		return;
	}
}

static void find_wait(const struct finder *finder, const struct inq_thread_info *thread, uint32_t self,
		      struct inq_wait *ret)
{
	struct inq_system_call call;
	struct inq_registers registers =
		inq_registers_of_thread(&finder->space->threads.items[self], finder->space->machine.arch);
	*ret = (struct inq_wait) { .owner = INQ_NO_OWNER };
	if (!inq_system_call(finder->space, &registers, &call) || !call.name ||
	    !inq_in_system_call(finder->space, &registers))
		return;
	if (strcmp(call.name, "futex") == 0 || strcmp(call.name, "futex_time64") == 0)
		find_futex(finder, thread, self, &call, ret);
	else
		find_blocking(finder, &call, ret);
}

enum inq_status inq_find_waits(struct inq_space *space, const struct inq_thread_info *threads,
			       const struct inq_wait **ret)
{
	struct finder finder = { .space = space, .count = space->threads.count };
	struct inq_wait *waits = inq_arena_array(space->ctx->arena, finder.count, sizeof *waits);
	finder.tids = inq_arena_array(space->ctx->arena, finder.count, sizeof *finder.tids);
	if (!waits || !finder.tids)
		return inq_no_memory(space->ctx);
	for (uint32_t i = 0; i < finder.count; i++)
		finder.tids[i] = (struct numbered) { space->threads.items[i].tid, i };
	qsort(finder.tids, finder.count, sizeof *finder.tids, compare);
	for (uint32_t i = 0; i < finder.count; i++)
		find_wait(&finder, &threads[i], i, &waits[i]);
	*ret = waits;
	return INQ_OK;
}
