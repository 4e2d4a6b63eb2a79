/* What a worker does with an item: opens it, joins its companions, works out crash and signature, and gives the line. */
#ifndef INQ_TRIAGE_ANALYSE_H
#define INQ_TRIAGE_ANALYSE_H

#include "lib/triage/item.h"

#include <inquest/triage.h>

struct inq_rules;

/* What a worker may use unless the user says otherwise: bytes, and seconds of CPU time for each core. */
enum { INQ_TRIAGE_MEMORY = 256 << 20, INQ_TRIAGE_SECONDS = 60 };

/* Where results go: `begin` names what is looked at next, so that a worker which then dies is told of by name; `end` takes
 * its result. Each `begin` is followed by one `end`, but for a file that a folder held and that is no core after all: that
 * one has no result. False stops the work on this item. */
struct inq_result_sink {
	bool (*begin)(void *data, const char *path);
	bool (*end)(void *data, const struct inq_triage_result *result);
	void *data;
};

/* One part of an archive's members: those whose number leaves `part` when divided by `parts`, from the `skip`th on. */
struct inq_slice {
	uint64_t part, parts, skip;
};

/* Analyses an item: one result for a file, any number for an archive. Never fails: what goes wrong becomes a result. */
void inq_triage_analyse(const struct inq_item *item, const struct inq_slice *slice, const struct inq_options *analysis,
			const struct inq_triage_options *options, const struct inq_rules *rules,
			const struct inq_result_sink *sink);

#endif
