/* The signature of a crash: what stays the same when the same bug strikes again, on another machine, in another build, with
 * other data. Made of the frames that matter of the real fault's stack, normalised; addresses are never part of it. */
#ifndef INQUEST_SIGNATURE_H
#define INQUEST_SIGNATURE_H

#include <inquest/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How bad the bug behind a crash may be, the worst first. */
enum inq_severity {
	INQ_SEVERITY_CRITICAL, /* control of the program is at stake: execute of data, smashed stack, write by a bad pointer */
	INQ_SEVERITY_HIGH,   /* damaged memory: heap corruption, use after free, read by a bad pointer */
	INQ_SEVERITY_MEDIUM, /* an ordinary bug: null pointer, assertion, exception, overflow of the stack, division */
	INQ_SEVERITY_LOW,    /* the surroundings: out of memory, watchdog, truncated file, deadlock */
	INQ_SEVERITY_NONE,   /* no bug in sight: killed by a user, or a core of a running process */
	INQ_SEVERITY_COUNT
};

struct inq_signature {
	const char
		*hash; /* "1-" (the version of how it is made) and 32 hexadecimal digits; NULL: there is no signature */
	const char *text; /* for people: "SIGSEGV null-write libglx.so.1!glXDestroy+0x3e" */
	const char *kind; /* how it ended, the beginning of `text`: "SIGSEGV null-write", "SIGABRT assertion x > 0" */
	/* "stack": the frames decide. Else the bucket for stacks that say nothing by themselves: "stack-overflow",
	 * "jump-to-null", "heap-corruption", "out-of-memory", "watchdog", "deadlock", "killed", "no-crash". */
	const char *bucket;
	/* Innermost first, what two crashes are compared by: "libglx.so.1!glXDestroy", without symbols
	 * "libglx.so.1@BUILDID+0x3e2f", without a build ID "libglx.so.1+0x3e2f". */
	const char *const *frames;
	/* Where each frame is in its build, "libglx.so.1@BUILDID+0x3e2f", so that crashes of one build meet whether symbols
	 * were at hand or not: of a call that is under way, in the call; several with blanks between, where recursion was
	 * folded; "" where no build ID is known. As many as frames. */
	const char *const *places;
	size_t frame_count;
	bool inlines_known;	  /* all frames have debug information: inlined functions are among them */
	const char *const *rules; /* names of the rules that left frames out or changed them, each once */
	size_t rule_count;
	enum inq_severity severity;
};

/* "critical", "high", "medium", "low", "none". */
INQ_API const char *inq_severity_name(enum inq_severity severity);

#ifdef __cplusplus
}
#endif
#endif
