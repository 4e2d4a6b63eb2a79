/* Which glibc: by the version string of libc's file where it is at hand, by the file's old name (libc-2.31.so), else by the
 * structures, each of which some releases have. */
#include "lib/heap/glibc/glibc.h"

#include "lib/base/str.h"
#include "lib/space/objects.h"

#include <string.h>

static unsigned number(const char *digits)
{
	unsigned value = 0;
	for (; *digits >= '0' && *digits <= '9' && value < 1000; digits++)
		value = value * 10 + (unsigned)(*digits - '0');
	return value;
}

/* "GNU C Library (Debian GLIBC 2.36-9) stable release version 2.36.": csu/version.c. */
static unsigned by_string(struct inq_space *space, const struct inq_mapping *mapping)
{
	static const char words[] = " release version 2.";
	const uint8_t *data = inq_space_peek(space, mapping->start, mapping->end - mapping->start, NULL);
	size_t size = (size_t)(mapping->end - mapping->start);
	const uint8_t *at = data ? memmem(data, size, words, sizeof words - 1) : NULL;
	char digits[4] = { 0 };
	if (!at || (size_t)(data + size - at) < sizeof words + sizeof digits)
		return 0;
	memcpy(digits, at + sizeof words - 1, sizeof digits - 1);
	return number(digits);
}

static const struct inq_object *home(const struct inq_glibc *glibc)
{
	const struct inq_space *space = glibc->space;
	const struct inq_mapping *mapping = inq_space_mapping_at(space, glibc->main);
	if (mapping && mapping->object >= space->objects.count && mapping > space->mappings.items)
		mapping--; /* its .bss is the mapping behind */
	return mapping && mapping->object < space->objects.count ? &space->objects.items[mapping->object] : NULL;
}

/* In what is not code, or in code. */
static unsigned by_mappings(struct inq_glibc *glibc, const struct inq_object *object, bool code)
{
	struct inq_space *space = glibc->space;
	unsigned found = 0;
	for (size_t i = object->first_mapping; i < space->mappings.count && !found; i++) {
		const struct inq_mapping *mapping = &space->mappings.items[i];
		if (mapping->start >= object->end)
			break;
		if (mapping->object < space->objects.count && &space->objects.items[mapping->object] == object &&
		    !(mapping->permissions & INQ_PERM_WRITE) && !(mapping->permissions & INQ_PERM_EXECUTE) == !code)
			found = by_string(space, mapping);
	}
	return found;
}

/* Older linkers put strings behind the code. */
static unsigned by_file(struct inq_glibc *glibc, const struct inq_object *object)
{
	unsigned found = by_mappings(glibc, object, false);
	return found ? found : by_mappings(glibc, object, true);
}

static unsigned exact(struct inq_glibc *glibc, struct inq_string_vec *evidence)
{
	struct inq_ctx *ctx = glibc->space->ctx;
	const struct inq_object *object = home(glibc);
	const char *name = object && object->path ? inq_base_name(object->path) : "";
	unsigned version = object ? by_file(glibc, object) : 0;
	if (version) {
		inq_heap_say(ctx, evidence, "%s says that it is release 2.%u", name, version);
		return version;
	}
	version = strncmp(name, "libc-2.", 7) == 0 ? number(name + 7) : 0;
	if (version)
		inq_heap_say(ctx, evidence, "the library's file is named %s", name);
	return version;
}

static void narrow(unsigned *oldest, unsigned *newest, unsigned from, unsigned to)
{
	*oldest = *oldest > from ? *oldest : from;
	*newest = *newest < to ? *newest : to;
}

const char *inq_glibc_version(struct inq_glibc *glibc, struct inq_string_vec *evidence)
{
	struct inq_ctx *ctx = glibc->space->ctx;
	unsigned oldest = glibc->layout.oldest, newest = glibc->layout.newest, version = exact(glibc, evidence);
	if (glibc->heap_info && glibc->words.word == 8)
		narrow(&oldest, &newest, glibc->heap_info > 32 ? 35 : 0, glibc->heap_info > 32 ? INQ_GLIBC_NEWEST : 34);
	inq_glibc_tcache_versions(glibc, &oldest, &newest);
	if (glibc->links_known)
		narrow(&oldest, &newest, glibc->safe_links ? 32 : 0, glibc->safe_links ? INQ_GLIBC_NEWEST : 31);
	if (version)
		return inq_arena_printf(ctx->arena, "2.%u", version);
	if (oldest > newest)
		return NULL;
	inq_heap_say(ctx, evidence, "the version is told by the form of %s",
		     glibc->links_known ? "malloc_state, tcache and its links" : "malloc_state");
	if (newest == INQ_GLIBC_NEWEST)
		return inq_arena_printf(ctx->arena, "2.%u or newer", oldest);
	if (oldest == newest)
		return inq_arena_printf(ctx->arena, "2.%u", oldest);
	return inq_arena_printf(ctx->arena, "2.%u to 2.%u", oldest, newest);
}
