/* Stacks as the tools print them. Grammars: mdb_stack.c and pstack.c of illumos, dt_consume.c of DTrace, src/stack.c of
 * elfutils, gdb/stack.c, src/shared/elf-util.c of systemd. */
#include "tests/support/stackwriter.h"

#include <inttypes.h>
#include <string.h>

static uint64_t next_random(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return *state >> 33;
}

#define PICK(list, state) (list)[next_random(state) % (sizeof(list) / sizeof *(list))]

static const char *const c_names[] = {
	"main", "_start", "poll", "read_all", "thread_start", "XFlush", "do_work.part.0"
};
static const char *const cxx_names[] = { "app::Box<int (*)(char)>::put(int)",
					 "std::vector<int, std::allocator<int> >::at", "(anonymous namespace)::run",
					 "app::Window::~Window" };
static const char *const sonames[] = { "libc.so.1", "libX11.so.4", "ld.so.1", "demo" };
static const char *const paths[] = { "/lib/x86_64-linux-gnu/libc.so.6", "/opt/demo/bin/demo",
				     "/usr/lib/libglib-2.0.so.0" };
static const char *const hex_arguments[] = { "", "b, 0, 8047f00", "1, fffffd7fffdfe7f0", "0, 0, 0, 0, 1f, a" };
static const char *const gdb_arguments[] = { "", "argc=1, argv=0x7ffe12345678", "this=0x55aa, name=0x1 \"x, (y\"",
					     "s=..., f=@0x7ffe: {a = 1, b = 0x0}" };
static const char *const files[] = { "demo.c", "../src/app/window.cc", "/build/glib-2.74/glib/gmain.c" };

void stack_make(struct stack_made *made, const struct stack_grammar *grammar, unsigned seed)
{
	uint64_t state = seed * UINT64_C(0x9e3779b97f4a7c15) + 1, mask = grammar->small ? 0x0fffffff : 0x7fffffffffff;
	*made = (struct stack_made) { .threads = grammar->thread ? 1 + seed % 4 : 1 };
	for (size_t thread = 0; thread < made->threads; thread++) {
		size_t count = 2 + next_random(&state) % 8;
		for (size_t i = 0; i < count; i++) {
			bool cxx = !(next_random(&state) % 4);
			made->frames[made->count++] = (struct stack_frame) {
				.pc = (0x10000000 + (next_random(&state) << 16)) & mask,
				.base = (0x08000000 + 16 * next_random(&state)) & mask,
				.offset = 1 + next_random(&state) % 4096,
				.object = grammar->solaris ? PICK(sonames, &state) : PICK(paths, &state),
				.symbol = cxx && !(grammar->solaris && !(grammar->prints & STACK_ARGUMENTS))
						  ? PICK(cxx_names, &state)
						  : PICK(c_names, &state),
				.arguments =
					grammar->solaris ? PICK(hex_arguments, &state) : PICK(gdb_arguments, &state),
				.file = PICK(files, &state),
				.line = 1 + (unsigned)next_random(&state) % 3000,
				.thread = thread,
			};
		}
	}
}

/* ---- mdb, DTrace ---- */

static void mdb_frame_64(struct inq_str *out, const struct stack_frame *frame, size_t number)
{
	(void)number;
	inq_str_printf(out, "%016" PRIx64 " %s`%s+0x%" PRIx64 "(%s)\n", frame->base, frame->object, frame->symbol,
		       frame->offset, frame->arguments);
}

static void mdb_frame_32(struct inq_str *out, const struct stack_frame *frame, size_t number)
{
	(void)number;
	inq_str_printf(out, "%08" PRIx64 " %s`%s+0x%" PRIx64 "(%s)\n", frame->base, frame->object, frame->symbol,
		       frame->offset, frame->arguments);
}

static void mdb_call(struct inq_str *out, const struct stack_frame *frame, size_t number)
{
	(void)number;
	inq_str_printf(out, "%s`%s+0x%" PRIx64 "(%s)\n", frame->object, frame->symbol, frame->offset, frame->arguments);
}

static void ustack_frame(struct inq_str *out, const struct stack_frame *frame, size_t number)
{
	(void)number;
	inq_str_printf(out, "              %s`%s+0x%" PRIx64 "\n", frame->object, frame->symbol, frame->offset);
}

/* ---- pstack, eu-stack ---- */

static void pstack_title(struct inq_str *out)
{
	inq_str_puts(out, "4711:\t/opt/demo/bin/demo -v\n");
}

static void lwp(struct inq_str *out, size_t index)
{
	inq_str_printf(out, "-----------------  lwp# %zu / thread# %zu  --------------------\n",
		       STACK_FIRST_TID + index, STACK_FIRST_TID + index);
}

static void pstack_frame_32(struct inq_str *out, const struct stack_frame *frame, size_t number)
{
	(void)number;
	inq_str_printf(out, " %08" PRIx64 " %-8s (%s) + %" PRIx64 "\n", frame->pc, frame->symbol, frame->arguments,
		       frame->offset);
}

static void pstack_frame_64(struct inq_str *out, const struct stack_frame *frame, size_t number)
{
	(void)number;
	inq_str_printf(out, " %016" PRIx64 " %s (%s) + %" PRIx64 "\n", frame->pc, frame->symbol, frame->arguments,
		       frame->offset);
}

static void eu_title(struct inq_str *out)
{
	inq_str_puts(out, "PID 4711 - core\n");
}

static void eu_thread(struct inq_str *out, size_t index)
{
	inq_str_printf(out, "TID %zu:\n", STACK_FIRST_TID + index);
}

static void eu_frame(struct inq_str *out, const struct stack_frame *frame, size_t number)
{
	inq_str_printf(out, "#%-2zu 0x%016" PRIx64 " %s\n", number, frame->pc, frame->symbol);
}

static void eu_frame_module(struct inq_str *out, const struct stack_frame *frame, size_t number)
{
	inq_str_printf(out, "#%-2zu 0x%016" PRIx64 " %s - %s\n", number, frame->pc, frame->symbol, frame->object);
}

/* ---- gdb, systemd ---- */

static void gdb_thread(struct inq_str *out, size_t index)
{
	inq_str_printf(out, "\nThread %zu (Thread 0x7f12%08zx (LWP %zu) \"worker\"):\n", index + 1, index << 12,
		       STACK_FIRST_TID + index);
}

static void gdb_frame_source(struct inq_str *out, const struct stack_frame *frame, size_t number)
{
	inq_str_printf(out, "#%-3zu0x%016" PRIx64 " in %s (%s) at %s:%u\n", number, frame->pc, frame->symbol,
		       frame->arguments, frame->file, frame->line);
}

static void gdb_frame_object(struct inq_str *out, const struct stack_frame *frame, size_t number)
{
	inq_str_printf(out, "#%-3zu0x%016" PRIx64 " in %s (%s) from %s\n", number, frame->pc, frame->symbol,
		       frame->arguments, frame->object);
}

static void systemd_title(struct inq_str *out)
{
	inq_str_puts(out, "Process 4711 (demo) of user 1000 dumped core.\n\n");
}

static void systemd_thread(struct inq_str *out, size_t index)
{
	inq_str_printf(out, "Stack trace of thread %zu:\n", STACK_FIRST_TID + index);
}

static void systemd_frame(struct inq_str *out, const struct stack_frame *frame, size_t number)
{
	inq_str_printf(out, "#%-2zu 0x%016" PRIx64 " %s (%s + 0x%" PRIx64 ")\n", number, frame->pc, frame->symbol,
		       frame->object, frame->offset);
}

enum {
	MDB = STACK_OBJECT | STACK_SYMBOL | STACK_OFFSET,
	PSTACK = STACK_PC | STACK_SYMBOL | STACK_OFFSET | STACK_ARGUMENTS | STACK_TID,
	NUMBERED = STACK_PC | STACK_SYMBOL | STACK_TID
};

const struct stack_grammar stack_grammars[] = {
	{ .name = "mdb $C, 64 bits",
	  .kind = "mdb-stack",
	  .prints = MDB | STACK_BASE | STACK_ARGUMENTS,
	  .solaris = true,
	  .frame = mdb_frame_64,
	  .wraps_at = ", " },
	{ .name = "mdb $C, 32 bits",
	  .kind = "mdb-stack",
	  .prints = MDB | STACK_BASE | STACK_ARGUMENTS,
	  .solaris = true,
	  .small = true,
	  .frame = mdb_frame_32,
	  .wraps_at = ", " },
	{ .name = "mdb $c",
	  .kind = "mdb-stack",
	  .prints = MDB | STACK_ARGUMENTS,
	  .solaris = true,
	  .frame = mdb_call,
	  .wraps_at = ", " },
	{ .name = "ustack()", .kind = "mdb-stack", .prints = MDB, .solaris = true, .frame = ustack_frame, .least = 2 },
	{ .name = "pstack, 32 bits",
	  .kind = "pstack",
	  .prints = PSTACK,
	  .solaris = true,
	  .small = true,
	  .title = pstack_title,
	  .thread = lwp,
	  .frame = pstack_frame_32,
	  .wraps_at = ", " },
	{ .name = "pstack, 64 bits",
	  .kind = "pstack",
	  .prints = PSTACK,
	  .solaris = true,
	  .title = pstack_title,
	  .thread = lwp,
	  .frame = pstack_frame_64,
	  .wraps_at = ", " },
	{ .name = "eu-stack",
	  .kind = "pstack",
	  .prints = NUMBERED,
	  .numbered = true,
	  .title = eu_title,
	  .thread = eu_thread,
	  .frame = eu_frame },
	{ .name = "eu-stack -m",
	  .kind = "pstack",
	  .prints = NUMBERED | STACK_OBJECT,
	  .numbered = true,
	  .title = eu_title,
	  .thread = eu_thread,
	  .frame = eu_frame_module },
	{ .name = "gdb with sources",
	  .kind = "gdb-stack",
	  .prints = NUMBERED | STACK_ARGUMENTS | STACK_SOURCE,
	  .numbered = true,
	  .thread = gdb_thread,
	  .frame = gdb_frame_source,
	  .wraps_at = " at " },
	{ .name = "gdb with objects",
	  .kind = "gdb-stack",
	  .prints = NUMBERED | STACK_ARGUMENTS | STACK_OBJECT,
	  .numbered = true,
	  .thread = gdb_thread,
	  .frame = gdb_frame_object,
	  .wraps_at = " from " },
	{ .name = "systemd-coredump",
	  .kind = "systemd-coredump",
	  .prints = NUMBERED | STACK_OBJECT | STACK_PLACE,
	  .numbered = true,
	  .title = systemd_title,
	  .thread = systemd_thread,
	  .frame = systemd_frame },
	{ 0 }
};

/* ---- spoiling ---- */

static const char *line_prefix(enum stack_spoil spoil)
{
	static const char *const prefixes[STACK_SPOIL_COUNT] = {
		[STACK_QUOTED] = "> ",
		[STACK_QUOTED_TWICE] = "> > ",
		[STACK_INDENTED] = "      ",
		[STACK_TABBED] = "\t",
		[STACK_NO_BREAK_SPACES] = "\xc2\xa0\xc2\xa0",
	};
	return prefixes[spoil] ? prefixes[spoil] : "";
}

static void copy_lines(struct inq_str *out, const struct inq_str *plain, enum stack_spoil spoil)
{
	for (const char *at = plain->text, *end; (end = strchr(at, '\n')); at = end + 1) {
		inq_str_puts(out, line_prefix(spoil));
		inq_str_add(out, at, (size_t)(end - at));
		inq_str_puts(out, spoil == STACK_CRLF ? "\r\n" : "\n");
	}
}

/* A frame, broken at the first place where its grammar allows that. */
static void put_frame(struct inq_str *out, const struct stack_grammar *grammar, const struct stack_frame *frame,
		      size_t number, bool wrap)
{
	struct inq_str line = { 0 };
	grammar->frame(&line, frame, number);
	const char *at = wrap && grammar->wraps_at ? strstr(line.text, grammar->wraps_at) : NULL;
	if (at) {
		size_t head = (size_t)(at - line.text) + (grammar->wraps_at[0] == ',');
		inq_str_add(out, line.text, head);
		inq_str_printf(out, "\n    %s", line.text + head + 1);
	} else {
		inq_str_add(out, line.text, line.length);
	}
	inq_str_release(&line);
}

static void interrupt(struct inq_str *out, size_t index, enum stack_spoil spoil)
{
	if (index % 3 != 1)
		return;
	if (spoil == STACK_BLANK_LINES)
		inq_str_puts(out, "\n");
	else if (spoil == STACK_PROSE)
		inq_str_puts(out, "this is what I saw on the console, and then\n");
}

void stack_write(struct inq_str *out, const struct stack_grammar *grammar, const struct stack_made *made,
		 enum stack_spoil spoil)
{
	struct inq_str plain = { 0 };
	size_t number = 0;
	if (spoil == STACK_PROMPTS)
		inq_str_puts(&plain, "[user@host ~]$ show the stacks\n\n");
	if (grammar->title)
		grammar->title(&plain);
	for (size_t i = 0; i < made->count; i++, number++) {
		bool first = !i || made->frames[i - 1].thread != made->frames[i].thread;
		if (first && grammar->thread)
			grammar->thread(&plain, made->frames[i].thread);
		number = first ? 0 : number;
		put_frame(&plain, grammar, &made->frames[i], number, spoil == STACK_WRAPPED && i % 3 == 0);
		interrupt(&plain, i, spoil);
	}
	if (spoil == STACK_PROMPTS)
		inq_str_puts(&plain, "[user@host ~]$ \n");
	if (spoil == STACK_BOM)
		inq_str_puts(out, "\xef\xbb\xbf");
	copy_lines(out, &plain, spoil);
	if (spoil == STACK_NO_LAST_NEWLINE)
		out->text[--out->length] = '\0';
	inq_str_release(&plain);
}
