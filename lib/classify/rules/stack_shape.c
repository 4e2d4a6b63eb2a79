/* Threads' stacks by their shape, where no register tells: anonymous writable memory with a guard directly below.
 *
 * The C libraries make a stack by one mmap and then protect its low end (pthread_create(3): guard size). One such pair may
 * be chance; several of the very same sizes, or one of a usual size, are likely stacks. Maps of Solaris do not print
 * the guard (PROT_NONE red zone): there it is a hole of one page below rows of one size. Since 2.42 glibc's guards on Linux are
 * pages of the same mapping that only the kernel knows to be closed (madvise, MADV_GUARD_INSTALL): VmFlags "gu" says that
 * there are some. */
#include "lib/classify/rule.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { LARGEST_GUARD = 64 << 10, SMALLEST = 16 << 10, ENOUGH_ALIKE = 3, PAGE = 4096, MOST_INSIDE = 1 << 16 };

struct shape {
	uint64_t stack, guard; /* bytes; guard 0: a hole */
	size_t mapping;
};

INQ_VEC(shape_vec, struct shape)

static bool is_plain(const struct inq_mapping *mapping)
{
	unsigned both = INQ_PERM_READ | INQ_PERM_WRITE;
	bool readable = !(mapping->permissions & INQ_PERM_KNOWN) || (mapping->permissions & both) == both;
	/* In 32 bits nearly all memory may be executable; elsewhere it is code. */
	bool code = mapping->permissions & INQ_PERM_EXECUTE && mapping->end > UINT32_MAX;
	return !mapping->file && readable && !code && !(mapping->permissions & INQ_PERM_SHARED);
}

static bool is_guard(const struct inq_mapping *mapping)
{
	unsigned any = INQ_PERM_READ | INQ_PERM_WRITE | INQ_PERM_EXECUTE;
	return !mapping->file && (mapping->permissions & INQ_PERM_KNOWN) && !(mapping->permissions & any) &&
	       mapping->end - mapping->start <= LARGEST_GUARD;
}

/* The shape of a stack at this mapping; false when it has none. */
static bool shape_at(const struct inq_space *space, size_t index, struct shape *ret)
{
	const struct inq_mapping *mapping = &space->mappings.items[index], *below = mapping - 1;
	*ret = (struct shape) { .stack = mapping->end - mapping->start, .mapping = index };
	if (index == 0 || !is_plain(mapping) || ret->stack < SMALLEST)
		return false;
	if (below->end == mapping->start && is_guard(below)) {
		ret->guard = below->end - below->start;
		return true;
	}
	return space->os == INQ_OS_SOLARIS && mapping->start - below->end == PAGE && ret->stack >= 4 * SMALLEST;
}

/* A power of two, with or without the guard inside: what defaults and `ulimit -s` give. */
static bool is_usual(const struct shape *shape)
{
	uint64_t whole = shape->stack + shape->guard;
	bool power = (shape->stack & (shape->stack - 1)) == 0 || (whole & (whole - 1)) == 0;
	return shape->guard && power && whole >= 128 << 10;
}

static int by_size(const void *a, const void *b)
{
	const struct shape *one = a, *two = b;
	if (one->stack != two->stack)
		return one->stack < two->stack ? -1 : 1;
	if (one->guard != two->guard)
		return one->guard < two->guard ? -1 : 1;
	return one->mapping < two->mapping ? -1 : one->mapping > two->mapping;
}

static void claim_alike(struct inq_space *space, struct inq_claims *claims, const struct shape *first, size_t count)
{
	bool many = count >= ENOUGH_ALIKE;
	if (!first->guard && !many)
		return;
	bool likely = first->guard && (many || is_usual(first));
	const char *evidence =
		first->guard ? inq_claim_text(space,
					      "%" PRIu64 " KiB above a guard of %" PRIu64 " KiB, as stacks are; "
					      "%zu of this shape",
					      first->stack >> 10, first->guard >> 10, count)
			     : inq_claim_text(space,
					      "%zu rows of %" PRIu64 " KiB, each with a hole of one page below, "
					      "as threads' stacks with a red zone have",
					      count, first->stack >> 10);
	for (size_t i = 0; i < count; i++)
		if (inq_claimed(claims, first[i].mapping) == INQ_CLASS_COUNT)
			inq_claim(claims, first[i].mapping, INQ_CLASS_THREAD_STACK, NULL,
				  likely ? INQ_LIKELY : INQ_POSSIBLE, evidence);
}

/* Stacks of the default size with their guard inside, one or several in a row. So is a block of 8 MiB that malloc has mapped. */
static void claim_inside(struct inq_claims *claims, size_t index, const struct inq_mapping *mapping, uint64_t *left)
{
	const uint64_t unit = (UINT64_C(8) << 20) + PAGE;
	bool guarded = mapping->vm_flags && strstr(mapping->vm_flags, " gu");
	enum inq_confidence sure = guarded ? INQ_LIKELY : INQ_POSSIBLE;
	if (inq_claimed(claims, index) != INQ_CLASS_COUNT || !is_plain(mapping) ||
	    (mapping->end - mapping->start) % unit != 0 || (mapping->end - mapping->start) / unit > *left)
		return;
	*left -= (mapping->end - mapping->start) / unit;
	for (uint64_t at = mapping->start; at < mapping->end; at += unit) {
		if (guarded)
			inq_claim_part(claims, index, at, at + PAGE, INQ_CLASS_GUARD, NULL, INQ_LIKELY,
				       "the lowest page of what has the default size of a stack with its guard");
		inq_claim_part(claims, index, guarded ? at + PAGE : at, at + unit, INQ_CLASS_THREAD_STACK, NULL, sure,
			       guarded ? "the default size of a stack, and the kernel says that guards are in this "
					 "mapping (VmFlags gu)"
				       : "8 MiB and a page: the default size of a stack with its guard");
	}
}

static void run(struct inq_space *space, struct inq_claims *claims)
{
	struct shape_vec shapes = { 0 };
	struct shape shape, *slot;
	uint64_t left = MOST_INSIDE;
	for (size_t i = 0; i < space->mappings.count; i++) {
		if (!shape_at(space, i, &shape))
			continue;
		slot = shape_vec_push(&shapes);
		if (!slot) {
			inq_no_memory(space->ctx);
			break;
		}
		*slot = shape;
	}
	if (shapes.count)
		qsort(shapes.items, shapes.count, sizeof *shapes.items, by_size);
	for (size_t i = 0, next; i < shapes.count; i = next) {
		const struct shape *first = &shapes.items[i];
		for (next = i + 1; next < shapes.count && shapes.items[next].stack == first->stack &&
				   shapes.items[next].guard == first->guard;)
			next++;
		claim_alike(space, claims, first, next - i);
	}
	shape_vec_release(&shapes);
	for (size_t i = 0; space->os == INQ_OS_LINUX && i < space->mappings.count; i++)
		claim_inside(claims, i, &space->mappings.items[i], &left);
}

const struct inq_rule inq_rule_stack_shape = { "stack-shape", run };
