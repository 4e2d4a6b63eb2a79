/* The kernel's memory, explained: asks checks, holders and rules in turn. */
#include "lib/kernel/kernel.h"

#include <inttypes.h>

#define INQ_KERNEL_RULE(name) extern const struct inq_kernel_rule inq_kernel_rule_##name;
#include "lib/kernel/findings.def"
#undef INQ_KERNEL_RULE

static const struct inq_kernel_rule *const rules[] = {
#define INQ_KERNEL_RULE(name) &inq_kernel_rule_##name,
#include "lib/kernel/findings.def"
#undef INQ_KERNEL_RULE
};

/* The rows get their explanation here, so that the reader knows nothing of it. */
static enum inq_status explain_rows(struct inq_ctx *ctx, struct inq_memstat *memstat)
{
	struct inq_memstat_row *rows = inq_arena_array(ctx->arena, memstat->row_count, sizeof *rows);
	if (!rows)
		return inq_no_memory(ctx);
	for (size_t i = 0; i < memstat->row_count; i++) {
		rows[i] = memstat->rows[i];
		rows[i].about = inq_memstat_about(rows[i].name);
	}
	memstat->rows = rows;
	return INQ_OK;
}

static enum inq_status find(const struct inq_kernel_case *kernel, struct inq_kernel_finding_vec *ret)
{
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
		struct inq_diagnosis finding = { .id = rules[i]->id }, *slot;
		if (!rules[i]->find(kernel, &finding))
			continue;
		slot = inq_kernel_finding_vec_push(ret);
		if (!slot)
			return inq_no_memory(kernel->ctx);
		*slot = finding;
	}
	return INQ_OK;
}

/* Of a listing that lost its caches the totals say as much. */
static const char *caches_verdict(struct inq_ctx *ctx, const struct inq_kmastat *kmastat)
{
	uint64_t sum = 0, arenas = 0;
	for (size_t i = 0; i < kmastat->cache_count; i++)
		sum += kmastat->caches[i].memory;
	for (size_t i = 0; i < kmastat->arena_count; i++)
		arenas += kmastat->arenas[i].memory;
	const char *held = inq_kernel_size_text(ctx, kmastat->cache_count ? sum : arenas);
	if (!kmastat->cache_count && !kmastat->arena_count)
		return inq_kernel_text(ctx, "%zu vmem arenas; the caches are missing", kmastat->vmem_count);
	if (!kmastat->cache_count)
		return inq_kernel_text(ctx, "by the %zu arena totals the caches hold %s; the caches are missing",
				       kmastat->arena_count, held);
	if (sum == arenas && kmastat->unit == 1)
		return inq_kernel_text(ctx, "%zu caches hold %s; the %zu arena totals say the same to the byte",
				       kmastat->cache_count, held, kmastat->arena_count);
	return inq_kernel_text(ctx, "%zu caches hold %s", kmastat->cache_count, held);
}

/* The first sentence: of the machine's memory when ::memstat tells it, else of the caches. */
static const char *verdict_of(struct inq_ctx *ctx, const struct inq_kernel_tables *tables)
{
	if (tables->memstats.count) {
		static const char *const names[] = { "Free (freelist)", "Free (cachelist)", "Free", NULL };
		const struct inq_memstat *memstat = &tables->memstats.items[0];
		uint64_t total = memstat->total_bytes, free = inq_memstat_sum(memstat, names);
		if (total != INQ_UNKNOWN)
			return inq_kernel_text(ctx, "%s of memory, %s of it free (%" PRIu64 " %%)",
					       inq_kernel_size_text(ctx, total), inq_kernel_size_text(ctx, free),
					       inq_percent(free, total));
	}
	if (!tables->kmastats.count)
		return NULL;
	return caches_verdict(ctx, &tables->kmastats.items[0]);
}

struct found {
	struct inq_kernel_check_vec checks;
	struct inq_kernel_holder_vec holders;
	struct inq_kernel_finding_vec findings;
};

static void *move(struct inq_ctx *ctx, const void *items, size_t count, size_t size)
{
	void *copy = inq_arena_array(ctx->arena, count, size);
	if (!copy)
		inq_no_memory(ctx);
	else if (count)
		memcpy(copy, items, count * size);
	return copy;
}

static enum inq_status work_out(struct inq_space *space, struct found *found, struct inq_kernel_memory *ret)
{
	struct inq_ctx *ctx = space->ctx;
	struct inq_kernel_tables *tables = &space->kernel;
	enum inq_status status = INQ_OK;
	for (size_t i = 0; i < tables->memstats.count && status == INQ_OK; i++)
		status = explain_rows(ctx, &tables->memstats.items[i]);
	if (status == INQ_OK)
		status = inq_kernel_check(ctx, tables, &found->checks);
	if (status == INQ_OK && tables->kmastats.count)
		status = inq_kernel_holders(ctx, &tables->kmastats.items[0], &found->holders);
	struct inq_kernel_case kernel = {
		ctx, tables, found->checks.items, found->checks.count, found->holders.items, found->holders.count
	};
	if (status == INQ_OK)
		status = find(&kernel, &found->findings);
	if (status != INQ_OK)
		return status;
	*ret = (struct inq_kernel_memory) {
		.memstats = tables->memstats.items,
		.memstat_count = tables->memstats.count,
		.kmastats = tables->kmastats.items,
		.kmastat_count = tables->kmastats.count,
		.kstats = tables->kstats.items,
		.kstat_count = tables->kstats.count,
		.vmstats = tables->vmstats.items,
		.vmstat_count = tables->vmstats.count,
		.checks = move(ctx, found->checks.items, found->checks.count, sizeof *found->checks.items),
		.check_count = found->checks.count,
		.holders = move(ctx, found->holders.items, found->holders.count, sizeof *found->holders.items),
		.holder_count = found->holders.count,
		.findings = move(ctx, found->findings.items, found->findings.count, sizeof *found->findings.items),
		.finding_count = found->findings.count,
		.verdict = verdict_of(ctx, tables),
	};
	return ctx->no_memory ? INQ_NO_MEMORY : INQ_OK;
}

enum inq_status inq_kernel_explain(struct inq_space *space, const struct inq_kernel_memory **ret)
{
	const struct inq_kernel_tables *tables = &space->kernel;
	struct found found = { 0 };
	*ret = NULL;
	if (!tables->memstats.count && !tables->kmastats.count && !tables->kstats.count && !tables->vmstats.count)
		return INQ_OK;
	struct inq_kernel_memory *memory = inq_arena_alloc(space->ctx->arena, sizeof *memory);
	enum inq_status status = memory ? work_out(space, &found, memory) : inq_no_memory(space->ctx);
	inq_kernel_check_vec_release(&found.checks);
	inq_kernel_holder_vec_release(&found.holders);
	inq_kernel_finding_vec_release(&found.findings);
	if (status == INQ_OK)
		*ret = memory;
	return status;
}
