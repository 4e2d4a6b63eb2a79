/* Words of the process's memory, read fast: the part of a mapping that was read last is kept as a window. It is small, so that
 * the space learns which pages are looked at and can let go of the others. Only what the artefact itself holds is read this
 * way; a heap is never in a mapped file. */
#ifndef INQ_HEAP_WORDS_H
#define INQ_HEAP_WORDS_H

#include "lib/space/model.h"

struct inq_words {
	struct inq_space *space;
	unsigned word; /* 4 or 8 */
	bool big;
	uint64_t start, size; /* the window */
	const uint8_t *data;
};

static inline struct inq_words inq_words(struct inq_space *space)
{
	return (struct inq_words) { .space = space,
				    .word = space->machine.bits == 32 ? 4 : 8,
				    .big = space->machine.big };
}

/* Moves the window to the address; false when that was not dumped. Windows overlap by a word, whatever its alignment. */
static inline bool inq_words_move(struct inq_words *words, uint64_t address)
{
	enum { WINDOW = 64 << 10, WIDEST = 8 };
	struct inq_range held;
	if (!inq_space_held(words->space, address, &held))
		return false;
	uint64_t start = (address - held.start) & ~(uint64_t)(WINDOW - 1), size = held.end - held.start - start;
	size = size < WINDOW + WIDEST ? size : WINDOW + WIDEST;
	const uint8_t *data = inq_space_peek(words->space, held.start + start, size, NULL);
	if (!data)
		return false;
	words->start = held.start + start;
	words->size = size;
	words->data = data;
	return true;
}

static inline uint64_t inq_load_word(const uint8_t *data, unsigned word, bool big)
{
	return word == 8 ? inq_load64(data, big) : inq_load32(data, big);
}

static inline uint64_t inq_words_load(const struct inq_words *words, const uint8_t *data)
{
	return inq_load_word(data, words->word, words->big);
}

static inline bool inq_word_at(struct inq_words *words, uint64_t address, uint64_t *ret)
{
	if (!inq_within(address - words->start, words->word, words->size) &&
	    (!inq_words_move(words, address) || !inq_within(address - words->start, words->word, words->size)))
		return false;
	*ret = inq_words_load(words, words->data + (address - words->start));
	return true;
}

/* The words from `address` on that lie in the window, which moves there: how many; 0 when that was not dumped. */
static inline size_t inq_words_run(struct inq_words *words, uint64_t address, const uint8_t **ret)
{
	uint64_t first;
	if (!inq_word_at(words, address, &first))
		return 0;
	*ret = words->data + (address - words->start);
	return (size_t)(words->size - (address - words->start)) / words->word;
}

/* The word, or 0 when it was not dumped. */
static inline uint64_t inq_word(struct inq_words *words, uint64_t address)
{
	uint64_t value = 0;
	inq_word_at(words, address, &value);
	return value;
}

/* The bytes from `address` on that lie in one piece, at most *size of them; NULL when there are none. */
static inline const uint8_t *inq_words_piece(struct inq_words *words, uint64_t address, uint64_t *size)
{
	if (words->data && inq_within(address - words->start, *size, words->size))
		return words->data + (address - words->start);
	struct inq_range held;
	if (!inq_space_held(words->space, address, &held))
		return NULL;
	uint64_t left = held.end - address;
	*size = *size < left ? *size : left;
	return inq_space_peek(words->space, address, *size, NULL);
}

#endif
