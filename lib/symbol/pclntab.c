/* Go's table of functions, read in place; every offset in it is checked when it is used. */
#include "lib/symbol/pclntab.h"

#include "lib/base/checked.h"
#include "lib/elf/section.h"

#include <string.h>

/* By the magic number: the layout of the header, and of a function's record. */
enum inq_pclntab_age { GO_1_2, GO_1_16, GO_1_18, GO_1_20 };

enum { MAGIC_SIZE = 8, MOST_FUNCTIONS = 1 << 24, LONGEST_TABLE = 1 << 20, MOST_DATA = 64 << 20 };

enum { MODULE_TEXT = 22 }; /* the word of the module's data that says where the text begins */

/* The fields of a _func that are 32 bits, counted behind its entry. */
enum { NAME = 0, DEPTHS_OF_PC = 3, FILES_OF_PC, LINES_OF_PC, TABLES, UNIT };

static bool age_of(uint64_t magic, uint8_t *ret)
{
	static const uint32_t magics[] = { 0xfffffffb, 0xfffffffa, 0xfffffff0, 0xfffffff1 };
	for (uint8_t i = 0; i < sizeof magics / sizeof *magics; i++)
		if (magics[i] == magic) {
			*ret = i;
			return true;
		}
	return false;
}

static bool find_section(const struct inq_elf *elf, struct inq_elf_section *ret)
{
	return inq_elf_find_section(elf, ".gopclntab", ret) || inq_elf_find_section(elf, ".data.rel.ro.gopclntab", ret);
}

/* A word as the process has it: the file's may still have to be relocated. 0 when it cannot be read. */
static uint64_t run_time_word(struct inq_space *space, const struct inq_object *object, uint64_t address, uint8_t word)
{
	struct inq_view view;
	if (!inq_space_view(space, address + object->load_bias, word, &view))
		return 0;
	uint64_t value = inq_view_get_word(&view, 0);
	return value < object->load_bias ? 0 : value - object->load_bias;
}

/* The module's data, whose first word leads to the header; from Go 1.26 on in a section of its own. */
static uint64_t module_in(struct inq_space *space, const struct inq_object *object, const struct inq_elf *elf,
			  const char *name, const struct inq_pclntab *table)
{
	struct inq_elf_section section;
	struct inq_view view;
	if (!inq_elf_find_section(elf, name, &section) || section.size > MOST_DATA ||
	    !inq_space_view(space, section.addr + object->load_bias, section.size, &view))
		return 0;
	for (uint64_t at = 0; at + (MODULE_TEXT + 1) * (uint64_t)table->word <= view.size; at += table->word)
		if (inq_view_get_word(&view, at) == table->header + object->load_bias &&
		    (!table->text || inq_view_get_word(&view, at + MODULE_TEXT * (uint64_t)table->word) ==
					     table->text + object->load_bias))
			return section.addr + at;
	return 0;
}

static uint64_t find_module(struct inq_space *space, const struct inq_object *object, const struct inq_elf *elf,
			    const struct inq_pclntab *table)
{
	static const char *const names[] = { ".go.module", ".data", ".noptrdata" };
	uint64_t module = 0;
	for (size_t i = 0; i < sizeof names / sizeof *names && !module; i++)
		module = module_in(space, object, elf, names[i], table);
	return module;
}

/* From Go 1.26 on the header no longer says where the text begins. */
static uint64_t text_of_module(struct inq_space *space, const struct inq_object *object, const struct inq_elf *elf,
			       const struct inq_pclntab *table)
{
	uint64_t module = module_in(space, object, elf, ".go.module", table);
	return module ? run_time_word(space, object, module + MODULE_TEXT * (uint64_t)table->word, table->word) : 0;
}

void inq_pclntab_find_calls(struct inq_space *space, const struct inq_object *object, const struct inq_elf *elf,
			    struct inq_pclntab *table)
{
	unsigned index = table->age == GO_1_18 ? 38 : 40; /* of moduledata.gofunc */
	struct inq_elf_section section;
	uint64_t module = 0, start = 0;
	if (table->calls_sought || table->age < GO_1_18)
		return;
	table->calls_sought = true;
	module = find_module(space, object, elf, table);
	if (module)
		start = run_time_word(space, object, module + index * (uint64_t)table->word, table->word);
	if (!start || !inq_elf_section_at(elf, start, &section))
		return;
	struct inq_view bytes = inq_view_clip(&elf->view, section.offset, section.size);
	table->calls = inq_view_clip(&bytes, start - section.addr, section.size);
}

/* What follows the header of Go 1.2: the functions, and behind them where the files are. */
static bool open_first(struct inq_pclntab *table)
{
	uint64_t begin = MAGIC_SIZE + table->word, size, files;
	table->names = table->values = table->bytes;
	table->functions = inq_view_clip(&table->bytes, begin, table->bytes.size);
	if (!inq_mul(2 * table->count + 1, table->word, &size) || !inq_view_at(&table->functions, size, 4, &files))
		return false;
	table->files = inq_view_clip(&table->bytes, files, table->bytes.size);
	return true;
}

static bool part_at(const struct inq_pclntab *table, unsigned index, struct inq_view *ret)
{
	uint64_t offset;
	if (!inq_view_at(&table->bytes, MAGIC_SIZE + (uint64_t)index * table->word, table->word, &offset) ||
	    offset > table->bytes.size)
		return false;
	*ret = inq_view_clip(&table->bytes, offset, table->bytes.size - offset);
	return true;
}

static bool open_parts(struct inq_pclntab *table)
{
	unsigned first = table->age >= GO_1_18 ? 3 : 2;
	return part_at(table, first, &table->names) && part_at(table, first + 1, &table->units) &&
	       part_at(table, first + 2, &table->files) && part_at(table, first + 3, &table->values) &&
	       part_at(table, first + 4, &table->functions);
}

static bool read_header(struct inq_pclntab *table)
{
	const struct inq_view *bytes = &table->bytes;
	if (bytes->size < MAGIC_SIZE || !age_of(inq_view_get(bytes, 0, 4), &table->age) || inq_view_get(bytes, 4, 2))
		return false;
	table->step = (uint8_t)inq_view_get(bytes, 6, 1);
	table->word = (uint8_t)inq_view_get(bytes, 7, 1);
	if ((table->step != 1 && table->step != 2 && table->step != 4) || table->word != bytes->word ||
	    !inq_view_at(bytes, MAGIC_SIZE, table->word, &table->count) || table->count > MOST_FUNCTIONS)
		return false;
	table->field = table->age >= GO_1_18 ? 4 : table->word;
	return table->age == GO_1_2 ? open_first(table) : open_parts(table);
}

bool inq_pclntab_is_in(const struct inq_elf *elf)
{
	struct inq_elf_section section;
	return find_section(elf, &section);
}

bool inq_pclntab_open(struct inq_space *space, const struct inq_object *object, const struct inq_elf *elf,
		      struct inq_pclntab *ret)
{
	struct inq_elf_section section;
	*ret = (struct inq_pclntab) { 0 };
	if (!find_section(elf, &section) || !inq_view_slice(&elf->view, section.offset, section.size, &ret->bytes))
		return false;
	ret->bytes.word = elf->view.word;
	ret->bytes.big = elf->view.big;
	ret->header = section.addr;
	if (!read_header(ret))
		return false;
	if (ret->age < GO_1_18)
		return true;
	ret->text = run_time_word(space, object, section.addr + MAGIC_SIZE + 2 * (uint64_t)ret->word, ret->word);
	if (!ret->text)
		ret->text = text_of_module(space, object, elf, ret);
	return ret->text != 0;
}

/* Entry `index` of the table of functions: where it begins, and where its record is. */
static bool entry_at(const struct inq_pclntab *table, uint64_t index, uint64_t *start, uint64_t *record)
{
	uint64_t at = 2 * index * table->field;
	if (!inq_view_at(&table->functions, at, table->field, start) ||
	    !inq_view_at(&table->functions, at + table->field, table->field, record))
		return false;
	*start += table->text;
	return true;
}

/* The entries are in order, unless somebody spoiled them: then the search ends somewhere, and the range is checked. */
static bool find_entry(const struct inq_pclntab *table, uint64_t address, uint64_t *ret)
{
	uint64_t low = 0, high = table->count, start, record;
	while (low < high) {
		uint64_t middle = low + (high - low) / 2;
		if (!entry_at(table, middle, &start, &record))
			return false;
		if (start <= address)
			low = middle + 1;
		else
			high = middle;
	}
	*ret = low - 1;
	return low > 0;
}

static uint64_t field_at(const struct inq_pclntab *table, uint64_t record, unsigned index)
{
	const struct inq_view *records = table->age == GO_1_2 ? &table->bytes : &table->functions;
	uint64_t entry = table->age >= GO_1_18 ? 4 : table->word, value;
	return inq_view_at(records, record + entry + 4 * (uint64_t)index, 4, &value) ? value : UINT64_MAX;
}

static const char *string_at(const struct inq_view *strings, uint64_t offset)
{
	if (offset >= strings->size || !memchr(strings->data + offset, '\0', strings->size - offset))
		return NULL;
	const char *string = (const char *)strings->data + offset;
	return *string ? string : NULL;
}

bool inq_pclntab_at(const struct inq_pclntab *table, uint64_t address, struct inq_pclntab_function *ret)
{
	uint64_t index, end;
	if (!find_entry(table, address, &index) || !entry_at(table, index, &ret->start, &ret->record))
		return false;
	/* The last entry is only where the last function ends: it has no record. */
	if (!inq_view_at(&table->functions, 2 * (index + 1) * table->field, table->field, &end) ||
	    !inq_add(end, table->text, &end) || address < ret->start || address >= end)
		return false;
	ret->size = end - ret->start;
	ret->name = string_at(&table->names, field_at(table, ret->record, NAME));
	return ret->name != NULL;
}

static bool read_varint(const struct inq_view *values, uint64_t *at, uint32_t *ret)
{
	uint64_t byte;
	*ret = 0;
	for (unsigned shift = 0; shift < 35 && inq_view_at(values, *at, 1, &byte); shift += 7) {
		(*at)++;
		*ret |= (uint32_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return true;
	}
	return false;
}

/* A table of values by address: pairs of differences, the value's folded to be positive; a difference of 0 ends it, but as the
 * first. */
static bool value_at(const struct inq_pclntab *table, uint64_t offset, uint64_t distance, int32_t *ret)
{
	uint64_t at = offset, covered = 0;
	uint32_t folded, span;
	*ret = -1;
	while (at - offset < LONGEST_TABLE && read_varint(&table->values, &at, &folded) &&
	       (folded || at == offset + 1) && read_varint(&table->values, &at, &span)) {
		uint32_t difference = folded & 1 ? ~(folded >> 1) : folded >> 1;
		*ret = (int32_t)((uint32_t)*ret + difference);
		covered += (uint64_t)span * table->step;
		if (distance < covered)
			return true;
	}
	return false;
}

static const uint8_t fixed_fields[] = { 8, 9, 9, 10 }; /* of a record, the four small ones as one */

/* Whether the address is in code of another function, and which of the inlined calls it is: the table number 2 of those behind
 * the record's fixed part. */
static bool is_inlined(const struct inq_pclntab *table, uint64_t record, uint64_t distance, uint64_t *ret)
{
	enum { INLINED = 2 };
	int32_t value;
	uint64_t count = field_at(table, record, TABLES);
	if (count == UINT64_MAX || count <= INLINED)
		return false;
	uint64_t offset = field_at(table, record, fixed_fields[table->age] + INLINED);
	if (!offset || !value_at(table, offset, distance, &value) || value < 0)
		return false;
	*ret = (uint64_t)value;
	return true;
}

/* Behind these tables come offsets of other data, the number 3 of which describes the calls: the name of the function that was
 * called, and a place in the code that is at the call. */
static bool call_at(const struct inq_pclntab *table, uint64_t record, uint64_t index, const char **name,
		    uint64_t *distance)
{
	enum { CALLS = 3, NONE = 0xffffffff };
	bool old = table->age == GO_1_18;
	unsigned fields = fixed_fields[table->age];
	uint64_t size = old ? 20 : 16, name_at = old ? 12 : 4, count, string;
	uint64_t tables = field_at(table, record, TABLES);
	if (!inq_view_at(&table->functions, record + 4 * (uint64_t)fields + 3, 1, &count) || count <= CALLS ||
	    tables > UINT8_MAX)
		return false;
	uint64_t offset = field_at(table, record, fields + (unsigned)tables + CALLS);
	if (offset >= NONE || !inq_view_at(&table->calls, offset + index * size + name_at, 4, &string) ||
	    !inq_view_at(&table->calls, offset + index * size + name_at + 4, 4, distance))
		return false;
	*name = string_at(&table->names, string);
	return *name != NULL;
}

static const char *file_name(const struct inq_pclntab *table, uint64_t record, uint64_t number)
{
	uint64_t offset, unit = field_at(table, record, UNIT);
	if (table->age == GO_1_2)
		return inq_view_at(&table->files, 4 * number, 4, &offset) ? string_at(&table->bytes, offset) : NULL;
	return inq_view_at(&table->units, 4 * (unit + number), 4, &offset) ? string_at(&table->files, offset) : NULL;
}

static bool line_at(const struct inq_pclntab *table, uint64_t record, uint64_t distance, struct inq_pclntab_place *ret)
{
	int32_t number, line;
	if (!value_at(table, field_at(table, record, FILES_OF_PC), distance, &number) || number < 0 ||
	    !value_at(table, field_at(table, record, LINES_OF_PC), distance, &line) || line <= 0)
		return false;
	ret->file = file_name(table, record, (uint64_t)number);
	ret->line = (unsigned)line;
	return ret->file != NULL;
}

size_t inq_pclntab_places(const struct inq_pclntab *table, const struct inq_pclntab_function *function,
			  uint64_t address, struct inq_pclntab_place *ret, size_t most)
{
	uint64_t call, distance = address - function->start;
	for (size_t i = 0; i < most; i++) {
		ret[i].function = function->name;
		if (distance >= function->size || !line_at(table, function->record, distance, &ret[i]))
			return 0;
		if (!is_inlined(table, function->record, distance, &call))
			return i + 1;
		if (!call_at(table, function->record, call, &ret[i].function, &distance))
			return 0;
	}
	return 0;
}

bool inq_pclntab_depth(const struct inq_pclntab *table, const struct inq_pclntab_function *function, uint64_t address,
		       uint64_t *ret)
{
	int32_t depth;
	uint64_t offset = field_at(table, function->record, DEPTHS_OF_PC);
	if (!offset || !value_at(table, offset, address - function->start, &depth) || depth < 0)
		return false;
	*ret = (uint64_t)depth;
	return true;
}
