/* A growing array of one type: INQ_VEC(inq_mapping_vec, struct inq_mapping) makes the struct and its functions. */
#ifndef INQ_BASE_VEC_H
#define INQ_BASE_VEC_H

#include "lib/base/arena.h"

#include <stdint.h>
#include <stdlib.h>

/* NAME_push gives a pointer to a new, zeroed element, or NULL when memory is out (the vector is then unchanged). The
 * pointer holds until the next push. NAME_release frees the array; a zeroed struct is an empty vector. */
#define INQ_VEC(vec, type)                                                                                             \
	struct vec {                                                                                                   \
		type *items;                                                                                           \
		size_t count, capacity;                                                                                \
	};                                                                                                             \
	__attribute__((unused)) static inline type *vec##_push(struct vec *v)                                          \
	{                                                                                                              \
		if (v->count == v->capacity) {                                                                         \
			size_t capacity = v->capacity ? v->capacity * 2 : 8;                                           \
			if (capacity > SIZE_MAX / sizeof(type))                                                        \
				return NULL;                                                                           \
			type *items = (type *)inq_realloc(v->items, capacity * sizeof(type));                          \
			if (!items)                                                                                    \
				return NULL;                                                                           \
			v->items = items;                                                                              \
			v->capacity = capacity;                                                                        \
		}                                                                                                      \
		type *item = &v->items[v->count++];                                                                    \
		*item = (type) { 0 };                                                                                  \
		return item;                                                                                           \
	}                                                                                                              \
	__attribute__((unused)) static inline void vec##_release(struct vec *v)                                        \
	{                                                                                                              \
		free(v->items);                                                                                        \
		*v = (struct vec) { 0 };                                                                               \
	}

#endif
