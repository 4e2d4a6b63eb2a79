/* What travels through every call of one incident: its memory and its warnings. No state is kept anywhere else. */
#ifndef INQ_BASE_CTX_H
#define INQ_BASE_CTX_H

#include "lib/base/arena.h"
#include "lib/base/vec.h"

#include <inquest/types.h>

/* Where in an artefact something stands. */
enum inq_place_kind { INQ_PLACE_NONE, INQ_PLACE_OFFSET, INQ_PLACE_LINE };

struct inq_place {
	uint64_t at;	   /* file offset, or line counted from 1 */
	uint32_t artefact; /* index into the space's artefacts */
	enum inq_place_kind kind;
};

INQ_VEC(inq_string_vec, const char *)

struct inq_ctx {
	struct inq_arena *arena;
	struct inq_string_vec warnings; /* "FILE:PLACE: what", ready to print */
	size_t suppressed;		/* warnings beyond the limit, counted only */
	const char *artefact;		/* path of what is being read: the FILE of a warning */
	bool quiet;			/* nothing of it is kept: warnings are only counted */
	bool no_memory;			/* some allocation failed: the result is not whole */
};

/* inq_warn notes something odd; the work goes on. `what` says what is wrong and, after a semicolon, what to do about
 * it or what was done. inq_damaged also returns INQ_PARTIAL, for `return inq_damaged(…)`. */
void inq_warn(struct inq_ctx *ctx, enum inq_place_kind kind, uint64_t at, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
enum inq_status inq_damaged(struct inq_ctx *ctx, uint64_t offset, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Ends the list with "N more" when some were suppressed. */
void inq_warn_finish(struct inq_ctx *ctx);

/* Notes that memory ran out and returns INQ_NO_MEMORY. */
enum inq_status inq_no_memory(struct inq_ctx *ctx);

#endif
