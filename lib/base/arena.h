/* Memory that is freed all at once: one arena per incident. Allocation gives zeroed memory, or NULL when there is none
 * left or the arena's limit is reached. */
#ifndef INQ_BASE_ARENA_H
#define INQ_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct inq_arena;

struct inq_arena *inq_arena_create(void);
void inq_arena_destroy(struct inq_arena *arena); /* NULL is fine */
/* Frees all that was allocated from it; some memory is kept for what comes next. */
void inq_arena_reset(struct inq_arena *arena);

/* Zeroed, aligned for any object. */
void *inq_arena_alloc(struct inq_arena *arena, size_t size);
void *inq_arena_array(struct inq_arena *arena, size_t count, size_t size);
/* A NUL-terminated copy of `length` bytes. */
char *inq_arena_copy(struct inq_arena *arena, const char *bytes, size_t length);
/* The strings behind each other; NULL ends them. */
char *inq_arena_join(struct inq_arena *arena, const char *first, ...) __attribute__((sentinel));
char *inq_arena_printf(struct inq_arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *inq_arena_vprintf(struct inq_arena *arena, const char *format, va_list arguments)
	__attribute__((format(printf, 2, 0)));

/* For tests: the allocation with this number, counted from now, fails, and all after it; 0 switches it off. */
void inq_alloc_fail_at(unsigned long number);
/* malloc, calloc-like and realloc that obey inq_alloc_fail_at: all allocation of the library goes through them. */
void *inq_alloc(size_t size);
void *inq_realloc(void *old, size_t size);

#endif
