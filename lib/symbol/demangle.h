/* Names of C++, Rust and D as their programmers wrote them. */
#ifndef INQ_SYMBOL_DEMANGLE_H
#define INQ_SYMBOL_DEMANGLE_H

#include "lib/base/ctx.h"

/* The readable form of a linker's name, in the arena; `name` itself when it has none, or the module is missing. The module
 * is opened only for a name that begins like a mangled one (_Z, _R, _D). */
const char *inq_demangle(struct inq_ctx *ctx, const char *name);

#endif
