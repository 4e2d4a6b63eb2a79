/* Contents of sections, compressed or not. */
#include "lib/symbol/contents.h"

#include "lib/elf/section.h"
#include "lib/io/unpack.h"
#include "lib/symbol/inflate_ops.h"

#include <elf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#ifndef ELFCOMPRESS_ZSTD
enum { ELFCOMPRESS_ZSTD = 2 }; /* gABI, since 2022 */
#endif

/* The largest browser's .debug_info has 2 GiB; zlib packs no tighter than 1032 to 1 (its technical details), zstd is held
 * to twenty times that. */
enum { ZLIB_RATIO = 1032, ZSTD_RATIO = 20 * ZLIB_RATIO };
static const uint64_t most_unpacked = UINT64_C(4) << 30;

const void *inq_open_module(struct inq_ctx *ctx, const struct inq_wanted_module *wanted)
{
	const char *why;
	const void *ops = inq_provider_open(wanted->name, wanted->kind, &why);
	if (ops)
		return ops;
	const char *text = inq_arena_printf(ctx->arena, "%s: the module %s.so is needed (%s); install the package %s",
					    wanted->what, wanted->name, why, wanted->package);
	if (!text) {
		inq_no_memory(ctx);
		return NULL;
	}
	for (size_t i = 0; i < ctx->warnings.count; i++)
		if (strstr(ctx->warnings.items[i], text))
			return NULL;
	inq_warn(ctx, INQ_PLACE_NONE, 0, "%s", text);
	return NULL;
}

const struct inq_unpack_ops *inq_section_decoder(struct inq_ctx *ctx, uint64_t type, uint64_t packed, uint64_t unpacked)
{
	static const struct inq_wanted_module zlib = { "unpack-gzip", INQ_PROVIDER_UNPACK,
						       "sections packed with zlib were not read", "zlib1g" };
	static const struct inq_wanted_module zstd = { "unpack-zstd", INQ_PROVIDER_UNPACK,
						       "sections packed with zstd were not read", "libzstd1" };
	uint64_t most;
	bool is_zlib = type == ELFCOMPRESS_ZLIB;
	if (!inq_mul(packed, is_zlib ? ZLIB_RATIO : ZSTD_RATIO, &most) || unpacked > most || unpacked > most_unpacked)
		return NULL;
	if (is_zlib)
		return inq_open_module(ctx, &zlib);
	return type == ELFCOMPRESS_ZSTD ? inq_open_module(ctx, &zstd) : NULL;
}

bool inq_inflate_whole(const struct inq_view *packed, uint8_t *ret, uint64_t size)
{
	enum { WORTH_IT = 64 << 10 }; /* less takes no longer than opening the module */
	const char *why;
	const struct inq_inflate_ops *ops =
		size < WORTH_IT ? NULL : inq_provider_open("inflate", INQ_PROVIDER_INFLATE, &why);
	return ops && ops->inflate(packed->data, packed->size, ret, size);
}

/* The module is for speed only: without it, or when it fails, the usual decoder has its turn. */
static uint8_t *inflate_fast(const struct inq_view *packed, uint64_t size)
{
	uint8_t *bytes = inq_alloc(size);
	if (bytes && inq_inflate_whole(packed, bytes, size))
		return bytes;
	free(bytes);
	return NULL;
}

/* What stands behind `header` bytes of the section, to `size` bytes. */
static bool unpack_body(struct inq_ctx *ctx, const struct inq_view *section, uint64_t type, uint64_t header,
			uint64_t size, struct inq_contents *ret)
{
	struct inq_view packed;
	if (section->size <= header || !size || !inq_view_slice(section, header, section->size - header, &packed))
		return false;
	const struct inq_unpack_ops *ops = inq_section_decoder(ctx, type, packed.size, size);
	if (!ops)
		return false;
	size_t unpacked = size;
	if (type == ELFCOMPRESS_ZLIB)
		ret->unpacked = inflate_fast(&packed, size);
	if (!ret->unpacked)
		ret->unpacked = inq_unpack_bytes(ops, packed.data, packed.size, size, size, &unpacked);
	ret->view = packed;
	ret->view.data = ret->unpacked;
	ret->view.size = unpacked;
	return ret->unpacked != NULL;
}

static bool unpack(struct inq_ctx *ctx, const struct inq_view *section, struct inq_contents *ret)
{
	bool wide = section->word == 8;
	uint64_t size;
	return inq_view_word_at(section, wide ? 8 : 4, &size) &&
	       unpack_body(ctx, section, inq_view_get(section, 0, 4), wide ? sizeof(Elf64_Chdr) : sizeof(Elf32_Chdr),
			   size, ret);
}

static void cannot_unpack(struct inq_ctx *ctx, const struct inq_elf_section *section)
{
	inq_warn(ctx, INQ_PLACE_OFFSET, section->offset,
		 "a compressed section of %" PRIu64 " bytes cannot be unpacked; it was not used", section->size);
}

bool inq_section_contents(struct inq_ctx *ctx, const struct inq_elf *elf, const struct inq_elf_section *section,
			  struct inq_contents *ret)
{
	*ret = (struct inq_contents) { 0 };
	if (section->type == SHT_NOBITS)
		return false;
	ret->view = inq_view_clip(&elf->view, section->offset, section->size);
	if (!(section->flags & SHF_COMPRESSED))
		return ret->view.size > 0;
	struct inq_view packed = ret->view;
	if (unpack(ctx, &packed, ret))
		return true;
	cannot_unpack(ctx, section);
	return false;
}

static bool zdebug_contents(struct inq_ctx *ctx, const struct inq_elf *elf, const char *name, struct inq_contents *ret)
{
	static const char magic[] = { 'Z', 'L', 'I', 'B' };
	enum { HEADER = sizeof magic + 8 };
	char full[32];
	struct inq_elf_section section;
	snprintf(full, sizeof full, ".zdebug_%s", name);
	if (!inq_elf_find_section(elf, full, &section))
		return false;
	struct inq_view packed = inq_view_clip(&elf->view, section.offset, section.size);
	if (packed.size > HEADER && memcmp(packed.data, magic, sizeof magic) == 0 &&
	    unpack_body(ctx, &packed, ELFCOMPRESS_ZLIB, HEADER, inq_load64(packed.data + sizeof magic, true), ret))
		return true;
	cannot_unpack(ctx, &section);
	return false;
}

bool inq_debug_contents(struct inq_ctx *ctx, const struct inq_elf *elf, const char *name, struct inq_contents *ret)
{
	char full[32];
	struct inq_elf_section section;
	*ret = (struct inq_contents) { 0 };
	snprintf(full, sizeof full, ".debug_%s", name);
	if (inq_elf_find_section(elf, full, &section))
		return inq_section_contents(ctx, elf, &section, ret);
	return zdebug_contents(ctx, elf, name, ret);
}
