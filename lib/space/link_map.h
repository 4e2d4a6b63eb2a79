/* The run-time linker's list of what it loaded: AT_PHDR → PT_DYNAMIC → DT_DEBUG → r_debug → link_map.
 * Facts: glibc <link.h>, illumos <sys/link.h>, gABI "Dynamic Section". */
#ifndef INQ_SPACE_LINK_MAP_H
#define INQ_SPACE_LINK_MAP_H

#include "lib/space/model.h"

struct inq_link {
	uint64_t at;	  /* address of the record itself */
	uint64_t addr;	  /* l_addr: the load bias (FreeBSD: the load base) */
	uint64_t ld;	  /* l_ld: address of its dynamic section */
	const char *name; /* l_name; "" for the executable */
};

INQ_VEC(inq_link_vec, struct inq_link)

/* Appends the entries that memory holds; none is not an error. A list that breaks off or runs in a circle gives what came
 * before, with a warning. */
enum inq_status inq_link_map_read(struct inq_space *space, struct inq_link_vec *ret);

#endif
