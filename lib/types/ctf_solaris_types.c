/* The types of Solaris' CTF: records one after the other, numbered from 1; each begins with a name, a kind with the number of
 * its parts, and its size or the type it refers to. Facts: illumos uts/common/sys/ctf.h (version 2), ctf(4). */
#include "lib/types/ctf_solaris.h"

enum { /* of ctf.h, without CTF_ */
       K_INTEGER = 1,
       K_FLOAT,
       K_POINTER,
       K_ARRAY,
       K_FUNCTION,
       K_STRUCT,
       K_UNION,
       K_ENUM,
       K_FORWARD,
       K_TYPEDEF,
       K_VOLATILE,
       K_CONST,
       K_RESTRICT,
       INT_SIGNED = 1,
       INT_CHAR = 2,
       INT_BOOL = 4,
       LSIZE_SENT = 0xffff,
       LSTRUCT_THRESH = 8192,
       OF_CHILD = 0x8000
};
#define EXTERNAL_STRING UINT32_C(0x80000000)

/* The fields that every type begins with. */
struct record {
	uint32_t name, kind, count, reference; /* reference: to the type, or the size if that is small */
	uint64_t size;
	uint64_t at; /* where its own data begins */
};

static bool read_record(const struct inq_solaris_ctf *ctf, uint64_t at, struct record *ret)
{
	const struct inq_view *v = &ctf->types;
	if (!inq_within(at, 8, v->size))
		return false;
	uint32_t info = (uint32_t)inq_view_get(v, at + 4, 2);
	*ret = (struct record) { .name = (uint32_t)inq_view_get(v, at, 4),
				 .kind = info >> 11,
				 .count = info & 0x3ff,
				 .reference = (uint32_t)inq_view_get(v, at + 6, 2),
				 .at = at + 8 };
	ret->size = ret->reference;
	if (ret->reference != LSIZE_SENT)
		return true;
	ret->size = inq_view_get(v, at + 8, 4) << 32 | inq_view_get(v, at + 12, 4);
	ret->at = at + 16;
	return true;
}

/* Bytes of the record's own data. */
static uint64_t data_size(const struct record *record)
{
	switch (record->kind) {
	case K_INTEGER:
	case K_FLOAT:
		return 4;
	case K_ARRAY:
		return 8;
	case K_FUNCTION:
		return 2 * (record->count + (record->count & 1));
	case K_STRUCT:
	case K_UNION:
		return (record->size < LSTRUCT_THRESH ? 8 : 16) * (uint64_t)record->count;
	case K_ENUM:
		return 8 * (uint64_t)record->count;
	default:
		return 0;
	}
}

static const char *string_at(const struct inq_solaris_ctf *ctf, uint32_t offset)
{
	const struct inq_view *strings = offset & EXTERNAL_STRING ? &ctf->symbols.strings : &ctf->strings;
	size_t length;
	offset &= ~EXTERNAL_STRING;
	const char *string = inq_view_string(strings, offset, UINT64_MAX, &length);
	return string && length && length < strings->size - offset ? string : NULL;
}

struct inq_type_ref inq_solaris_ctf_ref(const struct inq_solaris_ctf *ctf, uint64_t id)
{
	return (struct inq_type_ref) { id ? (void *)(uintptr_t)ctf : NULL, id };
}

static uint8_t integer_kind(const struct inq_solaris_ctf *ctf, const struct record *record, const char *name)
{
	uint32_t encoding = (uint32_t)inq_view_get(&ctf->types, record->at, 4) >> 24;
	if (name && strcmp(name, "void") == 0)
		return INQ_TYPE_VOID;
	if (encoding & INT_BOOL)
		return INQ_TYPE_BOOL;
	if ((encoding & INT_CHAR) && record->size == 1)
		return INQ_TYPE_CHAR;
	return encoding & INT_SIGNED ? INQ_TYPE_SIGNED : INQ_TYPE_UNSIGNED;
}

/* A member of fewer bits than its type has is a bit field; the encoding of its type says so. */
static void set_bits(const struct inq_solaris_ctf *ctf, struct inq_member *member, uint64_t id, uint64_t bits)
{
	struct record record;
	member->offset = bits / 8;
	if (!id || id > ctf->offsets.count || !read_record(ctf, ctf->offsets.items[id - 1], &record) ||
	    record.kind != K_INTEGER)
		return;
	uint64_t size = inq_view_get(&ctf->types, record.at, 4) & 0xffff;
	if (size >= 64 || (size == 8 * record.size && bits % 8 == 0))
		return;
	member->bit_start = (uint8_t)(bits % 8);
	member->bit_size = (uint8_t)size;
}

static bool read_members(const struct inq_solaris_ctf *ctf, const struct record *record, struct inq_type *ret)
{
	const struct inq_view *v = &ctf->types;
	bool large = record->size >= LSTRUCT_THRESH;
	struct inq_member *members = inq_arena_array(ctf->space->ctx->arena, record->count, sizeof *members);
	for (uint32_t i = 0; members && i < record->count; i++) {
		uint64_t at = record->at + i * (large ? UINT64_C(16) : UINT64_C(8));
		uint64_t id = inq_view_get(v, at + 4, 2);
		uint64_t bits = large ? inq_view_get(v, at + 8, 4) << 32 | inq_view_get(v, at + 12, 4)
				      : inq_view_get(v, at + 6, 2);
		members[i].name = string_at(ctf, (uint32_t)inq_view_get(v, at, 4));
		members[i].type = inq_solaris_ctf_ref(ctf, id);
		set_bits(ctf, &members[i], id, bits);
	}
	ret->members = members;
	ret->member_count = members ? record->count : 0;
	return members != NULL;
}

static bool read_enumerators(const struct inq_solaris_ctf *ctf, const struct record *record, struct inq_type *ret)
{
	struct inq_enumerator *list = inq_arena_array(ctf->space->ctx->arena, record->count, sizeof *list);
	for (uint32_t i = 0; list && i < record->count; i++) {
		uint64_t at = record->at + 8 * (uint64_t)i;
		const char *name = string_at(ctf, (uint32_t)inq_view_get(&ctf->types, at, 4));
		list[i].name = name ? name : "?";
		list[i].value = (int32_t)(uint32_t)inq_view_get(&ctf->types, at + 4, 4);
	}
	ret->enumerators = list;
	ret->enumerator_count = list ? record->count : 0;
	ret->is_signed = true;
	return list != NULL;
}

/* `count` type numbers, 0 last for "...". */
bool inq_solaris_ctf_parameters(const struct inq_solaris_ctf *ctf, const struct inq_view *view, uint64_t at,
				uint64_t count, struct inq_type *ret)
{
	struct inq_member *list = inq_arena_array(ctf->space->ctx->arena, count, sizeof *list);
	if (!list)
		return false;
	ret->variadic = count && inq_view_get(view, at + 2 * (count - 1), 2) == 0;
	ret->member_count = count - ret->variadic;
	ret->members = list;
	for (uint64_t i = 0; i < ret->member_count; i++)
		list[i].type = inq_solaris_ctf_ref(ctf, inq_view_get(view, at + 2 * i, 2));
	return true;
}

/* What a FORWARD was, stands where others have their reference. */
static uint8_t forward_kind(uint32_t kind)
{
	return kind == K_UNION ? INQ_TYPE_UNION : kind == K_ENUM ? INQ_TYPE_ENUM : INQ_TYPE_STRUCT;
}

bool inq_solaris_ctf_describe(void *state, struct inq_type_ref ref, struct inq_type *ret)
{
	static const uint8_t kinds[] = {
		[K_FLOAT] = INQ_TYPE_FLOAT,	  [K_POINTER] = INQ_TYPE_POINTER,   [K_ARRAY] = INQ_TYPE_ARRAY,
		[K_FUNCTION] = INQ_TYPE_FUNCTION, [K_STRUCT] = INQ_TYPE_STRUCT,	    [K_UNION] = INQ_TYPE_UNION,
		[K_ENUM] = INQ_TYPE_ENUM,	  [K_TYPEDEF] = INQ_TYPE_TYPEDEF,   [K_VOLATILE] = INQ_TYPE_VOLATILE,
		[K_CONST] = INQ_TYPE_CONST,	  [K_RESTRICT] = INQ_TYPE_RESTRICT,
	};
	const struct inq_solaris_ctf *ctf = state;
	struct record record;
	uint64_t id = ctf->child ? ref.at & ~(uint64_t)OF_CHILD : ref.at;
	if (!id || id > ctf->offsets.count || (ctf->child && !(ref.at & OF_CHILD)) ||
	    !read_record(ctf, ctf->offsets.items[id - 1], &record) || record.kind >= sizeof kinds)
		return false;
	ret->kind = kinds[record.kind];
	ret->name = string_at(ctf, record.name);
	switch (record.kind) {
	case K_INTEGER:
		ret->kind = integer_kind(ctf, &record, ret->name);
		ret->is_signed = inq_view_get(&ctf->types, record.at, 4) >> 24 & INT_SIGNED;
		break;
	case K_POINTER:
		ret->size = ctf->space->machine.bits / 8;
		break;
	case K_FORWARD:
		ret->kind = forward_kind(record.reference);
		return true;
	case K_ARRAY:
		ret->target = inq_solaris_ctf_ref(ctf, inq_view_get(&ctf->types, record.at, 2));
		ret->count = inq_view_get(&ctf->types, record.at + 4, 4);
		return true;
	case K_FUNCTION:
		ret->target = inq_solaris_ctf_ref(ctf, record.reference);
		return inq_solaris_ctf_parameters(ctf, &ctf->types, record.at, record.count, ret);
	case K_STRUCT:
	case K_UNION:
		ret->size = record.size;
		return read_members(ctf, &record, ret);
	case K_ENUM:
		ret->size = record.size;
		return read_enumerators(ctf, &record, ret);
	default:
		break;
	}
	if (record.kind <= K_FLOAT)
		ret->size = record.size;
	else
		ret->target = inq_solaris_ctf_ref(ctf, record.reference);
	return true;
}

bool inq_solaris_ctf_index(struct inq_solaris_ctf *ctf)
{
	struct record record;
	uint64_t end;
	for (uint64_t at = 0; at <= UINT32_MAX && read_record(ctf, at, &record); at = end) {
		if (!inq_add(record.at, data_size(&record), &end) || end > ctf->types.size)
			break;
		uint32_t *offset = inq_offset_vec_push(&ctf->offsets);
		if (!offset)
			return false;
		*offset = (uint32_t)at;
	}
	return true;
}
