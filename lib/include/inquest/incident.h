/* An incident: one or more artefacts of the same event, joined into one address space and reported.
 *
 *     struct inq_incident *incident;
 *     if (inq_incident_create(NULL, &incident) == INQ_OK) {
 *             inq_incident_add(incident, "core");
 *             inq_incident_analyse(incident, INQ_ALL);
 *             inq_render("text", INQ_DOCUMENT_REPORT, inq_incident_report(incident), &output);
 *             inq_incident_destroy(incident);
 *     }
 */
#ifndef INQUEST_INCIDENT_H
#define INQUEST_INCIDENT_H

#include <inquest/cache.h>
#include <inquest/report.h>

#ifdef __cplusplus
extern "C" {
#endif

struct inq_incident;

/* All zero is the default. The strings and arrays must live as long as the incident. */
struct inq_options {
	const char *sysroot;	       /* every file look-up happens inside this folder; NULL: the machine's root */
	const char *exe;	       /* the executable, when it is not at the path that the artefact names */
	const char *const *debug_dirs; /* NULL-terminated; NULL: /usr/lib/debug */
	const char *kind;	       /* overrides the detection: a name of inq_format_name() */
	bool no_files;		       /* use only what the artefacts hold: open no other file */
	bool all_lines;		       /* source lines also where much debug information must be unpacked for them */
	bool debuginfod;	       /* ask debuginfod's servers for files that are not here: uses the network */
	bool no_demangle;	       /* function names as the linker has them, for C++, Rust and D */
	bool all_arguments;	       /* arguments in the frames of all threads, not of the crashed one alone */
	const char *jvm_args;	       /* the JVM's command line, where no artefact tells it */
	const char *jvm_version;       /* "1.4.2", "17": likewise */
	bool jvm_text_only;	       /* the JVM by its address map alone, though a core would tell more */
	struct inq_cache *cache;       /* of files that stay open for the next incident; NULL: none do */
	uint64_t pid;		       /* of several processes' listings, report this one; 0: the first */
	uint64_t memory; /* of what comes compressed or as a stream, keep at most so many bytes, in memory: of a larger
			  * core stacks, roots and small segments before heaps. 0: all, in a temporary file */
	/* For a batch: leave out what only people read (the verdict, what registers point to, the arguments of functions), and
	 * call nothing partial for what joins the first artefact and is none. */
	bool brief;
};

/* What to work out. A command asks for what it prints and no more. */
enum {
	INQ_OBJECTS = 1,	/* the objects, with build IDs and link map */
	INQ_FILES = 2,		/* and the state of their files on disk */
	INQ_REGIONS = 4,	/* classified regions, memory by class */
	INQ_THREADS = 8,	/* registers of every thread */
	INQ_CRASH = 16,		/* signal, pc, fault address, verdict, what is missing */
	INQ_STACKS = 32,	/* backtraces of every thread; without it a thread has its frame 0 */
	INQ_JVM = 64,		/* the JVM of the process */
	INQ_HEAP = 128,		/* the native heap, walked */
	INQ_HEAP_CHECKED = 256, /* and its damage searched for */
	INQ_HEAP_LEAKED = 512,	/* and blocks that nothing points to */
	INQ_FIRST_STACK = 1024, /* the backtrace of the first thread alone: the one that crashed, if one did */
	INQ_HEAP_TYPED = 2048,	/* and all blocks by size and kind */
	INQ_KERNEL = 4096,	/* the kernel's memory, explained */
	INQ_SIGNATURE =
		8192, /* the signature of the crash, by the stack of the first thread; of a hang with INQ_STACKS */
	INQ_ALL = 127 | 4096 | 8192
};

/* *ret is owned by the caller until inq_incident_destroy. `options` may be NULL. */
INQ_API enum inq_status inq_incident_create(const struct inq_options *options, struct inq_incident **ret);
/* Accepts NULL. */
INQ_API void inq_incident_destroy(struct inq_incident *incident);

/* Reads one artefact ("-" is standard input; compressed ones are unpacked). A folder stands for the artefacts in it, when
 * they are of one process. INQ_PARTIAL: usable, with warnings; INQ_UNUSABLE: nothing in it could be used, the incident is as before but for the warning that says why. */
INQ_API enum inq_status inq_incident_add(struct inq_incident *incident, const char *path);

/* The same for bytes that a reader gives; `name` stands for the path in what is said of them. */
INQ_API enum inq_status inq_incident_add_stream(struct inq_incident *incident, const char *name,
						const struct inq_reader *reader);

/* Joins what was added and works out `parts` (INQ_OBJECTS | …). May be called again with more parts.
 * INQ_PARTIAL when any artefact was partial, INQ_BAD_ARGUMENT when nothing usable was added. */
INQ_API enum inq_status inq_incident_analyse(struct inq_incident *incident, unsigned parts);

/* The result so far; never NULL. Also after a failure: the warnings are in it. */
INQ_API const struct inq_report *inq_incident_report(const struct inq_incident *incident);

/* The warnings of the incident, which grow with each call: "FILE:PLACE: what; what to do". */
INQ_API size_t inq_incident_warnings(const struct inq_incident *incident, const char *const **ret);

/* Where `address` falls. Needs INQ_OBJECTS; INQ_REGIONS adds the class, INQ_FILES the symbols of matched files. */
INQ_API enum inq_status inq_incident_locate(struct inq_incident *incident, uint64_t address, struct inq_location *ret);

/* Understands "7f12", "0x7f12", "libfoo.so+0x12", "libfoo.so.1`0x7f12", "libfoo.so`symbol+0x12" (the object by path,
 * file name or SONAME; hexadecimal with or without 0x). Returns INQ_BAD_ARGUMENT when the text is none of these, or
 * its object or symbol is not known; *why then says which. */
INQ_API enum inq_status inq_incident_parse_address(struct inq_incident *incident, const char *text, uint64_t *ret,
						   const char **why);

/* Appends the location of `text` (see inq_incident_parse_address) to report->locations. */
INQ_API enum inq_status inq_incident_ask(struct inq_incident *incident, const char *text, const char **why);

/* What a file is, by its content. One file can hold several listings: each becomes an entry.
 * The entries join report->artefacts; a file of no known kind gets an entry whose kind is NULL and whose detail says
 * what was tried. */
INQ_API enum inq_status inq_incident_identify(struct inq_incident *incident, const char *path);

/* The kinds of artefact: name and a line about each, for index 0 … until NULL. */
INQ_API const char *inq_format_name(size_t index);
INQ_API const char *inq_format_about(size_t index);

#ifdef __cplusplus
}
#endif
#endif
