/* What HotSpot chooses where no flag says it, by version, processor and variant; and how it divides a heap. */
#ifndef INQ_JVM_ERGONOMICS_H
#define INQ_JVM_ERGONOMICS_H

#include "lib/jvm/flags.h"

struct inq_jvm_platform {
	unsigned major; /* 0 unknown */
	unsigned at_least, at_most;
	unsigned bits; /* 0 unknown */
	bool x86, server, client;
};

/* How large the young generation is, and why. */
struct inq_jvm_split {
	uint64_t young;
	const char *flag; /* "NewRatio": by a ratio; "Xmn", "MaxNewSize", "NewSize": by a size */
	unsigned ratio;	  /* for NewRatio */
	bool told;	  /* on the command line */
	bool usual;	  /* the default of some release of this kind */
};

enum { INQ_JVM_MOST_SPLITS = 8 };

/* Whether a version in [first, last] may be the case. */
bool inq_jvm_may_be(const struct inq_jvm_platform *platform, unsigned first, unsigned last);

/* The collector that the flags select; NULL when they leave it to HotSpot. */
const char *inq_jvm_collector_told(const struct inq_jvm_options *options, const struct inq_jvm_platform *platform);
/* Whether HotSpot takes this collector by itself. */
bool inq_jvm_collector_usual(const char *collector, const struct inq_jvm_platform *platform);

/* The boundary that generations of a collector are aligned to. */
uint64_t inq_jvm_generation_alignment(const char *collector, const struct inq_jvm_platform *platform);

/* The sizes that a heap of -Xmx can get, for want of knowing the alignment: at most 3. */
unsigned inq_jvm_heap_sizes(const char *collector, const struct inq_jvm_options *options,
			    const struct inq_jvm_platform *platform, uint64_t ret[3]);
/* The sizes of the permanent generation: at most 2. */
unsigned inq_jvm_perm_sizes(const struct inq_jvm_options *options, const struct inq_jvm_platform *platform,
			    uint64_t ret[2]);

/* The young generation's size: what the flags say, else the defaults, the likely ones first. */
unsigned inq_jvm_splits(const struct inq_jvm_options *options, const struct inq_jvm_platform *platform, uint64_t heap,
			uint64_t alignment, struct inq_jvm_split ret[INQ_JVM_MOST_SPLITS]);
/* Whether that is the size which CMS chooses by the number of its threads. */
bool inq_jvm_split_by_threads(const struct inq_jvm_platform *platform, const char *collector, uint64_t young);
/* The ratio that gives a young generation of exactly this size; 0 when none does. */
unsigned inq_jvm_ratio_of(uint64_t heap, uint64_t young, uint64_t alignment);

/* G1's and Shenandoah's region size; 0 when it cannot be told. */
uint64_t inq_jvm_region_size(const char *collector, const struct inq_jvm_options *options,
			     const struct inq_jvm_platform *platform, uint64_t heap);

#endif
