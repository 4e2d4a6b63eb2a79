/* The files of objects on disk: whether each is there, and whether it is the one that was mapped.
 *
 * A wrong name is worse than none, so a file counts as matched only by evidence: its build ID, or the file's first page
 * that the core holds; for a map without memory only when the user said where the files are (--sysroot, --exe) and the
 * file's segments fit the map's rows. A few KiB of each file are read; the first that match stay open, as some will be
 * wanted soon. */
#include "lib/space/objects.h"

#include "lib/elf/dynamic.h"
#include "lib/io/fetch.h"
#include "lib/io/look.h"
#include "lib/space/file_layout.h"
#include "lib/space/image.h"

#include <inquest/report.h>

#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PAGE = 4096, SCRATCH = 8 << 10, MOST_KEPT = 64 };

/* The file that is being looked at. */
struct candidate {
	struct inq_space *space;
	struct inq_object *object;
	uint64_t size, reach; /* reach: the highest file offset that a mapping begins at */
	int fd;		      /* -1: it is not open, what is remembered is enough so far */
	bool explicit;	      /* the user said that it is the one */
	bool is_elf;
	struct inq_view head;	   /* first bytes of the file */
	struct inq_elf elf;	   /* read in them */
	struct inq_look *look;	   /* what is remembered of it; NULL: nothing is */
	uint8_t *buffer, *scratch; /* INQ_LOOK_HEAD and SCRATCH bytes, used again for each object */
	unsigned kept;		   /* files that stay open */
};

static void decide(struct candidate *c, enum inq_file_state state, const char *note)
{
	c->object->file_state = (uint8_t)state;
	c->object->file_note = note;
}

static bool read_file(struct candidate *c, uint64_t offset, uint8_t *buffer, uint64_t size, struct inq_view *ret)
{
	const char *why;
	if (c->fd < 0) /* what is remembered of it was not enough */
		c->fd = inq_files_open(c->space->files, c->object->path, &why);
	ssize_t got = c->fd >= 0 && offset <= INT64_MAX ? pread(c->fd, buffer, size, (off_t)offset) : -1;
	*ret = c->elf.view;
	ret->data = buffer;
	ret->origin = offset;
	ret->size = got > 0 ? (uint64_t)got : 0;
	return got > 0;
}

static void remember_head(struct inq_look *look, const struct inq_view *head)
{
	uint8_t *copy = inq_realloc(look->head, head->size);
	if (!copy)
		return;
	look->head = memcpy(copy, head->data, head->size);
	look->head_size = head->size;
}

/* At least the first `size` bytes, or all there are. */
static void read_head(struct candidate *c, uint64_t size)
{
	size = size < c->size ? size : c->size;
	if (c->look && size && c->look->head_size >= size)
		c->head = (struct inq_view) { .data = c->look->head, .size = c->look->head_size };
	else if (read_file(c, 0, c->buffer, size, &c->head) && c->look)
		remember_head(c->look, &c->head);
	c->is_elf = inq_elf_open(&c->head, &c->elf);
}

/* Most files have their notes in the first page; a few have other things before them. */
static bool file_build_id(struct candidate *c, struct inq_view *ret)
{
	if (!c->is_elf)
		return false;
	if (inq_elf_build_id(&c->elf, ret))
		return true;
	if (c->size <= PAGE || c->head.size > PAGE)
		return false;
	read_head(c, INQ_LOOK_HEAD);
	return c->is_elf && inq_elf_build_id(&c->elf, ret);
}

static const char *short_id(struct inq_space *space, const uint8_t *id, uint64_t size)
{
	const char *text =
		size < 4 ? NULL : inq_arena_printf(space->ctx->arena, "%02x%02x%02x%02x…", id[0], id[1], id[2], id[3]);
	return text ? text : "another";
}

static void compare_build_id(struct candidate *c)
{
	const struct inq_object *object = c->object;
	struct inq_view id = { 0 };
	read_head(c, PAGE);
	bool found = file_build_id(c, &id);
	if (found && id.size == object->build_id_size && memcmp(id.data, object->build_id, id.size) == 0) {
		decide(c, INQ_FILE_MATCHED, NULL);
		return;
	}
	const char *ours = short_id(c->space, object->build_id, object->build_id_size);
	const char *theirs = found ? short_id(c->space, id.data, id.size) : c->is_elf ? "no build ID" : "no ELF header";
	decide(c, INQ_FILE_MISMATCHED, inq_arena_printf(c->space->ctx->arena, "core %s, file %s", ours, theirs));
}

/* The first page as the process had it against the file's: text is never written to, so every byte counts; of a page that
 * may be written, the headers. */
static void compare_first_page(struct candidate *c, const struct inq_image *image, bool writable)
{
	const struct inq_view *memory = &image->elf.view;
	uint64_t headers = image->elf.phoff + image->elf.phnum * image->elf.phentsize, size = writable ? headers : PAGE;
	if (size > memory->size)
		size = memory->size;
	read_head(c, PAGE);
	bool same = size <= c->head.size && memcmp(memory->data, c->head.data, size) == 0;
	/* A file shorter than a page is followed by zeros in memory. */
	if (c->head.size < size)
		same = c->size == c->head.size && memcmp(memory->data, c->head.data, c->head.size) == 0;
	decide(c, same ? INQ_FILE_MATCHED : INQ_FILE_MISMATCHED,
	       same ? NULL : "its first page differs from the one in memory");
}

static void compare_layout(struct candidate *c)
{
	read_head(c, PAGE);
	if (c->is_elf && inq_layout_fits(c->space, c->object, &c->elf))
		decide(c, INQ_FILE_MATCHED, NULL);
	else
		decide(c, INQ_FILE_MISMATCHED, "its segments do not fit the map's rows");
}

static void compare(struct candidate *c)
{
	const struct inq_object *object = c->object;
	const struct inq_mapping *first = &c->space->mappings.items[object->first_mapping];
	bool data = !object->is_elf && (object->kind == INQ_OBJECT_FILE || object->kind == INQ_OBJECT_JAR);
	struct inq_image image;
	if (c->size <= c->reach)
		decide(c, INQ_FILE_MISMATCHED,
		       inq_arena_printf(c->space->ctx->arena,
					"it has %" PRIu64 " bytes; a mapping begins at offset %" PRIu64, c->size,
					c->reach));
	else if (data)
		decide(c, INQ_FILE_UNCHECKED, "only its size could be compared");
	else if (object->build_id_size)
		compare_build_id(c);
	else if (object->is_elf && inq_image_open(c->space, first, &image))
		compare_first_page(c, &image, first->permissions & INQ_PERM_WRITE);
	else if (c->explicit)
		compare_layout(c);
	else
		decide(c, INQ_FILE_UNCHECKED,
		       "the artefact holds nothing to compare it with; --sysroot or --exe vouches");
}

/* The bytes of the file that are loaded at `vaddr`. */
static bool read_vaddr(struct candidate *c, uint64_t vaddr, uint64_t size, struct inq_view *ret)
{
	struct inq_elf_segment load;
	for (uint64_t i = 0; inq_elf_next_segment(&c->elf, INQ_PT_LOAD, &i, &load);)
		if (vaddr >= load.vaddr && vaddr - load.vaddr < load.filesz)
			return read_file(c, load.offset + (vaddr - load.vaddr), c->scratch,
					 size < SCRATCH ? size : SCRATCH, ret);
	return false;
}

static const char *read_soname(struct candidate *c)
{
	struct inq_elf_segment segment;
	struct inq_view bytes;
	uint64_t strings, name;
	size_t length;
	if (!inq_elf_find_segment(&c->elf, INQ_PT_DYNAMIC, &segment) ||
	    !read_vaddr(c, segment.vaddr, segment.filesz, &bytes) ||
	    !inq_elf_dynamic(&bytes, INQ_DT_STRTAB, &strings) || !inq_elf_dynamic(&bytes, INQ_DT_SONAME, &name) ||
	    !read_vaddr(c, strings + name, 256, &bytes))
		return NULL;
	const char *soname = inq_view_string(&bytes, 0, bytes.size, &length);
	return soname && length && length < bytes.size ? inq_arena_copy(c->space->ctx->arena, soname, length) : NULL;
}

static const char *file_soname(struct candidate *c)
{
	struct inq_look *look = c->look;
	if (look && look->soname)
		return *look->soname ? inq_arena_copy(c->space->ctx->arena, look->soname, strlen(look->soname)) : NULL;
	const char *soname = read_soname(c);
	size_t size = soname ? strlen(soname) + 1 : 1;
	if (look && (look->soname = inq_alloc(size)) && soname)
		memcpy(look->soname, soname, size);
	return soname;
}

/* What memory did not tell. */
static void learn(struct candidate *c)
{
	struct inq_object *object = c->object;
	struct inq_view id;
	uint64_t first;
	if (object->file_state != INQ_FILE_MATCHED || !c->is_elf)
		return;
	object->is_elf = true;
	if (!object->soname && object->kind != INQ_OBJECT_EXE)
		object->soname = file_soname(c);
	if (object->load_bias == INQ_UNKNOWN && object->kind != INQ_OBJECT_FILE && inq_elf_first_vaddr(&c->elf, &first))
		object->load_bias = object->base - first;
	if (!object->build_id_size && file_build_id(c, &id) && id.size <= sizeof object->build_id) {
		memcpy(object->build_id, id.data, id.size);
		object->build_id_size = (uint8_t)id.size;
	}
}

/* Opens what the user or the artefact says is the object's file, else asks debuginfod if it may. *exe: the path of --exe when
 * it is that one. */
static int open_object(const struct inq_space *space, const struct inq_object *object, const char **exe,
		       const char **why)
{
	const struct inq_files *files = space->files;
	*exe = NULL;
	if (object->kind == INQ_OBJECT_EXE) {
		int fd = inq_files_open_exe(files, exe, why);
		if (*exe)
			return fd;
	}
	int fd = inq_look_open(space->cache, files, object->path, why);
	if (fd < 0 && space->fetch)
		fd = inq_fetch(space->ctx, object->build_id, object->build_id_size, true);
	return fd;
}

/* The path to show: inside a sysroot it is not the one that the artefact names. */
static const char *shown_path(struct inq_space *space, const struct inq_object *object, const char *exe)
{
	const char *sysroot = inq_files_sysroot(space->files);
	if (exe || !sysroot)
		return exe ? exe : object->path;
	return inq_arena_printf(space->ctx->arena, "%s%s%s", sysroot, object->path[0] == '/' ? "" : "/", object->path);
}

/* What can be said without opening anything; NULL: the file is to be looked at. */
static const char *why_not(const struct inq_space *space, const struct inq_object *object, bool named)
{
	if (object->kind == INQ_OBJECT_VDSO || object->path[0] == '[')
		return "it is no file";
	if (named)
		return NULL;
	if (object->path[0] != '/' && !inq_files_sysroot(space->files))
		return "the artefact gives a name, not a full path; --sysroot or --exe finds it";
	if (object->deleted && !object->build_id_size)
		return "it was deleted, and no build ID tells whether the file at its path is the same";
	return NULL;
}

static void not_opened(struct candidate *c, const char *why)
{
	bool special =
		c->object->kind == INQ_OBJECT_FILE && !c->object->is_elf && strcmp(why, "not a regular file") == 0;
	decide(c, special ? INQ_FILE_UNCHECKED : INQ_FILE_MISSING, c->object->deleted ? "the file was deleted" : why);
}

/* The file as it was a moment ago. What the user named may be another file than the one at the object's path. */
static bool recall(struct candidate *c, bool named)
{
	c->fd = -1;
	c->look = named ? NULL : inq_look_find(c->space->cache, c->space->files, c->object->path);
	if (!c->look || c->look->why)
		return false;
	c->size = c->look->key.size;
	return true;
}

/* Opens it. False, with the reason, when there is none. */
static bool look_anew(struct candidate *c, const char **exe, const char **why)
{
	struct stat stat;
	c->look = NULL;
	c->fd = open_object(c->space, c->object, exe, why);
	if (c->fd < 0)
		return false;
	c->size = fstat(c->fd, &stat) == 0 ? (uint64_t)stat.st_size : 0;
	if (c->size && !*exe && !c->space->fetch)
		c->look = inq_look_add(c->space->cache, c->space->files, c->object->path);
	if (c->look)
		c->look->key = inq_file_key(&stat);
	return true;
}

/* One that matches is wanted soon: it stays open, or is known by its key to whoever has it open. */
static void keep_open(struct candidate *c)
{
	struct inq_object *object = c->object;
	bool matched = object->file_state == INQ_FILE_MATCHED;
	if (matched && c->look)
		object->file_key = c->look->key;
	if (matched && c->fd >= 0 && c->kept < MOST_KEPT) {
		object->compared = c->fd + 1;
		c->kept++;
	} else if (c->fd >= 0) {
		close(c->fd);
	}
}

static void check_object(struct candidate *c, bool named)
{
	const char *exe = NULL, *why = NULL;
	struct inq_object *object = c->object;
	c->is_elf = false;
	bool found = recall(c, named) || look_anew(c, &exe, &why);
	c->explicit = exe || inq_files_sysroot(c->space->files);
	object->file_path = shown_path(c->space, object, exe);
	if (!found) {
		not_opened(c, why);
		return;
	}
	compare(c);
	learn(c);
	keep_open(c);
}

/* The highest file offset that a mapping of each object begins at. */
static uint64_t *find_reach(const struct inq_space *space)
{
	uint64_t *reach = inq_alloc((space->objects.count + 1) * sizeof *reach);
	for (size_t i = 0; reach && i < space->mappings.count; i++) {
		const struct inq_mapping *mapping = &space->mappings.items[i];
		if (mapping->object < space->objects.count && mapping->file_offset != INQ_UNKNOWN &&
		    reach[mapping->object] < mapping->file_offset)
			reach[mapping->object] = mapping->file_offset;
	}
	return reach;
}

static bool check_all(struct inq_space *space, struct candidate *c, const uint64_t *reach)
{
	bool exe_found = false;
	const char *exe = NULL, *why;
	int fd = inq_files_open_exe(space->files, &exe, &why);
	if (fd >= 0)
		close(fd);
	for (size_t i = 0; i < space->objects.count; i++) {
		c->object = &space->objects.items[i];
		c->reach = reach[i];
		bool named = exe && c->object->kind == INQ_OBJECT_EXE;
		exe_found |= named;
		const char *note = why_not(space, c->object, named);
		if (note)
			decide(c, INQ_FILE_UNCHECKED, note);
		else
			check_object(c, named);
	}
	return exe_found || !exe;
}

enum inq_status inq_objects_check_files(struct inq_space *space, const struct inq_files *files)
{
	if (!files || inq_files_are_off(files))
		return INQ_OK;
	space->files = files;
	uint64_t *reach = find_reach(space);
	/* Not cleared: most files are told by their first page, and the rest of it then costs nothing. */
	struct candidate c = { .space = space,
			       .buffer = inq_realloc(NULL, INQ_LOOK_HEAD),
			       .scratch = inq_realloc(NULL, SCRATCH) };
	bool ready = reach && c.buffer && c.scratch;
	if (ready && !check_all(space, &c, reach))
		inq_warn(space->ctx, INQ_PLACE_NONE, 0,
			 "no mapped file is known as the executable; --exe was not used");
	free(reach);
	free(c.buffer);
	free(c.scratch);
	return ready ? INQ_OK : inq_no_memory(space->ctx);
}

/* The file with the object's key out of the cache: as an earlier incident left it. */
static bool take_kept(const struct inq_space *space, struct inq_object *object)
{
	struct inq_kept kept;
	if (!space->cache || !object->file_key.inode || !inq_cache_take(space->cache, &object->file_key, &kept))
		return false;
	object->file = kept.file;
	object->file->path = object->file_path;
	memcpy(object->made, kept.made, sizeof kept.made);
	return true;
}

/* The same by the file behind `fd`, which is then closed. */
static bool take_same(const struct inq_space *space, struct inq_object *object, int fd)
{
	struct stat stat;
	if (!space->cache || fstat(fd, &stat) != 0)
		return false;
	object->file_key = inq_file_key(&stat);
	if (!take_kept(space, object))
		return false;
	close(fd);
	return true;
}

const struct inq_source *inq_object_file(struct inq_space *space, struct inq_object *object)
{
	const char *exe, *why;
	if (object->file || object->file_state != INQ_FILE_MATCHED || !space->files)
		return object->file;
	if (!object->compared && take_kept(space, object))
		return object->file;
	int fd = object->compared ? object->compared - 1 : open_object(space, object, &exe, &why);
	object->compared = 0;
	if (fd >= 0 && take_same(space, object, fd))
		return object->file;
	if (fd < 0 || inq_source_from_fd(space->ctx, fd, object->file_path, &object->file) != INQ_OK)
		object->file_state = INQ_FILE_MISSING;
	if (object->file_state == INQ_FILE_MISSING)
		object->file_note = "it went away while it was looked at";
	return object->file;
}
