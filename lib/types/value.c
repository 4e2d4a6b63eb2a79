/* Printing values. */
#include "lib/types/value.h"

#include "lib/symbol/demangle.h"

#include <inttypes.h>

enum { MOST_TEXT = 64, MOST_ELEMENTS = 8, MOST_MEMBERS = 8, MOST_LEVELS = 1 };

struct printing {
	struct inq_space *space;
	struct inq_str *str;
	bool readable;
};

static bool print(const struct printing *to, const struct inq_value *value, unsigned level);

/* `size` bytes of the value from `offset` on. */
static bool get_bytes(struct inq_space *space, const struct inq_value *value, uint64_t offset, uint8_t *buffer,
		      size_t size)
{
	uint64_t at;
	if (value->in_memory)
		return inq_add(value->address, offset, &at) && inq_space_read(space, at, buffer, size) <= INQ_READ_FILE;
	if (!inq_within(offset, size, value->size))
		return false;
	memcpy(buffer, value->bytes + offset, size);
	return true;
}

/* A part of the value, such as a member. */
static struct inq_value part_of(const struct inq_value *value, const struct inq_type *type, uint64_t offset)
{
	struct inq_value part = { .type = type, .in_memory = value->in_memory, .address = value->address + offset };
	if (value->in_memory || offset >= value->size)
		return part;
	part.size = value->size - offset;
	memcpy(part.bytes, value->bytes + offset, part.size);
	return part;
}

bool inq_value_of_number(const struct inq_space *space, uint64_t number, uint64_t size, struct inq_value *ret)
{
	if (!size || size > sizeof number)
		return false;
	for (uint64_t i = 0; i < size; i++)
		ret->bytes[space->machine.big ? size - 1 - i : i] = (uint8_t)(number >> 8 * i);
	ret->size = size;
	ret->in_memory = false;
	return true;
}

static bool is_number(const struct inq_type *type)
{
	return (type->kind >= INQ_TYPE_SIGNED && type->kind <= INQ_TYPE_BOOL) || type->kind == INQ_TYPE_POINTER ||
	       type->kind == INQ_TYPE_REFERENCE || type->kind == INQ_TYPE_MOVED_REFERENCE ||
	       type->kind == INQ_TYPE_ENUM;
}

static bool is_negative_kind(const struct inq_type *type)
{
	return type->kind == INQ_TYPE_SIGNED ||
	       ((type->kind == INQ_TYPE_CHAR || type->kind == INQ_TYPE_ENUM) && type->is_signed);
}

bool inq_value_number(struct inq_space *space, const struct inq_value *value, uint64_t *ret)
{
	const struct inq_type *type = inq_type_plain(value->type);
	uint64_t size = inq_type_size(type), number = 0;
	uint8_t bytes[sizeof number];
	if (!is_number(type) || !size || size > sizeof number || !get_bytes(space, value, 0, bytes, size))
		return false;
	for (uint64_t i = 0; i < size; i++)
		number |= (uint64_t)bytes[space->machine.big ? size - 1 - i : i] << 8 * i;
	unsigned unused = (unsigned)(64 - 8 * size);
	*ret = is_negative_kind(type) ? (uint64_t)((int64_t)(number << unused) >> unused) : number;
	return true;
}

static void put_character(struct inq_str *str, uint8_t c, char quote)
{
	static const char escapes[][2] = { { '\n', 'n' }, { '\t', 't' }, { '\r', 'r' }, { 27, 'e' } };
	for (size_t i = 0; i < sizeof escapes / sizeof *escapes; i++)
		if (c == escapes[i][0]) {
			inq_str_printf(str, "\\%c", escapes[i][1]);
			return;
		}
	if (c == quote || c == '\\')
		inq_str_printf(str, "\\%c", c);
	else if (c < ' ' || c == 127)
		inq_str_printf(str, "\\%03o", c);
	else
		inq_str_putc(str, (char)c);
}

/* In quotes; what is not UTF-8 in octal. */
static void put_text(struct inq_str *str, const uint8_t *bytes, size_t length, bool more)
{
	inq_str_putc(str, '"');
	for (size_t i = 0; i < length;) {
		size_t wide = inq_utf8_length((const char *)bytes + i, length - i);
		if (wide > 1)
			inq_str_add(str, (const char *)bytes + i, wide);
		else if (bytes[i] < 128)
			put_character(str, bytes[i], '"');
		else
			inq_str_printf(str, "\\%03o", bytes[i]);
		i += wide ? wide : 1;
	}
	inq_str_puts(str, more ? "\"…" : "\"");
}

/* As much text as there is in one piece, up to the limit. */
static size_t read_text(const struct printing *to, uint64_t address, uint8_t *buffer)
{
	size_t size = 0;
	while (size < MOST_TEXT + 1 && inq_space_read(to->space, address + size, buffer + size, 1) <= INQ_READ_FILE &&
	       buffer[size])
		size++;
	return size;
}

/* The text that a pointer leads to. */
static void put_pointed_text(const struct printing *to, uint64_t address)
{
	uint8_t buffer[MOST_TEXT + 1];
	if (inq_space_read(to->space, address, buffer, 1) > INQ_READ_FILE)
		return;
	size_t size = read_text(to, address, buffer);
	inq_str_putc(to->str, ' ');
	put_text(to->str, buffer, size < MOST_TEXT ? size : MOST_TEXT, size > MOST_TEXT);
}

static void put_symbol(const struct printing *to, uint64_t address)
{
	struct inq_symbol symbol;
	struct inq_object *object = inq_space_object_at(to->space, address);
	if (!object || !inq_symbol_at(to->space, object, address, &symbol) || !symbol.exact)
		return;
	inq_str_printf(to->str, " <%s", to->readable ? inq_demangle(to->space->ctx, symbol.name) : symbol.name);
	if (address != symbol.start)
		inq_str_printf(to->str, "+%" PRIu64, address - symbol.start);
	inq_str_putc(to->str, '>');
}

static void put_pointer(const struct printing *to, const struct inq_type *type, uint64_t address)
{
	const struct inq_type *target = inq_type_plain(inq_type_target(type));
	inq_str_printf(to->str, "%s0x%" PRIx64, type->kind == INQ_TYPE_POINTER ? "" : "@", address);
	if (!address)
		return;
	put_symbol(to, address);
	if (type->kind == INQ_TYPE_POINTER && target->kind == INQ_TYPE_CHAR)
		put_pointed_text(to, address);
}

static void put_enumerator(const struct printing *to, const struct inq_type *type, uint64_t number)
{
	for (size_t i = 0; i < type->enumerator_count; i++)
		if ((uint64_t)type->enumerators[i].value == number) {
			inq_str_puts(to->str, type->enumerators[i].name);
			return;
		}
	inq_str_printf(to->str, type->is_signed ? "%" PRId64 : "%" PRIu64, number);
}

static void put_number(const struct printing *to, const struct inq_type *type, uint64_t number)
{
	switch ((int)type->kind) {
	case INQ_TYPE_SIGNED:
		inq_str_printf(to->str, "%" PRId64, (int64_t)number);
		break;
	case INQ_TYPE_CHAR:
		inq_str_printf(to->str, "%" PRId64 " '", (int64_t)number);
		if ((uint8_t)number < 128)
			put_character(to->str, (uint8_t)number, '\'');
		else
			inq_str_printf(to->str, "\\%03o", (uint8_t)number);
		inq_str_putc(to->str, '\'');
		break;
	case INQ_TYPE_BOOL:
		if (number <= 1)
			inq_str_puts(to->str, number ? "true" : "false");
		else
			inq_str_decimal(to->str, number);
		break;
	case INQ_TYPE_ENUM:
		put_enumerator(to, type, number);
		break;
	case INQ_TYPE_UNSIGNED:
		inq_str_decimal(to->str, number);
		break;
	default:
		put_pointer(to, type, number);
	}
}

/* With as many digits as tell it from its neighbours. Only the formats of IEEE 754 that every host has. */
static bool put_float(const struct printing *to, const struct inq_value *value, uint64_t size)
{
	uint8_t bytes[8];
	uint64_t bits = 0;
	if ((size != 4 && size != 8) || !get_bytes(to->space, value, 0, bytes, size))
		return false;
	for (uint64_t i = 0; i < size; i++)
		bits |= (uint64_t)bytes[to->space->machine.big ? size - 1 - i : i] << 8 * i;
	uint32_t narrow = (uint32_t)bits;
	float single;
	double number;
	memcpy(&single, &narrow, sizeof single);
	memcpy(&number, &bits, sizeof number);
	inq_str_printf(to->str, "%.*g", size == 4 ? 9 : 17, size == 4 ? (double)single : number);
	return true;
}

static bool is_text(const struct inq_type *type)
{
	return type->kind == INQ_TYPE_ARRAY && inq_type_plain(inq_type_target(type))->kind == INQ_TYPE_CHAR;
}

static bool put_characters(const struct printing *to, const struct inq_value *value, uint64_t count)
{
	uint8_t buffer[MOST_TEXT];
	size_t size = count < MOST_TEXT ? (size_t)count : MOST_TEXT;
	if (!size || !get_bytes(to->space, value, 0, buffer, size))
		return false;
	size_t length = strnlen((const char *)buffer, size);
	put_text(to->str, buffer, length, length == size && size < count);
	return true;
}

static bool put_array(const struct printing *to, const struct inq_value *value, const struct inq_type *type,
		      unsigned level)
{
	const struct inq_type *element = inq_type_target(type);
	uint64_t size = inq_type_size(element), count = type->count;
	if (count == INQ_UNKNOWN || !size || size == INQ_UNKNOWN)
		return false;
	if (is_text(type))
		return put_characters(to, value, count);
	inq_str_putc(to->str, '{');
	for (uint64_t i = 0; i < count && i < MOST_ELEMENTS; i++) {
		struct inq_value part = part_of(value, element, i * size);
		inq_str_puts(to->str, i ? ", " : "");
		if (!print(to, &part, level + 1))
			return false;
	}
	inq_str_puts(to->str, count > MOST_ELEMENTS ? ", …}" : "}");
	return true;
}

static bool put_bits(const struct printing *to, const struct inq_value *value, const struct inq_member *member)
{
	const struct inq_type *type = inq_type_plain(value->type);
	uint8_t bytes[9] = { 0 };
	uint64_t number = 0;
	unsigned count = (member->bit_start + member->bit_size + 7u) / 8;
	if (!is_number(type) || count > sizeof number || !get_bytes(to->space, value, 0, bytes, count))
		return false;
	bool big = to->space->machine.big;
	for (unsigned i = 0; i < count; i++)
		number |= (uint64_t)bytes[big ? count - 1 - i : i] << 8 * i;
	number >>= big ? 8 * count - member->bit_start - member->bit_size : member->bit_start;
	unsigned unused = 64u - member->bit_size;
	number <<= unused;
	number = is_negative_kind(type) ? (uint64_t)((int64_t)number >> unused) : number >> unused;
	put_number(to, type, number);
	return true;
}

static bool put_members(const struct printing *to, const struct inq_value *value, const struct inq_type *type,
			unsigned level)
{
	size_t shown = type->member_count < MOST_MEMBERS ? type->member_count : MOST_MEMBERS;
	inq_str_putc(to->str, '{');
	for (size_t i = 0; i < shown; i++) {
		const struct inq_member *member = &type->members[i];
		struct inq_value part = part_of(value, inq_type_get(type->unit, member->type), member->offset);
		inq_str_puts(to->str, i ? ", " : "");
		if (member->base)
			inq_str_putc(to->str, '<');
		if (member->name)
			inq_str_printf(to->str, "%s%s = ", member->name, member->base ? ">" : "");
		if (!(member->bit_size ? put_bits(to, &part, member) : print(to, &part, level + 1)))
			return false;
	}
	inq_str_puts(to->str, shown < type->member_count ? ", …}" : "}");
	return true;
}

/* What is too deep is not looked at. */
static bool print(const struct printing *to, const struct inq_value *value, unsigned level)
{
	const struct inq_type *type = inq_type_plain(value->type);
	bool many = type->kind == INQ_TYPE_ARRAY || inq_type_has_members(type);
	uint64_t number;
	if (many && level >= MOST_LEVELS && !is_text(type)) {
		inq_str_puts(to->str, "{…}");
		return true;
	}
	if (type->kind == INQ_TYPE_ARRAY)
		return put_array(to, value, type, level);
	if (many)
		return type->size != INQ_UNKNOWN && put_members(to, value, type, level);
	if (type->kind == INQ_TYPE_FLOAT)
		return put_float(to, value, inq_type_size(type));
	if (!inq_value_number(to->space, value, &number))
		return false;
	put_number(to, type, number);
	return true;
}

bool inq_value_print(struct inq_space *space, const struct inq_value *value, bool readable, struct inq_str *str)
{
	const struct printing to = { space, str, readable };
	size_t before = str->length;
	bool good = print(&to, value, 0);
	if (!good && str->text) {
		str->length = before;
		str->text[before] = '\0';
	}
	return good;
}
