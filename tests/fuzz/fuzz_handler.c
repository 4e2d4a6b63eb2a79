/* Fuzzes the search for what happened behind a signal handler: the first byte chooses the machine, the second where the
 * stack pointer is, the third where the program is; the rest is text and stack at once, and any place in it may be a signal frame. */
#include "lib/diagnose/behind_handler.h"
#include "lib/diagnose/saved_context.h"
#include "lib/space/build.h"
#include "lib/space/join.h"
#include "tests/fuzz/support.h"

/* Reading a frame by name of each register costs more than all else: a few of them keep the target fast. */
enum { TEXT = 0x10000, STACK = 0x110000, PID = 4242, SIGNAL_ABORT = 6, SENT = -6, MOST_FRAMES = 4 };

static const struct machine {
	uint16_t elf;
	uint8_t bits;
} machines[] = { { 62, 64 }, { 3, 32 }, { 183, 64 }, { 40, 32 }, { 243, 64 } };

/* As if the process had called abort() there. */
static void look(struct inq_space *space, uint64_t sp, uint64_t pc)
{
	const struct inq_thread thread = { 0 };
	struct inq_original original;
	struct inq_fault last = { .thread = &thread, .name = "SIGABRT" };
	const struct inq_arch *arch = space->machine.arch;
	last.registers.values[arch->sp] = sp;
	last.registers.values[arch->pc] = pc;
	last.registers.valid = UINT64_C(1) << arch->sp | UINT64_C(1) << arch->pc;
	inq_fault_set_place(space, &last);
	last.signal = (struct inq_signal) {
		.number = SIGNAL_ABORT, .has_code = true, .code = SENT, .sender_pid = PID, .sender_uid = 0
	};
	space->process.pid = PID;
	inq_behind_handler(space, &last, &original);
}

static void read_frames(struct inq_space *space, uint64_t sp)
{
	struct inq_fault fault;
	const struct inq_signal_layout *layout = inq_signal_layout_of(space);
	for (unsigned i = 0; layout && i < MOST_FRAMES; i++)
		if (inq_read_signal_frame(space, layout, sp + i * layout->slot, true, &fault))
			inq_fault_examine(space, &fault);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct inq_ctx ctx = { .arena = inq_arena_create(), .artefact = "input" };
	struct inq_source source = { .path = "input", .data = data, .size = size };
	struct inq_builder builder;
	if (size > 2 && inq_build_create(&ctx, &source, "elf-core", &builder) == INQ_OK) {
		const struct machine *machine = &machines[data[0] % (sizeof machines / sizeof *machines)];
		inq_build_os(&builder, INQ_OS_LINUX);
		inq_build_machine(&builder, machine->elf, machine->bits, false);
		fuzz_mapping(&builder, TEXT, size, INQ_PERM_EXECUTE);
		fuzz_mapping(&builder, STACK, size, INQ_PERM_WRITE);
		struct inq_space *space = inq_build_seal(&builder);
		if (space) {
			look(space, STACK + 8U * data[1], TEXT + 16U * data[2]);
			read_frames(space, STACK + 8U * data[1]);
		}
		inq_space_destroy(space);
	}
	inq_string_vec_release(&ctx.warnings);
	inq_arena_destroy(ctx.arena);
	return 0;
}
