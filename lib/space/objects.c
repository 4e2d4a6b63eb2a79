/* Objects: mappings grouped by file, and what the images in memory tell of each. */
#include "lib/space/objects.h"

#include "lib/base/str.h"
#include "lib/elf/dynamic.h"
#include "lib/space/image.h"
#include "lib/space/link_map.h"
#include "lib/space/name_images.h"

#include <inquest/report.h>

#include <string.h>

#define HASH_NONFATAL_OOM   1
#define uthash_malloc(size) inq_alloc(size)
#include <uthash.h>

enum { AT_PHDR = 3, AT_BASE = 7, AT_ENTRY = 9, AT_SYSINFO_EHDR = 33 };

/* The object that further mappings of a path belong to. */
struct group {
	const char *path;
	const struct inq_file *file;
	uint32_t object;
	uint32_t head;	/* its mapping of file offset 0, or INQ_NO_OBJECT */
	uint32_t image; /* the last such mapping of any object of this file, or INQ_NO_OBJECT */
	bool executable;
	UT_hash_handle hh;
};

struct grouping {
	struct inq_space *space;
	struct group *table, *last;
	uint64_t vdso; /* AT_SYSINFO_EHDR; 0 none */
};

/* Whether two witnesses can mean the same file. */
static bool same_identity(const struct inq_file *a, const struct inq_file *b)
{
	return a == b || (a->deleted == b->deleted &&
			  (a->inode == b->inode || a->inode == INQ_UNKNOWN || b->inode == INQ_UNKNOWN));
}

static struct group *find_group(struct grouping *grouping, const struct inq_file *file)
{
	struct group *group = grouping->last;
	if (group && group->file == file)
		return group;
	HASH_FIND_STR(grouping->table, file->path, group);
	if (group)
		return group;
	group = inq_arena_alloc(grouping->space->ctx->arena, sizeof *group);
	if (!group)
		return NULL;
	group->path = file->path;
	group->object = group->image = INQ_NO_OBJECT;
	HASH_ADD_KEYPTR(hh, grouping->table, group->path, strlen(group->path), group);
	return group;
}

/* A file mapped a second time from its beginning: the same library loaded again (dlmopen) is another object, and begins as the
 * first does. A data file is not, nor is a small library's data segment, which shares the file's first page with its text.
 * Pieces of a library that lie below its image were mapped to be read, as programs do that print their own backtraces. */
static bool loaded_again(struct inq_space *space, const struct group *group, const struct inq_mapping *mapping)
{
	struct inq_image image, again;
	if (mapping->file_offset != 0)
		return false;
	if (group->head == INQ_NO_OBJECT)
		return !group->executable && inq_image_open(space, mapping, &again);
	const struct inq_mapping *head = &space->mappings.items[group->head];
	if (!head->data_size)
		return group->executable && mapping->permissions == head->permissions;
	return inq_image_open(space, head, &image) && mapping->start >= image.end &&
	       inq_image_open(space, mapping, &again);
}

/* No loader spreads one image over more: a file mapped at both ends of the address space (the JVM's class archive) is two. */
static bool far_away(const struct inq_space *space, const struct group *group, const struct inq_mapping *mapping)
{
	return mapping->start - space->objects.items[group->object].end >= 4ULL << 30;
}

/* Of an image whose beginning is in no row, because the list is short: where it would lie, as linkers lay text out. */
static uint64_t load_base(const struct inq_mapping *mapping)
{
	bool text = mapping->permissions & INQ_PERM_EXECUTE;
	bool inside = mapping->file_offset != INQ_UNKNOWN && mapping->file_offset <= mapping->start;
	return text && inside ? mapping->start - mapping->file_offset : mapping->start;
}

static struct inq_object *start_object(struct inq_space *space, size_t index, const char *path)
{
	struct inq_object *object = inq_object_vec_push(&space->objects);
	if (!object)
		return NULL;
	const struct inq_mapping *mapping = &space->mappings.items[index];
	object->path = path;
	object->base = load_base(mapping);
	object->load_bias = INQ_UNKNOWN;
	object->kind = INQ_OBJECT_FILE;
	object->first_mapping = (uint32_t)index;
	object->place = mapping->place;
	return object;
}

static void extend_object(struct inq_space *space, size_t index, uint32_t number)
{
	struct inq_mapping *mapping = &space->mappings.items[index];
	struct inq_object *object = &space->objects.items[number];
	mapping->object = number;
	object->end = mapping->end;
	object->mapping_count++;
}

/* Takes the build ID and the soname that the image's pages tell. */
static void describe_image(struct inq_space *space, const struct inq_image *image, struct inq_object *object)
{
	struct inq_view build_id;
	object->is_elf = true;
	object->soname = inq_image_soname(space, image);
	if (inq_elf_build_id(&image->elf, &build_id) && build_id.size <= sizeof object->build_id) {
		memcpy(object->build_id, build_id.data, build_id.size);
		object->build_id_size = (uint8_t)build_id.size;
	}
}

/* A piece of an image that was mapped once more, far from it (V8 does so with its builtins, to have them near the code that it
 * makes): the image's program headers tell which addresses of the file it shows. */
static void read_piece(struct inq_space *space, const struct group *group, const struct inq_mapping *mapping,
		       struct inq_object *object)
{
	struct inq_image image;
	struct inq_elf_segment segment;
	uint64_t first;
	if (group->image == INQ_NO_OBJECT || !(mapping->permissions & INQ_PERM_EXECUTE) || !mapping->file_offset ||
	    !inq_image_open(space, &space->mappings.items[group->image], &image) ||
	    !inq_elf_segment_of_offset(&image.elf, mapping->file_offset, &segment) ||
	    !inq_elf_first_vaddr(&image.elf, &first))
		return;
	describe_image(space, &image, object);
	object->load_bias = mapping->start - (segment.vaddr + (mapping->file_offset - segment.offset));
	object->base = object->load_bias + first;
}

static bool group_mapping(struct grouping *grouping, size_t index)
{
	struct inq_space *space = grouping->space;
	const struct inq_mapping *mapping = &space->mappings.items[index];
	struct group *group = find_group(grouping, mapping->file);
	if (!group)
		return false;
	if (group->object == INQ_NO_OBJECT || !same_identity(group->file, mapping->file) ||
	    far_away(space, group, mapping) || loaded_again(space, group, mapping)) {
		struct inq_object *object = start_object(space, index, group->path);
		if (!object)
			return false;
		object->deleted = mapping->file->deleted;
		if (group->file && same_identity(group->file, mapping->file))
			read_piece(space, group, mapping, object);
		group->object = (uint32_t)(space->objects.count - 1);
		group->head = INQ_NO_OBJECT;
		group->executable = false;
	}
	group->file = mapping->file;
	if (mapping->file_offset == 0 && group->head == INQ_NO_OBJECT)
		group->head = group->image = (uint32_t)index;
	group->executable |= (mapping->permissions & INQ_PERM_EXECUTE) != 0;
	extend_object(space, index, group->object);
	if (group->executable)
		space->objects.items[group->object].kind = INQ_OBJECT_LIBRARY;
	grouping->last = group;
	return true;
}

static bool is_vdso(const struct grouping *grouping, const struct inq_mapping *mapping)
{
	if (grouping->vdso)
		return mapping->start <= grouping->vdso && grouping->vdso < mapping->end;
	return mapping->name && strcmp(mapping->name, "[vdso]") == 0;
}

static bool add_vdso(struct inq_space *space, size_t index)
{
	struct inq_object *object = start_object(space, index, "[vdso]");
	if (!object)
		return false;
	object->kind = INQ_OBJECT_VDSO;
	extend_object(space, index, (uint32_t)(space->objects.count - 1));
	return true;
}

/* Objects come out in the order of their lowest mappings. */
static enum inq_status group_all(struct inq_space *space)
{
	struct grouping grouping = { .space = space, .vdso = inq_space_aux(space, AT_SYSINFO_EHDR, 0) };
	bool ok = true;
	for (size_t i = 0; ok && i < space->mappings.count; i++) {
		struct inq_mapping *mapping = &space->mappings.items[i];
		mapping->object = INQ_NO_OBJECT;
		if (mapping->file)
			ok = group_mapping(&grouping, i);
		else if (is_vdso(&grouping, mapping))
			ok = add_vdso(space, i);
	}
	HASH_CLEAR(hh, grouping.table);
	return ok ? INQ_OK : inq_no_memory(space->ctx);
}

/* What the header and the pages behind it tell of the object. */
static void read_image(struct inq_space *space, struct inq_object *object)
{
	struct inq_image image;
	const struct inq_mapping *mapping = &space->mappings.items[object->first_mapping];
	if ((mapping->file_offset != 0 && mapping->file_offset != INQ_UNKNOWN) ||
	    !inq_image_open(space, mapping, &image))
		return;
	describe_image(space, &image, object);
	/* One that was mapped only to be read lies flat: its addresses are file offsets. */
	if (object->kind == INQ_OBJECT_LIBRARY || object->kind == INQ_OBJECT_VDSO)
		object->load_bias = image.bias;
}

/* ".so" at the end of the name or before a version. */
static bool named_like_library(const char *path)
{
	for (const char *so = strstr(inq_base_name(path), ".so"); so; so = strstr(so + 1, ".so"))
		if (so[3] == '\0' || so[3] == '.')
			return true;
	return false;
}

static bool named_like_interpreter(const char *path)
{
	const char *name = inq_base_name(path);
	return strncmp(name, "ld-", 3) == 0 || strncmp(name, "ld.so", 5) == 0;
}

static bool is_jar(struct inq_space *space, const struct inq_object *object)
{
	static const char *const ends[] = { ".jar", ".jmod", ".war", ".zip" };
	size_t length = strlen(object->path);
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		size_t size = strlen(ends[i]);
		if (length > size && strcmp(object->path + length - size, ends[i]) == 0)
			return true;
	}
	const struct inq_mapping *head = &space->mappings.items[object->first_mapping];
	struct inq_view magic;
	return head->file_offset == 0 && head->data_size && inq_space_view_from(space, head->start, 4, &magic) &&
	       magic.size == 4 && memcmp(magic.data, "PK\3\4", 4) == 0;
}

/* Its beginning is held and is no ELF header. */
static bool surely_no_elf(const struct inq_space *space, const struct inq_object *object)
{
	const struct inq_mapping *head = &space->mappings.items[object->first_mapping];
	return !object->is_elf && head->data_size && head->file_offset == 0;
}

static void decide_kind(struct inq_space *space, struct inq_object *object)
{
	/* Code in a format of its own, such as a PE file; and old kernels map every file of a 32-bit JVM executable. */
	if (object->kind == INQ_OBJECT_LIBRARY &&
	    (surely_no_elf(space, object) || (!object->is_elf && is_jar(space, object))))
		object->kind = INQ_OBJECT_FILE;
	else if (object->kind == INQ_OBJECT_FILE && named_like_library(object->path))
		object->kind = INQ_OBJECT_LIBRARY;
	if (object->kind == INQ_OBJECT_FILE && !object->is_elf && is_jar(space, object))
		object->kind = INQ_OBJECT_JAR;
	if (object->kind == INQ_OBJECT_LIBRARY && named_like_interpreter(object->path))
		object->kind = INQ_OBJECT_INTERPRETER;
}

/* Where the header was not held, the run-time linker still knows the bias. */
static void use_link(struct inq_space *space, const struct inq_link *link)
{
	struct inq_object *object = inq_space_object_at(space, link->ld);
	if (!object || object->kind == INQ_OBJECT_VDSO)
		return;
	object->is_elf = true;
	if (object->kind == INQ_OBJECT_FILE)
		object->kind = INQ_OBJECT_LIBRARY;
	/* FreeBSD keeps the base there, which is the bias only of what was linked at 0. */
	if (object->load_bias == INQ_UNKNOWN && space->os != INQ_OS_FREEBSD)
		object->load_bias = link->addr;
}

/* A text map has no AT_ENTRY: there the executable is the one that the process is named after. */
static bool named_like_process(const struct inq_space *space, const struct inq_object *object)
{
	enum { LONGEST_COMM = 15 }; /* TASK_COMM_LEN of the Linux kernel, less the NUL */
	const struct inq_process *process = &space->process;
	const char *name = inq_base_name(object->path);
	if (process->exe && strcmp(process->exe, object->path) == 0)
		return true;
	if (!process->name || !*process->name)
		return false;
	const char *wanted = inq_base_name(process->name);
	return strcmp(wanted, name) == 0 ||
	       (strlen(wanted) == LONGEST_COMM && strncmp(wanted, name, LONGEST_COMM) == 0);
}

/* Of a map without permissions every file may be a program. None is mapped shared, as data files are. */
static bool may_be_program(const struct inq_space *space, const struct inq_object *object)
{
	uint8_t permissions = space->mappings.items[object->first_mapping].permissions;
	bool told = permissions & INQ_PERM_KNOWN;
	if (permissions & INQ_PERM_SHARED)
		return false;
	return object->kind == INQ_OBJECT_LIBRARY || (!told && object->kind == INQ_OBJECT_FILE);
}

static struct inq_object *named_executable(struct inq_space *space)
{
	for (size_t i = 0; i < space->objects.count; i++) {
		struct inq_object *object = &space->objects.items[i];
		if (may_be_program(space, object) && named_like_process(space, object))
			return object;
	}
	return NULL;
}

/* Linux puts a position-independent executable at two thirds of the address space, and up to 2^28 pages above that, where nothing
 * else is put (fs/binfmt_elf.c, ELF_ET_DYN_BASE). */
static struct inq_object *placed_executable(struct inq_space *space)
{
	static const uint64_t bases[] = { UINT64_C(0x555555554000), UINT64_C(0xaaaaaaaaa000) }; /* x86-64, arm64 */
	static const uint64_t random = UINT64_C(1) << 40;
	for (size_t i = 0; space->os == INQ_OS_LINUX && i < space->objects.count; i++) {
		struct inq_object *object = &space->objects.items[i];
		for (size_t j = 0; j < sizeof bases / sizeof *bases; j++)
			if (object->base >= bases[j] && object->base - bases[j] < random &&
			    may_be_program(space, object) && !named_like_library(object->path))
				return object;
	}
	return NULL;
}

/* A map that does not name its process: the executable is the one program that is not named like a library. */
static struct inq_object *only_executable(struct inq_space *space)
{
	struct inq_object *only = NULL;
	for (size_t i = 0; i < space->objects.count; i++) {
		struct inq_object *object = &space->objects.items[i];
		if (!may_be_program(space, object) || named_like_library(object->path))
			continue;
		if (only)
			return NULL;
		only = object;
	}
	return only;
}

static void find_executable(struct inq_space *space)
{
	struct inq_object *exe = inq_space_object_at(space, inq_space_aux(space, AT_PHDR, 0));
	if (!exe)
		exe = inq_space_object_at(space, inq_space_aux(space, AT_ENTRY, 0));
	if (!exe)
		exe = named_executable(space);
	if (!exe && !space->aux.count)
		exe = placed_executable(space);
	if (!exe && !space->aux.count && !space->process.name)
		exe = only_executable(space);
	if (exe && exe->kind != INQ_OBJECT_VDSO)
		exe->kind = INQ_OBJECT_EXE;
	struct inq_object *interpreter = inq_space_object_at(space, inq_space_aux(space, AT_BASE, 0));
	if (interpreter && interpreter != exe && interpreter->kind != INQ_OBJECT_VDSO)
		interpreter->kind = INQ_OBJECT_INTERPRETER;
}

enum inq_status inq_objects_find(struct inq_space *space)
{
	struct inq_link_vec links = { 0 };
	enum inq_status status = inq_link_map_read(space, &links);
	if (status == INQ_OK)
		status = inq_name_images(space, &links);
	if (status == INQ_OK)
		status = group_all(space);
	for (size_t i = 0; i < space->objects.count; i++) {
		read_image(space, &space->objects.items[i]);
		decide_kind(space, &space->objects.items[i]);
	}
	for (size_t i = 0; i < links.count; i++)
		use_link(space, &links.items[i]);
	find_executable(space);
	inq_link_vec_release(&links);
	return status;
}

const char *inq_object_build_id(struct inq_space *space, const struct inq_object *object)
{
	if (!object->build_id_size)
		return NULL;
	return inq_hex_copy(space->ctx->arena, object->build_id, object->build_id_size);
}

struct inq_object *inq_object_by_name(struct inq_space *space, const char *name, size_t length)
{
	struct inq_object *by_base = NULL, *by_soname = NULL;
	for (size_t i = 0; i < space->objects.count; i++) {
		struct inq_object *object = &space->objects.items[i];
		const char *base = inq_base_name(object->path), *soname = object->soname;
		if (strlen(object->path) == length && memcmp(object->path, name, length) == 0)
			return object;
		if (!by_base && strlen(base) == length && memcmp(base, name, length) == 0)
			by_base = object;
		if (!by_soname && soname && strlen(soname) == length && memcmp(soname, name, length) == 0)
			by_soname = object;
	}
	return by_base ? by_base : by_soname;
}
