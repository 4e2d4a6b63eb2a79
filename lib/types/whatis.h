/* What a data address is: the static variable, and the member of it. */
#ifndef INQ_TYPES_WHATIS_H
#define INQ_TYPES_WHATIS_H

#include "lib/types/type.h"

struct inq_whatis {
	const char *path; /* "ring.slots[3].next"; "+0x2" behind it when the address is inside of that */
	const char *type; /* of what the path leads to */
};

/* False when no types of that variable are known, or it does not reach as far as the address. The result is in the arena. */
bool inq_whatis(struct inq_space *space, uint64_t address, struct inq_whatis *ret);

#endif
