/* Names inside an object: its tables are opened by the first source that has them, and kept with it. */
#include "lib/symbol/symbol.h"

#include "lib/symbol/table.h"

#include <inquest/report.h>

#include <elf.h>
#include <stdlib.h>

#define INQ_SYMBOL_SOURCE(name) extern const struct inq_symbol_source inq_symbol_source_##name;
#include "lib/symbol/symbols.def"
#undef INQ_SYMBOL_SOURCE

static const struct inq_symbol_source *const sources[] = {
#define INQ_SYMBOL_SOURCE(name) &inq_symbol_source_##name,
#include "lib/symbol/symbols.def"
#undef INQ_SYMBOL_SOURCE
};

/* What an object keeps. */
struct names {
	struct inq_symbol_table table;
	struct inq_elf_section section; /* that the last look-up was in */
	const char *section_name;
};

static void destroy(void *symbols)
{
	struct names *names = symbols;
	inq_table_release(&names->table);
	free(names);
}

static struct names *open_names(struct inq_space *space, struct inq_object *object)
{
	if (object->symbols)
		return object->symbols;
	struct names *names = inq_alloc(sizeof *names);
	if (!names) {
		inq_no_memory(space->ctx);
		return NULL;
	}
	for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
		names->table = (struct inq_symbol_table) { 0 };
		names->table.level = INQ_SYMBOLS_NONE;
		if (sources[i]->open(space, object, &names->table))
			break;
	}
	object->symbols = names;
	object->symbols_destroy = destroy;
	return names;
}

/* The object's names, and `address` as the file counts it. */
static struct names *names_for(struct inq_space *space, struct inq_object *object, uint64_t address, uint64_t *ret)
{
	if (object->load_bias == INQ_UNKNOWN)
		return NULL;
	*ret = address - object->load_bias;
	return open_names(space, object);
}

bool inq_symbol_at(struct inq_space *space, struct inq_object *object, uint64_t address, struct inq_symbol *ret)
{
	uint64_t inside;
	struct inq_symbol_span span;
	struct names *names = names_for(space, object, address, &inside);
	if (!names || !inq_table_at(space->ctx, &names->table, inside, &span))
		return false;
	*ret = (struct inq_symbol) {
		.name = span.name, .start = span.value + object->load_bias, .size = span.size, .exact = span.size != 0
	};
	return true;
}

bool inq_symbol_find(struct inq_space *space, struct inq_object *object, const char *name, size_t length, uint64_t *ret)
{
	uint64_t value;
	struct names *names = names_for(space, object, 0, &value);
	if (!names || !inq_table_find(&names->table, name, length, &value))
		return false;
	*ret = value + object->load_bias;
	return true;
}

/* .tbss has an address but takes no room in memory: what follows it begins there too. */
static bool section_holds(const struct inq_elf_section *section, uint64_t address)
{
	if (!(section->flags & SHF_ALLOC) || ((section->flags & SHF_TLS) && section->type == SHT_NOBITS))
		return false;
	return address >= section->addr && address - section->addr < section->size;
}

static const char *section_name(const struct inq_elf *elf, const struct inq_elf_section *section)
{
	struct inq_elf_section strings;
	struct inq_view table;
	size_t length;
	if (!inq_elf_section(elf, elf->shstrndx, &strings) ||
	    !inq_view_slice(&elf->view, strings.offset, strings.size, &table))
		return NULL;
	const char *name = inq_view_string(&table, section->name, table.size, &length);
	return name && length && length < table.size - section->name ? name : NULL;
}

const char *inq_symbol_section(struct inq_space *space, struct inq_object *object, uint64_t address)
{
	uint64_t inside;
	struct inq_elf_section section;
	struct names *names = names_for(space, object, address, &inside);
	if (!names)
		return NULL;
	if (names->section_name && section_holds(&names->section, inside))
		return names->section_name;
	for (uint64_t i = 0; inq_elf_section(&names->table.elf, i, &section); i++)
		if (section_holds(&section, inside)) {
			names->section = section;
			names->section_name = section_name(&names->table.elf, &section);
			return names->section_name;
		}
	return NULL;
}

enum inq_symbols inq_symbol_known_level(const struct inq_object *object)
{
	const struct names *names = object->symbols;
	return names ? (enum inq_symbols)names->table.level : INQ_SYMBOLS_UNKNOWN;
}
