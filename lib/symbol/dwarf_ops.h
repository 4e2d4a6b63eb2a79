/* Debug information: what the module `dwarf` does for the library. It gets the bytes of the sections, unpacked, and gives
 * source places; it calls nothing of libinquest, so this header asks nothing of it but types. */
#ifndef INQ_SYMBOL_DWARF_OPS_H
#define INQ_SYMBOL_DWARF_OPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct inq_dwarf_section {
	const char *name; /* ".debug_info", … */
	const uint8_t *data;
	uint64_t size;
};

/* The input and all that it points to must live as long as the state. */
struct inq_dwarf_input {
	const struct inq_dwarf_section *sections;
	size_t count;
	uint8_t word; /* bytes of an address */
	bool big;
};

/* A function and the place in its source. The strings live as long as the state. */
struct inq_dwarf_place {
	const char *function; /* as the linker knows it, mangled; NULL */
	const char *file;     /* NULL */
	unsigned line;	      /* 0: not known */
};

struct inq_dwarf_ops {
	/* NULL when there is nothing usable, or no memory. */
	void *(*open)(const struct inq_dwarf_input *input);
	/* The places of an address of the file: the innermost inlined function first, each followed by the one it was
	 * inlined into, last the function itself. Returns how many (at most `most`), 0 when it is in none. */
	size_t (*places)(void *state, uint64_t address, struct inq_dwarf_place *ret, size_t most);
	void (*close)(void *state);
};

#endif
