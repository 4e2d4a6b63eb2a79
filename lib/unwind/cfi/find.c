/* The call-frame entry of an address: by the linker's search table, or by an index of our own. */
#include "lib/unwind/cfi/table.h"

#include <stdlib.h>

/* Entry `index` of the search table: address of a function, or (`which` 1) of its FDE. */
static uint64_t search_entry(const struct inq_cfi_table *table, uint64_t data_base, uint64_t index, unsigned which)
{
	unsigned size = inq_cfi_form_size(table->search_encoding, table->search.word);
	struct inq_cursor reader = { .bytes = table->search, .at = (2 * index + which) * size };
	struct inq_cfi_bases bases = { .place = table->search.origin, .data = data_base };
	return inq_cfi_pointer(&reader, table->search_encoding, &bases);
}

static bool find_by_table(const struct inq_cfi_table *table, uint64_t address, struct inq_cfi_fde *ret)
{
	const struct inq_cfi_section *section = &table->frames[0].section;
	uint64_t base = section->data_base, low = 0;
	uint64_t high = table->search.size / (2 * inq_cfi_form_size(table->search_encoding, table->search.word));
	while (low < high) {
		uint64_t middle = low + (high - low) / 2;
		if (search_entry(table, base, middle, 0) <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low)
		return false;
	uint64_t place = search_entry(table, base, low - 1, 1);
	return place >= section->address && inq_cfi_fde_at(section, place - section->address, ret) &&
	       address >= ret->start && address < ret->end;
}

static int by_start(const void *a, const void *b)
{
	const struct inq_cfi_range *one = a, *other = b;
	if (one->start != other->start)
		return one->start < other->start ? -1 : 1;
	return one->offset < other->offset ? -1 : one->offset > other->offset;
}

/* Functions that the linker threw away keep an entry at address 0 or with no size; they are left out. */
static bool is_alive(const struct inq_cfi_fde *fde)
{
	return fde->start != 0 && fde->end > fde->start;
}

static enum inq_status make_index(struct inq_ctx *ctx, struct inq_cfi_source *source)
{
	const struct inq_cfi_section *section = &source->section;
	struct inq_cfi_cie cie;
	uint64_t cie_offset = INQ_UNKNOWN;
	bool cie_good = false;
	struct inq_cfi_fde fde;
	struct inq_cfi_entry entry;
	source->indexed = true;
	for (uint64_t at = 0; (entry = inq_cfi_entry_at(section, at)).what > INQ_CFI_END && entry.next > at;
	     at = entry.next) {
		if (entry.what != INQ_CFI_IS_FDE)
			continue;
		if (entry.cie_offset != cie_offset)
			cie_good = inq_cfi_cie_at(section, entry.cie_offset, &cie);
		cie_offset = entry.cie_offset;
		if (!cie_good || !inq_cfi_fde_of(section, entry, &cie, &fde) || !is_alive(&fde))
			continue;
		struct inq_cfi_range *range = inq_cfi_index_push(&source->index);
		if (!range)
			return inq_no_memory(ctx);
		*range = (struct inq_cfi_range) { fde.start, fde.end, at };
	}
	if (source->index.count)
		qsort(source->index.items, source->index.count, sizeof *source->index.items, by_start);
	return INQ_OK;
}

static bool find_by_index(struct inq_ctx *ctx, struct inq_cfi_source *source, uint64_t address, struct inq_cfi_fde *ret)
{
	if (!source->indexed && source->section.bytes.size) /* it may come later, see inq_cfi_open_debug */
		make_index(ctx, source);
	size_t low = 0, high = source->index.count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (source->index.items[middle].start <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low && address < source->index.items[low - 1].end &&
	       inq_cfi_fde_at(&source->section, source->index.items[low - 1].offset, ret);
}

bool inq_cfi_find(struct inq_ctx *ctx, struct inq_cfi_table *table, uint64_t address, struct inq_cfi_fde *ret)
{
	if (table->search.size && find_by_table(table, address, ret))
		return true;
	if (!table->search.size && find_by_index(ctx, &table->frames[0], address, ret))
		return true;
	return find_by_index(ctx, &table->frames[1], address, ret);
}
