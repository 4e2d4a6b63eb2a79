/* MiniDebugInfo: .gnu_debugdata of the matched file holds, packed with xz, an ELF file whose .symtab names the functions
 * that .dynsym does not. Facts: GDB's manual, "Debugging information in a special section"; find-debuginfo(1). */
#include "lib/io/unpack.h"
#include "lib/symbol/contents.h"
#include "lib/symbol/names.h"

#include <inquest/report.h>

#include <elf.h>
#include <stdlib.h>

enum { MOST_UNPACKED = 256 << 20, USUAL_RATIO = 4 };

static uint8_t *unpack(struct inq_ctx *ctx, const struct inq_elf *elf, const struct inq_elf_section *section,
		       size_t *size)
{
	static const struct inq_wanted_module xz = { "unpack-xz", INQ_PROVIDER_UNPACK,
						     "MiniDebugInfo (packed symbols of stripped files) was not read",
						     "liblzma5" };
	struct inq_view packed = inq_view_clip(&elf->view, section->offset, section->size);
	const struct inq_unpack_ops *ops = section->type != SHT_NOBITS ? inq_open_module(ctx, &xz) : NULL;
	if (!ops || packed.size > MOST_UNPACKED)
		return NULL;
	uint8_t *bytes =
		inq_unpack_bytes(ops, packed.data, packed.size, USUAL_RATIO * packed.size, MOST_UNPACKED, size);
	if (!bytes)
		inq_warn(ctx, INQ_PLACE_OFFSET, section->offset,
			 "the packed symbol table .gnu_debugdata cannot be unpacked; it was not used");
	return bytes;
}

/* The unpacked file out of the symbol cache, else unpacked and left there. Its bytes belong to the table. */
static bool get(struct inq_space *space, const struct inq_object *object, const struct inq_names *names,
		const struct inq_elf_section *section, struct inq_symbol_table *table, struct inq_view *ret)
{
	const struct inq_cache_name name = { .build_id = object->build_id,
					     .build_id_size = object->build_id_size,
					     .kind = "gnu_debugdata",
					     .path = object->path,
					     .made_of =
						     inq_view_clip(&names->file.view, section->offset, section->size) };
	struct inq_cache_folder *folder = space->cache ? inq_cache_folder(space->cache) : NULL;
	if (folder && inq_cache_folder_get(folder, space->ctx, &name, ret, &table->kept))
		return true;
	table->unpacked[0] = unpack(space->ctx, &names->file, section, &ret->size);
	ret->data = table->unpacked[0];
	if (ret->data && folder)
		inq_cache_folder_put(folder, &name, ret->data, ret->size);
	return ret->data;
}

static bool open_file(struct inq_space *space, struct inq_object *object, struct inq_names *names,
		      struct inq_symbol_table *ret)
{
	struct inq_elf_section section;
	struct inq_view view = { 0 };
	struct inq_elf elf;
	if (!names->has_file || !inq_elf_find_section(&names->file, ".gnu_debugdata", &section) ||
	    !get(space, object, names, &section, ret, &view) || !inq_elf_open(&view, &elf) ||
	    elf.machine != names->file.machine || !inq_table_open(space->ctx, &elf, SHT_SYMTAB, ret))
		return false;
	inq_table_find_descriptors(&names->file, ret);
	ret->level = INQ_SYMBOLS_MINI;
	return true;
}

const struct inq_symbol_source inq_symbol_source_minidebug = { "minidebug", false, false, open_file };
