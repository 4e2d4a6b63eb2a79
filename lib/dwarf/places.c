/* The functions and source places of an address, with what was inlined. */
#include "lib/dwarf/constants.h"
#include "lib/dwarf/lines.h"
#include "lib/dwarf/private.h"

enum { MOST_SCOPES = 128 };

/* The name that the linker knows, else the source's. */
static const char *function_name(const struct inq_dwarf_entry *entry)
{
	const char *linkage = inq_dwarf_linkage_name(entry);
	return linkage ? linkage : inq_dwarf_name(entry);
}

/* The scopes from within: each inlined function is at the place so far, and was called from the next. */
static size_t write_places(struct inq_dwarf_place place, const struct inq_dwarf_entry *scopes, size_t count,
			   struct inq_dwarf_place *ret, size_t most)
{
	size_t written = 0;
	for (size_t i = count; i > 0 && written < most; i--) {
		const struct inq_dwarf_entry *scope = &scopes[i - 1];
		uint64_t file, line;
		if (i > 1 && scope->abbreviation.tag != TAG_INLINED_SUBROUTINE)
			continue;
		place.function = function_name(scope);
		ret[written++] = place;
		place.file = inq_dwarf_number(scope, AT_CALL_FILE, &file) ? inq_dwarf_file(scope->unit, file) : NULL;
		place.line = inq_dwarf_number(scope, AT_CALL_LINE, &line) && line <= UINT32_MAX ? (unsigned)line : 0;
	}
	return written;
}

struct start {
	uint64_t address, start;
};

static void note_start(void *data, uint64_t start, uint64_t end)
{
	struct start *wanted = data;
	if (start <= wanted->address && wanted->address < end)
		wanted->start = start;
}

size_t inq_dwarf_places(struct inq_dwarf *dwarf, uint64_t address, struct inq_dwarf_place *ret, size_t most)
{
	struct inq_dwarf_entry scopes[MOST_SCOPES];
	struct inq_dwarf_place place = { 0 };
	struct inq_dwarf_unit *unit = most ? inq_dwarf_unit_at(dwarf, address) : NULL;
	if (!unit)
		return 0;
	bool has_function = inq_dwarf_function_at(unit, address, &scopes[0]);
	struct start start = { address, address };
	if (has_function)
		inq_dwarf_ranges(&scopes[0], note_start, &start);
	bool has_line = inq_dwarf_line_at(unit, address, start.start, &place);
	if (has_function)
		return write_places(place, scopes, inq_dwarf_scopes(&scopes[0], address, scopes, MOST_SCOPES), ret,
				    most);
	*ret = place;
	return has_line && place.file ? 1 : 0;
}
