/* Finding a function in the exception index, and reading its instructions. */
#include "lib/unwind/ehabi/index.h"

#include "lib/elf/dynamic.h"
#include "lib/elf/section.h"
#include "lib/space/image.h"
#include "lib/space/objects.h"

enum {
	PT_ARM_EXIDX = 0x70000001,
	SHT_ARM_EXIDX = 0x70000001,
	ENTRY_SIZE = 8,
	CANNOT_UNWIND = 1,
	MOST_ENTRIES = 1 << 24 /* more than there are functions in 32 bits of code */
};

static const uint64_t inline_mark = UINT64_C(1) << 31;

static void set_index(struct inq_ehabi_index *index, uint64_t address, uint64_t size)
{
	index->address = (uint32_t)address;
	index->count = size / ENTRY_SIZE < MOST_ENTRIES ? size / ENTRY_SIZE : MOST_ENTRIES;
}

static bool by_section(const struct inq_elf *elf, uint64_t bias, struct inq_ehabi_index *ret)
{
	struct inq_elf_section section;
	if (!inq_elf_find_section(elf, ".ARM.exidx", &section) || section.type != SHT_ARM_EXIDX)
		return false;
	set_index(ret, section.addr + bias, section.size);
	return true;
}

void inq_ehabi_open(struct inq_space *space, struct inq_object *object, struct inq_ehabi_index *ret)
{
	struct inq_image image;
	struct inq_elf_segment segment;
	struct inq_elf elf;
	*ret = (struct inq_ehabi_index) { 0 };
	if (inq_image_open(space, &space->mappings.items[object->first_mapping], &image) &&
	    inq_elf_find_segment(&image.elf, PT_ARM_EXIDX, &segment)) {
		set_index(ret, segment.vaddr + image.bias, segment.memsz);
		return;
	}
	const struct inq_source *file = inq_object_file(space, object);
	if (!file || object->load_bias == INQ_UNKNOWN ||
	    !inq_elf_open(&(struct inq_view) { .data = file->data, .size = file->size }, &elf))
		return;
	if (inq_elf_find_segment(&elf, PT_ARM_EXIDX, &segment))
		set_index(ret, segment.vaddr + object->load_bias, segment.memsz);
	else
		by_section(&elf, object->load_bias, ret);
}

static bool read_word(const struct inq_ehabi_memory *memory, uint64_t address, uint64_t *ret)
{
	return memory->read(memory->data, (uint32_t)address, 4, ret);
}

/* A word whose low 31 bits are a signed distance from where it stands. */
static uint64_t prel31(uint64_t place, uint64_t word)
{
	return (uint32_t)(place + (uint64_t)((int64_t)(word << 33) >> 33));
}

static bool function_at(const struct inq_ehabi_index *index, const struct inq_ehabi_memory *memory, uint64_t i,
			uint64_t *ret)
{
	uint64_t word, place = index->address + i * ENTRY_SIZE;
	if (!read_word(memory, place, &word) || (word & inline_mark))
		return false;
	*ret = prel31(place, word);
	return true;
}

static void put_bytes(struct inq_ehabi_entry *entry, uint64_t word, unsigned count)
{
	while (count--)
		entry->code[entry->size++] = (uint8_t)(word >> 8 * count);
}

/* `first` stands at `place`, and its low `count` bytes are instructions; then come `words` of them. */
static bool read_code(struct inq_ehabi_entry *entry, const struct inq_ehabi_memory *memory, uint64_t place,
		      uint64_t first, unsigned count, uint64_t words)
{
	uint64_t word;
	entry->size = 0;
	put_bytes(entry, first, count);
	for (uint64_t i = 1; i <= words; i++) {
		if (!read_word(memory, place + 4 * i, &word))
			return false;
		put_bytes(entry, word, 4);
	}
	return true;
}

/* The compact models, by number: 0 has three bytes; 1 and 2 have two and tell how many words follow. */
static bool read_compact(struct inq_ehabi_entry *entry, const struct inq_ehabi_memory *memory, uint64_t place,
			 uint64_t word)
{
	unsigned model = word >> 24 & 0x7f;
	if (model == 0)
		return read_code(entry, memory, place, word, 3, 0);
	return model <= 2 && read_code(entry, memory, place, word, 2, word >> 16 & 0xff);
}

/* A personality routine's address, then what GCC's routines have: a count of words, and three bytes. */
static bool read_generic(struct inq_ehabi_entry *entry, const struct inq_ehabi_memory *memory, uint64_t place)
{
	uint64_t word;
	entry->generic = true;
	return read_word(memory, place + 4, &word) && read_code(entry, memory, place + 4, word, 3, word >> 24);
}

/* The second word of an entry of the index, which stands at `place`. */
static bool read_entry(struct inq_ehabi_entry *entry, const struct inq_ehabi_memory *memory, uint64_t place)
{
	uint64_t word, table;
	if (!read_word(memory, place, &word))
		return false;
	entry->cannot_unwind = word == CANNOT_UNWIND;
	if (entry->cannot_unwind)
		return true;
	if (word & inline_mark)
		return read_compact(entry, memory, place, word);
	table = prel31(place, word);
	if (!read_word(memory, table, &word))
		return false;
	return word & inline_mark ? read_compact(entry, memory, table, word) : read_generic(entry, memory, table);
}

bool inq_ehabi_find(struct inq_ehabi_index *index, const struct inq_ehabi_memory *memory, uint64_t address)
{
	struct inq_ehabi_entry *entry = &index->last;
	uint64_t low = 0, high = index->count, start;
	if (address >= entry->start && address < entry->end)
		return true;
	while (low < high) {
		uint64_t middle = low + (high - low) / 2;
		if (!function_at(index, memory, middle, &start))
			return false;
		if (start <= address)
			low = middle + 1;
		else
			high = middle;
	}
	*entry = (struct inq_ehabi_entry) { 0 };
	if (!low || !function_at(index, memory, low - 1, &start) ||
	    !read_entry(entry, memory, index->address + (low - 1) * ENTRY_SIZE + 4))
		return false;
	if (low == index->count || !function_at(index, memory, low, &entry->end))
		entry->end = address + 1;
	entry->start = start;
	return true;
}
