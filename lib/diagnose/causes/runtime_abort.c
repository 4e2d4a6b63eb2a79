/* Language run-times that end a program by abort(): told by their functions on the stack. */
#include "lib/diagnose/cause.h"
#include "lib/diagnose/python.h"

#include <inttypes.h>

/* `name` is how the function's name begins, mangled or not; after an asterisk, what is anywhere in it. */
static const struct {
	const char *name, *id, *text;
} marks[] = {
	{ "__stack_chk_fail", "stack-smashing", "a buffer on the stack was overrun: its canary was overwritten" },
	{ "__fortify_fail", "fortify",
	  "a checked function of the C library refused: a buffer would have been overrun" },
	{ "__chk_fail", "fortify", "a checked function of the C library refused: a buffer would have been overrun" },
	{ "g_assertion_message", "assertion", "an assertion of GLib failed" },
	{ "g_logv", "glib-fatal", "GLib ended the program at a fatal log message" },
	{ "google::LogMessage::Fail", "fatal-log", "a fatal log message (glog); it is on standard error" },
	{ "_ZN6google10LogMessage4Fail", "fatal-log", "a fatal log message (glog); it is on standard error" },
	{ "*log_internal10LogMessage", "fatal-log", "a fatal log message (Abseil); it is on standard error" },
	{ "__addv", "integer-overflow", "a signed addition overflowed, in a program built with -ftrapv" },
	{ "__subv", "integer-overflow", "a signed subtraction overflowed, in a program built with -ftrapv" },
	{ "__mulv", "integer-overflow", "a signed multiplication overflowed, in a program built with -ftrapv" },
	{ "__negv", "integer-overflow", "a signed negation overflowed, in a program built with -ftrapv" },
	{ "__absv", "integer-overflow", "abs() of a signed number overflowed, in a program built with -ftrapv" },
	{ "malloc_printerr", "heap-corruption", "heap corruption: the allocator found its records damaged" },
	{ "__cxa_pure_virtual", "pure-virtual-call",
	  "a pure virtual function was called: of an object that is not whole yet or no more" },
	{ "__cxa_call_unexpected", "uncaught-exception", "a C++ exception left a function that does not allow it" },
	{ "*rust_oom", "out-of-memory", "a Rust program could not get memory" },
	{ "*alloc_error_handler", "out-of-memory", "a Rust program could not get memory" },
	{ "*rust_panic", "rust-panic", "a Rust panic; its message is on standard error" },
	{ "*rust_begin_unwind", "rust-panic", "a Rust panic; its message is on standard error" },
	{ "core::panicking::panic", "rust-panic", "a Rust panic; its message is on standard error" },
	{ "*4core9panicking5panic", "rust-panic", "a Rust panic; its message is on standard error" },
	{ "*4core9panicking9panic_fmt", "rust-panic", "a Rust panic; its message is on standard error" },
	{ "Py_FatalError", "python-fatal",
	  "a fatal error of the Python interpreter; its message is on standard error" },
	{ "_Py_FatalError", "python-fatal",
	  "a fatal error of the Python interpreter; its message is on standard error" },
	{ "fatal_error_exit", "python-fatal",
	  "a fatal error of the Python interpreter; its message is on standard error" },
	{ "*report_vm_out_of_memory", "out-of-memory",
	  "the Java virtual machine could not get memory from the system" },
	{ "VMError::report_and_die", "jvm-fatal",
	  "a fatal error of the Java virtual machine; hs_err_pid*.log has its report" },
	{ "_ZN7VMError14report_and_die", "jvm-fatal",
	  "a fatal error of the Java virtual machine; hs_err_pid*.log has its report" },
	{ "*FatalProcessOutOfMemory", "out-of-memory", "V8's heap is full: memory ran out" },
	{ "v8::base::OS::Abort", "v8-fatal", "V8 ended the program: a failed check, or memory ran out" },
	{ "_ZN2v84base2OS5AbortEv", "v8-fatal", "V8 ended the program: a failed check, or memory ran out" },
};

static bool find(const struct inq_case *crash, struct inq_finding *ret)
{
	/* GLib and others end a program by a breakpoint. */
	if (!inq_fault_self_sent(crash->space, crash->fault) && !inq_fault_is(crash->fault, "SIGTRAP"))
		return false;
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		const struct inq_frame_info *frame = inq_case_frame(crash, marks[i].name);
		if (!frame)
			continue;
		ret->id = marks[i].id;
		ret->text = marks[i].text;
		ret->confidence = frame->confidence == INQ_CERTAIN ? INQ_CERTAIN : INQ_LIKELY;
		inq_find_evidence(crash, ret, "frame %u is %s", frame->index, inq_case_place(crash, &frame->location));
		const char *script = inq_python_place(crash);
		if (script)
			inq_find_evidence(crash, ret, "%s", script);
		return true;
	}
	return false;
}

const struct inq_cause inq_cause_runtime_abort = { .id = "runtime-abort", .find = find };
