/* A section that may be compressed, and is unpacked only as far as it is needed. Facts: gABI chapter 4, "Section
 * Compression"; .zdebug_ sections: the older form of the GNU tools ("ZLIB", the size in 8 bytes, a zlib stream). */
#ifndef INQ_SYMBOL_PACKED_SECTION_H
#define INQ_SYMBOL_PACKED_SECTION_H

#include "lib/base/ctx.h"
#include "lib/elf/elf.h"
#include "lib/io/unpack.h"

struct inq_packed_section {
	struct inq_view view; /* the bytes that are there so far; they stay where they are */
	uint64_t size;	      /* of the whole */
	struct inq_view packed;
	uint64_t place;	   /* in the file, for warnings */
	uint8_t *unpacked; /* room for the whole; NULL when the file has it unpacked */
	const struct inq_unpack_ops *ops;
	void *state;
	struct inq_unpack_buffers left;
	bool zlib, damaged, too_large;
};

/* The section of this name (".debug_info"), or the .zdebug_ one. False without bytes in the file. */
bool inq_packed_section_open(struct inq_ctx *ctx, const struct inq_elf *elf, const char *name,
			     struct inq_packed_section *ret);
/* All sections of this name, one after the other: the type units of a .dwo file have one each. */
bool inq_packed_section_join(struct inq_ctx *ctx, const struct inq_elf *elf, const char *name,
			     struct inq_packed_section *ret);
/* Unpacks the first `end` bytes, no more than `most` of them; warns when that cannot be done. */
void inq_packed_section_need(struct inq_ctx *ctx, struct inq_packed_section *section, uint64_t end, uint64_t most);
void inq_packed_section_close(struct inq_packed_section *section);

#endif
