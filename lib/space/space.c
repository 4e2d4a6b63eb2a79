/* Look-ups in a sealed space, and memory by address. */
#include "lib/space/model.h"

#include "lib/base/ranges.h"
#include "lib/elf/elf.h"
#include "lib/space/objects.h"

#include <inquest/report.h>

#include <string.h>

const char *inq_os_name(enum inq_os os)
{
	static const char *const names[] = { NULL, "linux", "solaris", "freebsd", "netbsd", "openbsd" };
	return (size_t)os < sizeof names / sizeof *names ? names[os] : NULL;
}

const char *inq_read_name(enum inq_read result)
{
	static const char *const names[] = { "ok", "file", "unmapped", "not dumped", "cut off", "no file", "not kept" };
	return (size_t)result < sizeof names / sizeof *names ? names[result] : "unknown";
}

INQ_RANGES(mapping, struct inq_mapping)

const struct inq_mapping *inq_space_mapping_from(const struct inq_space *space, uint64_t address)
{
	size_t index = mapping_from(space->mappings.items, space->mappings.count, address);
	return index < space->mappings.count ? &space->mappings.items[index] : NULL;
}

const struct inq_mapping *inq_space_mapping_at(const struct inq_space *space, uint64_t address)
{
	const struct inq_mapping *mapping = inq_space_mapping_from(space, address);
	return mapping && mapping->start <= address ? mapping : NULL;
}

struct inq_object *inq_space_object_at(const struct inq_space *space, uint64_t address)
{
	const struct inq_mapping *mapping = inq_space_mapping_at(space, address);
	if (!mapping || mapping->object >= space->objects.count)
		return NULL;
	return &space->objects.items[mapping->object];
}

bool inq_space_lists_all(const struct inq_space *space)
{
	return space->mappings.count && space->os != INQ_OS_OPENBSD && !space->sparse;
}

bool inq_space_holds_memory(const struct inq_space *space)
{
	for (size_t i = 0; i < space->artefacts.count; i++)
		if (space->artefacts.items[i].holds_memory)
			return true;
	return false;
}

uint64_t inq_space_aux(const struct inq_space *space, uint64_t type, uint64_t otherwise)
{
	for (size_t i = 0; i < space->aux.count; i++)
		if (space->aux.items[i].type == type)
			return space->aux.items[i].value;
	return otherwise;
}

void inq_space_give_back(struct inq_space *space)
{
	space->touch_count = 0;
	memset(space->touched, 0, sizeof space->touched);
	for (size_t i = 0; i < space->artefacts.count; i++)
		if (space->artefacts.items[i].source)
			inq_source_give_back(space->artefacts.items[i].source);
}

/* The kernel maps the 64 KiB around each page that is touched, if they are cached (fault-around), or the whole folio, up to
 * 2 MiB (Linux 6.18), so the stacks of some thousand threads would fill the memory with what nobody looks at. The windows that
 * were touched are counted, and all given back when there are many; what is still needed comes back by itself, for a price:
 * of a large artefact, where look-ups are far from each other, more windows stay. */
static void touch(struct inq_space *space, const struct inq_source *source, uint64_t at)
{
	enum { WINDOW_BITS = 16, LEAST_WINDOWS = 8, MOST_WINDOWS = 32, BYTES_FOR_ONE = 32 << 20 };
	uint64_t window = (at >> WINDOW_BITS) + 1, most = LEAST_WINDOWS + source->size / BYTES_FOR_ONE;
	uint64_t *slot = &space->touched[window % INQ_TOUCHED];
	if (*slot == window)
		return;
	*slot = window;
	if (++space->touch_count >= (most < MOST_WINDOWS ? most : MOST_WINDOWS))
		inq_space_give_back(space);
}

/* Where the artefact holds the byte at `address`, and the piece of its source around that is there; NULL when it does not. */
static const struct inq_source *find_held(const struct inq_space *space, const struct inq_mapping *mapping,
					  uint64_t address, uint64_t *at, struct inq_range *piece)
{
	uint64_t offset = address - mapping->start, end;
	if (offset >= mapping->data_size || mapping->data_artefact >= space->artefacts.count)
		return NULL;
	const struct inq_source *source = space->artefacts.items[mapping->data_artefact].source;
	if (!source || !inq_add(mapping->data_offset, offset, at) || !inq_source_held(source, *at, piece))
		return NULL;
	if (piece->start < mapping->data_offset)
		piece->start = mapping->data_offset;
	if (inq_add(mapping->data_offset, mapping->data_size, &end) && piece->end > end)
		piece->end = end;
	return source;
}

bool inq_space_held(const struct inq_space *space, uint64_t address, struct inq_range *ret)
{
	const struct inq_mapping *mapping = inq_space_mapping_at(space, address);
	uint64_t at;
	if (!mapping || !find_held(space, mapping, address, &at, ret))
		return false;
	ret->start = address - (at - ret->start);
	ret->end = address + (ret->end - at);
	return true;
}

/* Bytes that the artefact itself holds. *size: in, what is wanted; out, what is there in one piece. */
static const uint8_t *held_bytes(struct inq_space *space, const struct inq_mapping *mapping, uint64_t address,
				 uint64_t *size)
{
	uint64_t at;
	struct inq_range piece;
	const struct inq_source *source = find_held(space, mapping, address, &at, &piece);
	if (!source)
		return NULL;
	if (*size > piece.end - at)
		*size = piece.end - at;
	if (source->pages)
		inq_source_need(source, at, *size);
	else
		touch(space, source, at);
	return source->data + at;
}

/* A core may leave out a mapping together with its permissions (gdb's gcore does): the file's own segment tells them. */
static bool loaded_writable(const struct inq_source *file, uint64_t offset)
{
	const struct inq_view bytes = { .data = file->data, .size = file->size };
	struct inq_elf elf;
	struct inq_elf_segment segment;
	if (!inq_elf_open(&bytes, &elf) || !inq_elf_segment_of_offset(&elf, offset, &segment))
		return true;
	return segment.flags & INQ_PF_W;
}

/* Held bytes are looked for first, so what was dumped and is in the file was passed over. */
static enum inq_read why_not_held(const struct inq_mapping *mapping, uint64_t address)
{
	if (address - mapping->start < mapping->data_size)
		return INQ_READ_NOT_KEPT;
	return mapping->flags & INQ_MAPPING_CUT ? INQ_READ_CUT_OFF : INQ_READ_NOT_DUMPED;
}

/* Bytes of the matched file that is mapped there: only where the process cannot have changed them. */
static const uint8_t *file_bytes(struct inq_space *space, const struct inq_mapping *mapping, uint64_t address,
				 uint64_t *size, enum inq_read *why)
{
	bool known = mapping->permissions & INQ_PERM_KNOWN, written = known && (mapping->permissions & INQ_PERM_WRITE);
	*why = why_not_held(mapping, address);
	if (!mapping->file || mapping->object >= space->objects.count || written || mapping->file_offset == INQ_UNKNOWN)
		return NULL;
	struct inq_object *object = &space->objects.items[mapping->object];
	const struct inq_source *file = inq_object_file(space, object);
	if (!file) {
		if (object->file_state != INQ_FILE_UNCHECKED)
			*why = INQ_READ_NO_FILE;
		return NULL;
	}
	uint64_t at;
	if (!inq_add(mapping->file_offset, address - mapping->start, &at) || at >= file->size ||
	    (!known && loaded_writable(file, at)))
		return NULL;
	uint64_t left = mapping->end - address < file->size - at ? mapping->end - address : file->size - at;
	if (*size > left)
		*size = left;
	*why = INQ_READ_FILE;
	return file->data + at;
}

/* Most reads are of the mapping that the one before was of. */
static const struct inq_mapping *mapping_read(struct inq_space *space, uint64_t address)
{
	const struct inq_mapping_vec *mappings = &space->mappings;
	const struct inq_mapping *mapping = space->latest < mappings->count ? &mappings->items[space->latest] : NULL;
	if (mapping && mapping->start <= address && address < mapping->end)
		return mapping;
	mapping = inq_space_mapping_at(space, address);
	if (mapping)
		space->latest = (size_t)(mapping - mappings->items);
	return mapping;
}

/* As much of `*size` bytes as lie in one piece. */
static const uint8_t *piece(struct inq_space *space, uint64_t address, uint64_t *size, enum inq_read *why)
{
	const struct inq_mapping *mapping = mapping_read(space, address);
	*why = INQ_READ_UNMAPPED;
	if (!mapping)
		return NULL;
	const uint8_t *bytes = held_bytes(space, mapping, address, size);
	*why = INQ_READ_OK;
	return bytes ? bytes : file_bytes(space, mapping, address, size, why);
}

const uint8_t *inq_space_peek(struct inq_space *space, uint64_t address, size_t size, enum inq_read *why)
{
	enum inq_read reason;
	uint64_t got = size;
	const uint8_t *bytes = piece(space, address, &got, &reason);
	if (bytes && got < size) {
		uint64_t rest = 1;
		piece(space, address + got, &rest, &reason);
		if (reason == INQ_READ_OK || reason == INQ_READ_FILE)
			reason = INQ_READ_NOT_DUMPED; /* it is there, but not in one piece with the beginning */
		bytes = NULL;
	}
	if (why)
		*why = reason;
	return bytes;
}

enum inq_read inq_space_read(struct inq_space *space, uint64_t address, void *buffer, size_t size)
{
	enum inq_read worst = INQ_READ_OK, reason;
	for (size_t done = 0; done < size;) {
		uint64_t at, got = size - done;
		if (!inq_add(address, done, &at))
			return INQ_READ_UNMAPPED;
		const uint8_t *bytes = piece(space, at, &got, &reason);
		if (!bytes)
			return reason;
		if (reason == INQ_READ_FILE)
			worst = reason;
		memcpy((char *)buffer + done, bytes, got);
		done += got;
	}
	return worst;
}

const char *inq_space_string(struct inq_space *space, uint64_t address, size_t limit)
{
	enum inq_read reason;
	uint64_t got = limit;
	const uint8_t *bytes = piece(space, address, &got, &reason);
	if (!bytes)
		return NULL;
	size_t length = strnlen((const char *)bytes, got);
	if (length == got && got < limit)
		return NULL; /* runs out of the mapping without an end */
	return inq_arena_copy(space->ctx->arena, (const char *)bytes, length);
}

bool inq_space_view(struct inq_space *space, uint64_t address, size_t size, struct inq_view *ret)
{
	const uint8_t *bytes = inq_space_peek(space, address, size, NULL);
	if (!bytes)
		return false;
	*ret = (struct inq_view) { .data = bytes, .size = size, .origin = address, .big = space->machine.big };
	ret->word = space->machine.bits == 32 ? 4 : 8;
	return true;
}

bool inq_space_view_from(struct inq_space *space, uint64_t address, uint64_t limit, struct inq_view *ret)
{
	struct inq_range held;
	if (!inq_space_held(space, address, &held))
		return false;
	uint64_t left = held.end - address;
	return inq_space_view(space, address, left < limit ? left : limit, ret);
}

bool inq_space_integer(struct inq_space *space, uint64_t address, unsigned size, uint64_t *ret)
{
	struct inq_view view;
	return inq_space_view(space, address, size, &view) && inq_view_at(&view, 0, size, ret);
}

bool inq_thread_register(const struct inq_space *space, const struct inq_thread *thread, uint8_t index, uint64_t *ret)
{
	const struct inq_arch *arch = space->machine.arch;
	if (!arch || index >= arch->register_count || !thread->registers || !(thread->valid >> index & 1))
		return false;
	*ret = thread->registers[index];
	return true;
}

bool inq_thread_pointer(const struct inq_space *space, const struct inq_thread *thread, uint64_t *ret)
{
	const struct inq_arch *arch = space->machine.arch;
	return arch && arch->thread_pointer != INQ_NO_REGISTER &&
	       inq_thread_register(space, thread, arch->thread_pointer, ret);
}

bool inq_thread_control_block(const struct inq_space *space, const struct inq_thread *thread, uint64_t *ret)
{
	return inq_thread_pointer(space, thread, ret) && space->machine.arch->tls_below;
}

bool inq_thread_pc(const struct inq_space *space, const struct inq_thread *thread, uint64_t *ret)
{
	const struct inq_arch *arch = space->machine.arch;
	if (!arch || !inq_thread_register(space, thread, arch->pc, ret))
		return false;
	if (arch->pc_mask)
		*ret &= arch->pc_mask;
	return true;
}

bool inq_thread_sp(const struct inq_space *space, const struct inq_thread *thread, uint64_t *ret)
{
	return space->machine.arch && inq_thread_register(space, thread, space->machine.arch->sp, ret);
}
