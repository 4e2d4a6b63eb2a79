/* Look-ups in the dynamic section. */
#include "lib/elf/dynamic.h"

bool inq_elf_dynamic(const struct inq_view *dynamic, uint64_t tag, uint64_t *ret)
{
	uint64_t found, step = 2 * (uint64_t)dynamic->word;
	for (uint64_t at = 0; inq_view_word_at(dynamic, at, &found) && found != INQ_DT_NULL; at += step)
		if (found == tag)
			return inq_view_word_at(dynamic, at + dynamic->word, ret);
	return false;
}

uint64_t inq_elf_dynamic_size(const struct inq_elf_segment *dynamic)
{
	uint64_t size = dynamic->memsz ? dynamic->memsz : dynamic->filesz;
	return size < INQ_DYNAMIC_LIMIT ? size : INQ_DYNAMIC_LIMIT;
}
