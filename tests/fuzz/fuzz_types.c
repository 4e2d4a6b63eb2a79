/* Fuzzes types and values: the input is an ELF file with debug information (DWARF, or CTF of Solaris), which is also all the
 * memory of the process that has it mapped. Every function's parameters, the variables around it, and pointers that came from
 * them are asked for. */
#include "lib/space/build.h"
#include "lib/space/join.h"
#include "lib/space/objects.h"
#include "lib/types/frame.h"
#include "lib/types/pointer.h"
#include "lib/types/whatis.h"
#include "tests/fuzz/support.h"

enum { BASE = 0x400000, FIRST = 0x1000, LAST = 0x1080, STEP = 0xd };

struct fuzz_case {
	struct inq_ctx ctx;
	struct inq_source source;
	struct inq_builder builder;
};

/* The input's own word size and byte order, by e_ident. */
static void set_machine(struct fuzz_case *run)
{
	const struct inq_source *source = &run->source;
	bool wide = source->size < 5 || source->data[4] != 1;
	bool big = source->size > 5 && source->data[5] == 2;
	uint64_t machine = 62;
	const struct inq_view view = { .data = source->data, .size = source->size, .word = 8, .big = big };
	inq_view_at(&view, 18, 2, &machine);
	inq_build_machine(&run->builder, (uint16_t)machine, wide ? 64 : 32, big);
}

static struct inq_space *make_space(struct fuzz_case *run, const char *path)
{
	struct inq_mapping mapping = inq_mapping_unknown();
	mapping.start = BASE;
	mapping.end = BASE + ((run->source.size + 0xfff) & ~UINT64_C(0xfff)) + 0x1000;
	mapping.permissions = INQ_PERM_KNOWN | INQ_PERM_READ | INQ_PERM_EXECUTE;
	mapping.file_offset = mapping.data_offset = 0;
	mapping.data_size = run->source.size;
	if (inq_build_create(&run->ctx, &run->source, "elf-core", &run->builder) != INQ_OK)
		return NULL;
	run->builder.artefact->holds_memory = true;
	inq_build_os(&run->builder, INQ_OS_LINUX);
	set_machine(run);
	mapping.file = inq_build_file(&run->builder, path, strlen(path), INQ_UNKNOWN, INQ_UNKNOWN, INQ_UNKNOWN);
	inq_build_mapping(&run->builder, &mapping);
	return inq_build_seal(&run->builder);
}

static void ask(struct inq_space *space, const struct inq_registers *registers, uint64_t address)
{
	const struct inq_pointer_origin in_memory = { .in_memory = true, .address = address, .load_count = 1 };
	const struct inq_pointer_origin in_register = { .reg = 5, .load_count = 2, .loads = { 8, 16 } };
	struct inq_frame_parameters parameters;
	struct inq_pointer_use use;
	struct inq_whatis what;
	for (unsigned depth = 0; depth < 3; depth++) {
		const struct inq_typed_frame frame = {
			.pc = address, .back = address & 1, .depth = depth, .registers = registers
		};
		inq_parameters_of_frame(space, &frame, &parameters);
		inq_pointer_use(space, &frame, &in_memory, 0, 8, 4, &use);
		inq_pointer_use(space, &frame, &in_register, 0, 0, 8, &use);
	}
	inq_whatis(space, address, &what);
	inq_whatis(space, address - FIRST, &what);
}

static void ask_all(struct inq_space *space)
{
	struct inq_registers registers = { .valid = UINT64_MAX, .vectors = { .data = (const uint8_t *)&registers } };
	registers.vectors.size = sizeof registers.values;
	for (unsigned i = 0; i < INQ_MAX_REGISTERS; i++)
		registers.values[i] = BASE + 0x40 * i;
	for (uint64_t address = FIRST; address < LAST; address += STEP)
		ask(space, &registers, BASE + address);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_case run = { .ctx = { .arena = inq_arena_create(), .artefact = "input" },
				 .source = { .path = "input", .data = data, .size = size } };
	struct inq_space *space = make_space(&run, "/lib/libfuzz.so");
	if (space) {
		inq_objects_find(space);
		struct inq_object *object = space->objects.count ? &space->objects.items[0] : NULL;
		if (object && inq_source_from_memory(data, size, "/lib/libfuzz.so", &object->file) == INQ_OK) {
			object->file_state = INQ_FILE_MATCHED;
			object->load_bias = BASE;
			ask_all(space);
		}
		inq_space_destroy(space);
	}
	inq_string_vec_release(&run.ctx.warnings);
	inq_arena_destroy(run.ctx.arena);
	return 0;
}
