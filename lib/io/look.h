/* Files that were looked at a moment ago: whether there was one at a path, which, and how it begins. The cores of a batch
 * name the same libraries thousands of times a second, and look in vain for the same debug files.
 *
 * A look is good for a second: what is put in a file's place meanwhile is seen by then. */
#ifndef INQ_IO_LOOK_H
#define INQ_IO_LOOK_H

#include "lib/io/cache.h"
#include "lib/io/files.h"

enum { INQ_LOOK_HEAD = 64 << 10 }; /* most bytes of a head */

struct inq_look {
	const char *why;	 /* there is none: why not; NULL: there is one */
	struct inq_file_key key; /* of the file */
	/* What was learned of it, if anybody wanted to know: its first bytes, and its SONAME ("": it has none). */
	uint8_t *head;
	size_t head_size;
	char *soname;
};

/* Of a moment ago; NULL: the path was not looked at, or there is no cache. Valid until the next call of these functions. */
struct inq_look *inq_look_find(struct inq_cache *cache, const struct inq_files *files, const char *path);
/* A new one, blank; NULL without a cache or memory. */
struct inq_look *inq_look_add(struct inq_cache *cache, const struct inq_files *files, const char *path);

/* inq_files_open, but for what was not there a moment ago. */
int inq_look_open(struct inq_cache *cache, const struct inq_files *files, const char *path, const char **why);

/* lib/io/cache.c */
struct inq_looks;
struct inq_looks *inq_looks_create(void);
void inq_looks_destroy(struct inq_looks *looks); /* NULL is fine */
struct inq_looks *inq_cache_looks(struct inq_cache *cache);

#endif
