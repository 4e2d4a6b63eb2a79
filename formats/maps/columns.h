/* Listings in columns: what each column means is read from the header line, never from its position. Where a listing
 * has no header (pmap -q) the shape of its first row tells. */
#ifndef INQ_FORMATS_MAPS_COLUMNS_H
#define INQ_FORMATS_MAPS_COLUMNS_H

#include "formats/maps/row.h"

/* What a column tells. */
enum inq_column {
	INQ_COLUMN_NUMBER, /* of no interest, but summed: a key of smaps, Lgrp */
	INQ_COLUMN_ADDRESS,
	INQ_COLUMN_END,
	INQ_COLUMN_SIZE,
	INQ_COLUMN_HEX_SIZE,
	INQ_COLUMN_RESIDENT,
	INQ_COLUMN_RESIDENT_PAGES,
	INQ_COLUMN_PROPORTIONAL,
	INQ_COLUMN_DIRTY,
	INQ_COLUMN_DIRTY_PART, /* Shared_Dirty and Private_Dirty of pmap -XX: together they are DIRTY */
	INQ_COLUMN_SWAP,
	INQ_COLUMN_ANONYMOUS,
	INQ_COLUMN_LOCKED,
	INQ_COLUMN_PAGE_SIZE,
	INQ_COLUMN_KERNEL_PAGE_SIZE, /* the same, of pmap -XX, which even adds it up */
	INQ_COLUMN_MODE,
	INQ_COLUMN_OFFSET,
	INQ_COLUMN_DEVICE,
	INQ_COLUMN_INODE,
	INQ_COLUMN_PID,
	INQ_COLUMN_FLAGS,
	INQ_COLUMN_VM_FLAGS,
	INQ_COLUMN_SKIP,
	INQ_COLUMN_NAME
};

enum { INQ_MOST_COLUMNS = 48 };

struct inq_columns {
	uint8_t fields[INQ_MOST_COLUMNS];	  /* enum inq_column */
	uint64_t values[INQ_MOST_COLUMNS];	  /* what the row read last says, as printed; 0 for "-" */
	uint64_t sums[INQ_MOST_COLUMNS];	  /* of the accepted rows */
	struct inq_span titles[INQ_MOST_COLUMNS]; /* the words of the header */
	size_t count;
	size_t words; /* so many columns, from the first one on, are one word each */
	bool has_end;
	bool sums_run_on;  /* pmap -X: see formats/maps/sums.c */
	bool dash_is_zero; /* Solaris prints 0 as "-"; Linux prints "-" for what the kernel does not tell */
};

/* No columns yet: the arrays are set up as far as there are columns. */
void inq_columns_begin(struct inq_columns *columns, bool dash_is_zero);
/* Reads a header line. False when its words are not those of an address map. */
bool inq_columns_header(struct inq_columns *columns, struct inq_span line);
/* One more column, unless there are too many. */
void inq_columns_push(struct inq_columns *columns, enum inq_column field);
/* Takes the columns from the shape of a pmap row. False, with no columns, when the line is none. */
bool inq_columns_guess(struct inq_columns *columns, struct inq_span line);
/* Reads a row by the columns; false when it does not fit. */
bool inq_columns_row(struct inq_columns *columns, struct inq_span line, struct inq_row *row);
/* Adds the row read last to the sums. */
void inq_columns_add(struct inq_columns *columns);
/* The column of the mappings' sizes, and the next column that can be summed, from `index` on; or -1. */
int inq_columns_size(const struct inq_columns *columns);
int inq_columns_summed(const struct inq_columns *columns, int index);

#endif
