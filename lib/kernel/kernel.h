/* The kernel's memory: from the tables that were read to what they mean. checks.c holds the figures against each other,
 * holders.c says who has the memory, findings.def lists the rules that say what to think of it.
 *
 * A new finding: 1. lib/kernel/findings/NAME.c with one `const struct inq_kernel_rule inq_kernel_rule_NAME`; 2. its row in
 * findings.def. What a category or cache is for stands in about.def. */
#ifndef INQ_KERNEL_KERNEL_H
#define INQ_KERNEL_KERNEL_H

#include "lib/space/model.h"

INQ_VEC(inq_kernel_check_vec, struct inq_kernel_check)
INQ_VEC(inq_kernel_finding_vec, struct inq_diagnosis)
INQ_VEC(inq_kernel_holder_vec, struct inq_kernel_holder)

/* What a rule looks at: the tables, and what was made of them so far. */
struct inq_kernel_case {
	struct inq_ctx *ctx;
	const struct inq_kernel_tables *tables;
	const struct inq_kernel_check *checks;
	size_t check_count;
	const struct inq_kernel_holder *holders; /* largest first */
	size_t holder_count;
};

struct inq_kernel_rule {
	const char *id;
	/* False when it does not fit. On true, text and confidence are set; id is preset. */
	bool (*find)(const struct inq_kernel_case *kernel, struct inq_diagnosis *ret);
};

/* All of it; *ret stays NULL when there are no tables. In the arena. */
enum inq_status inq_kernel_explain(struct inq_space *space, const struct inq_kernel_memory **ret);

enum inq_status inq_kernel_check(struct inq_ctx *ctx, const struct inq_kernel_tables *tables,
				 struct inq_kernel_check_vec *ret);
enum inq_status inq_kernel_holders(struct inq_ctx *ctx, const struct inq_kmastat *kmastat,
				   struct inq_kernel_holder_vec *ret);

/* What a category of ::memstat, or a cache, is; NULL for one that is not known. */
const char *inq_memstat_about(const char *name);
const char *inq_cache_about(const char *name);

/* Sentences in the arena; evidence beyond what there is room for is dropped. */
const char *inq_kernel_text(struct inq_ctx *ctx, const char *format, ...) __attribute__((format(printf, 2, 3)));
void inq_kernel_evidence(struct inq_ctx *ctx, struct inq_diagnosis *finding, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* A size for a sentence: "709 MiB". */
const char *inq_kernel_size_text(struct inq_ctx *ctx, uint64_t bytes);
/* value * 1000 / whole, 0 for an empty whole. */
uint64_t inq_permille(uint64_t value, uint64_t whole);
/* The same in percent. Both are rounded. */
uint64_t inq_percent(uint64_t value, uint64_t whole);

/* The row of that name, NULL for none. Several names: the sum of their bytes. */
const struct inq_memstat_row *inq_memstat_row(const struct inq_memstat *memstat, const char *name);
uint64_t inq_memstat_sum(const struct inq_memstat *memstat, const char *const *names);
const struct inq_vmem_row *inq_vmem_row(const struct inq_kmastat *kmastat, const char *name);
/* The statistic of unix:0:system_pages or another kstat; false when it is not told. */
bool inq_kstat_number(const struct inq_kernel_tables *tables, const char *kstat, const char *name, uint64_t *ret);

#endif
