/* Names of addresses inside one object: symbols, sections, and places in source; out of the matched file, the separate debug
 * file that belongs to it, or what the core holds (the vdso, a dumped library, tables that the kernel wrote). Tables are
 * opened on first use and kept with the object. A mismatched file is never used.
 *
 * A symbol source is one file and one row of symbols.def, asked in the order of the rows. */
#ifndef INQ_SYMBOL_SYMBOL_H
#define INQ_SYMBOL_SYMBOL_H

#include "lib/elf/elf.h"
#include "lib/space/model.h"

#include <inquest/report.h>

struct inq_symbol {
	const char *name; /* version (@GLIBC_2.2.5) stripped */
	uint64_t start;	  /* address at run time */
	uint64_t size;	  /* 0: the table does not say; such a symbol holds addresses up to the next one */
	bool exact;	  /* the address is inside [start, start + size) */
	bool thumb;	  /* 32-bit Arm: a function of Thumb instructions */
};

/* The best name for `address` (run time) in `object`: a sized symbol that holds it (a global before a local one of the same
 * range, functions and data before untyped ones); else a zero-size one below it in the same section with nothing
 * between. Never a mark such as $x, $d, .L…, nor a section or file symbol; never a far-away neighbour. */
bool inq_symbol_at(struct inq_space *space, struct inq_object *object, uint64_t address, struct inq_symbol *ret);

/* What the table that a Go program's own run-time unwinds with says of an address. */
struct inq_go_frame {
	const char *function;
	uint64_t
		depth; /* bytes that the frame has of the stack, but for the return address that a call has pushed there */
};

bool inq_symbol_go_frame(struct inq_space *space, struct inq_object *object, uint64_t address,
			 struct inq_go_frame *ret);

/* The address at run time of a defined symbol; false when there is none of that name. */
bool inq_symbol_find(struct inq_space *space, struct inq_object *object, const char *name, size_t length,
		     uint64_t *ret);

/* A function and a place in its source, by debug information. */
struct inq_symbol_place {
	const char *function; /* as the linker knows it, mangled; NULL */
	const char *file;     /* NULL */
	unsigned line;	      /* 0: not known */
};

/* The places of `address`: the innermost inlined function first, each followed by the one it was inlined into, last the
 * function itself. Returns how many (at most `most`), 0 without debug information. For a return address, ask for the byte before it. */
size_t inq_symbol_places(struct inq_space *space, struct inq_object *object, uint64_t address,
			 struct inq_symbol_place *ret, size_t most);

/* The debug information (lib/dwarf/dwarf.h) of the matched file, else of its separate debug file; NULL when there is none.
 * Addresses in it are as the file counts them. It belongs to the object. */
struct inq_dwarf;
struct inq_dwarf *inq_symbol_dwarf(struct inq_space *space, struct inq_object *object);

/* The ELF file of separate debug information that belongs to the object, opened on first use; NULL. */
const struct inq_elf *inq_symbol_debug_file(struct inq_space *space, struct inq_object *object);

/* The section (".text") that `address` is in, by the file's or image's section headers; NULL when unknown. */
const char *inq_symbol_section(struct inq_space *space, struct inq_object *object, uint64_t address);

/* What names the object has: enum inq_symbols; INQ_SYMBOLS_UNKNOWN when no look-up has opened its tables yet. */
enum inq_symbols inq_symbol_known_level(const struct inq_object *object);

/* Lets go of the memory that the pages of all objects' files take, for now: they are read again when they are touched. */
void inq_symbols_give_back(const struct inq_space *space);

#endif
