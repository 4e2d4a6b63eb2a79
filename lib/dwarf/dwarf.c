/* Sections as far as they are needed, the budget, and the life of it all. */
#include "lib/dwarf/lines.h"
#include "lib/dwarf/private.h"

#include <stdlib.h>

enum { WORK_AT_FIRST = 256 << 20 };

struct inq_dwarf *inq_dwarf_create(const struct inq_dwarf_input *input, uint8_t word, bool big)
{
	struct inq_dwarf *dwarf = inq_alloc(sizeof *dwarf);
	if (!dwarf)
		return NULL;
	dwarf->input = *input;
	dwarf->word = word;
	dwarf->big = big;
	dwarf->work = WORK_AT_FIRST;
	dwarf->arena = inq_arena_create();
	if (dwarf->arena)
		return dwarf;
	free(dwarf);
	return NULL;
}

void inq_dwarf_destroy(struct inq_dwarf *dwarf)
{
	if (!dwarf)
		return;
	for (unsigned types = 0; types < 2; types++) {
		struct inq_dwarf_unit_vec *units = &dwarf->units[types];
		for (size_t i = 0; i < units->count; i++)
			inq_dwarf_unit_release(units->items[i]);
		inq_dwarf_unit_vec_release(units);
		inq_dwarf_head_vec_release(&dwarf->heads[types]);
	}
	inq_dwarf_signature_vec_release(&dwarf->types);
	inq_dwarf_span_vec_release(&dwarf->listed);
	inq_dwarf_span_vec_release(&dwarf->scanned);
	inq_dwarf_offset_vec_release(&dwarf->listed_units);
	inq_arena_destroy(dwarf->arena);
	free(dwarf);
}

void inq_dwarf_renew(struct inq_dwarf *dwarf)
{
	dwarf->work = WORK_AT_FIRST;
}

bool inq_dwarf_is_damaged(const struct inq_dwarf *dwarf)
{
	return dwarf->damaged;
}

bool inq_dwarf_is_out_of_memory(const struct inq_dwarf *dwarf)
{
	return dwarf->no_memory;
}

/* Whether the first `end` bytes are there now. */
static bool get_bytes(struct inq_dwarf *dwarf, enum inq_dwarf_section section, uint64_t end)
{
	struct inq_dwarf_bytes *bytes = &dwarf->sections[section];
	if (end <= bytes->view.size && bytes->asked)
		return true;
	if (bytes->failed || (bytes->asked && end > bytes->whole))
		return false;
	bytes->asked = true;
	bytes->failed = !dwarf->input.bytes(dwarf->input.data, section, end, &bytes->view, &bytes->whole);
	bytes->view.word = dwarf->word;
	bytes->view.big = dwarf->big;
	return end <= bytes->view.size;
}

bool inq_dwarf_slice(struct inq_dwarf *dwarf, enum inq_dwarf_section section, uint64_t offset, uint64_t size,
		     struct inq_view *ret)
{
	uint64_t end;
	return inq_add(offset, size, &end) && get_bytes(dwarf, section, end) &&
	       inq_view_slice(&dwarf->sections[section].view, offset, size, ret);
}

struct inq_cursor inq_dwarf_cursor(struct inq_dwarf *dwarf, enum inq_dwarf_section section, uint64_t offset)
{
	struct inq_dwarf_bytes *bytes = &dwarf->sections[section];
	get_bytes(dwarf, section, 1); /* so that the size is known */
	get_bytes(dwarf, section, bytes->whole);
	return (struct inq_cursor) { .bytes = bytes->view, .at = offset, .bad = offset >= bytes->view.size };
}

/* A report needs some dozens of strings. NULL when it is long, or so many were copied that the pages do as well. */
static const char *copy_string(struct inq_dwarf *dwarf, enum inq_dwarf_section section, uint64_t offset)
{
	enum { MOST_COPIED = 1024 };
	char bytes[256];
	if (!dwarf->input.copy || dwarf->copied == MOST_COPIED)
		return NULL;
	uint64_t size = dwarf->input.copy(dwarf->input.data, section, offset, bytes, sizeof bytes);
	if (!size || !memchr(bytes, '\0', size))
		return NULL;
	dwarf->copied++;
	return inq_arena_copy(dwarf->arena, bytes, strlen(bytes));
}

const char *inq_dwarf_string_in(struct inq_dwarf *dwarf, enum inq_dwarf_section section, uint64_t offset)
{
	struct inq_dwarf_bytes *bytes = &dwarf->sections[section];
	size_t length;
	if (offset == UINT64_MAX || !get_bytes(dwarf, section, offset + 1))
		return NULL;
	const char *copied = copy_string(dwarf, section, offset);
	if (copied)
		return copied;
	for (uint64_t step = 256;; step *= 2) {
		const char *string = inq_view_string(&bytes->view, offset, UINT64_MAX, &length);
		if (!string || offset + length < bytes->view.size)
			return string;
		uint64_t more = bytes->whole - bytes->view.size;
		if (!more || !get_bytes(dwarf, section, bytes->view.size + (more < step ? more : step)))
			return NULL;
	}
}

uint64_t inq_dwarf_length(struct inq_cursor *cursor, uint8_t *offset_size)
{
	uint64_t length = inq_cursor_integer(cursor, 4);
	*offset_size = length == UINT32_MAX ? 8 : 4;
	return length == UINT32_MAX ? inq_cursor_integer(cursor, 8) : length;
}

struct inq_dwarf *inq_dwarf_alternate(struct inq_dwarf *dwarf)
{
	if (!dwarf->alternate_asked) {
		dwarf->alternate_asked = true;
		dwarf->alternate = dwarf->input.alternate ? dwarf->input.alternate(dwarf->input.data) : NULL;
	}
	return dwarf->alternate;
}
