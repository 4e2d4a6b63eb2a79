/* SIGBUS in a mapped file: the file became shorter than its mapping, or its storage failed. */
#include "lib/diagnose/cause.h"

#include <inttypes.h>
#include <string.h>

enum { BUS_ADRERR = 2 };

/* What the kernel calls its file behind MAP_HUGETLB without a file (ipc/shm.c and mm/mmap.c, HUGETLB_ANON_FILE). */
static bool is_huge(const struct inq_mapping *mapping)
{
	return mapping->file && strcmp(mapping->file->path, "/anon_hugepage") == 0;
}

static bool find(const struct inq_case *crash, struct inq_finding *ret)
{
	const struct inq_fault *fault = crash->fault;
	const struct inq_mapping *mapping =
		fault->has_address ? inq_space_mapping_at(crash->space, fault->address) : NULL;
	if (!inq_fault_is(fault, "SIGBUS") || !mapping || (fault->signal.has_code && fault->signal.code != BUS_ADRERR))
		return false;
	uint64_t into = fault->address - mapping->start;
	if (is_huge(mapping)) {
		ret->id = "out-of-memory";
		ret->text = "no huge page was left for memory that was mapped with MAP_HUGETLB (vm.nr_hugepages)";
		ret->confidence = INQ_LIKELY;
	} else if (!mapping->file || mapping->file_offset == INQ_UNKNOWN) {
		ret->text =
			"memory that could not be provided: shared memory or huge pages ran out, or its file was cut";
		ret->confidence = INQ_POSSIBLE;
	} else {
		ret->text = inq_case_text(
			crash, "the file %s is shorter than its mapping: offset 0x%" PRIx64 " is past its end",
			mapping->file->path, mapping->file_offset + into);
		ret->confidence = INQ_LIKELY;
		inq_find_evidence(crash, ret,
				  "it is mapped from 0x%" PRIx64 " to 0x%" PRIx64 ", from file offset 0x%" PRIx64,
				  mapping->start, mapping->end, mapping->file_offset);
	}
	inq_find_evidence(crash, ret, "SIGBUS at 0x%" PRIx64 ", which is mapped", fault->address);
	return true;
}

const struct inq_cause inq_cause_truncated_file = { .id = "bus-error-in-file", .find = find };
