/* What was added, and how the groups are told of it. */
#ifndef INQ_GROUP_COLLECTION_H
#define INQ_GROUP_COLLECTION_H

#include "lib/group/names.h"
#include "lib/group/parts.h"

/* A member; its strings are interned. */
struct inq_group_row {
	size_t entry;
	const char *path, *program, *version, *host;
	uint64_t seen;
};

INQ_VEC(inq_entry_vec, struct inq_entry)
INQ_VEC(inq_group_row_vec, struct inq_group_row)

struct inq_groups {
	struct inq_arena *arena, *result; /* of what was added; of what was made last */
	struct inq_names keys;		  /* hashes and reasons, with the numbers of their entries */
	struct inq_names strings;
	struct inq_entry_vec entries;
	struct inq_group_row_vec rows;
};

/* describe.c: the groups in ranked order, from the clusters. `first`: where the rows of each entry begin. */
enum inq_status inq_groups_describe(struct inq_groups *groups, const size_t *first, const struct inq_stem *stems,
				    size_t stem_count, const size_t *cluster, const struct inq_triage_group **ret,
				    size_t *count);

#endif
