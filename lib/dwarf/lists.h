/* What range lists and location lists have in common: how their entries tell addresses. */
#ifndef INQ_DWARF_LISTS_H
#define INQ_DWARF_LISTS_H

#include "lib/dwarf/private.h"

struct inq_dwarf_list {
	struct inq_dwarf_unit *unit;
	struct inq_cursor cursor;
	uint64_t base; /* what offsets count from */
	bool dead;     /* the base is one that linkers give to what they left out */
	bool failed;   /* an address by index was not to be had */
};

/* At `offset` of the section. */
struct inq_dwarf_list inq_dwarf_list_open(struct inq_dwarf_unit *unit, struct inq_dwarf *dwarf,
					  enum inq_dwarf_section section, uint64_t offset);
/* Of a list with this index in the unit's table at `base`, the offset. */
bool inq_dwarf_list_indexed(struct inq_dwarf_unit *unit, enum inq_dwarf_section section, uint64_t base, uint64_t index,
			    uint64_t *ret);

void inq_dwarf_list_set_base(struct inq_dwarf_list *list, uint64_t base);
uint64_t inq_dwarf_list_address(struct inq_dwarf_list *list); /* in place */
uint64_t inq_dwarf_list_index(struct inq_dwarf_list *list);   /* by its index in .debug_addr */

/* Entries of .debug_ranges and .debug_loc: INQ_DWARF_PAIR with both addresses; base selections are obeyed. */
bool inq_dwarf_list_old_pair(struct inq_dwarf_list *list, uint64_t *start, uint64_t *end);

/* Adds to an address, in the width of the unit's addresses. */
uint64_t inq_dwarf_plus(const struct inq_dwarf_unit *unit, uint64_t address, uint64_t offset);

#endif
