/* The report: plain data, the fields of the contract, no logic. Analyses fill it, renderers and triage read it.
 *
 * Everything here belongs to the incident that made it and lives as long. Arrays come with a count; a NULL string,
 * INQ_UNKNOWN or a false `has_…` means that no artefact tells; such fields are left out of JSON. */
#ifndef INQUEST_REPORT_H
#define INQUEST_REPORT_H

#include <inquest/heap.h>
#include <inquest/jvm.h>
#include <inquest/kernel.h>
#include <inquest/signature.h>
#include <inquest/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One input, or one listing of an input that holds several. */
struct inq_artefact_info {
	const char *path;
	const char *kind;	 /* a name of the contract's list, such as "elf-core" */
	const char *os;		 /* "linux", "solaris", "freebsd", …; NULL unknown */
	const char *arch;	 /* "x86_64", "sparcv9", …; NULL unknown */
	unsigned bits;		 /* 32, 64; 0 unknown */
	const char *endian;	 /* "little", "big"; NULL unknown */
	uint64_t size;		 /* bytes of the input (of the unpacked one, when it was compressed) */
	const char *compression; /* "gzip", "zstd", …; NULL when it was not compressed */
	bool partial;		 /* cut, damaged, or with rows left out */
	uint64_t missing_bytes;	 /* bytes that the artefact's own headers promise and the file does not hold */
	uint64_t line;		 /* first line of the listing within its file, 1 for the first; 0 for a binary */
	uint64_t pid;
	const char *detail;   /* one line more: the program, its signal, the number of rows … */
	bool recognised_only; /* this version knows the kind but cannot read it: nothing of it was used */
	bool other_process;   /* told apart: of another process than the one reported */
	const char *gave;     /* "memory, address map": what was taken from it, "" for nothing new; NULL: not joined */
};

struct inq_contradiction {
	const char *what;
	struct inq_evidence artefacts; /* paths */
	struct inq_evidence evidence;
};

/* What would help most, and how to get it. */
struct inq_missing {
	const char *what, *why, *how;
};

struct inq_process_info {
	uint64_t pid, ppid, uid, gid;
	const char *name, *args, *exe, *cwd;
	const char *started; /* RFC 3339 UTC */
	const char *parents; /* who started it, innermost first: "1639 /usr/sbin/gdm-binary, 1 /sbin/init" */
	uint64_t threads;
	const char *os, *arch; /* of the process, as in inq_artefact_info */
	unsigned bits;
};

/* Something near an address that nothing is mapped at. */
struct inq_near {
	const char *what;  /* object path, class name or label */
	const char *side;  /* "below": the thing ends at or below the address; "above": it starts above */
	uint64_t distance; /* bytes between the address and the nearest byte of the thing */
	uint64_t start, end;
};

struct inq_location {
	uint64_t address; /* INQ_UNKNOWN for a place that a text tells by its names alone */
	bool mapped;
	bool untold; /* not mapped as far as the artefacts tell, which do not list everything (or nothing at all) */
	bool told;   /* object and symbol are what a text says, and no map confirms them */
	const char *asked;  /* the question as it was put, when it was not a plain address */
	const char *object; /* path of the mapped file; NULL for anonymous memory */
	uint64_t offset;    /* from the object's load base */
	const char *section;
	const char *symbol; /* as the linker has it */
	uint64_t symbol_offset;
	const char *function; /* by debug information: the innermost, when some were inlined here; else the symbol,
			       * when its readable form differs */
	bool inlined;	      /* `function` was inlined into another: `symbol_offset` is not from its beginning */
	const char *file;     /* by debug information */
	unsigned line;
	const char *member; /* of a static variable: "ring.slots[3].next", "ring.slots[3].next+0x2"; NULL */
	const char *type;   /* of that: "struct slot *" */
	bool has_class;
	enum inq_class region_class;
	const char *region_subclass; /* "relro", "survivor", …; NULL */
	enum inq_confidence confidence;
	const char *name;    /* of the mapping, as its artefact prints it: "[stack]", … */
	uint64_t start, end; /* of the region that holds it */
	unsigned permissions;
	bool in_chunk; /* of the native heap */
	struct inq_heap_chunk chunk;
	struct inq_near near[2];
	size_t near_count;
};

struct inq_signal_info {
	int number;	  /* 0: no signal */
	const char *name; /* "SIGSEGV"; by the system of the artefact */
	bool has_code;
	int code;			 /* si_code */
	const char *code_name;		 /* "SEGV_MAPERR"; NULL for one that the system does not name */
	const char *meaning;		 /* "address not mapped to object" */
	uint64_t sender_pid, sender_uid; /* for signals sent by a process */
};

struct inq_register_info {
	const char *name;
	uint64_t value;
};

/* One access to memory by an instruction. */
struct inq_access_info {
	unsigned access; /* INQ_ACCESS_… */
	bool has_address;
	uint64_t address;
	unsigned size;	     /* bytes; 0 unknown */
	const char *operand; /* "rax+rcx*8+0x10"; NULL when only the processor tells of the access */
	bool judged;	     /* the permissions there are known: `permitted` means something */
	bool permitted;	     /* the mapping at that address allows it */
};

struct inq_instruction_info {
	const uint8_t *bytes;  /* from pc on; NULL when they are not to be had */
	size_t size;	       /* of the instruction, or of what is there when it could not be decoded */
	const char *text;      /* NULL when it could not be decoded */
	const char *undecoded; /* why it could not be: the module is missing; NULL */
	const struct inq_access_info *accesses;
	size_t access_count;
};

/* A parameter of a frame's function. */
struct inq_argument {
	const char *name;  /* NULL: not told */
	const char *type;  /* as C writes it: "const char *" */
	const char *value; /* as a debugger prints it: "3", "0x55d0c0de \"hello\""; NULL: not known */
	const char *text;  /* "fd=3", "fd=<optimized out>"; the type, where the name is not told */
};

/* A frame. Recursion is folded: where `repeats` is not 0, this frame and the `cycle` - 1 that follow it came that many times
 * more; the frame after them in the list has the index that it has on the stack. */
struct inq_frame_info {
	unsigned index; /* on the stack: 0 is the innermost */
	unsigned cycle;
	uint64_t repeats;
	uint64_t pc, sp;
	bool exact; /* pc is the instruction itself; false: a return address, which `location` names by the call before it */
	const char *kind, *found_by;
	enum inq_confidence confidence;
	const char *printed_arguments; /* as a text prints them, without the parentheses; NULL */
	struct inq_location location;
	const char *prototype; /* "int (int, char **)"; NULL: the types are not known, or were not asked for */
	const struct inq_argument *arguments;
	size_t argument_count;
};

struct inq_thread_info {
	uint64_t tid;
	const char *name;
	bool crashed;
	const char *state;
	const char *waits_on;	       /* "mutex 0x…, held by thread 12"; NULL: nothing is known that it waits for */
	uint64_t waits_for;	       /* index of the thread that must go on first, where it waits; INQ_UNKNOWN */
	struct inq_signal_info signal; /* pending in this thread, number 0 for none */
	const struct inq_register_info *registers;
	size_t register_count;
	const struct inq_location *points_to; /* one for each register, or NULL: filled for the crashed thread */
	uint64_t pc, sp;
	uint64_t stack_start,
		stack_end; /* of the mapping that sp is in, or the part of it that is a stack; INQ_UNKNOWN when it is in none */
	uint64_t stack_used;		     /* from sp to its end */
	const struct inq_frame_info *frames; /* frame 0 is the registers themselves */
	size_t frame_count;
	const char
		*truncated_by; /* why the stack ends: "outermost" for one that is whole; NULL when it was not walked */
	const char *truncated_why; /* the same in words, where there is more to say; NULL */
};

/* A register that would hold a good address if one bit of it were another: a mark of damaged memory. */
struct inq_bit_flip {
	const char *register_name;
	uint64_t address, corrected;
	enum inq_confidence confidence;
};

/* Where and how something faulted. */
struct inq_fault_info {
	struct inq_signal_info signal;
	uint64_t thread; /* tid */
	uint64_t pc, sp; /* INQ_UNKNOWN */
	bool has_fault_address;
	bool fault_computed; /* the system told no address: it is what the instruction computes from the registers */
	uint64_t fault_address;
	unsigned access;		    /* INQ_ACCESS_… that failed at the fault address; 0 unknown */
	struct inq_location location;	    /* of pc */
	struct inq_location fault_location; /* of the fault address */
	struct inq_instruction_info instruction;
};

/* The fault behind an abort in a signal handler. */
struct inq_original_info {
	struct inq_fault_info fault;
	const char
		*found_by; /* "signal-frame": the stack leads to it; "stack-search": a valid saved context lies there */
	enum inq_confidence confidence;
	uint64_t context; /* address of the signal frame */
	const struct inq_register_info *registers;
	size_t register_count;
	const struct inq_frame_info *frames; /* frame 0 is the saved context */
	size_t frame_count;
	const char *truncated_by, *truncated_why;
};

/* The frame to blame. */
struct inq_culprit_info {
	uint64_t thread, frame; /* index in the frames of the original fault, or of the thread */
	struct inq_location location;
	const char *why;
	enum inq_confidence confidence;
};

struct inq_crash_info {
	struct inq_fault_info last; /* what ended the process */
	bool behind_handler;	    /* `original` holds what really happened */
	struct inq_original_info original;
	const struct inq_bit_flip *bit_flips;
	size_t bit_flip_count;
	uint32_t
		last_error; /* errno of the thread that died, which the last call that failed left, perhaps long ago; 0:
			      * none, or not known (it is known on Linux, with glibc or musl, x86-64 and AArch64) */
	const char *last_error_name, *last_error_text; /* "ENOENT", "No such file or directory"; NULL */
	bool has_culprit;
	struct inq_culprit_info culprit;
	const struct inq_diagnosis *diagnosis; /* most likely first */
	size_t diagnosis_count;
};

enum inq_file_state { INQ_FILE_UNCHECKED, INQ_FILE_MATCHED, INQ_FILE_MISMATCHED, INQ_FILE_MISSING };
enum inq_object_kind {
	INQ_OBJECT_EXE,
	INQ_OBJECT_LIBRARY,
	INQ_OBJECT_INTERPRETER,
	INQ_OBJECT_VDSO,
	INQ_OBJECT_JAR,
	INQ_OBJECT_FILE
};
enum inq_symbols {
	INQ_SYMBOLS_UNKNOWN,
	INQ_SYMBOLS_NONE,
	INQ_SYMBOLS_DYNAMIC,
	INQ_SYMBOLS_MINI,
	INQ_SYMBOLS_FULL,
	INQ_SYMBOLS_DEBUG
};

struct inq_object_info {
	const char *path;
	uint64_t start, end;  /* of its mappings; objects may lie within the gaps of others */
	uint64_t base;	      /* what offsets count from: below `start` where the file's beginning is not mapped */
	uint64_t load_bias;   /* address at run time minus address in the file; INQ_UNKNOWN when no header tells */
	const char *build_id; /* lower-case hex */
	const char *soname;
	enum inq_object_kind kind;
	enum inq_file_state file;
	const char *file_path; /* the file that was looked at, when it is not `path` */
	const char *file_note; /* why it is mismatched or missing */
	bool deleted;	       /* the kernel says that the file was deleted */
	enum inq_symbols symbols;
	uint64_t mappings; /* number of */
};

struct inq_alternative {
	enum inq_class class_;
	const char *subclass;
	enum inq_confidence confidence;
};

struct inq_region {
	uint64_t start, end;
	enum inq_class class_;
	enum inq_confidence confidence;
	unsigned permissions;
	const char *subclass;
	const char *name;      /* as the artefact prints it */
	const char *object;    /* path of the mapped file */
	uint64_t thread;       /* tid of the owner, INQ_UNKNOWN for none */
	uint64_t dumped_bytes; /* INQ_UNKNOWN for artefacts that hold no memory */
	uint64_t resident_bytes, dirty_bytes, swap_bytes;
	uint64_t huge_bytes; /* of them in transparent huge pages */
	struct inq_evidence evidence;
	const struct inq_alternative *alternatives;
	size_t alternative_count;
};

struct inq_memory_class {
	enum inq_class class_;
	uint64_t size, resident, dumped, count;
};

/* How many notes of a kind the core holds: the unknown are listed too. */
struct inq_note_count {
	const char *owner, *name; /* name NULL for a type that is not known here */
	uint64_t type, count, bytes;
};

struct inq_report {
	bool partial;
	const char *verdict;
	enum inq_confidence verdict_confidence;
	const char *const *warnings; /* "FILE:PLACE: what; what to do", ready to print */
	size_t warning_count;
	const struct inq_contradiction *contradictions;
	size_t contradiction_count;
	const struct inq_missing *missing;
	size_t missing_count;
	const struct inq_artefact_info *artefacts;
	size_t artefact_count;
	struct inq_process_info process;
	bool has_crash;
	struct inq_crash_info crash;
	struct inq_signature signature;	       /* hash NULL: there is none, or it was not asked for */
	const struct inq_thread_info *threads; /* the crashed one first */
	size_t thread_count;
	const struct inq_object_info *objects; /* by their starts */
	size_t object_count;
	const struct inq_region *regions; /* by address, disjoint */
	size_t region_count;
	const struct inq_memory_class *memory; /* largest first */
	size_t memory_count;
	uint64_t memory_total;
	const struct inq_note_count *notes;
	size_t note_count;
	const struct inq_jvm *jvm;		    /* NULL: no JVM, or not asked for */
	const struct inq_jvm_histogram *histograms; /* of the JVM's objects, as texts tell them */
	size_t histogram_count;
	const struct inq_heap *heap;		       /* NULL likewise */
	const struct inq_kernel_memory *kernel_memory; /* NULL: no artefact tells of it */
	const struct inq_location *locations;	       /* answers of `where`, in the order asked */
	size_t location_count;
};

/* What really happened, in a report of a crash: the fault behind the handler, else what ended the process. */
INQ_API const struct inq_fault_info *inq_report_fault(const struct inq_report *report);
/* Its stack, from the fault on; NULL and no frames when it was not walked. */
INQ_API const struct inq_frame_info *inq_report_fault_stack(const struct inq_report *report, size_t *count);

/* The region that holds the address, among regions in the order of their addresses; NULL for none. */
INQ_API const struct inq_region *inq_region_at(const struct inq_region *regions, size_t count, uint64_t address);
/* The same among the objects of a report: of those that begin at or below the address the last, if it does not end before. */
INQ_API const struct inq_object_info *inq_object_info_at(const struct inq_object_info *objects, size_t count,
							 uint64_t address);

INQ_API const char *inq_file_state_name(enum inq_file_state state);
INQ_API const char *inq_object_kind_name(enum inq_object_kind kind);
/* NULL for INQ_SYMBOLS_UNKNOWN. */
INQ_API const char *inq_symbols_name(enum inq_symbols symbols);

#ifdef __cplusplus
}
#endif
#endif
