/* The witness `arithmetic`: what the address map alone says of a JVM, with the command line where there is one. */
#include "lib/jvm/layout/tell.h"

#include <string.h>

static unsigned bits_of(const struct inq_space *space)
{
	if (space->machine.bits)
		return space->machine.bits;
	const struct inq_mapping_vec *mappings = &space->mappings;
	if (!mappings->count)
		return 0;
	return mappings->items[mappings->count - 1].end > (uint64_t)UINT32_MAX + 1 ? 64 : 32;
}

/* On i386 without NX nearly all memory is executable. The JVMs of that time (up to 6) map what they reserve as they
 * map what they commit, and only borders tell the two apart. */
static bool is_before_nx(const struct inq_layout_map *map)
{
	uint64_t executable = 0, other = 0;
	for (size_t i = 0; i < map->count; i++) {
		const struct inq_mapping *mapping = &map->space->mappings.items[i];
		if (!map->eligible[i] || !(mapping->permissions & INQ_PERM_WRITE))
			continue;
		*(mapping->permissions & INQ_PERM_EXECUTE ? &executable : &other) += mapping->end - mapping->start;
	}
	return executable > other;
}

static void read_platform(const struct inq_space *space, struct inq_layout_case *jvm)
{
	enum { LAST_BEFORE_NX = 6 };
	const struct inq_jvm_identity *identity = &jvm->identity;
	jvm->platform =
		(struct inq_jvm_platform) { .major = identity->major,
					    .at_least = identity->at_least,
					    .at_most = identity->at_most,
					    .bits = bits_of(space),
					    .server = jvm->options.server || (identity->server && !identity->client),
					    .client = jvm->options.client || (identity->client && !identity->server) };
	if (jvm->platform.bits == 32 && jvm->platform.at_most > LAST_BEFORE_NX && is_before_nx(&jvm->map))
		jvm->platform.at_most = LAST_BEFORE_NX;
}

static bool prepare(struct inq_space *space, struct inq_layout_case *jvm)
{
	*jvm = (struct inq_layout_case) { .space = space };
	inq_jvm_identify(space, &jvm->identity);
	inq_jvm_options_read(&jvm->options, space->process.args);
	inq_jvm_options_read(&jvm->options, space->jvm_hints.args);
	jvm->sure = jvm->identity.kind != NULL;
	if (!jvm->sure && !(jvm->options.java && jvm->options.any))
		return false;
	if (!inq_layout_map_build(space, &jvm->map))
		return false;
	read_platform(space, jvm);
	jvm->told = inq_jvm_collector_told(&jvm->options, &jvm->platform);
	return true;
}

static void tell_identity(const struct inq_layout_case *jvm, struct inq_jvm *ret)
{
	const struct inq_jvm_identity *identity = &jvm->identity;
	struct inq_sentences why = { .ctx = jvm->space->ctx };
	ret->kind = identity->kind ? identity->kind : "hotspot";
	ret->version = identity->version;
	ret->major = identity->major;
	ret->vm_name = jvm->platform.server ? "server" : jvm->platform.client ? "client" : NULL;
	if (identity->sign)
		inq_sentence(&why, "%s", identity->sign);
	else
		inq_sentence(&why,
			     "no file of a JVM is in the listing; its command line is a JVM's, and a layout fits it");
	if (identity->version)
		inq_sentence(&why, "version %s: told by %s", identity->version, identity->version_from);
	if (jvm->options.cut)
		inq_sentence(&why, "the command line is cut off: there may have been more options");
	if (!jvm->options.any)
		inq_sentence(&why, "no command line is at hand: sizes are by shape and by defaults");
	if (ret->side_table_count)
		inq_sentence(&why, "%zu side table%s of the collector agree%s", ret->side_table_count,
			     ret->side_table_count == 1 ? "" : "s", ret->side_table_count == 1 ? "s" : "");
	ret->evidence = inq_sentences_end(&why);
}

static void tell_image_heap(const struct inq_layout_case *jvm, struct inq_jvm *ret)
{
	struct inq_sentences why = { .ctx = jvm->space->ctx };
	uint64_t start, end;
	if (!inq_native_image_heap(jvm->space, &start, &end))
		return;
	ret->has_heap = true;
	ret->heap = inq_layout_area(jvm, "heap", start, end, INQ_LIKELY);
	inq_sentence(&why, "one reservation, at whose beginning the executable's own objects are mapped");
	ret->heap.evidence = inq_sentences_end(&why);
}

/* A JVM that is not HotSpot: its heap has no generations that arithmetic could tell. */
static bool tell_other(struct inq_layout_case *jvm, struct inq_jvm *ret)
{
	ret->confidence = INQ_CERTAIN;
	if (strcmp(jvm->identity.kind, "native-image") == 0) {
		ret->confidence = INQ_LIKELY;
		tell_image_heap(jvm, ret);
	} else {
		inq_layout_tell_openj9(jvm, ret);
	}
	inq_layout_tell_flags(jvm, NULL, ret);
	tell_identity(jvm, ret);
	return true;
}

static bool read_layout(struct inq_space *space, struct inq_jvm *ret)
{
	struct inq_layout_case jvm;
	if (!prepare(space, &jvm))
		return false;
	if (jvm.identity.kind && strcmp(jvm.identity.kind, "hotspot") != 0)
		return tell_other(&jvm, ret);
	if (!inq_layout_tell_z(&jvm, ret)) {
		inq_layout_exclude_areas(&jvm);
		inq_layout_solve(&jvm);
		bool found = inq_layout_tell(&jvm, ret);
		if (!found && !jvm.sure)
			return false;
	}
	inq_layout_tell_areas(&jvm, ret);
	tell_identity(&jvm, ret);
	if (!ret->confidence)
		ret->confidence = INQ_LIKELY; /* a JVM, whose heap was not found */
	return true;
}

const struct inq_jvm_source inq_jvm_source_layout = { .name = "arithmetic", .read = read_layout };
