/* Memory that the run-time systems of languages take from the kernel by themselves: asks each of them (runtime.h). */
#include "lib/classify/runtime.h"

#include "lib/base/checked.h"
#include "lib/base/str.h"
#include "lib/space/mapping.h"

#include <string.h>

#define INQ_RUNTIME(name) extern const struct inq_runtime inq_runtime_##name;
#include "lib/classify/runtimes.def"
#undef INQ_RUNTIME

static const struct inq_runtime *const runtimes[] = {
#define INQ_RUNTIME(name) &inq_runtime_##name,
#include "lib/classify/runtimes.def"
#undef INQ_RUNTIME
};

bool inq_is_plain_data(const struct inq_mapping *mapping)
{
	unsigned all = INQ_PERM_READ | INQ_PERM_WRITE | INQ_PERM_EXECUTE | INQ_PERM_SHARED;
	return inq_mapping_is_plain(mapping) && (mapping->permissions & all) == (INQ_PERM_READ | INQ_PERM_WRITE);
}

const char *inq_object_named(const struct inq_space *space, const char *const *prefixes)
{
	for (size_t i = 0; i < space->objects.count; i++) {
		const struct inq_object *object = &space->objects.items[i];
		const char *name = object->path ? inq_base_name(object->path) : "";
		for (size_t j = 0; prefixes[j] && object->kind != INQ_OBJECT_FILE; j++)
			if (strncmp(name, prefixes[j], strlen(prefixes[j])) == 0)
				return name;
	}
	return NULL;
}

void inq_claim_run(struct inq_claims *claims, struct inq_piece_run *run, size_t mapping, uint64_t start, uint64_t end)
{
	if (run->mapping == mapping && run->end == start && start < end) {
		run->end = end;
		return;
	}
	if (run->start < run->end)
		inq_claim_part(claims, run->mapping, run->start, run->end, INQ_CLASS_ALLOCATOR, run->subclass,
			       INQ_CERTAIN, run->evidence);
	run->mapping = mapping;
	run->start = start;
	run->end = end;
}

size_t inq_claim_pieces(struct inq_space *space, struct inq_claims *claims, const struct inq_piece_kind *kind,
			void *state)
{
	struct inq_piece_run run = { .subclass = kind->subclass, .evidence = kind->evidence };
	size_t found = 0;
	for (size_t i = 0; i < space->mappings.count; i++) {
		const struct inq_mapping *mapping = &space->mappings.items[i];
		uint64_t at, size;
		if (!inq_is_plain_data(mapping) || inq_claimed(claims, i) != INQ_CLASS_COUNT ||
		    !inq_align_up(mapping->start, kind->unit, &at))
			continue;
		for (; at < mapping->end && at - mapping->start < mapping->data_size; at += size) {
			size = kind->size(space, state, mapping, at);
			if (size && size <= mapping->end - at) {
				inq_claim_run(claims, &run, i, at, at + size);
				found++;
			} else {
				size = kind->unit;
			}
		}
	}
	inq_claim_run(claims, &run, SIZE_MAX, 0, 0);
	return found;
}

static void run(struct inq_space *space, struct inq_claims *claims)
{
	for (size_t i = 0; i < sizeof runtimes / sizeof *runtimes; i++)
		runtimes[i]->claim(space, claims);
}

const struct inq_rule inq_rule_runtime = { "runtime", run };
