/* The Java virtual machine in a process: what it is, and where its memory lies. Plain data, as in <inquest/report.h>. */
#ifndef INQUEST_JVM_H
#define INQUEST_JVM_H

#include <inquest/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A piece of the JVM's memory and what it is made of: the heap of generations, a generation of spaces, the code cache of
 * code heaps. Sizes are bytes; INQ_UNKNOWN for what no witness tells. */
struct inq_jvm_area {
	const char *name;    /* "heap", "young", "old", "perm", "eden", "from", "to", "non-nmethods", … */
	uint64_t start, end; /* of what is reserved */
	uint64_t reserved, committed, used;
	uint64_t resident; /* as the system counted it (smaps, pmap -x) */
	enum inq_confidence confidence;
	struct inq_evidence evidence;
	const struct inq_jvm_area *parts; /* by address */
	size_t part_count;
};

/* A region of a collector that divides its heap into such (G1, Shenandoah; ZGC's pages, of three sizes). */
struct inq_jvm_region {
	uint64_t start, end, top;
	const char *type; /* "eden", "survivor", "old", "humongous", "free", "archive", …: the subclasses of jvm-heap */
};

struct inq_jvm_flag {
	const char *name, *value; /* "NewRatio", "8" */
	const char *origin;	  /* "command line", "ergonomic", "default", …; "inferred": solved from the layout */
};

/* A Java thread's stack, its guard zones included. */
struct inq_jvm_thread {
	uint64_t tid; /* INQ_UNKNOWN */
	uint64_t stack_start, stack_end;
	uint64_t guard_end; /* first address that is not of the zones without access at the low end */
};

/* Another layout that the witness allows as well. */
struct inq_jvm_alternative {
	const char *text; /* "parallel: old 341 MiB below young 171 MiB" */
	enum inq_confidence confidence;
	struct inq_evidence evidence;
};

struct inq_jvm {
	const char *found_by; /* "vmstructs", "perfdata", "arithmetic", "hs-err": the witness of the layout */
	enum inq_confidence confidence;
	struct inq_evidence evidence;
	const char *kind;    /* "hotspot", "openj9", "native-image" */
	const char *version; /* "17.0.21+9-Debian-1" */
	unsigned major;	     /* 8, 11, 17 …; 0 unknown */
	const char *vendor, *vm_name;
	const char *
		collector; /* "serial", "parallel", "parnew", "cms", "g1", "z", "z-generational", "shenandoah", "epsilon" */
	const char *as_of; /* when the figures are of another time than the death: "the last collection" */
	const struct inq_jvm_flag *flags; /* those that are not defaults, and those that were inferred */
	size_t flag_count;
	bool has_heap;
	struct inq_jvm_area heap; /* its parts are the generations */
	const struct inq_jvm_region *regions;
	size_t region_count;
	uint64_t region_size;
	const uint64_t *views; /* where the memory of the heap is mapped once more (ZGC to 23): the address that
				* heap.start has there */
	size_t view_count;
	bool has_code_cache, has_metaspace, has_class_space, has_cds, has_perfdata;
	struct inq_jvm_area code_cache, metaspace, class_space;
	struct inq_jvm_area cds, perfdata;    /* the shared archive of classes; the counters of the JVM */
	const struct inq_jvm_thread *threads; /* Java threads, by address */
	size_t thread_count;
	/* How references are stored in 32 bits; oops_mode NULL: not known. */
	const char *oops_mode; /* "unscaled", "zero-based", "disjoint", "non-zero-based", "off" */
	uint64_t narrow_oop_base;
	unsigned narrow_oop_shift;
	const struct inq_jvm_area *side_tables; /* card table, mark bitmaps, …, by address */
	size_t side_table_count;
	const struct inq_jvm_alternative *alternatives; /* most likely first */
	size_t alternative_count;
	struct inq_evidence disagreements; /* where two witnesses of this JVM tell different things */
};

/* The objects of one class. Arrays are named as Java writes them ("byte[]"), whatever the tool printed. */
struct inq_jvm_class {
	const char *name;
	const char *module; /* "java.base@17.0.15"; NULL: not told */
	uint64_t instances, bytes;
};

/* A class histogram as a tool printed it. Two classes of one name are of different class loaders. */
struct inq_jvm_histogram {
	const char *artefact;
	uint64_t line;
	const struct inq_jvm_class *classes; /* in the order of the text: most bytes first */
	size_t class_count;
	uint64_t instances, bytes; /* of all classes that are listed */
};

#ifdef __cplusplus
}
#endif
#endif
