/* ELF images in memory. */
#include "lib/space/image.h"

#include "lib/elf/dynamic.h"

enum { PAGE = 4096, LONGEST_SONAME = 256 };

/* The header lies in the segment that begins with the file; where that one was put tells where all are. */
static bool find_bias(const struct inq_elf *elf, uint64_t base, uint64_t *ret)
{
	struct inq_elf_segment segment;
	for (uint64_t i = 0; inq_elf_next_segment(elf, INQ_PT_LOAD, &i, &segment);) {
		if (segment.offset >= PAGE)
			continue;
		*ret = base - (segment.vaddr - segment.offset);
		return true;
	}
	uint64_t first;
	if (!inq_elf_first_vaddr(elf, &first))
		return false;
	*ret = base - first;
	return true;
}

static uint64_t find_end(const struct inq_elf *elf, uint64_t base, uint64_t bias)
{
	struct inq_elf_segment segment;
	uint64_t end = base;
	for (uint64_t i = 0; inq_elf_next_segment(elf, INQ_PT_LOAD, &i, &segment);) {
		uint64_t last;
		if (inq_add(bias + segment.vaddr, segment.memsz, &last) && last > end)
			end = last;
	}
	return end;
}

/* Most mappings do not, and then no more of them is read. */
static bool begins_like_elf(struct inq_space *space, const struct inq_mapping *mapping)
{
	const uint8_t *begin = mapping->data_size ? inq_space_peek(space, mapping->start, INQ_ELF_MAGIC, NULL) : NULL;
	return begin && inq_elf_is_magic(begin);
}

bool inq_image_open(struct inq_space *space, const struct inq_mapping *mapping, struct inq_image *ret)
{
	struct inq_view bytes;
	struct inq_image image = { .base = mapping->start };
	if (!begins_like_elf(space, mapping) ||
	    !inq_space_view_from(space, mapping->start, mapping->end - mapping->start, &bytes) ||
	    !inq_elf_open(&bytes, &image.elf))
		return false;
	if ((image.elf.type != INQ_ET_EXEC && image.elf.type != INQ_ET_DYN) ||
	    !find_bias(&image.elf, image.base, &image.bias))
		return false;
	image.end = find_end(&image.elf, image.base, image.bias);
	*ret = image;
	return true;
}

bool inq_image_dynamic(struct inq_space *space, const struct inq_image *image, struct inq_view *ret)
{
	struct inq_elf_segment dynamic;
	if (!inq_elf_find_segment(&image->elf, INQ_PT_DYNAMIC, &dynamic))
		return false;
	uint64_t size = inq_elf_dynamic_size(&dynamic);
	if (!inq_space_view_from(space, image->bias + dynamic.vaddr, size, ret))
		return false;
	ret->word = image->elf.view.word;
	ret->big = image->elf.view.big;
	return true;
}

uint64_t inq_image_pointer(const struct inq_image *image, uint64_t value)
{
	return value >= image->base && value < image->end ? value : image->bias + value;
}

const char *inq_image_soname(struct inq_space *space, const struct inq_image *image)
{
	struct inq_view dynamic;
	uint64_t strings, name;
	if (!inq_image_dynamic(space, image, &dynamic) || !inq_elf_dynamic(&dynamic, INQ_DT_STRTAB, &strings) ||
	    !inq_elf_dynamic(&dynamic, INQ_DT_SONAME, &name))
		return NULL;
	const char *soname = inq_space_string(space, inq_image_pointer(image, strings) + name, LONGEST_SONAME);
	return soname && *soname ? soname : NULL;
}
