/* Companions of a core: other artefacts of the same crash that lie in its folder. Told by their names: those that go on from
 * the core's own ("core.42.maps"), those with its pid ("hs_err_pid42.log"), and in the folder of one crash "maps". What they
 * are, and whether they are of the same process, the incident finds out that they join. */
#ifndef INQ_TRIAGE_COMPANIONS_H
#define INQ_TRIAGE_COMPANIONS_H

#include "lib/triage/item.h"

/* Names of a folder, looked up by the numbers in them. */
struct inq_companions;

/* `names` are sorted by strcmp, and live as long as the index. `facts`: those of ABRT are companions too, as nobody else reads
 * them. NULL without memory. */
struct inq_companions *inq_companions_create(const char *const *names, size_t count, bool facts);
void inq_companions_destroy(struct inq_companions *companions); /* NULL is fine */

/* By the words in its name. */
bool inq_may_be_companion(const char *name);

enum { INQ_MOST_COMPANIONS = 12 };

/* The names that belong to the core `name`, at most INQ_MOST_COMPANIONS; `pid` INQ_UNKNOWN: as its name tells. Returns how many. */
size_t inq_companions_of(const struct inq_companions *companions, const char *name, uint64_t pid,
			 const char *ret[INQ_MOST_COMPANIONS]);

#endif
