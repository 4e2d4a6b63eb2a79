/* What is wrong with the heap of a process whose allocator gave up or crashed. */
#ifndef INQ_DIAGNOSE_HEAP_DAMAGE_H
#define INQ_DIAGNOSE_HEAP_DAMAGE_H

#include "lib/diagnose/cause.h"

/* Adds to the evidence where the heap is damaged, and the block below, which an overrun came from. */
void inq_find_heap_damage(const struct inq_case *crash, struct inq_finding *ret);

/* True when the fault is in the allocator itself (causes/in_allocator.c). */
bool inq_is_in_allocator(const struct inq_case *crash);

#endif
