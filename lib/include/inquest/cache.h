/* What outlives an incident: files that stay open, and work that another run need not do again.
 *
 *     struct inq_cache *cache;
 *     const char *why;
 *     if (inq_cache_create("/var/cache/inquest", &cache, &why) != INQ_NO_MEMORY) {
 *             options.cache = cache; // of one incident after the other
 *             …
 *             inq_cache_destroy(cache);
 *     }
 */
#ifndef INQUEST_CACHE_H
#define INQUEST_CACHE_H

#include <inquest/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct inq_cache;
struct inq_options;

/* For a program that looks at many cores, one after the other: the files of objects stay open with what was read of them, as
 * long as they do not change. One incident at a time may use a cache, all with the same options; it must be destroyed after
 * the last. In `folder` (NULL: none) the dearest of it is kept for the next run, by build ID, and shared with other
 * processes; it is made when it is not there. INQ_PARTIAL when it cannot be used, with the reason in *why: the cache is then
 * of memory alone. */
INQ_API enum inq_status inq_cache_create(const char *folder, struct inq_cache **ret, const char **why);
/* Does in advance what the first look-up of a name in the file at `path` would do, where its build ID is this one and the
 * folder has nothing of it yet. INQ_UNUSABLE when there is no such file; the options say where files are, and may be NULL. */
INQ_API enum inq_status inq_cache_fill(struct inq_cache *cache, const struct inq_options *options, const char *path,
				       const uint8_t *build_id, size_t build_id_size);
/* Accepts NULL. */
INQ_API void inq_cache_destroy(struct inq_cache *cache);

#ifdef __cplusplus
}
#endif
#endif
