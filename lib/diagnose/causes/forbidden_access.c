/* The address is mapped, but not for this: a write to read-only memory, any access to a guard page, or to memory whose
 * protection key the thread has switched off (pkeys(7)). */
#include "lib/diagnose/cause.h"

#include <inttypes.h>

enum { PAGE = 4096, SEGV_PKUERR = 4 };

static bool near_stack_pointer(const struct inq_fault *fault)
{
	return fault->sp != INQ_UNKNOWN && fault->address - (fault->sp - PAGE) <= 2 * PAGE;
}

static const char *name_of(const struct inq_case *crash, const struct inq_mapping *mapping)
{
	const struct inq_region *region = inq_case_region(crash, mapping->start);
	if (mapping->file)
		return mapping->file->path;
	return region ? inq_class_name(region->class_) : "anonymous memory";
}

static bool find(const struct inq_case *crash, struct inq_finding *ret)
{
	const struct inq_fault *fault = crash->fault;
	unsigned access = inq_fault_access(fault), permissions;
	if (!inq_case_memory_fault(crash) || inq_case_bad_pc(crash) || !inq_fault_is(fault, "SIGSEGV") ||
	    inq_is_vsyscall(crash->space, fault->address))
		return false;
	const struct inq_mapping *mapping = inq_space_mapping_at(crash->space, fault->address);
	if (!mapping || !(mapping->permissions & INQ_PERM_KNOWN))
		return false;
	permissions = mapping->permissions & (INQ_PERM_READ | INQ_PERM_WRITE | INQ_PERM_EXECUTE);
	const char *name = name_of(crash, mapping);
	if (!permissions && near_stack_pointer(fault))
		return false; /* a stack overflow, which has a cause of its own */
	if (!permissions) {
		ret->id = "no-access-page";
		ret->text = inq_case_text(
			crash, "an access to memory without any permission (a guard or reserved page): %s", name);
	} else if (fault->signal.has_code && fault->signal.code == SEGV_PKUERR) {
		ret->id = "protection-key";
		ret->text = inq_case_text(crash, "a protection key (pkey_set) forbids this access to %s", name);
	} else if (access & INQ_ACCESS_WRITE && !(permissions & INQ_PERM_WRITE)) {
		ret->text = inq_case_text(crash, "a write to read-only memory: %s", name);
	} else if (access == INQ_ACCESS_READ && !(permissions & INQ_PERM_READ)) {
		ret->id = "read-of-unreadable";
		ret->text = inq_case_text(crash, "a read of memory that may not be read: %s", name);
	} else {
		return false;
	}
	ret->confidence = INQ_CERTAIN;
	inq_find_evidence(
		crash, ret, "0x%" PRIx64 " is in the mapping from 0x%" PRIx64 " to 0x%" PRIx64 ", which is %s%s%s",
		fault->address, mapping->start, mapping->end, permissions & INQ_PERM_READ ? "readable" : "not readable",
		permissions & INQ_PERM_WRITE ? ", writable" : "", permissions & INQ_PERM_EXECUTE ? ", executable" : "");
	inq_find_evidence(crash, ret, "%s", inq_case_access_text(crash));
	return true;
}

const struct inq_cause inq_cause_forbidden_access = { .id = "write-to-read-only", .find = find };
