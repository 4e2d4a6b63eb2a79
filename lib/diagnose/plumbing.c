/* Who is not to blame, by file and function: one table each. A row belongs here when the code only passes on what its caller
 * gave it (the C library), ends a program (abort, a run-time's panic), or is a library that is compiled into every program of
 * its language. */
#include "lib/diagnose/plumbing.h"

#include "lib/base/str.h"
#include "lib/diagnose/cause.h"

#include <string.h>

/* Calls of C functions by scripts: what they call has the script to blame. */
static const char *const foreign_calls[] = {
	"libffi.so", "libffi-", "_ctypes.", "_cffi_backend", "libjffi", "fiddle.so"
};

/* Beginnings of file names. */
static const char *const plumbing_objects[] = {
	"libc.so",     "libc-2.",    "libc.musl",   "ld-linux",	  "ld-2.",	  "ld-musl",	 "ld.so",
	"libpthread",  "libstdc++.", "libgcc_s.so", "libc++",	  "libc++abi",	  "linux-vdso",	 "[vdso]",
	"libasan",     "libubsan",   "libtsan.",    "liblsan.",	  "libhwasan",	  "libjemalloc", "libtcmalloc",
	"libmimalloc", "libscudo",   "libglog",	    "libunwind.", "libbacktrace", "libhostfxr.", "libhostpolicy.",
};

/* Rust's own library is compiled into each program; its distributors build it under this path. */
static const char rust_sources[] = "/rustc/";

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
	"_Unwind_",
	"__gxx_personality",
	"*google10LogMessage",
	"*google8internal10LogMessage",
	"google::LogMessage",
	"*google12CheckNotNull",
	"*google::CheckNotNull",
	"*log_internal10LogMessage",
	"*log_internal15LogMessageFatal",
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
	"core::",
	"alloc::",
	"<core::",
	"<alloc::",
	"<std::",
	"_ZN4core",
	"_ZN5alloc",
	"_ZN3std",
	"__asan_",
	"__asan::",
	"_ZN6__asan",
	"_ZN7__ubsan",
	"_ZN6__tsan",
	"_ZN11__sanitizer",
	"__tsan_",
	"__msan_",
	"_ZN6__msan",
	"__sanitizer",
	"__ubsan_",
	"__interceptor_",
	"g_log",
	"_g_log",
	"g_return_if_fail",
	"g_assertion_message",
	"g_abort",
	"runtime.", /* Go */
	"Py_FatalError",
	"_Py_FatalError",
	"fatal_error",
	"faulthandler_",
	"PROCAbort", /* .NET, to the end; some are static functions of C++ */
	"*PROCEndProcess",
	"*SafeExitProcess",
	"*EEPolicy",
	"*SystemNative",
	"*UnwindManagedException",
	"*DispatchManagedException",
	"*HandleHardwareException",
	"IL_Throw",
	"IL_Rethrow",
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

bool inq_is_plumbing(const struct inq_location *at)
{
	size_t count = sizeof plumbing_functions / sizeof *plumbing_functions;
	if (at->object && is_like_any(inq_base_name(at->object), plumbing_objects,
				      sizeof plumbing_objects / sizeof *plumbing_objects))
		return true;
	if (at->file && inq_name_is_like(at->file, rust_sources))
		return true;
	return is_std(at->symbol) || is_std(at->function) || is_like_any(at->symbol, plumbing_functions, count) ||
	       is_like_any(at->function, plumbing_functions, count);
}

bool inq_is_foreign_call(const struct inq_location *at)
{
	return at->object &&
	       is_like_any(inq_base_name(at->object), foreign_calls, sizeof foreign_calls / sizeof *foreign_calls);
}
