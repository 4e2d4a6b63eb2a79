/* Readable names, by the module `demangle`. */
#include "lib/symbol/demangle.h"

#include "lib/symbol/contents.h"
#include "lib/symbol/demangle_ops.h"

/* Longer ones are left as they are: nobody reads them, and a hostile name can stand for gigabytes. */
enum { LONGEST_READABLE = 8 << 10 };

/* Itanium C++ ABI 5.1; Rust RFC 2603; D's ABI, "Name Mangling": _D and the length of the first part. */
static bool is_mangled(const char *name)
{
	if (name[0] != '_')
		return false;
	return name[1] == 'Z' || name[1] == 'R' || (name[1] == 'D' && name[2] >= '1' && name[2] <= '9');
}

/* What compilers add behind a name (".cold", ".part.0", "@plt") stays there as it is. */
static const char *with_ending(struct inq_ctx *ctx, const struct inq_demangle_ops *ops, const char *name)
{
	char buffer[LONGEST_READABLE];
	if (ops->demangle(name, buffer, sizeof buffer))
		return inq_arena_copy(ctx->arena, buffer, strlen(buffer));
	const char *ending = strchr(name, '@');
	char *bare = ending ? inq_arena_copy(ctx->arena, name, (size_t)(ending - name)) : NULL;
	if (!bare || !ops->demangle(bare, buffer, sizeof buffer))
		return NULL;
	return inq_arena_printf(ctx->arena, "%s%s", buffer, ending);
}

const char *inq_demangle(struct inq_ctx *ctx, const char *name)
{
	static const struct inq_wanted_module demangle = { "demangle", INQ_PROVIDER_DEMANGLE,
							   "names of C++, Rust and D are shown as the linker has them",
							   "inquest" };
	const struct inq_demangle_ops *ops = is_mangled(name) ? inq_open_module(ctx, &demangle) : NULL;
	const char *readable = ops ? with_ending(ctx, ops, name) : NULL;
	return readable ? readable : name;
}
