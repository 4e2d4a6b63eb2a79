/* What the pmaps of Linux and Solaris have in common: title, columns, rows, total; and how to tell them apart. */
#ifndef INQ_FORMATS_MAPS_PMAP_H
#define INQ_FORMATS_MAPS_PMAP_H

#include "formats/maps/listing.h"

/* The lines of a pmap, for a grammar. */
enum inq_line inq_pmap_line(struct inq_listing *listing, struct inq_span line);

enum inq_pmap_kind { INQ_PMAP_NONE, INQ_PMAP_LINUX, INQ_PMAP_SOLARIS };

/* Whose pmap begins at the cursor's line: enum inq_pmap_kind. */
unsigned inq_pmap_kind(const struct inq_text *at);

#endif
