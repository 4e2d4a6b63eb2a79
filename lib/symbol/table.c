/* Entries of a symbol table, and the look-up that scans them. */
#include "lib/symbol/table.h"

#include <elf.h>
#include <stdlib.h>

enum {
	SCANS = 64, /* making the index takes as long as this many scans */
	PLAIN = 1,  /* look-ups that are not worth the grid, which takes as long as one or two scans */
	WORTH_KEEPING = 4096
};

/* Versions 1 of the 64-bit PowerPC ABI: a function's symbol is the address of a descriptor whose first word is the code. */
static uint64_t code_address(const struct inq_symbol_table *table, uint64_t value)
{
	uint64_t code;
	if (value < table->opd_address || !inq_view_at(&table->opd, value - table->opd_address, 8, &code) || !code)
		return value;
	return code;
}

static uint64_t plain_value(const struct inq_symbol_table *table, uint64_t value, unsigned type)
{
	if (type != STT_FUNC && type != STT_GNU_IFUNC)
		return value;
	if (table->elf.machine == EM_ARM)
		return value & ~1ULL;
	return table->opd.size ? code_address(table, value) : value;
}

static uint8_t rank_of(unsigned bind, unsigned type)
{
	unsigned binding = bind == STB_LOCAL ? 0 : bind == STB_WEAK ? 1 : 2;
	return (uint8_t)(2 * binding + (type != STT_NOTYPE));
}

bool inq_table_entry(const struct inq_symbol_table *table, uint64_t index, struct inq_symbol_entry *ret)
{
	const struct inq_view *v = &table->symbols;
	bool wide = v->word == 8;
	uint64_t at = index * table->entry_size; /* count × entry_size is no more than the view's size */
	if (index >= table->count || !inq_within(at, wide ? 24 : 16, v->size))
		return false;
	const uint8_t *p = v->data + at;
	unsigned info = p[wide ? 4 : 12], type = info & 15, section = inq_load16(p + (wide ? 6 : 14), v->big);
	if (type != STT_NOTYPE && type != STT_OBJECT && type != STT_FUNC && type != STT_GNU_IFUNC)
		return false;
	if (section == SHN_UNDEF || (section >= SHN_LORESERVE && section != SHN_XINDEX))
		return false;
	uint64_t value = wide ? inq_load64(p + 8, v->big) : inq_load32(p + 4, v->big);
	ret->value = plain_value(table, value, type);
	ret->thumb = table->elf.machine == EM_ARM && ret->value != value;
	ret->size = wide ? inq_load64(p + 16, v->big) : inq_load32(p + 8, v->big);
	ret->section = section == SHN_XINDEX ? 0 : section;
	ret->rank = rank_of(info >> 4, type);
	return true;
}

/* The assembler's marks of code and data: ELF for the Arm Architecture, AAELF64, RISC-V ELF psABI. */
static bool is_mark(const struct inq_symbol_table *table, const char *name)
{
	if (name[0] == '.' && name[1] == 'L')
		return true;
	if (name[0] != '$' || !name[1] || !strchr("xdat", name[1]))
		return false;
	bool arm = table->elf.machine == EM_ARM || table->elf.machine == EM_AARCH64;
	return table->elf.machine == EM_RISCV || (arm && (name[2] == '\0' || name[2] == '.'));
}

bool inq_table_name(const struct inq_symbol_table *table, uint64_t index, struct inq_symbol_entry *entry)
{
	uint64_t offset = inq_view_get(&table->symbols, index * table->entry_size, 4);
	const char *name = inq_view_string(&table->strings, offset, UINT64_MAX, &entry->length);
	if (!name || !entry->length || entry->length == table->strings.size - offset || is_mark(table, name))
		return false;
	const char *version = memchr(name + 1, '@', entry->length - 1);
	entry->name = name;
	entry->length = version ? (size_t)(version - name) : entry->length;
	return true;
}

bool inq_entry_better(const struct inq_symbol_entry *a, const struct inq_symbol_entry *b)
{
	bool a_inner = a->name[0] == '_', b_inner = b->name[0] == '_';
	if (a->rank != b->rank)
		return a->rank > b->rank;
	if (a_inner != b_inner)
		return b_inner;
	if (a->length != b->length)
		return a->length < b->length;
	return memcmp(a->name, b->name, a->length) < 0;
}

uint64_t inq_entry_section_end(const struct inq_symbol_table *table, const struct inq_symbol_entry *entry)
{
	struct inq_elf_section section;
	uint64_t end;
	if (!entry->section || !inq_elf_section(&table->elf, entry->section, &section) || entry->value < section.addr ||
	    !inq_add(section.addr, section.size, &end) || end < entry->value)
		return entry->value;
	return end;
}

static bool improves(const struct inq_symbol_entry *entry, const struct inq_symbol_entry *best)
{
	if (!best->name || entry->value != best->value)
		return !best->name || entry->value > best->value;
	return inq_entry_better(entry, best);
}

/* Two loads tell of nearly all entries that they do not hold the address, and most scans look at no more of the table. The
 * range is taken wider by the bit that some machines keep in the value. */
static bool is_near(const struct inq_symbol_table *table, uint64_t index, uint64_t address)
{
	uint64_t value, size;
	inq_table_range(table, index, &value, &size);
	return address - value <= size || table->opd.size;
}

static void consider(const struct inq_symbol_table *table, uint64_t index, uint64_t address,
		     struct inq_symbol_entry *best)
{
	struct inq_symbol_entry entry;
	if (is_near(table, index, address) && inq_table_entry(table, index, &entry) && entry.value <= address &&
	    address - entry.value < entry.size && inq_table_name(table, index, &entry) && improves(&entry, best))
		*best = entry;
}

/* The best sized entry that holds the address. */
static bool scan_sized(struct inq_symbol_table *table, uint64_t address, struct inq_symbol_entry *best)
{
	uint32_t lists[INQ_GRID_LISTS];
	*best = (struct inq_symbol_entry) { 0 };
	if (!table->grid.first) {
		for (uint64_t i = 0; i < table->count; i++)
			consider(table, i, address, best);
		table->looked_at += table->count;
		return best->name != NULL;
	}
	inq_grid_lists(&table->grid, address, lists);
	for (unsigned list = 0; list < INQ_GRID_LISTS; list++)
		for (uint32_t i = lists[list]; i; i = table->grid.next[i]) {
			consider(table, i, address, best);
			table->looked_at++;
		}
	return best->name != NULL;
}

/* Whether two loads tell that the entry makes no difference to scan_open: it begins above the address, or ends within what the
 * sized ones reach, or begins below the best one. */
static bool is_beside(const struct inq_symbol_table *table, uint64_t index, uint64_t address, uint64_t reached,
		      uint64_t open)
{
	uint64_t value, size, end;
	if (table->opd.size)
		return false;
	inq_table_range(table, index, &value, &size);
	if (value > address)
		return true;
	return size ? inq_add(value, size, &end) && end < reached : value + 1 < open;
}

/* The last zero-size one below the address, when it is in the same section and no sized one reaches between. */
static bool scan_open(struct inq_symbol_table *table, uint64_t address, struct inq_symbol_entry *open)
{
	struct inq_symbol_entry entry;
	uint64_t reached = 0; /* where the sized ones below the address end */
	*open = (struct inq_symbol_entry) { 0 };
	table->looked_at += table->count;
	for (uint64_t i = 0; i < table->count; i++) {
		if (is_beside(table, i, address, reached, open->value) || !inq_table_entry(table, i, &entry) ||
		    entry.value > address)
			continue;
		if (entry.size && address - entry.value >= entry.size && entry.value + entry.size > reached)
			reached = entry.value + entry.size;
		else if (!entry.size && entry.value >= open->value && address < inq_entry_section_end(table, &entry) &&
			 inq_table_name(table, i, &entry) && improves(&entry, open))
			*open = entry;
	}
	return open->name && open->value >= reached;
}

static bool scan(struct inq_ctx *ctx, struct inq_symbol_table *table, uint64_t address, struct inq_symbol_span *ret)
{
	struct inq_symbol_entry entry;
	if (!scan_sized(table, address, &entry) && !scan_open(table, address, &entry))
		return false;
	*ret = (struct inq_symbol_span) {
		.value = entry.value, .size = entry.size, .name = entry.name, .thumb = entry.thumb
	};
	if (entry.name[entry.length])
		ret->name = inq_arena_copy(ctx->arena, entry.name, entry.length);
	return ret->name != NULL;
}

/* Threads of a pool, registers and frames ask for the same few addresses again and again. */
static const struct inq_symbol_span *scan_once(struct inq_ctx *ctx, struct inq_symbol_table *table, uint64_t address)
{
	for (unsigned i = 0; i < INQ_TABLE_RECENT && i < table->lookups; i++)
		if (table->recent[i].address == address)
			return &table->recent[i].span;
	if (table->lookups == PLAIN)
		inq_grid_make(table);
	struct inq_symbol_recent *recent = &table->recent[table->lookups++ % INQ_TABLE_RECENT];
	*recent = (struct inq_symbol_recent) { .address = address };
	if (!scan(ctx, table, address, &recent->span))
		recent->span.name = NULL;
	return &recent->span;
}

/* Each attempt is made once: when it fails, scanning goes on. */
static void try_index(struct inq_ctx *ctx, struct inq_symbol_table *table)
{
	if (!table->cache_tried && table->folder && table->count >= WORTH_KEEPING) {
		table->cache_tried = true;
		inq_table_index_kept(ctx, table);
	} else if (!table->index_tried && table->looked_at / SCANS >= table->count) {
		table->index_tried = true;
		inq_table_index(table);
	}
}

bool inq_table_at(struct inq_ctx *ctx, struct inq_symbol_table *table, uint64_t address, struct inq_symbol_span *ret)
{
	if (!table->index)
		try_index(ctx, table);
	if (table->index && inq_index_at(ctx, table, address, ret))
		return true;
	if (table->index_made)
		return false;
	const struct inq_symbol_span *found = scan_once(ctx, table, address);
	if (found->name)
		*ret = *found;
	return found->name != NULL;
}

/* Whether the entry's name begins so: told before anything else is looked at, since nearly all do not. */
static bool begins_like(const struct inq_symbol_table *table, uint64_t index, const char *name, size_t length)
{
	const struct inq_view *v = &table->symbols;
	uint64_t at = index * table->entry_size;
	if (!inq_within(at, 4, v->size))
		return false;
	uint32_t offset = inq_load32(v->data + at, v->big);
	if (!length || !inq_within(offset, length, table->strings.size))
		return false;
	const char *string = (const char *)table->strings.data + offset;
	return string[0] == name[0] && memcmp(string, name, length) == 0;
}

void inq_table_consider_named(const struct inq_symbol_table *table, uint64_t index, const char *name, size_t length,
			      struct inq_symbol_entry *best)
{
	struct inq_symbol_entry entry;
	if (begins_like(table, index, name, length) && inq_table_entry(table, index, &entry) &&
	    (!best->name || entry.rank > best->rank) && inq_table_name(table, index, &entry) &&
	    entry.length == length && memcmp(entry.name, name, length) == 0)
		*best = entry;
}

bool inq_table_find(const struct inq_symbol_table *table, const char *name, size_t length, uint64_t *ret)
{
	struct inq_symbol_entry best = { 0 };
	for (uint64_t i = 0; i < table->count; i++)
		inq_table_consider_named(table, i, name, length, &best);
	*ret = best.value;
	return best.name != NULL;
}

void inq_table_release(struct inq_symbol_table *table)
{
	inq_index_release(table);
	inq_source_close(table->kept);
	inq_grid_release(&table->grid);
	for (size_t i = 0; i < sizeof table->unpacked / sizeof *table->unpacked; i++)
		free(table->unpacked[i]);
	*table = (struct inq_symbol_table) { 0 };
}
