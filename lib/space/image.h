/* ELF images in the process's memory, as far as the artefact holds them: an executable, a library or the vdso, found by
 * the ELF header at the start of its first mapping. Facts: gABI chapter 5, "Program Loading". */
#ifndef INQ_SPACE_IMAGE_H
#define INQ_SPACE_IMAGE_H

#include "lib/elf/elf.h"
#include "lib/space/model.h"

struct inq_image {
	struct inq_elf elf; /* its view: the bytes of the first mapping that are held */
	uint64_t base;	    /* address of the ELF header */
	uint64_t bias;	    /* address at run time − address in the file */
	uint64_t end;	    /* first address after its highest PT_LOAD */
};

/* The image that begins where `mapping` begins. False without a held executable's or shared object's header and at least
 * one readable PT_LOAD. Reads no more than the headers, and only what the artefact itself holds. */
bool inq_image_open(struct inq_space *space, const struct inq_mapping *mapping, struct inq_image *ret);

/* The dynamic section in memory, where the run-time linker has filled in DT_DEBUG. */
bool inq_image_dynamic(struct inq_space *space, const struct inq_image *image, struct inq_view *ret);

/* The run-time address that a dynamic entry gives: glibc writes addresses over the file's values (dl_relocate), other
 * run-time linkers and the vdso leave them as they are. */
uint64_t inq_image_pointer(const struct inq_image *image, uint64_t value);

/* DT_SONAME, in the arena; NULL when there is none or its string is not held. */
const char *inq_image_soname(struct inq_space *space, const struct inq_image *image);

#endif
