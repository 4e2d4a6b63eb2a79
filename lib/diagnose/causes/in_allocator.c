/* The fault is in the allocator's own code: it followed a pointer that it was given or had kept itself. Functions of glibc
 * (malloc/malloc.c, malloc/arena.c), and what the libraries that replace them export. */
#include "lib/diagnose/cause.h"

#include "lib/base/str.h"
#include "lib/diagnose/heap_damage.h"
#include "lib/diagnose/plumbing.h"

#include <string.h>

static const char *const functions[] = {
	"malloc",	  "free",
	"calloc",	  "realloc",
	"_int_malloc",	  "_int_free",
	"_int_realloc",	  "_int_memalign",
	"sysmalloc",	  "systrim",
	"unlink_chunk",	  "malloc_consolidate",
	"tcache_",	  "__libc_malloc",
	"__libc_free",	  "__libc_calloc",
	"__libc_realloc", "memalign",
	"aligned_alloc",  "posix_memalign",
	"munmap_chunk",	  "cfree",
	"arena_",	  "heap_trim",
	"operator new",	  "operator delete",
	"_Znwm",	  "_ZdlPv",
};

/* In a function of glibc, or anywhere in a library that does nothing else. */
static bool is_allocator(const struct inq_location *at)
{
	static const char *const libraries[] = { "libjemalloc", "libtcmalloc", "libmimalloc", "libscudo" };
	const char *object = at->object ? inq_base_name(at->object) : "";
	for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++)
		if (inq_name_is_like(object, libraries[i]))
			return true;
	for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
		if (inq_name_is_like(at->symbol, functions[i]) && inq_is_plumbing(at))
			return true;
	return false;
}

static bool find(const struct inq_case *crash, struct inq_finding *ret)
{
	if (!inq_case_memory_fault(crash) || inq_case_bad_pc(crash) || !crash->frame_count ||
	    !is_allocator(&crash->frames[0].location))
		return false;
	ret->text = "heap corruption: the allocator crashed over a damaged record, or a pointer that it never gave";
	ret->confidence = INQ_LIKELY;
	inq_find_evidence(crash, ret, "the fault is in %s itself", inq_case_place(crash, &crash->frames[0].location));
	inq_find_heap_damage(crash, ret);
	return true;
}

const struct inq_cause inq_cause_in_allocator = { .id = "heap-corruption", .find = find };
