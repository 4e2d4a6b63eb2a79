/* What outlives an incident, so that the next one need not do it again: the files of objects, open, with the tables that were
 * made of them. A batch meets the same C library in every core.
 *
 * One incident at a time may use a cache: it takes a file out and puts it back when it ends, so nothing is shared. */
#ifndef INQ_IO_CACHE_H
#define INQ_IO_CACHE_H

#include <inquest/cache.h>

struct inq_arena;
struct inq_cache_folder;
struct inq_cache_wants;
struct inq_source;
struct stat;

/* Which file it is, and in which state: another one of any of these is another file. */
struct inq_file_key {
	uint64_t device, inode, size, mtime_ns, ctime_ns;
};

/* What was made of a file: by lib/symbol, and by lib/unwind. */
enum { INQ_MADE_NAMES, INQ_MADE_FRAMES, INQ_MADE };

struct inq_made {
	void *data;		  /* NULL: nothing yet */
	bool (*keep)(void *data); /* prepares it for another incident; false: it is of no use there */
	void (*destroy)(void *data);
};

struct inq_kept {
	struct inq_source *file;
	struct inq_made made[INQ_MADE];
};

/* A cache that writes nothing: of what the folder (NULL: none) has not it asks for (lib/io/cache_folder.h). */
enum inq_status inq_cache_create_reader(const char *folder, const struct inq_cache_wants *wants,
					struct inq_cache **ret);

/* Where bytes are kept for the next run; NULL: nowhere. */
struct inq_cache_folder *inq_cache_folder(const struct inq_cache *cache);

struct inq_file_key inq_file_key(const struct stat *st);

/* Takes the file out of the cache: it belongs to the caller. False when it is not there. */
bool inq_cache_take(struct inq_cache *cache, const struct inq_file_key *key, struct inq_kept *ret);
/* Puts it in; the one that was not used for longest may be closed for it. */
void inq_cache_keep(struct inq_cache *cache, const struct inq_file_key *key, const struct inq_kept *kept);

/* An arena, blank: one that an earlier incident gave back, else a new one, as without a cache (NULL). NULL without memory. */
struct inq_arena *inq_cache_take_arena(struct inq_cache *cache);
/* Ends all that is in it. NULL is fine for both. */
void inq_cache_give_arena(struct inq_cache *cache, struct inq_arena *arena);

/* What its incidents read small files by, one at a time; NULL without a cache or memory. */
struct inq_pages *inq_cache_pages(struct inq_cache *cache);

#endif
