/* What is filled into a struct inq_jvm out of the tables, one fact after the other. */
#ifndef INQ_JVM_VMSTRUCTS_FACTS_H
#define INQ_JVM_VMSTRUCTS_FACTS_H

#include "lib/jvm/vmstructs/vm.h"

#include <inquest/jvm.h>

/* A collector's heap: one file with one `const struct inq_vm_collector inq_vm_collector_NAME`, and its row in
 * collectors.def. */
struct inq_vm_collector {
	const char *name;  /* as in struct inq_jvm */
	const char *flags; /* that choose it: "UseParallelGC|UseParallelOldGC" */
	/* Fills heap, regions …; `heap` is the address of the CollectedHeap. */
	void (*read)(const struct inq_vm *vm, uint64_t heap, struct inq_jvm *ret);
};

/* flags.c: every flag of the JVM, in the arena. */
struct inq_vm_flags {
	struct inq_vm_flag {
		const char *name;
		const char *type; /* "bool", "intx", …; NULL for one that is not known */
		uint64_t address;
		unsigned origin;
	} * items;
	size_t count;
};
void inq_vm_flags_read(const struct inq_vm *vm, struct inq_vm_flags *ret);
/* The value of a number or a bool, of the first of several names that exists. */
bool inq_vm_flag(const struct inq_vm *vm, const struct inq_vm_flags *flags, const char *names, uint64_t *ret);
void inq_vm_fill_flags(const struct inq_vm *vm, const struct inq_vm_flags *flags, struct inq_jvm *ret);

/* version.c, encoding.c, code.c, classes.c, tables of the collectors (side.c), threads.c */
void inq_vm_fill_version(const struct inq_vm *vm, struct inq_jvm *ret);
void inq_vm_fill_encoding(const struct inq_vm *vm, const struct inq_vm_flags *flags, struct inq_jvm *ret);
void inq_vm_fill_code(const struct inq_vm *vm, const struct inq_vm_flags *flags, struct inq_jvm *ret);
void inq_vm_fill_classes(const struct inq_vm *vm, const struct inq_vm_flags *flags, struct inq_jvm *ret);
/* old_node.c: the node of metaspace that holds the address, in 8 to 15. */
bool inq_vm_old_node(const struct inq_vm *vm, uint64_t address, struct inq_jvm_area *ret);
void inq_vm_fill_side_tables(const struct inq_vm *vm, struct inq_jvm *ret);
void inq_vm_fill_threads(const struct inq_vm *vm, struct inq_jvm *ret);

/* area.c: an area with this range, what it reserves told, all else unknown; surely so, by this sentence. */
struct inq_jvm_area inq_vm_area(const struct inq_vm *vm, const char *name, uint64_t start, uint64_t end,
				const char *evidence);
/* Empty, reversed or larger than what is mapped between: not to be believed. */
bool inq_vm_believable(const struct inq_vm *vm, uint64_t start, uint64_t end);
/* Makes the areas the parts of `of`, in the order of their addresses. */
void inq_vm_set_parts(const struct inq_vm *vm, struct inq_jvm_area *of, const struct inq_jvm_area *parts, size_t count);
/* How many bytes between the addresses are mapped with any access: what is committed of a reservation. */
uint64_t inq_vm_accessible(const struct inq_vm *vm, uint64_t start, uint64_t end);
/* An embedded VirtualSpace (or PSVirtualSpace, by `prefix`): range and committed size. */
bool inq_vm_virtual_space(const struct inq_vm *vm, uint64_t at, const char *name, struct inq_jvm_area *ret);
/* A space with _bottom, _top and _end: range and used size. */
bool inq_vm_space(const struct inq_vm *vm, uint64_t at, const char *type, const char *name, struct inq_jvm_area *ret);
/* The reserved range of the heap, by CollectedHeap::_reserved: ret->heap. */
bool inq_vm_reserved_heap(const struct inq_vm *vm, uint64_t heap, struct inq_jvm *ret);
/* The heap out of its generations, which become its parts. */
void inq_vm_sum_generations(const struct inq_vm *vm, const struct inq_jvm_area *generations, size_t count,
			    struct inq_jvm *ret);

#endif
