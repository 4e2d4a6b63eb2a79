/* Foreign layouts as data: where each system's notes keep the state of a thread and of the process.
 *
 * A row is found by system, note type, machine and word size; among several of one machine the size of the note
 * decides (MIPS has two 32-bit ABIs). Sources of the figures: docs/formats/elf-core.md. */
#ifndef INQ_FORMATS_CORE_LAYOUTS_H
#define INQ_FORMATS_CORE_LAYOUTS_H

#include "lib/arch/order.h"
#include "lib/space/model.h"

enum { INQ_CORE_NOWHERE = 0xffff };

enum { /* e_machine of the gABI; Alpha's is what its Linux has always used */
       INQ_EM_SPARC = 2,
       INQ_EM_386 = 3,
       INQ_EM_MIPS = 8,
       INQ_EM_PARISC = 15,
       INQ_EM_SPARC32PLUS = 18,
       INQ_EM_PPC = 20,
       INQ_EM_PPC64 = 21,
       INQ_EM_S390 = 22,
       INQ_EM_ARM = 40,
       INQ_EM_SPARCV9 = 43,
       INQ_EM_X86_64 = 62,
       INQ_EM_AARCH64 = 183,
       INQ_EM_RISCV = 243,
       INQ_EM_ALPHA = 0x9026
};

/* One thread. */
struct inq_core_layout {
	enum inq_os os;
	uint32_t note;	  /* its type */
	uint16_t machine; /* 0: any */
	uint8_t bits;
	uint8_t slot;			   /* bytes of a register */
	uint16_t size;			   /* of the note; 0: not known */
	uint16_t signal, signal_size, tid; /* offsets, or INQ_CORE_NOWHERE */
	uint16_t info;			   /* a siginfo_t inside; INQ_CORE_NOWHERE */
	uint16_t blocked;		   /* the mask of signals, one word; 0: nowhere */
	uint16_t registers, fp, fp_size;
	const char *order; /* see lib/arch/order.h */
};

/* The process. */
struct inq_core_process_layout {
	enum inq_os os;
	uint32_t note;
	uint8_t bits; /* 0: both */
	uint8_t id_size;
	uint16_t size;
	uint16_t pid, ppid, uid, gid;
	uint16_t name, name_size, args, args_size, start;
	uint16_t signal, code, crashed; /* crashed: the thread that the signal was for */
};

const struct inq_core_layout *inq_core_layout_find(enum inq_os os, uint32_t note, const struct inq_machine *machine,
						   uint64_t size);
const struct inq_core_process_layout *inq_core_process_layout_find(enum inq_os os, uint32_t note, unsigned bits,
								   uint64_t size);

/* The rows one by one, for those that must know them all (tests): NULL after the last. */
const struct inq_core_layout *inq_core_layout_row(size_t index);
const struct inq_core_process_layout *inq_core_process_layout_row(size_t index);

/* Turns `order` into offsets and indices. False when it names a register that the processor does not have. */
bool inq_core_layout_slots(const struct inq_core_layout *layout, const struct inq_arch *arch,
			   struct inq_register_slots *ret);

#endif
