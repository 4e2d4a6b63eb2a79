/* Makes the grid of a symbol table, and finds the cells of an address. A table made to fill one cell only makes it as slow as
 * the scan, and then the index is made (table.c). */
#include "lib/symbol/table.h"

#include <stdlib.h>

enum { PER_CELL = 64 }; /* entries, on average */

/* The lowest and highest address that a sized entry begins at. */
static bool find_bounds(const struct inq_symbol_table *table, uint64_t *low, uint64_t *high)
{
	*low = UINT64_MAX;
	*high = 0;
	for (uint64_t i = 1; i < table->count; i++) {
		uint64_t value, size;
		inq_table_range(table, i, &value, &size);
		if (!size || !value)
			continue;
		*low = value < *low ? value : *low;
		*high = value > *high ? value : *high;
	}
	return *low <= *high;
}

static uint64_t list_of(const struct inq_symbol_grid *grid, uint64_t value, uint64_t size)
{
	uint64_t cell = (value - grid->base) >> grid->shift;
	return size >> grid->shift || value < grid->base || cell >= grid->cells ? grid->cells : cell;
}

/* From the last entry on, so that each list has them in the table's order. */
static void fill(const struct inq_symbol_table *table, struct inq_symbol_grid *grid)
{
	for (uint64_t i = table->count - 1; i; i--) {
		uint64_t value, size;
		inq_table_range(table, i, &value, &size);
		if (!size)
			continue;
		uint32_t *first = &grid->first[list_of(grid, value, size)];
		grid->next[i] = *first;
		*first = (uint32_t)i;
	}
}

void inq_grid_make(struct inq_symbol_table *table)
{
	struct inq_symbol_grid grid = { .cells = table->count / PER_CELL + 1 };
	uint64_t high;
	/* A function descriptor's value says nothing of where the code is. */
	if (table->opd.size || table->count > UINT32_MAX || !find_bounds(table, &grid.base, &high))
		return;
	while (grid.shift < 63 && (high - grid.base) >> grid.shift >= grid.cells)
		grid.shift++;
	grid.first = inq_alloc((grid.cells + 1) * sizeof *grid.first);
	grid.next = inq_alloc(table->count * sizeof *grid.next);
	if (!grid.first || !grid.next) {
		inq_grid_release(&grid);
		return;
	}
	fill(table, &grid);
	table->grid = grid;
}

void inq_grid_lists(const struct inq_symbol_grid *grid, uint64_t address, uint32_t ret[INQ_GRID_LISTS])
{
	uint64_t cell = (address - grid->base) >> grid->shift;
	bool above = address >= grid->base;
	ret[0] = above && cell && cell - 1 < grid->cells ? grid->first[cell - 1] : 0;
	ret[1] = above && cell < grid->cells ? grid->first[cell] : 0;
	ret[2] = grid->first[grid->cells];
}

void inq_grid_release(struct inq_symbol_grid *grid)
{
	free(grid->first);
	free(grid->next);
	*grid = (struct inq_symbol_grid) { 0 };
}
