/* Encoded pointers of call-frame information: how many bytes, and what they count from, an encoding tells.
 * Facts: Linux Standard Base, "DWARF Exception Header Encoding". */
#ifndef INQ_UNWIND_CFI_POINTER_H
#define INQ_UNWIND_CFI_POINTER_H

#include "lib/base/cursor.h"

enum { /* DW_EH_PE_…: the form in the low half, what it counts from above that */
       INQ_PE_ABSOLUTE = 0x00,
       INQ_PE_OMIT = 0xff,
       INQ_PE_FORM = 0x0f,
       INQ_PE_FROM = 0x70
};

/* What pointers may count from. */
struct inq_cfi_bases {
	uint64_t place;	   /* address of the cursor's first byte, as the file counts */
	uint64_t data;	   /* start of .eh_frame_hdr */
	uint64_t function; /* start of the function */
};

/* Bytes of an encoded value; 0 for LEB128 and unknown forms. */
unsigned inq_cfi_form_size(uint8_t encoding, unsigned word);
/* A pointer in this encoding; an indirect one gives the place where the pointer stands. */
uint64_t inq_cfi_pointer(struct inq_cursor *reader, uint8_t encoding, const struct inq_cfi_bases *bases);

#endif
