/* SBCL (Steel Bank Common Lisp): all of its memory is executable, data too. Its dynamic space begins at 0x1000000000 on 64 bits with what
 * of it the saved image has, and goes on behind that (src/compiler/x86-64/parms.lisp, src/runtime/coreparse.c). */
#include "lib/classify/runtime.h"

#include "lib/space/mapping.h"

static const uint64_t DYNAMIC_SPACE = UINT64_C(0x1000000000);

static bool is_executable_data(const struct inq_mapping *mapping)
{
	unsigned all = INQ_PERM_READ | INQ_PERM_WRITE | INQ_PERM_EXECUTE;
	return inq_mapping_is_plain(mapping) && (mapping->permissions & (all | INQ_PERM_SHARED)) == all;
}

static void claim(struct inq_space *space, struct inq_claims *claims)
{
	static const char *const names[] = { "sbcl", NULL };
	uint64_t end = DYNAMIC_SPACE; /* of what of the dynamic space was seen */
	if (!inq_object_named(space, names))
		return;
	for (size_t i = 0; i < space->mappings.count; i++) {
		const struct inq_mapping *mapping = &space->mappings.items[i];
		bool dynamic = mapping->start == end;
		end = dynamic ? mapping->end : end;
		if (is_executable_data(mapping))
			inq_claim(claims, i, INQ_CLASS_ALLOCATOR, "sbcl", dynamic ? INQ_LIKELY : INQ_POSSIBLE,
				  dynamic ? "behind the saved image at the address of SBCL's dynamic space"
					  : "SBCL's memory is executable as a whole, data too");
	}
}

const struct inq_runtime inq_runtime_sbcl = { claim };
