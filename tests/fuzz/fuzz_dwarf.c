/* Fuzzes debug information. The input: a byte of flags, then sections: a byte that names one, its size in two bytes, its bytes;
 * the last one with a size that is too large has the rest. The same bytes are also the alternate file and the split units. */
#include "lib/dwarf/constants.h"
#include "lib/dwarf/lines.h"
#include "tests/fuzz/support.h"

enum { BIG = 1, NARROW = 2, MOST_ENTRIES = 300, MOST_PLACES = 40 };

struct input {
	struct inq_view sections[INQ_DWARF_SECTION_COUNT];
	struct inq_dwarf *other;
};

static bool get_bytes(void *data, enum inq_dwarf_section section, uint64_t end, struct inq_view *ret, uint64_t *whole)
{
	const struct input *input = data;
	*ret = input->sections[section];
	*whole = ret->size;
	/* Only half of it, as if it were packed, unless more is asked for. */
	if (ret->size / 2 >= end)
		ret->size /= 2;
	return *whole > 0;
}

static struct inq_dwarf *get_alternate(void *data)
{
	return ((struct input *)data)->other;
}

static struct inq_dwarf_unit *get_split(void *data, struct inq_dwarf_unit *skeleton)
{
	return inq_dwarf_unit_of_id(((struct input *)data)->other, skeleton->id);
}

static void cut_sections(struct input *input, const uint8_t *data, size_t size)
{
	struct inq_view rest = { .data = data, .size = size };
	while (rest.size > 3) {
		unsigned which = rest.data[0] % INQ_DWARF_SECTION_COUNT;
		struct inq_view section = inq_view_clip(&rest, 3, inq_view_get(&rest, 1, 2));
		input->sections[which] = section;
		rest = inq_view_clip(&rest, 3 + section.size, UINT64_MAX);
	}
}

static void use_entry(struct inq_dwarf_entry *entry)
{
	static const uint16_t names[] = { AT_NAME,	AT_LOCATION, AT_TYPE, AT_CONST_VALUE, AT_DATA_MEMBER_LOCATION,
					  AT_FRAME_BASE };
	struct inq_dwarf_value value;
	struct inq_dwarf_entry other;
	struct inq_view expression;
	uint64_t number;
	int64_t difference;
	inq_dwarf_name(entry);
	inq_dwarf_linkage_name(entry);
	inq_dwarf_holds(entry, 0x1010);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (!inq_dwarf_attribute(entry, names[i], &value))
			continue;
		inq_dwarf_value_number(&value, &number);
		inq_dwarf_value_signed(&value, &difference);
		inq_dwarf_value_address(&value, &number);
		inq_dwarf_value_string(&value);
		inq_dwarf_value_entry(&value, &other);
		inq_dwarf_location(entry, names[i], 0x1010, &expression);
	}
}

/* Like all users: children before siblings. */
static unsigned walk(const struct inq_dwarf_entry *parent, unsigned depth, unsigned budget)
{
	struct inq_dwarf_entry entry;
	bool more = depth < 8 && inq_dwarf_child(parent, &entry);
	for (; more && budget; more = inq_dwarf_sibling(&entry, &entry)) {
		use_entry(&entry);
		budget = walk(&entry, depth + 1, budget - 1);
	}
	return budget;
}

static void use(struct inq_dwarf *dwarf)
{
	struct inq_dwarf_place places[MOST_PLACES];
	struct inq_dwarf_entry root;
	for (uint64_t address = 0x1000; address < 0x1100; address += 0xd)
		inq_dwarf_places(dwarf, address, places, MOST_PLACES);
	for (unsigned i = 0; i < 2; i++) {
		struct inq_dwarf_unit *unit = inq_dwarf_unit_around(dwarf, i ? INQ_DWARF_TYPES : INQ_DWARF_INFO, 40);
		if (!unit || !inq_dwarf_root(unit, &root))
			continue;
		inq_dwarf_split_unit(unit);
		use_entry(&root);
		walk(&root, 0, MOST_ENTRIES);
	}
	inq_dwarf_unit_of_type(dwarf, 0x1234);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = { 0 };
	if (size < 1)
		return 0;
	cut_sections(&input, data + 1, size - 1);
	const struct inq_dwarf_input alone = { .bytes = get_bytes, .data = &input };
	const struct inq_dwarf_input whole = {
		.bytes = get_bytes, .alternate = get_alternate, .split = get_split, .data = &input
	};
	uint8_t word = data[0] & NARROW ? 4 : 8;
	input.other = inq_dwarf_create(&alone, word, data[0] & BIG);
	struct inq_dwarf *dwarf = inq_dwarf_create(&whole, word, data[0] & BIG);
	if (dwarf && input.other)
		use(dwarf);
	inq_dwarf_destroy(dwarf);
	inq_dwarf_destroy(input.other);
	return 0;
}
