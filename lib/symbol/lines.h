/* Debug information of one object, by the module `dwarf`. */
#ifndef INQ_SYMBOL_LINES_H
#define INQ_SYMBOL_LINES_H

#include "lib/symbol/names.h"
#include "lib/symbol/symbol.h"

struct inq_lines;

/* Opens the debug information of the matched file, else of its separate debug file. NULL when there is none (then the module
 * is not opened), or it cannot be read. Belongs to the caller. */
struct inq_lines *inq_lines_open(struct inq_space *space, struct inq_object *object, struct inq_names *names);
void inq_lines_close(struct inq_lines *lines); /* NULL is fine */

/* As inq_symbol_places; the address is in the file's count. The strings live as long as the lines. */
size_t inq_lines_places(struct inq_lines *lines, uint64_t address, struct inq_symbol_place *ret, size_t most);

#endif
