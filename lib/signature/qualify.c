/* The namespace of a function of C++. Debug information names a static function, and many a template's, without it; the
 * linker's name begins with it: "_ZN4shopL7look_upE…", "_ZNSt6thread8_InvokerI…". Only the plain beginning of such a name is
 * read: <nested-name> and <unscoped-name> of the Itanium C++ ABI, 5.1.2, up to the first that is more than an identifier. */
#include "lib/signature/parts.h"

#include "lib/base/str.h"

#include <ctype.h>
#include <string.h>

enum { LONGEST_IDENTIFIER = 200 };

/* The identifier at *at, "4shop": its length, and *at behind it; 0 when there is none. */
static size_t identifier(const char **at, const char **text)
{
	size_t length = 0;
	if (!isdigit((unsigned char)**at))
		return 0;
	while (isdigit((unsigned char)**at) && length < LONGEST_IDENTIFIER)
		length = length * 10 + (size_t)(*(*at)++ - '0');
	if (!length || length > LONGEST_IDENTIFIER || strnlen(*at, length) < length)
		return 0;
	*text = *at;
	*at += length;
	return length;
}

/* "shop::" of "_ZN4shopL7look_upE", whose last identifier is the function itself when nothing else follows. */
static void read_scopes(struct inq_str *ret, const char *at, size_t name_length, const char *name)
{
	const char *text;
	if (strncmp(at, "St", 2) == 0) {
		inq_str_puts(ret, "std::");
		at += 2;
	}
	for (;;) {
		at += *at == 'L'; /* internal linkage */
		size_t length = identifier(&at, &text);
		if (!length && (*at == 'M' || *at == 'U')) /* <closure-prefix>, <unnamed-type-name> */
			inq_str_puts(ret, "{lambda}::");
		if (!length || (length == name_length && memcmp(text, name, length) == 0))
			return;
		inq_str_add(ret, text, length);
		inq_str_puts(ret, "::");
	}
}

const char *inq_qualify(struct inq_ctx *ctx, const char *function, const char *symbol)
{
	struct inq_str text = { 0 };
	if (strncmp(symbol, "_Z", 2) != 0 || strstr(function, "::"))
		return function;
	symbol += 2;
	if (*symbol == 'N')
		symbol += 1 + strspn(symbol + 1, "rVKRO"); /* CV-qualifiers, ref-qualifier */
	read_scopes(&text, symbol, strcspn(function, "<(["), function);
	const char *whole =
		text.length && !text.failed ? inq_arena_printf(ctx->arena, "%s%s", text.text, function) : function;
	inq_str_release(&text);
	return whole;
}
