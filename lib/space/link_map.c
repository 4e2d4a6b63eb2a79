/* Walks r_debug and link_map in the process's memory. Every pointer is untrusted: lists are bounded, and a circle is found
 * by comparing with an entry that is set anew after 1, 2, 4 … steps (Brent's method), which needs no table. */
#include "lib/space/link_map.h"

#include "lib/elf/dynamic.h"
#include "lib/space/image.h"

#include <inttypes.h>

enum {
	AT_PHDR = 3,
	AT_PHENT = 4,
	AT_PHNUM = 5,
	MOST_SEGMENTS = 1024,
	MOST_LINKS = 1 << 16,
	MOST_LISTS = 64, /* namespaces of dlmopen; glibc allows 16 */
	LONGEST_NAME = 4096
};

/* The program headers of the executable, as AT_PHDR shows them. */
static bool program_headers(struct inq_space *space, uint64_t at, struct inq_elf *ret)
{
	bool wide = space->machine.bits == 64;
	uint64_t size = inq_space_aux(space, AT_PHENT, wide ? 56 : 32);
	uint64_t count = inq_space_aux(space, AT_PHNUM, 0);
	*ret = (struct inq_elf) { .bits = wide ? 64 : 32, .phentsize = (uint16_t)size, .phnum = count };
	return size <= UINT16_MAX && count <= MOST_SEGMENTS && inq_space_view_from(space, at, size * count, &ret->view);
}

static bool find_dynamic(struct inq_space *space, struct inq_view *ret)
{
	uint64_t at = inq_space_aux(space, AT_PHDR, 0), bias;
	const struct inq_mapping *mapping = inq_space_mapping_at(space, at);
	struct inq_elf elf;
	struct inq_elf_segment headers, dynamic;
	struct inq_image image;
	if (!mapping || !program_headers(space, at, &elf) || !inq_elf_find_segment(&elf, INQ_PT_DYNAMIC, &dynamic))
		return false;
	if (inq_elf_find_segment(&elf, INQ_PT_PHDR, &headers))
		bias = at - headers.vaddr;
	else if (inq_image_open(space, mapping, &image))
		bias = image.bias;
	else
		return false;
	uint64_t size = inq_elf_dynamic_size(&dynamic);
	return inq_space_view_from(space, bias + dynamic.vaddr, size, ret);
}

static bool add_link(struct inq_space *space, uint64_t at, const struct inq_view *entry, struct inq_link_vec *ret)
{
	struct inq_link *link = inq_link_vec_push(ret);
	if (!link) {
		inq_no_memory(space->ctx);
		return false;
	}
	const char *name = inq_space_string(space, inq_view_get_word(entry, entry->word), LONGEST_NAME);
	link->at = at;
	link->addr = inq_view_get_word(entry, 0);
	link->name = name ? name : "";
	link->ld = inq_view_get_word(entry, 2 * (uint64_t)entry->word);
	return true;
}

/* One list, from its first link_map on. */
static void read_list(struct inq_space *space, uint64_t at, struct inq_link_vec *ret)
{
	uint64_t mark = 0, steps = 0, power = 1;
	while (at && ret->count < MOST_LINKS) {
		struct inq_view entry;
		if (!inq_space_view(space, at, 4 * (space->machine.bits == 32 ? 4 : 8), &entry)) {
			inq_warn(space->ctx, INQ_PLACE_NONE, 0,
				 "the run-time linker's list breaks off at address 0x%" PRIx64
				 ", which cannot be read; the %zu entries before it are used",
				 at, ret->count);
			return;
		}
		if (at == mark)
			break;
		if (++steps == power) {
			mark = at;
			power *= 2;
		}
		if (!add_link(space, at, &entry, ret))
			return;
		at = inq_view_get_word(&entry, 3 * (uint64_t)entry.word);
	}
	if (at)
		inq_warn(space->ctx, INQ_PLACE_NONE, 0,
			 "the run-time linker's list does not end: it comes back to address 0x%" PRIx64, at);
}

/* r_debug is: version, r_map, r_brk, r_state, r_ldbase, one word each, then glibc's r_next (of version 2 and up: another
 * namespace's r_debug) or Solaris' r_ldsomap (ld.so.1's own list). */
static void read_debug(struct inq_space *space, uint64_t at, struct inq_link_vec *ret)
{
	for (unsigned lists = 0; at && lists < MOST_LISTS; lists++) {
		struct inq_view debug;
		unsigned word = space->machine.bits == 32 ? 4 : 8;
		bool longer = inq_space_view(space, at, 6 * word, &debug);
		if (!longer && !inq_space_view(space, at, 2 * word, &debug))
			return;
		read_list(space, inq_view_get_word(&debug, word), ret);
		uint64_t version = inq_view_get(&debug, 0, 4), more = inq_view_get_word(&debug, 5 * (uint64_t)word);
		at = 0;
		if (space->os == INQ_OS_SOLARIS)
			read_list(space, more, ret);
		else if (space->os == INQ_OS_LINUX && version >= 2)
			at = more;
	}
}

enum inq_status inq_link_map_read(struct inq_space *space, struct inq_link_vec *ret)
{
	struct inq_view dynamic;
	uint64_t debug;
	if (find_dynamic(space, &dynamic) && inq_elf_dynamic(&dynamic, INQ_DT_DEBUG, &debug))
		read_debug(space, debug, ret);
	return space->ctx->no_memory ? INQ_NO_MEMORY : INQ_OK;
}
