/* The walk along the notes of a core: each goes to its reader by system, owner and type; what is not known is listed.
 *
 * A stream of notes is out of step when a length is wrong: from there on everything is garbage that looks like notes.
 * So an owner must be a printable name; where none stands the walk ends, with a warning, and keeps what came before.
 * Only zero bytes between two notes, which some kernels leave behind NT_FILE, are stepped over. */
#include "formats/core/core.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

static const struct inq_core_note_row rows[] = {
#define INQ_CORE_NOTE(os, owner, type, name, reader) { os, owner, type, name, reader },
#include "formats/core/notes.def"
#undef INQ_CORE_NOTE
};

enum { ROW_COUNT = sizeof rows / sizeof *rows, LONGEST_OWNER = 64 };

enum inq_status inq_core_note_listed(struct inq_core *core, const struct inq_elf_note *note)
{
	(void)core;
	(void)note;
	return INQ_OK;
}

bool inq_core_next_note_segment(struct inq_core *core, uint64_t *index, struct inq_view *notes, uint64_t *align)
{
	struct inq_elf_segment segment;
	while (inq_elf_next_segment(&core->elf, INQ_PT_NOTE, index, &segment)) {
		if (!segment.filesz)
			continue;
		*notes = inq_view_clip(&core->elf.view, segment.offset, segment.filesz);
		*align = segment.align;
		return true;
	}
	return false;
}

/* How many of the next bytes are zero, in steps of four. */
static uint64_t zeros_ahead(const struct inq_view *notes)
{
	uint64_t at = 0, word;
	while (inq_view_at(notes, at, 4, &word) && word == 0)
		at += 4;
	return at;
}

bool inq_core_next_note(struct inq_view *notes, uint64_t align, struct inq_elf_note *note, uint64_t *skipped)
{
	*skipped = zeros_ahead(notes);
	struct inq_view rest = inq_view_clip(notes, *skipped, notes->size);
	*notes = rest;
	if (!inq_elf_next_note(&rest, align, note) || note->owner_length == 0 || note->owner_length > LONGEST_OWNER)
		return false;
	for (size_t i = 0; i < note->owner_length; i++)
		if (!isprint((unsigned char)note->owner[i]))
			return false;
	*notes = rest;
	return true;
}

enum inq_status inq_core_expect(struct inq_core *core, const struct inq_elf_note *note, uint64_t size)
{
	if (note->desc.size >= size || note->cut)
		return INQ_OK;
	return inq_damaged(core->ctx, note->place,
			   "%s has %" PRIu64 " bytes where %" PRIu64 " are expected; what is there was read",
			   core->row->name, note->desc.size, size);
}

static bool thread_number(const char *digits, size_t length, uint64_t *ret)
{
	uint64_t number = 0;
	for (size_t i = 0; i < length; i++) {
		if (digits[i] < '0' || digits[i] > '9' || number > UINT32_MAX)
			return false;
		number = number * 10 + (uint64_t)(digits[i] - '0');
	}
	*ret = number;
	return true;
}

static bool owner_fits(struct inq_core *core, const struct inq_core_note_row *row, const struct inq_elf_note *note)
{
	size_t length = strlen(row->owner);
	bool numbered = row->owner[length - 1] == '@';
	if (numbered ? note->owner_length <= length : note->owner_length != length)
		return false;
	if (memcmp(row->owner, note->owner, length) != 0)
		return false;
	return !numbered || thread_number(note->owner + length, note->owner_length - length, &core->lwp);
}

static const struct inq_core_note_row *row_of(struct inq_core *core, const struct inq_elf_note *note)
{
	for (size_t i = 0; i < ROW_COUNT; i++)
		if (rows[i].type == note->type && rows[i].os == core->os && owner_fits(core, &rows[i], note))
			return &rows[i];
	return NULL;
}

/* The owner as a string; neighbours mostly share it. */
static const char *owner_string(struct inq_core *core, const struct inq_elf_note *note)
{
	const char *last = core->last_owner;
	if (!last || strncmp(last, note->owner, note->owner_length) != 0 || last[note->owner_length])
		core->last_owner = inq_build_string(core->builder, note->owner, note->owner_length);
	return core->last_owner;
}

static enum inq_status read_note(struct inq_core *core, const struct inq_elf_note *note)
{
	inq_build_at(core->builder, INQ_PLACE_OFFSET, note->place);
	core->lwp = INQ_UNKNOWN;
	core->row = row_of(core, note);
	struct inq_note *listed = inq_build_note(core->builder);
	if (!listed)
		return INQ_NO_MEMORY;
	listed->owner = owner_string(core, note);
	listed->name = core->row ? core->row->name : NULL;
	listed->type = note->type;
	listed->size = note->desc.size;
	if (note->cut) {
		inq_damaged(core->ctx, note->place,
			    "this note claims more bytes than the %" PRIu64 " that are left; they were read",
			    note->desc.size);
		core->partial = true;
	}
	return core->row ? core->row->read(core, note) : INQ_OK;
}

static void tell_zeros(struct inq_core *core, const struct inq_elf_note *note, uint64_t count)
{
	inq_warn(core->ctx, INQ_PLACE_OFFSET, note->place,
		 "%" PRIu64 " zero bytes stand before this note; they were passed over", count);
}

static enum inq_status read_segment(struct inq_core *core, struct inq_view *notes, uint64_t align)
{
	struct inq_elf_note note;
	uint64_t zeros;
	while (inq_core_next_note(notes, align, &note, &zeros)) {
		if (zeros)
			tell_zeros(core, &note, zeros);
		enum inq_status status = read_note(core, &note);
		if (status == INQ_NO_MEMORY)
			return status;
		core->partial |= status != INQ_OK;
	}
	if (!notes->size)
		return INQ_OK;
	return inq_damaged(core->ctx, notes->origin,
			   "no note begins here; the last %" PRIu64 " bytes of the notes were left out", notes->size);
}

enum inq_status inq_core_read_notes(struct inq_core *core)
{
	struct inq_view notes;
	uint64_t align;
	for (uint64_t index = 0; inq_core_next_note_segment(core, &index, &notes, &align);) {
		enum inq_status status = read_segment(core, &notes, align);
		if (status == INQ_NO_MEMORY)
			return status;
		core->partial |= status != INQ_OK;
	}
	return INQ_OK;
}
