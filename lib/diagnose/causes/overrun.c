/* An access that runs over the end of a mapping, as a loop or a copy does that does not stop in time: the first byte that fails is the
 * first one behind memory that allowed the same. */
#include "lib/diagnose/cause.h"

#include <inttypes.h>

enum { FIRST_PAGES = 64 << 10 };

/* The mapping that ends just there and allows the access; NULL. */
static const struct inq_mapping *mapping_before(const struct inq_case *crash, uint64_t end, unsigned access)
{
	bool judged;
	const struct inq_mapping *mapping = inq_space_mapping_at(crash->space, end - 1);
	if (!mapping || mapping->end != end || mapping->permissions & INQ_PERM_EXECUTE ||
	    !inq_access_permitted(crash->space, end - 1, access, &judged) || !judged)
		return NULL;
	return mapping;
}

static const char *name_of(const struct inq_case *crash, const struct inq_mapping *mapping)
{
	const struct inq_region *region = inq_case_region(crash, mapping->end - 1);
	if (mapping->file)
		return mapping->file->path;
	return region ? inq_class_name(region->class_) : "anonymous memory";
}

/* The kernel's clock data, to which a program has no pointer. */
static bool is_vvar(const struct inq_case *crash)
{
	const struct inq_region *region = inq_case_region(crash, crash->fault->address);
	return region && region->class_ == INQ_CLASS_VVAR;
}

/* Memory that grows upwards or has a border of its own; of other mappings the one above may have been unmapped. */
static bool is_filled(const struct inq_case *crash, const struct inq_mapping *mapping)
{
	const struct inq_region *region = inq_case_region(crash, mapping->end - 1);
	return mapping->file || is_vvar(crash) ||
	       (region && (region->class_ == INQ_CLASS_BRK_HEAP || region->class_ == INQ_CLASS_STACK ||
			   region->class_ == INQ_CLASS_BSS));
}

static bool find(const struct inq_case *crash, struct inq_finding *ret)
{
	const struct inq_fault *fault = crash->fault;
	unsigned access = inq_fault_access(fault);
	if (!inq_case_memory_fault(crash) || !inq_fault_is(fault, "SIGSEGV") || fault->computed ||
	    inq_case_bad_pc(crash) || fault->address < FIRST_PAGES || !access || access & INQ_ACCESS_EXECUTE)
		return false;
	const struct inq_mapping *mapping = mapping_before(crash, fault->address, access);
	if (!mapping)
		return false;
	const char *name = name_of(crash, mapping);
	ret->text = inq_case_text(crash, "a buffer was overrun: the program %s on over the end of %s",
				  access & INQ_ACCESS_WRITE ? "wrote" : "read", name);
	ret->confidence = is_filled(crash, mapping) ? INQ_LIKELY : INQ_POSSIBLE;
	inq_find_evidence(crash, ret,
			  "the fault address is the first byte behind the mapping from 0x%" PRIx64 " to 0x%" PRIx64
			  ", which allows the access",
			  mapping->start, mapping->end);
	inq_find_evidence(crash, ret, "%s", inq_case_access_text(crash));
	return true;
}

const struct inq_cause inq_cause_overrun = { .id = "buffer-overrun", .find = find };
