/* Writes the best fit as the answer: areas, flags, evidence, and what else would fit. */
#include "lib/jvm/layout/tell.h"

#include <inttypes.h>
#include <string.h>

struct inq_jvm_area inq_layout_area(const struct inq_layout_case *jvm, const char *name, uint64_t start, uint64_t end,
				    enum inq_confidence confidence)
{
	return (struct inq_jvm_area) { .name = name,
				       .start = start,
				       .end = end,
				       .reserved = end - start,
				       .committed = inq_layout_committed(&jvm->map, start, end),
				       .used = INQ_UNKNOWN,
				       .resident = inq_layout_resident(&jvm->map, start, end),
				       .confidence = confidence };
}

static const uint64_t K = 1 << 10, M = 1 << 20;

void inq_sentence(struct inq_sentences *sentences, const char *format, ...)
{
	if (sentences->count == INQ_MOST_SENTENCES)
		return;
	va_list arguments;
	va_start(arguments, format);
	const char *text = inq_arena_vprintf(sentences->ctx->arena, format, arguments);
	va_end(arguments);
	if (text)
		sentences->items[sentences->count++] = text;
}

struct inq_evidence inq_sentences_end(const struct inq_sentences *sentences)
{
	const char **items = inq_arena_array(sentences->ctx->arena, sentences->count + 1, sizeof *items);
	if (!items)
		return (struct inq_evidence) { 0 };
	memcpy(items, sentences->items, sentences->count * sizeof *items);
	return (struct inq_evidence) { items, sentences->count };
}

const char *inq_exact_size_text(struct inq_ctx *ctx, uint64_t bytes)
{
	const char *text = bytes % M == 0 ? inq_arena_printf(ctx->arena, "%" PRIu64 " MiB", bytes / M)
					  : inq_arena_printf(ctx->arena, "%" PRIu64 " KiB", bytes / K);
	return text ? text : "?";
}

static const char *split_reason(struct inq_ctx *ctx, const struct inq_jvm_split *split)
{
	const char *told = split->told ? "as the command line says" : split->usual ? "a default" : "inferred";
	const char *text = split->ratio
				   ? inq_arena_printf(ctx->arena, "heap / (%u + 1): NewRatio %u, %s", split->ratio,
						      split->ratio, told)
				   : inq_arena_printf(ctx->arena, "%s, %s",
						      strcmp(split->flag, "Xmn") == 0 ? "-Xmn" : split->flag, told);
	return text ? text : split->flag;
}

static void tell_perm(const struct inq_layout_case *jvm, const struct inq_layout_generation *generation,
		      struct inq_sentences *why)
{
	bool told = jvm->options.items[INQ_JVM_OPTION_max_perm_size].set;
	inq_sentence(why, "perm = %" PRIu64 "K, %s", (generation->end - generation->start) / K,
		     told ? "MaxPermSize as the command line says" : "the default of MaxPermSize");
}

static void tell_committed(const struct inq_layout_generation *generation, struct inq_sentences *why)
{
	uint64_t committed = (generation->committed_end - generation->start) / K;
	if (generation->elided)
		inq_sentence(why,
			     "the listing leaves out a row: %" PRIu64 "K at %" PRIx64
			     ", what this generation had committed, must have stood there",
			     committed, generation->start);
	else if (generation->commit_shows)
		inq_sentence(
			why, "committed from its low end: a mapping ends at %" PRIx64 "%s", generation->committed_end,
			generation->in_large_pages ? ", in pages of 2 MiB: the JVM may count up to as much less" : "");
	else
		inq_sentence(why, "no border inside: all of it is committed");
}

static void tell_generation(const struct inq_layout_case *jvm, const struct inq_layout_fit *fit, size_t index,
			    struct inq_jvm_area *ret)
{
	const struct inq_layout_generation *generation = &fit->generations[index];
	struct inq_ctx *ctx = jvm->space->ctx;
	struct inq_sentences why = { .ctx = ctx };
	*ret = (struct inq_jvm_area) { .name = generation->name,
				       .start = generation->start,
				       .end = generation->end,
				       .reserved = generation->end - generation->start,
				       .committed = generation->committed_end - generation->start,
				       .used = INQ_UNKNOWN,
				       .confidence = inq_layout_confidence(jvm, fit) };
	ret->resident =
		generation->elided ? INQ_UNKNOWN : inq_layout_resident(&jvm->map, generation->start, generation->end);
	if (strcmp(generation->name, "young") == 0)
		inq_sentence(&why, "young = %s", split_reason(ctx, &fit->split));
	else if (strcmp(generation->name, "old") == 0)
		inq_sentence(&why, "old = heap - young = %" PRIu64 "K", ret->reserved / K);
	else
		tell_perm(jvm, generation, &why);
	inq_sentence(&why, generation->starts_at_border ? "a mapping begins where it begins"
							: "no border of a mapping shows where it begins");
	tell_committed(generation, &why);
	ret->evidence = inq_sentences_end(&why);
}

static const struct inq_jvm_area *tell_generations(const struct inq_layout_case *jvm, const struct inq_layout_fit *fit)
{
	struct inq_jvm_area *areas = inq_arena_array(jvm->space->ctx->arena, fit->count, sizeof *areas);
	for (size_t i = 0; areas && i < fit->count; i++)
		tell_generation(jvm, fit, i, &areas[i]);
	return areas;
}

static uint64_t committed_of(const struct inq_layout_case *jvm, const struct inq_layout_fit *fit)
{
	if (!fit->count)
		return inq_layout_committed(&jvm->map, fit->heap_start, fit->heap_end);
	uint64_t bytes = 0;
	for (size_t i = 0; i < fit->count; i++)
		if (strcmp(fit->generations[i].name, "perm") != 0)
			bytes += fit->generations[i].committed_end - fit->generations[i].start;
	return bytes;
}

static void tell_edges(const struct inq_layout_fit *fit, struct inq_sentences *why)
{
	if (fit->place)
		inq_sentence(why, "%s", fit->place);
	if (fit->start_shows && fit->end_shows)
		inq_sentence(why, "borders of mappings show where it begins and ends");
	else if (fit->start_shows || fit->end_shows)
		inq_sentence(why, "a border of a mapping shows where it %s; the other end has merged with a neighbour",
			     fit->start_shows ? "begins" : "ends");
}

static void tell_start(const struct inq_layout_case *jvm, const struct inq_layout_fit *fit, struct inq_sentences *why)
{
	const struct inq_mapping *mapping = inq_space_mapping_at(jvm->space, fit->window.start);
	if (mapping && mapping->start < fit->window.start)
		inq_sentence(why,
			     "the %" PRIu64 " KiB at %" PRIx64
			     " are a neighbour's that the kernel merged, not the heap",
			     (fit->window.start - mapping->start) / K, mapping->start);
}

static void tell_heap(const struct inq_layout_case *jvm, const struct inq_layout_fit *fit, struct inq_jvm *ret)
{
	struct inq_sentences why = { .ctx = jvm->space->ctx };
	uint64_t size = fit->heap_end - fit->heap_start;
	uint64_t told = inq_jvm_option(&jvm->options, INQ_JVM_OPTION_max_heap, 0);
	ret->has_heap = true;
	ret->heap = (struct inq_jvm_area) { .name = "heap",
					    .start = fit->heap_start,
					    .end = fit->heap_end,
					    .reserved = size,
					    .committed = committed_of(jvm, fit),
					    .used = INQ_UNKNOWN,
					    .confidence = inq_layout_confidence(jvm, fit) };
	ret->heap.resident = inq_layout_resident(&jvm->map, fit->heap_start, fit->heap_end);
	if (fit->window.by_flag)
		inq_sentence(&why,
			     size == told ? "%s%s = -Xmx exactly" : "%s%s = -Xmx rounded up to the heap's alignment",
			     fit->count ? "young + old = " : "", inq_exact_size_text(jvm->space->ctx, size));
	tell_edges(fit, &why);
	tell_start(jvm, fit, &why);
	if (fit->archived)
		inq_sentence(&why, "pieces of the class data archive are mapped into it, as G1 does");
	ret->heap.evidence = inq_sentences_end(&why);
	ret->heap.parts = tell_generations(jvm, fit);
	ret->heap.part_count = ret->heap.parts ? fit->count : 0;
}

/* The tables by address. */
static void tell_tables(const struct inq_layout_case *jvm, const struct inq_layout_fit *fit, struct inq_jvm *ret)
{
	struct inq_jvm_area *tables = inq_arena_array(jvm->space->ctx->arena, fit->table_count, sizeof *tables);
	for (size_t i = 0; tables && i < fit->table_count; i++) {
		size_t at = i;
		for (; at > 0 && tables[at - 1].start > fit->tables[i].start; at--)
			tables[at] = tables[at - 1];
		tables[at] = fit->tables[i];
		struct inq_sentences why = { .ctx = jvm->space->ctx };
		inq_sentence(&why,
			     "committed where the heap is: its parts without access are the heap's at a smaller scale");
		tables[at].evidence = inq_sentences_end(&why);
		tables[at].resident = inq_layout_resident(&jvm->map, tables[at].start, tables[at].end);
	}
	ret->side_tables = tables;
	ret->side_table_count = tables ? fit->table_count : 0;
}

static const char *fit_text(struct inq_ctx *ctx, const struct inq_layout_fit *fit)
{
	const char *text = inq_arena_printf(ctx->arena, "%s: heap %" PRIx64 "-%" PRIx64, fit->row->collector,
					    fit->heap_start, fit->heap_end);
	for (size_t i = 0; text && i < fit->count; i++)
		text = inq_arena_printf(ctx->arena, "%s%s%s %s", text, i ? ", " : ", by address ",
					fit->generations[i].name,
					inq_exact_size_text(ctx, fit->generations[i].end - fit->generations[i].start));
	return text ? text : fit->row->collector;
}

static void tell_alternatives(const struct inq_layout_case *jvm, struct inq_jvm *ret)
{
	enum { MOST = 3, FARTHEST = 10 };
	struct inq_jvm_alternative *list = inq_arena_array(jvm->space->ctx->arena, MOST, sizeof *list);
	if (!list)
		return;
	for (size_t i = 1; i < jvm->fit_count && ret->alternative_count < MOST; i++) {
		const struct inq_layout_fit *fit = &jvm->fits[i];
		if (jvm->fits[0].score - fit->score > FARTHEST)
			break;
		struct inq_sentences why = { .ctx = jvm->space->ctx };
		tell_edges(fit, &why);
		if (fit->count)
			inq_sentence(&why, "young = %s", split_reason(jvm->space->ctx, &fit->split));
		list[ret->alternative_count++] = (struct inq_jvm_alternative) { .text = fit_text(jvm->space->ctx, fit),
										.confidence = INQ_POSSIBLE,
										.evidence = inq_sentences_end(&why) };
	}
	ret->alternatives = list;
}

static void add_flag(struct inq_ctx *ctx, struct inq_jvm_flag *flags, size_t *count, const char *name, uint64_t value,
		     const char *origin)
{
	const char *text = inq_arena_printf(ctx->arena, "%" PRIu64, value);
	if (text)
		flags[(*count)++] = (struct inq_jvm_flag) { name, text, origin };
}

static bool is_switch(enum inq_jvm_option_id id)
{
	return strncmp(inq_jvm_option_name(id), "Use", 3) == 0 || id == INQ_JVM_OPTION_z_generational ||
	       id == INQ_JVM_OPTION_tiered;
}

void inq_layout_tell_flags(const struct inq_layout_case *jvm, const struct inq_layout_fit *fit, struct inq_jvm *ret)
{
	struct inq_ctx *ctx = jvm->space->ctx;
	struct inq_jvm_flag *flags = inq_arena_array(ctx->arena, INQ_JVM_OPTION_COUNT + 2, sizeof *flags);
	if (!flags)
		return;
	size_t count = 0;
	for (int i = 0; i < INQ_JVM_OPTION_COUNT; i++) {
		const struct inq_jvm_option *option = &jvm->options.items[i];
		const char *name = inq_jvm_option_name((enum inq_jvm_option_id)i);
		if (option->set && is_switch((enum inq_jvm_option_id)i))
			flags[count++] =
				(struct inq_jvm_flag) { name, option->value ? "true" : "false", "command line" };
		else if (option->set)
			add_flag(ctx, flags, &count, name, option->value, "command line");
	}
	if (fit && fit->count && !fit->split.told)
		add_flag(ctx, flags, &count, fit->split.flag, fit->split.ratio ? fit->split.ratio : fit->split.young,
			 "inferred");
	if (fit && !fit->window.by_flag)
		add_flag(ctx, flags, &count, "MaxHeapSize", fit->heap_end - fit->heap_start, "inferred");
	ret->flags = flags;
	ret->flag_count = count;
}

/* Compressed references: by where the heap ends (compressedOops.cpp). */
static void tell_oops(const struct inq_layout_case *jvm, struct inq_jvm *ret)
{
	const struct inq_jvm_option *told = &jvm->options.items[INQ_JVM_OPTION_compressed_oops];
	uint64_t alignment = inq_jvm_option(&jvm->options, INQ_JVM_OPTION_object_alignment, 8);
	unsigned shift = alignment >= 8 && alignment <= 256 ? (unsigned)__builtin_ctzll(alignment) : 3;
	if (jvm->platform.bits != 64)
		return;
	if (told->set && !told->value) {
		ret->oops_mode = "off";
	} else if (ret->heap.end <= (uint64_t)4 << 30) {
		ret->oops_mode = "unscaled";
	} else if (ret->heap.end <= (uint64_t)1 << (32 + shift)) {
		ret->oops_mode = "zero-based";
		ret->narrow_oop_shift = shift;
	} else if (ret->heap.reserved > (uint64_t)1 << (32 + shift)) {
		ret->oops_mode = "off";
	}
}

bool inq_layout_tell(struct inq_layout_case *jvm, struct inq_jvm *ret)
{
	const struct inq_layout_fit *fit = jvm->fit_count ? &jvm->fits[0] : NULL;
	inq_layout_tell_flags(jvm, fit, ret);
	if (!fit)
		return false;
	ret->collector = fit->row->collector;
	ret->region_size =
		inq_jvm_region_size(ret->collector, &jvm->options, &jvm->platform, fit->heap_end - fit->heap_start);
	tell_heap(jvm, fit, ret);
	tell_tables(jvm, fit, ret);
	tell_alternatives(jvm, ret);
	tell_oops(jvm, ret);
	ret->confidence = ret->heap.confidence;
	return true;
}
