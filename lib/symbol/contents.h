/* The bytes of a section, unpacked when it is compressed; and modules that a look-up needs. */
#ifndef INQ_SYMBOL_CONTENTS_H
#define INQ_SYMBOL_CONTENTS_H

#include "lib/base/ctx.h"
#include "lib/elf/elf.h"
#include "lib/io/provider.h"

struct inq_contents {
	struct inq_view view;
	uint8_t *unpacked; /* to be freed by the caller; NULL when the view is of the file itself */
};

/* Facts: gABI chapter 4, "Section Compression". False for a section without bytes in the file (SHT_NOBITS), or one that
 * cannot be unpacked. What lies beyond the end of the file is cut off. */
bool inq_section_contents(struct inq_ctx *ctx, const struct inq_elf *elf, const struct inq_elf_section *section,
			  struct inq_contents *ret);

/* The section .debug_NAME, or .zdebug_NAME as the GNU tools compressed it before the gABI knew how: "ZLIB", the size in
 * eight bytes, big-endian, and the packed bytes. False when there is neither. */
bool inq_debug_contents(struct inq_ctx *ctx, const struct inq_elf *elf, const char *name, struct inq_contents *ret);

/* The stream decoder for a section of ELFCOMPRESS_ type `type`; NULL when it is unknown, its module missing (with a warning),
 * or more is promised than such a stream can hold. */
struct inq_unpack_ops;
const struct inq_unpack_ops *inq_section_decoder(struct inq_ctx *ctx, uint64_t type, uint64_t packed,
						 uint64_t unpacked);
/* A zlib stream of exactly `size` unpacked bytes at once, if the fast decoder is there and the size worth it. */
bool inq_inflate_whole(const struct inq_view *packed, uint8_t *ret, uint64_t size);

/* What a module needs to be asked for. */
struct inq_wanted_module {
	const char *name;
	enum inq_provider_kind kind;
	const char *what;    /* what is lost without it: "names of packed symbol tables" */
	const char *package; /* of Debian, that holds its library */
};

/* Its ops; NULL with a warning, given once for the incident. */
const void *inq_open_module(struct inq_ctx *ctx, const struct inq_wanted_module *wanted);

#endif
