/* Go: arenas of 64 MiB from 0xc000000000 up, 0x4000000000 on arm64 (runtime/malloc.go, arenaHint). The stacks on which its
 * signal handlers run lie in them: a thread's `g` leads to its `m`, which names thread and stack (runtime/runtime2.go). */
#include "lib/classify/runtime.h"

#include "lib/space/mapping.h"

#include <inttypes.h>

static const uint64_t GO_ARENA = 64 << 20, INDEX = 512 << 20, MOST_OF_INDEX = 1 << 20;
static const uint64_t HIGHEST_ARENA =
	UINT64_C(0x7e0000000000); /* above it the kernel places what has no address of its own */
static const unsigned ACCESS = INQ_PERM_READ | INQ_PERM_WRITE | INQ_PERM_EXECUTE;
enum {
	WORD = 8,
	M_OF_G = 48,	  /* struct g: stack (2 words), stackguard0, stackguard1, _panic, _defer, then m */
	M_SEARCHED = 256, /* struct m: procid, gsignal lie behind g0, morebuf, which differs in size */
	LARGEST_STACK = 1 << 20
};

/* From 1.26 on the heap begins anywhere (randomizedHeapBase64). What then tells Go is its index of pages: the summaries of its lowest
 * level, 8 bytes for each 4 MiB of 48 bits of addresses, are 512 MiB by themselves, and the next index follows (runtime/mpagealloc_64bit.go);
 * of both little is accessible, so that two pieces lie 512 MiB apart. */
static bool has_index(const struct inq_space *space, const struct inq_mapping *piece)
{
	const struct inq_mapping *end = space->mappings.items + space->mappings.count;
	return piece + 2 < end && inq_is_plain_data(piece) && piece->end - piece->start < MOST_OF_INDEX &&
	       inq_mapping_is_plain(&piece[1]) && piece[1].start == piece->end && !(piece[1].permissions & ACCESS) &&
	       piece[2].start == piece->start + INDEX && piece[2].start == piece[1].end && inq_is_plain_data(&piece[2]);
}

static bool has_any_index(const struct inq_space *space)
{
	for (size_t i = 0; i < space->mappings.count; i++)
		if (has_index(space, &space->mappings.items[i]))
			return true;
	return false;
}

/* An arena anywhere: a multiple of 64 MiB at such an address, reserved at both ends, or where none but the lower is. */
static bool claim_arenas_anywhere(struct inq_space *space, struct inq_claims *claims)
{
	const struct inq_mapping *rows = space->mappings.items;
	bool found = false;
	if (!has_any_index(space))
		return false;
	for (size_t i = 0, next; i < space->mappings.count; i = next) {
		uint64_t start = rows[i].start;
		for (next = i + 1; next < space->mappings.count && inq_mapping_is_plain(&rows[i]) &&
				   inq_mapping_is_plain(&rows[next]) && rows[next].start == rows[next - 1].end;)
			next++;
		if (start % GO_ARENA || rows[next - 1].end % GO_ARENA || start >= HIGHEST_ARENA || !start)
			continue;
		for (size_t j = i; j < next; j++)
			if (inq_is_plain_data(&rows[j])) {
				found = true;
				inq_claim(
					claims, j, INQ_CLASS_ALLOCATOR, "go", INQ_LIKELY,
					"in a multiple of 64 MiB, aligned to that, and Go's index of pages is mapped");
			}
	}
	return found;
}

/* What follows without a gap is of the same arenas, with access or in reserve. False when there are none. */
static bool claim_arenas(struct inq_space *space, struct inq_claims *claims)
{
	static const uint64_t bases[] = { UINT64_C(0xc000000000), UINT64_C(0x4000000000) };
	bool found = false;
	for (size_t b = 0; b < sizeof bases / sizeof *bases; b++) {
		const struct inq_mapping *first = inq_space_mapping_at(space, bases[b]), *last = first;
		const struct inq_mapping *end = space->mappings.items + space->mappings.count;
		if (!first || first->start != bases[b] || !inq_is_plain_data(first))
			continue;
		while (last + 1 < end && last[1].start == last->end && inq_mapping_is_plain(last + 1))
			last++;
		if ((last->end - first->start) % GO_ARENA)
			continue;
		found = true;
		for (; first <= last; first++)
			inq_claim(claims, (size_t)(first - space->mappings.items), INQ_CLASS_ALLOCATOR, "go",
				  INQ_LIKELY, "arenas of 64 MiB from the address at which Go begins its heap");
	}
	return found;
}

static bool word_at(struct inq_space *space, uint64_t address, uint64_t *ret)
{
	return inq_space_integer(space, address, WORD, ret);
}

struct signal_stack {
	uint64_t low, high;
};

/* m.procid is the thread's id; the next word, m.gsignal, is a `g` that belongs to this m. */
static bool find_signal_stack(struct inq_space *space, uint64_t m, uint64_t tid, struct signal_stack *ret)
{
	uint64_t id, g, back;
	for (uint64_t at = WORD; at < M_SEARCHED; at += WORD)
		if (word_at(space, m + at, &id) && id == tid && word_at(space, m + at + WORD, &g) &&
		    word_at(space, g + M_OF_G, &back) && back == m)
			return word_at(space, g, &ret->low) && word_at(space, g + WORD, &ret->high) &&
			       ret->low < ret->high && ret->high - ret->low <= LARGEST_STACK;
	return false;
}

/* On x86-64 the word below the thread pointer is `g` (runtime/tls_amd64.s, cmd/internal/obj/x86). */
static void claim_signal_stack(struct inq_space *space, struct inq_claims *claims, const struct inq_thread *thread)
{
	uint64_t base, g, m;
	struct signal_stack stack;
	if (!inq_thread_control_block(space, thread, &base) || !word_at(space, base - WORD, &g) ||
	    !word_at(space, g + M_OF_G, &m) || !find_signal_stack(space, m, thread->tid, &stack))
		return;
	const struct inq_mapping *mapping = inq_space_mapping_at(space, stack.low);
	if (mapping && stack.high <= mapping->end)
		inq_claim_thread_part(claims, (size_t)(mapping - space->mappings.items), stack.low, stack.high,
				      thread->tid, INQ_CLASS_THREAD_STACK, "alternate", INQ_CERTAIN,
				      inq_claim_text(space,
						     "the stack of thread %" PRIu64 " for signals (Go: m.gsignal)",
						     thread->tid));
}

static void claim(struct inq_space *space, struct inq_claims *claims)
{
	if (!claim_arenas(space, claims) && !claim_arenas_anywhere(space, claims))
		return;
	for (size_t i = 0; i < space->threads.count; i++)
		claim_signal_stack(space, claims, &space->threads.items[i]);
}

const struct inq_runtime inq_runtime_go = { claim };
