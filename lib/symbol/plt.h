/* Names of the stubs through which calls go to other objects: "printf@plt". No symbol table has them; the stub's own
 * instructions tell which slot of the global offset table it jumps through, and the relocation of that slot names the
 * function. */
#ifndef INQ_SYMBOL_PLT_H
#define INQ_SYMBOL_PLT_H

#include "lib/base/ctx.h"
#include "lib/elf/elf.h"

struct inq_plt_stub {
	uint64_t start, size; /* addresses in the file */
	const char *name;     /* in the arena */
};

/* The stub that holds `address` (in the file's count), for x86-64, i386, aarch64, arm, riscv64, s390x and little-endian ppc64. */
bool inq_plt_at(struct inq_ctx *ctx, const struct inq_elf *elf, uint64_t address, struct inq_plt_stub *ret);

#endif
