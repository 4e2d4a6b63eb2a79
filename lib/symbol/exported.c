/* What a file exports under a name, by the hash table that the dynamic loader looks in. Source: GNU binutils, bfd/elflink.c
 * (elf_renumber_gnu_hash_syms); glibc, elf/dl-lookup.c (do_lookup_x). */
#include "lib/symbol/names.h"

#include <elf.h>

/* Four words; a filter of `filter` machine words; the buckets: the first symbol of each; the hash of each symbol from `first`
 * on, with its lowest bit set in the last one of a bucket. */
struct hash_table {
	struct inq_view bytes;
	uint64_t buckets, first, buckets_at, hashes_at;
	struct inq_symbol_table symbols;
};

static bool read_header(const struct inq_elf *elf, struct hash_table *table)
{
	enum { HEADER = 16 };
	const struct inq_view *bytes = &table->bytes;
	uint64_t filter = inq_view_get(bytes, 8, 4);
	table->buckets = inq_view_get(bytes, 0, 4);
	table->first = inq_view_get(bytes, 4, 4);
	table->buckets_at = HEADER + filter * elf->bits / 8;
	table->hashes_at = table->buckets_at + 4 * table->buckets;
	return table->buckets && table->hashes_at <= bytes->size;
}

static bool open_table(struct inq_ctx *ctx, const struct inq_elf *elf, struct hash_table *ret)
{
	struct inq_elf_section section;
	*ret = (struct hash_table) { 0 };
	for (uint64_t i = 0; inq_elf_section(elf, i, &section); i++)
		if (section.type == SHT_GNU_HASH)
			return inq_view_slice(&elf->view, section.offset, section.size, &ret->bytes) &&
			       read_header(elf, ret) && inq_table_open_section(ctx, elf, section.link, &ret->symbols);
	return false;
}

static uint32_t hash_of(const char *name, size_t length)
{
	uint32_t hash = 5381;
	for (size_t i = 0; i < length; i++)
		hash = hash * 33 + (unsigned char)name[i];
	return hash;
}

static void find(const struct hash_table *table, const char *name, size_t length, struct inq_symbol_entry *best)
{
	uint64_t hash = hash_of(name, length), one = 0;
	uint64_t i = inq_view_get(&table->bytes, table->buckets_at + 4 * (hash % table->buckets), 4);
	for (; i >= table->first && i < table->symbols.count && !(one & 1); i++) {
		if (!inq_view_at(&table->bytes, table->hashes_at + 4 * (i - table->first), 4, &one))
			return;
		if ((one | 1) == (hash | 1))
			inq_table_consider_named(&table->symbols, i, name, length, best);
	}
}

bool inq_exported_find(struct inq_ctx *ctx, const struct inq_elf *elf, const char *name, size_t length, uint64_t *ret)
{
	struct hash_table table;
	struct inq_symbol_entry best = { 0 };
	if (open_table(ctx, elf, &table)) {
		inq_table_find_descriptors(elf, &table.symbols);
		find(&table, name, length, &best);
	}
	*ret = best.value;
	inq_table_release(&table.symbols);
	return best.name != NULL;
}
