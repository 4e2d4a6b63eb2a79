/* Finds main_arena: by its symbol where there is one, else by the 127 list heads in it.
 *
 * An empty bin points to a place two words before itself, so an arena shows as a long run of such pairs. The run does not
 * tell where the arena begins (the pattern is the same two words further on): that the chain of arenas comes back to the
 * candidate does. */
#include "lib/heap/glibc/glibc.h"

#include "lib/base/str.h"
#include "lib/space/mapping.h"
#include "lib/symbol/symbol.h"

#include <elf.h>
#include <string.h>

enum { MOST_BYTES = 1 << 30 }; /* of data that is searched in one mapping */

static bool chain_closes(struct inq_words *words, const struct inq_glibc_layout *layout, uint64_t start)
{
	uint64_t at = start;
	for (unsigned i = 0; i < INQ_GLIBC_MOST_ARENAS; i++) {
		if (!inq_word_at(words, at + layout->next, &at) || !at)
			return false;
		if (at == start)
			return true;
	}
	return false;
}

static bool try_at(struct inq_glibc *glibc, uint64_t address, bool by_symbol)
{
	struct inq_glibc_layout layout;
	for (unsigned i = 0; inq_glibc_layout(glibc->space, i, &layout); i++) {
		if (!inq_glibc_arena_fits(&glibc->words, &layout, address) ||
		    !(by_symbol || chain_closes(&glibc->words, &layout, address)))
			continue;
		glibc->layout = layout;
		glibc->main = address;
		glibc->by_symbol = by_symbol;
		return true;
	}
	return false;
}

/* An empty bin is at `bin`: it may be any of the 127. */
static bool try_bin(struct inq_glibc *glibc, uint64_t bin)
{
	struct inq_glibc_layout layout;
	for (unsigned k = 0; k < INQ_GLIBC_BINS; k++)
		for (unsigned i = 0; inq_glibc_layout(glibc->space, i, &layout); i++) {
			uint64_t before = layout.bins + k * 2 * glibc->words.word;
			if (bin > before && try_at(glibc, bin - before, false))
				return true;
		}
	return false;
}

static inline bool is_empty_bin(const uint8_t *data, uint64_t address, unsigned word, bool big)
{
	uint64_t self = address - 2 * word;
	return inq_load_word(data, word, big) == self && inq_load_word(data + word, word, big) == self;
}

/* The first empty bin from `at` on; beyond `size` when there is none. A process that never called malloc has none in all of
 * its libc: the usual kind of word has a loop of its own, which is several times as fast. */
static uint64_t next_bin(const struct inq_words *words, const uint8_t *data, uint64_t start, uint64_t at, uint64_t size)
{
	const unsigned word = words->word;
	if (word == 8 && !words->big)
		while (at + 16 <= size && !is_empty_bin(data + at, start + at, 8, false))
			at += 8;
	else
		while (at + 2 * word <= size && !is_empty_bin(data + at, start + at, word, words->big))
			at += word;
	return at;
}

static bool search(struct inq_glibc *glibc, const struct inq_mapping *mapping)
{
	struct inq_words words = glibc->words; /* a window that stays here */
	uint64_t size = mapping->data_size < MOST_BYTES ? mapping->data_size : MOST_BYTES, at = 0;
	const uint8_t *data = inq_words_piece(&words, mapping->start, &size);
	while (data && (at = next_bin(&words, data, mapping->start, at, size)) + 2 * words.word <= size) {
		if (try_bin(glibc, mapping->start + at))
			return true;
		do /* the rest of a run leads to the same arena */
			at += 2 * words.word;
		while (at + 2 * words.word <= size &&
		       is_empty_bin(data + at, mapping->start + at, words.word, words.big));
	}
	return false;
}

static bool is_writable(const struct inq_mapping *mapping)
{
	return !(mapping->permissions & INQ_PERM_KNOWN) || (mapping->permissions & INQ_PERM_WRITE);
}

/* The object's data; its .bss is the anonymous mapping that follows. */
static bool search_object(struct inq_glibc *glibc, const struct inq_object *object)
{
	const struct inq_space *space = glibc->space;
	bool after = false;
	for (size_t i = object->first_mapping; i < space->mappings.count; i++) {
		const struct inq_mapping *mapping = &space->mappings.items[i];
		bool own = mapping->object < space->objects.count && &space->objects.items[mapping->object] == object;
		bool bss = after && !mapping->file && i && space->mappings.items[i - 1].end == mapping->start;
		if (mapping->start >= object->end && !bss)
			return false;
		if ((own || bss) && is_writable(mapping) && search(glibc, mapping))
			return true;
		after = own;
	}
	return false;
}

static bool is_libc(const struct inq_object *object)
{
	const char *name = inq_base_name(object->path ? object->path : "");
	bool named = strncmp(name, "libc.so.6", 9) == 0 || strncmp(name, "libc-2.", 7) == 0;
	return named || (object->soname && strcmp(object->soname, "libc.so.6") == 0);
}

static bool by_symbol(struct inq_glibc *glibc, struct inq_object *object)
{
	uint64_t address;
	return inq_symbol_find(glibc->space, object, "main_arena", strlen("main_arena"), &address) &&
	       try_at(glibc, address, true);
}

/* libc first; then the executable, which holds a static libc; then any other, for cores that name no files. */
static unsigned rank(const struct inq_object *object)
{
	return is_libc(object) ? 0 : object->kind == INQ_OBJECT_EXE ? 1 : 2;
}

static bool search_objects(struct inq_glibc *glibc, unsigned wanted, bool *any)
{
	for (size_t i = 0; i < glibc->space->objects.count; i++) {
		const struct inq_object *object = &glibc->space->objects.items[i];
		if (rank(object) != wanted)
			continue;
		*any = true;
		if (search_object(glibc, object))
			return true;
	}
	return false;
}

/* The first piece of a heap has 132 KiB, if nobody asked for less (M_TOP_PAD, mallopt(3)). A process without memory that could
 * be one has never called malloc. */
static bool may_have_heap(const struct inq_space *space)
{
	enum { LEAST_HEAP = 132 << 10 };
	uint64_t on_stack = inq_space_aux(space, AT_RANDOM, 0);
	for (size_t i = 0; i < space->mappings.count; i++) {
		const struct inq_mapping *mapping = &space->mappings.items[i];
		if (inq_mapping_is_plain(mapping) && is_writable(mapping) &&
		    mapping->end - mapping->start >= LEAST_HEAP && !inq_space_object_at(space, mapping->start) &&
		    (on_stack < mapping->start || on_stack >= mapping->end))
			return true;
	}
	return false;
}

/* The symbol is the last resort: it says where to look when damage has hit too much of the arena. */
bool inq_glibc_find_main(struct inq_glibc *glibc)
{
	bool libc = false, other = false;
	if (search_objects(glibc, 0, &libc) || search_objects(glibc, 1, &other) ||
	    (!libc && search_objects(glibc, 2, &other)))
		return true;
	for (size_t i = 0; may_have_heap(glibc->space) && i < glibc->space->objects.count; i++) {
		struct inq_object *object = &glibc->space->objects.items[i];
		if (rank(object) == (libc ? 0 : 1) && by_symbol(glibc, object))
			return true;
	}
	return false;
}
