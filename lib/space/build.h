/* The only way to write the model: what a format calls while it reads.
 *
 * A builder belongs to one artefact. It stamps each mapping, thread and fact with that artefact and the current place
 * (inq_build_at), so that evidence and contradictions need no work in the formats. Mappings may come in any order;
 * inq_build_seal sorts them and settles overlaps. Functions that allocate return NULL or INQ_NO_MEMORY when memory is
 * out; nothing else fails. */
#ifndef INQ_SPACE_BUILD_H
#define INQ_SPACE_BUILD_H

#include "lib/space/model.h"

struct inq_builder {
	struct inq_ctx *ctx;
	struct inq_space *space; /* only this artefact's; joined with others later */
	const struct inq_source *source;
	struct inq_artefact *artefact; /* space->artefacts.items[0] */
	struct inq_place place;
	void *files; /* interned struct inq_file, by path and identity */
	const struct inq_file *last_file;
	bool order_told;
};

/* Starts an empty space with one artefact of this kind. */
enum inq_status inq_build_create(struct inq_ctx *ctx, const struct inq_source *source, const char *kind,
				 struct inq_builder *ret);
/* Sorts the mappings, settles overlaps (each with a warning), puts the crashed thread first, frees the builder's own
 * tables. Gives the space, which the caller now owns. */
struct inq_space *inq_build_seal(struct inq_builder *builder);
/* Drops everything; for a reader that failed. */
void inq_build_abandon(struct inq_builder *builder);

/* Forgets what was read, and begins another artefact of that source: for a file's listings of which none is kept. */
enum inq_status inq_build_again(struct inq_builder *builder, const char *kind);

/* The place that the next facts get. */
static inline void inq_build_at(struct inq_builder *builder, enum inq_place_kind kind, uint64_t at)
{
	builder->place.kind = kind;
	builder->place.at = at;
}

void inq_build_os(struct inq_builder *builder, enum inq_os os);
/* `machine`: e_machine, 0 when only the word size is known (a text map). */
void inq_build_machine(struct inq_builder *builder, uint16_t machine, unsigned bits, bool big);

/* Adds a mapping whose start, end and what else is known are set by the caller (begin with inq_mapping_unknown). Empty or
 * reversed ranges are refused with a warning. */
enum inq_status inq_build_mapping(struct inq_builder *builder, const struct inq_mapping *mapping);
/* A mapping of which nothing is known yet. */
struct inq_mapping inq_mapping_unknown(void);

/* A file identity for mappings; the same path gives the same pointer. " (deleted)" at the end of the path is taken off
 * and kept as a flag. Device and inode INQ_UNKNOWN when not told. NULL when memory is out, or nothing is kept. */
const struct inq_file *inq_build_file(struct inq_builder *builder, const char *path, size_t length,
				      uint64_t device_major, uint64_t device_minor, uint64_t inode);

/* A new thread, already stamped; tid INQ_UNKNOWN, no registers. Valid until the next call. */
struct inq_thread *inq_build_thread(struct inq_builder *builder);
/* Room for the thread's registers by the machine's row; NULL when the machine has none or memory is out. */
uint64_t *inq_build_registers(struct inq_builder *builder, struct inq_thread *thread);

/* Process facts: fill in what is known; stamped with the current place. */
struct inq_process *inq_build_process(struct inq_builder *builder);

struct inq_note *inq_build_note(struct inq_builder *builder);
enum inq_status inq_build_aux(struct inq_builder *builder, uint64_t type, uint64_t value);
/* A copy in the arena; "" where nothing is kept (ctx->quiet). */
const char *inq_build_string(struct inq_builder *builder, const char *bytes, size_t length);

/* A sentence about the artefact for `identify`. */
void inq_build_detail(struct inq_builder *builder, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
