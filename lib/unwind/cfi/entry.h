/* The entries of call-frame information: CIEs (what functions have in common) and FDEs (one function each), as
 * .eh_frame and .debug_frame hold them. Decoded where they lie; nothing is allocated.
 * Facts: DWARF 5, section 6.4.1; .eh_frame: Linux Standard Base, "Exception Frames". */
#ifndef INQ_UNWIND_CFI_ENTRY_H
#define INQ_UNWIND_CFI_ENTRY_H

#include "lib/unwind/cfi/pointer.h"

/* A section, or what is there of one. */
struct inq_cfi_section {
	struct inq_view bytes; /* with the file's word size and byte order */
	uint64_t address;      /* of its first byte, as the file counts */
	uint64_t data_base;    /* address of .eh_frame_hdr */
	bool debug;	       /* in the form of .debug_frame */
};

struct inq_cfi_cie {
	uint64_t code_align;
	int64_t data_align;
	uint64_t return_column;	 /* DWARF number that stands for the return address */
	uint8_t encoding;	 /* of the addresses in its FDEs */
	uint8_t address_size;	 /* of absolute ones */
	bool has_augmentation;	 /* its FDEs hold augmentation data, whose size is told */
	bool signal_frame;	 /* the frame was made by a signal: its caller's pc is exact */
	struct inq_view program; /* the instructions that every FDE begins with */
};

struct inq_cfi_fde {
	struct inq_cfi_cie cie;
	uint64_t start, end;	 /* of the function, as the file counts */
	struct inq_view program; /* its own instructions */
	uint64_t program_address;
};

/* What stands at an offset of a section. */
enum inq_cfi_what { INQ_CFI_END, INQ_CFI_IS_CIE, INQ_CFI_IS_FDE, INQ_CFI_BAD };

struct inq_cfi_entry {
	enum inq_cfi_what what;
	uint64_t next;		/* offset of the entry after it */
	uint64_t cie_offset;	/* of an FDE: where its CIE stands */
	struct inq_cursor body; /* at what follows the id */
};

struct inq_cfi_entry inq_cfi_entry_at(const struct inq_cfi_section *section, uint64_t offset);
bool inq_cfi_cie_at(const struct inq_cfi_section *section, uint64_t offset, struct inq_cfi_cie *ret);
/* The FDE whose entry is `entry`, of the CIE that inq_cfi_cie_at gave for entry->cie_offset. */
bool inq_cfi_fde_of(const struct inq_cfi_section *section, struct inq_cfi_entry entry, const struct inq_cfi_cie *cie,
		    struct inq_cfi_fde *ret);
/* Both at once. */
bool inq_cfi_fde_at(const struct inq_cfi_section *section, uint64_t offset, struct inq_cfi_fde *ret);

#endif
