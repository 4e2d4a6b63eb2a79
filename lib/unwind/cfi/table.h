/* Where an object keeps its call-frame information, and the entry of one function in it.
 *
 * A look-up goes through the binary search table of .eh_frame_hdr, so that of a library's megabytes a few pages are
 * touched. Without that table the section is read once, in order, and an index is kept. .debug_frame has no table, and is
 * opened only when a function is not in .eh_frame.
 * Facts: Linux Standard Base, "Exception Frames" and ".eh_frame_hdr section". */
#ifndef INQ_UNWIND_CFI_TABLE_H
#define INQ_UNWIND_CFI_TABLE_H

#include "lib/elf/elf.h"
#include "lib/space/model.h"
#include "lib/unwind/cfi/entry.h"

/* One function of an index. */
struct inq_cfi_range {
	uint64_t start, end;
	uint64_t offset; /* of its FDE */
};

INQ_VEC(inq_cfi_index, struct inq_cfi_range)

struct inq_cfi_source {
	struct inq_cfi_section section; /* bytes.size 0: there is none */
	struct inq_cfi_index index;	/* by address */
	bool indexed;
};

struct inq_cfi_table {
	struct inq_view search; /* the entries of .eh_frame_hdr's table: pairs of address and FDE; size 0: none */
	uint8_t search_encoding;
	struct inq_cfi_source frames[2]; /* .eh_frame, .debug_frame */
	uint8_t *unpacked;		 /* the bytes of the second, when they were compressed */
	bool debug_opened;
};

/* The table of an object: of its image in memory if the artefact holds that whole, else of its matched file: then true. What
 * is nowhere stays empty. */
bool inq_cfi_table_open(struct inq_space *space, struct inq_object *object, struct inq_cfi_table *ret);
/* Adds .debug_frame, of the object's file or of its separate debug file, compressed or not: for functions that .eh_frame
 * leaves out. False when there is nothing new. */
bool inq_cfi_open_debug(struct inq_space *space, struct inq_object *object, struct inq_cfi_table *table);
void inq_cfi_table_release(struct inq_cfi_table *table);

/* The entry of the function that holds `address` (as the file counts). INQ_NO_MEMORY is noted in `ctx`. */
bool inq_cfi_find(struct inq_ctx *ctx, struct inq_cfi_table *table, uint64_t address, struct inq_cfi_fde *ret);

/* Sets the search table by the bytes of .eh_frame_hdr; gives the address of .eh_frame, or INQ_UNKNOWN. */
uint64_t inq_cfi_read_header(struct inq_cfi_table *table, const struct inq_view *header, uint64_t address);

#endif
