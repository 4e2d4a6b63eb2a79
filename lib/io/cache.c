/* Files that stay open from one incident to the next: a short list, the last used first. */
#include "lib/io/cache.h"

#include "lib/base/arena.h"
#include "lib/io/cache_folder.h"
#include "lib/io/look.h"
#include "lib/io/source.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A desktop program maps some two hundred libraries; a stack goes through a dozen of them. */
enum { MOST_KEPT = 128 };
/* An incident has one or two. */
enum { MOST_SPARE = 4 };

struct entry {
	struct inq_file_key key;
	struct inq_kept kept;
};

struct inq_cache {
	struct inq_cache_folder *folder;
	struct inq_looks *looks; /* NULL before the first */
	struct inq_arena *spare[MOST_SPARE];
	size_t spare_count;
	struct inq_pages *pages; /* NULL before the first */
	struct entry entries[MOST_KEPT];
	size_t count;
};

enum inq_status inq_cache_create(const char *folder, struct inq_cache **ret, const char **why)
{
	*ret = inq_alloc(sizeof **ret);
	if (!*ret)
		return INQ_NO_MEMORY;
	if (folder)
		(*ret)->folder = inq_cache_folder_open(folder, why);
	return folder && !(*ret)->folder ? INQ_PARTIAL : INQ_OK;
}

enum inq_status inq_cache_create_reader(const char *folder, const struct inq_cache_wants *wants, struct inq_cache **ret)
{
	*ret = inq_alloc(sizeof **ret);
	if (*ret && folder)
		(*ret)->folder = inq_cache_folder_open_reader(folder, wants);
	return *ret ? INQ_OK : INQ_NO_MEMORY;
}

struct inq_arena *inq_cache_take_arena(struct inq_cache *cache)
{
	return cache && cache->spare_count ? cache->spare[--cache->spare_count] : inq_arena_create();
}

void inq_cache_give_arena(struct inq_cache *cache, struct inq_arena *arena)
{
	if (!arena || !cache || cache->spare_count == MOST_SPARE) {
		inq_arena_destroy(arena);
		return;
	}
	inq_arena_reset(arena);
	cache->spare[cache->spare_count++] = arena;
}

struct inq_pages *inq_cache_pages(struct inq_cache *cache)
{
	if (cache && !cache->pages)
		cache->pages = inq_pages_create();
	return cache ? cache->pages : NULL;
}

struct inq_looks *inq_cache_looks(struct inq_cache *cache)
{
	if (!cache->looks)
		cache->looks = inq_looks_create();
	return cache->looks;
}

struct inq_cache_folder *inq_cache_folder(const struct inq_cache *cache)
{
	return cache->folder;
}

static void close_kept(const struct inq_kept *kept)
{
	for (size_t i = 0; i < INQ_MADE; i++)
		if (kept->made[i].data)
			kept->made[i].destroy(kept->made[i].data);
	inq_source_close(kept->file);
}

void inq_cache_destroy(struct inq_cache *cache)
{
	for (size_t i = 0; cache && i < cache->count; i++)
		close_kept(&cache->entries[i].kept);
	while (cache && cache->spare_count)
		inq_arena_destroy(cache->spare[--cache->spare_count]);
	if (cache) {
		inq_pages_destroy(cache->pages);
		inq_looks_destroy(cache->looks);
		inq_cache_folder_close(cache->folder);
	}
	free(cache);
}

struct inq_file_key inq_file_key(const struct stat *st)
{
	const uint64_t second = 1000000000;
	return (struct inq_file_key) {
		.device = st->st_dev,
		.inode = st->st_ino,
		.size = (uint64_t)st->st_size,
		.mtime_ns = (uint64_t)st->st_mtim.tv_sec * second + (uint64_t)st->st_mtim.tv_nsec,
		.ctime_ns = (uint64_t)st->st_ctim.tv_sec * second + (uint64_t)st->st_ctim.tv_nsec,
	};
}

static bool same(const struct inq_file_key *a, const struct inq_file_key *b)
{
	return a->inode == b->inode && a->device == b->device && a->size == b->size && a->mtime_ns == b->mtime_ns &&
	       a->ctime_ns == b->ctime_ns;
}

static void drop(struct inq_cache *cache, size_t index)
{
	cache->count--;
	memmove(&cache->entries[index], &cache->entries[index + 1], (cache->count - index) * sizeof *cache->entries);
}

bool inq_cache_take(struct inq_cache *cache, const struct inq_file_key *key, struct inq_kept *ret)
{
	for (size_t i = 0; i < cache->count; i++) {
		if (!same(&cache->entries[i].key, key))
			continue;
		*ret = cache->entries[i].kept;
		drop(cache, i);
		return true;
	}
	return false;
}

void inq_cache_keep(struct inq_cache *cache, const struct inq_file_key *key, const struct inq_kept *kept)
{
	struct inq_kept older; /* a process may map one file as two objects */
	if (inq_cache_take(cache, key, &older))
		close_kept(&older);
	if (cache->count == MOST_KEPT)
		close_kept(&cache->entries[--cache->count].kept);
	memmove(&cache->entries[1], &cache->entries[0], cache->count * sizeof *cache->entries);
	cache->entries[0] = (struct entry) { *key, *kept };
	cache->count++;
}
