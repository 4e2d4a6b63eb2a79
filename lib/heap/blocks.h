/* The blocks of a heap as bit maps, and what is found with them: which are reached by no pointer, and of which kinds they are.
 *
 * Each range of memory that holds blocks has one bit for each place where a block may begin (every 16 bytes): 1/128 of the
 * heap for each of four maps. That is all that the search needs, however many blocks there are.
 *
 * Invariant: `starts` has every block, free ones too, so a block ends where the next one begins; `live` those in use. */
#ifndef INQ_HEAP_BLOCKS_H
#define INQ_HEAP_BLOCKS_H

#include "lib/heap/bits.h"
#include "lib/heap/tally.h"
#include "lib/heap/words.h"

struct inq_block_range {
	uint64_t start, end;
	unsigned shift; /* of an address to its bit */
	size_t words;	/* of each map */
	uint64_t *starts, *live, *marked, *pending;
	uint64_t *filled; /* one bit for each word of `starts` that is not 0: for blocks of megabytes */
};

INQ_VEC(inq_block_range_vec, struct inq_block_range)

struct inq_blocks {
	struct inq_words words;
	struct inq_block_range_vec ranges; /* by address */
	unsigned header;		   /* bytes before what the program may use */
	unsigned overhang;		   /* bytes of the next block that belong to the one before, when in use */
	uint64_t low, high;
	uint64_t unseen;      /* writable bytes that the core does not hold */
	uint64_t marked_late; /* times that the list of blocks to look into was full */
};

struct inq_blocks inq_blocks(struct inq_space *space, unsigned header, unsigned overhang);
void inq_blocks_release(struct inq_blocks *blocks);
/* Adds a range; all ranges are added, and then sorted, before the first block. A range of one block has that block alone, at
 * its start. */
void inq_blocks_sort(struct inq_blocks *blocks);
bool inq_blocks_add(struct inq_blocks *blocks, uint64_t start, uint64_t end, unsigned shift, bool one);
/* A block begins there; in use or not. Outside all ranges nothing is done. */
void inq_blocks_put(struct inq_blocks *blocks, uint64_t start, bool live);
void inq_blocks_not_live(struct inq_blocks *blocks, uint64_t start);

/* Marks every block that a chain of pointers leads to, from registers, stacks and data: conservatively, any word that may be
 * an address in a block is one. INQ_NO_MEMORY or INQ_OK. */
enum inq_status inq_blocks_reach(struct inq_blocks *blocks);

/* Blocks in use (`lost`: that are not marked) by size and by the symbol that the first word points to. */
enum inq_status inq_blocks_cluster(struct inq_blocks *blocks, bool lost, const struct inq_heap_cluster **ret,
				   size_t *count);

/* For each live block in the order of addresses. */
typedef void inq_block_fn(struct inq_blocks *blocks, void *data, uint64_t start, uint64_t size, bool marked);
void inq_blocks_each(struct inq_blocks *blocks, inq_block_fn *each, void *data);

/* For those who look closer: the range of an address (NULL), the bit of an address, the address of a bit, and where the block
 * at a bit ends. */
struct inq_block_range *inq_blocks_range(struct inq_blocks *blocks, uint64_t address);
uint64_t inq_block_end(const struct inq_block_range *range, size_t bit);

static inline size_t inq_block_bit(const struct inq_block_range *range, uint64_t address)
{
	return (size_t)((address - range->start) >> range->shift);
}

static inline uint64_t inq_block_address(const struct inq_block_range *range, size_t bit)
{
	return range->start + ((uint64_t)bit << range->shift);
}

/* The symbol that `word` points to the beginning of (a vtable: to two words behind it), readable; NULL. */
const char *inq_heap_symbol(struct inq_space *space, uint64_t word);
/* The same of the first word that a block's user has. */
const char *inq_heap_kind(struct inq_space *space, uint64_t user);

#endif
