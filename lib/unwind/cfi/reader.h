/* A cursor over the bytes of call-frame information: integers, LEB128 numbers, encoded pointers. What runs out of the
 * bytes gives 0 and sets `bad`, so that a decoder reads a whole entry and asks once.
 * Facts: DWARF 5, section 7.6; pointer encodings: Linux Standard Base, "DWARF Exception Header Encoding". */
#ifndef INQ_UNWIND_CFI_READER_H
#define INQ_UNWIND_CFI_READER_H

#include "lib/base/view.h"

enum { /* DW_EH_PE_…: the form in the low half, what it counts from above that */
       INQ_PE_ABSOLUTE = 0x00,
       INQ_PE_OMIT = 0xff,
       INQ_PE_FORM = 0x0f,
       INQ_PE_FROM = 0x70
};

struct inq_cfi_reader {
	struct inq_view bytes;
	uint64_t at;
	uint64_t address; /* of the first byte, as the file counts */
	bool bad;
};

/* What encoded pointers may count from, beside their own place. */
struct inq_cfi_bases {
	uint64_t data;	   /* start of .eh_frame_hdr */
	uint64_t function; /* start of the function */
};

uint64_t inq_cfi_integer(struct inq_cfi_reader *reader, unsigned size);
uint64_t inq_cfi_uleb(struct inq_cfi_reader *reader);
int64_t inq_cfi_sleb(struct inq_cfi_reader *reader);
void inq_cfi_skip(struct inq_cfi_reader *reader, uint64_t size);
/* The next `size` bytes, over which the reader moves. */
struct inq_view inq_cfi_take(struct inq_cfi_reader *reader, uint64_t size);

/* Bytes of an encoded value; 0 for LEB128 and unknown forms. */
unsigned inq_cfi_form_size(uint8_t encoding, unsigned word);
/* A pointer in this encoding; an indirect one gives the place where the pointer stands. */
uint64_t inq_cfi_pointer(struct inq_cfi_reader *reader, uint8_t encoding, const struct inq_cfi_bases *bases);

#endif
