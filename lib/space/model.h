/* The model: one address space that every reader fills and every analysis reads.
 *
 *   space ─┬─ artefacts   the witnesses: files or listings that were read
 *          ├─ process     facts of the process: pid, name, arguments, …
 *          ├─ threads     with registers, the crashed one first
 *          ├─ mappings    sorted by address, disjoint: the rows of the address map
 *          └─ objects     mapped files: what several mappings of one file have in common
 *
 * A format fills a space of its own through lib/space/build.h, which stamps each fact with its place; spaces of several
 * artefacts are then joined (inq_space_join). Once sealed a space is only read. Addresses have 64 bits whatever the
 * target. Strings belong to the incident's arena. */
#ifndef INQ_SPACE_MODEL_H
#define INQ_SPACE_MODEL_H

#include "lib/arch/arch.h"
#include "lib/base/ctx.h"
#include "lib/base/view.h"
#include "lib/io/cache.h"
#include "lib/io/source.h"
#include "lib/space/frame.h"

#include <inquest/jvm.h>
#include <inquest/kernel.h>
#include <inquest/space.h>

struct inq_files;

enum inq_os { INQ_OS_UNKNOWN, INQ_OS_LINUX, INQ_OS_SOLARIS, INQ_OS_FREEBSD, INQ_OS_NETBSD, INQ_OS_OPENBSD };

/* The processor that a witness speaks of. All zero: unknown. */
struct inq_machine {
	uint16_t elf; /* e_machine */
	uint8_t bits; /* 32, 64 */
	bool big;
	bool endian_known;
	const struct inq_arch *arch; /* NULL for a machine without a row */
};

/* A witness: one artefact as it was read. */
struct inq_artefact {
	const char *path, *kind, *detail;
	const struct inq_source *source;
	enum inq_os os;
	struct inq_machine machine;
	uint64_t pid; /* INQ_UNKNOWN when it does not tell */
	uint64_t size;
	uint64_t line;		/* first line of a listing, 0 for binaries */
	uint64_t missing_bytes; /* that its headers promise and the file does not hold */
	bool partial;
	bool other_process;
	bool holds_memory; /* a core: bytes of memory may be read from it */
};

/* Identity of a mapped file, shared by its mappings. */
struct inq_file {
	const char *path;			    /* without " (deleted)" */
	uint64_t device_major, device_minor, inode; /* INQ_UNKNOWN when not told */
	bool deleted;
};

/* What the system counted for a mapping, in bytes; INQ_UNKNOWN for what the artefact does not print. */
struct inq_usage {
	uint64_t resident, proportional, dirty, swap, anonymous, locked, page_size;
	uint64_t huge; /* of transparent huge pages */
};

enum {
	INQ_MAPPING_CUT = 1,	    /* some of its bytes lie beyond the end of a truncated artefact */
	INQ_MAPPING_DUMP_FAILED = 2 /* the writer of the core says that it could not write it */
};

struct inq_mapping {
	uint64_t start, end;
	uint64_t file_offset;	       /* of `start` in the mapped file; INQ_UNKNOWN */
	uint64_t data_offset;	       /* where the artefact holds the bytes from `start` on */
	uint64_t data_size;	       /* how many of them, 0 for a text map; already clipped to the artefact's size */
	const char *name;	       /* as printed: "[stack]", "/lib/libc.so.6 (deleted)"; NULL for none */
	const struct inq_file *file;   /* NULL for anonymous memory */
	const struct inq_usage *usage; /* NULL when no sizes but the range are known */
	const char *vm_flags;	       /* smaps' VmFlags, procstat's flags: as printed; NULL */
	struct inq_place place;
	uint32_t object;	/* index into objects, or INQ_NO_OBJECT */
	uint32_t data_artefact; /* whose source `data_offset` counts in */
	uint8_t permissions;	/* INQ_PERM_… */
	uint8_t flags;		/* INQ_MAPPING_… */
};

enum { INQ_NO_OBJECT = UINT32_MAX };

struct inq_object {
	const char *path; /* as its mappings name it, or the link map; "[vdso]" for the vdso */
	const char *soname;
	uint64_t base, end; /* lowest and highest address of its mappings */
	uint64_t load_bias; /* INQ_UNKNOWN until a header tells */
	uint8_t build_id[64];
	uint8_t build_id_size; /* 0: none known */
	bool is_elf;	       /* an ELF header was seen, in memory or in the file */
	bool deleted;
	uint8_t kind;	       /* enum inq_object_kind */
	uint8_t file_state;    /* enum inq_file_state */
	const char *file_path; /* the file that was opened for it */
	const char *file_note; /* why it is missing or mismatched */
	int compared; /* the descriptor of the file that was found to match, + 1, until it is wanted; 0: none is kept */
	struct inq_source *file;	       /* open file, only when matched and wanted; owned by the space */
	uint32_t first_mapping, mapping_count; /* lowest mapping, number of mappings (others may lie between) */
	struct inq_made made[INQ_MADE];	       /* what is known of its names and frames, on first use */
	struct inq_file_key file_key;	       /* of `file`, when there is a cache to put it into */
	struct inq_place place;		       /* who told of it first */
};

struct inq_process {
	uint64_t pid, ppid, uid, gid;
	const char *name, *args, *exe, *cwd;
	const char *host, *os_release;
	const char *last_words; /* what it said, or was said of it, as it ended: an abort message */
	const char *parents;	/* the processes that started it, innermost first: "1639 /usr/sbin/gdm-binary, …" */
	bool kernel;		/* not a process: the system itself, which panicked */
	uint64_t start_time;	/* seconds since 1970 */
	uint64_t death_time;	/* likewise, by a log that tells it with its zone */
	struct inq_place place;
};

/* What the system said of a signal (siginfo). */
struct inq_signal {
	int number;	  /* 0: none */
	const char *told; /* its name, of a text that tells it but not the system; NULL */
	bool has_code;
	int code;
	bool has_address;
	uint64_t address;
	uint64_t sender_pid, sender_uid; /* INQ_UNKNOWN */
	unsigned tried; /* INQ_ACCESS_… by the processor's own error code, where the system logs it; 0 unknown */
	struct inq_place place;
};

struct inq_thread {
	uint64_t tid;
	const char *name;
	char state; /* as the system prints it: R S D …; 0 unknown */
	bool crashed;
	struct inq_signal signal;
	uint64_t blocked;				  /* signals: bit i is number i + 1; 0 when not told */
	uint64_t valid;					  /* bit i: registers[i] is known */
	uint64_t *registers;				  /* by the arch's row; NULL without registers */
	struct inq_view fp_registers, extended_registers; /* raw: NT_FPREGSET, NT_X86_XSTATE …; size 0 for none */
	struct inq_text_stack stack;			  /* as a text prints it, which is then not walked again */
	struct inq_place place;
};

/* A note of a core, whether understood or not. */
struct inq_note {
	const char *owner, *name; /* name: NULL when the type is not known */
	uint64_t type, size;
	struct inq_place place;
};

/* One entry of the auxiliary vector. */
struct inq_aux {
	uint64_t type, value;
};

INQ_VEC(inq_artefact_vec, struct inq_artefact)
INQ_VEC(inq_mapping_vec, struct inq_mapping)
INQ_VEC(inq_object_vec, struct inq_object)
INQ_VEC(inq_thread_vec, struct inq_thread)
INQ_VEC(inq_note_vec, struct inq_note)
INQ_VEC(inq_aux_vec, struct inq_aux)
INQ_VEC(inq_memstat_vec, struct inq_memstat)
INQ_VEC(inq_kmastat_vec, struct inq_kmastat)
INQ_VEC(inq_kstat_vec, struct inq_kstat)
INQ_VEC(inq_vmstat_vec, struct inq_vmstat)
INQ_VEC(inq_histogram_vec, struct inq_jvm_histogram)

/* Tables of the kernel's memory, in the order they were read. They are of a machine, not of a process. */
struct inq_kernel_tables {
	struct inq_memstat_vec memstats;
	struct inq_kmastat_vec kmastats;
	struct inq_kstat_vec kstats;
	struct inq_vmstat_vec vmstats;
};

/* What the user knows of the JVM, where the artefacts do not tell. */
struct inq_jvm_hints {
	const char *args, *version; /* NULL: not given */
	bool text_only;		    /* use the address map alone, though memory is at hand */
};

struct inq_jvm;

enum { INQ_TOUCHED = 64 };

struct inq_space {
	struct inq_ctx *ctx;
	enum inq_os os;
	struct inq_machine machine;
	uint64_t page_size;				     /* 0 unknown */
	uint64_t brk_base, brk_size, stack_base, stack_size; /* where the system tells them (Solaris pstatus); else 0 */
	uint64_t told_heap_size, told_stack_size;	     /* by a text that does not say where they are; 0 unknown */
	struct inq_artefact_vec artefacts;
	struct inq_process process;
	struct inq_thread_vec threads;
	struct inq_mapping_vec mappings;
	struct inq_object_vec objects;
	struct inq_note_vec notes;
	struct inq_aux_vec aux;
	const struct inq_files
		*files; /* where files of objects are opened, once they were checked; outlives the space */
	uint64_t touched[INQ_TOUCHED]; /* windows of the artefacts that were read lately (space.c) */
	unsigned touch_count;
	size_t latest;	/* the mapping that was read last */
	void *unwinder; /* what lib/unwind keeps between walks */
	void (*unwinder_destroy)(void *unwinder);
	void *types; /* what lib/types keeps of the objects */
	void (*types_destroy)(void *types);
	struct inq_string_vec titles; /* lines around a listing that say what it is: prompts, comments */
	struct inq_kernel_tables kernel;
	const char *jvm_heap; /* the lines in which a JVM tells of its heap (hs_err, GC.heap_info); NULL */
	struct inq_histogram_vec histograms; /* of the JVM's objects, in the order they were read */
	struct inq_jvm_hints jvm_hints;
	bool asked_jvm;		   /* lib/jvm has looked */
	const struct inq_jvm *jvm; /* what it found; NULL */
	void *heap;		   /* what lib/heap keeps between look-ups */
	void (*heap_destroy)(void *heap);
	bool sealed;
	bool sparse;		 /* only some of the mappings are told: an address in none may be mapped */
	bool all_lines;		 /* read also the debug information that is dear to unpack */
	struct inq_cache *cache; /* where files of objects come from and go to; NULL */
	bool fetch;		 /* ask debuginfod for files that are not here */
};

/* Look-ups in a sealed space: O(log n). The results belong to it; NULL when there is none. */
const struct inq_mapping *inq_space_mapping_at(const struct inq_space *space, uint64_t address);
/* The first mapping that ends after `address`: the one holding it, or the next above. */
const struct inq_mapping *inq_space_mapping_from(const struct inq_space *space, uint64_t address);
struct inq_object *inq_space_object_at(const struct inq_space *space, uint64_t address);

/* True when an address that no mapping holds was really not mapped. Not so where no map is among the artefacts (a piece of a
 * crash log), nor in OpenBSD's cores, which list only what they dumped. */
bool inq_space_lists_all(const struct inq_space *space);
/* Whether any artefact holds memory: a core does, a text does not. */
bool inq_space_holds_memory(const struct inq_space *space);

/* The value of an auxiliary vector entry (AT_…), or `otherwise`. */
uint64_t inq_space_aux(const struct inq_space *space, uint64_t type, uint64_t otherwise);

/* A NUL-terminated string of the process's memory, at most `limit` bytes, copied to the arena; NULL when unreadable. */
const char *inq_space_string(struct inq_space *space, uint64_t address, size_t limit);

/* The addresses around `address` whose bytes the artefact itself holds in one piece, within one mapping: of a core read within
 * a bound of memory not all that was dumped. False when it does not hold those at `address`. */
bool inq_space_held(const struct inq_space *space, uint64_t address, struct inq_range *ret);
/* A view on the held bytes from `address` on, at most `limit`, in one piece. False when there are none. */
bool inq_space_view_from(struct inq_space *space, uint64_t address, uint64_t limit, struct inq_view *ret);

/* A view of the target's word size and byte order on `size` bytes of memory within one mapping; false when unreadable. */
bool inq_space_view(struct inq_space *space, uint64_t address, size_t size, struct inq_view *ret);
/* An unsigned integer of `size` bytes (1, 2, 4 or 8) of the process's memory, in its byte order; false when unreadable. */
bool inq_space_integer(struct inq_space *space, uint64_t address, unsigned size, uint64_t *ret);
/* Lets go of the memory that the artefacts' pages take, for now: for who has looked at many pages of one mapping. */
void inq_space_give_back(struct inq_space *space);

/* pc, sp … of a thread by role (arch->pc …); false when not known. */
bool inq_thread_register(const struct inq_space *space, const struct inq_thread *thread, uint8_t index, uint64_t *ret);
/* What the C library finds a thread's own data by. False where no register is known to hold it. */
bool inq_thread_pointer(const struct inq_space *space, const struct inq_thread *thread, uint64_t *ret);
/* The same where the control block begins there and the variables end (struct inq_arch: tls_below). */
bool inq_thread_control_block(const struct inq_space *space, const struct inq_thread *thread, uint64_t *ret);
bool inq_thread_pc(const struct inq_space *space, const struct inq_thread *thread, uint64_t *ret);
bool inq_thread_sp(const struct inq_space *space, const struct inq_thread *thread, uint64_t *ret);

const char *inq_os_name(enum inq_os os); /* "linux", …; NULL for unknown */

#endif
