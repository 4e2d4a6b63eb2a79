/* Fuzzes the heap: the first byte chooses a release of glibc, whose heap is laid out well; then each 6 bytes are a place in its
 * memory and what is written there. So the fuzzer begins with what a damaged heap really looks like. */
#include "lib/heap/heap.h"
#include "lib/space/objects.h"

#include "tests/fuzz/support.h"
#include "tests/support/heapwriter.h"

enum { PATCH = 6, MOST_PATCHES = 64, QUESTIONS = 64 };

static void patch(struct hw *hw, const uint8_t *data, size_t size)
{
	for (size_t i = 0; i + PATCH <= size && i < PATCH * MOST_PATCHES; i += PATCH) {
		size_t place = (size_t)inq_load16(data + i, false) * 8 % (HW_SIZE - 8);
		/* Small values are sizes, large ones addresses in the same page. */
		hw->data[place] = data[i + 2];
		hw->data[place + 1] = data[i + 3];
		if (data[i + 4] & 1)
			memset(hw->data + place + 2, data[i + 5], 6);
	}
}

static void ask(struct inq_space *space, const struct hw *hw)
{
	struct inq_heap heap;
	struct inq_heap_chunk chunk;
	inq_heap_walk(space, INQ_HEAP_CHECK | INQ_HEAP_LEAKS | INQ_HEAP_TYPES, &heap);
	for (unsigned i = 0; i < QUESTIONS; i++)
		inq_heap_chunk_at(space, hw->heap + i * 40, &chunk);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct hw hw; /* too large for the stack; made anew each time */
	struct inq_ctx ctx = { .arena = inq_arena_create(), .artefact = "input" };
	struct inq_source source = { .path = "input", .data = hw.data, .size = sizeof hw.data };
	struct inq_builder builder;
	if (size > 0 && inq_build_create(&ctx, &source, "elf-core", &builder) == INQ_OK) {
		hw_make(&hw, &hw_releases[data[0] % HW_RELEASES]);
		patch(&hw, data + 1, size - 1);
		hw_build(&hw, &builder);
		struct inq_space *space = inq_build_seal(&builder);
		if (space && inq_objects_find(space) == INQ_OK)
			ask(space, &hw);
		inq_space_destroy(space);
	}
	inq_string_vec_release(&ctx.warnings);
	inq_arena_destroy(ctx.arena);
	return 0;
}
