/* The JVM's generations by arithmetic: which layout of which collector fits the address map.
 *
 * A collector reserves its heap in one piece, divides it by the flags, and commits each generation from its lower
 * end (genCollectedHeap.cpp, parallelScavengeHeap.cpp, generation sizes: genArguments.cpp). So a map shows the
 * reservation as a stretch of anonymous memory, and inside it a border wherever a generation begins, or ends what it
 * has committed. The solver goes through windows (where the reservation can lie), rows (layouts.def: which
 * generations in which order) and splits (how large young can be); a fit is one of each that contradicts no mapping.
 * Fits are weighed by how many borders they explain.
 *
 * Invariant: a fit never has a border of permissions inside it that its generations do not explain. */
#ifndef INQ_JVM_LAYOUT_LAYOUT_H
#define INQ_JVM_LAYOUT_LAYOUT_H

#include "lib/jvm/ergonomics.h"
#include "lib/jvm/identity.h"
#include "lib/jvm/jvm.h"

enum {
	INQ_LAYOUT_GENERATIONS = 3,
	INQ_LAYOUT_FITS = 6,
	INQ_LAYOUT_MOST_TABLES = 8,
	INQ_LAYOUT_GRAIN = 64 << 10 /* Generation::GenGrain: every generation begins and ends at a multiple */
};

/* One layout: generations by address. */
struct inq_layout_row {
	const char *collector;
	unsigned first, last;			   /* major versions */
	const char *order[INQ_LAYOUT_GENERATIONS]; /* none: equal regions, or one space */
};

/* Anonymous memory by address, with the sums that make "how much of [a, b)" cheap. */
struct inq_layout_map {
	struct inq_space *space;
	uint64_t *before; /* [i]: eligible bytes of the mappings below i */
	bool *eligible;	  /* can be a part of a heap */
	size_t count;
	uint64_t class_space; /* where one begins that may have merged with a heap below it; 0 */
};

struct inq_layout_window {
	uint64_t start, end;
	uint64_t heap;		     /* size without perm */
	bool start_shows, end_shows; /* as borders of mappings */
	bool by_flag;		     /* the size is -Xmx */
	bool pictured;		     /* a mapping near it is as large as its mark bitmap would be */
};

struct inq_layout_generation {
	const char *name;
	uint64_t start, end;
	uint64_t committed_end; /* of the first committed piece */
	bool starts_at_border;	/* of a mapping */
	bool commit_shows;	/* the end of what is committed, likewise */
	bool elided;		/* the row of what is committed is missing in the listing */
	bool in_large_pages;	/* what is committed was rounded up to the next page of 2 MiB */
};

struct inq_layout_fit {
	const struct inq_layout_row *row;
	struct inq_layout_window window;
	struct inq_layout_generation generations[INQ_LAYOUT_GENERATIONS];
	size_t count;
	uint64_t heap_start, heap_end;
	bool start_shows, end_shows; /* the heap's own, as borders of mappings */
	const char *place;	     /* what speaks for this place: "it ends at 4 GiB, …"; NULL */
	struct inq_jvm_split split;
	bool split_shows;    /* a mapping border lies between young and old */
	bool collector_told; /* by a flag */
	bool archived;	     /* pieces of the class data archive are mapped into the heap, as G1 does */
	int score;
	struct inq_jvm_area tables[INQ_LAYOUT_MOST_TABLES];
	size_t table_count;
	bool table_missing; /* one that should show does not */
};

/* What is known before the solving. */
struct inq_layout_case {
	struct inq_space *space;
	struct inq_jvm_options options;
	struct inq_jvm_platform platform;
	struct inq_layout_map map;
	struct inq_layout_fit fits[INQ_LAYOUT_FITS]; /* best first */
	size_t fit_count;
	size_t effort; /* mappings looked at so far */
	struct inq_jvm_identity identity;
	const char *told; /* the collector that the flags select; NULL */
	bool sure;	  /* that this is a JVM: libjvm, hsperfdata, or the user says so */
};

/* map.c */
bool inq_layout_map_build(struct inq_space *space, struct inq_layout_map *ret);
/* Anonymous memory that lies from mapping `first` on up to `end` is something else, and no part of a heap. */
void inq_layout_exclude(struct inq_layout_map *map, size_t first, uint64_t end);
/* To be called after the last of them. */
void inq_layout_map_sum(struct inq_layout_map *map);
/* Bytes of [start, end) in eligible mappings. */
uint64_t inq_layout_covered(const struct inq_layout_map *map, uint64_t start, uint64_t end);
/* The index of the first mapping that ends after `address`. */
size_t inq_layout_from(const struct inq_layout_map *map, uint64_t address);
/* Whether a mapping begins or ends exactly there, or a class space is known to begin. */
bool inq_layout_is_border(const struct inq_layout_map *map, uint64_t address);
bool inq_layout_accessible(const struct inq_mapping *mapping);
/* Committed bytes of [start, end): those that may be accessed. */
uint64_t inq_layout_committed(const struct inq_layout_map *map, uint64_t start, uint64_t end);
/* What the system counted in [start, end); INQ_UNKNOWN when a mapping with a count lies only partly inside. */
uint64_t inq_layout_resident(const struct inq_layout_map *map, uint64_t start, uint64_t end);

/* windows.c: calls `try` for every place where a reservation of the case's heap can lie. `perm` is 0 or the permanent
 * generation's size, whose bytes lie above the heap. */
typedef void inq_layout_try(struct inq_layout_case *jvm, const struct inq_layout_window *window, const void *data);
void inq_layout_windows_of(struct inq_layout_case *jvm, uint64_t heap, uint64_t perm, inq_layout_try *try,
			   const void *data);
void inq_layout_windows_by_shape(struct inq_layout_case *jvm, inq_layout_try *try, const void *data);

/* glibc's arenas are 64 MiB at a multiple of it (HEAP_MAX_SIZE, arena.c): rw and --- like a generation. */
bool inq_layout_is_arena(uint64_t start, uint64_t end);

/* What HotSpot's choice of addresses says for a heap there; NULL when nothing does. */
const char *inq_layout_place(const struct inq_layout_case *jvm, uint64_t start, uint64_t end);

/* fit.c: *fit has row, window, split and the generations' ranges; false when a mapping contradicts them. */
bool inq_layout_check(const struct inq_layout_case *jvm, struct inq_layout_fit *fit);

/* tables.c: the second witness. */
void inq_layout_tables(const struct inq_layout_map *map, struct inq_layout_fit *fit);

/* solve.c: fills fits. */
void inq_layout_solve(struct inq_layout_case *jvm);
/* Whether two fits say the same of every address. */
bool inq_layout_same(const struct inq_layout_fit *a, const struct inq_layout_fit *b);
enum inq_confidence inq_layout_confidence(const struct inq_layout_case *jvm, const struct inq_layout_fit *fit);

/* tell.c, areas.c, z.c, openj9.c: write the answer. */
bool inq_layout_tell(struct inq_layout_case *jvm, struct inq_jvm *ret);
void inq_layout_exclude_areas(struct inq_layout_case *jvm);
void inq_layout_tell_areas(struct inq_layout_case *jvm, struct inq_jvm *ret);
bool inq_layout_tell_z(struct inq_layout_case *jvm, struct inq_jvm *ret);
void inq_layout_tell_openj9(struct inq_layout_case *jvm, struct inq_jvm *ret);

#endif
