/* CTF of binutils (gcc -gctf): the section .ctf, read by the module `ctf`. */
#include "lib/symbol/names.h"
#include "lib/types/ctf_check.h"
#include "lib/types/ctf_ops.h"
#include "lib/types/section.h"
#include "lib/types/type.h"

#include <elf.h>
#include <stdlib.h>

enum { MOST_PARTS = 1 << 16 };

INQ_VEC(part_vec, struct inq_ctf_part)

struct ctf {
	struct inq_space *space;
	const struct inq_ctf_ops *ops;
	void *state;
	uint8_t *unpacked;
	struct inq_symbol_table symbols;
};

static void close_ctf(void *kept)
{
	struct ctf *ctf = kept;
	if (ctf->state)
		ctf->ops->close(ctf->state);
	inq_table_release(&ctf->symbols);
	free(ctf->unpacked);
	free(ctf);
}

/* Linked objects count by .dynsym, others by .symtab (the flag CTF_F_DYNSTR of ctf.h). */
static void open_symbols(struct ctf *ctf, const struct inq_type_section *section)
{
	enum { CTF_F_DYNSTR = 8 };
	uint64_t flags = inq_view_get(&section->contents.view, 3, 1);
	inq_table_open(ctf->space->ctx, &section->elf, flags & CTF_F_DYNSTR ? SHT_DYNSYM : SHT_SYMTAB, &ctf->symbols);
}

static struct ctf *open_section(struct inq_space *space, const struct inq_ctf_ops *ops,
				const struct inq_type_section *section)
{
	struct ctf *ctf = inq_alloc(sizeof *ctf);
	const struct inq_view *view = &section->contents.view;
	if (!ctf) {
		inq_no_memory(space->ctx);
		return NULL;
	}
	*ctf = (struct ctf) { .space = space, .ops = ops };
	open_symbols(ctf, section);
	const struct inq_ctf_input input = { .types = { view->data, view->size },
					     .symbols = { ctf->symbols.symbols.data, ctf->symbols.symbols.size },
					     .strings = { ctf->symbols.strings.data, ctf->symbols.strings.size },
					     .symbol_size = ctf->symbols.entry_size,
					     .little = !view->big };
	ctf->state = ops->open(&input);
	if (ctf->state)
		return ctf;
	close_ctf(ctf);
	return NULL;
}

static void *open_ctf(struct inq_space *space, struct inq_object *object)
{
	static const struct inq_wanted_module wanted = { "ctf", INQ_PROVIDER_CTF, "types of CTF are not shown",
							 "libctf-nobfd0" };
	struct inq_type_section section;
	if (!inq_type_section_open(space, object, ".ctf", &section))
		return NULL;
	const struct inq_ctf_ops *ops = inq_open_module(space->ctx, &wanted);
	bool sound = ops && inq_ctf_is_sound(&section.contents.view);
	struct ctf *ctf = sound ? open_section(space, ops, &section) : NULL;
	if (ctf)
		ctf->unpacked = section.contents.unpacked;
	else
		free(section.contents.unpacked);
	if (ops && !ctf)
		inq_warn(space->ctx, INQ_PLACE_NONE, 0, "the CTF types of %s cannot be read; they were not used",
			 object->path);
	return ctf;
}

static struct inq_type_ref reference(struct inq_ctf_ref ref)
{
	return (struct inq_type_ref) { ref.dictionary, ref.id };
}

static bool collect(void *data, const struct inq_ctf_part *part)
{
	struct part_vec *parts = data;
	struct inq_ctf_part *slot = parts->count < MOST_PARTS ? part_vec_push(parts) : NULL;
	if (slot)
		*slot = *part;
	return slot != NULL;
}

static void set_members(const struct ctf *ctf, const struct part_vec *parts, struct inq_type *ret)
{
	struct inq_member *members = inq_arena_array(ctf->space->ctx->arena, parts->count, sizeof *members);
	for (size_t i = 0; members && i < parts->count; i++) {
		const struct inq_ctf_part *part = &parts->items[i];
		members[i] = (struct inq_member) { .name = part->name,
						   .type = reference(part->type),
						   .offset = part->bits / 8,
						   .bit_start = (uint8_t)(part->bits % 8),
						   .bit_size = part->bit_size };
	}
	ret->members = members;
	ret->member_count = members ? parts->count : 0;
}

static void set_enumerators(const struct ctf *ctf, const struct part_vec *parts, struct inq_type *ret)
{
	struct inq_enumerator *list = inq_arena_array(ctf->space->ctx->arena, parts->count, sizeof *list);
	for (size_t i = 0; list && i < parts->count; i++) {
		const struct inq_ctf_part *part = &parts->items[i];
		list[i] = (struct inq_enumerator) { part->name ? part->name : "?", part->value };
	}
	ret->enumerators = list;
	ret->enumerator_count = list ? parts->count : 0;
}

/* GCC before 14 writes the dimensions of an array of arrays in the wrong order (its bug 114186), and nothing tells which it
 * was: such an array is only known as a whole. */
static void hide_dimensions(const struct ctf *ctf, const struct inq_ctf_type *type, struct inq_type *ret)
{
	enum { MOST_DIMENSIONS = 16 };
	struct inq_type_unit *unit = ret->unit;
	struct inq_ctf_type element;
	if (!unit || type->kind != INQ_TYPE_ARRAY || !type->target.dictionary ||
	    !ctf->ops->describe(ctf->state, type->target, &element) || element.kind != INQ_TYPE_ARRAY)
		return;
	uint64_t count = type->count;
	for (unsigned i = 0; element.kind == INQ_TYPE_ARRAY; i++) {
		struct inq_ctf_ref target = element.target;
		if (i == MOST_DIMENSIONS || !inq_mul(count, element.count, &count) || !target.dictionary ||
		    !ctf->ops->describe(ctf->state, target, &element))
			return;
		ret->target = reference(target);
	}
	ret->count = count;
	ret->opaque = true;
}

static bool describe(void *kept, struct inq_type_ref ref, struct inq_type *ret)
{
	const struct ctf *ctf = kept;
	const struct inq_ctf_ref own = { ref.unit, ref.at };
	struct part_vec parts = { 0 };
	struct inq_ctf_type type = { 0 };
	if (!ctf->ops->describe(ctf->state, own, &type))
		return false;
	ret->kind = (uint8_t)type.kind;
	ret->is_signed = type.is_signed;
	ret->variadic = type.variadic;
	ret->name = type.name;
	ret->size = type.kind == INQ_TYPE_POINTER ? ctf->space->machine.bits / 8 : type.size;
	ret->count = type.count;
	ret->target = reference(type.target);
	hide_dimensions(ctf, &type, ret);
	if (type.kind != INQ_TYPE_FUNCTION && type.kind != INQ_TYPE_ENUM && !inq_type_has_members(ret))
		return true;
	ctf->ops->parts(ctf->state, own, collect, &parts);
	if (type.kind == INQ_TYPE_ENUM)
		set_enumerators(ctf, &parts, ret);
	else
		set_members(ctf, &parts, ret);
	part_vec_release(&parts);
	return true;
}

static bool variable(void *kept, const struct inq_type_question *question, struct inq_variable *ret)
{
	const struct ctf *ctf = kept;
	struct inq_ctf_ref ref;
	if (!question->symbol || !ctf->ops->symbol(ctf->state, question->symbol->name, false, &ref))
		return false;
	*ret = (struct inq_variable) { question->symbol->name, reference(ref), question->symbol->start };
	return true;
}

static bool function(void *kept, const struct inq_type_question *question, struct inq_function *ret)
{
	const struct ctf *ctf = kept;
	struct inq_ctf_ref ref;
	struct inq_type type = { 0 };
	if (!question->symbol || question->depth || !ctf->ops->symbol(ctf->state, question->symbol->name, true, &ref) ||
	    !describe(kept, reference(ref), &type) || type.kind != INQ_TYPE_FUNCTION)
		return false;
	struct inq_local *locals = inq_arena_array(ctf->space->ctx->arena, type.member_count, sizeof *locals);
	for (size_t i = 0; locals && i < type.member_count; i++)
		locals[i] = (struct inq_local) { .name = type.members[i].name,
						 .type = type.members[i].type,
						 .parameter = true };
	*ret = (struct inq_function) { .returns = type.target,
				       .variadic = type.variadic,
				       .locals = locals,
				       .local_count = locals ? type.member_count : 0 };
	return locals != NULL;
}

const struct inq_type_source inq_type_source_ctf = {
	.name = "ctf",
	.open = open_ctf,
	.close = close_ctf,
	.describe = describe,
	.variable = variable,
	.function = function,
};
