/* A coarse grid over the addresses of a symbol table: which sized entries begin in which cell. It is made in one pass, is
 * small, and reads no names, so it pays from a few look-ups on. */
#ifndef INQ_SYMBOL_TABLE_GRID_H
#define INQ_SYMBOL_TABLE_GRID_H

#include <stdint.h>

/* Entries that reach no farther than the next cell are in the list of the cell that they begin in; all others in one
 * list. A list goes from `first` over `next` up to 0, the null symbol. */
struct inq_symbol_grid {
	uint64_t base, cells;
	unsigned shift;	 /* a cell is 1 << shift addresses */
	uint32_t *first; /* cells + 1: the last is that of the long ones; NULL before the grid is made */
	uint32_t *next;
};

/* The heads of the lists that may have an entry that holds the address. */
enum { INQ_GRID_LISTS = 3 };
void inq_grid_lists(const struct inq_symbol_grid *grid, uint64_t address, uint32_t ret[INQ_GRID_LISTS]);
void inq_grid_release(struct inq_symbol_grid *grid);

#endif
