/* Whole JVMs for the tests, with the offsets that real builds export. */
#ifndef INQ_TESTS_VMJVMS_H
#define INQ_TESTS_VMJVMS_H

#include "tests/support/vmwriter.h"

/* JDK 25 (Temurin 25.0.3, Linux x86_64), Serial: young 0xe0000000 to 0xf0000000 with 64 MiB committed, old to 0x100000000
 * with 128 MiB committed; one code heap, a Java thread, the card table. */
void vmwriter_serial_25(struct vmwriter *w);
/* The same release, G1 with regions of 1 MiB: free, eden, survivor, humongous, humongous, old, and one given back. */
void vmwriter_g1_25(struct vmwriter *w);
/* JDK 8: the names of that release, at offsets of our own; Serial, whose generations hang in an array; a class
 * in the class space of 1 GiB behind the heap, of which 512 KiB are committed. */
void vmwriter_serial_8(struct vmwriter *w);
/* JDK 21, ZGC without generations, which is called X there: 512 MiB at most, 128 MiB committed, a page of 6 MiB in use. The fields of
 * ZGC with generations are there, too, and lead nowhere. */
void vmwriter_z_21(struct vmwriter *w);
/* JDK 28, Parallel: one virtual space for both generations, which nothing describes. Old from 0xe0000000 on with 64 MiB, young
 * from 0xf0000000 on with 128 MiB. */
void vmwriter_parallel_28(struct vmwriter *w);

#endif
