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
	"libc.so",	 "libc-2.",	 "libc.musl",	 "ld-linux",	   "ld-2.",	   "ld-musl",
	"ld.so",	 "libpthread",	 "libstdc++.",	 "libgcc_s.so",	   "libc++",	   "libc++abi",
	"linux-vdso",	 "[vdso]",	 "libasan",	 "libubsan",	   "libtsan.",	   "liblsan.",
	"libhwasan",	 "libjemalloc",	 "libtcmalloc",	 "libmimalloc",	   "libscudo",	   "libglog",
	"libunwind.",	 "libbacktrace", "libhostfxr.",	 "libhostpolicy.", "libgfortran.", "libgphobos.",
	"libgdruntime.", "libphobos2-",	 "libdruntime-", "libgnat-",	   "libgnarl-",	   "libgo.so",
};

/* Rust's own library is compiled into each program; its distributors build it under these paths. */
static const char *const rust_sources[] = { "/rustc/", "*/library/core/src/", "*/library/alloc/src/",
					    "*/library/std/src/" };

/* Beginnings of function names, wherever they are linked into; only those that end a program or serve to. */
static const char *const plumbing_functions[] = {
	"abort",
	"raise",
	"gsignal",
	"__GI_",
	"__pthread_kill",
	"pthread_kill",
	"__addv", /* libgcc's arithmetic of -ftrapv */
	"__subv",
	"__mulv",
	"__negv",
	"__absv",
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
	"__clang_trap_msg$",
	"__interceptor_",
	"g_log",
	"_g_log",
	"g_return_if_fail",
	"g_assertion_message",
	"g_abort",
	"runtime.", /* Go */
	"internal/",
	"syscall.",
	"sync.",
	"sync/atomic.",
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

/* Where the name begins behind the type that an instance of a template returns: "int ns::f<int>(char)". An operator's own name has signs
 * and spaces, and ends the search. */
static const char *skip_type(const char *name)
{
	const char *begin = name;
	int depth = 0;
	for (const char *c = name; *c && (depth || *c != '('); c++) {
		if (!depth && (c == begin || c[-1] == ':') && strncmp(c, "operator", 8) == 0)
			break;
		depth += (*c == '<') - (*c == '>');
		if (*c == ' ' && !depth)
			begin = c + 1;
	}
	return begin;
}

/* "<str as core::fmt::Display>::fmt": a trait of Rust's library for a type of the language itself, which only that library may
 * have (the rule of orphans). */
static bool is_rust_own(const char *name)
{
	const char *as = *name == '<' ? strstr(name, " as ") : NULL, *path = strstr(name, "::");
	return as && path > as &&
	       (inq_name_is_like(as, " as core::") || inq_name_is_like(as, " as alloc::") ||
		inq_name_is_like(as, " as std::"));
}

static bool is_plumbing_name(const char *name)
{
	size_t count = sizeof plumbing_functions / sizeof *plumbing_functions;
	if (!name)
		return false;
	const char *begin = skip_type(name);
	return inq_name_is_like(begin, "std::") || is_rust_own(name) || is_like_any(name, plumbing_functions, count) ||
	       (begin != name && is_like_any(begin, plumbing_functions, count));
}

/* Out of the headers of the C library, C++'s or the compiler, as the checked memcpy of _FORTIFY_SOURCE is (glibc,
 * string/bits/string_fortified.h) and vector loads are: they do what the function around them asked for. */
static bool is_library_source(const char *file)
{
	const char *include = file ? strstr(file, "/include/") : NULL;
	if (include && (strstr(include, "/bits/") || strstr(include, "/fortify/") || strstr(include, "/c++/") ||
			strstr(file, "/lib/gcc/") || strstr(file, "/lib/clang/")))
		return true;
	return is_like_any(file, rust_sources, sizeof rust_sources / sizeof *rust_sources);
}

bool inq_is_plumbing(const struct inq_location *at)
{
	if (at->object && is_like_any(inq_base_name(at->object), plumbing_objects,
				      sizeof plumbing_objects / sizeof *plumbing_objects))
		return true;
	bool same = at->symbol && at->function && strcmp(at->symbol, at->function) == 0;
	return is_library_source(at->file) || is_plumbing_name(at->symbol) || (!same && is_plumbing_name(at->function));
}

bool inq_is_foreign_call(const struct inq_location *at)
{
	return at->object &&
	       is_like_any(inq_base_name(at->object), foreign_calls, sizeof foreign_calls / sizeof *foreign_calls);
}
