/* Checking CTF of binutils, version 3: that the records of types fill their part, and refer to what they may refer to.
 * Facts: binutils' include/ctf.h; archives: its libctf/ctf-impl.h (struct ctf_archive). */
#include "lib/types/ctf_check.h"

#include "lib/base/vec.h"
#include "lib/io/unpack.h"

#include <stdlib.h>

enum { /* of ctf.h, without CTF_ */
       MAGIC = 0xdff2,
       VERSION_3 = 4,
       F_COMPRESS = 1,
       HEADER = 52,
       K_INTEGER = 1,
       K_FLOAT = 2,
       K_ARRAY = 4,
       K_FUNCTION = 5,
       K_STRUCT = 6,
       K_UNION = 7,
       K_ENUM = 8,
       K_FORWARD = 9,
       K_SLICE = 14,
       LSTRUCT_THRESH = 536870912
};
#define LSIZE_SENT	UINT32_MAX
#define ARCHIVE_MAGIC	UINT64_C(0x8b47f2a4d7623eeb)
#define MOST_UNPACKED	(UINT64_C(256) << 20)
#define CHILD_BIT	UINT32_C(0x80000000)
#define MOST_IN_ARCHIVE UINT64_C(4096)

INQ_VEC(offset_vec, uint64_t)

struct record {
	uint64_t kind, count, reference, size;
	uint64_t data; /* where its own data begins */
};

static bool read_record(const struct inq_view *types, uint64_t at, struct record *ret)
{
	if (!inq_within(at, 12, types->size))
		return false;
	uint64_t info = inq_view_get(types, at + 4, 4), size = inq_view_get(types, at + 8, 4);
	*ret = (struct record) {
		.kind = info >> 26, .count = info & 0xffffff, .reference = size, .size = size, .data = at + 12
	};
	if (size != LSIZE_SENT)
		return true;
	ret->size = inq_view_get(types, at + 12, 4) << 32 | inq_view_get(types, at + 16, 4);
	ret->data = at + 20;
	return true;
}

static uint64_t data_size(const struct record *record)
{
	switch (record->kind) {
	case K_INTEGER:
	case K_FLOAT:
		return 4;
	case K_ARRAY:
		return 12;
	case K_FUNCTION:
		return 4 * (record->count + (record->count & 1));
	case K_STRUCT:
	case K_UNION:
		return (record->size < LSTRUCT_THRESH ? 12 : 16) * record->count;
	case K_ENUM:
	case K_SLICE:
		return 8 * (record->kind == K_SLICE ? 1 : record->count);
	default:
		return 0;
	}
}

/* libctf counts a forward declaration by the kind that it stands for, and takes a slice of slices for an integer without
 * looking how many there are. */
static bool refers_well(const struct inq_view *types, const struct offset_vec *records, const struct record *record)
{
	struct record target;
	if (record->kind == K_FORWARD)
		return record->reference <= K_SLICE;
	if (record->kind != K_SLICE)
		return true;
	uint64_t id = inq_view_get(types, record->data, 4) & ~CHILD_BIT;
	return !id || id > records->count || !read_record(types, records->items[id - 1], &target) ||
	       target.kind != K_SLICE;
}

static bool check_types(const struct inq_view *types)
{
	struct offset_vec records = { 0 };
	struct record record;
	uint64_t at = 0;
	bool good = true;
	while (good && at < types->size) {
		uint64_t *offset = read_record(types, at, &record) ? offset_vec_push(&records) : NULL;
		good = offset && record.kind <= K_SLICE && inq_within(record.data, data_size(&record), types->size);
		if (offset)
			*offset = at;
		at = record.data + data_size(&record);
	}
	for (size_t i = 0; good && i < records.count; i++)
		good = read_record(types, records.items[i], &record) && refers_well(types, &records, &record);
	offset_vec_release(&records);
	return good;
}

static bool check_body(const struct inq_view *header, const struct inq_view *body)
{
	uint64_t types = inq_view_get(header, 40, 4), strings = inq_view_get(header, 44, 4); /* cth_typeoff, stroff */
	struct inq_view view;
	return strings >= types && inq_view_slice(body, types, strings - types, &view) && check_types(&view);
}

static bool check_dictionary(const struct inq_view *whole)
{
	struct inq_view body = inq_view_clip(whole, HEADER, UINT64_MAX);
	if (whole->size < HEADER || inq_view_get(whole, 0, 2) != MAGIC || inq_view_get(whole, 2, 1) != VERSION_3)
		return false;
	if (!(inq_view_get(whole, 3, 1) & F_COMPRESS))
		return check_body(whole, &body);
	uint64_t size = inq_view_get(whole, 44, 4) + inq_view_get(whole, 48, 4); /* cth_stroff, cth_strlen */
	size_t unpacked_size;
	const struct inq_unpack_ops *zlib = size && size <= MOST_UNPACKED ? inq_unpack_zlib() : NULL;
	uint8_t *unpacked = zlib ? inq_unpack_bytes(zlib, body.data, body.size, size, size, &unpacked_size) : NULL;
	if (!unpacked)
		return false;
	body.data = unpacked;
	body.size = unpacked_size;
	bool good = check_body(whole, &body);
	free(unpacked);
	return good;
}

/* Little-endian on every machine: a magic number, model, count of files, where names and dictionaries begin; then for each
 * file the offsets of both. A dictionary is preceded by its size. */
static bool check_archive(const struct inq_view *section)
{
	struct inq_view little = *section, one;
	little.big = false;
	uint64_t count = inq_view_get(&little, 16, 8), dictionaries = inq_view_get(&little, 32, 8);
	if (count > MOST_IN_ARCHIVE)
		return false;
	for (uint64_t i = 0; i < count; i++) {
		uint64_t at, size;
		if (!inq_view_at(&little, 40 + 16 * i + 8, 8, &at) || !inq_add(at, dictionaries, &at) ||
		    !inq_view_at(&little, at, 8, &size) || !inq_view_slice(section, at + 8, size, &one) ||
		    !check_dictionary(&one))
			return false;
	}
	return true;
}

bool inq_ctf_is_sound(const struct inq_view *section)
{
	struct inq_view little = *section;
	little.big = false;
	return inq_view_get(&little, 0, 8) == ARCHIVE_MAGIC ? check_archive(section) : check_dictionary(section);
}
