/* Types as debug information tells them, whatever told it: what a variable or parameter is, how it is laid out.
 *
 * A type is read when it is first asked about, and the types that it is made of only when they are. The input is
 * untrusted: a type may be made of itself, so every walk along types is bounded. Types live in the arena.
 *
 * A type source is one file with one `const struct inq_type_source inq_type_source_NAME`, and its row in sources.def; the
 * first that answers a question wins. docs/adding/type-source.md has an example. */
#ifndef INQ_TYPES_TYPE_H
#define INQ_TYPES_TYPE_H

#include "lib/base/str.h"
#include "lib/space/model.h"
#include "lib/symbol/symbol.h"
#include "lib/types/kind.h"

/* What a source knows a type by. unit NULL: void. */
struct inq_type_ref {
	void *unit;
	uint64_t at;
};

/* A member of a structure, or a parameter of a function. */
struct inq_member {
	const char *name; /* NULL: it has none */
	struct inq_type_ref type;
	uint64_t offset; /* bytes from the start */
	uint8_t bit_start; /* of a bit field: bits to pass, from the least significant of its bytes; big-endian: the most */
	uint8_t bit_size; /* 0: it is none */
	bool base;	  /* the part of a class that it inherits */
};

struct inq_enumerator {
	const char *name;
	int64_t value;
};

struct inq_type_unit;

struct inq_type {
	struct inq_type_unit *unit; /* NULL: void, or unknown */
	struct inq_type_ref ref;
	uint8_t kind;	/* enum inq_type_kind */
	bool is_signed; /* of characters and enumerations */
	bool bare;	/* the language names it without "struct", "enum" */
	bool variadic;
	bool opaque; /* an array of arrays: `count` elements in all, but the order of its dimensions is not known */
	const char *name;	    /* without "struct"; NULL: it has none */
	uint64_t size;		    /* bytes; INQ_UNKNOWN for what is only declared */
	struct inq_type_ref target; /* what it points to, returns, names; an array's element */
	uint64_t count;		    /* of an array; INQ_UNKNOWN */
	const struct inq_member *members;
	size_t member_count;
	const struct inq_enumerator *enumerators;
	size_t enumerator_count;
};

/* A variable or parameter of a function. */
struct inq_local {
	const char *name; /* NULL: not told */
	struct inq_type_ref type;
	bool parameter;
	bool has_constant; /* it is `constant` wherever one looks; or, where that has a size, `bytes` */
	uint64_t constant;
	struct inq_view bytes;
	struct inq_view location; /* a DWARF expression; size 0: it is nowhere, or that is not known */
	struct inq_view at_entry; /* then: where the parameter was when the function was entered */
	const void *unit;	  /* what the expression's indices count in */
};

struct inq_function {
	struct inq_type_ref returns;
	bool variadic;
	const struct inq_local *locals; /* parameters, in order; and variables, if they were asked for */
	size_t local_count;
	struct inq_view frame_base; /* a DWARF expression; size 0: not known */
	uint64_t entry; /* where the function that has the frame is entered, as the file counts; INQ_UNKNOWN */
};

/* The call that returns to some place, as the calling function's debug information tells it: DWARF expressions, in the scope
 * of the calling function, which size 0 means to be missing. */
struct inq_call {
	struct inq_view value;	     /* what the call passes in the register that was asked for */
	uint64_t target;	     /* which function it calls: its address as the file counts; INQ_UNKNOWN */
	const char *target_name;     /* or only its name, as the linker knows it, in another object; NULL */
	struct inq_view target_code; /* or where its address is to be had */
	struct inq_function caller;  /* without its variables */
	const void *unit;	     /* what the expressions' indices count in */
};

/* Of which variable or function? Addresses as the file counts. */
struct inq_type_question {
	uint64_t address;
	const struct inq_symbol *symbol; /* that it is in; NULL */
	unsigned depth;			 /* of a function: 0 is the innermost that was inlined there */
	bool thread_local;		 /* of a variable: the address is an offset in the thread-local block */
	bool variables; /* of a function: its variables too, the innermost first, before the parameters */
};

struct inq_variable {
	const char *name;
	struct inq_type_ref type;
	uint64_t start; /* as the file counts; out of inq_type_of_variable at run time */
};

struct inq_type_source {
	const char *name;
	/* What it keeps for the object; NULL when the object has no such types. */
	void *(*open)(struct inq_space *space, struct inq_object *object);
	void (*close)(void *state);
	/* Sets what is known of the type; it comes with unit and ref set and size and count unknown. */
	bool (*describe)(void *state, struct inq_type_ref ref, struct inq_type *ret);
	/* The static variable at the address, the function around it. May be NULL. */
	bool (*variable)(void *state, const struct inq_type_question *question, struct inq_variable *ret);
	bool (*function)(void *state, const struct inq_type_question *question, struct inq_function *ret);
	/* The call that returns to the address, and what it passes in a register, by its DWARF number. May be NULL. */
	bool (*call)(void *state, const struct inq_type_question *question, uint64_t reg, struct inq_call *ret);
	/* Whether the function around the address may jump back to its own start, by tail calls of itself or others: then
	 * who called it does not tell what it was called with. May be NULL. */
	bool (*reenters)(void *state, const struct inq_type_question *question);
};

/* The types of one object as one source tells them. */
struct inq_type_unit {
	const struct inq_type_source *source;
	void *state;
	struct inq_space *space;
	struct inq_object *object;
	bool asked;
	struct inq_kept_type *kept;
};

/* Frees what it keeps. */
void inq_type_unit_close(struct inq_type_unit *unit);

/* The static or thread-local variable that holds `address` (at run time); *unit: whose types are meant. */
bool inq_type_of_variable(struct inq_space *space, uint64_t address, struct inq_variable *ret,
			  struct inq_type_unit **unit);
/* The function around `address` (at run time, of the call for a return address). */
bool inq_type_of_function(struct inq_space *space, uint64_t address, unsigned depth, bool variables,
			  struct inq_function *ret, struct inq_type_unit **unit);

/* The call that returns to `address` (at run time), see struct inq_type_source. */
bool inq_type_of_call(struct inq_space *space, uint64_t address, uint64_t reg, struct inq_call *ret,
		      struct inq_type_unit **unit);
/* False only if it is known that the function around `address` (at run time) does not. */
bool inq_type_reenters(struct inq_type_unit *unit, uint64_t address);

/* Never NULL: what cannot be told is of kind INQ_TYPE_UNKNOWN. */
const struct inq_type *inq_type_get(struct inq_type_unit *unit, struct inq_type_ref ref);
const struct inq_type *inq_type_target(const struct inq_type *type);
/* Without typedefs and qualifiers. */
const struct inq_type *inq_type_plain(const struct inq_type *type);
/* Bytes; INQ_UNKNOWN. */
uint64_t inq_type_size(const struct inq_type *type);
bool inq_type_has_members(const struct inq_type *type);

/* As C writes it, appended: "const char *", "struct node *[3]", "int (*)(int)"; with a name: "struct node *table[3]". */
void inq_type_declare(struct inq_str *str, const struct inq_type *type, const char *name);

/* The path of members and elements to the byte at `offset` of something of that type, appended: ".slots[3].next". It ends at
 * the first thing that starts there and has at most `size` bytes (INQ_UNKNOWN: any). Gives the type of what was reached;
 * *rest: bytes that are left, where members end, are padding, or share the place (unions, bit fields). */
const struct inq_type *inq_type_path(struct inq_str *str, const struct inq_type *type, uint64_t offset, uint64_t size,
				     uint64_t *rest);

#endif
