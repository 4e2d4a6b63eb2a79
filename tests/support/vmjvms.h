/* Whole JVMs for the tests, with the offsets that real builds export. */
#ifndef INQ_TESTS_VMJVMS_H
#define INQ_TESTS_VMJVMS_H

#include "tests/support/vmwriter.h"

/* JDK 25 (Temurin 25.0.3, Linux x86_64), Serial: young 0xe0000000 to 0xf0000000 with 64 MiB committed, old to 0x100000000
 * with 128 MiB committed; one code heap, a Java thread, the card table. */
void vmwriter_serial_25(struct vmwriter *w);
/* The same release, G1 with regions of 1 MiB: free, eden, survivor, humongous, humongous, old, and one given back. */
void vmwriter_g1_25(struct vmwriter *w);
/* JDK 8: the names of that release, at offsets of our own; Serial, whose generations hang in an array. */
void vmwriter_serial_8(struct vmwriter *w);

#endif
