/* Groups of crashes that are one bug: equal hashes first, then near ones (a distance of positions and gaps, complete linkage
 * under a threshold). The order in which crashes are added does not matter, and an index by frames keeps the work near-linear.
 * docs/triage.md has the formulas, docs/accuracy.md the figures. */
#ifndef INQ_GROUP_GROUP_H
#define INQ_GROUP_GROUP_H

#include <inquest/triage.h>

struct inq_groups;

/* What of a result the grouping needs: copied by inq_groups_add. */
struct inq_group_member {
	const char *path, *program, *version, *host;
	uint64_t seen;
	const struct inq_signature *signature; /* hash NULL: such members make a group by their reason */
	const char *reason;
	enum inq_triage_status status;
};

/* NULL without memory. */
struct inq_groups *inq_groups_create(void);
void inq_groups_destroy(struct inq_groups *groups); /* NULL is fine */

enum inq_status inq_groups_add(struct inq_groups *groups, const struct inq_group_member *member);

/* How many different hashes so far: what a progress bar shows before the groups are made. */
size_t inq_groups_hashes(const struct inq_groups *groups);

/* Makes the groups of all that was added, ranked. More may be added afterwards, and the groups made again. The result
 * belongs to `groups` until the next call. */
enum inq_status inq_groups_make(struct inq_groups *groups, const struct inq_triage_group **ret, size_t *count);

#endif
