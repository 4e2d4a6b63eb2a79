/* From the fault outwards, the first frame that is no plumbing: not the C library's, not a run-time's way of failing, not
 * a place where no code is. */
#include "lib/base/str.h"
#include "lib/diagnose/culprit.h"

#include <string.h>

/* Beginnings of file names. */
static const char *const plumbing_objects[] = {
	"libc.so",    "libc-2.",    "libc.musl",   "ld-linux", "ld-2.",	      "ld-musl",     "ld.so",
	"libpthread", "libstdc++.", "libgcc_s.so", "libc++",   "libc++abi",   "linux-vdso",  "[vdso]",
	"libasan",    "libubsan",   "libtsan.",	   "liblsan.", "libjemalloc", "libtcmalloc",
};

/* Beginnings of function names, wherever they are linked into; only those that end a program or serve to. */
static const char *const plumbing_functions[] = {
	"abort",
	"raise",
	"gsignal",
	"__GI_",
	"__pthread_kill",
	"pthread_kill",
	"__libc_message",
	"__assert_fail",
	"__assert_",
	"__stack_chk_fail",
	"__fortify_fail",
	"__chk_fail",
	"malloc_printerr",
	"__cxa_",
	"__cxxabiv1::",
	"__gnu_cxx::",
	"_ZN9__gnu_cxx",
	"_ZN10__cxxabiv1",
	"_ZNSt",
	"_ZNKSt",
	"_ZSt",
	"_ZSt9terminate",

	"*rust_panic",
	"*rust_begin_unwind",
	"*___rust",
	"*3std3sys",
	"*3std7process",
	"*3std9panicking",
	"*4core9panicking",
	"*4core6option",
	"*4core6result",
	"__rust",
	"core::panicking",
	"core::option",
	"core::result",

	"<core::",

	"__asan_",
	"__sanitizer",
	"__ubsan_",
	"__interceptor_",
	"g_log",
	"g_assertion_message",
	"g_abort",
	"runtime.raise",
	"runtime.dieFromSignal",
	"runtime.crash",
	"runtime.fatal",
	"runtime.dopanic",
	"runtime.gopanic",
};

static bool is_like_any(const char *name, const char *const *patterns, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (inq_name_is_like(name, patterns[i]))
			return true;
	return false;
}

/* "std::map<…>::at(…)": C++'s and Rust's own, which are compiled into the program. "std::string app::name<int>()" is not:
 * its beginning is the type that it returns, which a space ends. */
static bool is_std(const char *name)
{
	int depth = 0;
	if (!inq_name_is_like(name, "std::"))
		return false;
	for (; *name && (depth || *name != '('); name++) {
		depth += (*name == '<') - (*name == '>');
		if (*name == ' ' && !depth)
			return false;
	}
	return true;
}

static bool is_plumbing(const struct inq_location *at)
{
	size_t count = sizeof plumbing_functions / sizeof *plumbing_functions;
	if (is_like_any(inq_base_name(at->object), plumbing_objects,
			sizeof plumbing_objects / sizeof *plumbing_objects))
		return true;
	return is_std(at->symbol) || is_std(at->function) || is_like_any(at->symbol, plumbing_functions, count) ||
	       is_like_any(at->function, plumbing_functions, count);
}

static const char *why(const struct inq_case *crash, size_t frame)
{
	const struct inq_location *inner = &crash->frames[0].location;
	if (frame == 0)
		return "the fault is in it";
	if (inq_case_bad_pc(crash))
		return "it called or jumped to where no code is";
	if (inner->object)
		return inq_case_text(crash,
				     "the first frame outside the C library and run-times; the signal came in %s",
				     inq_case_place(crash, inner));
	return "the first frame that is in an object";
}

/* The innermost frame that is to blame, of those that are in an object; `count` for none. */
static size_t find_frame(const struct inq_frame_info *frames, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (frames[i].location.object && !is_plumbing(&frames[i].location))
			return i;
	for (size_t i = 0; i < count; i++)
		if (frames[i].location.object)
			return i;
	return count;
}

/* Of a process that hung: where one of the threads waits that keep the others waiting, or where the lock's holder is. */
static bool blame_hang(const struct inq_case *crash, struct inq_culprit_info *ret)
{
	const struct inq_thread_info *thread = &crash->threads[crash->hang->thread];
	size_t found = find_frame(thread->frames, thread->frame_count);
	if (found == thread->frame_count)
		return false;
	const struct inq_frame_info *frame = &thread->frames[found];
	*ret = (struct inq_culprit_info) { .thread = thread->tid,
					   .frame = frame->index,
					   .location = frame->location,
					   .why = crash->hang->ring
							  ? "it waits in a ring of threads that wait for each other"
							  : "its thread holds the lock that the others wait for",
					   .confidence =
						   frame->confidence < INQ_LIKELY ? frame->confidence : INQ_LIKELY };
	return true;
}

bool inq_find_culprit(const struct inq_case *crash, struct inq_culprit_info *ret)
{
	if (crash->hang && inq_case_was_ended(crash))
		return blame_hang(crash, ret);
	if (!inq_fault_by_processor(crash->space, crash->fault) && !inq_fault_self_sent(crash->space, crash->fault))
		return false;
	size_t found = find_frame(crash->frames, crash->frame_count);
	if (found == crash->frame_count)
		return false;
	const struct inq_frame_info *frame = &crash->frames[found];
	*ret = (struct inq_culprit_info) { .thread = crash->fault->thread->tid,
					   .frame = frame->index,
					   .location = frame->location,
					   .why = why(crash, found),
					   .confidence = found == 0 || frame->confidence < INQ_LIKELY
								 ? frame->confidence
								 : INQ_LIKELY };
	return true;
}
