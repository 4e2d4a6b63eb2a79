/* Whether the rows of a listing add up to the total that it prints. */
#ifndef INQ_FORMATS_MAPS_SUMS_H
#define INQ_FORMATS_MAPS_SUMS_H

#include "formats/maps/listing.h"

/* "702,100K" of a size in bytes. */
struct inq_kib {
	char text[32];
};
struct inq_kib inq_kib(uint64_t bytes);

/* Reads the numbers of a total line into listing->total. */
void inq_listing_take_total(struct inq_listing *listing, struct inq_span line);
/* Compares them with the rows; less than the total makes the artefact partial. */
void inq_listing_check_sums(struct inq_listing *listing);

#endif
