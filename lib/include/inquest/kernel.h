/* The kernel's memory as mdb and kstat print it. Plain data, as in <inquest/report.h>; all sizes in bytes, whatever the unit
 * of the text. Facts: the dcmds ::memstat, ::kmastat, ::umastat of illumos' and Solaris' mdb; kstat(8). */
#ifndef INQUEST_KERNEL_H
#define INQUEST_KERNEL_H

#include <inquest/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A category of ::memstat. */
struct inq_memstat_row {
	const char *name;
	unsigned depth; /* 1: a part of the row of depth 0 above it (Solaris 11.4) */
	uint64_t pages;
	uint64_t bytes;	   /* pages × page size; as printed, where the page size is not known */
	uint64_t printed;  /* as printed: megabytes or bytes, rounded by the tool */
	uint64_t permille; /* of physical memory, as printed; INQ_UNKNOWN */
	bool wrapped;	   /* the tool printed a negative count as a huge one: taken as 0 */
	const char *about; /* what it holds, and whether it can be given back; NULL for an unknown category */
};

struct inq_memstat {
	const char *artefact;
	uint64_t line;
	const struct inq_memstat_row *rows;
	size_t row_count;
	uint64_t page_size;			 /* inferred; 0 when the figures do not tell */
	bool in_megabytes;			 /* Solaris 9, 10 and illumos; else bytes with a unit (Solaris 11) */
	uint64_t total_pages, total_bytes;	 /* INQ_UNKNOWN when the row is missing */
	uint64_t physical_pages, physical_bytes; /* likewise */
};

struct inq_kmastat_cache {
	const char *name;
	uint64_t size, in_use, total; /* bytes of a buffer; buffers */
	uint64_t cached;	      /* buffers in threads' caches (::umastat); INQ_UNKNOWN */
	uint64_t memory, succeed, fail;
};

struct inq_kmastat_arena {
	const char *name;
	uint64_t memory, succeed, fail;
};

struct inq_vmem_row {
	const char *name;
	unsigned depth;
	size_t parent; /* index of the row it gets its memory from; its own for a root */
	uint64_t in_use, total, import, succeed, fail;
};

struct inq_kmastat {
	const char *artefact, *kind; /* "kmastat", "umastat" */
	uint64_t line;
	uint64_t unit; /* the bytes that the text counts in: 1 exact, 1024 with -k, … */
	const struct inq_kmastat_cache *caches;
	size_t cache_count;
	const struct inq_kmastat_arena *arenas;
	size_t arena_count;
	const struct inq_vmem_row *vmem;
	size_t vmem_count;
	bool elided; /* a mark says that rows were left out */
};

struct inq_kstat_value {
	const char *name, *text;
	bool is_number;
	uint64_t number;
};

struct inq_kstat {
	const char *artefact;
	uint64_t line;
	const char *module, *name, *class_;
	uint64_t instance;
	const struct inq_kstat_value *values;
	size_t value_count;
};

/* A line of vmstat: what the page scanner did in an interval. */
struct inq_vmstat {
	const char *artefact;
	uint64_t line;
	uint64_t free, swap, scan_rate; /* bytes; bytes; pages a second. INQ_UNKNOWN */
};

/* An identity that the figures must fulfil. */
struct inq_kernel_check {
	const char *what;
	uint64_t expected, found;
	bool ok;
	const char *note; /* why a difference may be harmless; NULL */
	const char *artefact;
	uint64_t line;
};

/* Who holds memory: caches, families of caches, arenas; largest first. */
struct inq_kernel_holder {
	const char *kind; /* "cache", "family", "arena" */
	const char *name;
	const char *about; /* what it is for; NULL */
	uint64_t bytes;
	uint64_t idle;	   /* of them in buffers that nobody uses; INQ_UNKNOWN */
	uint64_t permille; /* of all caches */
	uint64_t failures;
	uint64_t churn; /* allocations so far for each live buffer; INQ_UNKNOWN */
	bool twice;	/* its memory is counted again in other caches, whose slabs it is */
};

struct inq_kernel_memory {
	const struct inq_memstat *memstats;
	size_t memstat_count;
	const struct inq_kmastat *kmastats;
	size_t kmastat_count;
	const struct inq_kstat *kstats;
	size_t kstat_count;
	const struct inq_vmstat *vmstats;
	size_t vmstat_count;
	const struct inq_kernel_check *checks;
	size_t check_count;
	const struct inq_kernel_holder *holders; /* of the first kmastat */
	size_t holder_count;
	const struct inq_diagnosis *findings; /* most important first */
	size_t finding_count;
	const char *verdict; /* one sentence */
};

#ifdef __cplusplus
}
#endif
#endif
