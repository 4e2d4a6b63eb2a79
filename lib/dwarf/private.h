/* What the parts of lib/dwarf share. */
#ifndef INQ_DWARF_PRIVATE_H
#define INQ_DWARF_PRIVATE_H

#include "lib/dwarf/dwarf.h"

struct inq_dwarf_bytes {
	struct inq_view view; /* what was given so far */
	uint64_t whole;
	bool asked, failed;
};

struct inq_dwarf_head {
	uint64_t offset, end;
};

INQ_VEC(inq_dwarf_head_vec, struct inq_dwarf_head)

struct inq_dwarf_signature {
	uint64_t signature, offset;
	enum inq_dwarf_section section;
};

INQ_VEC(inq_dwarf_signature_vec, struct inq_dwarf_signature)
INQ_VEC(inq_dwarf_unit_vec, struct inq_dwarf_unit *)
INQ_VEC(inq_dwarf_offset_vec, uint64_t)

struct inq_dwarf {
	struct inq_dwarf_input input;
	struct inq_arena *arena;
	uint8_t word;
	bool big, damaged, no_memory;
	uint64_t work;	 /* steps that are left; inq_dwarf_unit_at gives some more */
	uint64_t passed; /* bytes gone over since input.passed was told */
	unsigned copied; /* strings */
	struct inq_dwarf_bytes sections[INQ_DWARF_SECTION_COUNT];
	struct inq_dwarf_head_vec heads[2]; /* where units of .debug_info and .debug_types are, as far as read */
	bool heads_read[2];
	struct inq_dwarf_unit_vec units[2];   /* those that were opened, by offset */
	struct inq_dwarf_signature_vec types; /* by signature */
	bool types_read;
	struct inq_dwarf_span_vec listed, scanned; /* units by .debug_aranges; others by their own entries */
	struct inq_dwarf_offset_vec listed_units;  /* sorted */
	bool listed_read, scanned_read;
	struct inq_dwarf *alternate;
	bool alternate_asked;
};

/* *ret = bytes [offset, offset + size) of the section, which are got first. */
bool inq_dwarf_slice(struct inq_dwarf *dwarf, enum inq_dwarf_section section, uint64_t offset, uint64_t size,
		     struct inq_view *ret);
/* A cursor at `offset`, over the whole rest of the section; it is bad when there is none. */
struct inq_cursor inq_dwarf_cursor(struct inq_dwarf *dwarf, enum inq_dwarf_section section, uint64_t offset);
/* The string at an offset of a string section; NULL. */
const char *inq_dwarf_string_in(struct inq_dwarf *dwarf, enum inq_dwarf_section section, uint64_t offset);

/* The next entry of a walk over all that is below one (where *depth is 0): the first one in this entry when `into`, else
 * the one after it and all that is below it, or after one that it is in. */
bool inq_dwarf_next(const struct inq_dwarf_entry *entry, bool into, unsigned *depth, struct inq_dwarf_entry *ret);

/* A walk over a unit's functions that have addresses: nothing is passed over twice, however deep the namespaces are. */
struct inq_dwarf_scan {
	struct inq_dwarf_unit *unit;
	uint64_t at;	/* where the next entry stands */
	unsigned depth; /* below the root, 0 at the end */
	bool told;	/* it is the function that was told last */
	bool nested;	/* functions within functions too */
};

struct inq_dwarf_scan inq_dwarf_scan_functions(struct inq_dwarf_unit *unit, bool nested);
bool inq_dwarf_next_function(struct inq_dwarf_scan *scan, struct inq_dwarf_entry *ret);

/* Pays for steps; false when the budget is used up. */
static inline bool inq_dwarf_work(struct inq_dwarf *dwarf, uint64_t steps)
{
	bool paid = steps <= dwarf->work;
	dwarf->work = paid ? dwarf->work - steps : 0;
	dwarf->damaged |= !paid;
	return paid;
}

/* Tells the input now and then that bytes were gone over. */
static inline void inq_dwarf_pass(struct inq_dwarf *dwarf, uint64_t bytes)
{
	enum { MUCH = 256 << 10 };
	dwarf->passed += bytes;
	if (dwarf->passed < MUCH)
		return;
	dwarf->passed = 0;
	if (dwarf->input.passed)
		dwarf->input.passed(dwarf->input.data);
}

/* A length of 4 or 12 bytes; sets the size of offsets, 4 or 8. Facts: DWARF 5, 7.4. */
uint64_t inq_dwarf_length(struct inq_cursor *cursor, uint8_t *offset_size);

/* The next value of a DIE or of an entry of a line table's lists. Sets `bad` for unknown forms. */
void inq_dwarf_read_form(struct inq_dwarf_unit *unit, struct inq_cursor *cursor, const struct inq_dwarf_spec *spec,
			 struct inq_dwarf_value *ret);
/* Goes over the next value, of a form whose size varies. */
void inq_dwarf_skip_varying(struct inq_dwarf_unit *unit, struct inq_cursor *cursor, unsigned form);
/* Bytes of the form's values, when always the same and known; -1. */
int inq_dwarf_form_size(const struct inq_dwarf_unit *unit, unsigned form);

/* The abbreviation of a code, until the next is asked for; NULL. */
const struct inq_dwarf_abbreviation *inq_dwarf_find_abbreviation(struct inq_dwarf_unit *unit, uint64_t code);
static inline const struct inq_dwarf_abbreviation *inq_dwarf_abbreviation(struct inq_dwarf_unit *unit, uint64_t code)
{
	const struct inq_dwarf_abbreviation_vec *list = &unit->abbreviations.list;
	/* Compilers number them from 1 on. */
	if (code - 1 < list->count && list->items[code - 1].code == code)
		return &list->items[code - 1];
	return inq_dwarf_find_abbreviation(unit, code);
}
void inq_dwarf_abbreviations_release(struct inq_dwarf_abbreviations *abbreviations);

/* Header and bases, without keeping the unit. */
bool inq_dwarf_unit_read(struct inq_dwarf *dwarf, enum inq_dwarf_section section, uint64_t offset,
			 struct inq_dwarf_unit *ret);
void inq_dwarf_unit_release(struct inq_dwarf_unit *unit);
/* The header after `offset`; for (at = 0; inq_dwarf_next_head(…, at, &head); at = head.end). */
bool inq_dwarf_next_head(struct inq_dwarf *dwarf, enum inq_dwarf_section section, uint64_t offset,
			 struct inq_dwarf_head *ret);

/* package.c: where in each section the part of the unit at an offset begins, by DW_SECT_ number; all 0 when the file is no
 * package. */
enum { INQ_DWARF_COLUMNS = 9 };
void inq_dwarf_package_bases(struct inq_dwarf *dwarf, enum inq_dwarf_section section, uint64_t offset,
			     uint64_t ret[INQ_DWARF_COLUMNS]);
/* Whether the file is a package; where in `section` it has the unit with this id, INQ_DWARF_NONE when it has none. */
bool inq_dwarf_package_find(struct inq_dwarf *dwarf, enum inq_dwarf_section section, uint64_t id, uint64_t *ret);

/* dwz's alternate file; NULL. */
struct inq_dwarf *inq_dwarf_alternate(struct inq_dwarf *dwarf);

/* A table that is read only up to what is looked for, for this many look-ups: then it is read whole and sorted. */
enum { INQ_DWARF_LAZY = 32 };

void inq_dwarf_functions_release(struct inq_dwarf_functions *functions); /* find.c; NULL is fine */

/* spans.c: spans are sorted once; of those that hold an address the one that starts last counts. */
void inq_dwarf_add_span(struct inq_dwarf *dwarf, struct inq_dwarf_span_vec *spans, struct inq_dwarf_span span);
void inq_dwarf_sort_spans(struct inq_dwarf_span_vec *spans);
const struct inq_dwarf_span *inq_dwarf_find_span(const struct inq_dwarf_span_vec *spans, uint64_t address);

#endif
