/* Programs that unpack themselves: their code then lies in memory that belongs to no file. */
#ifndef INQ_DIAGNOSE_PACKED_H
#define INQ_DIAGNOSE_PACKED_H

#include "lib/space/model.h"

/* The mapping of a file whose first page says that UPX has packed it; NULL. */
const struct inq_mapping *inq_packed_mapping(struct inq_space *space);

#endif
