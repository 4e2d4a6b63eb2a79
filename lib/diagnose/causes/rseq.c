/* A restartable sequence (rseq(2)) that is none: when the kernel preempts the thread, or delivers a signal, it reads the record that
 * the thread's area points to, and sends SIGSEGV without an address if that is wrong (kernel/rseq.c, rseq_get_rseq_cs). The
 * thread may be anywhere then. Where the area is glibc tells (2.35 and up): __rseq_offset from the thread pointer. */
#include "lib/diagnose/rseq.h"

#include "lib/symbol/symbol.h"

#include <inttypes.h>

enum {
	SI_KERNEL = 0x80,
	RECORD = 8, /* in struct rseq: where the pointer to struct rseq_cs is (linux/rseq.h) */
	RECORD_BYTES = 32
};

/* The pointer in the thread's area; false when nobody tells where that is. */
static bool read_pointer(const struct inq_case *crash, uint64_t *ret)
{
	static const char name[] = "__rseq_offset";
	struct inq_space *space = crash->space;
	uint64_t symbol, offset, thread;
	if (!inq_thread_pointer(space, crash->fault->thread, &thread))
		return false;
	for (size_t i = 0; i < space->objects.count; i++) {
		struct inq_object *object = &space->objects.items[i];
		if ((object->kind == INQ_OBJECT_INTERPRETER || object->kind == INQ_OBJECT_EXE) &&
		    inq_symbol_find(space, object, name, sizeof name - 1, &symbol) &&
		    inq_space_integer(space, symbol, space->machine.bits / 8, &offset))
			return inq_space_integer(space, thread + offset + RECORD, 8, ret);
	}
	return false;
}

/* What is wrong with the record; NULL for nothing. */
static const char *fault_of(const struct inq_case *crash, uint64_t address)
{
	struct inq_view record;
	if (!inq_space_view(crash->space, address, RECORD_BYTES, &record))
		return "where no record can be read";
	uint64_t start = inq_view_get(&record, 8, 8), length = inq_view_get(&record, 16, 8);
	uint64_t abort = inq_view_get(&record, 24, 8);
	if (inq_view_get(&record, 0, 4))
		return "a record of a version that there is not";
	if (start + length < start || abort - start < length)
		return "a record whose way out is within the sequence itself, or whose length is wrong";
	return inq_space_mapping_at(crash->space, abort) ? NULL : "a record whose way out is not mapped";
}

const char *inq_broken_rseq(const struct inq_case *crash, uint64_t *ret)
{
	const struct inq_fault *fault = crash->fault;
	if (crash->space->os != INQ_OS_LINUX || !inq_fault_is(fault, "SIGSEGV") || !fault->signal.has_code ||
	    fault->signal.code != SI_KERNEL || fault->has_address || !read_pointer(crash, ret) || !*ret)
		return NULL;
	return fault_of(crash, *ret);
}

static bool find(const struct inq_case *crash, struct inq_finding *ret)
{
	uint64_t address;
	const char *wrong = inq_broken_rseq(crash, &address);
	if (!wrong)
		return false;
	ret->text = "the thread's area for restartable sequences (rseq) was damaged: the kernel ended it for that, "
		    "wherever it was";
	ret->confidence = INQ_LIKELY;
	inq_find_evidence(crash, ret, "its rseq_cs points to 0x%" PRIx64 ", %s", address, wrong);
	inq_find_evidence(crash, ret, "the kernel tells no address");
	return true;
}

const struct inq_cause inq_cause_rseq = { .id = "rseq-violation", .fallback = true, .find = find };
