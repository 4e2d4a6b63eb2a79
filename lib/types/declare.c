/* Types as C writes them: from the inside out, as declarations are read. */
#include "lib/types/text.h"

/* Longer types than this are no program's: what follows is left out. */
enum { MOST_STEPS = 32, MOST_NESTED = 2, MOST_PARAMETERS = 32, LONGEST_NAME = 1024 };

static void declare(struct inq_str *str, const struct inq_type *type, const char *name, unsigned nested);

/* Puts `text` before what is in the buffer. */
static void prepend(struct inq_str *inner, const char *text)
{
	struct inq_str whole = { 0 };
	inq_str_puts(&whole, text);
	inq_str_add(&whole, inner->text ? inner->text : "", inner->length);
	whole.failed |= inner->failed;
	inq_str_release(inner);
	*inner = whole;
}

static void add_parameters(struct inq_str *inner, const struct inq_type *type, unsigned nested)
{
	size_t shown = type->member_count < MOST_PARAMETERS ? type->member_count : MOST_PARAMETERS;
	inq_str_putc(inner, '(');
	for (size_t i = 0; i < shown; i++) {
		inq_str_puts(inner, i ? ", " : "");
		declare(inner, inq_type_get(type->unit, type->members[i].type), NULL, nested + 1);
	}
	if (!type->member_count && !type->variadic)
		inq_str_puts(inner, "void");
	else if (type->variadic || shown < type->member_count)
		inq_str_puts(inner, shown ? ", ..." : "...");
	inq_str_putc(inner, ')');
}

static void add_dimension(struct inq_str *inner, const struct inq_type *type)
{
	inq_str_putc(inner, '[');
	if (type->count != INQ_UNKNOWN && !type->opaque)
		inq_str_decimal(inner, type->count);
	inq_str_putc(inner, ']');
}

/* A pointer binds less than what stands behind it: (*name)[3]. */
static void point(struct inq_str *inner, const struct inq_type *target, const char *sign)
{
	prepend(inner, sign);
	if (target->kind != INQ_TYPE_ARRAY && target->kind != INQ_TYPE_FUNCTION)
		return;
	prepend(inner, "(");
	inq_str_putc(inner, ')');
}

static const char *qualifier_of(const struct inq_type *type)
{
	switch ((int)type->kind) {
	case INQ_TYPE_CONST:
		return "const ";
	case INQ_TYPE_VOLATILE:
		return "volatile ";
	case INQ_TYPE_RESTRICT:
		return "restrict ";
	case INQ_TYPE_ATOMIC:
		return "_Atomic ";
	default:
		return NULL;
	}
}

/* One step inwards of the type; false at the innermost, which has a name. `front`: qualifiers of that. */
static bool wrap(struct inq_str *front, struct inq_str *inner, const struct inq_type *type, unsigned nested)
{
	const struct inq_type *target = inq_type_target(type);
	const char *qualifier = qualifier_of(type);
	if (qualifier)
		prepend(target->kind == INQ_TYPE_POINTER ? inner : front, qualifier);
	else if (type->kind == INQ_TYPE_POINTER)
		point(inner, target, "*");
	else if (type->kind == INQ_TYPE_REFERENCE)
		point(inner, target, "&");
	else if (type->kind == INQ_TYPE_MOVED_REFERENCE)
		point(inner, target, "&&");
	else if (type->kind == INQ_TYPE_ARRAY)
		add_dimension(inner, type);
	else if (type->kind == INQ_TYPE_FUNCTION && nested < MOST_NESTED)
		add_parameters(inner, type, nested);
	else if (type->kind == INQ_TYPE_FUNCTION)
		inq_str_puts(inner, "(...)");
	else
		return false;
	return true;
}

static void put_name(struct inq_str *str, const struct inq_type *type)
{
	const char *word = type->kind == INQ_TYPE_STRUCT  ? "struct"
			   : type->kind == INQ_TYPE_UNION ? "union"
			   : type->kind == INQ_TYPE_ENUM  ? "enum"
			   : type->kind == INQ_TYPE_CLASS ? "class"
							  : NULL;
	if (word && !(type->bare && type->name)) {
		inq_str_puts(str, word);
		inq_str_puts(str, type->name ? " " : " {...}");
	}
	if (type->name)
		inq_str_add(str, type->name, strnlen(type->name, LONGEST_NAME));
	else if (!word)
		inq_str_puts(str, type->kind == INQ_TYPE_VOID ? "void" : "?");
}

static void declare(struct inq_str *str, const struct inq_type *type, const char *name, unsigned nested)
{
	struct inq_str front = { 0 }, inner = { 0 };
	inq_str_puts(&inner, name ? name : "");
	for (unsigned step = 0; wrap(&front, &inner, type, nested) && step < MOST_STEPS; step++)
		type = inq_type_target(type);
	inq_str_add(str, front.text ? front.text : "", front.length);
	put_name(str, type);
	if (inner.length && inner.text[inner.length - 1] == ' ') /* of a qualifier that has nothing behind it */
		inner.length--;
	inq_str_puts(str, inner.length ? " " : "");
	inq_str_add(str, inner.text ? inner.text : "", inner.length);
	str->failed |= front.failed || inner.failed;
	inq_str_release(&front);
	inq_str_release(&inner);
}

void inq_type_declare(struct inq_str *str, const struct inq_type *type, const char *name)
{
	declare(str, type, name, 0);
}

const char *inq_type_keep(struct inq_space *space, struct inq_str *str)
{
	const char *text =
		str->failed ? NULL : inq_arena_copy(space->ctx->arena, str->text ? str->text : "", str->length);
	if (!text)
		inq_no_memory(space->ctx);
	inq_str_release(str);
	return text;
}

const char *inq_type_text(struct inq_space *space, const struct inq_type *type)
{
	struct inq_str str = { 0 };
	inq_type_declare(&str, type, NULL);
	return inq_type_keep(space, &str);
}
