/* Fuzzes the reading of JVMs. The first byte chooses: performance counters, of which the rest is the file; or one of three
 * JVMs made by hand, and the rest are changes to its memory, each of four bytes of place and eight of value. */
#include "lib/classify/rule.h"
#include "lib/jvm/jvm.h"
#include "tests/fuzz/support.h"
#include "tests/support/vmjvms.h"

#include "lib/space/join.h"

enum { CHANGE = 12, MOST_CHANGES = 64 };

static void look(struct inq_space *space)
{
	const struct inq_region *regions;
	size_t count;
	inq_jvm_of(space);
	inq_classify(space, &regions, &count);
}

static void look_at_counters(const uint8_t *data, size_t size)
{
	struct inq_ctx ctx = { .arena = inq_arena_create(), .artefact = "input" };
	struct inq_source source = { .path = "input", .data = data, .size = size };
	struct inq_builder builder;
	if (inq_build_create(&ctx, &source, "hsperfdata", &builder) == INQ_OK) {
		struct inq_space *space = inq_build_seal(&builder);
		if (space)
			look(space);
		inq_space_destroy(space);
	}
	inq_string_vec_release(&ctx.warnings);
	inq_arena_destroy(ctx.arena);
}

static void look_at_memory(unsigned which, const uint8_t *data, size_t size)
{
	static void (*const make[])(struct vmwriter * w) = { vmwriter_serial_25, vmwriter_g1_25, vmwriter_serial_8 };
	struct vmwriter *w = vmwriter_create();
	make[which % 3](w);
	vmwriter_seal(w);
	for (size_t i = 0; i < MOST_CHANGES && size >= CHANGE; i++, data += CHANGE, size -= CHANGE)
		vmwriter_put(w, VM_BASE + inq_load32(data, false) % (VM_SIZE - 8), 8, inq_load64(data + 4, false));
	struct inq_space *space = vmwriter_finish(w);
	if (space)
		look(space);
	inq_space_destroy(space);
	vmwriter_destroy(w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2)
		return 0;
	if (data[0] == 0)
		look_at_counters(data + 1, size - 1);
	else
		look_at_memory(data[0], data + 1, size - 1);
	return 0;
}
