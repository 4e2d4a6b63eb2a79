/* The dynamic section (PT_DYNAMIC): tag and value pairs up to DT_NULL, in a file or as the run-time linker left it in
 * memory. Facts: gABI chapter 5, "Dynamic Section". */
#ifndef INQ_ELF_DYNAMIC_H
#define INQ_ELF_DYNAMIC_H

#include "lib/elf/elf.h"

enum { /* beside those of lib/elf/elf.h */
       INQ_DT_HASH = 4,
       INQ_DT_SYMTAB = 6,
       INQ_DT_SYMENT = 11,
       INQ_DT_GNU_HASH = 0x6ffffef5
};

/* No linker writes more entries than fit in this many bytes; a larger p_memsz is not believed. */
enum { INQ_DYNAMIC_LIMIT = 64 << 10 };

/* *ret = the value of the first entry with this tag before DT_NULL; false when there is none. `dynamic` holds the bytes of
 * the section, with the target's word size and byte order; it may be cut. */
bool inq_elf_dynamic(const struct inq_view *dynamic, uint64_t tag, uint64_t *ret);

/* How many bytes of memory a PT_DYNAMIC segment asks to be read, bounded. Solaris' link editor leaves p_memsz 0. */
uint64_t inq_elf_dynamic_size(const struct inq_elf_segment *dynamic);

#endif
