/* Values of types, out of memory or out of what a register held, as a debugger prints them:
 *
 *     42    97 'a'    true    RED    0x55d0c0de "hello"    0x4010 <table+16>    {x = 1, next = 0x0}    {1, 2, 3, …}
 *
 * What is long is cut: text after 64 bytes, structures and arrays after some members and one level below. */
#ifndef INQ_TYPES_VALUE_H
#define INQ_TYPES_VALUE_H

#include "lib/types/type.h"

enum { INQ_MOST_VALUE_BYTES = 64 };

/* Where a value is: bytes that are at hand (in the target's byte order), else memory. */
struct inq_value {
	const struct inq_type *type;
	bool in_memory;
	uint64_t address; /* where in_memory */
	uint8_t bytes[INQ_MOST_VALUE_BYTES];
	uint64_t size; /* of bytes */
};

/* Appends it. False when its bytes are not to be had, or its type is not known: nothing is added. `readable`: linker's names of
 * what pointers lead to are made readable. */
bool inq_value_print(struct inq_space *space, const struct inq_value *value, bool readable, struct inq_str *str);

/* `number` as the bytes of a value of `size` bytes: the low ones. False when it has more than eight, or none. */
bool inq_value_of_number(const struct inq_space *space, uint64_t number, uint64_t size, struct inq_value *ret);
/* The value as a number; false for what is not an integer, enumeration or pointer, or not to be had. */
bool inq_value_number(struct inq_space *space, const struct inq_value *value, uint64_t *ret);

#endif
