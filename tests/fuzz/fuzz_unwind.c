/* Fuzzes walks: the first byte chooses processor and system, the registers follow, and the rest is text and stack at once,
 * at addresses that the registers' low bits can reach. */
#include "lib/space/build.h"
#include "lib/space/join.h"
#include "lib/unwind/unwind.h"
#include "tests/fuzz/support.h"

enum { BASE = 0x10000, MOST_FRAMES = 500 };

static const struct machine {
	uint16_t elf;
	uint8_t bits;
	bool big;
	enum inq_os os;
} machines[] = {
	{ 62, 64, false, INQ_OS_LINUX }, { 62, 64, false, INQ_OS_SOLARIS }, { 62, 64, false, INQ_OS_FREEBSD },
	{ 3, 32, false, INQ_OS_LINUX },	 { 3, 32, false, INQ_OS_SOLARIS },  { 183, 64, false, INQ_OS_LINUX },
	{ 40, 32, false, INQ_OS_LINUX }, { 243, 64, false, INQ_OS_LINUX },  { 21, 64, true, INQ_OS_LINUX },
	{ 22, 64, true, INQ_OS_LINUX },	 { 43, 64, true, INQ_OS_SOLARIS },  { 62, 32, false, INQ_OS_LINUX },
};

static void set_registers(const uint8_t *data, size_t size, struct inq_registers *registers,
			  const struct inq_arch *arch)
{
	for (uint8_t i = 0; i < arch->register_count && 2 * (size_t)i + 1 < size; i++) {
		registers->values[i] = BASE + (uint64_t)(data[2 * i] | data[2 * i + 1] << 8);
		registers->valid |= UINT64_C(1) << i;
	}
}

static void walk(struct inq_space *space, const uint8_t *data, size_t size)
{
	struct inq_registers registers = { 0 };
	struct inq_thread thread = { .registers = registers.values };
	struct inq_stack stack;
	const struct inq_arch *arch = space->machine.arch;
	if (!arch)
		return;
	set_registers(data, size, &registers, arch);
	thread.valid = registers.valid;
	if (inq_unwind_thread(space, &thread, MOST_FRAMES, &stack) == INQ_OK)
		inq_frame_vec_release(&stack.frames);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct inq_ctx ctx = { .arena = inq_arena_create(), .artefact = "input" };
	struct inq_source source = { .path = "input", .data = data, .size = size };
	struct inq_builder builder;
	if (size && inq_build_create(&ctx, &source, "elf-core", &builder) == INQ_OK) {
		const struct machine *machine = &machines[data[0] % (sizeof machines / sizeof *machines)];
		inq_build_os(&builder, machine->os);
		inq_build_machine(&builder, machine->elf, machine->bits, machine->big);
		fuzz_mapping(&builder, BASE, size, INQ_PERM_EXECUTE);
		fuzz_mapping(&builder, BASE + 0x100000, size, INQ_PERM_WRITE);
		struct inq_space *space = inq_build_seal(&builder);
		if (space)
			walk(space, data + 1, size - 1);
		inq_space_destroy(space);
	}
	inq_string_vec_release(&ctx.warnings);
	inq_arena_destroy(ctx.arena);
	return 0;
}
