/* Places that were looked up before: the crashes of one bug ask for the same few addresses of an object, core after core, and
 * reading debug information for each takes longer than all else that a name needs. */
#ifndef INQ_SYMBOL_KNOWN_PLACES_H
#define INQ_SYMBOL_KNOWN_PLACES_H

#include "lib/symbol/symbol.h"

#include "lib/base/arena.h"

struct inq_known_places;

/* Belongs to the arena, which must be that of the debug information; NULL without memory. */
struct inq_known_places *inq_known_places_create(struct inq_arena *arena);

/* False when they are not known, or are more than `most`. */
bool inq_known_places_get(const struct inq_known_places *known, uint64_t address, struct inq_symbol_place *ret,
			  size_t most, size_t *count);
/* All places of the address; of many none is kept. */
void inq_known_places_put(struct inq_known_places *known, uint64_t address, const struct inq_symbol_place *places,
			  size_t count);

#endif
