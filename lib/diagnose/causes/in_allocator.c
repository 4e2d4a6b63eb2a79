/* The fault is in the allocator's own code: it followed a pointer that it was given or had kept itself. Functions of glibc
 * (malloc/malloc.c, malloc/arena.c) and musl (src/malloc/mallocng), and what the libraries that replace them export. */
#include "lib/diagnose/cause.h"

#include "lib/base/str.h"
#include "lib/diagnose/heap_damage.h"
#include "lib/diagnose/linked_in.h"
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
	"get_meta",	  "nontrivial_free",
	"_Znwm",	  "_ZdlPv",
};

static bool is_like_any(const char *name, const char *const *patterns, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (inq_name_is_like(name, patterns[i]))
			return true;
	return false;
}

/* In a function of the C library's, or what it has called within the library, or anywhere in a library that does nothing else. */
bool inq_is_in_allocator(const struct inq_case *crash)
{
	enum { INNER = 2 };
	static const char *const libraries[] = { "libjemalloc", "libtcmalloc", "libmimalloc", "libscudo" };
	for (size_t i = 0; i < crash->frame_count && i < INNER; i++) {
		const struct inq_location *at = &crash->frames[i].location;
		if (at->object &&
		    is_like_any(inq_base_name(at->object), libraries, sizeof libraries / sizeof *libraries))
			return true;
		if (!inq_is_plumbing(at) && !inq_is_linked_in(crash, crash->frames, crash->frame_count, i))
			return false;
		if (is_like_any(at->symbol, functions, sizeof functions / sizeof *functions))
			return true;
	}
	return false;
}

/* musl's stops by hlt, for which the kernel tells no address (arch/x86_64/atomic_arch.h, a_crash). */
static bool stopped(const struct inq_case *crash)
{
	const char *text = crash->fault->instruction.info.text;
	return inq_fault_is(crash->fault, "SIGSEGV") && inq_fault_by_processor(crash->space, crash->fault) && text &&
	       strcmp(text, "hlt") == 0;
}

static bool find(const struct inq_case *crash, struct inq_finding *ret)
{
	if ((!inq_case_memory_fault(crash) && !stopped(crash)) || inq_case_bad_pc(crash) || !inq_is_in_allocator(crash))
		return false;
	ret->text = "heap corruption: the allocator crashed over a damaged record, or a pointer that it never gave";
	ret->confidence = INQ_LIKELY;
	inq_find_evidence(crash, ret, "the fault is in %s itself", inq_case_place(crash, &crash->frames[0].location));
	inq_find_heap_damage(crash, ret);
	return true;
}

const struct inq_cause inq_cause_in_allocator = { .id = "heap-corruption", .find = find };
