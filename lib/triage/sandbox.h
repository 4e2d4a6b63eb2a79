/* The sandbox of a worker: what a process that reads hostile files can still do when one of them has taken it over. Each layer
 * stands for itself, so that a kernel without one of them still has the others:
 *
 *     limits      memory that is its own (RLIMIT_DATA), CPU time, open files; no core of its own, no file grows (RLIMIT_FSIZE)
 *     Landlock    files are read below the given folders and nowhere else, and none is written (Linux 5.13)
 *     seccomp     system calls by a short list of what reading needs: no socket, no exec, no other process (Linux 3.5)
 *
 * RLIMIT_DATA and not RLIMIT_AS bounds the memory: a core of any size is mapped to be read, and its pages are the kernel's to
 * take back; what is written to is the worker's own, and that is what RLIMIT_DATA counts (since Linux 4.7). */
#ifndef INQ_TRIAGE_SANDBOX_H
#define INQ_TRIAGE_SANDBOX_H

#include <stdbool.h>
#include <stdint.h>

/* Layers that the running kernel may lack. */
enum { INQ_SANDBOX_LANDLOCK = 1, INQ_SANDBOX_SECCOMP = 2 };

/* Those that it has. */
unsigned inq_sandbox_layers(void);

struct inq_sandbox_limits {
	uint64_t memory;    /* bytes of its own beyond what the process has now */
	unsigned files;	    /* open at a time */
	uint64_t file_size; /* of a file that it writes */
};

/* False with errno. */
bool inq_sandbox_limit(const struct inq_sandbox_limits *limits);
/* Lets the process use `seconds` of CPU time from now on; past it SIGXCPU ends it. */
bool inq_sandbox_limit_time(double seconds);

/* The own memory of the process in bytes, as the limit counts it; 0 when the kernel does not tell. `fd` is of
 * inq_sandbox_memory_open, before the sandbox was entered. */
int inq_sandbox_memory_open(void);
uint64_t inq_sandbox_memory(int fd);

/* No way back: from now on, and in all that the process would start, only the files in or below `readable`
 * (NULL-terminated; what does not exist is left out) can be read; in the folder `writable` (NULL: none) files can be
 * made and removed, if the kernel has Landlock. False with errno when a layer that the kernel has could not be entered. */
bool inq_sandbox_enter(const char *const *readable, const char *writable);

/* The layers, each by itself; for inq_sandbox_enter. `landlock`: that says what is written to; `writes`: something is. */
bool inq_landlock_enter(const char *const *readable, const char *writable);
int inq_landlock_version(void); /* 0: the kernel has none */
bool inq_seccomp_enter(bool landlock, bool writes);
bool inq_seccomp_is_there(void);

#endif
