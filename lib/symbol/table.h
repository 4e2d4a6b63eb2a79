/* A symbol table as it lies in a file or in memory, read in place: entries and strings are bounds of untrusted bytes, so
 * each value is checked when it is used. Facts: gABI chapter 4, "Symbol Table".
 *
 * A symbol source is one file with one `const struct inq_symbol_source inq_symbol_source_NAME`, and its row in
 * symbols.def. It says where the table is; looking up is the same for all. The first look-ups in a table scan it, the
 * next ones what a coarse grid has near the address; when they have looked at very many entries, an index of disjoint spans
 * is made, in which a look-up is a binary search. With a symbol cache a large table's index is made at once, and kept: one
 * that comes out of there is only a hint where to look. */
#ifndef INQ_SYMBOL_TABLE_H
#define INQ_SYMBOL_TABLE_H

#include "lib/elf/elf.h"
#include "lib/io/cache_folder.h"
#include "lib/space/model.h"
#include "lib/symbol/table_grid.h"

/* A piece of the address space of the file and the symbol that names it. */
struct inq_symbol_span {
	uint64_t value, size; /* as the file has them */
	const char *name;
	bool thumb; /* a function of 32-bit Arm in the processor's other mode */
};

/* The same in the index, and in the symbol cache: which entry of the table it is. */
struct inq_symbol_record {
	uint64_t start, end, entry;
};

/* An address that was asked for, and what was found there; no name: nothing. */
struct inq_symbol_recent {
	uint64_t address;
	struct inq_symbol_span span;
};

enum { INQ_TABLE_RECENT = 8 };

struct inq_symbol_table {
	struct inq_elf elf; /* the table's file, or the image's first mapping: machine, word size, section headers */
	struct inq_view symbols, strings;
	uint64_t count, entry_size;
	struct inq_view opd; /* the function descriptors of 64-bit PowerPC's first ABI; size 0: none */
	uint64_t opd_address;
	uint8_t level;	      /* enum inq_symbols */
	uint8_t *unpacked[3]; /* what the views are of, where a section was compressed; freed with the table */
	unsigned lookups;     /* so far, but for recent ones */
	uint64_t looked_at;   /* entries, in all of them */
	struct inq_symbol_recent recent[INQ_TABLE_RECENT];
	const struct inq_symbol_record *index; /* by address, disjoint; NULL before it is made */
	size_t index_count;
	const char **bare; /* names in the index whose version was taken off, as they were asked for; NULL */
	struct inq_symbol_record *index_made; /* where the index is: made here, */
	struct inq_source *index_kept;	      /* or out of the symbol cache */
	bool index_tried, cache_tried;
	struct inq_cache_folder *folder; /* where to find the index and to keep it, under this name; NULL */
	struct inq_cache_name cache_name;
	struct inq_source *kept; /* what `unpacked` would hold, out of the cache */
	struct inq_symbol_grid grid;
};

struct inq_names;

struct inq_symbol_source {
	const char *name;
	bool whole;   /* those after it could add nothing */
	bool of_core; /* the table lies in the core: it is of no use for another one */
	/* Opens the table; false when there is none. It comes zeroed, and is released by the caller in any case. */
	bool (*open)(struct inq_space *space, struct inq_object *object, struct inq_names *names,
		     struct inq_symbol_table *ret);
};

/* A usable entry: a named place in a section. Sizes and values as in the table, but for the marks that some machines put
 * into the value (Thumb's bit 0, PowerPC's descriptors): these are taken off. */
struct inq_symbol_entry {
	uint64_t value, size;
	const char *name; /* NUL-terminated, with its version */
	size_t length;	  /* its length without the version */
	uint32_t section; /* index, or 0 when it is not known */
	bool thumb;	  /* a function whose value had Thumb's bit */
	uint8_t rank;	  /* of several at one place the highest is the best: binding, then whether it is typed */
};

/* Entry `index` without its name; false for what names no address: undefined, absolute, section, file, TLS entries. */
bool inq_table_entry(const struct inq_symbol_table *table, uint64_t index, struct inq_symbol_entry *ret);
/* Where entry `index` (below the count) begins, without the bit that some machines keep there, and its size; as in the
 * table, and cheaper than the whole entry. */
static inline void inq_table_range(const struct inq_symbol_table *table, uint64_t index, uint64_t *value,
				   uint64_t *size)
{
	bool wide = table->symbols.word == 8, big = table->symbols.big;
	const uint8_t *p = table->symbols.data + index * table->entry_size;
	*value = (wide ? inq_load64(p + 8, big) : inq_load32(p + 4, big)) & ~UINT64_C(1);
	*size = wide ? inq_load64(p + 16, big) : inq_load32(p + 8, big);
}

/* The entry's name; false for an empty or unterminated one and for marks ($x, $d, .L…). */
bool inq_table_name(const struct inq_symbol_table *table, uint64_t index, struct inq_symbol_entry *entry);
/* Whether `a` names a place better than `b`, which has the same value: global, weak, local; typed, untyped; without a
 * leading underscore; shorter; by the alphabet. Both have names. */
bool inq_entry_better(const struct inq_symbol_entry *a, const struct inq_symbol_entry *b);
/* First address after the section that the entry is in; its own value when that is not known. */
uint64_t inq_entry_section_end(const struct inq_symbol_table *table, const struct inq_symbol_entry *entry);

/* The span of `address` (in the file), by a scan or by the index. Names are copied to the arena only when they have a
 * version to strip. */
bool inq_table_at(struct inq_ctx *ctx, struct inq_symbol_table *table, uint64_t address, struct inq_symbol_span *ret);
/* The entry at `index` becomes *best, when it has this name and is better than *best or that is none (no name). */
void inq_table_consider_named(const struct inq_symbol_table *table, uint64_t index, const char *name, size_t length,
			      struct inq_symbol_entry *best);
/* The value of the best entry with this name. */
bool inq_table_find(const struct inq_symbol_table *table, const char *name, size_t length, uint64_t *ret);
void inq_table_release(struct inq_symbol_table *table);

/* Makes the index (table_index.c); false when memory is out or the table is too large: the scan then goes on. */
bool inq_table_index(struct inq_symbol_table *table);
/* Takes it from the cache, else makes it and leaves it there; false also when that is left to another process. */
bool inq_table_index_kept(struct inq_ctx *ctx, struct inq_symbol_table *table);
void inq_index_release(struct inq_symbol_table *table);
/* What the index has at `address`. It may be anyone's, so the entry that it names is asked again: false when it has none, or
 * one that does not hold the address. */
bool inq_index_at(struct inq_ctx *ctx, struct inq_symbol_table *table, uint64_t address, struct inq_symbol_span *ret);
/* Makes the grid (table_grid.c), if it can: else the scan goes on. */
void inq_grid_make(struct inq_symbol_table *table);

#endif
