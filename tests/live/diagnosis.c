/* A program that dies in a known way, for test_diagnosis.py: `diagnosis KIND`. The function that is to blame is `blame`. */
#define _GNU_SOURCE
#include <assert.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

enum { WILD = 0x12345678, ALTERNATE = 1 << 16 };

struct item {
	char room[24];
	int value;
};

static const char *volatile kind;
static volatile int zero;
static const int constant[4] = { 1, 2, 3, 4 };
static int (*volatile function)(int);

static int is(const char *what)
{
	return strcmp(kind, what) == 0;
}

__attribute__((noinline)) static int recurse(volatile int depth)
{
	volatile char room[256];
	room[0] = (char)depth;
	return recurse(depth + 1) + room[0];
}

/* Larger than the stack may become. */
__attribute__((noinline)) static int take_too_much(void)
{
	volatile char room[256 << 20];
	room[zero] = 1;
	return room[zero];
}

static int read_past_end(void)
{
	FILE *file = tmpfile();
	if (!file || ftruncate(fileno(file), 8192) != 0)
		exit(2);
	volatile char *bytes = mmap(NULL, 8192, PROT_READ, MAP_SHARED, fileno(file), 0);
	if (ftruncate(fileno(file), 4096) != 0)
		exit(2);
	return bytes[4096];
}

static int damage_heap(void)
{
	char *volatile block = malloc(100);
	free(block + 16);
	return 0;
}

/* What a compiler makes of memcpy with -D_FORTIFY_SOURCE. */
static int overrun(void)
{
	char room[8];
	__builtin___memcpy_chk(room, kind, (size_t)zero + sizeof room + 1, sizeof room);
	return room[zero];
}

/* Refuses one system call, and makes it. */
static int call_refused(void)
{
	struct sock_filter rows[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_sethostname, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof rows / sizeof *rows, rows };
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
		exit(2);
	return sethostname("none", 4);
}

static int overrun_heap(void)
{
	volatile char *block = malloc(64);
	int sum = 0;
	for (size_t i = 0;; i++)
		sum += block[i];
	return sum;
}

#ifdef __x86_64__
extern const ptrdiff_t __rseq_offset __attribute__((weak)); /* glibc 2.35 */

/* Of the thread's area for restartable sequences, the pointer to the one that runs. The kernel looks when it preempts. */
static int damage_rseq(void)
{
	if (!&__rseq_offset)
		exit(2);
	*(volatile uint64_t *)((char *)__builtin_thread_pointer() + __rseq_offset + 8) = WILD;
	for (;;)
		usleep(1);
}
#endif

__attribute__((noinline)) static int blame(volatile void *pointer)
{
	if (is("null-pointer"))
		return ((volatile struct item *)pointer)->value;
	if (is("stack-overflow") || is("overflow-with-a-handler"))
		return recurse(0);
	if (is("large-frame"))
		return take_too_much();
	if (is("jump-to-null"))
		return function(1) + 1;
	if (is("division-by-zero"))
		return 7 / zero;
	if (is("write-to-read-only"))
		return *(volatile int *)(uintptr_t)constant = 1;
	if (is("bus-error-in-file"))
		return read_past_end();
	if (is("seccomp"))
		return call_refused();
	if (is("trap-instruction"))
		__builtin_trap();
	if (is("heap-corruption"))
		return damage_heap();
	if (is("fortify"))
		return overrun();
	if (is("assertion"))
		assert(zero == 1);
	if (is("bad-string"))
		return (int)strlen((const char *)(uintptr_t)WILD);
	if (is("buffer-overrun"))
		return overrun_heap();
#ifdef __x86_64__
	if (is("single-step"))
		__asm__ volatile("pushfq; orl $0x100, (%rsp); popfq; nop; nop");
	if (is("vsyscall"))
		return *(volatile char *)(uintptr_t)UINT64_C(0xffffffffff600000);
	if (is("rseq-violation"))
		return damage_rseq();
#endif
	if (is("abort"))
		abort();
	if (is("poisoned-pointer"))
		return ((volatile struct item *)(uintptr_t)0x5a5a5a5a5a5a5a5a)->value;
	return ((volatile struct item *)(uintptr_t)WILD)->value; /* "wild-pointer", "handler", … */
}

/* Leaves what looks like the siginfo of a signal that was sent, where the kernel will put a signal frame without one. */
__attribute__((noinline)) static void litter(void)
{
	volatile int room[4096];
	for (size_t i = 0; i < sizeof room / sizeof *room; i += 4) {
		room[i] = SIGUSR1;
		room[i + 1] = room[i + 2] = 0;
		room[i + 3] = 7;
	}
}

static void give_up(int number)
{
	(void)number;
	abort();
}

/* Another thread waits for this one's fault. */
static int passed[2];

static void pass_on(int number)
{
	if (write(passed[1], &number, 1) == 1)
		for (;;)
			pause();
}

static void *blame_in_thread(void *pointer)
{
	blame(pointer);
	return NULL;
}

__attribute__((noinline)) static void wait_and_abort(void)
{
	pthread_t thread;
	char byte;
	if (pipe(passed) != 0 || pthread_create(&thread, NULL, blame_in_thread, NULL) != 0 ||
	    read(passed[0], &byte, 1) != 1)
		exit(2);
	abort();
}

static void raise_again(int number)
{
	signal(number, SIG_DFL);
	raise(number);
}

#ifdef __x86_64__
__attribute__((used)) static void give_up_with(void *context)
{
	void *volatile kept = context;
	if (kept)
		abort();
}

/* on_old_stack(context, frame): goes on below the interrupted stack pointer, as .NET's run-time does, in a frame that seems to
 * be called from where the fault was. */
__asm__(".text\n"
	".type on_old_stack, @function\n"
	"on_old_stack:\n"
	".cfi_startproc\n"
	"mov %rsi, %rsp\n"
	"mov %rsi, %rbp\n"
	".cfi_def_cfa %rbp, 16\n"
	".cfi_offset %rbp, -16\n"
	"call give_up_with\n"
	"hlt\n"
	".cfi_endproc\n"
	".size on_old_stack, . - on_old_stack\n");
void on_old_stack(void *context, uint64_t *frame);

static void switch_back(int number, siginfo_t *info, void *data)
{
	const greg_t *registers = ((ucontext_t *)data)->uc_mcontext.gregs;
	uint64_t *frame = (uint64_t *)((registers[REG_RSP] - 256) & ~15);
	(void)number;
	(void)info;
	frame[0] = (uint64_t)registers[REG_RBP];
	frame[1] = (uint64_t)registers[REG_RIP];
	on_old_stack(data, frame);
}
#endif

static void catch (void (*handler)(int), int flags)
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = flags };
	stack_t stack = { .ss_sp = malloc(ALTERNATE), .ss_size = ALTERNATE };
	sigaltstack(&stack, NULL);
	sigaction(SIGSEGV, &action, NULL);
}

int main(int count, char **arguments)
{
	kind = count > 1 ? arguments[1] : "";
	if (is("handler") || is("overflow-with-a-handler") || is("handler-littered"))
		catch (give_up, 0);
	if (is("handler-littered"))
		litter();
	if (is("handler-alternate"))
		catch (give_up, SA_ONSTACK);
	if (is("handler-raise"))
		catch (raise_again, SA_NODEFER);
	if (is("handler-elsewhere")) {
		catch (pass_on, 0);
		wait_and_abort();
	}
	if (is("watchdog")) {
		signal(SIGALRM, give_up);
		alarm(1);
		for (;;)
			zero = 0;
	}
	if (is("raised-again")) /* which comes once the handler has returned */
		catch (raise_again, 0);
#ifdef __x86_64__
	if (is("handler-switched"))
		catch ((void (*)(int))(uintptr_t)switch_back, SA_ONSTACK | SA_SIGINFO);
#endif
	return blame(NULL) + 1;
}
