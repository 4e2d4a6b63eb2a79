/* A table by address; of two that fall on one slot the later one stays. */
#include "lib/symbol/known_places.h"

#include <string.h>

enum { SLOTS = 256, MOST_PLACES = 4 };

struct slot {
	uint64_t address;
	size_t count;
	bool used;
	struct inq_symbol_place places[MOST_PLACES];
};

struct inq_known_places {
	struct slot slots[SLOTS];
};

struct inq_known_places *inq_known_places_create(struct inq_arena *arena)
{
	return inq_arena_alloc(arena, sizeof(struct inq_known_places));
}

/* Addresses in code differ in their low bits. */
static size_t slot_of(uint64_t address)
{
	return (address ^ address >> 8) % SLOTS;
}

bool inq_known_places_get(const struct inq_known_places *known, uint64_t address, struct inq_symbol_place *ret,
			  size_t most, size_t *count)
{
	const struct slot *slot = &known->slots[slot_of(address)];
	if (!slot->used || slot->address != address || slot->count > most)
		return false;
	*count = slot->count;
	memcpy(ret, slot->places, slot->count * sizeof *ret);
	return true;
}

void inq_known_places_put(struct inq_known_places *known, uint64_t address, const struct inq_symbol_place *places,
			  size_t count)
{
	struct slot *slot = &known->slots[slot_of(address)];
	if (count > MOST_PLACES)
		return;
	*slot = (struct slot) { .address = address, .count = count, .used = true };
	memcpy(slot->places, places, count * sizeof *places);
}
