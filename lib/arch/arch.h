/* Processors: one row each. A row names the registers in the order that threads keep them, and which of them are the
 * program counter, stack pointer, frame pointer and link register.
 *
 * A new processor: 1. lib/arch/NAME.c with one `const struct inq_arch inq_arch_NAME`; 2. its row in archs.def. What a
 * core file of some system puts where is the business of formats/core/layouts.c, not of this table. */
#ifndef INQ_ARCH_ARCH_H
#define INQ_ARCH_ARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { INQ_NO_REGISTER = 0xff, INQ_MAX_REGISTERS = 64 };

enum { INQ_ARCH_NAME = 12 };

struct inq_arch_register {
	char name[INQ_ARCH_NAME]; /* as the processor's manual writes it, lower case; zeros behind it */
	int dwarf;		  /* number in the ABI's DWARF table; -1 none */
};

/* The registers that floating-point numbers are passed in, one behind the other as the system's note of such registers
 * (NT_FPREGSET, NT_PRFPREG) has them. */
struct inq_arch_vectors {
	uint16_t dwarf, count; /* the first one's number; how many */
	uint16_t offset;       /* of the first, in bytes */
	uint8_t size;	       /* of one */
};

/* What a function that keeps a frame pointer leaves on the stack: counted in words from the frame pointer. */
struct inq_frame_record {
	int8_t saved_fp, saved_pc;
	int8_t caller_sp;
	bool sp_exact; /* the caller's stack pointer is there; false: it is there or above */
};

/* How a processor's functions link their frames without a register for it. */
enum inq_frame_chain {
	INQ_CHAIN_NONE,
	INQ_CHAIN_BACK,	  /* the word at the stack pointer is the caller's stack pointer, 0 in the first frame */
	INQ_CHAIN_OFTEN,  /* the same in code that is compiled to do so: 0 tells nothing */
	INQ_CHAIN_WINDOWS /* SPARC: the caller's registers are saved at its stack pointer */
};

struct inq_arch {
	const char *name;	/* "x86_64": what every output prints */
	uint16_t machine;	/* e_machine of the gABI */
	uint8_t bits;		/* 32 or 64: the ELF class; 0 either */
	uint8_t endian;		/* 1 little, 2 big, 0 either (EI_DATA of the gABI) */
	uint8_t pc, sp, fp, lr; /* indices into `registers`, or INQ_NO_REGISTER */
	uint8_t thread_pointer; /* likewise, of what the processor's TLS ABI finds a thread's own data by */
	uint64_t pc_mask;	/* bits of the pc that are an address: 0x7fffffff on 31-bit s390; 0 for all */
	uint64_t return_mask;	/* bits of a return address that are one: without the signature on AArch64; 0 for all */
	uint64_t preserved;	/* bit i: by the calling convention, registers[i] outlives a call */
	int16_t cfa_to_sp;	/* what the caller's stack pointer is from the canonical frame address */
	uint8_t return_skip;	/* bytes from the saved return address to where execution goes on (8 on SPARC) */
	uint8_t slot;		/* bytes of a register saved on the stack; 0: a word of the process */
	const struct inq_frame_record *frame_records; /* the kinds that compilers make, the usual one first */
	uint8_t frame_record_count;		      /* 0: functions keep none that could be followed */
	uint8_t chain;				      /* enum inq_frame_chain */
	uint8_t chain_pc; /* of a back chain: words from the caller's stack pointer to the return address */
	bool tls_below;	  /* the variables of threads lie below the thread pointer (variant II), else above */
	uint8_t register_count;
	const struct inq_arch_register *registers;
	struct inq_arch_vectors vectors; /* count 0: not known, or the systems differ */
};

/* The row of a machine, or NULL for an unknown one. */
const struct inq_arch *inq_arch_find(uint16_t machine, unsigned bits, bool big);
/* The row of that name ("x86_64"), or NULL. */
const struct inq_arch *inq_arch_by_name(const char *name);
/* The index of a register by name, or INQ_NO_REGISTER. */
uint8_t inq_arch_register_index(const struct inq_arch *arch, const char *name);
/* Where among the floating-point registers the one with that DWARF number is; INQ_NO_VECTOR when it is none of them. */
#define INQ_NO_VECTOR UINT64_MAX
uint64_t inq_arch_vector_offset(const struct inq_arch *arch, uint64_t dwarf);
/* A name for any e_machine, also of those that have no row: "m68k"; NULL when it is not known at all. */
const char *inq_machine_name(uint16_t machine, unsigned bits, bool big);

#endif
