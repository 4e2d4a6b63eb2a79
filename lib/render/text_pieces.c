/* Names, numbers and places as people read them. */
#include "lib/render/text.h"

#include <string.h>

static size_t printable_ascii(const char *name)
{
	size_t length = 0;
	while (name[length] >= 0x20 && name[length] < 0x7f)
		length++;
	return length;
}

void inq_put_name(struct inq_str *str, const char *name)
{
	if (!name)
		return;
	size_t plain = printable_ascii(name); /* nearly always all of it */
	inq_str_add(str, name, plain);
	if (name[plain])
		inq_str_visible(str, name + plain, strlen(name + plain));
}

void inq_put_basename(struct inq_str *str, const char *path)
{
	const char *slash = path && path[0] == '/' ? strrchr(path, '/') : NULL;
	inq_put_name(str, slash && slash[1] ? slash + 1 : path);
}

void inq_put_bar(struct inq_str *str, double share, unsigned columns)
{
	unsigned filled = share >= 1 ? columns : (unsigned)(share * columns + 0.5);
	for (unsigned i = 0; i < columns; i++)
		inq_str_putc(str, i < filled ? '#' : '.');
}

void inq_put_address(struct inq_str *str, uint64_t address, unsigned digits)
{
	inq_str_add(str, "0x", 2);
	inq_str_hex(str, address, digits);
}

void inq_put_offset(struct inq_str *str, uint64_t offset)
{
	inq_str_add(str, "+0x", 3);
	inq_str_hex(str, offset, 1);
}

void inq_put_permissions(struct inq_str *str, unsigned permissions)
{
	if (!(permissions & INQ_PERM_KNOWN)) {
		inq_str_putc(str, '?');
		return;
	}
	char text[4] = { permissions & INQ_PERM_READ ? 'r' : '-', permissions & INQ_PERM_WRITE ? 'w' : '-',
			 permissions & INQ_PERM_EXECUTE ? 'x' : '-', permissions & INQ_PERM_SHARED ? 's' : 'p' };
	inq_str_add(str, text, sizeof(text));
}

/* "12 MiB below libc.so.6 (0x…)": where the address is, as seen from the thing. The end of a range is the first
 * address after it, so an address can be just there. */
static void put_near(struct inq_str *str, const struct inq_near *near, uint64_t address)
{
	bool above_it = near->side && strcmp(near->side, "below") == 0;
	uint64_t border = above_it ? near->end : near->start;
	if (above_it && address == border) {
		inq_str_puts(str, "just past the end of ");
	} else {
		inq_str_size(str, above_it && border != INQ_UNKNOWN ? address - border : near->distance);
		inq_str_puts(str, above_it ? " above the end of " : " below ");
	}
	inq_put_basename(str, near->what ? near->what : "the next mapping");
	if (border != INQ_UNKNOWN) {
		inq_str_puts(str, " (");
		inq_put_address(str, border, 1);
		inq_str_putc(str, ')');
	}
}

/* What is far away says nothing where something else is close by. */
static bool is_far(const struct inq_location *location, size_t index)
{
	const uint64_t close = 1 << 20, far = 1 << 30;
	return location->near_count == 2 && location->near[index].distance > far &&
	       location->near[1 - index].distance < close;
}

static void put_hole(struct inq_str *str, const struct inq_location *location)
{
	const char *between = ": ";
	inq_str_puts(str, location->untold ? "in no mapping that is listed" : "not mapped");
	for (size_t i = 0; i < location->near_count; i++) {
		if (is_far(location, i))
			continue;
		inq_str_puts(str, between);
		put_near(str, &location->near[i], location->address);
		between = ", ";
	}
}

void inq_put_class(struct inq_str *str, enum inq_class class_, const char *subclass)
{
	inq_str_puts(str, inq_class_name(class_));
	if (subclass) {
		inq_str_putc(str, '/');
		inq_put_name(str, subclass);
	}
}

/* " (.text, text)": section and class, as far as they are known. */
static void put_kind(struct inq_str *str, const struct inq_location *location)
{
	if (!location->section && !location->has_class)
		return;
	inq_str_puts(str, " (");
	inq_put_name(str, location->section);
	inq_str_puts(str, location->section && location->has_class ? ", " : "");
	if (location->has_class)
		inq_put_class(str, location->region_class, location->region_subclass);
	inq_str_puts(str, location->has_class && location->confidence == INQ_POSSIBLE ? "?)" : ")");
}

static void put_member(struct inq_str *str, const struct inq_location *location)
{
	if (!location->member)
		return;
	inq_str_puts(str, " (");
	inq_put_name(str, location->member);
	inq_str_puts(str, ": ");
	inq_put_name(str, location->type);
	inq_str_putc(str, ')');
}

static void put_symbol(struct inq_str *str, const struct inq_location *location)
{
	const char *symbol = location->function ? location->function : location->symbol;
	if (!symbol) {
		put_member(str, location);
		return;
	}
	if (location->object || location->mapped)
		inq_str_putc(str, ' ');
	inq_put_name(str, symbol);
	if (!location->inlined && location->symbol_offset && location->symbol_offset != INQ_UNKNOWN)
		inq_put_offset(str, location->symbol_offset);
	put_member(str, location);
	if (location->file) {
		inq_str_putc(str, ' ');
		inq_put_basename(str, location->file);
		inq_str_putc(str, ':');
		inq_str_decimal(str, location->line);
	}
}

/* Memory without a name is called by its class. */
static void put_unnamed(struct inq_str *str, const struct inq_location *location)
{
	bool anonymous = !location->has_class || location->region_class == INQ_CLASS_ANON;
	if (anonymous && !location->region_subclass)
		inq_str_puts(str, "anonymous memory");
	else
		inq_put_class(str, location->region_class, location->region_subclass);
}

void inq_put_chunk(struct inq_str *str, const struct inq_heap_chunk *chunk)
{
	static const char *const words[] = { "a ", "a free ", "the top chunk, " };
	inq_str_puts(str, (size_t)chunk->state < sizeof words / sizeof *words ? words[chunk->state] : "");
	inq_str_count(str, chunk->size);
	inq_str_puts(str, chunk->state == INQ_CHUNK_TOP ? " bytes" : "-byte chunk");
	inq_str_puts(str, chunk->state == INQ_CHUNK_IN_USE ? " in use" : "");
	if (chunk->where || chunk->symbol) {
		inq_str_puts(str, " (");
		inq_str_puts(str, chunk->where ? chunk->where : "");
		inq_str_puts(str, chunk->where && chunk->symbol ? ", " : "");
		inq_put_name(str, chunk->symbol);
		inq_str_putc(str, ')');
	}
}

/* "48 bytes into a free 64-byte chunk": counted from what malloc gave. */
static void put_in_chunk(struct inq_str *str, const struct inq_location *location)
{
	uint64_t user = location->chunk.user, address = location->address;
	inq_str_puts(str, ", ");
	if (address < user) {
		inq_str_puts(str, "in the header of ");
	} else if (address == user) {
		inq_str_puts(str, "at the start of ");
	} else {
		inq_str_count(str, address - user);
		inq_str_puts(str, address - user == 1 ? " byte into " : " bytes into ");
	}
	inq_put_chunk(str, &location->chunk);
}

void inq_put_location(struct inq_str *str, const struct inq_location *location)
{
	uint64_t offset = location->object ? location->offset : INQ_UNKNOWN;
	bool named = location->object || location->name;
	if (!location->mapped && !location->told) {
		put_hole(str, location);
		return;
	}
	if (location->told && !location->object) {
		put_symbol(str, location);
		return;
	}
	if (location->object)
		inq_put_basename(str, location->object);
	else if (named)
		inq_put_name(str, location->name);
	else
		put_unnamed(str, location);
	if (!location->object && location->start != INQ_UNKNOWN)
		offset = location->address - location->start;
	if (offset != INQ_UNKNOWN)
		inq_put_offset(str, offset);
	if (named)
		put_kind(str, location);
	put_symbol(str, location);
	if (location->in_chunk)
		put_in_chunk(str, location);
}
