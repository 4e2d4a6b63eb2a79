/* HotSpot's own description of itself: the tables that libjvm exports for the serviceability agent (gHotSpotVMStructs and
 * its kin; hotspot/share/runtime/vmStructs.hpp), read out of the process's memory. They name the fields, types and
 * constants of that very build, so that no offset is known here beforehand.
 *
 * A field is asked for as "Type::_field", or as several of them with "|" between: the first that this JVM has counts, for
 * releases rename and move them. What a type itself does not have is looked for in its superclasses. Every read says
 * whether it gave something: one unknown field costs one fact. */
#ifndef INQ_JVM_VMSTRUCTS_VM_H
#define INQ_JVM_VMSTRUCTS_VM_H

#include "lib/space/model.h"

/* A row of a table. */
struct inq_vm_entry {
	const char *owner; /* the type that a field belongs to; NULL for types and constants */
	const char *name;  /* of the field, type or constant */
	const char *super; /* of a type: its superclass; of a field: its own type; NULL when not told */
	uint64_t value;	   /* offset or, of a static field, address; size of a type; value of a constant */
	bool is_static;
};

/* Rows by owner and name. */
struct inq_vm_index {
	struct inq_vm_entry *entries;
	size_t count;
	uint32_t *slots; /* 1 + index of the entry; 0 free */
	size_t slot_mask;
};

enum { INQ_VM_LONGEST_ASKED = 71 };

/* What was asked for last. */
struct inq_vm_recent {
	struct inq_vm_asked {
		uint8_t length;
		char fields[INQ_VM_LONGEST_ASKED];
		const struct inq_vm_entry *entry;
	} asked[64];	       /* by their first and last bytes */
	uint64_t start;	       /* of `bytes` in the process */
	struct inq_view bytes; /* the piece of memory that the last name was in */
};

struct inq_vm {
	struct inq_space *space;
	struct inq_object *library; /* libjvm */
	unsigned word;		    /* bytes of a pointer */
	struct inq_vm_index fields, types, constants;
	struct inq_vm_recent *recent;
};

/* Finds libjvm and reads its tables into the arena. False without a libjvm, or when its tables are not held; the reason
 * goes to the warnings only when there is a libjvm. */
bool inq_vm_open(struct inq_space *space, struct inq_vm *ret);

/* The row of a field, NULL when this JVM does not tell it. The same few are asked for each region of a heap and each class
 * loader: the answers are kept. */
const struct inq_vm_entry *inq_vm_field(const struct inq_vm *vm, const char *fields);
bool inq_vm_has_type(const struct inq_vm *vm, const char *type);
bool inq_vm_size(const struct inq_vm *vm, const char *type, uint64_t *ret);
/* One of several with "|" between, too. */
bool inq_vm_constant(const struct inq_vm *vm, const char *names, uint64_t *ret);

/* Where a field is: of the object at this address; a static field ignores the object. An instance field of the object at
 * 0 is refused. */
bool inq_vm_place(const struct inq_vm *vm, uint64_t object, const char *fields, uint64_t *ret);
/* Its value: unsigned, of `size` bytes (1, 2, 4, 8), or a word (pointer, size_t). */
bool inq_vm_number(const struct inq_vm *vm, uint64_t object, const char *fields, unsigned size, uint64_t *ret);
bool inq_vm_word(const struct inq_vm *vm, uint64_t object, const char *fields, uint64_t *ret);
/* The string that a char* points to, in the arena; NULL. */
const char *inq_vm_string(const struct inq_vm *vm, uint64_t object, const char *fields);

/* The same at a plain address. */
bool inq_vm_at(const struct inq_vm *vm, uint64_t address, unsigned size, uint64_t *ret);
/* A NUL-terminated string of at most `limit` bytes, where the artefact has it; else like inq_space_string. */
const char *inq_vm_name(const struct inq_vm *vm, uint64_t address, size_t limit);

/* index.c */
bool inq_vm_index_make(struct inq_ctx *ctx, struct inq_vm_index *index);
const struct inq_vm_entry *inq_vm_index_find(const struct inq_vm_index *index, const char *owner, size_t owner_length,
					     const char *name, size_t name_length);

#endif
