/* Foreign layouts as data: where each system's notes keep the state of a thread and of the process.
 *
 * A row is found by system, note type, machine and word size; among several of one machine the one whose size is the
 * note's wins (MIPS has two 32-bit ABIs). Sources of the figures: docs/formats/elf-core.md. */
#ifndef INQ_FORMATS_CORE_LAYOUTS_H
#define INQ_FORMATS_CORE_LAYOUTS_H

#include "lib/arch/arch.h"
#include "lib/space/model.h"

enum { CORE_NOWHERE = 0xffff };

/* One thread. */
struct core_layout {
	enum inq_os os;
	uint32_t note;	  /* its type */
	uint16_t machine; /* 0: any */
	uint8_t bits;
	uint8_t slot;			   /* bytes of a register */
	uint16_t size;			   /* of the note; 0: not known */
	uint16_t signal, signal_size, tid; /* offsets, or CORE_NOWHERE */
	uint16_t info;			   /* a siginfo_t inside; CORE_NOWHERE */
	uint16_t registers, fp, fp_size;
	/* Names from archs, in the order of the note. "x:4" has 4 bytes instead of `slot`; "-" is skipped. */
	const char *order;
};

/* The process. */
struct core_process_layout {
	enum inq_os os;
	uint32_t note;
	uint8_t bits; /* 0: both */
	uint8_t id_size;
	uint16_t size;
	uint16_t pid, ppid, uid, gid;
	uint16_t name, name_size, args, args_size, start;
	uint16_t signal, code, crashed; /* crashed: the thread that the signal was for */
};

/* Where each register of one layout is. */
struct core_slot {
	uint16_t offset;
	uint8_t size, index;
};

struct core_slots {
	size_t count;
	struct core_slot items[INQ_MAX_REGISTERS];
};

const struct core_layout *core_layout_find(enum inq_os os, uint32_t note, const struct inq_machine *machine,
					   uint64_t size);
const struct core_process_layout *core_process_layout_find(enum inq_os os, uint32_t note, unsigned bits, uint64_t size);

/* The rows one by one, for those that must know them all (tests): NULL after the last. */
const struct core_layout *core_layout_row(size_t index);
const struct core_process_layout *core_process_layout_row(size_t index);

/* Turns `order` into offsets and indices. False when it names a register that the processor does not have. */
bool core_layout_slots(const struct core_layout *layout, const struct inq_arch *arch, struct core_slots *ret);

#endif
