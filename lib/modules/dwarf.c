/* Module: functions, lines and inlined functions out of DWARF 2 to 5, by libdwarf. */
#include "lib/modules/dwarf.h"

#include "lib/io/provider.h"

#include <stdlib.h>
#include <string.h>

struct state {
	const struct inq_dwarf_input *input;
	Dwarf_Obj_Access_Interface access;
	Dwarf_Debug dbg;
	struct dwarf_spans listed, scanned; /* units by .debug_aranges; by their own entries */
	bool scan_done;
	struct dwarf_unit *units; /* those that were touched */
};

bool dwarf_ok(Dwarf_Debug dbg, int result, Dwarf_Error *error)
{
	if (result == DW_DLV_ERROR && *error)
		dwarf_dealloc_error(dbg, *error);
	*error = NULL;
	return result == DW_DLV_OK;
}

static uint64_t number_at(const struct inq_dwarf_input *input, const uint8_t *data, unsigned size)
{
	uint64_t value = 0;
	for (unsigned i = 0; i < size; i++)
		value |= (uint64_t)data[i] << 8 * (input->big ? size - 1 - i : i);
	return value;
}

/* libdwarf 20210528 frees twice when one header of .debug_rnglists (DWARF 5, 7.28) is wrong: so all are looked at first. */
static bool good_rnglists(const struct inq_dwarf_input *input, const struct inq_dwarf_section *section)
{
	const uint8_t *data = section->data;
	for (uint64_t left = section->size; left;) {
		bool wide = left >= 4 && number_at(input, data, 4) == UINT32_MAX;
		unsigned prefix = wide ? 12 : 4, offset = wide ? 8 : 4;
		if (left < prefix + 8)
			return false;
		uint64_t length = number_at(input, data + prefix - offset, offset);
		const uint8_t *header = data + prefix;
		if (length < 8 || length > left - prefix || number_at(input, header, 2) != 5 ||
		    header[2] != input->word || header[3] != 0 ||
		    number_at(input, header + 4, 4) > (length - 8) / offset)
			return false;
		data += prefix + length;
		left -= prefix + length;
	}
	return true;
}

/* Section 0 of libdwarf is none, as in ELF. */
static int get_section(void *data, Dwarf_Half index, Dwarf_Obj_Access_Section *ret, int *error)
{
	const struct inq_dwarf_input *input = data;
	(void)error;
	memset(ret, 0, sizeof *ret);
	ret->name = "";
	if (index > input->count)
		return DW_DLV_NO_ENTRY;
	const struct inq_dwarf_section *section = index ? &input->sections[index - 1] : NULL;
	if (!section || (strcmp(section->name, ".debug_rnglists") == 0 && !good_rnglists(input, section)))
		return DW_DLV_OK;
	ret->name = section->name;
	ret->size = section->size;
	ret->type = 1; /* SHT_PROGBITS */
	return DW_DLV_OK;
}

static Dwarf_Endianness get_order(void *data)
{
	const struct inq_dwarf_input *input = data;
	return input->big ? DW_OBJECT_MSB : DW_OBJECT_LSB;
}

static Dwarf_Small get_word(void *data)
{
	const struct inq_dwarf_input *input = data;
	return input->word;
}

static Dwarf_Unsigned get_count(void *data)
{
	const struct inq_dwarf_input *input = data;
	return input->count + 1;
}

static int load_section(void *data, Dwarf_Half index, Dwarf_Small **ret, int *error)
{
	const struct inq_dwarf_input *input = data;
	(void)error;
	if (!index || index > input->count)
		return DW_DLV_NO_ENTRY;
	*ret = (Dwarf_Small *)(uintptr_t)input->sections[index - 1].data; /* which it only reads */
	return DW_DLV_OK;
}

static const Dwarf_Obj_Access_Methods methods = { .get_section_info = get_section,
						  .get_byte_order = get_order,
						  .get_length_size = get_word,
						  .get_pointer_size = get_word,
						  .get_section_count = get_count,
						  .load_section = load_section };

void dwarf_add_span(struct dwarf_spans *spans, uint64_t start, uint64_t end, Dwarf_Off die)
{
	/* What the linker left out stands at 0, or at the highest addresses. */
	if (!start || start >= end || spans->failed)
		return;
	struct dwarf_span *items = dwarf_make_room(spans->items, spans->count, &spans->capacity, sizeof *items);
	spans->failed = !items;
	if (!items)
		return;
	spans->items = items;
	spans->items[spans->count++] = (struct dwarf_span) { start, end, die };
}

static int by_start(const void *left, const void *right)
{
	const struct dwarf_span *a = left, *b = right;
	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return (a->end < b->end) - (a->end > b->end); /* the narrower later, that it is found first */
}

void dwarf_sort_spans(struct dwarf_spans *spans)
{
	if (spans->count)
		qsort(spans->items, spans->count, sizeof *spans->items, by_start);
}

const struct dwarf_span *dwarf_find_span(const struct dwarf_spans *spans, uint64_t address)
{
	enum { MOST_NESTED = 64 }; /* spans that begin between the right one and the address */
	size_t low = 0, high = spans->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (spans->items[middle].start <= address)
			low = middle + 1;
		else
			high = middle;
	}
	for (size_t i = low; i > 0 && low - i < MOST_NESTED; i--)
		if (address < spans->items[i - 1].end)
			return &spans->items[i - 1];
	return NULL;
}

static void list_units(struct state *state)
{
	Dwarf_Arange *aranges;
	Dwarf_Signed count;
	Dwarf_Error error = NULL;
	if (!dwarf_ok(state->dbg, dwarf_get_aranges(state->dbg, &aranges, &count, &error), &error))
		return;
	for (Dwarf_Signed i = 0; i < count; i++) {
		Dwarf_Unsigned segment, segment_size, length;
		Dwarf_Addr start;
		Dwarf_Off die;
		if (dwarf_ok(
			    state->dbg,
			    dwarf_get_arange_info_b(aranges[i], &segment, &segment_size, &start, &length, &die, &error),
			    &error) &&
		    length <= UINT64_MAX - start)
			dwarf_add_span(&state->listed, start, start + length, die);
		dwarf_dealloc(state->dbg, aranges[i], DW_DLA_ARANGE);
	}
	dwarf_dealloc(state->dbg, aranges, DW_DLA_LIST);
	dwarf_sort_spans(&state->listed);
}

struct unit_ranges {
	struct dwarf_spans *spans;
	Dwarf_Off die;
};

static void add_unit_range(void *data, uint64_t start, uint64_t end)
{
	struct unit_ranges *ranges = data;
	dwarf_add_span(ranges->spans, start, end, ranges->die);
}

static uint64_t base_of(Dwarf_Debug dbg, Dwarf_Die root)
{
	Dwarf_Addr base = 0;
	Dwarf_Error error = NULL;
	return dwarf_ok(dbg, dwarf_lowpc(root, &base, &error), &error) ? base : 0;
}

static void scan_unit(struct state *state)
{
	Dwarf_Die root;
	Dwarf_Error error = NULL;
	struct unit_ranges ranges = { .spans = &state->scanned };
	if (!dwarf_ok(state->dbg, dwarf_siblingof_b(state->dbg, NULL, true, &root, &error), &error))
		return;
	if (dwarf_ok(state->dbg, dwarf_dieoffset(root, &ranges.die, &error), &error))
		dwarf_ranges(state->dbg, root, base_of(state->dbg, root), add_unit_range, &ranges);
	dwarf_dealloc_die(root);
}

/* Not every compiler lists its units. */
static void scan_units(struct state *state)
{
	Dwarf_Unsigned length, type_offset, next = 0, before = 0;
	Dwarf_Half version, address_size, length_size, extension, type;
	Dwarf_Off abbreviations;
	Dwarf_Sig8 signature;
	Dwarf_Error error = NULL;
	state->scan_done = true;
	while (dwarf_ok(state->dbg,
			dwarf_next_cu_header_d(state->dbg, true, &length, &version, &abbreviations, &address_size,
					       &length_size, &extension, &signature, &type_offset, &next, &type,
					       &error),
			&error) &&
	       next > before) {
		before = next;
		scan_unit(state);
	}
	dwarf_sort_spans(&state->scanned);
}

static struct dwarf_unit *use_unit(struct state *state, Dwarf_Off die)
{
	Dwarf_Die root;
	Dwarf_Error error = NULL;
	for (struct dwarf_unit *unit = state->units; unit; unit = unit->next)
		if (unit->die == die)
			return unit;
	if (!dwarf_ok(state->dbg, dwarf_offdie_b(state->dbg, die, true, &root, &error), &error))
		return NULL;
	struct dwarf_unit *unit = calloc(1, sizeof *unit);
	if (unit) {
		unit->input = state->input;
		unit->die = die;
		unit->base = base_of(state->dbg, root);
		unit->next = state->units;
		state->units = unit;
	}
	dwarf_dealloc_die(root);
	return unit;
}

static size_t places(void *data, uint64_t address, struct inq_dwarf_place *ret, size_t most)
{
	struct state *state = data;
	const struct dwarf_span *span = dwarf_find_span(&state->listed, address);
	if (!span && !state->scan_done)
		scan_units(state);
	if (!span)
		span = dwarf_find_span(&state->scanned, address);
	struct dwarf_unit *unit = span && most ? use_unit(state, span->die) : NULL;
	return unit ? dwarf_unit_places(state->dbg, unit, address, ret, most) : 0;
}

static void close_state(void *data)
{
	struct state *state = data;
	Dwarf_Error error = NULL;
	while (state->units) {
		struct dwarf_unit *unit = state->units;
		state->units = unit->next;
		dwarf_unit_release(unit);
	}
	free(state->listed.items);
	free(state->scanned.items);
	dwarf_object_finish(state->dbg, &error);
	free(state);
}

static void *open_state(const struct inq_dwarf_input *input)
{
	Dwarf_Error error = NULL;
	struct state *state = calloc(1, sizeof *state);
	if (!state)
		return NULL;
	state->input = input;
	state->access.object = (void *)(uintptr_t)input;
	state->access.methods = &methods;
	if (!dwarf_ok(NULL, dwarf_object_init_b(&state->access, NULL, NULL, DW_GROUPNUMBER_ANY, &state->dbg, &error),
		      &error)) {
		free(state);
		return NULL;
	}
	list_units(state);
	return state;
}

static const struct inq_dwarf_ops ops = { open_state, places, close_state };

const struct inq_module inq_module = { INQ_MODULE_VERSION, INQ_PROVIDER_DWARF, "dwarf", &ops };
