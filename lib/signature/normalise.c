/* The names of functions and objects as they are in every build: without parameters, template arguments, return types, clone
 * suffixes, hashes, and versions. One pass over a name that a hostile core may have made: what is not understood stays. */
#include "lib/signature/parts.h"

#include "lib/base/str.h"

#include <ctype.h>
#include <string.h>

/* How deep names are nested within names: "<<T as A>::B as C>::f". */
enum { DEEPEST = 8, LONGEST = 4096 };

struct name {
	char text[INQ_NAME_MOST + 1];
	size_t length;
};

static void add(struct name *out, char c)
{
	if (out->length < INQ_NAME_MOST)
		out->text[out->length++] = c;
}

static void add_text(struct name *out, const char *text)
{
	while (*text)
		add(out, *text++);
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '$' || c == '~';
}

static bool begins(const char *at, const char *end, const char *word)
{
	size_t length = strlen(word);
	return (size_t)(end - at) >= length && memcmp(at, word, length) == 0;
}

static bool ends(const struct name *out, const char *word)
{
	size_t length = strlen(word);
	return out->length >= length && memcmp(out->text + out->length - length, word, length) == 0;
}

/* The bracket that closes the one at `at`; `end` when none does. An arrow's > closes nothing. */
static const char *closing(const char *at, const char *end)
{
	char open = *at, close = open == '(' ? ')' : open == '<' ? '>' : open == '[' ? ']' : '}';
	int depth = 0;
	for (const char *c = at; c < end; c++) {
		if (*c == open)
			depth++;
		else if (*c == close && !(close == '>' && c > at && c[-1] == '-') && --depth == 0)
			return c;
	}
	return end;
}

static bool holds(const char *at, const char *end, const char *word)
{
	return memmem(at, (size_t)(end - at), word, strlen(word)) != NULL;
}

static void reduce(struct name *out, const char *at, const char *end, unsigned depth);

/* Rust's "<T as Trait>::f" and "<impl Trait for T>::f" are paths and stay, each part reduced; else < begins arguments. */
static const char *angle(struct name *out, const char *at, const char *end, unsigned depth)
{
	const char *close = closing(at, end);
	if (close == end) {
		add(out, '<');
		return at + 1;
	}
	bool path = !out->length || ends(out, "::");
	if (!path || depth >= DEEPEST)
		return close + 1;
	if (out->length >= 2 && !holds(at, close, " as ") && !begins(at + 1, close, "impl ")) {
		out->length -= 2; /* "Vec::<T>::push" */
		return close + 1;
	}
	add(out, '<');
	for (const char *part = at + 1; part < close;) {
		const char *blank = part;
		while (blank < close && *blank != ' ')
			blank = *blank == '<' || *blank == '(' ? closing(blank, close) : blank + 1;
		reduce(out, part, blank, depth + 1);
		if (blank < close)
			add(out, ' ');
		part = blank + 1;
	}
	add(out, '>');
	return close + 1;
}

/* Parameters end a name, unless it goes on behind them: "f(int)::{lambda()#1}". Go's "pkg.(*T).method" stays. */
static const char *parenthesis(struct name *out, const char *at, const char *end)
{
	static const char anonymous[] = "(anonymous namespace)::";
	if (begins(at, end, anonymous))
		return at + strlen(anonymous);
	const char *close = closing(at, end);
	if (!out->length || ends(out, ".") || close == end) {
		for (; at < close; at++)
			add(out, *at);
		if (close < end)
			add(out, ')');
		return close < end ? close + 1 : end;
	}
	close++;
	if (begins(close, end, " const"))
		close += strlen(" const");
	return begins(close, end, "::") || begins(close, end, "#") ? close : end;
}

/* "operator" and what it is of. */
static const char *operator_name(struct name *out, const char *at, const char *end)
{
	at += strlen("operator");
	add_text(out, "operator");
	if (begins(at, end, "()")) {
		add_text(out, "()");
		return at + 2;
	}
	if (at < end && *at == ' ') {
		for (; at < end && *at != '('; at++)
			add(out, *at);
		return at;
	}
	while (at < end && *at && strchr("<>=!+-*/%^&|,[]\"", *at) && !(*at == '<' && ends(out, "<<")))
		add(out, *at++);
	return begins(at, end, " <") ? at + 1 : at; /* "operator< <int>" */
}

static bool is_operator(const struct name *out, const char *at, const char *end)
{
	return begins(at, end, "operator") && (!out->length || !is_word(out->text[out->length - 1])) &&
	       (end - at == 8 || !is_word(at[8]));
}

/* Whatever a compiler calls a lambda function, and what it is numbered. */
static const char *lambda(const char *at, const char *end)
{
	static const char *const words[] = { "{lambda(", "{closure#", "{{closure}}", "'lambda", "$_", "<lambda(" };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (!begins(at, end, words[i]))
			continue;
		if (*at == '{' || *at == '<')
			return closing(at, end) < end ? closing(at, end) + 1 : end;
		for (at += strlen(words[i]); at < end && (is_word(*at) || *at == '\''); at++)
			;
		return at;
	}
	return NULL;
}

/* What is between names and tells nothing: skipped, or NULL. */
static const char *filler(const char *at, const char *end)
{
	static const char *const words[] = { "_GLOBAL__N_1::", "{anonymous}::", "`anonymous namespace'::", "__cxx11::",
					     "__debug::" };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (begins(at, end, words[i]))
			return at + strlen(words[i]);
	if (!begins(at, end, "[abi:"))
		return NULL;
	const char *close = closing(at, end);
	return close < end ? close + 1 : end;
}

static void reduce(struct name *out, const char *at, const char *end, unsigned depth)
{
	size_t begin = out->length;
	while (at < end) {
		const char *next = lambda(at, end);
		if (next) {
			add_text(out, "{lambda}");
			at = next;
		} else if ((next = filler(at, end))) {
			at = next;
		} else if (is_operator(out, at, end)) {
			at = operator_name(out, at, end);
		} else if (*at == '<') {
			at = angle(out, at, end, depth);
		} else if (*at == '(') {
			at = parenthesis(out, at, end);
		} else if (begins(at, end, " [clone") || begins(at, end, " const")) {
			return;
		} else if (*at == ' ') {
			out->length = begin; /* it was the type that is returned, or "virtual thunk to" */
			at++;
		} else {
			add(out, *at++);
		}
	}
}

/* ".isra.0", ".cold", ".lto_priv.1" behind a symbol: where they begin; the length when there are none. */
static size_t without_clone(const char *text, size_t length)
{
	static const char *const words[] = { "isra", "part",	   "cold",  "constprop", "lto_priv", "llvm",
					     "hot",  "localalias", "clone", "unlikely",	 "avx",	     "sse" };
	for (size_t i = 1; i + 1 < length; i++) {
		if (text[i] != '.')
			continue;
		if (strspn(text + i, ".0123456789") == length - i)
			return i;
		for (size_t k = 0; k < sizeof words / sizeof *words; k++) {
			size_t word = strlen(words[k]);
			if (strncmp(text + i + 1, words[k], word) == 0 && strchr(".0123456789", text[i + 1 + word]))
				return i;
		}
	}
	return length;
}

/* Rust's "::h0123456789abcdef". */
static size_t without_hash(const char *text, size_t length)
{
	enum { HASH = 19 };
	if (length <= HASH || strncmp(text + length - HASH, "::h", 3) != 0)
		return length;
	return strspn(text + length - HASH + 3, "0123456789abcdef") == HASH - 3 ? length - HASH : length;
}

const char *inq_normal_function(struct inq_ctx *ctx, const char *name)
{
	static const char glibc[] = "__GI_";
	struct name out = { .length = 0 };
	size_t size = strnlen(name, LONGEST);
	const char *version = memchr(name, '@', size);
	if (begins(name, name + size, glibc)) {
		name += strlen(glibc);
		size -= strlen(glibc);
	}
	if (version > name && isalnum((unsigned char)version[-1]))
		size = (size_t)(version - name);
	if (size && (*name == '-' || *name == '+') && size > 1 && name[1] == '[') /* Objective-C */
		for (size_t i = 0; i < size; i++)
			add(&out, name[i]);
	else
		reduce(&out, name, name + size, 0);
	out.text[out.length] = '\0';
	out.length = without_clone(out.text, out.length);
	out.text[out.length] = '\0';
	return inq_arena_copy(ctx->arena, out.text, without_hash(out.text, out.length));
}

/* A version of at least two numbers, "-2.31", at the end of `length` bytes: where it begins. */
static size_t without_version(const char *name, size_t length)
{
	size_t at = length;
	while (at && (isdigit((unsigned char)name[at - 1]) || name[at - 1] == '.'))
		at--;
	if (at < 2 || at == length || name[at - 1] != '-' || !memchr(name + at, '.', length - at))
		return length;
	return at - 1;
}

const char *inq_normal_object(struct inq_ctx *ctx, const char *path)
{
	const char *name = inq_base_name(path), *so = strstr(name, ".so");
	size_t length = strnlen(name, INQ_NAME_MOST);
	const char *deleted = strstr(name, " (deleted)");
	if (deleted && (size_t)(deleted - name) < length)
		length = (size_t)(deleted - name);
	if (!so || (size_t)(so - name) >= length)
		return inq_arena_copy(ctx->arena, name, without_version(name, length));
	size_t stem = without_version(name, (size_t)(so - name)), suffix = 3;
	if (so[suffix] == '.' && isdigit((unsigned char)so[suffix + 1]))
		for (suffix++; isdigit((unsigned char)so[suffix]);)
			suffix++;
	else if (so[suffix] && so[suffix] != '.')
		suffix = strlen(so); /* "libfoo.sock" */
	char *normal = inq_arena_alloc(ctx->arena, stem + suffix + 1);
	if (normal) {
		memcpy(normal, name, stem);
		memcpy(normal + stem, so, suffix);
	}
	return normal;
}
