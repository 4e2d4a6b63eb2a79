/* The rows of a table by owner and name: open addressing, twice as many slots as rows. */
#include "lib/jvm/vmstructs/vm.h"

/* FNV-1a over both names. */
static uint64_t hash_of(const char *owner, size_t owner_length, const char *name, size_t name_length)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	for (size_t i = 0; i < owner_length; i++)
		hash = (hash ^ (uint8_t)owner[i]) * UINT64_C(0x100000001b3);
	for (size_t i = 0; i < name_length; i++)
		hash = (hash ^ (uint8_t)name[i]) * UINT64_C(0x100000001b3);
	return hash ^ hash >> 32;
}

static bool same(const char *text, const char *part, size_t length)
{
	return strncmp(text ? text : "", part, length) == 0 && (!text ? length == 0 : text[length] == '\0');
}

/* The slot of these names, or the free one where they would be. */
static size_t slot_of(const struct inq_vm_index *index, const char *owner, size_t owner_length, const char *name,
		      size_t name_length)
{
	size_t at = hash_of(owner, owner_length, name, name_length) & index->slot_mask;
	for (; index->slots[at]; at = (at + 1) & index->slot_mask) {
		const struct inq_vm_entry *entry = &index->entries[index->slots[at] - 1];
		if (same(entry->owner, owner, owner_length) && same(entry->name, name, name_length))
			break;
	}
	return at;
}

bool inq_vm_index_make(struct inq_ctx *ctx, struct inq_vm_index *index)
{
	size_t slots = 16;
	while (slots < 2 * index->count)
		slots *= 2;
	index->slots = inq_arena_array(ctx->arena, slots, sizeof *index->slots);
	index->slot_mask = slots - 1;
	if (!index->slots)
		return false;
	for (size_t i = 0; i < index->count; i++) {
		const struct inq_vm_entry *entry = &index->entries[i];
		const char *owner = entry->owner ? entry->owner : "";
		size_t at = slot_of(index, owner, strlen(owner), entry->name, strlen(entry->name));
		if (!index->slots[at]) /* of two equal rows the first counts */
			index->slots[at] = (uint32_t)i + 1;
	}
	return true;
}

const struct inq_vm_entry *inq_vm_index_find(const struct inq_vm_index *index, const char *owner, size_t owner_length,
					     const char *name, size_t name_length)
{
	if (!index->count)
		return NULL;
	size_t at = slot_of(index, owner, owner_length, name, name_length);
	return index->slots[at] ? &index->entries[index->slots[at] - 1] : NULL;
}
