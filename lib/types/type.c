/* Types of objects: the sources are opened when something of an object is first asked, and types are kept. */
#include "lib/types/type.h"

#include "lib/types/thread_local.h"

#include <stdlib.h>

#define HASH_NONFATAL_OOM   1
#define uthash_malloc(size) inq_alloc(size)
#include <uthash.h>

#define INQ_TYPE_SOURCE(name) extern const struct inq_type_source inq_type_source_##name;
#include "lib/types/sources.def"
#undef INQ_TYPE_SOURCE

static const struct inq_type_source *const sources[] = {
#define INQ_TYPE_SOURCE(name) &inq_type_source_##name,
#include "lib/types/sources.def"
#undef INQ_TYPE_SOURCE
};

enum { SOURCE_COUNT = sizeof sources / sizeof *sources, MOST_STEPS = 64 };

struct inq_kept_type {
	uint64_t key[2]; /* of the reference: a struct may have holes */
	struct inq_type type;
	UT_hash_handle hh;
};

/* What a space keeps of types. */
struct inq_types {
	size_t object_count;
	struct inq_type_unit *units; /* SOURCE_COUNT for each object */
};

static const struct inq_type void_type = { .kind = INQ_TYPE_VOID, .size = INQ_UNKNOWN };
static const struct inq_type unknown_type = { .kind = INQ_TYPE_UNKNOWN, .size = INQ_UNKNOWN };

void inq_type_unit_close(struct inq_type_unit *unit)
{
	struct inq_kept_type *kept = unit->kept;
	HASH_CLEAR(hh, kept);
	if (unit->state)
		unit->source->close(unit->state);
}

static void destroy(void *kept)
{
	struct inq_types *types = kept;
	for (size_t i = 0; i < types->object_count * SOURCE_COUNT; i++)
		inq_type_unit_close(&types->units[i]);
	free(types->units);
	free(types);
}

static struct inq_types *types_of(struct inq_space *space)
{
	if (space->types)
		return space->types;
	struct inq_types *types = inq_alloc(sizeof *types);
	uint64_t count, size;
	if (types && inq_mul(space->objects.count, SOURCE_COUNT, &count) && inq_mul(count, sizeof *types->units, &size))
		types->units = inq_alloc(size);
	if (!types || !types->units) {
		free(types);
		inq_no_memory(space->ctx);
		return NULL;
	}
	types->object_count = space->objects.count;
	space->types = types;
	space->types_destroy = destroy;
	return types;
}

/* The types of an object by one source; NULL when it has none. */
static struct inq_type_unit *unit_of(struct inq_space *space, struct inq_object *object, size_t source)
{
	struct inq_types *types = types_of(space);
	size_t index = (size_t)(object - space->objects.items);
	if (!types || index >= types->object_count)
		return NULL;
	struct inq_type_unit *unit = &types->units[index * SOURCE_COUNT + source];
	if (!unit->asked) {
		*unit = (struct inq_type_unit) {
			.source = sources[source], .space = space, .object = object, .asked = true
		};
		unit->state = unit->source->open(space, object);
	}
	return unit->state ? unit : NULL;
}

/* The object of a question and the question as its file counts. */
struct asked {
	struct inq_object *object;
	struct inq_symbol symbol;
	struct inq_type_question question;
};

static bool ask(struct inq_space *space, uint64_t address, struct asked *ret)
{
	*ret = (struct asked) { .object = inq_space_object_at(space, address) };
	if (!ret->object || ret->object->load_bias == INQ_UNKNOWN)
		return false;
	ret->question.address = address - ret->object->load_bias;
	if (inq_symbol_at(space, ret->object, address, &ret->symbol)) {
		ret->symbol.start -= ret->object->load_bias;
		ret->question.symbol = &ret->symbol;
	}
	return true;
}

/* The block of a thread-local variable, or the object of any other, and the question as its file counts. *base: what that
 * counts from. */
static bool ask_variable(struct inq_space *space, uint64_t address, struct asked *ret, uint64_t *base)
{
	if (ask(space, address, ret)) {
		*base = ret->object->load_bias;
		return true;
	}
	*ret = (struct asked) { .question.thread_local = true };
	if (!inq_thread_local_block(space, address, &ret->object, base))
		return false;
	ret->question.address = address - *base;
	return true;
}

bool inq_type_of_variable(struct inq_space *space, uint64_t address, struct inq_variable *ret,
			  struct inq_type_unit **unit)
{
	struct asked asked;
	uint64_t base;
	if (!ask_variable(space, address, &asked, &base))
		return false;
	for (size_t i = 0; i < SOURCE_COUNT; i++) {
		*unit = sources[i]->variable ? unit_of(space, asked.object, i) : NULL;
		*ret = (struct inq_variable) { 0 };
		if (*unit && sources[i]->variable((*unit)->state, &asked.question, ret)) {
			ret->start += base;
			return true;
		}
	}
	return false;
}

bool inq_type_of_function(struct inq_space *space, uint64_t address, unsigned depth, bool variables,
			  struct inq_function *ret, struct inq_type_unit **unit)
{
	struct asked asked;
	if (!ask(space, address, &asked))
		return false;
	asked.question.depth = depth;
	asked.question.variables = variables;
	for (size_t i = 0; i < SOURCE_COUNT; i++) {
		*unit = sources[i]->function ? unit_of(space, asked.object, i) : NULL;
		*ret = (struct inq_function) { 0 };
		if (*unit && sources[i]->function((*unit)->state, &asked.question, ret))
			return true;
	}
	return false;
}

bool inq_type_of_call(struct inq_space *space, uint64_t address, uint64_t reg, struct inq_call *ret,
		      struct inq_type_unit **unit)
{
	struct inq_object *object = inq_space_object_at(space, address - 1);
	if (!object || object->load_bias == INQ_UNKNOWN)
		return false;
	const struct inq_type_question question = { .address = address - object->load_bias };
	for (size_t i = 0; i < SOURCE_COUNT; i++) {
		*unit = sources[i]->call ? unit_of(space, object, i) : NULL;
		*ret = (struct inq_call) { .target = INQ_UNKNOWN };
		if (*unit && sources[i]->call((*unit)->state, &question, reg, ret))
			return true;
	}
	return false;
}

bool inq_type_reenters(struct inq_type_unit *unit, uint64_t address)
{
	const struct inq_type_question question = { .address = address - unit->object->load_bias };
	return !unit->source->reenters || unit->source->reenters(unit->state, &question);
}

const struct inq_type *inq_type_get(struct inq_type_unit *unit, struct inq_type_ref ref)
{
	const uint64_t key[2] = { (uintptr_t)ref.unit, ref.at };
	struct inq_kept_type *kept = unit ? unit->kept : NULL, *found;
	if (!ref.unit || !unit)
		return ref.unit ? &unknown_type : &void_type;
	HASH_FIND(hh, kept, key, sizeof key, found);
	if (found)
		return &found->type;
	found = inq_arena_alloc(unit->space->ctx->arena, sizeof *found);
	if (!found) {
		inq_no_memory(unit->space->ctx);
		return &unknown_type;
	}
	memcpy(found->key, key, sizeof key);
	found->type = (struct inq_type) { .unit = unit, .ref = ref, .size = INQ_UNKNOWN, .count = INQ_UNKNOWN };
	if (!unit->source->describe(unit->state, ref, &found->type))
		found->type = unknown_type;
	HASH_ADD(hh, kept, key, sizeof key, found);
	unit->kept = kept;
	return &found->type;
}

const struct inq_type *inq_type_target(const struct inq_type *type)
{
	return inq_type_get(type->unit, type->target);
}

static bool is_wrapper(const struct inq_type *type)
{
	return type->kind >= INQ_TYPE_TYPEDEF && type->kind <= INQ_TYPE_ATOMIC;
}

const struct inq_type *inq_type_plain(const struct inq_type *type)
{
	for (unsigned step = 0; is_wrapper(type); step++) {
		if (step == MOST_STEPS)
			return &unknown_type;
		type = inq_type_target(type);
	}
	return type;
}

uint64_t inq_type_size(const struct inq_type *type)
{
	uint64_t count = 1;
	type = inq_type_plain(type);
	for (unsigned step = 0; type->kind == INQ_TYPE_ARRAY && type->size == INQ_UNKNOWN; step++) {
		if (step == MOST_STEPS || type->count == INQ_UNKNOWN || !inq_mul(count, type->count, &count))
			return INQ_UNKNOWN;
		type = inq_type_plain(inq_type_target(type));
	}
	return type->size != INQ_UNKNOWN && inq_mul(count, type->size, &count) ? count : INQ_UNKNOWN;
}

bool inq_type_has_members(const struct inq_type *type)
{
	return type->kind >= INQ_TYPE_STRUCT && type->kind <= INQ_TYPE_CLASS;
}
