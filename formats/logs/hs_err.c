/* hs_err_pidN.log, the last words of a HotSpot JVM (vmError.cpp): signal, registers, command line, and its list of
 * libraries, which on Linux is the whole address map. Logs are read by their headings, in whatever order. */
#include "formats/logs/hs_err.h"

#include "formats/logs/when.h"

static const struct inq_grammar grammar = { .os = INQ_OS_UNKNOWN };

struct inq_span inq_hs_err_after_colon(struct inq_span line)
{
	ptrdiff_t colon = inq_span_find(line, ":");
	return inq_span_skip_blanks(inq_span_after(line, colon < 0 ? line.length : (size_t)colon + 1));
}

struct inq_span inq_hs_err_unmarked(struct inq_span line)
{
	while (inq_take_char(&line, '#') || inq_take_char(&line, '*') || inq_take_char(&line, '_'))
		; /* its own mark, and what makes letters bold where it was pasted */
	return inq_span_skip_blanks(line);
}

/* "#  Out of Memory Error (os_linux.cpp:2798), pid=1234, tid=…", "#  Internal Error (ciEnv.hpp:172), pid=…": what is wrong
 * stands below. */
static void take_error(struct inq_hs_err *log, struct inq_span line)
{
	struct inq_span error = inq_hs_err_unmarked(line);
	ptrdiff_t end = inq_span_find(error, ", pid=");
	struct inq_text ahead = log->listing.text;
	ptrdiff_t at = inq_span_starts(error, "EXCEPTION_") ? inq_span_find(error, " at pc=") : -1;
	if (at > 0) /* Windows has no signals: "EXCEPTION_ACCESS_VIOLATION (0xc0000005)" */
		log->error = (struct inq_span) { error.text, (size_t)at };
	if (inq_span_starts(error, "SIG") || at > 0 || end < 0)
		return;
	log->error = (struct inq_span) { error.text, (size_t)end };
	if (inq_text_next(&ahead) && inq_span_starts(ahead.line, "#  "))
		log->message = inq_hs_err_unmarked(ahead.line);
}

/* "# Native memory allocation (mmap) failed to map 8388608 bytes for committing reserved memory." */
static void take_allocation(struct inq_hs_err *log, struct inq_span line)
{
	log->message = line;
}

/* "#  SIGSEGV (0xb) at pc=0x00007f…, pid=23171, tid=23172" */
static void take_banner(struct inq_hs_err *log, struct inq_span line)
{
	struct inq_span rest = inq_span_between(line, "(0x", ")");
	uint64_t number;
	struct inq_span name = inq_hs_err_unmarked(line);
	if (inq_span_starts(name, "SIG") && inq_span_hex(rest, &number) && number < 128) {
		log->signal.number = (int)number;
		log->signal_name = inq_span_word(&name);
	}
	rest = inq_span_between(line, "pc=", ","); /* " (sent by kill)" may follow it */
	log->has_pc = inq_take_hex(&rest, &log->pc);
	take_error(log, line);
	rest = inq_span_between(line, "pid=", ",");
	inq_span_decimal(rest, &log->pid);
	/* JDK 8 and before print a pthread_t here, in hexadecimal or as a huge number. */
	rest = inq_span_behind(line, "tid=");
	if (inq_span_decimal(rest, &number) && number <= INT32_MAX)
		log->tid = number;
	log->banner_line = log->listing.text.number;
}

/* "Java VM: OpenJDK 64-Bit Server VM (…, linux-amd64)" */
static void take_vm(struct inq_hs_err *log, struct inq_span line)
{
	log->vm = inq_hs_err_after_colon(line);
	inq_hs_err_machine(log, line);
}

static void take_jre(struct inq_hs_err *log, struct inq_span line)
{
	log->jre = inq_hs_err_after_colon(line);
}

/* "Current thread (0x…):  JavaThread "main" [_thread_in_Java, id=23172, stack(0x…,0x…)]" */
static void take_thread(struct inq_hs_err *log, struct inq_span line)
{
	uint64_t tid;
	log->thread_name = inq_span_between(line, "\"", "\"");
	struct inq_span rest = inq_span_between(line, "id=", ",");
	if (!inq_span_decimal(rest, &tid))
		rest = inq_span_between(line, "id=", "]");
	if (inq_span_decimal(rest, &tid) && tid <= INT32_MAX)
		log->tid = tid;
	log->thread_line = log->listing.text.number;
}

static void take_jvm_args(struct inq_hs_err *log, struct inq_span line)
{
	log->jvm_args = inq_hs_err_after_colon(line);
}

static void take_java_command(struct inq_hs_err *log, struct inq_span line)
{
	log->java_command = inq_hs_err_after_colon(line);
}

static void take_command_line(struct inq_hs_err *log, struct inq_span line)
{
	log->command_line = inq_hs_err_after_colon(line);
}

static void take_launcher(struct inq_hs_err *log, struct inq_span line)
{
	log->standard_launcher = inq_span_is(inq_hs_err_after_colon(line), "SUN_STANDARD");
}

/* "Time: Sun Nov 22 05:46:46 2026 UTC elapsed time: …"; JDK 8's "time:" has no zone. */
static void take_time(struct inq_hs_err *log, struct inq_span line)
{
	inq_span_when(inq_hs_err_after_colon(line), &log->death_time);
}

static void take_summary(struct inq_hs_err *log, struct inq_span line)
{
	(void)line;
	log->ends_with_end = true; /* since JDK 9 the log has a summary, and the line END. */
}

/* The lines below "Heap:" (JDK 6: "Heap") that are indented, as they are: what they say of each collector is lib/jvm's. */
static void take_heap(struct inq_hs_err *log, struct inq_span line)
{
	enum { MOST_LINES = 32 };
	struct inq_builder *builder = log->listing.builder;
	struct inq_text ahead = log->listing.text;
	const char *begin = NULL, *end = NULL;
	if (builder->space->jvm_heap || !(inq_span_is(line, "Heap:") || inq_span_is(line, "Heap")))
		return;
	for (unsigned i = 0; i < MOST_LINES && inq_text_next(&ahead) && ahead.line.length; i++) {
		begin = begin ? begin : ahead.data + ahead.start;
		end = ahead.data + ahead.next;
	}
	if (begin)
		builder->space->jvm_heap = inq_build_string(builder, begin, (size_t)(end - begin));
}

static const struct {
	const char *prefix;
	void (*take)(struct inq_hs_err *log, struct inq_span line);
} headings[] = {
	{ "There is insufficient memory for the Java Runtime", take_allocation },
	{ "Native memory allocation", take_allocation },
	{ "Problematic frame:", inq_hs_err_problem },
	{ "Native frames:", inq_hs_err_native_frames },
	{ "Java frames:", inq_hs_err_java_frames },
	{ "Java Threads:", inq_hs_err_threads },
	{ "Other Threads:", inq_hs_err_threads },
	{ "Java VM:", take_vm },
	{ "vm_info:", take_vm },
	{ "JRE version:", take_jre },
	{ "siginfo:", inq_hs_err_siginfo },
	{ "Registers:", inq_hs_err_registers },
	{ "Current thread (", take_thread },
	{ "Heap", take_heap },
	{ "Dynamic libraries:", inq_hs_err_libraries },
	{ "jvm_args:", take_jvm_args },
	{ "java_command:", take_java_command },
	{ "Command Line:", take_command_line },
	{ "Launcher Type:", take_launcher },
	{ "Time: ", take_time },
	{ "---------------  S U M M A R Y", take_summary },
};

/* "#  SIGSEGV (0xb) at pc=…, pid=…", "#  Internal Error (…), pid=…, tid=…". */
static bool is_banner(struct inq_span line)
{
	struct inq_span bare = inq_hs_err_unmarked(line);
	bool begins = inq_span_starts(line, "#") || inq_span_starts(bare, "SIG") ||
		      inq_span_starts(bare, "EXCEPTION_") || inq_span_starts(bare, "Out of Memory Error (") ||
		      inq_span_starts(bare, "Internal Error (");
	return begins && inq_span_find(line, "pid=") > 0;
}

static void take_line(struct inq_hs_err *log, struct inq_span line)
{
	if (is_banner(line))
		take_banner(log, line);
	line = inq_hs_err_unmarked(line);
	for (size_t i = 0; i < sizeof headings / sizeof *headings; i++)
		if (inq_span_starts(line, headings[i].prefix))
			headings[i].take(log, line);
}

/* Of what `identify` prints. */
static void build_detail(struct inq_hs_err *log)
{
	struct inq_span text = log->jre.length ? log->jre : log->vm;
	if (text.length)
		inq_build_detail(log->listing.builder, "%.*s", (int)text.length, text.text);
}

/* "Internal Error (ciEnv.hpp:172): guarantee(…) failed". */
static const char *last_words(struct inq_hs_err *log)
{
	bool both = log->error.length && log->message.length;
	if (inq_span_ends(log->message, "."))
		log->message.length--;
	if (!log->message.length && !log->error.length)
		return NULL;
	return inq_arena_printf(log->listing.builder->ctx->arena, "%.*s%s%.*s", (int)log->error.length, log->error.text,
				both ? ": " : "", (int)log->message.length, log->message.text);
}

static void build_process(struct inq_hs_err *log)
{
	struct inq_builder *builder = log->listing.builder;
	inq_build_at(builder, INQ_PLACE_LINE, log->banner_line ? log->banner_line : log->listing.input->line);
	struct inq_process *process = inq_build_process(builder);
	if (log->pid != INQ_UNKNOWN)
		process->pid = builder->artefact->pid = log->pid;
	process->last_words = last_words(log);
	process->death_time = log->death_time;
	if (log->standard_launcher)
		process->name = "java";
	if (log->jvm_args.length || log->java_command.length)
		process->args = inq_arena_printf(builder->ctx->arena, "%.*s%s%.*s", (int)log->jvm_args.length,
						 log->jvm_args.text, log->jvm_args.length ? " " : "",
						 (int)log->java_command.length, log->java_command.text);
	else if (log->command_line.length)
		process->args = inq_build_string(builder, log->command_line.text, log->command_line.length);
}

static void build_thread(struct inq_hs_err *log)
{
	struct inq_builder *builder = log->listing.builder;
	uint64_t line = log->thread_line ? log->thread_line : log->banner_line;
	if (!line)
		return;
	inq_build_at(builder, INQ_PLACE_LINE, line);
	inq_hs_err_begin_thread(log);
	if (log->crashed_thread == SIZE_MAX)
		return;
	struct inq_thread *thread = &builder->space->threads.items[log->crashed_thread];
	thread->place = builder->place;
	thread->crashed = true;
	thread->tid = log->tid;
	thread->name = log->thread_name.length
			       ? inq_build_string(builder, log->thread_name.text, log->thread_name.length)
			       : NULL;
	thread->signal = log->signal;
	if (log->listing.builder->artefact->os == INQ_OS_UNKNOWN) /* macOS: its SIGBUS is Linux's SIGUSR1 */
		thread->signal.told = inq_stack_string(&log->stack, log->signal_name);
	thread->signal.place = builder->place;
	inq_hs_err_build_registers(log, thread);
}

/* On Linux the list is the whole /proc/self/maps, which ends with the stack and the vdso; else, and where people cut it, it
 * names some mappings only. */
static bool lists_all(const struct inq_space *space)
{
	static const char *const last[] = { "[stack]", "[vdso]", "[vsyscall]" };
	for (size_t i = space->mappings.count; i-- > 0;)
		for (size_t j = 0; j < sizeof last / sizeof *last; j++)
			if (space->mappings.items[i].name && strcmp(space->mappings.items[i].name, last[j]) == 0)
				return true;
	return false;
}

static void tell_cut(struct inq_hs_err *log)
{
	if (!log->ends_with_end || log->ended)
		return;
	inq_warn(log->listing.ctx, INQ_PLACE_LINE, log->listing.text.number,
		 "the log does not end with END.: its end is missing");
	log->listing.builder->artefact->partial = true;
}

static enum inq_status read_log(struct inq_ctx *ctx, struct inq_input *input, struct inq_builder *builder)
{
	struct inq_hs_err log = {
		.pid = INQ_UNKNOWN, .tid = INQ_UNKNOWN, .death_time = INQ_UNKNOWN, .crashed_thread = SIZE_MAX
	};
	log.signal.sender_pid = log.signal.sender_uid = INQ_UNKNOWN;
	log.listing = inq_listing_begin(ctx, input, builder, &grammar);
	log.stack = inq_stack_begin(ctx, input, builder, &inq_format_hs_err);
	struct inq_text *text = &log.listing.text;
	while (!log.ended && inq_text_next(text)) {
		if (log.banner_line &&
		    inq_span_starts(inq_hs_err_unmarked(text->line), "A fatal error has been detected by"))
			break; /* the next log */
		take_line(&log, text->line);
		log.ended = inq_span_is(text->line, "END.");
		input->end = text->next;
		input->end_line = text->number + 1;
	}
	tell_cut(&log);
	if (!log.banner_line && !log.vm.length && !log.jvm_args.length && !log.listing.pending.line)
		inq_warn(ctx, INQ_PLACE_LINE, input->line,
			 "this piece of an hs_err log tells neither the signal nor the libraries; give the whole log");
	build_process(&log);
	build_detail(&log);
	build_thread(&log);
	inq_hs_err_finish_frames(&log);
	enum inq_status status = inq_listing_finish(&log.listing);
	builder->space->sparse = !lists_all(builder->space);
	return status;
}

static unsigned probe(const struct inq_text *at)
{
	static const char *const signs[] = {
		"A fatal error has been detected by the Java Runtime",
		"There is insufficient memory for the Java Runtime",
		"JRE version:",
		"Java VM:",
		"---------------  S U M M A R Y",
		"---------------  T H R E A D",
		"---------------  P R O C E S S",
		"---------------  S Y S T E M",
		"Dynamic libraries:",
		"VM Arguments:",
		"VM state:",
	};
	struct inq_span line = inq_hs_err_unmarked(at->line);
	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
		if (inq_span_starts(line, signs[i]))
			return 95;
	return 0;
}

const struct inq_format inq_format_hs_err = {
	.name = "hs-err",
	.about = "the crash log of a HotSpot JVM: hs_err_pidN.log",
	.text = true,
	.begins = { INQ_CHARACTER('#') | INQ_CHARACTER('-') | INQ_CHARACTER('*'),
		    INQ_CHARACTER('_') | INQ_CHARACTER('D') | INQ_CHARACTER('V') | INQ_CHARACTER('A') |
			    INQ_CHARACTER('T') | INQ_CHARACTER('J') },
	.probe_line = probe,
	.read = read_log,
};
