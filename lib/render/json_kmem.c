/* The document inquest.kmem/1, and the member `kernel_memory` of a report. */
#include "lib/render/json_parts.h"

static void put_permille(struct inq_json *json, const char *key, uint64_t permille)
{
	if (permille == INQ_UNKNOWN)
		return;
	inq_json_key(json, key);
	inq_json_tenths(json, permille);
}

static void put_amount(struct inq_json *json, const char *key, uint64_t pages, uint64_t bytes)
{
	if (pages == INQ_UNKNOWN)
		return;
	inq_json_open(json, key, '{');
	inq_json_count(json, "pages", pages);
	inq_json_count(json, "bytes", bytes);
	inq_json_end(json);
}

static void put_memstat(struct inq_json *json, const struct inq_memstat *memstat)
{
	inq_json_begin(json, '{');
	inq_json_text(json, "artefact", memstat->artefact);
	inq_json_count(json, "line", memstat->line);
	inq_json_open(json, "rows", '[');
	for (size_t i = 0; i < memstat->row_count; i++) {
		const struct inq_memstat_row *row = &memstat->rows[i];
		inq_json_begin(json, '{');
		inq_json_text(json, "name", row->name);
		inq_json_count(json, "depth", row->depth);
		inq_json_count(json, "pages", row->pages);
		inq_json_count(json, "bytes", row->bytes);
		put_permille(json, "percent", row->permille);
		if (row->wrapped)
			inq_json_flag(json, "wrapped", true);
		inq_json_text(json, "about", row->about);
		inq_json_end(json);
	}
	inq_json_end(json);
	put_amount(json, "total", memstat->total_pages, memstat->total_bytes);
	put_amount(json, "physical", memstat->physical_pages, memstat->physical_bytes);
	if (memstat->page_size)
		inq_json_count(json, "page_size", memstat->page_size);
	inq_json_end(json);
}

static void put_cache(struct inq_json *json, const struct inq_kmastat_cache *cache)
{
	inq_json_begin(json, '{');
	inq_json_text(json, "name", cache->name);
	inq_json_count(json, "size", cache->size);
	inq_json_count(json, "in_use", cache->in_use);
	inq_json_count(json, "cached", cache->cached);
	inq_json_count(json, "total", cache->total);
	inq_json_count(json, "memory", cache->memory);
	inq_json_count(json, "succeed", cache->succeed);
	inq_json_count(json, "fail", cache->fail);
	inq_json_end(json);
}

static void put_vmem(struct inq_json *json, const struct inq_kmastat *kmastat, size_t index)
{
	const struct inq_vmem_row *row = &kmastat->vmem[index];
	inq_json_begin(json, '{');
	inq_json_text(json, "name", row->name);
	inq_json_count(json, "depth", row->depth);
	if (row->parent < index)
		inq_json_text(json, "parent", kmastat->vmem[row->parent].name);
	inq_json_count(json, "in_use", row->in_use);
	inq_json_count(json, "total", row->total);
	inq_json_count(json, "import", row->import);
	inq_json_count(json, "succeed", row->succeed);
	inq_json_count(json, "fail", row->fail);
	inq_json_end(json);
}

static void put_kmastat(struct inq_json *json, const struct inq_kmastat *kmastat)
{
	inq_json_begin(json, '{');
	inq_json_text(json, "artefact", kmastat->artefact);
	inq_json_text(json, "kind", kmastat->kind);
	inq_json_count(json, "line", kmastat->line);
	inq_json_count(json, "unit", kmastat->unit);
	inq_json_open(json, "caches", '[');
	for (size_t i = 0; i < kmastat->cache_count; i++)
		put_cache(json, &kmastat->caches[i]);
	inq_json_end(json);
	inq_json_open(json, "arena_totals", '[');
	for (size_t i = 0; i < kmastat->arena_count; i++) {
		inq_json_begin(json, '{');
		inq_json_text(json, "name", kmastat->arenas[i].name);
		inq_json_count(json, "memory", kmastat->arenas[i].memory);
		inq_json_count(json, "succeed", kmastat->arenas[i].succeed);
		inq_json_count(json, "fail", kmastat->arenas[i].fail);
		inq_json_end(json);
	}
	inq_json_end(json);
	inq_json_open(json, "vmem", '[');
	for (size_t i = 0; i < kmastat->vmem_count; i++)
		put_vmem(json, kmastat, i);
	inq_json_end(json);
	inq_json_end(json);
}

static void put_kstat(struct inq_json *json, const struct inq_kstat *kstat)
{
	inq_json_begin(json, '{');
	inq_json_text(json, "artefact", kstat->artefact);
	inq_json_count(json, "line", kstat->line);
	inq_json_text(json, "module", kstat->module);
	inq_json_count(json, "instance", kstat->instance);
	inq_json_text(json, "name", kstat->name);
	inq_json_text(json, "class", kstat->class_);
	inq_json_open(json, "values", '{');
	for (size_t i = 0; i < kstat->value_count; i++) {
		inq_json_name(json, kstat->values[i].name);
		if (kstat->values[i].is_number)
			inq_json_number(json, kstat->values[i].number);
		else
			inq_json_string(json, kstat->values[i].text);
	}
	inq_json_end(json);
	inq_json_end(json);
}

static void put_checks(struct inq_json *json, const struct inq_kernel_memory *kernel)
{
	inq_json_open(json, "checks", '[');
	for (size_t i = 0; i < kernel->check_count; i++) {
		const struct inq_kernel_check *check = &kernel->checks[i];
		inq_json_begin(json, '{');
		inq_json_text(json, "what", check->what);
		inq_json_count(json, "expected", check->expected);
		inq_json_count(json, "found", check->found);
		inq_json_flag(json, "ok", check->ok);
		inq_json_text(json, "note", check->note);
		inq_json_text(json, "artefact", check->artefact);
		inq_json_count(json, "line", check->line);
		inq_json_end(json);
	}
	inq_json_end(json);
}

static void put_holders(struct inq_json *json, const struct inq_kernel_memory *kernel)
{
	inq_json_open(json, "holders", '[');
	for (size_t i = 0; i < kernel->holder_count; i++) {
		const struct inq_kernel_holder *holder = &kernel->holders[i];
		inq_json_begin(json, '{');
		inq_json_text(json, "kind", holder->kind);
		inq_json_text(json, "name", holder->name);
		inq_json_text(json, "about", holder->about);
		inq_json_count(json, "bytes", holder->bytes);
		inq_json_count(json, "idle", holder->idle);
		put_permille(json, "percent", holder->permille);
		inq_json_count(json, "failures", holder->failures);
		inq_json_count(json, "churn", holder->churn);
		if (holder->twice)
			inq_json_flag(json, "counted_twice", true);
		inq_json_end(json);
	}
	inq_json_end(json);
}

static void put_vmstats(struct inq_json *json, const struct inq_kernel_memory *kernel)
{
	if (!kernel->vmstat_count)
		return;
	inq_json_open(json, "vmstat", '[');
	for (size_t i = 0; i < kernel->vmstat_count; i++) {
		inq_json_begin(json, '{');
		inq_json_count(json, "line", kernel->vmstats[i].line);
		inq_json_count(json, "swap", kernel->vmstats[i].swap);
		inq_json_count(json, "free", kernel->vmstats[i].free);
		inq_json_count(json, "scan_rate", kernel->vmstats[i].scan_rate);
		inq_json_end(json);
	}
	inq_json_end(json);
}

static void put_members(struct inq_json *json, const struct inq_kernel_memory *kernel)
{
	inq_json_text(json, "verdict", kernel->verdict);
	inq_json_open(json, "memstat", '[');
	for (size_t i = 0; i < kernel->memstat_count; i++)
		put_memstat(json, &kernel->memstats[i]);
	inq_json_end(json);
	inq_json_open(json, "kmastat", '[');
	for (size_t i = 0; i < kernel->kmastat_count; i++)
		put_kmastat(json, &kernel->kmastats[i]);
	inq_json_end(json);
	inq_json_open(json, "kstat", '[');
	for (size_t i = 0; i < kernel->kstat_count; i++)
		put_kstat(json, &kernel->kstats[i]);
	inq_json_end(json);
	put_vmstats(json, kernel);
	put_checks(json, kernel);
	put_holders(json, kernel);
	inq_json_findings(json, "findings", kernel->findings, kernel->finding_count);
}

void inq_json_kernel_memory(struct inq_json *json, const struct inq_report *report)
{
	if (!report->kernel_memory)
		return;
	inq_json_open(json, "kernel_memory", '{');
	put_members(json, report->kernel_memory);
	inq_json_end(json);
}

void inq_json_kmem_document(struct inq_json *json, const struct inq_report *report)
{
	inq_json_document(json, "inquest.kmem/1");
	inq_json_warnings(json, report);
	if (report->kernel_memory)
		put_members(json, report->kernel_memory);
}
