/* Sections unpacked step by step. */
#include "lib/symbol/packed_section.h"

#include "lib/elf/section.h"
#include "lib/symbol/contents.h"

#include <elf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { STEP = 32 << 10 };

static bool set_packed(struct inq_ctx *ctx, struct inq_packed_section *ret, uint64_t header, uint64_t type,
		       uint64_t size)
{
	ret->ops = inq_section_decoder(ctx, type, ret->packed.size, size);
	ret->zlib = type == ELFCOMPRESS_ZLIB;
	ret->size = size;
	ret->view.size = 0;
	inq_view_slice(&ret->packed, header, ret->packed.size - header, &ret->packed);
	ret->left = (struct inq_unpack_buffers) { .in = ret->packed.data, .in_size = ret->packed.size };
	return ret->ops != NULL;
}

static bool open_compressed(struct inq_ctx *ctx, struct inq_packed_section *ret)
{
	bool wide = ret->packed.word == 8;
	uint64_t header = wide ? sizeof(Elf64_Chdr) : sizeof(Elf32_Chdr), size;
	return inq_view_word_at(&ret->packed, wide ? 8 : 4, &size) && ret->packed.size > header && size &&
	       set_packed(ctx, ret, header, inq_view_get(&ret->packed, 0, 4), size);
}

static bool open_old_compressed(struct inq_ctx *ctx, struct inq_packed_section *ret)
{
	enum { HEADER = 12 };
	if (ret->packed.size <= HEADER || memcmp(ret->packed.data, "ZLIB", 4) != 0)
		return false;
	uint64_t size = inq_load64(ret->packed.data + 4, true);
	return size && set_packed(ctx, ret, HEADER, ELFCOMPRESS_ZLIB, size);
}

/* ".debug_info" or ".zdebug_info". */
static bool find_section(const struct inq_elf *elf, const char *name, struct inq_elf_section *ret, bool *old)
{
	char older[64];
	*old = false;
	if (inq_elf_find_section(elf, name, ret))
		return true;
	*old = true;
	snprintf(older, sizeof older, ".z%s", name + 1);
	return inq_elf_find_section(elf, older, ret);
}

static void warn_damaged(struct inq_ctx *ctx, struct inq_packed_section *section)
{
	section->damaged = true;
	inq_warn(ctx, INQ_PLACE_OFFSET, section->place,
		 "a compressed section of %" PRIu64 " bytes cannot be unpacked; what comes after its first %" PRIu64
		 " bytes was not used",
		 section->packed.size, section->view.size);
}

static bool open_one(struct inq_ctx *ctx, const struct inq_elf *elf, const struct inq_elf_section *section, bool old,
		     struct inq_packed_section *ret)
{
	*ret = (struct inq_packed_section) { 0 };
	if (section->type == SHT_NOBITS)
		return false;
	ret->view = ret->packed = inq_view_clip(&elf->view, section->offset, section->size);
	ret->size = ret->view.size;
	ret->place = section->offset;
	if (!old && !(section->flags & SHF_COMPRESSED))
		return ret->size > 0;
	bool ok = old ? open_old_compressed(ctx, ret) : open_compressed(ctx, ret);
	ret->unpacked = ok ? inq_alloc(ret->size) : NULL;
	if (!ret->unpacked) {
		ret->view.size = 0;
		warn_damaged(ctx, ret);
	}
	ret->view.data = ret->unpacked;
	return ret->unpacked;
}

bool inq_packed_section_open(struct inq_ctx *ctx, const struct inq_elf *elf, const char *name,
			     struct inq_packed_section *ret)
{
	struct inq_elf_section section;
	bool old;
	*ret = (struct inq_packed_section) { 0 };
	return find_section(elf, name, &section, &old) && open_one(ctx, elf, &section, old, ret);
}

static bool append(struct inq_packed_section *whole, const struct inq_view *more)
{
	uint8_t *bytes = inq_realloc(whole->unpacked, whole->size + more->size);
	if (!bytes)
		return false;
	memcpy(bytes + whole->size, more->data, more->size);
	whole->unpacked = bytes;
	whole->view = *more;
	whole->view.data = bytes;
	whole->view.size = whole->size += more->size;
	return true;
}

bool inq_packed_section_join(struct inq_ctx *ctx, const struct inq_elf *elf, const char *name,
			     struct inq_packed_section *ret)
{
	enum { MOST_JOINED = 1 << 30 };
	struct inq_elf_section section;
	struct inq_packed_section one;
	bool ok = true;
	*ret = (struct inq_packed_section) { 0 };
	for (uint64_t i = 0; ok && inq_elf_section(elf, i, &section); i++) {
		const char *found = inq_elf_section_name(elf, &section);
		if (!found || strcmp(found, name) != 0 || !open_one(ctx, elf, &section, false, &one))
			continue;
		if (one.size < MOST_JOINED - ret->size)
			inq_packed_section_need(ctx, &one, one.size, one.size);
		ok = one.view.size < MOST_JOINED - ret->size && append(ret, &one.view);
		inq_packed_section_close(&one);
	}
	return ret->size > 0;
}

/* Goes on with the stream until `end` bytes are there. */
static bool go_on(struct inq_packed_section *section, uint64_t end)
{
	enum { MOST_STEP = 1 << 30 }; /* zlib counts in 32 bits */
	if (!section->state)
		section->state = section->ops->open();
	while (section->state && section->view.size < end) {
		struct inq_unpack_buffers buffers = section->left;
		uint64_t room = end - section->view.size;
		size_t given = buffers.in_size < MOST_STEP ? buffers.in_size : MOST_STEP;
		size_t offered = room < MOST_STEP ? room : MOST_STEP;
		buffers.in_size = given;
		buffers.out = section->unpacked + section->view.size;
		buffers.out_size = offered;
		enum inq_unpack_step result = section->ops->step(section->state, &buffers);
		section->view.size += offered - buffers.out_size;
		section->left.in = buffers.in;
		section->left.in_size -= given - buffers.in_size;
		bool stuck = buffers.in_size == given && buffers.out_size == offered;
		if (result != INQ_UNPACK_MORE || stuck)
			break;
	}
	return section->view.size >= end;
}

void inq_packed_section_need(struct inq_ctx *ctx, struct inq_packed_section *section, uint64_t end, uint64_t most)
{
	if (!section->unpacked || section->damaged || end <= section->view.size)
		return;
	if (end > most) {
		section->too_large = true;
		return;
	}
	/* The faster decoder knows only the whole: it takes about 0.4 of the usual one's time. */
	bool all = section->zlib && section->size <= most && (end - section->view.size) / 2 >= section->size / 5;
	if (all && inq_inflate_whole(&section->packed, section->unpacked, section->size)) {
		section->view.size = section->size;
		return;
	}
	end = section->size - end < STEP ? section->size : end + STEP;
	if (!go_on(section, end < most ? end : most))
		warn_damaged(ctx, section);
}

void inq_packed_section_close(struct inq_packed_section *section)
{
	if (section->state)
		section->ops->close(section->state);
	free(section->unpacked);
}
