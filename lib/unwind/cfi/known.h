/* What is known of the call-frame information of one object: its tables, and the rows that were looked up. Of an object whose
 * file is kept for the next incident (lib/io/cache.h) all that is kept too: the cores of a batch go through the same places of
 * the same libraries. */
#ifndef INQ_UNWIND_CFI_KNOWN_H
#define INQ_UNWIND_CFI_KNOWN_H

#include "lib/base/dense.h"
#include "lib/base/vec.h"
#include "lib/unwind/cfi/run.h"
#include "lib/unwind/cfi/table.h"

/* A row, by the address as the file counts. */
struct inq_cfi_known_row {
	uint64_t address;
	struct inq_cfi_row row;
};

INQ_VEC(inq_cfi_known_row_vec, struct inq_cfi_known_row)

struct inq_cfi_known {
	const struct inq_arch *arch; /* whose registers the rows are of */
	struct inq_cfi_table table;
	bool of_file; /* belongs to the object, for whoever has that file next: rows are kept */
	struct inq_dense places;
	struct inq_cfi_known_row_vec rows;
};

/* What an earlier incident left of the object, or what is found now, up to inq_cfi_known_close. NULL without memory. */
struct inq_cfi_known *inq_cfi_known_open(struct inq_space *space, struct inq_object *object,
					 const struct inq_arch *arch);
/* What belongs to the object stays with it. NULL is fine. */
void inq_cfi_known_close(struct inq_cfi_known *known);

/* The row that was kept for the address; NULL. */
const struct inq_cfi_row *inq_cfi_known_row(struct inq_cfi_known *known, uint64_t address);
void inq_cfi_known_keep(struct inq_cfi_known *known, uint64_t address, const struct inq_cfi_row *row);

#endif
