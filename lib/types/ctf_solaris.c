/* CTF as Solaris, illumos and FreeBSD write it: the section .SUNW_ctf, version 2. libctf of binutils refuses it (its own
 * kind has another magic number), so it is read here; it is small.
 *
 * A header and, mostly packed with zlib: the type of each data symbol and the prototype of each function symbol, in the
 * order of the symbol table that the section is linked to; the types; the strings.
 * Facts: illumos uts/common/sys/ctf.h, common/ctf/ctf_open.c (ctf_bufopen, init_symtab), ctf(4). */
#include "lib/types/ctf_solaris.h"

#include "lib/io/unpack.h"
#include "lib/types/section.h"

#include <elf.h>
#include <inttypes.h>
#include <stdlib.h>

enum { MAGIC = 0xcff1, VERSION = 2, PACKED = 1, HEADER = 36 };
enum { MOST_UNPACKED = 256 << 20, NOTHING = 0 };

static void close_ctf(void *state)
{
	struct inq_solaris_ctf *ctf = state;
	inq_table_release(&ctf->symbols);
	inq_offset_vec_release(&ctf->offsets);
	inq_typed_symbol_vec_release(&ctf->typed);
	free(ctf->unpacked[0]);
	free(ctf->unpacked[1]);
	free(ctf);
}

/* The bytes behind the header. */
static bool unpack(struct inq_solaris_ctf *ctf, const struct inq_view *whole, struct inq_view *ret)
{
	size_t size;
	*ret = inq_view_clip(whole, HEADER, UINT64_MAX);
	if (!(inq_view_get(whole, 3, 1) & PACKED))
		return true;
	uint64_t expected = inq_view_get(whole, 28, 4) + inq_view_get(whole, 32, 4); /* cth_stroff, cth_strlen */
	const struct inq_unpack_ops *zlib = expected <= MOST_UNPACKED ? inq_unpack_zlib() : NULL;
	if (!zlib)
		return false;
	ctf->unpacked[1] = inq_unpack_bytes(zlib, ret->data, ret->size, expected, expected, &size);
	ret->data = ctf->unpacked[1];
	ret->size = ctf->unpacked[1] ? size : 0;
	return ctf->unpacked[1] != NULL;
}

/* From one offset of the header to the next. */
static struct inq_view part(const struct inq_view *body, const struct inq_view *header, uint64_t from, uint64_t to)
{
	uint64_t start = inq_view_get(header, from, 4), end = inq_view_get(header, to, 4);
	return inq_view_clip(body, start, end > start ? end - start : 0);
}

static bool read_header(struct inq_solaris_ctf *ctf, const struct inq_view *whole)
{
	struct inq_view body;
	uint64_t magic = inq_view_get(whole, 0, 2), version = inq_view_get(whole, 2, 1);
	if (magic != MAGIC || whole->size < HEADER || version != VERSION) {
		inq_warn(ctf->space->ctx, INQ_PLACE_NONE, 0,
			 "CTF types with magic number 0x%" PRIx64 ", version %" PRIu64
			 " cannot be read; they were not used",
			 magic, version);
		return false;
	}
	if (!unpack(ctf, whole, &body))
		return false;
	ctf->child = inq_view_get(whole, 8, 4) != 0; /* cth_parname */
	ctf->data = part(&body, whole, 16, 20);	     /* cth_objtoff */
	ctf->functions = part(&body, whole, 20, 24); /* cth_funcoff */
	ctf->types = part(&body, whole, 24, 28);     /* cth_typeoff */
	ctf->strings = inq_view_clip(&body, inq_view_get(whole, 28, 4), inq_view_get(whole, 32, 4));
	return true;
}

/* How a prototype begins: 5 bits of kind, the number of parameters. */
static uint64_t parameter_count(const struct inq_solaris_ctf *ctf, uint64_t at)
{
	return inq_view_get(&ctf->functions, at, 2) & 0x3ff;
}

static bool is_called(const char *text, size_t length, const char *name)
{
	return length == strlen(name) && memcmp(text, name, length) == 0;
}

/* Only symbols like these have a place among the types of data and functions. */
static bool is_typed(const struct inq_symbol_table *table, uint64_t at, unsigned type, uint64_t value)
{
	const struct inq_view *v = &table->symbols;
	uint64_t section = inq_view_get(v, at + (v->word == 8 ? 6 : 14), 2);
	uint64_t name = inq_view_get(v, at, 4);
	size_t length = 0;
	const char *text = inq_view_string(&table->strings, name, UINT64_MAX, &length);
	if (!name || section == SHN_UNDEF || (type == STT_OBJECT && section == SHN_ABS && !value))
		return false;
	return !text || (!is_called(text, length, "_START_") && !is_called(text, length, "_END_"));
}

static bool add_symbol(struct inq_solaris_ctf *ctf, uint64_t index, uint64_t *data, uint64_t *function)
{
	const struct inq_view *v = &ctf->symbols.symbols;
	bool wide = v->word == 8;
	uint64_t at = index * ctf->symbols.entry_size, value = inq_view_get_word(v, at + (wide ? 8 : 4));
	unsigned type = inq_view_get(v, at + (wide ? 4 : 12), 1) & 15;
	uint64_t *next = type == STT_FUNC ? function : data;
	if ((type != STT_FUNC && type != STT_OBJECT) || !is_typed(&ctf->symbols, at, type, value))
		return true;
	if (*next >= (type == STT_FUNC ? ctf->functions.size : ctf->data.size))
		return true;
	struct inq_typed_symbol *typed = inq_typed_symbol_vec_push(&ctf->typed);
	if (!typed)
		return false;
	*typed = (struct inq_typed_symbol) { .value = value, .offset = (uint32_t)*next, .function = type == STT_FUNC };
	uint64_t count = type == STT_FUNC ? parameter_count(ctf, *next) : 0;
	bool none = type != STT_FUNC || inq_view_get(&ctf->functions, *next, 2) == NOTHING;
	*next += none ? 2 : 2 * (count + 2);
	return true;
}

static int by_value(const void *one, const void *two)
{
	const struct inq_typed_symbol *a = one, *b = two;
	return (a->value > b->value) - (a->value < b->value);
}

static bool read_symbols(struct inq_solaris_ctf *ctf)
{
	uint64_t data = 0, function = 0;
	for (uint64_t i = 1; i < ctf->symbols.count; i++)
		if (!add_symbol(ctf, i, &data, &function))
			return false;
	if (ctf->typed.count)
		qsort(ctf->typed.items, ctf->typed.count, sizeof *ctf->typed.items, by_value);
	return true;
}

static void *open_ctf(struct inq_space *space, struct inq_object *object)
{
	struct inq_type_section section;
	if (!inq_type_section_open(space, object, ".SUNW_ctf", &section))
		return NULL;
	struct inq_solaris_ctf *ctf = inq_alloc(sizeof *ctf);
	if (!ctf) {
		free(section.contents.unpacked);
		inq_no_memory(space->ctx);
		return NULL;
	}
	ctf->space = space;
	ctf->unpacked[0] = section.contents.unpacked;
	if (read_header(ctf, &section.contents.view) && inq_type_section_symbols(space, &section, &ctf->symbols) &&
	    inq_solaris_ctf_index(ctf) && read_symbols(ctf))
		return ctf;
	close_ctf(ctf);
	return NULL;
}

/* The first of those at the start of the symbol that was asked for. Names of one place have one type. */
static const struct inq_typed_symbol *find(const struct inq_solaris_ctf *ctf, const struct inq_symbol *symbol,
					   bool function)
{
	size_t low = 0, high = ctf->typed.count;
	while (symbol && low < high) {
		size_t middle = low + (high - low) / 2;
		if (ctf->typed.items[middle].value >= symbol->start)
			high = middle;
		else
			low = middle + 1;
	}
	for (; symbol && low < ctf->typed.count && ctf->typed.items[low].value == symbol->start; low++)
		if (ctf->typed.items[low].function == function)
			return &ctf->typed.items[low];
	return NULL;
}

static bool variable(void *state, const struct inq_type_question *question, struct inq_variable *ret)
{
	const struct inq_solaris_ctf *ctf = state;
	const struct inq_typed_symbol *typed = find(ctf, question->symbol, false);
	uint64_t id = typed ? inq_view_get(&ctf->data, typed->offset, 2) : 0;
	if (!id)
		return false;
	*ret = (struct inq_variable) { question->symbol->name, inq_solaris_ctf_ref(ctf, id), question->symbol->start };
	return true;
}

static bool function(void *state, const struct inq_type_question *question, struct inq_function *ret)
{
	const struct inq_solaris_ctf *ctf = state;
	const struct inq_typed_symbol *typed = find(ctf, question->symbol, true);
	struct inq_type prototype = { 0 };
	if (!typed || question->depth || inq_view_get(&ctf->functions, typed->offset, 2) == NOTHING ||
	    !inq_solaris_ctf_parameters(ctf, &ctf->functions, typed->offset + UINT64_C(4),
					parameter_count(ctf, typed->offset), &prototype))
		return false;
	struct inq_local *locals = inq_arena_array(ctf->space->ctx->arena, prototype.member_count, sizeof *locals);
	for (size_t i = 0; locals && i < prototype.member_count; i++)
		locals[i] = (struct inq_local) { .type = prototype.members[i].type, .parameter = true };
	*ret = (struct inq_function) { .returns = inq_solaris_ctf_ref(
					       ctf, inq_view_get(&ctf->functions, typed->offset + UINT64_C(2), 2)),
				       .variadic = prototype.variadic,
				       .locals = locals,
				       .local_count = locals ? prototype.member_count : 0 };
	return locals != NULL;
}

const struct inq_type_source inq_type_source_ctf_solaris = {
	.name = "ctf-solaris",
	.open = open_ctf,
	.close = close_ctf,
	.describe = inq_solaris_ctf_describe,
	.variable = variable,
	.function = function,
};
