/* Fuzzes objects and symbols: the input is an ELF file, once as it lies in memory that a core holds (also as the vdso),
 * once as the file on disk that matches an object. */
#include "lib/space/build.h"
#include "lib/space/join.h"
#include "lib/space/objects.h"
#include "lib/symbol/symbol.h"
#include "tests/fuzz/support.h"

enum { BASE = 0x400000, AT_SYSINFO_EHDR = 33 };

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

/* One file, mapped whole. */
static struct inq_space *make_space(struct fuzz_case *run, const char *path, bool vdso)
{
	struct inq_mapping mapping = inq_mapping_unknown();
	mapping.start = BASE;
	mapping.end = BASE + ((run->source.size + 0xfff) & ~UINT64_C(0xfff)) + 0x1000;
	mapping.permissions = INQ_PERM_KNOWN | INQ_PERM_READ | INQ_PERM_EXECUTE;
	mapping.file_offset = 0;
	mapping.data_offset = 0;
	mapping.data_size = run->source.size;
	if (inq_build_create(&run->ctx, &run->source, "elf-core", &run->builder) != INQ_OK)
		return NULL;
	run->builder.artefact->holds_memory = true;
	inq_build_os(&run->builder, INQ_OS_LINUX);
	set_machine(run);
	if (vdso)
		inq_build_aux(&run->builder, AT_SYSINFO_EHDR, BASE);
	else
		mapping.file = inq_build_file(&run->builder, path, strlen(path), INQ_UNKNOWN, INQ_UNKNOWN, INQ_UNKNOWN);
	inq_build_mapping(&run->builder, &mapping);
	return inq_build_seal(&run->builder);
}

static void ask(struct inq_space *space, struct inq_object *object)
{
	static const uint64_t offsets[] = { 0, 1, 0x1000, 0x1234, 0xfffff, UINT64_MAX - BASE };
	struct inq_symbol symbol;
	uint64_t address;
	inq_object_build_id(space, object);
	inq_symbol_find(space, object, "main", 4, &address);
	for (size_t i = 0; i < sizeof offsets / sizeof *offsets; i++) {
		inq_symbol_at(space, object, BASE + offsets[i], &symbol);
		inq_symbol_section(space, object, BASE + offsets[i]);
	}
}

static void run(const uint8_t *data, size_t size, bool vdso, bool matched)
{
	struct fuzz_case run = { .ctx = { .arena = inq_arena_create(), .artefact = "input" },
				 .source = { .path = "input", .data = data, .size = size } };
	struct inq_space *space = make_space(&run, "/lib/libfuzz.so", vdso);
	if (space) {
		inq_objects_find(space);
		for (size_t i = 0; i < space->objects.count; i++) {
			struct inq_object *object = &space->objects.items[i];
			if (matched && inq_source_from_memory(data, size, "/lib/libfuzz.so", &object->file) == INQ_OK)
				object->file_state = INQ_FILE_MATCHED;
			ask(space, object);
		}
		inq_space_destroy(space);
	}
	inq_string_vec_release(&run.ctx.warnings);
	inq_arena_destroy(run.ctx.arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	run(data, size, false, false);
	run(data, size, true, false);
	run(data, size, false, true);
	return 0;
}
