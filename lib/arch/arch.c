/* The table of processors, and the look-ups in it. */
#include "lib/arch/arch.h"

#include <string.h>

#define INQ_ARCH(name) extern const struct inq_arch inq_arch_##name;
#include "lib/arch/archs.def"
#undef INQ_ARCH

static const struct inq_arch *const archs[] = {
#define INQ_ARCH(name) &inq_arch_##name,
#include "lib/arch/archs.def"
#undef INQ_ARCH
};

enum { ARCH_COUNT = sizeof archs / sizeof *archs };

const struct inq_arch *inq_arch_find(uint16_t machine, unsigned bits, bool big)
{
	for (size_t i = 0; i < ARCH_COUNT; i++) {
		const struct inq_arch *arch = archs[i];
		bool fits = arch->machine == machine && (!arch->bits || arch->bits == bits);
		if (fits && (!arch->endian || arch->endian == (big ? 2 : 1)))
			return arch;
	}
	return NULL;
}

const struct inq_arch *inq_arch_by_name(const char *name)
{
	for (size_t i = 0; i < ARCH_COUNT; i++)
		if (strcmp(archs[i]->name, name) == 0)
			return archs[i];
	return NULL;
}

uint8_t inq_arch_register_index(const struct inq_arch *arch, const char *name)
{
	for (uint8_t i = 0; i < arch->register_count; i++)
		if (arch->registers[i].name[0] == name[0] && strcmp(arch->registers[i].name, name) == 0)
			return i;
	return INQ_NO_REGISTER;
}

uint64_t inq_arch_vector_offset(const struct inq_arch *arch, uint64_t dwarf)
{
	const struct inq_arch_vectors *vectors = &arch->vectors;
	if (dwarf < vectors->dwarf || dwarf - vectors->dwarf >= vectors->count)
		return INQ_NO_VECTOR;
	return vectors->offset + (dwarf - vectors->dwarf) * vectors->size;
}
