/* Registers by the names that instructions use, which may be parts of registers: "eax", "r8d", "w3", "fp". */
#ifndef INQ_DIAGNOSE_REGISTERS_H
#define INQ_DIAGNOSE_REGISTERS_H

#include "lib/unwind/unwind.h"

/* False when the register is not known, or its value was not saved. A zero register is 0. */
bool inq_register_value(const struct inq_arch *arch, const struct inq_registers *registers, const char *name,
			uint64_t *ret);

/* The whole register's name: "rax" for "eax"; the name itself where it is whole or unknown. */
const char *inq_register_whole(const struct inq_arch *arch, const char *name);

#endif
