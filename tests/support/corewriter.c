/* Makes an ELF core in memory. Layout of the headers: gABI, chapters 4 and 5. */
#include "tests/support/corewriter.h"

#include "lib/space/join.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

enum { PN_XNUM = 0xffff };

struct corewriter corewriter(uint16_t machine, unsigned bits, bool big)
{
	return (struct corewriter) { .machine = machine, .bits = bits, .big = big, .version = 1, .type = 4 };
}

void corewriter_release(struct corewriter *w)
{
	for (size_t i = 0; i < COREWRITER_NOTE_SEGMENTS; i++)
		free((void *)w->notes[i].data);
	free(w->segments);
	memset(w, 0, sizeof *w);
}

void corewriter_put(const struct corewriter *w, void *desc, size_t offset, unsigned size, uint64_t value)
{
	uint8_t *bytes = desc;
	for (unsigned i = 0; i < size; i++)
		bytes[offset + (w->big ? size - 1 - i : i)] = (uint8_t)(value >> (8 * i));
}

void corewriter_word(const struct corewriter *w, void *desc, size_t index, uint64_t value)
{
	corewriter_put(w, desc, index * w->bits / 8, w->bits / 8, value);
}

void corewriter_raw(struct corewriter *w, const void *bytes, size_t size)
{
	struct inq_view *notes = &w->notes[w->note_segment];
	uint8_t *data = realloc((void *)notes->data, notes->size + size + 1);
	ck_assert_ptr_nonnull(data);
	memcpy(data + notes->size, bytes, size);
	notes->data = data;
	notes->size += size;
}

void corewriter_note(struct corewriter *w, const char *owner, uint32_t type, const void *desc, size_t size)
{
	static const uint8_t zeros[4];
	size_t owner_size = strlen(owner) + 1;
	uint8_t head[12];
	corewriter_put(w, head, 0, 4, owner_size);
	corewriter_put(w, head, 4, 4, size);
	corewriter_put(w, head, 8, 4, type);
	corewriter_raw(w, head, sizeof head);
	corewriter_raw(w, owner, owner_size);
	corewriter_raw(w, zeros, -owner_size % 4);
	corewriter_raw(w, desc, size);
	corewriter_raw(w, zeros, -size % 4);
}

void corewriter_segment(struct corewriter *w, uint64_t start, uint64_t memory, uint64_t bytes, uint32_t flags)
{
	if (!(w->segment_count & (w->segment_count - 1))) /* 0 or a power of two: full */
		w->segments = realloc(w->segments, (2 * w->segment_count + 1) * sizeof *w->segments);
	ck_assert_ptr_nonnull(w->segments);
	w->segments[w->segment_count++] = (struct corewriter_segment) { start, memory, bytes, flags };
}

struct layout {
	size_t word, header, phentsize, shentsize, phnum, notes, data, sections, size;
};

static struct layout plan(const struct corewriter *w)
{
	bool wide = w->bits == 64;
	struct layout l = { .word = wide ? 8 : 4, .header = wide ? 64 : 52, .phentsize = wide ? 56 : 32 };
	l.shentsize = wide ? 64 : 40;
	l.phnum = w->segment_count;
	for (size_t i = 0; i < COREWRITER_NOTE_SEGMENTS; i++)
		l.phnum += w->notes[i].size != 0;
	l.notes = l.header + l.phnum * l.phentsize;
	l.data = l.notes;
	for (size_t i = 0; i < COREWRITER_NOTE_SEGMENTS; i++)
		l.data += w->notes[i].size;
	l.sections = l.data;
	for (size_t i = 0; i < w->segment_count; i++)
		l.sections += w->segments[i].bytes;
	l.size = l.sections + (w->many_segments ? l.shentsize : 0);
	return l;
}

static void write_header(const struct corewriter *w, const struct layout *l, uint8_t *file)
{
	size_t word = l->word, tail = 24 + 3 * word;
	memcpy(file, "\177ELF", 4);
	file[4] = w->bits == 64 ? 2 : 1;
	file[5] = w->big ? 2 : 1;
	file[6] = w->version;
	file[7] = w->osabi;
	corewriter_put(w, file, 16, 2, w->type);
	corewriter_put(w, file, 18, 2, w->machine);
	corewriter_put(w, file, 20, 4, 1);
	corewriter_put(w, file, 24 + word, (unsigned)word, l->header);
	corewriter_put(w, file, tail + 4, 2, l->header);
	corewriter_put(w, file, tail + 6, 2, l->phentsize);
	corewriter_put(w, file, tail + 8, 2, w->many_segments ? PN_XNUM : l->phnum);
	if (!w->many_segments)
		return;
	corewriter_put(w, file, 24 + 2 * word, (unsigned)word, l->sections);
	corewriter_put(w, file, tail + 10, 2, l->shentsize);
	corewriter_put(w, file, tail + 12, 2, 1);
	corewriter_put(w, file, l->sections + 12 + 4 * word, 4, l->phnum); /* sh_info */
}

/* type, flags, offset, address, size in the file, size in memory */
static void write_segment(const struct corewriter *w, uint8_t *at, const uint64_t v[6])
{
	if (w->bits == 64) {
		corewriter_put(w, at, 0, 4, v[0]);
		corewriter_put(w, at, 4, 4, v[1]);
		corewriter_put(w, at, 8, 8, v[2]);
		corewriter_put(w, at, 16, 8, v[3]);
		corewriter_put(w, at, 32, 8, v[4]);
		corewriter_put(w, at, 40, 8, v[5]);
	} else {
		corewriter_put(w, at, 0, 4, v[0]);
		corewriter_put(w, at, 4, 4, v[2]);
		corewriter_put(w, at, 8, 4, v[3]);
		corewriter_put(w, at, 16, 4, v[4]);
		corewriter_put(w, at, 20, 4, v[5]);
		corewriter_put(w, at, 24, 4, v[1]);
	}
}

uint8_t *corewriter_finish(const struct corewriter *w, size_t *size)
{
	struct layout l = plan(w);
	uint8_t *file = calloc(1, l.size), *header = file + l.header;
	ck_assert_ptr_nonnull(file);
	write_header(w, &l, file);
	size_t at = l.notes;
	for (size_t i = 0; i < COREWRITER_NOTE_SEGMENTS; i++) {
		if (!w->notes[i].size)
			continue;
		write_segment(w, header, (const uint64_t[]) { 4, 0, at, 0, w->notes[i].size, 0 });
		header += l.phentsize;
		memcpy(file + at, w->notes[i].data, w->notes[i].size);
		at += w->notes[i].size;
	}
	for (size_t i = 0; i < w->segment_count; i++) {
		const struct corewriter_segment *s = &w->segments[i];
		write_segment(w, header, (const uint64_t[]) { 1, s->flags, at, s->start, s->bytes, s->memory });
		header += l.phentsize;
		memset(file + at, 'm', s->bytes);
		at += s->bytes;
	}
	*size = l.size;
	return file;
}

void coreread_bytes(struct coreread *core, const uint8_t *bytes, size_t size)
{
	const struct inq_format *format = inq_format_by_name("elf-core");
	struct inq_builder builder;
	*core = (struct coreread) { .source = { .path = "core", .data = bytes, .size = size } };
	core->ctx.arena = inq_arena_create();
	core->ctx.artefact = "core";
	ck_assert_ptr_nonnull(core->ctx.arena);
	ck_assert_int_eq(inq_build_create(&core->ctx, &core->source, format->name, &builder), INQ_OK);
	struct inq_input input = { .source = &core->source, .end = size };
	core->status = format->read(&core->ctx, &input, &builder);
	core->space = inq_build_seal(&builder);
}

void coreread(struct coreread *core, struct corewriter *w)
{
	size_t size;
	uint8_t *bytes = corewriter_finish(w, &size);
	corewriter_release(w);
	coreread_bytes(core, bytes, size);
	core->owned = bytes;
}

void coreread_release(struct coreread *core)
{
	inq_space_destroy(core->space);
	inq_string_vec_release(&core->ctx.warnings);
	inq_arena_destroy(core->ctx.arena);
	free(core->owned);
}

bool coreread_warned(const struct coreread *core, const char *what)
{
	for (size_t i = 0; i < core->ctx.warnings.count; i++)
		if (strstr(core->ctx.warnings.items[i], what))
			return true;
	return false;
}

uint64_t coreread_register(const struct coreread *core, size_t thread, const char *name)
{
	uint64_t value = 0;
	ck_assert_uint_lt(thread, core->space->threads.count);
	uint8_t index = inq_arch_register_index(core->space->machine.arch, name);
	ck_assert_msg(index != INQ_NO_REGISTER, "no register %s", name);
	ck_assert_msg(inq_thread_register(core->space, &core->space->threads.items[thread], index, &value),
		      "%s is not known", name);
	return value;
}
