/* The JVM of a process: asks its witnesses in turn, and keeps the answer with the space. */
#include "lib/jvm/jvm.h"

#include "lib/base/str.h"
#include "lib/jvm/compare.h"
#include "lib/jvm/structures.h"

#define INQ_JVM_SOURCE(name) extern const struct inq_jvm_source inq_jvm_source_##name;
#include "lib/jvm/sources.def"
#undef INQ_JVM_SOURCE

static const struct inq_jvm_source *const sources[] = {
#define INQ_JVM_SOURCE(name) &inq_jvm_source_##name,
#include "lib/jvm/sources.def"
#undef INQ_JVM_SOURCE
	NULL
};

bool inq_jvm_present(const struct inq_space *space)
{
	static const char *const names[] = { "libjvm.so", "libj9vm", NULL };
	for (size_t i = 0; i < space->objects.count; i++)
		for (size_t j = 0; names[j]; j++)
			if (strncmp(inq_base_name(space->objects.items[i].path), names[j], strlen(names[j])) == 0)
				return true;
	return false;
}

/* One witness; NULL when it tells nothing. */
static struct inq_jvm *ask(struct inq_space *space, const struct inq_jvm_source *source)
{
	if (space->jvm_hints.text_only && source->from_memory)
		return NULL;
	struct inq_jvm *jvm = inq_arena_alloc(space->ctx->arena, sizeof *jvm);
	if (!jvm)
		return NULL;
	jvm->found_by = source->name;
	return source->read(space, jvm) ? jvm : NULL;
}

/* The first to tell something is believed; the others are compared with it. */
static const struct inq_jvm *ask_all(struct inq_space *space)
{
	struct inq_jvm *first = NULL;
	for (size_t i = 0; sources[i]; i++) {
		struct inq_jvm *told = ask(space, sources[i]);
		if (told && first)
			inq_jvm_compare(space, first, told);
		else if (told)
			first = told;
	}
	if (first)
		inq_jvm_add_structures(space, first);
	return first;
}

const struct inq_jvm *inq_jvm_of(struct inq_space *space)
{
	if (!space->asked_jvm) {
		space->asked_jvm = true;
		space->jvm = ask_all(space);
	}
	return space->jvm;
}
