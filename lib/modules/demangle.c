/* Module: readable names of C++ (Itanium ABI), Rust (v0 and the older form) and D, by libiberty.
 *
 * A name of a hundred bytes can stand for one of gigabytes, as substitutions double it. libiberty hands out what it makes
 * in pieces, without a way to stop it, so a name that grows too long is left by longjmp. */
#include "lib/io/provider.h"
#include "lib/symbol/demangle_ops.h"

#include <libiberty/demangle.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

enum {
	LONGEST_NAME = 16 << 10,
	/* D's demangler allocates its result (and ends the process when it cannot): what doubles a name there are
	 * references back, each begun by a Q. */
	MOST_D_REFERENCES = 16
};

struct writing {
	char *buffer;
	size_t size, length;
	jmp_buf too_long;
};

static void write_piece(const char *piece, size_t length, void *data)
{
	struct writing *writing = data;
	if (length >= writing->size - writing->length)
		longjmp(writing->too_long, 1);
	memcpy(writing->buffer + writing->length, piece, length);
	writing->length += length;
}

typedef int demangler(const char *name, int options, demangle_callbackref callback, void *data);

static bool in_pieces(demangler *demangle, const char *name, char *buffer, size_t size)
{
	struct writing writing = { .buffer = buffer, .size = size };
	if (setjmp(writing.too_long) || !demangle(name, DMGL_PARAMS | DMGL_ANSI, write_piece, &writing))
		return false;
	buffer[writing.length] = '\0';
	return writing.length > 0;
}

static bool d_name(const char *name, char *buffer, size_t size)
{
	unsigned references = 0;
	for (const char *q = strchr(name, 'Q'); q; q = strchr(q + 1, 'Q'))
		references++;
	char *readable = references <= MOST_D_REFERENCES ? dlang_demangle(name, DMGL_PARAMS | DMGL_ANSI) : NULL;
	size_t length = readable ? strlen(readable) : 0;
	bool fits = length && length < size;
	if (fits)
		memcpy(buffer, readable, length + 1);
	free(readable);
	return fits;
}

/* Rust's older names are well-formed C++ names too: they are told by the hash at their end. */
static bool demangle_name(const char *name, char *buffer, size_t size)
{
	if (!size || strlen(name) > LONGEST_NAME)
		return false;
	if (strncmp(name, "_D", 2) == 0)
		return d_name(name, buffer, size);
	return in_pieces(rust_demangle_callback, name, buffer, size) ||
	       in_pieces(cplus_demangle_v3_callback, name, buffer, size);
}

static const struct inq_demangle_ops ops = { demangle_name };

const struct inq_module inq_module = { INQ_MODULE_VERSION, INQ_PROVIDER_DEMANGLE, "demangle", &ops };
