/* Tables and rows that outlive an incident. */
#include "lib/unwind/cfi/known.h"

#include "lib/space/objects.h"

#include <stdlib.h>

enum { MOST_ROWS = 256 }; /* of an object: a batch meets few places again and again */

static void destroy(void *data)
{
	struct inq_cfi_known *known = data;
	inq_cfi_table_release(&known->table);
	inq_cfi_known_row_vec_release(&known->rows);
	free(known);
}

void inq_cfi_known_close(struct inq_cfi_known *known)
{
	if (known && !known->of_file)
		destroy(known);
}

/* A separate debug file may be gone with the names that it was opened for. */
static bool keep(void *data)
{
	struct inq_cfi_known *known = data;
	known->table.debug_opened = false;
	return !known->table.frames[1].section.bytes.size;
}

/* What a batch meets again is asked for before memory is looked at: the file has been found to be the one that is mapped. */
static struct inq_cfi_known *take(struct inq_space *space, struct inq_object *object, const struct inq_arch *arch)
{
	if (!space->cache || !inq_object_file(space, object))
		return NULL;
	struct inq_cfi_known *known = object->made[INQ_MADE_FRAMES].data;
	return known && known->arch == arch ? known : NULL;
}

struct inq_cfi_known *inq_cfi_known_open(struct inq_space *space, struct inq_object *object,
					 const struct inq_arch *arch)
{
	struct inq_cfi_known *known = take(space, object, arch);
	if (known)
		return known;
	known = inq_alloc(sizeof *known);
	if (!known)
		return NULL;
	known->arch = arch;
	bool of_file = inq_cfi_table_open(space, object, &known->table);
	struct inq_made *made = &object->made[INQ_MADE_FRAMES];
	known->of_file = of_file && space->cache && !made->data;
	if (known->of_file)
		*made = (struct inq_made) { .data = known, .keep = keep, .destroy = destroy };
	return known;
}

static size_t place_of(struct inq_cfi_known *known, uint64_t address)
{
	return inq_dense_place(&known->places, address, known->rows.count);
}

const struct inq_cfi_row *inq_cfi_known_row(struct inq_cfi_known *known, uint64_t address)
{
	if (!known->of_file)
		return NULL;
	size_t place = place_of(known, address);
	const struct inq_cfi_known_row *kept = place < known->rows.count ? &known->rows.items[place] : NULL;
	return kept && kept->address == address ? &kept->row : NULL;
}

void inq_cfi_known_keep(struct inq_cfi_known *known, uint64_t address, const struct inq_cfi_row *row)
{
	if (!known->of_file)
		return;
	size_t place = place_of(known, address);
	if (place == known->rows.count && (place == MOST_ROWS || !inq_cfi_known_row_vec_push(&known->rows)))
		return; /* looked up anew the next time */
	known->rows.items[place] = (struct inq_cfi_known_row) { .address = address, .row = *row };
}
