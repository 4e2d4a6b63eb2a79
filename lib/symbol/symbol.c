/* Names inside an object: its tables are opened by the first source that has them, and kept with it. */
#include "lib/symbol/symbol.h"

#include "lib/space/image.h"
#include "lib/dwarf/lines.h"
#include "lib/symbol/debug_info.h"
#include "lib/symbol/known_places.h"
#include "lib/symbol/names.h"
#include "lib/symbol/plt.h"

#include <inquest/report.h>

#include <stdlib.h>
#include <string.h>

#define INQ_SYMBOL_SOURCE(name) extern const struct inq_symbol_source inq_symbol_source_##name;
#include "lib/symbol/symbols.def"
#undef INQ_SYMBOL_SOURCE

static const struct inq_symbol_source *const sources[] = {
#define INQ_SYMBOL_SOURCE(name) &inq_symbol_source_##name,
#include "lib/symbol/symbols.def"
#undef INQ_SYMBOL_SOURCE
};

enum { MOST_PARTS = 1 << 16, MOST_PLACES = 64 };

static void destroy(void *symbols)
{
	struct inq_names *names = symbols;
	for (unsigned i = 0; i < names->table_count; i++)
		inq_table_release(&names->tables[i]);
	inq_part_vec_release(&names->parts);
	inq_debug_info_close(names->debug_info);
	inq_source_close(names->debug_source);
	if (names->own_arena)
		inq_arena_destroy(names->ctx.arena);
	free(names);
}

/* Names out of the object's file serve every process that maps it. Those that a warning came with are made again, so that
 * the next incident is told as well. */
static bool keep(void *symbols)
{
	struct inq_names *names = symbols;
	names->space = NULL;
	names->pclntab_tried = names->has_pclntab =
		false; /* where Go's text begins was the word of this incident's memory */
	return names->own_arena && names->has_file && !names->of_core && !names->warned &&
	       (!names->debug_info || inq_debug_info_keep(names->debug_info));
}

/* An index of a file's table may be found, or left, in the symbol cache. */
static void name_index(const struct inq_names *names, const struct inq_object *object,
		       const struct inq_symbol_source *source, struct inq_symbol_table *table)
{
	struct inq_arena *arena = names->ctx.arena;
	if (!names->space->cache)
		return;
	const char *id = inq_arena_copy(arena, (const char *)object->build_id, object->build_id_size);
	const char *path = inq_arena_copy(arena, object->path, strlen(object->path));
	if (!id || !path)
		return;
	table->folder = inq_cache_folder(names->space->cache);
	table->cache_name = (struct inq_cache_name) { .build_id = (const uint8_t *)id,
						      .build_id_size = object->build_id_size,
						      .kind = source->name,
						      .path = path };
}

static void open_tables(struct inq_space *space, struct inq_object *object, struct inq_names *names)
{
	bool whole = false;
	for (size_t i = 0; i < sizeof sources / sizeof *sources && !whole && names->table_count < INQ_MOST_TABLES;
	     i++) {
		struct inq_symbol_table *table = &names->tables[names->table_count];
		if (sources[i]->open(space, object, names, table)) {
			names->table_count++;
			names->of_core |= sources[i]->of_core;
			if (!sources[i]->of_core)
				name_index(names, object, sources[i], table);
			whole = sources[i]->whole;
		} else {
			inq_table_release(table);
		}
	}
}

static bool open_file(struct inq_space *space, struct inq_object *object, struct inq_elf *ret)
{
	const struct inq_source *file = inq_object_file(space, object);
	const struct inq_view bytes = { .data = file ? file->data : NULL, .size = file ? file->size : 0 };
	return file && inq_elf_open(&bytes, ret);
}

/* Empty names; what they allocate outlives the incident only if there is a cache to keep them in. */
static struct inq_names *create(struct inq_space *space)
{
	struct inq_names *names = inq_alloc(sizeof *names);
	if (!names)
		return NULL;
	names->space = space;
	names->own_arena = space->cache != NULL;
	names->ctx.arena = names->own_arena ? inq_arena_create() : space->ctx->arena;
	if (names->ctx.arena)
		return names;
	free(names);
	return NULL;
}

/* Names that an earlier incident left go on with this one. */
static struct inq_names *take_over(struct inq_space *space, struct inq_object *object)
{
	struct inq_names *names = object->made[INQ_MADE_NAMES].data;
	if (!names->space && names->debug_info)
		inq_debug_info_take_over(names->debug_info, space);
	names->space = space;
	return names;
}

struct inq_names *inq_names_open(struct inq_space *space, struct inq_object *object)
{
	struct inq_elf file = { 0 };
	struct inq_made *made = &object->made[INQ_MADE_NAMES];
	if (made->data)
		return take_over(space, object);
	bool has_file = open_file(space, object, &file);
	if (made->data)
		return take_over(space, object);
	struct inq_names *names = create(space);
	if (!names) {
		inq_no_memory(space->ctx);
		return NULL;
	}
	*made = (struct inq_made) { .data = names, .keep = keep, .destroy = destroy };
	size_t warnings = space->ctx->warnings.count;
	names->file = file;
	names->has_file = has_file;
	names->has_dwarf = has_file && inq_has_debug_info(&file);
	open_tables(space, object, names);
	names->warned = space->ctx->warnings.count != warnings;
	return names;
}

/* The object's names, and `address` as the file counts it. */
static struct inq_names *names_for(struct inq_space *space, struct inq_object *object, uint64_t address, uint64_t *ret)
{
	if (object->load_bias == INQ_UNKNOWN)
		return NULL;
	*ret = address - object->load_bias;
	return inq_names_open(space, object);
}

/* Of what several tables say, the first sized symbol, else the nearest one. */
static bool find_span(struct inq_names *names, uint64_t address, struct inq_symbol_span *ret)
{
	struct inq_symbol_span span;
	bool found = false;
	for (unsigned i = 0; i < names->table_count; i++) {
		if (!inq_table_at(&names->ctx, &names->tables[i], address, &span))
			continue;
		if (!found || span.size || span.value > ret->value)
			*ret = span;
		found = true;
		if (span.size)
			break;
	}
	return found;
}

static bool find_stub(struct inq_ctx *ctx, const struct inq_names *names, uint64_t address, struct inq_symbol_span *ret)
{
	struct inq_plt_stub stub;
	if (!names->has_file || !inq_plt_at(ctx, &names->file, address, &stub))
		return false;
	*ret = (struct inq_symbol_span) { .value = stub.start, .size = stub.size, .name = stub.name };
	return true;
}

/* Go's own table, opened when no other has a name. */
static const struct inq_pclntab *pclntab_of(struct inq_space *space, const struct inq_object *object,
					    struct inq_names *names)
{
	if (!names->go_known && names->has_file)
		names->is_go = inq_pclntab_is_in(&names->file);
	names->go_known = true;
	if (!names->pclntab_tried && names->is_go)
		names->has_pclntab = inq_pclntab_open(space, object, &names->file, &names->pclntab);
	names->pclntab_tried = true;
	return names->has_pclntab ? &names->pclntab : NULL;
}

static bool find_go_function(struct inq_space *space, const struct inq_object *object, struct inq_names *names,
			     uint64_t address, struct inq_symbol_span *ret)
{
	struct inq_pclntab_function function;
	const struct inq_pclntab *table = pclntab_of(space, object, names);
	if (!table || !inq_pclntab_at(table, address, &function))
		return false;
	*ret = (struct inq_symbol_span) { .value = function.start, .size = function.size, .name = function.name };
	return true;
}

/* A symbol without a size may be the linker's own, beside a stub's. */
static bool find_name(struct inq_space *space, const struct inq_object *object, struct inq_names *names,
		      uint64_t address, struct inq_symbol_span *ret)
{
	bool found = find_span(names, address, ret) || find_go_function(space, object, names, address, ret);
	return (found && ret->size) || find_stub(space->ctx, names, address, ret) || found;
}

bool inq_symbol_at(struct inq_space *space, struct inq_object *object, uint64_t address, struct inq_symbol *ret)
{
	uint64_t inside;
	struct inq_symbol_span span = { 0 };
	struct inq_names *names = names_for(space, object, address, &inside);
	if (!names || !find_name(space, object, names, inside, &span))
		return false;
	*ret = (struct inq_symbol) { .name = span.name,
				     .start = span.value + object->load_bias,
				     .size = span.size,
				     .exact = span.size != 0,
				     .thumb = span.thumb };
	return true;
}

bool inq_symbol_go_frame(struct inq_space *space, struct inq_object *object, uint64_t address, struct inq_go_frame *ret)
{
	uint64_t inside;
	struct inq_pclntab_function function;
	struct inq_names *names = names_for(space, object, address, &inside);
	const struct inq_pclntab *table = names ? pclntab_of(space, object, names) : NULL;
	if (!table || !inq_pclntab_at(table, inside, &function) ||
	    !inq_pclntab_depth(table, &function, inside, &ret->depth))
		return false;
	ret->function = function.name;
	return true;
}

static void find_named(struct inq_ctx *ctx, struct inq_names *names, struct inq_asked_name *asked)
{
	asked->found =
		names->has_file && inq_exported_find(ctx, &names->file, asked->name, asked->length, &asked->value);
	for (unsigned i = 0; !asked->found && i < names->table_count; i++)
		asked->found = inq_table_find(&names->tables[i], asked->name, asked->length, &asked->value);
}

static const struct inq_asked_name *find_asked(const struct inq_names *names, const char *name, size_t length)
{
	for (unsigned i = 0; i < names->asked_count; i++)
		if (names->asked[i].length == length && memcmp(names->asked[i].name, name, length) == 0)
			return &names->asked[i];
	return NULL;
}

static void remember(struct inq_names *names, const struct inq_asked_name *asked)
{
	const char *name = names->asked_count < INQ_MOST_ASKED
				   ? inq_arena_copy(names->ctx.arena, asked->name, asked->length)
				   : NULL;
	if (!name)
		return;
	names->asked[names->asked_count] = *asked;
	names->asked[names->asked_count++].name = name;
}

bool inq_symbol_find(struct inq_space *space, struct inq_object *object, const char *name, size_t length, uint64_t *ret)
{
	uint64_t inside;
	struct inq_names *names = names_for(space, object, 0, &inside);
	const struct inq_asked_name *known = names ? find_asked(names, name, length) : NULL;
	struct inq_asked_name asked = { .name = name, .length = length };
	if (!names)
		return false;
	if (!known) {
		find_named(space->ctx, names, &asked);
		remember(names, &asked);
		known = &asked;
	}
	if (known->found)
		*ret = known->value + object->load_bias;
	return known->found;
}

const struct inq_elf *inq_symbol_debug_file(struct inq_space *space, struct inq_object *object)
{
	struct inq_names *names = inq_names_open(space, object);
	return names ? inq_names_debug_file(space, object, names) : NULL;
}

static struct inq_debug_info *debug_info(struct inq_space *space, struct inq_object *object, struct inq_names *names)
{
	if (!names->debug_info_opened) {
		names->debug_info_opened = true;
		names->debug_info = inq_debug_info_open(space, object, names);
	}
	return names->debug_info;
}

struct inq_dwarf *inq_symbol_dwarf(struct inq_space *space, struct inq_object *object)
{
	struct inq_names *names = inq_names_open(space, object);
	struct inq_debug_info *info = names ? debug_info(space, object, names) : NULL;
	return info ? inq_debug_info_dwarf(info) : NULL;
}

static size_t go_places(struct inq_space *space, const struct inq_object *object, struct inq_names *names,
			uint64_t address, struct inq_symbol_place *ret, size_t most)
{
	struct inq_pclntab_function function;
	struct inq_pclntab_place places[MOST_PLACES];
	const struct inq_pclntab *table = pclntab_of(space, object, names);
	if (!table || !inq_pclntab_at(table, address, &function))
		return 0;
	inq_pclntab_find_calls(space, object, &names->file, &names->pclntab);
	size_t count = inq_pclntab_places(table, &function, address, places, MOST_PLACES);
	for (size_t i = 0; i < count && i < most; i++)
		ret[i] = (struct inq_symbol_place) { places[i].function, places[i].file, places[i].line };
	return count < most ? count : most;
}

static size_t read_places(struct inq_debug_info *info, uint64_t address, struct inq_symbol_place *ret, size_t most)
{
	struct inq_dwarf_place places[MOST_PLACES];
	size_t count =
		inq_dwarf_places(inq_debug_info_dwarf(info), address, places, most < MOST_PLACES ? most : MOST_PLACES);
	for (size_t i = 0; i < count; i++)
		ret[i] = (struct inq_symbol_place) { places[i].function, places[i].file, places[i].line };
	inq_debug_info_warn(info);
	return count;
}

/* Names that go on to the next incident keep what was found, if it is all there was. */
static void keep_places(struct inq_names *names, uint64_t address, const struct inq_symbol_place *places, size_t count,
			size_t most)
{
	if (!names->own_arena || count == most || !inq_debug_info_keep(names->debug_info))
		return;
	if (!names->places)
		names->places = inq_known_places_create(names->ctx.arena);
	if (names->places)
		inq_known_places_put(names->places, address, places, count);
}

size_t inq_symbol_places(struct inq_space *space, struct inq_object *object, uint64_t address,
			 struct inq_symbol_place *ret, size_t most)
{
	uint64_t inside;
	size_t count;
	struct inq_names *names = names_for(space, object, address, &inside);
	if (names && names->places && inq_known_places_get(names->places, inside, ret, most, &count))
		return count;
	struct inq_debug_info *info = names ? debug_info(space, object, names) : NULL;
	if (!info)
		return names ? go_places(space, object, names, inside, ret, most) : 0;
	count = read_places(info, inside, ret, most);
	keep_places(names, inside, ret, count, most);
	return count;
}

/* Whose section headers tell: the matched file's, a debug file's, those of an image in memory. */
static bool find_headers(struct inq_space *space, const struct inq_object *object, const struct inq_names *names,
			 struct inq_elf *ret)
{
	struct inq_image image;
	if (names->has_file || names->has_debug) {
		*ret = names->has_file ? names->file : names->debug;
		return true;
	}
	if (!inq_image_open(space, &space->mappings.items[object->first_mapping], &image))
		return false;
	*ret = image.elf;
	return true;
}

static void read_parts(struct inq_space *space, const struct inq_object *object, struct inq_names *names)
{
	struct inq_elf elf;
	struct inq_elf_section section;
	uint64_t end;
	names->parts_read = true;
	if (!find_headers(space, object, names, &elf))
		return;
	for (uint64_t i = 0; inq_elf_section(&elf, i, &section) && names->parts.count < MOST_PARTS; i++) {
		if (!inq_elf_section_holds(&section, section.addr) || !inq_add(section.addr, section.size, &end))
			continue;
		struct inq_part *part = inq_part_vec_push(&names->parts);
		if (!part) {
			inq_no_memory(space->ctx);
			return;
		}
		*part = (struct inq_part) { .start = section.addr, .end = end };
		part->name = inq_elf_section_name(&elf, &section);
	}
}

/* A million look-ups must not decode the section headers each time. */
const char *inq_symbol_section(struct inq_space *space, struct inq_object *object, uint64_t address)
{
	uint64_t inside;
	struct inq_names *names = names_for(space, object, address, &inside);
	if (!names)
		return NULL;
	if (!names->parts_read)
		read_parts(space, object, names);
	for (size_t i = 0; i < names->parts.count; i++) {
		const struct inq_part *part = &names->parts.items[i];
		if (part->start <= inside && inside < part->end)
			return part->name;
	}
	return NULL;
}

enum inq_symbols inq_symbol_known_level(const struct inq_object *object)
{
	const struct inq_names *names = object->made[INQ_MADE_NAMES].data;
	if (!names)
		return INQ_SYMBOLS_UNKNOWN;
	if (names->has_dwarf)
		return INQ_SYMBOLS_DEBUG;
	if (names->has_pclntab)
		return INQ_SYMBOLS_FULL;
	return names->table_count ? (enum inq_symbols)names->tables[0].level : INQ_SYMBOLS_NONE;
}

void inq_symbols_give_back(const struct inq_space *space)
{
	for (size_t i = 0; i < space->objects.count; i++) {
		const struct inq_names *names = space->objects.items[i].made[INQ_MADE_NAMES].data;
		inq_source_give_back(space->objects.items[i].file);
		inq_source_give_back(names ? names->debug_source : NULL);
	}
}
