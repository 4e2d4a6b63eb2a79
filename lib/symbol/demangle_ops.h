/* Names as their programmers wrote them: what the module `demangle` does for the library. It calls nothing of libinquest. */
#ifndef INQ_SYMBOL_DEMANGLE_OPS_H
#define INQ_SYMBOL_DEMANGLE_OPS_H

#include <stdbool.h>
#include <stddef.h>

struct inq_demangle_ops {
	/* Writes the readable name, with its NUL, to `buffer`. False when it is no mangled name, or it does not fit. */
	bool (*demangle)(const char *name, char *buffer, size_t size);
};

#endif
