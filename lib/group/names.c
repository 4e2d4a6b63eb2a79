/* Texts and what belongs to them: see names.h. */
#include "lib/group/names.h"

#include <string.h>

#define HASH_NONFATAL_OOM   1
#define uthash_malloc(size) inq_alloc(size)
#include <uthash.h>

struct inq_name {
	const char *key;
	void *value;
	UT_hash_handle hh;
};

void **inq_name_slot(struct inq_names *names, struct inq_arena *arena, const char *text, const char **key)
{
	struct inq_name *name;
	size_t length = strlen(text);
	HASH_FIND(hh, names->table, text, length, name);
	if (!name) {
		name = inq_arena_alloc(arena, sizeof *name);
		if (!name || !(name->key = inq_arena_copy(arena, text, length)))
			return NULL;
		HASH_ADD_KEYPTR(hh, names->table, name->key, length, name);
		if (!name->hh.tbl)
			return NULL;
	}
	if (key)
		*key = name->key;
	return &name->value;
}

void **inq_name_find(const struct inq_names *names, const char *text)
{
	struct inq_name *name;
	HASH_FIND(hh, names->table, text, strlen(text), name);
	return name ? &name->value : NULL;
}

void inq_names_release(struct inq_names *names)
{
	HASH_CLEAR(hh, names->table);
	names->table = NULL;
}
