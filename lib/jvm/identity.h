/* Which JVM this is, by what is mapped and written: kind, version, variant. */
#ifndef INQ_JVM_IDENTITY_H
#define INQ_JVM_IDENTITY_H

#include "lib/space/model.h"

struct inq_jvm_identity {
	const char *kind;    /* "hotspot", "openj9", "native-image"; NULL: no sign of a JVM */
	const char *sign;    /* what shows it: "libjvm.so is mapped" */
	const char *version; /* as written where it was found; NULL */
	const char *version_from;
	unsigned major;		    /* 0 unknown */
	unsigned at_least, at_most; /* bounds by files, where the version itself is not told; 0, UINT_MAX */
	bool server, client;	    /* by libjvm's folder */
};

void inq_jvm_identify(struct inq_space *space, struct inq_jvm_identity *ret);

/* native_image.c: the reservation in which a native image has its heap; false when there is none. */
bool inq_native_image_heap(const struct inq_space *space, uint64_t *start, uint64_t *end);

/* The major version of "1.4.2_17", "17.0.15+6", "8u292", "25.262-b10" (HotSpot's own numbers up to 8 end in -bNN); 0
 * when there is none. */
unsigned inq_jvm_major(const char *version);

#endif
