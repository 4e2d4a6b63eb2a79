/* Go's own table of functions, which its run-time needs and so no strip takes away: the names, files and lines of a Go program
 * that has neither symbols nor debug information.
 *
 * Facts: Go's sources, internal/abi, runtime/symtab.go (pcHeader, _func, moduledata), debug/gosym/pclntab.go, for the tables of
 * Go 1.2 and up. */
#ifndef INQ_SYMBOL_PCLNTAB_H
#define INQ_SYMBOL_PCLNTAB_H

#include "lib/elf/elf.h"
#include "lib/space/model.h"

struct inq_pclntab {
	struct inq_view bytes, names, units, files, values, functions; /* parts of the section; `bytes` is the whole */
	uint64_t count;						       /* functions */
	uint64_t header;					       /* its own address in the file */
	struct inq_view calls; /* what describes inlined calls; size 0: it is not known where that is */
	bool calls_sought;
	uint64_t text; /* addresses (of the file) in the table count from here; 0: they do not count from anywhere */
	uint8_t age;   /* enum inq_pclntab_age */
	uint8_t step;  /* bytes of an instruction at least */
	uint8_t field; /* bytes of a field of the table of functions */
	uint8_t word;
};

struct inq_pclntab_function {
	const char *name; /* in the section */
	uint64_t start, size;
	uint64_t record; /* its _func */
};

/* Whether a file has a section for it. */
bool inq_pclntab_is_in(const struct inq_elf *elf);

/* The table of a file that is mapped as `object`; false when it has none, or one that is not known. */
bool inq_pclntab_open(struct inq_space *space, const struct inq_object *object, const struct inq_elf *elf,
		      struct inq_pclntab *ret);

/* The function that holds `address` (in the file's count), by a binary search. */
bool inq_pclntab_at(const struct inq_pclntab *table, uint64_t address, struct inq_pclntab_function *ret);

struct inq_pclntab_place {
	const char *function, *file;
	unsigned line;
};

/* Finds what describes inlined calls, once; only tables of Go 1.18 and up have it. */
void inq_pclntab_find_calls(struct inq_space *space, const struct inq_object *object, const struct inq_elf *elf,
			    struct inq_pclntab *table);

/* The places of `address`, which must be in that function: the innermost function whose code was inlined there first, each
 * followed by the one it was inlined into, last the function itself. Returns how many (at most `most`); 0 when not all are
 * known. */
size_t inq_pclntab_places(const struct inq_pclntab *table, const struct inq_pclntab_function *function,
			  uint64_t address, struct inq_pclntab_place *ret, size_t most);

/* Bytes that the frame has of the stack at `address`, which must be in that function. */
bool inq_pclntab_depth(const struct inq_pclntab *table, const struct inq_pclntab_function *function, uint64_t address,
		       uint64_t *ret);

#endif
