/* Looks in a table by the path's hash. Each place holds the last one that fell on it: who finds another there looks anew. */
#include "lib/io/look.h"

#include "lib/base/arena.h"
#include "lib/base/hash.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PLACES = 256, GOOD_FOR_MS = 1000 };

struct entry {
	char *path, *root; /* NULL: it is free; root "": the machine's */
	uint64_t when_ms;
	struct inq_look look;
};

struct inq_looks {
	struct entry entries[PLACES];
};

struct inq_looks *inq_looks_create(void)
{
	return inq_alloc(sizeof(struct inq_looks));
}

static void clear(struct entry *entry)
{
	free(entry->path);
	free(entry->root);
	free(entry->look.head);
	free(entry->look.soname);
	*entry = (struct entry) { 0 };
}

void inq_looks_destroy(struct inq_looks *looks)
{
	for (size_t i = 0; looks && i < PLACES; i++)
		clear(&looks->entries[i]);
	free(looks);
}

static uint64_t now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static const char *root_of(const struct inq_files *files)
{
	const char *sysroot = inq_files_sysroot(files);
	return sysroot ? sysroot : "";
}

static struct entry *place_of(struct inq_cache *cache, const char *path)
{
	struct inq_looks *looks = cache ? inq_cache_looks(cache) : NULL;
	return looks ? &looks->entries[inq_hash_string(path) % PLACES] : NULL;
}

struct inq_look *inq_look_find(struct inq_cache *cache, const struct inq_files *files, const char *path)
{
	struct entry *entry = place_of(cache, path);
	if (!entry || !entry->path || strcmp(entry->path, path) != 0 || strcmp(entry->root, root_of(files)) != 0 ||
	    now_ms() - entry->when_ms > GOOD_FOR_MS)
		return NULL;
	return &entry->look;
}

static char *copy(const char *string)
{
	size_t size = strlen(string) + 1;
	char *to = inq_alloc(size);
	return to ? memcpy(to, string, size) : NULL;
}

struct inq_look *inq_look_add(struct inq_cache *cache, const struct inq_files *files, const char *path)
{
	struct entry *entry = place_of(cache, path);
	if (!entry)
		return NULL;
	clear(entry);
	entry->path = copy(path);
	entry->root = copy(root_of(files));
	entry->when_ms = now_ms();
	if (entry->path && entry->root)
		return &entry->look;
	clear(entry);
	return NULL;
}

int inq_look_open(struct inq_cache *cache, const struct inq_files *files, const char *path, const char **why)
{
	struct inq_look *look = inq_look_find(cache, files, path);
	if (look && look->why) {
		*why = look->why;
		return -1;
	}
	int fd = inq_files_open(files, path, why);
	if (fd < 0 && (look = inq_look_add(cache, files, path)))
		look->why = *why;
	return fd;
}
