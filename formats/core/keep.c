/* What to keep of a core that is larger than the memory it may take, decided before any of its memory has been read.
 *
 * Headers and notes stand first in the file. They tell where each segment's bytes will come, what is a mapped file, and where
 * the threads' stack pointers are. Each piece of memory that is of use for finding out how the process died is wished for
 * with a rank; what fits into the bound is taken, by rank, and in a rank the smallest first, so that one huge heap costs
 * nobody else their place. What is left of the bound goes to small heaps. */
#include "formats/core/core.h"
#include "formats/core/keep.h"

#include "lib/base/ranges.h"

#include <stdlib.h>

enum rank {
	RANK_HEADERS,
	RANK_CRASH,  /* around the stack pointer and registers of the thread that died */
	RANK_FIRST,  /* the first pages of each segment: ELF headers, the heads of heaps */
	RANK_STACKS, /* of the other threads */
	RANK_STACK,  /* the whole stack of the thread that died */
	RANK_DATA, /* of mapped files: variables, link map, abort messages, the roots of a JVM; the beginning of the brk heap */
	RANK_SMALL,  /* segments that cost little: link map, alternate stacks, thread-local variables, messages */
	RANK_CODE,   /* written at run time */
	RANK_TABLES, /* sections outside of all segments: symbols, in cores of Solaris */
	RANK_HEADS,  /* more of the beginning of each heap */
	RANK_REST
};

enum {
	KIB = 1 << 10,
	MIB = 1 << 20,
	CRASH_BELOW = 64 * KIB, /* what has returned, where printed messages still stand */
	CRASH_ABOVE = 1 * MIB,
	NEAR_REGISTER = 4 * KIB,
	STACK_BELOW = 4 * KIB, /* the red zone, and leaf functions */
	STACK_ABOVE = 64 * KIB,
	FIRST_PAGES = 8 * KIB,
	SMALL = 256 * KIB,
	HEAD_OF_HEAP = 1 * MIB,
	HEAD_OF_BRK = 4 * MIB,
	MOST_DATA = 16 * MIB,
	MOST_CODE = 64 * MIB,
	MOST_REST = 64 * MIB /* what is larger is a heap of data: copying it costs more time than it is of use */
};

/* A segment's bytes. */
struct piece {
	uint64_t start, size, offset; /* address; bytes in the file, and where they are */
	uint32_t flags;
	bool of_file; /* of a mapped file, or the bss that follows one */
};

struct wish {
	enum rank rank;
	uint64_t size, offset;
};

INQ_VEC(piece_vec, struct piece)
INQ_VEC(wish_vec, struct wish)

struct planner {
	struct inq_core core;
	struct piece_vec pieces; /* by address */
	struct wish_vec wishes;
	bool failed;
};

static void wish(struct planner *planner, enum rank rank, uint64_t offset, uint64_t size)
{
	struct wish *slot = size ? wish_vec_push(&planner->wishes) : NULL;
	if (slot)
		*slot = (struct wish) { rank, size, offset };
	planner->failed |= size && !slot;
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* The piece that holds the byte at `address`; NULL. */
static const struct piece *piece_at(const struct planner *planner, uint64_t address)
{
	const struct piece_vec *pieces = &planner->pieces;
	size_t low = 0, high = pieces->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (pieces->items[middle].start > address)
			high = middle;
		else
			low = middle + 1;
	}
	const struct piece *piece = low ? &pieces->items[low - 1] : NULL;
	return piece && address - piece->start < piece->size ? piece : NULL;
}

/* So much on both sides of an address, within its segment. */
static void wish_around(struct planner *planner, enum rank rank, uint64_t address, uint64_t below, uint64_t above)
{
	const struct piece *piece = piece_at(planner, address);
	if (!piece)
		return;
	uint64_t inside = address - piece->start;
	below = least(below, inside);
	above = least(above, piece->size - inside);
	wish(planner, rank, piece->offset + inside - below, below + above);
}

static void wish_for_crash(struct planner *planner, const struct inq_thread *thread, uint64_t sp)
{
	const struct inq_space *space = planner->core.builder->space;
	const struct piece *stack = piece_at(planner, sp);
	wish_around(planner, RANK_CRASH, sp, CRASH_BELOW, CRASH_ABOVE);
	if (stack)
		wish(planner, RANK_STACK, stack->offset, stack->size);
	for (uint8_t i = 0; i < space->machine.arch->register_count; i++) {
		uint64_t value;
		if (inq_thread_register(space, thread, i, &value))
			wish_around(planner, RANK_CRASH, value, NEAR_REGISTER, NEAR_REGISTER);
	}
}

static void wish_for_stacks(struct planner *planner)
{
	const struct inq_space *space = planner->core.builder->space;
	for (size_t i = 0; i < space->threads.count; i++) {
		const struct inq_thread *thread = &space->threads.items[i];
		uint64_t sp;
		if (!inq_thread_sp(space, thread, &sp))
			continue;
		if (thread->crashed || space->threads.count == 1)
			wish_for_crash(planner, thread, sp);
		wish_around(planner, RANK_STACKS, sp, STACK_BELOW, STACK_ABOVE);
	}
}

static void wish_for_piece(struct planner *planner, const struct piece *piece)
{
	uint64_t offset = piece->offset, size = piece->size;
	wish(planner, RANK_FIRST, offset, least(size, FIRST_PAGES));
	if (piece->of_file)
		wish(planner, RANK_DATA, offset, least(size, MOST_DATA));
	else if (size <= SMALL)
		wish(planner, RANK_SMALL, offset, size);
	else if (piece->flags & INQ_PF_X)
		wish(planner, RANK_CODE, offset, least(size, MOST_CODE));
	else
		wish(planner, RANK_HEADS, offset, least(size, HEAD_OF_HEAP));
	if (size > (piece->of_file ? MOST_DATA : SMALL) && size <= MOST_REST)
		wish(planner, RANK_REST, offset, size);
}

/* The first heap above the program is what brk gave. */
static void wish_for_pieces(struct planner *planner)
{
	const struct piece_vec *pieces = &planner->pieces;
	bool above = false, found = false;
	for (size_t i = 0; i < pieces->count; i++) {
		const struct piece *piece = &pieces->items[i];
		wish_for_piece(planner, piece);
		above |= piece->start >= planner->core.entry;
		if (found || !above || piece->of_file || !(piece->flags & INQ_PF_W))
			continue;
		wish(planner, RANK_DATA, piece->offset, least(piece->size, HEAD_OF_BRK));
		found = true;
	}
}

static int by_offset(const void *a, const void *b)
{
	const struct piece *one = a, *two = b;
	return one->offset < two->offset ? -1 : one->offset > two->offset;
}

static int by_address(const void *a, const void *b)
{
	const struct piece *one = a, *two = b;
	return one->start < two->start ? -1 : one->start > two->start;
}

/* What lies between and behind the segments' bytes, from `at` on. */
static void wish_for_tables(struct planner *planner, uint64_t at, uint64_t whole)
{
	struct piece_vec *pieces = &planner->pieces;
	if (pieces->count)
		qsort(pieces->items, pieces->count, sizeof *pieces->items, by_offset);
	for (size_t i = 0; i < pieces->count; i++) {
		const struct piece *piece = &pieces->items[i];
		if (piece->offset > at)
			wish(planner, RANK_TABLES, at, piece->offset - at);
		uint64_t end = piece->offset + piece->size;
		at = end > at ? end : at;
	}
	if (whole > at)
		wish(planner, RANK_TABLES, at, whole - at);
}

INQ_RANGES(name, struct inq_core_range)

static bool is_of_file(const struct inq_core *core, const struct piece *piece, const struct piece *before)
{
	const struct inq_core_range_vec *names = &core->names; /* mostly sorted; if not, some are not found */
	const struct inq_core_range *name = name_at(names->items, names->count, piece->start);
	if (name && name->path_length)
		return true;
	return before && before->of_file && piece->flags & INQ_PF_W && before->flags & INQ_PF_W &&
	       before->start + before->size == piece->start;
}

/* The segments that hold bytes and whose places can be; false when memory is out. */
static bool collect_pieces(struct planner *planner)
{
	struct inq_elf_segment segment;
	struct piece_vec *pieces = &planner->pieces;
	for (uint64_t i = 0; inq_elf_next_segment(&planner->core.elf, INQ_PT_LOAD, &i, &segment);) {
		uint64_t end;
		if (!segment.filesz || !inq_add(segment.offset, segment.filesz, &end) ||
		    !inq_add(segment.vaddr, segment.filesz, &end))
			continue;
		struct piece *piece = piece_vec_push(pieces);
		if (!piece)
			return false;
		*piece = (struct piece) { segment.vaddr, segment.filesz, segment.offset, segment.flags, false };
	}
	if (pieces->count)
		qsort(pieces->items, pieces->count, sizeof *pieces->items, by_address);
	for (size_t i = 0; i < pieces->count; i++)
		pieces->items[i].of_file =
			is_of_file(&planner->core, &pieces->items[i], i ? &pieces->items[i - 1] : NULL);
	return true;
}

/* Where the file ends by its headers; *first: where the first byte of memory is, which most systems write behind the notes. */
static uint64_t measure(const struct inq_elf *elf, uint64_t *first)
{
	struct inq_elf_segment segment;
	uint64_t end, whole = 0;
	if (inq_mul(elf->phnum, elf->phentsize, &end) && inq_add(end, elf->phoff, &end))
		whole = end;
	*first = whole;
	if (inq_mul(elf->shnum, elf->shentsize, &end) && inq_add(end, elf->shoff, &end) && end > whole)
		whole = end;
	uint64_t lowest = UINT64_MAX;
	for (uint64_t i = 0; inq_elf_segment(elf, i, &segment); i++) {
		if (!segment.filesz || !inq_add(segment.offset, segment.filesz, &end))
			continue;
		whole = end > whole ? end : whole;
		if (segment.type == INQ_PT_LOAD)
			lowest = least(lowest, segment.offset);
	}
	if (lowest == UINT64_MAX)
		*first = whole;
	else if (lowest > *first)
		*first = lowest;
	return whole;
}

static int by_rank(const void *a, const void *b)
{
	const struct wish *one = a, *two = b;
	if (one->rank != two->rank)
		return one->rank < two->rank ? -1 : 1;
	if (one->size != two->size)
		return one->size < two->size ? -1 : 1;
	return one->offset < two->offset ? -1 : one->offset > two->offset;
}

/* Grants what fits. Each costs whole pages, at both ends; what is wished for twice is paid twice. */
static void grant(struct planner *planner, uint64_t memory, struct inq_keep_plan *plan)
{
	const struct wish_vec *wishes = &planner->wishes;
	if (wishes->count)
		qsort(wishes->items, wishes->count, sizeof *wishes->items, by_rank);
	for (size_t i = 0; i < wishes->count && memory > 2 * INQ_KEEP_PAGE; i++) {
		const struct wish *wish = &wishes->items[i];
		uint64_t room = memory - 2 * INQ_KEEP_PAGE, size = least(wish->size, room);
		if (size < wish->size && wish->rank != RANK_REST)
			continue;
		struct inq_range *range = inq_range_vec_push(&plan->ranges);
		if (!range)
			return;
		*range = (struct inq_range) { wish->offset, wish->offset + size };
		memory = room - size;
	}
}

/* The threads and names of files, of what notes there are. False when memory is out. */
static bool read_notes(struct inq_core *core)
{
	inq_core_find_system(core);
	inq_build_os(core->builder, core->os);
	if (inq_core_read_notes(core) != INQ_OK)
		return false;
	inq_core_settle_threads(core);
	return true;
}

static bool choose(struct planner *planner, uint64_t first, uint64_t memory, struct inq_keep_plan *plan)
{
	if (!read_notes(&planner->core) || !collect_pieces(planner))
		return false;
	wish(planner, RANK_HEADERS, 0, least(first, memory / 4 * 3)); /* of 10,000 threads not all find room */
	wish_for_stacks(planner);
	wish_for_pieces(planner);
	wish_for_tables(planner, first, plan->size);
	grant(planner, memory, plan);
	return !planner->failed;
}

/* A planner on a core of which only the beginning is there. What it finds odd is told when the core is read. */
static bool plan_core(struct planner *planner, const struct inq_source *source, bool last, uint64_t memory,
		      struct inq_keep_plan *plan)
{
	uint64_t first;
	if (inq_core_open(&planner->core, source) != INQ_OK)
		return false;
	plan->size = measure(&planner->core.elf, &first);
	if (plan->size < source->size)
		plan->size = source->size;
	if (plan->size > memory && first > source->size && !last) {
		plan->need = first;
		return false;
	}
	if (plan->size > memory)
		return choose(planner, first, memory, plan);
	struct inq_range *all = inq_range_vec_push(&plan->ranges);
	if (all)
		all->end = plan->size;
	return all;
}

bool inq_core_plan(const struct inq_view *head, bool last, uint64_t memory, struct inq_keep_plan *plan)
{
	struct inq_ctx quiet = { .arena = inq_arena_create() };
	const struct inq_source source = { .data = head->data, .size = head->size };
	struct inq_builder builder;
	bool planned = false;
	if (quiet.arena && inq_build_create(&quiet, &source, "elf-core", &builder) == INQ_OK) {
		struct planner planner = { .core = { .ctx = &quiet, .builder = &builder, .crashed_tid = INQ_UNKNOWN } };
		planned = plan_core(&planner, &source, last, memory, plan);
		piece_vec_release(&planner.pieces);
		wish_vec_release(&planner.wishes);
		inq_core_range_vec_release(&planner.core.names);
		inq_build_abandon(&builder);
	}
	inq_string_vec_release(&quiet.warnings);
	inq_arena_destroy(quiet.arena);
	return planned;
}
