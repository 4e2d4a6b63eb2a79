/* Classification: what each region of the address space is, how we know, how sure.
 *
 * Rules make claims and never write regions; the arbiter keeps the surest claim for each mapping (of equally sure ones the
 * rule that stands first in rules.def), its evidence, and the others as alternatives. Two rules that make the same
 * `possible` claim make it `likely`. A claim on a part of a mapping stands against the one on the whole: the surer is kept.
 * A mapping that nobody claims is `anon` or `file`, which says no more than what the map says.
 *
 * A new rule: 1. lib/classify/rules/NAME.c with one `const struct inq_rule inq_rule_NAME`; 2. its row in rules.def. */
#ifndef INQ_CLASSIFY_RULE_H
#define INQ_CLASSIFY_RULE_H

#include "lib/space/model.h"

#include <inquest/report.h>

struct inq_claims;

struct inq_rule {
	const char *name;
	/* Looks at the space and makes claims with inq_claim. */
	void (*run)(struct inq_space *space, struct inq_claims *claims);
};

/* Claims the mapping with this index (of space->mappings). `evidence` is one short sentence, a constant or in the arena;
 * `subclass` may be NULL. Costs no allocation for the first claim on a mapping. */
void inq_claim(struct inq_claims *claims, size_t mapping, enum inq_class class_, const char *subclass,
	       enum inq_confidence confidence, const char *evidence);
/* The same for a part of a mapping: [start, end) becomes a region of its own. */
void inq_claim_part(struct inq_claims *claims, size_t mapping, uint64_t start, uint64_t end, enum inq_class class_,
		    const char *subclass, enum inq_confidence confidence, const char *evidence);
void inq_claim_thread_part(struct inq_claims *claims, size_t mapping, uint64_t start, uint64_t end, uint64_t tid,
			   enum inq_class class_, const char *subclass, enum inq_confidence confidence,
			   const char *evidence);
/* As inq_claim, and tells which thread owns the region. */
void inq_claim_thread(struct inq_claims *claims, size_t mapping, uint64_t tid, enum inq_class class_,
		      enum inq_confidence confidence, const char *evidence);

/* The best class claimed so far, by the rules that stand above in rules.def; INQ_CLASS_COUNT for none. */
enum inq_class inq_claimed(const struct inq_claims *claims, size_t mapping);

/* How sure that claim is; 0 for none. */
unsigned inq_claimed_confidence(const struct inq_claims *claims, size_t mapping);

/* A sentence for a claim, in the arena; NULL when memory is out (a claim takes that). */
const char *inq_claim_text(struct inq_space *space, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Runs all rules. *ret: the regions, by address, disjoint, in the arena; their sizes add up to the mappings'. */
enum inq_status inq_classify(struct inq_space *space, const struct inq_region **ret, size_t *count);

/* Adds up regions by class, largest first. */
enum inq_status inq_memory_by_class(struct inq_space *space, const struct inq_region *regions, size_t count,
				    const struct inq_memory_class **ret, size_t *ret_count);

#endif
