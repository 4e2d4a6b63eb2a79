/* CTF of binutils: what the module `ctf` (libctf) does for the library. It gets the bytes of sections; it calls nothing of
 * libinquest, so this header asks nothing of it but the kinds of types. */
#ifndef INQ_TYPES_CTF_OPS_H
#define INQ_TYPES_CTF_OPS_H

#include "lib/types/kind.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct inq_ctf_bytes {
	const uint8_t *data;
	uint64_t size;
};

/* All that it points to must live as long as the state. */
struct inq_ctf_input {
	struct inq_ctf_bytes types, symbols, strings; /* symbols: size 0 for none */
	uint64_t symbol_size;			      /* bytes of one */
	bool little;
};

/* A type: a dictionary of libctf and a number in it. dictionary NULL: void. */
struct inq_ctf_ref {
	void *dictionary;
	uint64_t id;
};

struct inq_ctf_type {
	enum inq_type_kind kind;
	bool is_signed, variadic;
	const char *name; /* NULL: it has none; lives as long as the state */
	uint64_t size;	  /* UINT64_MAX: not known */
	uint64_t count;	  /* of an array */
	struct inq_ctf_ref target;
};

struct inq_ctf_part {
	const char *name;	 /* of a member or enumerator; NULL */
	struct inq_ctf_ref type; /* of a member or parameter */
	uint64_t bits;		 /* from the start of a structure */
	uint8_t bit_size;	 /* of a bit field; 0 */
	int64_t value;		 /* of an enumerator */
};

/* Says false to end. */
typedef bool inq_ctf_visitor(void *data, const struct inq_ctf_part *part);

struct inq_ctf_ops {
	/* NULL when there is nothing usable, or no memory. */
	void *(*open)(const struct inq_ctf_input *input);
	bool (*describe)(void *state, struct inq_ctf_ref ref, struct inq_ctf_type *ret);
	/* Members, parameters or enumerators of a type, by its kind. */
	void (*parts)(void *state, struct inq_ctf_ref ref, inq_ctf_visitor *visitor, void *data);
	/* The type of the data or function symbol of that name; where several variables have it, there is none. */
	bool (*symbol)(void *state, const char *name, bool function, struct inq_ctf_ref *ret);
	void (*close)(void *state);
};

#endif
