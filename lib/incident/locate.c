/* Where an address falls; and addresses as people write them. */
#include "lib/incident/incident.h"

#include "lib/heap/heap.h"
#include "lib/symbol/demangle.h"
#include "lib/symbol/symbol.h"
#include "lib/types/whatis.h"

#include <ctype.h>

static const char *label_of(const struct inq_incident *incident, const struct inq_mapping *mapping)
{
	if (mapping->file)
		return mapping->file->path;
	const struct inq_region *region =
		inq_region_at(incident->report.regions, incident->report.region_count, mapping->start);
	if (region && region->class_ != INQ_CLASS_ANON)
		return inq_class_name(region->class_);
	return mapping->name ? mapping->name : "anonymous memory";
}

/* What stands on both sides of a hole. */
static void find_near(const struct inq_incident *incident, uint64_t address, struct inq_location *ret)
{
	const struct inq_space *space = incident->space;
	const struct inq_mapping *first = space->mappings.items, *above = inq_space_mapping_from(space, address);
	const struct inq_mapping *below = NULL;
	if (above && above > first)
		below = above - 1;
	else if (!above && space->mappings.count)
		below = &first[space->mappings.count - 1];
	if (below)
		ret->near[ret->near_count++] = (struct inq_near) { .what = label_of(incident, below),
								   .side = "below",
								   .distance = address - (below->end - 1),
								   .start = below->start,
								   .end = below->end };
	if (above)
		ret->near[ret->near_count++] = (struct inq_near) { .what = label_of(incident, above),
								   .side = "above",
								   .distance = above->start - address,
								   .start = above->start,
								   .end = above->end };
}

const char *inq_readable_name(struct inq_incident *incident, const char *name)
{
	return incident->options.no_demangle ? name : inq_demangle(&incident->ctx, name);
}

static void name_symbol(struct inq_incident *incident, struct inq_object *object, struct inq_location *ret)
{
	struct inq_symbol symbol;
	ret->section = inq_symbol_section(incident->space, object, ret->address);
	if (!inq_symbol_at(incident->space, object, ret->address, &symbol))
		return;
	ret->symbol = symbol.name;
	ret->symbol_offset = ret->address - symbol.start;
	const char *readable = inq_readable_name(incident, symbol.name);
	if (readable != symbol.name)
		ret->function = readable;
}

static void classify(const struct inq_incident *incident, struct inq_location *ret)
{
	const struct inq_region *region =
		inq_region_at(incident->report.regions, incident->report.region_count, ret->address);
	if (!region)
		return;
	ret->has_class = true;
	ret->region_class = region->class_;
	ret->region_subclass = region->subclass;
	ret->confidence = region->confidence;
	ret->start = region->start;
	ret->end = region->end;
}

enum inq_status inq_locate_symbol(struct inq_incident *incident, uint64_t address, struct inq_location *ret)
{
	*ret = (struct inq_location) {
		.address = address, .offset = INQ_UNKNOWN, .start = INQ_UNKNOWN, .end = INQ_UNKNOWN
	};
	if (!incident->space)
		return INQ_BAD_ARGUMENT;
	const struct inq_mapping *mapping = inq_space_mapping_at(incident->space, address);
	if (!mapping) {
		ret->untold = !inq_space_lists_all(incident->space);
		find_near(incident, address, ret);
		return INQ_OK;
	}
	ret->mapped = true;
	ret->start = mapping->start;
	ret->end = mapping->end;
	ret->permissions = mapping->permissions;
	ret->name = mapping->name;
	struct inq_object *object = inq_space_object_at(incident->space, address);
	if (object) {
		ret->object = object->path;
		ret->offset = address - object->base;
		name_symbol(incident, object, ret);
	}
	classify(incident, ret);
	if (!object)
		ret->in_chunk = inq_heap_chunk_at(incident->space, address, &ret->chunk);
	return INQ_OK;
}

/* Only code has lines. */
size_t inq_locate_source(struct inq_incident *incident, const struct inq_location *location,
			 struct inq_symbol_place *ret, size_t most)
{
	struct inq_object *object = inq_space_object_at(incident->space, location->address);
	if (!object || ((location->permissions & INQ_PERM_KNOWN) && !(location->permissions & INQ_PERM_EXECUTE)))
		return 0;
	return inq_symbol_places(incident->space, object, location->address, ret, most);
}

void inq_location_set_source(struct inq_incident *incident, const struct inq_symbol_place *place,
			     struct inq_location *ret)
{
	if (place->function)
		ret->function = inq_readable_name(incident, place->function);
	ret->file = place->line ? place->file : NULL; /* line 0: the compiler made it of no line in particular */
	ret->line = place->line;
}

/* Only data has members; nothing but a static variable is asked for, as inq_locate_symbol did for a symbol, and outside of
 * objects a thread-local one. */
static void set_member(struct inq_incident *incident, struct inq_location *ret)
{
	struct inq_whatis what;
	if (!ret->mapped || (ret->permissions & INQ_PERM_EXECUTE) || !inq_whatis(incident->space, ret->address, &what))
		return;
	ret->member = what.path;
	ret->type = what.type;
}

enum inq_status inq_incident_locate(struct inq_incident *incident, uint64_t address, struct inq_location *ret)
{
	struct inq_symbol_place places[2];
	enum inq_status status = inq_locate_symbol(incident, address, ret);
	size_t count = status == INQ_OK ? inq_locate_source(incident, ret, places, 2) : 0;
	if (count)
		inq_location_set_source(incident, &places[0], ret);
	ret->inlined = count > 1;
	if (status == INQ_OK)
		set_member(incident, ret);
	return status;
}

/* Hexadecimal with or without 0x, the whole text. */
static bool parse_hex(const char *text, uint64_t *ret)
{
	uint64_t value = 0;
	size_t digits = 0;
	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
		text += 2;
	for (; isxdigit((unsigned char)*text); text++, digits++) {
		int c = tolower((unsigned char)*text);
		value = value << 4 | (uint64_t)(c <= '9' ? c - '0' : c - 'a' + 10);
	}
	*ret = value;
	return digits > 0 && digits <= 16 && *text == '\0';
}

static struct inq_object *find_object(struct inq_incident *incident, const char *name, size_t length, const char **why)
{
	struct inq_object *object = inq_object_by_name(incident->space, name, length);
	if (!object)
		*why = "no object of that name is mapped";
	return object;
}

/* "object`0x12", "object`0xfffffd7ffd1c45ae" (as DTrace prints an address without a symbol), "object`symbol+0x12". */
static enum inq_status parse_backquote(struct inq_incident *incident, const char *text, const char *quote,
				       uint64_t *ret, const char **why)
{
	struct inq_object *object = find_object(incident, text, (size_t)(quote - text), why);
	uint64_t value, offset = 0;
	if (!object)
		return INQ_BAD_ARGUMENT;
	if (parse_hex(quote + 1, &value)) {
		*ret = value < object->end - object->base ? object->base + value : value;
		return INQ_OK;
	}
	const char *plus = strrchr(quote, '+');
	size_t length = plus ? (size_t)(plus - quote - 1) : strlen(quote + 1);
	if (plus && !parse_hex(plus + 1, &offset)) {
		*why = "the offset after + is not hexadecimal";
		return INQ_BAD_ARGUMENT;
	}
	if (!inq_symbol_find(incident->space, object, quote + 1, length, &value)) {
		*why = "that object has no such symbol, or its file is not at hand";
		return INQ_BAD_ARGUMENT;
	}
	*ret = value + offset;
	return INQ_OK;
}

enum inq_status inq_incident_parse_address(struct inq_incident *incident, const char *text, uint64_t *ret,
					   const char **why)
{
	uint64_t offset;
	*why = NULL;
	if (parse_hex(text, ret))
		return INQ_OK;
	if (!incident->space) {
		*why = "no artefact tells the objects";
		return INQ_BAD_ARGUMENT;
	}
	const char *quote = strchr(text, '`'), *plus = strrchr(text, '+');
	if (quote)
		return parse_backquote(incident, text, quote, ret, why);
	if (!plus || plus == text || !parse_hex(plus + 1, &offset)) {
		*why = "not an address: hexadecimal, OBJECT+OFFSET or OBJECT`SYMBOL+OFFSET is wanted";
		return INQ_BAD_ARGUMENT;
	}
	struct inq_object *object = find_object(incident, text, (size_t)(plus - text), why);
	if (!object)
		return INQ_BAD_ARGUMENT;
	if (offset >= object->end - object->base) {
		*why = "the offset is beyond the end of that object";
		return INQ_BAD_ARGUMENT;
	}
	*ret = object->base + offset;
	return INQ_OK;
}
