/* Makes the memory of a Java virtual machine by hand: an image of libjvm that exports the tables by which HotSpot describes
 * itself (gHotSpotVMStructs, …), with the fields, types and objects that a test needs.
 *
 *   struct vmwriter *w = vmwriter_create();
 *   uint64_t heap = vmwriter_alloc(w, 208);
 *   vmwriter_static(w, "Universe::_collectedHeap", "CollectedHeap*", 8, heap);
 *   vmwriter_field(w, "SerialHeap::_young_gen", "DefNewGeneration*", 112);
 *   vmwriter_put(w, heap + 112, 8, young);
 *   vmwriter_row(w, 0xe0000000, 0xf0000000, "rw-p", NULL);
 *   struct inq_space *space = vmwriter_finish(w);
 *   … inq_jvm_of(space) …
 *   vmwriter_destroy(w);  // and the space
 *
 * Words have 8 bytes, little-endian. The image is one mapping at VM_BASE. */
#ifndef INQ_TESTS_VMWRITER_H
#define INQ_TESTS_VMWRITER_H

#include "lib/space/build.h"

enum { VM_SIZE = 1 << 18 };
#define VM_BASE UINT64_C(0x7f0000000000)

struct vmwriter;

struct vmwriter *vmwriter_create(void);
void vmwriter_destroy(struct vmwriter *w);

/* Zeroed room in the image; its address. */
uint64_t vmwriter_alloc(struct vmwriter *w, size_t size);
uint64_t vmwriter_string(struct vmwriter *w, const char *string);
void vmwriter_put(struct vmwriter *w, uint64_t address, unsigned size, uint64_t value);

/* Rows of the tables. `name` is "Type::_field". */
void vmwriter_field(struct vmwriter *w, const char *name, const char *type, uint64_t offset);
/* A static field of `size` bytes that holds `value`; where it is. */
uint64_t vmwriter_static(struct vmwriter *w, const char *name, const char *type, unsigned size, uint64_t value);
void vmwriter_type(struct vmwriter *w, const char *name, const char *super, uint64_t size);
void vmwriter_constant(struct vmwriter *w, const char *name, uint64_t value);
/* A flag, in the array that JVMFlag::flags (since 9) or Flag::flags (8) points to. Types are those of JVMFlag::_type. */
void vmwriter_flag(struct vmwriter *w, const char *name, const char *type, uint64_t value, unsigned origin);
/* With flags of JDK 8, whose type is a name. */
void vmwriter_old_flags(struct vmwriter *w);

/* A row of the address map, of which the artefact holds nothing. */
void vmwriter_row(struct vmwriter *w, uint64_t start, uint64_t end, const char *permissions, const char *name);

/* Writes tables and ELF headers. Changes to the image after that are part of the core: bytes of VM_SIZE at VM_BASE. */
void vmwriter_seal(struct vmwriter *w);
uint8_t *vmwriter_bytes(struct vmwriter *w);
/* The space, with libjvm as its object; the caller destroys it before the writer. NULL when memory is out. */
struct inq_space *vmwriter_finish(struct vmwriter *w);
bool vmwriter_warned(const struct vmwriter *w, const char *text);

#endif
