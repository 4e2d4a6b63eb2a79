/* Module: types in CTF as binutils writes it, by libctf. A section holds a dictionary, or an archive of one that all
 * translation units share and one for each unit whose types differ from the others'. */
#include "lib/io/provider.h"
#include "lib/types/ctf_ops.h"

#include <ctf-api.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_DICTIONARIES = 4096 };

/* Dictionaries that were handed out stay open. */
struct state {
	ctf_archive_t *archive;
	ctf_dict_t **open;
	size_t count;
};

/* Keeps one reference to a dictionary and gives back the others; NULL when it cannot be kept. */
static ctf_dict_t *keep(struct state *state, ctf_dict_t *dictionary)
{
	for (size_t i = 0; i < state->count; i++)
		if (state->open[i] == dictionary) {
			ctf_dict_close(dictionary);
			return dictionary;
		}
	ctf_dict_t **open = NULL;
	if (state->count < MOST_DICTIONARIES)
		open = realloc(state->open, (state->count + 1) * sizeof(*open));
	if (!open) {
		ctf_dict_close(dictionary);
		return NULL;
	}
	state->open = open;
	state->open[state->count++] = dictionary;
	return dictionary;
}

static void close_state(void *kept)
{
	struct state *state = kept;
	for (size_t i = 0; i < state->count; i++)
		ctf_dict_close(state->open[i]);
	free(state->open);
	ctf_close(state->archive);
	free(state);
}

static void *open_state(const struct inq_ctf_input *input)
{
	int error;
	const ctf_sect_t types = { ".ctf", input->types.data, input->types.size, 0 };
	const ctf_sect_t symbols = { ".symtab", input->symbols.data, input->symbols.size, input->symbol_size };
	const ctf_sect_t strings = { ".strtab", input->strings.data, input->strings.size, 0 };
	bool linked = input->symbols.size != 0;
	struct state *state = calloc(1, sizeof(*state));
	if (!state)
		return NULL;
	state->archive = ctf_arc_bufopen(&types, linked ? &symbols : NULL, linked ? &strings : NULL, &error);
	if (!state->archive) {
		free(state);
		return NULL;
	}
	ctf_arc_symsect_endianness(state->archive, input->little);
	return state;
}

static struct inq_ctf_ref reference(ctf_dict_t *dictionary, ctf_id_t id)
{
	bool good = id != CTF_ERR && id != 0;
	return (struct inq_ctf_ref) { good ? dictionary : NULL, good ? id : 0 };
}

/* Of those that have one of their own: libctf would follow others as far as they refer to each other. */
static uint64_t size_of(ctf_dict_t *dictionary, ctf_id_t id, int kind)
{
	bool own = kind == CTF_K_INTEGER || kind == CTF_K_FLOAT || kind == CTF_K_STRUCT || kind == CTF_K_UNION ||
		   kind == CTF_K_ENUM;
	ssize_t size = own ? ctf_type_size(dictionary, id) : -1;
	return size < 0 ? UINT64_MAX : (uint64_t)size;
}

/* The field of bits that a type is of, which libctf calls a slice. */
static bool bits_of(ctf_dict_t *dictionary, ctf_id_t id, ctf_encoding_t *ret)
{
	uint64_t size = size_of(dictionary, id, ctf_type_kind(dictionary, id));
	return size != UINT64_MAX && size && ctf_type_encoding(dictionary, id, ret) == 0 && ret->cte_bits &&
	       ret->cte_bits < 64 && ret->cte_bits < 8 * size;
}

static enum inq_type_kind integer_kind(ctf_dict_t *dictionary, ctf_id_t id, struct inq_ctf_type *ret)
{
	ctf_encoding_t encoding = { 0 };
	if (ctf_type_encoding(dictionary, id, &encoding) != 0)
		return INQ_TYPE_UNKNOWN;
	ret->is_signed = encoding.cte_format & CTF_INT_SIGNED;
	if (ret->name && strcmp(ret->name, "void") == 0)
		return INQ_TYPE_VOID;
	if (encoding.cte_format & CTF_INT_BOOL)
		return INQ_TYPE_BOOL;
	if ((encoding.cte_format & CTF_INT_CHAR) && ret->size == 1)
		return INQ_TYPE_CHAR;
	return ret->is_signed ? INQ_TYPE_SIGNED : INQ_TYPE_UNSIGNED;
}

static bool describe_array(ctf_dict_t *dictionary, ctf_id_t id, struct inq_ctf_type *ret)
{
	ctf_arinfo_t array;
	if (ctf_array_info(dictionary, id, &array) != 0)
		return false;
	ret->kind = INQ_TYPE_ARRAY;
	ret->count = array.ctr_nelems;
	ret->target = reference(dictionary, array.ctr_contents);
	return true;
}

static bool describe_function(ctf_dict_t *dictionary, ctf_id_t id, struct inq_ctf_type *ret)
{
	ctf_funcinfo_t function;
	if (ctf_func_type_info(dictionary, id, &function) != 0)
		return false;
	ret->kind = INQ_TYPE_FUNCTION;
	ret->variadic = function.ctc_flags & CTF_FUNC_VARARG;
	ret->target = reference(dictionary, function.ctc_return);
	return true;
}

static bool describe_reference(ctf_dict_t *dictionary, ctf_id_t id, struct inq_ctf_type *ret)
{
	static const enum inq_type_kind kinds[] = {
		[CTF_K_POINTER] = INQ_TYPE_POINTER,   [CTF_K_TYPEDEF] = INQ_TYPE_TYPEDEF,
		[CTF_K_VOLATILE] = INQ_TYPE_VOLATILE, [CTF_K_CONST] = INQ_TYPE_CONST,
		[CTF_K_RESTRICT] = INQ_TYPE_RESTRICT,
	};
	int kind = ctf_type_kind(dictionary, id);
	if (kind < 0 || (size_t)kind >= sizeof(kinds) / sizeof(*kinds) || !kinds[kind])
		return false;
	ret->kind = kinds[kind];
	ret->target = reference(dictionary, ctf_type_reference(dictionary, id));
	return true;
}

static enum inq_type_kind forward_kind(ctf_dict_t *dictionary, ctf_id_t id)
{
	switch (ctf_type_kind_forwarded(dictionary, id)) {
	case CTF_K_UNION:
		return INQ_TYPE_UNION;
	case CTF_K_ENUM:
		return INQ_TYPE_ENUM;
	default:
		return INQ_TYPE_STRUCT;
	}
}

static bool describe(void *kept, struct inq_ctf_ref ref, struct inq_ctf_type *ret)
{
	(void)kept;
	ctf_dict_t *dictionary = ref.dictionary;
	int kind = ctf_type_kind(dictionary, ref.id);
	const char *name = ctf_type_name_raw(dictionary, ref.id);
	*ret = (struct inq_ctf_type) { .size = size_of(dictionary, ref.id, kind), .count = UINT64_MAX };
	ret->name = name && *name ? name : NULL;
	switch (kind) {
	case CTF_K_INTEGER:
		ret->kind = integer_kind(dictionary, ref.id, ret);
		return true;
	case CTF_K_FLOAT:
		ret->kind = INQ_TYPE_FLOAT;
		return true;
	case CTF_K_STRUCT:
		ret->kind = INQ_TYPE_STRUCT;
		return true;
	case CTF_K_UNION:
		ret->kind = INQ_TYPE_UNION;
		return true;
	case CTF_K_ENUM:
		ret->kind = INQ_TYPE_ENUM;
		ret->is_signed = true;
		return true;
	case CTF_K_FORWARD:
		ret->kind = forward_kind(dictionary, ref.id);
		return true;
	case CTF_K_ARRAY:
		return describe_array(dictionary, ref.id, ret);
	case CTF_K_FUNCTION:
		return describe_function(dictionary, ref.id, ret);
	default:
		return describe_reference(dictionary, ref.id, ret);
	}
}

static void members(ctf_dict_t *dictionary, ctf_id_t id, inq_ctf_visitor *visitor, void *data)
{
	ctf_next_t *next = NULL;
	ctf_encoding_t bits;
	const char *name;
	ctf_id_t type;
	ssize_t offset;
	while ((offset = ctf_member_next(dictionary, id, &next, &name, &type, 0)) >= 0) {
		struct inq_ctf_part part = { .name = name && *name ? name : NULL, .bits = (uint64_t)offset };
		if (bits_of(dictionary, type, &bits)) {
			ctf_id_t whole = ctf_type_reference(dictionary, type);
			part.bits += bits.cte_offset;
			part.bit_size = (uint8_t)bits.cte_bits;
			type = whole == CTF_ERR ? type : whole;
		}
		part.type = reference(dictionary, type);
		if (visitor(data, &part))
			continue;
		ctf_next_destroy(next);
		return;
	}
}

static void enumerators(ctf_dict_t *dictionary, ctf_id_t id, inq_ctf_visitor *visitor, void *data)
{
	ctf_next_t *next = NULL;
	const char *name;
	int value;
	while ((name = ctf_enum_next(dictionary, id, &next, &value))) {
		const struct inq_ctf_part part = { .name = name, .value = value };
		if (visitor(data, &part))
			continue;
		ctf_next_destroy(next);
		return;
	}
}

static void parameters(ctf_dict_t *dictionary, ctf_id_t id, inq_ctf_visitor *visitor, void *data)
{
	ctf_funcinfo_t function;
	if (ctf_func_type_info(dictionary, id, &function) != 0 || !function.ctc_argc)
		return;
	ctf_id_t *types = calloc(function.ctc_argc, sizeof(*types));
	if (types && ctf_func_type_args(dictionary, id, function.ctc_argc, types) == 0)
		for (uint32_t i = 0; i < function.ctc_argc; i++) {
			const struct inq_ctf_part part = { .type = reference(dictionary, types[i]) };
			if (!visitor(data, &part))
				break;
		}
	free(types);
}

static void parts(void *kept, struct inq_ctf_ref ref, inq_ctf_visitor *visitor, void *data)
{
	(void)kept;
	switch (ctf_type_kind(ref.dictionary, ref.id)) {
	case CTF_K_STRUCT:
	case CTF_K_UNION:
		members(ref.dictionary, ref.id, visitor, data);
		break;
	case CTF_K_ENUM:
		enumerators(ref.dictionary, ref.id, visitor, data);
		break;
	case CTF_K_FUNCTION:
		parameters(ref.dictionary, ref.id, visitor, data);
		break;
	default:
		break;
	}
}

/* A variable that is in no symbol table of the link: its name in any dictionary, if only one has it. */
static bool find_variable(struct state *state, const char *name, struct inq_ctf_ref *ret)
{
	ctf_next_t *next = NULL;
	ctf_dict_t *dictionary;
	int error;
	unsigned found = 0;
	while ((dictionary = ctf_archive_next(state->archive, &next, NULL, 0, &error))) {
		ctf_id_t id = ctf_lookup_variable(dictionary, name);
		bool inherited = id != CTF_ERR && ctf_parent_dict(dictionary) && ctf_type_isparent(dictionary, id);
		ctf_dict_t *kept = keep(state, dictionary);
		if (!kept || id == CTF_ERR || (inherited && found))
			continue;
		*ret = reference(kept, id);
		found++;
	}
	return found == 1 && ret->dictionary;
}

static bool symbol(void *kept, const char *name, bool function, struct inq_ctf_ref *ret)
{
	struct state *state = kept;
	ctf_id_t id;
	int error;
	ctf_dict_t *dictionary = ctf_arc_lookup_symbol_name(state->archive, name, &id, &error);
	if (!dictionary)
		return !function && find_variable(state, name, ret);
	dictionary = keep(state, dictionary);
	if (!dictionary)
		return false;
	*ret = reference(dictionary, id);
	return ret->dictionary && (ctf_type_kind(dictionary, id) == CTF_K_FUNCTION) == function;
}

static const struct inq_ctf_ops ops = { open_state, describe, parts, symbol, close_state };

const struct inq_module inq_module = { INQ_MODULE_VERSION, INQ_PROVIDER_CTF, "ctf", &ops };
