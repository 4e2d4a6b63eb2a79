/* The exception index of 32-bit Arm (.ARM.exidx): for each function the instructions that undo its frame, in the entry
 * itself or in .ARM.extab. It is read where the process has it; what the artefact lacks comes from the matched file.
 * Facts: Exception Handling ABI for the Arm Architecture (ehabi32, IHI 0038), sections 6 and 7. */
#ifndef INQ_UNWIND_EHABI_INDEX_H
#define INQ_UNWIND_EHABI_INDEX_H

#include "lib/space/model.h"

/* Where numbers are read from, by address at run time. */
struct inq_ehabi_memory {
	bool (*read)(void *data, uint64_t address, unsigned size, uint64_t *ret);
	void *data;
};

/* Three bytes in the first word, and at most 255 words after it. */
enum { INQ_EHABI_MOST_CODE = 3 + 255 * 4 };

/* What the index says of one function. */
struct inq_ehabi_entry {
	uint64_t start, end; /* of the function; the end is where the next one begins */
	bool cannot_unwind;  /* EXIDX_CANTUNWIND: nothing is said of it */
	bool generic;	     /* of a language's own personality routine, whose data is taken to be as GCC's */
	uint16_t size;
	uint8_t code[INQ_EHABI_MOST_CODE];
};

struct inq_ehabi_index {
	uint64_t address; /* at run time */
	uint64_t count;	  /* of entries; 0: there is none */
	struct inq_ehabi_entry last;
};

/* Finds the index of an object by the program headers in memory or in its file, or by the file's sections. */
void inq_ehabi_open(struct inq_space *space, struct inq_object *object, struct inq_ehabi_index *ret);

/* The entry of the function that holds `address`, at index->last; false when there is none or it cannot be read. */
bool inq_ehabi_find(struct inq_ehabi_index *index, const struct inq_ehabi_memory *memory, uint64_t address);

#endif
