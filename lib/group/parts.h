/* The steps of grouping: entries (one for each hash) become stems (what is compared), stems become clusters. */
#ifndef INQ_GROUP_PARTS_H
#define INQ_GROUP_PARTS_H

#include "lib/base/ctx.h"
#include "lib/group/group.h"

/* Frames of a stem: what lies further out never tells two bugs apart. */
enum { INQ_STEM_FRAMES = 16 };

/* Two crashes whose distance is more are never in one group. */
#define INQ_GROUP_THRESHOLD 0.3

/* Crashes of one hash. */
struct inq_entry {
	struct inq_signature signature; /* frames: of all members; the rest: of the one whose text comes first */
	const char *reason;		/* of failures, which have no hash; NULL */
	const char *const **builds;	/* different places that its frames are at: one row for each build */
	size_t build_count;
	size_t count;		  /* members */
	const uint64_t *programs; /* numbers of the programs that died, sorted */
	size_t program_count;
};

/* How it ended, apart: "SIGSEGV", "null", "write". */
struct inq_way {
	const char *kind;	   /* the whole */
	const char *signal, *word; /* not NUL-terminated */
	size_t signal_length, word_length;
	const char *detail; /* what the program said; "" for nothing */
	enum inq_way_family {
		INQ_WAY_OTHER,	/* like none but those of its own word */
		INQ_WAY_MEMORY, /* "null-…", "wild-…" */
		INQ_WAY_JUMP,
		INQ_WAY_HEAP,
		INQ_WAY_SANITIZER,
		INQ_WAY_ABORT, /* for a reason that is not known */
		INQ_WAY_EXACT  /* only the same hash is the same bug */
	} family;
	bool set; /* the frames are a set: their order tells nothing */
};

/* What is compared of an entry. */
struct inq_stem {
	size_t entry;
	struct inq_way way;
	const char *frames[INQ_STEM_FRAMES];	/* interned: the same text is the same pointer */
	const char *functions[INQ_STEM_FRAMES]; /* without object and namespace, interned; NULL: it has no name */
	size_t frame_count;
	bool inlines_known;
	const uint64_t *programs; /* of the entry */
	size_t program_count;
};

/* How far two stems are apart, and why. */
struct inq_nearness {
	double distance;		    /* 0: the same; 1 and more: another bug */
	const char *agree[INQ_STEM_FRAMES]; /* frames that both have, innermost first */
	size_t agree_count;
};

/* way.c */
struct inq_way inq_way_of(const struct inq_signature *signature);
double inq_way_distance(const struct inq_way *a, const struct inq_way *b);

/* distance.c: by way and frames; the same whichever is `a`. */
struct inq_nearness inq_stem_distance(const struct inq_stem *a, const struct inq_stem *b);

/* stem.c: one for each entry that has a hash, in an order that does not depend on that of the entries. */
enum inq_status inq_stems_make(struct inq_arena *arena, const struct inq_entry *entries, size_t count,
			       struct inq_stem **ret, size_t *ret_count);

/* stem.c: the order of stems by their frames, of which `skip` (a bit for each) are left out of `a`. */
int inq_stem_compare(const struct inq_stem *a, unsigned skip, const struct inq_stem *b);

/* cluster.c: cluster[i] = the first stem of the cluster of stem i. No two stems of a cluster are further apart than the
 * threshold. */
enum inq_status inq_stems_cluster(const struct inq_stem *stems, size_t count, size_t *cluster);

#endif
