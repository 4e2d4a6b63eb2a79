/* Names for images. A name is given to the mappings of the image's PT_LOADs, up to the end of what came from the file: the
 * rest of a data segment is bss, which stays anonymous. A mapping that has a file keeps it. */
#include "lib/space/name_images.h"

#include "lib/elf/dynamic.h"
#include "lib/space/image.h"

#include <inttypes.h>

enum {
	AT_PHDR = 3,
	AT_BASE = 7,
	AT_EXECFN = 31,
	AT_SYSINFO_EHDR = 33,
	AT_SUN_EXECNAME = 2014,
	LONGEST_NAME = 4096,
	MOST_BACK = 16 /* mappings between an image's first one and that of its dynamic section */
};

const char *inq_executable_name(struct inq_space *space)
{
	static const uint64_t types[] = { AT_SUN_EXECNAME, AT_EXECFN };
	if (space->process.exe)
		return space->process.exe;
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		uint64_t at = inq_space_aux(space, types[i], 0);
		const char *name = at ? inq_space_string(space, at, LONGEST_NAME) : NULL;
		if (name && *name)
			return name;
	}
	return space->process.name;
}

static const struct inq_file *make_file(struct inq_space *space, const char *path)
{
	struct inq_file *file = inq_arena_alloc(space->ctx->arena, sizeof *file);
	if (!file) {
		inq_no_memory(space->ctx);
		return NULL;
	}
	file->path = path;
	file->device_major = file->device_minor = file->inode = INQ_UNKNOWN;
	return file;
}

static struct inq_mapping *mapping_from(struct inq_space *space, uint64_t address)
{
	const struct inq_mapping *mapping = inq_space_mapping_from(space, address);
	return mapping ? &space->mappings.items[mapping - space->mappings.items] : NULL;
}

/* The vdso is in the linker's list, but no file. */
static bool is_vdso(const struct inq_space *space, const struct inq_mapping *mapping)
{
	uint64_t vdso = inq_space_aux(space, AT_SYSINFO_EHDR, 0);
	return mapping->start <= vdso && vdso < mapping->end;
}

static void name_segment(struct inq_space *space, const struct inq_file *file, uint64_t start,
			 const struct inq_elf_segment *segment)
{
	uint64_t end;
	const struct inq_mapping *last = space->mappings.items + space->mappings.count;
	if (!inq_add(start, segment->filesz, &end))
		return;
	/* Stopping at another's mapping also keeps the work for all images together linear. */
	for (struct inq_mapping *m = mapping_from(space, start); m && m < last && m->start < end && !m->file; m++) {
		m->file = file;
		if (m->file_offset == INQ_UNKNOWN && (m->start >= start || segment->offset >= start - m->start))
			m->file_offset = segment->offset + (m->start - start);
	}
}

static void name_image(struct inq_space *space, const struct inq_image *image, const char *path)
{
	struct inq_elf_segment segment;
	const struct inq_file *file = path && *path ? make_file(space, path) : NULL;
	for (uint64_t i = 0; file && inq_elf_next_segment(&image->elf, INQ_PT_LOAD, &i, &segment);)
		if (segment.filesz)
			name_segment(space, file, image->bias + segment.vaddr, &segment);
}

/* The image whose dynamic section is at `ld`: its header is a few mappings below. */
static bool image_of_dynamic(struct inq_space *space, const struct inq_mapping *mapping, uint64_t ld,
			     struct inq_image *ret)
{
	struct inq_elf_segment dynamic;
	for (unsigned i = 0; i < MOST_BACK && mapping >= space->mappings.items; i++, mapping--)
		if (!mapping->file && inq_image_open(space, mapping, ret) &&
		    inq_elf_find_segment(&ret->elf, INQ_PT_DYNAMIC, &dynamic) && ret->bias + dynamic.vaddr == ld)
			return true;
	return false;
}

static void name_link(struct inq_space *space, const struct inq_link *link, const char *path)
{
	struct inq_image image;
	struct inq_mapping *mapping = mapping_from(space, link->ld);
	if (!mapping || mapping->start > link->ld || mapping->file || is_vdso(space, mapping) || !path || !*path)
		return;
	if (image_of_dynamic(space, mapping, link->ld, &image))
		name_image(space, &image, path);
	else
		mapping->file = make_file(space, path);
}

/* The path of the run-time linker, as the executable asks for it. */
static const char *interpreter_name(struct inq_space *space, const struct inq_image *exe)
{
	struct inq_elf_segment interpreter;
	if (!inq_elf_find_segment(&exe->elf, INQ_PT_INTERP, &interpreter))
		return NULL;
	return inq_space_string(space, exe->bias + interpreter.vaddr, LONGEST_NAME);
}

static void name_by_aux(struct inq_space *space, const char *exe_name)
{
	struct inq_image exe, interpreter;
	const struct inq_mapping *mapping = inq_space_mapping_at(space, inq_space_aux(space, AT_PHDR, 0));
	bool has_exe = mapping && inq_image_open(space, mapping, &exe);
	if (has_exe && !mapping->file)
		name_image(space, &exe, exe_name);
	mapping = inq_space_mapping_at(space, inq_space_aux(space, AT_BASE, 0));
	if (!mapping || mapping->file || !inq_image_open(space, mapping, &interpreter))
		return;
	const char *name = has_exe ? interpreter_name(space, &exe) : NULL;
	name_image(space, &interpreter, name ? name : inq_image_soname(space, &interpreter));
}

/* Headers in held first pages, where no witness named anything. Only mappings that cannot be written are looked at: an
 * image begins with one of those, and so the many pages of heaps and stacks stay untouched. */
static void name_leftovers(struct inq_space *space)
{
	for (size_t i = 0; i < space->mappings.count; i++) {
		const struct inq_mapping *mapping = &space->mappings.items[i];
		struct inq_image image;
		if (mapping->file || (mapping->permissions & INQ_PERM_WRITE) || is_vdso(space, mapping) ||
		    !inq_image_open(space, mapping, &image))
			continue;
		const char *name = inq_image_soname(space, &image);
		if (!name)
			name = inq_arena_printf(space->ctx->arena, "[ELF image at 0x%" PRIx64 "]", mapping->start);
		name_image(space, &image, name);
	}
}

static bool any_file(const struct inq_space *space)
{
	for (size_t i = 0; i < space->mappings.count; i++)
		if (space->mappings.items[i].file)
			return true;
	return false;
}

enum inq_status inq_name_images(struct inq_space *space, const struct inq_link_vec *links)
{
	bool named = any_file(space);
	const char *exe = inq_executable_name(space);
	for (size_t i = 0; i < links->count; i++)
		name_link(space, &links->items[i], i == 0 && !*links->items[i].name ? exe : links->items[i].name);
	name_by_aux(space, exe);
	if (!named)
		name_leftovers(space);
	return space->ctx->no_memory ? INQ_NO_MEMORY : INQ_OK;
}
