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
