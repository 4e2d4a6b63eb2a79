/* HotSpot's choices. Sources: arguments.cpp, globals_x86.hpp and its kin of each release, genArguments.cpp,
 * collectorPolicy.cpp (up to 14), heapRegion.cpp, shenandoahHeapRegion.cpp. */
#include "lib/jvm/ergonomics.h"

#include "lib/base/checked.h"

#include <string.h>

static const uint64_t K = 1 << 10, M = 1 << 20;

enum { LARGEST_RATIO = 32 };

bool inq_jvm_may_be(const struct inq_jvm_platform *platform, unsigned first, unsigned last)
{
	if (platform->major)
		return first <= platform->major && platform->major <= last;
	return first <= platform->at_most && platform->at_least <= last;
}

const char *inq_jvm_collector_told(const struct inq_jvm_options *options, const struct inq_jvm_platform *platform)
{
	if (inq_jvm_option_on(options, INQ_JVM_OPTION_z)) {
		bool generational = platform->major >= 23;
		if (platform->major <= 23)
			generational = inq_jvm_option(options, INQ_JVM_OPTION_z_generational, generational) != 0;
		return generational ? "z-generational" : "z";
	}
	static const struct {
		enum inq_jvm_option_id option;
		const char *collector;
	} flags[] = { { INQ_JVM_OPTION_cms, "cms" },
		      { INQ_JVM_OPTION_parnew, "parnew" },
		      { INQ_JVM_OPTION_g1, "g1" },
		      { INQ_JVM_OPTION_parallel, "parallel" },
		      { INQ_JVM_OPTION_parallel_old, "parallel" },
		      { INQ_JVM_OPTION_serial, "serial" },
		      { INQ_JVM_OPTION_shenandoah, "shenandoah" },
		      { INQ_JVM_OPTION_epsilon, "epsilon" } };
	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
		if (inq_jvm_option_on(options, flags[i].option))
			return flags[i].collector;
	return NULL;
}

/* Up to 4 Serial; 5 to 8 Parallel on a server-class machine (with -client, never); 9 and later G1, on a small
 * machine Serial. */
bool inq_jvm_collector_usual(const char *collector, const struct inq_jvm_platform *platform)
{
	if (strcmp(collector, "serial") == 0)
		return true;
	if (strcmp(collector, "parallel") == 0)
		return inq_jvm_may_be(platform, 5, 8) && !platform->client;
	return strcmp(collector, "g1") == 0 && inq_jvm_may_be(platform, 9, 99);
}

/* ParallelScavengeHeap::intra_heap_alignment is 64 KiB × HeapWordSize; Generation::GenGrain is 64 KiB. */
uint64_t inq_jvm_generation_alignment(const char *collector, const struct inq_jvm_platform *platform)
{
	if (strcmp(collector, "parallel") != 0)
		return 64 * K;
	return platform->bits == 32 ? 256 * K : 512 * K;
}

/* MaxPermSize is ScaleForWordSize(64 MiB), which is 64 MiB × 13/10 on 64 bits, here down to 2 MiB. */
unsigned inq_jvm_perm_sizes(const struct inq_jvm_options *options, const struct inq_jvm_platform *platform,
			    uint64_t ret[2])
{
	uint64_t size;
	if (options->items[INQ_JVM_OPTION_max_perm_size].set) {
		if (!inq_align_up(options->items[INQ_JVM_OPTION_max_perm_size].value, 64 * K, &size) || !size)
			return 0;
		ret[0] = size;
		return 1;
	}
	unsigned count = 0;
	if (platform->bits != 64)
		ret[count++] = 64 * M;
	if (platform->bits != 32)
		ret[count++] = 82 * M;
	return count;
}

static void add_split(struct inq_jvm_split *splits, unsigned *count, uint64_t heap, struct inq_jvm_split split)
{
	if (!split.young || split.young >= heap || *count == INQ_JVM_MOST_SPLITS)
		return;
	for (unsigned i = 0; i < *count; i++)
		if (splits[i].young == split.young)
			return;
	splits[(*count)++] = split;
}

static uint64_t by_ratio(uint64_t heap, uint64_t ratio, uint64_t alignment)
{
	return ratio < heap ? heap / (ratio + 1) & ~(alignment - 1) : 0;
}

/* The defaults: 2; the x86 server VM up to 5: 8, the client VM: 12 or 8; the VM without compilers: 4. */
static void add_default_ratios(const struct inq_jvm_platform *platform, uint64_t heap, uint64_t alignment,
			       struct inq_jvm_split *splits, unsigned *count)
{
	static const struct {
		unsigned ratio, last;
		bool server, client;
	} ratios[] = { { 8, 5, true, false },
		       { 12, 6, false, true },
		       { 8, 6, false, true },
		       { 2, 99, true, true },
		       { 4, 5, true, true } };
	for (size_t i = 0; i < sizeof ratios / sizeof *ratios; i++) {
		if (!inq_jvm_may_be(platform, 0, ratios[i].last) || (ratios[i].last < 99 && platform->bits == 64))
			continue;
		if ((platform->server && !ratios[i].server) || (platform->client && !ratios[i].client))
			continue;
		add_split(splits, count, heap,
			  (struct inq_jvm_split) { .young = by_ratio(heap, ratios[i].ratio, alignment),
						   .flag = "NewRatio",
						   .ratio = ratios[i].ratio,
						   .usual = true });
	}
}

/* GenArguments::initialize_size_info: MaxNewSize is the size; else the ratio's share, but not less than NewSize. */
static bool add_told(const struct inq_jvm_options *options, uint64_t heap, uint64_t alignment,
		     struct inq_jvm_split *splits, unsigned *count)
{
	const struct inq_jvm_option *most = &options->items[INQ_JVM_OPTION_max_new_size];
	const struct inq_jvm_option *least = &options->items[INQ_JVM_OPTION_new_size];
	const struct inq_jvm_option *ratio = &options->items[INQ_JVM_OPTION_new_ratio];
	uint64_t size;
	if (most->set && inq_align_up(most->value, 1, &size)) {
		bool both = least->set && least->value == most->value;
		add_split(splits, count, heap,
			  (struct inq_jvm_split) { .young = size & ~(alignment - 1),
						   .flag = both ? "Xmn" : "MaxNewSize",
						   .told = true });
		return true;
	}
	uint64_t share = ratio->set && ratio->value <= LARGEST_RATIO ? by_ratio(heap, ratio->value, alignment) : 0;
	if (least->set && least->value > (ratio->set ? share : by_ratio(heap, 2, alignment))) {
		add_split(splits, count, heap,
			  (struct inq_jvm_split) {
				  .young = least->value & ~(alignment - 1), .flag = "NewSize", .told = true });
		return true;
	}
	if (ratio->set)
		add_split(splits, count, heap,
			  (struct inq_jvm_split) {
				  .young = share, .flag = "NewRatio", .ratio = (unsigned)ratio->value, .told = true });
	return ratio->set;
}

/* Arguments::set_cms_and_parnew_gc_flags (6 to 13): CMSYoungGenPerWorker, 64 MiB × 13/10 on 64 bits, for each of the collector's
 * threads, but not more than the ratio's share. */
bool inq_jvm_split_by_threads(const struct inq_jvm_platform *platform, const char *collector, uint64_t young)
{
	enum { MOST_THREADS = 64 };
	static const uint64_t grain = 64 * K, page = 4 * K;
	uint64_t each = platform->bits == 32 ? 64 * M : 64 * M * 13 / 10;
	bool uses = strcmp(collector, "cms") == 0 && inq_jvm_may_be(platform, 6, 13);
	for (uint64_t threads = 1; uses && threads <= MOST_THREADS; threads++)
		if (((each * threads + page - 1) & ~(page - 1) & ~(grain - 1)) == young)
			return true;
	return false;
}

unsigned inq_jvm_splits(const struct inq_jvm_options *options, const struct inq_jvm_platform *platform, uint64_t heap,
			uint64_t alignment, struct inq_jvm_split ret[INQ_JVM_MOST_SPLITS])
{
	unsigned count = 0;
	if (!add_told(options, heap, alignment, ret, &count))
		add_default_ratios(platform, heap, alignment, ret, &count);
	return count;
}

unsigned inq_jvm_ratio_of(uint64_t heap, uint64_t young, uint64_t alignment)
{
	for (unsigned ratio = 1; ratio <= LARGEST_RATIO; ratio++)
		if (by_ratio(heap, ratio, alignment) == young)
			return ratio;
	return 0;
}

static uint64_t power_of_two_down(uint64_t value)
{
	return value ? (uint64_t)1 << (63 - __builtin_clzll(value)) : 0;
}

/* HeapRegion::setup_heap_region_size: a 2048th, between 1 and 32 MiB, up to a power of two (down to it before 16).
 * The mean of -Xms and -Xmx until 15. ShenandoahHeapRegion::setup_sizes: between 256 KiB and 32 MiB, down. */
uint64_t inq_jvm_region_size(const char *collector, const struct inq_jvm_options *options,
			     const struct inq_jvm_platform *platform, uint64_t heap)
{
	bool g1 = strcmp(collector, "g1") == 0;
	if (!g1 && strcmp(collector, "shenandoah") != 0)
		return 0;
	uint64_t told =
		inq_jvm_option(options, g1 ? INQ_JVM_OPTION_region_size : INQ_JVM_OPTION_shenandoah_region_size, 0);
	if (told)
		return power_of_two_down(told);
	uint64_t least = g1 ? M : 256 * K, most = 32 * M, size = heap / 2048;
	if (g1 && (!platform->major || platform->major < 16)) {
		const struct inq_jvm_option *initial = &options->items[INQ_JVM_OPTION_initial_heap];
		if (size >= 2 * least && (!initial->set || !platform->major))
			return 0; /* the mean with a size that depends on the machine's memory */
		size = (heap / 2 + initial->value / 2) / 2048;
	}
	size = size < least ? least : size;
	uint64_t power = power_of_two_down(size);
	if (g1 && platform->major >= 16 && power < size)
		power *= 2;
	return power > most ? most : power;
}

/* GenRemSet::max_alignment_constraint: a page of cards (512 × 4 KiB) since 5; G1's and Shenandoah's largest region.
 * ShenandoahHeapRegion::setup_sizes: a multiple of the region. */
unsigned inq_jvm_heap_sizes(const char *collector, const struct inq_jvm_options *options,
			    const struct inq_jvm_platform *platform, uint64_t ret[3])
{
	uint64_t max_heap = inq_jvm_option(options, INQ_JVM_OPTION_max_heap, 0), grain = 64 * K;
	if (strcmp(collector, "shenandoah") == 0)
		grain = inq_jvm_region_size(collector, options, platform, max_heap);
	const uint64_t alignments[] = { inq_jvm_may_be(platform, 5, 99) ? 2 * M : 64 * K, grain, 32 * M };
	unsigned count = 0;
	for (size_t i = 0; i < 3; i++) {
		uint64_t size;
		if (!max_heap || !inq_align_up(max_heap, alignments[i], &size))
			continue;
		bool known = false;
		for (unsigned j = 0; j < count; j++)
			known |= ret[j] == size;
		if (!known)
			ret[count++] = size;
	}
	return count;
}
