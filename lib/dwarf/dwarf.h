/* Debug information in DWARF 2 to 5, read where it lies: units, entries, attributes, addresses, locations.
 *
 *   section    bytes, asked for as far as they are needed (they may have to be unpacked)          dwarf.c
 *   unit       one translation unit: its header, what its offsets count from, its abbreviations   unit.c, abbreviation.c
 *   entry      one DIE; a small value that is copied freely                                       entry.c
 *   value      one attribute, decoded (form.c), then turned into a number, string, entry (value.c)
 *   ranges     the addresses of an entry (ranges.c); location: where a variable is (location.c)
 *   find       the unit, function and scopes of an address (find.c)
 *   call       what a function calls, and with what (call.c)
 *   lines      file and line (lines.h)
 *
 * The input is untrusted. Every read is bounded by its unit or section; walks go forward only, so a unit is passed once;
 * chains of references are limited; and all work is paid from a budget (`work`), so that nothing takes forever.
 * What is broken is as if it were not there: functions say false or NULL, nothing is printed.
 *
 * Everything belongs to the struct inq_dwarf and lives as long; strings are NUL-terminated.
 * Facts: DWARF 5; for versions 2 to 4 the older standards; GNU's split units and alternate files: see constants.h. */
#ifndef INQ_DWARF_DWARF_H
#define INQ_DWARF_DWARF_H

#include "lib/base/cursor.h"
#include "lib/base/vec.h"

enum inq_dwarf_section {
	INQ_DWARF_INFO,
	INQ_DWARF_TYPES,
	INQ_DWARF_ABBREV,
	INQ_DWARF_ARANGES,
	INQ_DWARF_LINE,
	INQ_DWARF_STR,
	INQ_DWARF_LINE_STR,
	INQ_DWARF_STR_OFFSETS,
	INQ_DWARF_ADDR,
	INQ_DWARF_RANGES,
	INQ_DWARF_RNGLISTS,
	INQ_DWARF_LOC,
	INQ_DWARF_LOCLISTS,
	INQ_DWARF_CU_INDEX,
	INQ_DWARF_TU_INDEX,
	INQ_DWARF_SECTION_COUNT
};

struct inq_dwarf;
struct inq_dwarf_unit;

/* Where the bytes come from, and the other files that belong to them. */
struct inq_dwarf_input {
	/* *ret = the first bytes of the section: at least `end` of them, all if it has no more; *whole: its size. Bytes
	 * that were given stay where they are. False when there is none, or it cannot be unpacked that far. */
	bool (*bytes)(void *data, enum inq_dwarf_section section, uint64_t end, struct inq_view *ret, uint64_t *whole);
	/* Copies up to `size` bytes at an offset of a section that was asked for; how many. For strings, each of which lies far
	 * from the next: see inq_source_copy. 0 when the section's bytes are as near. May be NULL. */
	uint64_t (*copy)(void *data, enum inq_dwarf_section section, uint64_t offset, char *ret, uint64_t size);
	/* dwz's alternate file, whose entries and strings others refer to; NULL when there is none. May be NULL itself. */
	struct inq_dwarf *(*alternate)(void *data);
	/* The split unit of this skeleton, out of a .dwo or .dwp file by inq_dwarf_unit_of_id; NULL. Asked for once for each
	 * skeleton. May be NULL itself. */
	struct inq_dwarf_unit *(*split)(void *data, struct inq_dwarf_unit *skeleton);
	/* Much was gone over that is not needed any more: the memory that the bytes take may be let go of, if they can be
	 * had again at the same place. May be NULL. */
	void (*passed)(void *data);
	void *data;
};

/* An attribute's name and form; the value itself for DW_FORM_implicit_const. */
struct inq_dwarf_spec {
	uint16_t name, form;
	int8_t size; /* of all its values; -1 when they vary */
	int64_t constant;
};

INQ_VEC(inq_dwarf_spec_vec, struct inq_dwarf_spec)

/* How to go over the values of an entry: so many bytes, then a value of a form whose size varies. */
struct inq_dwarf_step {
	uint32_t before;
	uint16_t form;
};

INQ_VEC(inq_dwarf_step_vec, struct inq_dwarf_step)

struct inq_dwarf_abbreviation {
	uint64_t code;
	uint16_t tag;  /* DW_TAG_… */
	bool children; /* entries below it follow */
	bool plain;    /* going over one takes no step and no DW_AT_sibling; found at its code - 1 in the list */
	bool sibling;  /* it has DW_AT_sibling */
	bool placed;   /* it has DW_AT_low_pc or DW_AT_ranges */
	bool ranged;   /* it has DW_AT_ranges */
	uint32_t first, count;	    /* its specs */
	uint32_t first_step, steps; /* what goes over its values; */
	uint32_t size;		    /* after the steps so many bytes are left of them */
};

INQ_VEC(inq_dwarf_abbreviation_vec, struct inq_dwarf_abbreviation)

/* Read as far as codes were asked for. */
struct inq_dwarf_abbreviations {
	struct inq_dwarf_abbreviation_vec list;
	struct inq_dwarf_spec_vec specs;
	struct inq_dwarf_step_vec steps;
	uint64_t next; /* where the one after the last stands */
	bool whole;
};

/* Addresses and what they belong to: a unit or a function. */
struct inq_dwarf_span {
	uint64_t start, end;
	uint64_t offset; /* of the unit's header, or the function's entry */
};

INQ_VEC(inq_dwarf_span_vec, struct inq_dwarf_span)

struct inq_dwarf_unit {
	struct inq_dwarf *dwarf;
	struct inq_dwarf_unit *skeleton; /* of a split unit: what addresses and lines are to be had from; else NULL */
	struct inq_dwarf_unit *split;	 /* of a skeleton, once inq_dwarf_split_unit found it */
	enum inq_dwarf_section section;	 /* INQ_DWARF_INFO or _TYPES: what offsets of entries count in */
	uint64_t offset, root, end;	 /* of the header, of the first entry, of what follows the unit */
	uint16_t version;
	uint8_t type; /* DW_UT_…; of older versions UT_COMPILE or UT_TYPE */
	uint8_t offset_size, address_size;
	uint64_t id;	       /* signature of a type unit, DWO id of a skeleton or split unit */
	uint64_t type_entry;   /* of a type unit: offset of the type, in the section */
	struct inq_view bytes; /* of the section, up to the unit's end: offsets of entries are its indices */
	uint64_t low_pc;       /* what its lists count from; 0 */
	uint64_t line_table;   /* offset in .debug_line; INQ_DWARF_NONE */
	uint64_t abbreviation_offset;
	uint64_t str_offsets_base, addr_base, rnglists_base, loclists_base; /* of tables: indices count from there */
	uint64_t ranges_base, loc_base; /* offsets of lists count from there: not 0 in split units only */
	uint64_t split_ranges_base;	/* of a skeleton: what ranges_base is in its split unit (GNU, version 4) */
	struct inq_dwarf_abbreviations abbreviations;
	struct inq_dwarf_functions *functions; /* find.c; once asked for */
	bool split_asked;
	struct inq_dwarf_lines *lines; /* lines.h; once asked for */
	bool lines_read;
};

/* Of an offset: there is none. */
#define INQ_DWARF_NONE UINT64_MAX

/* One DIE. */
struct inq_dwarf_entry {
	struct inq_dwarf_unit *unit;
	uint64_t offset;			    /* in the unit's section */
	uint64_t values;			    /* where its first value stands */
	struct inq_dwarf_abbreviation abbreviation; /* its tag, and whether it has children */
};

/* NULL when memory is out. `word` and `big` as in the file; the input is copied. */
struct inq_dwarf *inq_dwarf_create(const struct inq_dwarf_input *input, uint8_t word, bool big);
void inq_dwarf_destroy(struct inq_dwarf *dwarf); /* NULL is fine; not the alternate file, nor those of split units */

/* The budget of work begins anew: for another user. */
void inq_dwarf_renew(struct inq_dwarf *dwarf);

/* What a caller may want to tell: something was refused as broken, or for want of memory. */
bool inq_dwarf_is_damaged(const struct inq_dwarf *dwarf);
bool inq_dwarf_is_out_of_memory(const struct inq_dwarf *dwarf);

/* ---- units ---- */

/* The unit whose header stands at this offset; kept, so the same one each time. NULL when it is broken. */
struct inq_dwarf_unit *inq_dwarf_unit_open(struct inq_dwarf *dwarf, enum inq_dwarf_section section, uint64_t offset);
/* The unit that an offset of .debug_info or .debug_types is in. */
struct inq_dwarf_unit *inq_dwarf_unit_around(struct inq_dwarf *dwarf, enum inq_dwarf_section section, uint64_t offset);
/* The type unit with this signature. */
struct inq_dwarf_unit *inq_dwarf_unit_of_type(struct inq_dwarf *dwarf, uint64_t signature);
/* The split unit with this DWO id. */
struct inq_dwarf_unit *inq_dwarf_unit_of_id(struct inq_dwarf *dwarf, uint64_t id);
/* Of a skeleton the split unit that has its entries, if it is to be had; any other unit itself. */
struct inq_dwarf_unit *inq_dwarf_split_unit(struct inq_dwarf_unit *unit);

/* ---- entries ---- */

bool inq_dwarf_root(struct inq_dwarf_unit *unit, struct inq_dwarf_entry *ret);
/* At an offset of the unit's section. False when there is none: past the end, a code without abbreviation, an end mark. */
bool inq_dwarf_entry_at(struct inq_dwarf_unit *unit, uint64_t offset, struct inq_dwarf_entry *ret);

/* The children of an entry: for (ok = inq_dwarf_child(&e, &c); ok; ok = inq_dwarf_sibling(&c, &c)). Both may be the same. */
bool inq_dwarf_child(const struct inq_dwarf_entry *entry, struct inq_dwarf_entry *ret);
bool inq_dwarf_sibling(const struct inq_dwarf_entry *entry, struct inq_dwarf_entry *ret);

/* ---- values ---- */

enum inq_dwarf_class {
	INQ_DWARF_NUMBER,  /* unsigned, or of unknown sign: `size` bytes were given */
	INQ_DWARF_SIGNED,  /* `number` is to be read as int64_t */
	INQ_DWARF_ADDRESS, /* inq_dwarf_value_address */
	INQ_DWARF_ADDRESS_INDEX,
	INQ_DWARF_BLOCK, /* `bytes`: a constant, or an expression in DWARF 2 and 3 */
	INQ_DWARF_EXPRESSION,
	INQ_DWARF_FLAG,
	INQ_DWARF_OFFSET,	   /* in the section that the attribute implies */
	INQ_DWARF_LIST_INDEX,	   /* of a range or location list */
	INQ_DWARF_REFERENCE,	   /* to an entry of the unit; `number` is its offset in the section */
	INQ_DWARF_REFERENCE_INFO,  /* to an entry of .debug_info */
	INQ_DWARF_REFERENCE_TYPE,  /* to the type unit of a signature */
	INQ_DWARF_REFERENCE_OTHER, /* to an entry of the alternate file */
	INQ_DWARF_STRING,	   /* inq_dwarf_value_string */
	INQ_DWARF_STRING_OFFSET,
	INQ_DWARF_STRING_LINE,
	INQ_DWARF_STRING_OTHER,
	INQ_DWARF_STRING_INDEX
};

struct inq_dwarf_value {
	struct inq_dwarf_unit *unit;
	enum inq_dwarf_class class;
	uint8_t size; /* of a fixed number */
	uint64_t number;
	struct inq_view bytes; /* of blocks, expressions, 16-byte constants, strings in place */
};

/* The attribute of the entry itself; its unit is that of the entry. */
bool inq_dwarf_attribute(const struct inq_dwarf_entry *entry, unsigned name, struct inq_dwarf_value *ret);
/* The attribute of the entry, or of those that it is an instance of or completes (abstract origin, specification). */
bool inq_dwarf_inherited(const struct inq_dwarf_entry *entry, unsigned name, struct inq_dwarf_value *ret);

/* False or NULL when the value is of another class. */
bool inq_dwarf_value_number(const struct inq_dwarf_value *value, uint64_t *ret); /* not negative; offsets too */
bool inq_dwarf_value_signed(const struct inq_dwarf_value *value, int64_t *ret);	 /* fixed sizes are sign-extended */
bool inq_dwarf_value_address(const struct inq_dwarf_value *value, uint64_t *ret);
const char *inq_dwarf_value_string(const struct inq_dwarf_value *value);
/* The entry that it refers to: of this unit, another, a type unit (then the type itself), the alternate file. */
bool inq_dwarf_value_entry(const struct inq_dwarf_value *value, struct inq_dwarf_entry *ret);

/* The same of an attribute of the entry itself. */
bool inq_dwarf_number(const struct inq_dwarf_entry *entry, unsigned name, uint64_t *ret);
bool inq_dwarf_signed(const struct inq_dwarf_entry *entry, unsigned name, int64_t *ret);
bool inq_dwarf_address(const struct inq_dwarf_entry *entry, unsigned name, uint64_t *ret);
bool inq_dwarf_flag(const struct inq_dwarf_entry *entry, unsigned name);	  /* false when absent */
const char *inq_dwarf_string(const struct inq_dwarf_entry *entry, unsigned name); /* NULL also for an empty one */
bool inq_dwarf_reference(const struct inq_dwarf_entry *entry, unsigned name, struct inq_dwarf_entry *ret);

/* The name, its own or that of what it is an instance of; NULL. The linker's name is the mangled one. */
const char *inq_dwarf_name(const struct inq_dwarf_entry *entry);
const char *inq_dwarf_linkage_name(const struct inq_dwarf_entry *entry);

/* ---- addresses ---- */

typedef void inq_dwarf_range_visitor(void *data, uint64_t start, uint64_t end);

/* Tells low_pc to high_pc, or all of DW_AT_ranges; what is empty or wraps is left out. False when the entry has neither. */
bool inq_dwarf_ranges(const struct inq_dwarf_entry *entry, inq_dwarf_range_visitor *visitor, void *data);
bool inq_dwarf_holds(const struct inq_dwarf_entry *entry, uint64_t address);

/* The unit of an address (the split one, if there is one), by .debug_aranges, else by the own ranges of the
 * units that are not listed there; then the function. */
struct inq_dwarf_unit *inq_dwarf_unit_at(struct inq_dwarf *dwarf, uint64_t address);
bool inq_dwarf_function_at(struct inq_dwarf_unit *unit, uint64_t address, struct inq_dwarf_entry *ret);
/* From the function inwards: it, and the blocks and inlined functions that hold the address. How many; at most `most`. */
size_t inq_dwarf_scopes(const struct inq_dwarf_entry *function, uint64_t address, struct inq_dwarf_entry *ret,
			size_t most);

/* ---- calls ---- */

/* A call as the calling function's entry tells it. Expressions without bytes are not told. */
struct inq_dwarf_call {
	struct inq_dwarf_unit *unit;
	bool tail;	     /* it does not return: the called function takes over the frame */
	uint64_t returns_to; /* of others: the address behind the call; INQ_DWARF_NONE */
	bool has_callee;     /* the function that is called, by its entry, which may be a declaration */
	struct inq_dwarf_entry callee;
	struct inq_view target; /* else its address */
	struct inq_dwarf_entry entry;
};

/* The calls in a function, one after the other: *at comes as the function's entry, and with a depth of 0. */
struct inq_dwarf_calls {
	struct inq_dwarf_entry at;
	unsigned depth;
};

bool inq_dwarf_next_call(struct inq_dwarf_calls *calls, struct inq_dwarf_call *ret);
/* The expression for what the call passes in the register (its DWARF number); false when that is not told. */
bool inq_dwarf_call_passes(const struct inq_dwarf_call *call, uint64_t reg, struct inq_view *ret);
/* Where a function is entered; false for one without addresses. */
bool inq_dwarf_entry_pc(const struct inq_dwarf_entry *function, uint64_t *ret);

/* ---- locations ---- */

/* The expression that says where (or, DW_AT_frame_base: from where) at this pc: out of an expression or a location list.
 * False when there is none for this pc: optimised out. It may use the unit's addresses (DW_OP_addrx): see below. */
bool inq_dwarf_location(const struct inq_dwarf_entry *entry, unsigned name, uint64_t pc, struct inq_view *ret);
/* Entry `index` of the unit's part of .debug_addr: what DW_OP_addrx, DW_OP_constx refer to. */
bool inq_dwarf_indexed_address(const struct inq_dwarf_unit *unit, uint64_t index, uint64_t *ret);

#endif
