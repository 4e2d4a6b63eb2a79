/* Symbols of an image that the core itself holds: the vdso, and libraries that were dumped with their text (a JVM's core,
 * gcore with all filters, Solaris). Only the dynamic symbols are loaded; how many there are only the hash tables tell.
 * Facts: gABI "Hash Table"; DT_GNU_HASH: glibc's dl-lookup.c and the linkers. */
#include "lib/elf/dynamic.h"
#include "lib/space/image.h"
#include "lib/symbol/names.h"

#include <inquest/report.h>

#include <elf.h>

/* Local functions of Solaris' run-time symbol table: illumos <sys/link.h>. */
enum { DT_SUNW_SYMTAB = 0x60000011, DT_SUNW_SYMSZ = 0x60000012 };

/* The whole of a dynamic table's bytes from its address on. */
static bool table_bytes(struct inq_space *space, const struct inq_image *image, const struct inq_view *dynamic,
			uint64_t tag, uint64_t limit, struct inq_view *ret)
{
	uint64_t value;
	if (!inq_elf_dynamic(dynamic, tag, &value) ||
	    !inq_space_view_from(space, inq_image_pointer(image, value), limit, ret))
		return false;
	ret->word = dynamic->word;
	ret->big = dynamic->big;
	return true;
}

/* nbucket, nchain: there is one chain entry for each symbol. Entries are words on 64-bit s390 and Alpha. */
static uint64_t count_by_hash(const struct inq_elf *elf, const struct inq_view *hash)
{
	bool wide = elf->bits == 64 && (elf->machine == EM_S390 || elf->machine == EM_ALPHA);
	return inq_view_get(hash, wide ? 8 : 4, wide ? 8 : 4);
}

/* The highest symbol that a bucket begins at, and from there the chain to its end, which bit 0 marks. */
static uint64_t count_by_gnu_hash(const struct inq_view *hash)
{
	uint64_t buckets = inq_view_get(hash, 0, 4), first = inq_view_get(hash, 4, 4), bloom = inq_view_get(hash, 8, 4);
	uint64_t at = 16 + bloom * hash->word, last = 0, value = 0;
	for (uint64_t i = 0; i < buckets && inq_view_at(hash, at + 4 * i, 4, &value); i++)
		if (value > last)
			last = value;
	if (last < first)
		return first;
	uint64_t chains = at + 4 * buckets;
	while (inq_view_at(hash, chains + 4 * (last - first), 4, &value)) {
		last++;
		if (value & 1)
			return last;
	}
	return 0; /* the end is not held */
}

static uint64_t count_symbols(struct inq_space *space, const struct inq_image *image, const struct inq_view *dynamic)
{
	struct inq_view hash;
	if (table_bytes(space, image, dynamic, INQ_DT_HASH, UINT64_MAX, &hash))
		return count_by_hash(&image->elf, &hash);
	if (table_bytes(space, image, dynamic, INQ_DT_GNU_HASH, UINT64_MAX, &hash))
		return count_by_gnu_hash(&hash);
	return 0;
}

/* Solaris loads the local functions too: they stand right before the dynamic symbols, and share their strings. */
static bool find_solaris_symbols(struct inq_space *space, const struct inq_image *image, const struct inq_view *dynamic,
				 struct inq_symbol_table *ret)
{
	uint64_t size;
	if (space->os != INQ_OS_SOLARIS || !inq_elf_dynamic(dynamic, DT_SUNW_SYMSZ, &size) ||
	    !table_bytes(space, image, dynamic, DT_SUNW_SYMTAB, size, &ret->symbols))
		return false;
	ret->count = ret->symbols.size / ret->entry_size;
	return ret->count > 1;
}

static bool find_symbols(struct inq_space *space, const struct inq_image *image, const struct inq_view *dynamic,
			 struct inq_symbol_table *ret)
{
	uint64_t size;
	ret->count = count_symbols(space, image, dynamic);
	return ret->count > 1 && inq_mul(ret->count, ret->entry_size, &size) &&
	       table_bytes(space, image, dynamic, INQ_DT_SYMTAB, size, &ret->symbols) && ret->symbols.size == size;
}

static bool open_image(struct inq_space *space, struct inq_object *object, struct inq_names *names,
		       struct inq_symbol_table *ret)
{
	(void)names;
	struct inq_image image;
	struct inq_view dynamic;
	uint64_t strings = 0;
	if (!inq_image_open(space, &space->mappings.items[object->first_mapping], &image) ||
	    !inq_image_dynamic(space, &image, &dynamic))
		return false;
	ret->elf = image.elf;
	ret->entry_size = image.elf.bits == 64 ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
	ret->level = INQ_SYMBOLS_DYNAMIC;
	inq_elf_dynamic(&dynamic, INQ_DT_STRSZ, &strings);
	return (find_solaris_symbols(space, &image, &dynamic, ret) || find_symbols(space, &image, &dynamic, ret)) &&
	       table_bytes(space, &image, &dynamic, INQ_DT_STRTAB, strings, &ret->strings);
}

const struct inq_symbol_source inq_symbol_source_from_core = { "from-core", true, true, open_image };
