/* The life of a worker, from the side of the run. */
#include "lib/triage/slot.h"

#include "lib/triage/worker.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NS UINT64_C(1000000000)

/* A worker on a busy machine gets only a share of a processor, and one that waits for a slow disk none at all. */
static const double patience = 4;

static uint64_t now(clockid_t clock)
{
	struct timespec time;
	return clock_gettime(clock, &time) == 0 ? (uint64_t)time.tv_sec * NS + (uint64_t)time.tv_nsec : 0;
}

static uint64_t cpu_of(pid_t pid)
{
	clockid_t clock;
	return clock_getcpuclockid(pid, &clock) == 0 ? now(clock) : 0;
}

/* One page, which outlives the worker. */
static bool make_mark(struct inq_slot *slot)
{
	if (slot->mark)
		return true;
	void *page = mmap(NULL, sizeof *slot->mark, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	slot->mark = page == MAP_FAILED ? NULL : page;
	return slot->mark;
}

void inq_slot_release(struct inq_slot *slot)
{
	if (slot->mark)
		munmap(slot->mark, sizeof *slot->mark);
	slot->mark = NULL;
	inq_tasks_release(&slot->tasks);
}

static uint64_t read_mark(const struct inq_slot *slot)
{
	return atomic_load_explicit(&slot->mark->ended, memory_order_relaxed);
}

bool inq_slot_start(struct inq_slot *slot, const struct inq_pool_setup *setup)
{
	int ends[2];
	pid_t parent = getpid();
	if (!make_mark(slot) || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		return false;
	atomic_store(&slot->mark->ended, 0);
	pid_t pid = fork();
	if (pid == 0)
		inq_worker_main(ends[1], parent, setup, slot->mark);
	close(ends[1]);
	if (pid < 0) {
		close(ends[0]);
		return false;
	}
	slot->pid = pid;
	slot->channel = (struct inq_channel) { .fd = ends[0] };
	slot->leaving = slot->distrusted = false;
	slot->answered = slot->seen = 0;
	slot->killed[0] = '\0';
	return true;
}

static const char *remark_on(int signal)
{
	switch (signal) {
	case SIGKILL:
		return ", perhaps by the system, for want of memory";
	case SIGBUS:
		return ": a file was cut, or its disk failed, while it was read";
	default:
		return "";
	}
}

static void tell_end(int status, double seconds, char reason[static INQ_REASON_SIZE])
{
	int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	const char *name = sigabbrev_np(signal);
	if (signal == SIGXCPU)
		snprintf(reason, INQ_REASON_SIZE, "took longer than %g s of CPU time", seconds);
	else if (signal)
		snprintf(reason, INQ_REASON_SIZE, "the worker was killed by SIG%s%s", name ? name : "?",
			 remark_on(signal));
	else
		snprintf(reason, INQ_REASON_SIZE, "the worker ended by itself, with status %d", WEXITSTATUS(status));
}

/* A killed process ends at once, unless the kernel itself waits in its name, for a disk that does not answer: the run does not
 * wait for that. */
static int reap(pid_t pid)
{
	const struct timespec moment = { .tv_nsec = 200000 };
	int status = SIGKILL;
	for (int i = 0; i < 5000 && waitpid(pid, &status, WNOHANG) == 0; i++)
		nanosleep(&moment, NULL);
	return status;
}

void inq_slot_bury(struct inq_slot *slot, double seconds, char reason[static INQ_REASON_SIZE])
{
	kill(slot->pid, SIGKILL); /* one that has ended already keeps the status that it ended with */
	int status = reap(slot->pid);
	if (slot->killed[0])
		memcpy(reason, slot->killed, INQ_REASON_SIZE);
	else
		tell_end(status, seconds, reason);
	inq_channel_release(&slot->channel);
	slot->pid = 0;
}

void inq_slot_restart_clock(struct inq_slot *slot)
{
	slot->began = now(CLOCK_MONOTONIC);
	slot->cpu = INQ_UNKNOWN;
}

uint64_t inq_slot_elapsed_ms(const struct inq_slot *slot)
{
	return (now(CLOCK_MONOTONIC) - slot->began) / 1000000;
}

bool inq_slot_give(struct inq_slot *slot, struct inq_task *task)
{
	if (!inq_task_send(task, &slot->channel))
		return false;
	if (!slot->tasks.first)
		inq_slot_restart_clock(slot);
	inq_tasks_append(&slot->tasks, task);
	return true;
}

/* The mark is only as good as the worker: it may lead to the wrong one of its own tasks, and to no other. */
size_t inq_slot_unheard(const struct inq_slot *slot)
{
	uint64_t ended = read_mark(slot);
	uint64_t unheard = ended > slot->answered ? ended - slot->answered : 0;
	return unheard < slot->tasks.count ? unheard : slot->tasks.count;
}

/* A worker that goes on by its mark begins the next core. */
static void look_at_mark(struct inq_slot *slot)
{
	uint64_t ended = read_mark(slot);
	if (ended != slot->seen)
		inq_slot_restart_clock(slot);
	slot->seen = ended;
}

/* CPU time of the present core. It is counted from the first look on, which comes at most a moment after the beginning: to ask
 * for another process's clock takes longer than a small core does. */
static double used_seconds(struct inq_slot *slot)
{
	uint64_t cpu = cpu_of(slot->pid);
	if (slot->cpu == INQ_UNKNOWN)
		slot->cpu = cpu;
	return (double)(cpu - slot->cpu) / (double)NS;
}

/* The clock that runs whether or not the worker does is asked first: it needs no look at another process. */
void inq_slot_check_time(struct inq_slot *slot, double seconds)
{
	const double moment = 0.05;
	if (!slot->pid || !slot->tasks.first || slot->killed[0])
		return;
	look_at_mark(slot);
	double wall = (double)(now(CLOCK_MONOTONIC) - slot->began) / (double)NS;
	double used = wall > moment ? used_seconds(slot) : 0;
	if (wall <= seconds)
		return;
	if (used > seconds)
		snprintf(slot->killed, sizeof slot->killed, "took longer than %g s of CPU time", seconds);
	else if (wall > patience * seconds)
		snprintf(slot->killed, sizeof slot->killed, "gave no sign of life for %g s", patience * seconds);
	if (slot->killed[0])
		kill(slot->pid, SIGKILL);
}
