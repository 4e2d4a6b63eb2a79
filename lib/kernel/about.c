/* Names of the kernel's tables and what they stand for, and look-ups in the tables. */
#include "lib/kernel/about.h"

#include "lib/base/str.h"

#include <stdarg.h>
#include <string.h>

static const struct category {
	const char *name, *about;
} categories[] = {
#define INQ_CATEGORY(name, about) { name, about },
#include "lib/kernel/about.def"
#undef INQ_CATEGORY
};

static const struct inq_cache_kind caches[] = {
#define INQ_CACHE(prefix, family, about) { prefix, family, about },
#include "lib/kernel/about.def"
#undef INQ_CACHE
};

const char *inq_memstat_about(const char *name)
{
	for (size_t i = 0; i < sizeof categories / sizeof *categories; i++)
		if (strcmp(categories[i].name, name) == 0)
			return categories[i].about;
	return NULL;
}

const struct inq_cache_kind *inq_cache_kind(const char *name)
{
	for (size_t i = 0; i < sizeof caches / sizeof *caches; i++)
		if (strncmp(name, caches[i].prefix, strlen(caches[i].prefix)) == 0)
			return &caches[i];
	return NULL;
}

const char *inq_cache_about(const char *name)
{
	const struct inq_cache_kind *kind = inq_cache_kind(name);
	return kind ? kind->about : NULL;
}

const char *inq_kernel_text(struct inq_ctx *ctx, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	const char *text = inq_arena_vprintf(ctx->arena, format, arguments);
	va_end(arguments);
	if (!text)
		inq_no_memory(ctx);
	return text ? text : "";
}

enum { MOST_EVIDENCE = 8 };

void inq_kernel_evidence(struct inq_ctx *ctx, struct inq_diagnosis *finding, const char *format, ...)
{
	const char **items = (const char **)(uintptr_t)finding->evidence.items;
	va_list arguments;
	if (!items)
		items = inq_arena_array(ctx->arena, MOST_EVIDENCE, sizeof *items);
	if (!items || finding->evidence.count >= MOST_EVIDENCE)
		return;
	va_start(arguments, format);
	items[finding->evidence.count] = inq_arena_vprintf(ctx->arena, format, arguments);
	va_end(arguments);
	finding->evidence.items = items;
	finding->evidence.count += items[finding->evidence.count] != NULL;
}

const char *inq_kernel_size_text(struct inq_ctx *ctx, uint64_t bytes)
{
	const char *text = inq_size_text(ctx->arena, bytes);
	if (!text)
		inq_no_memory(ctx);
	return text ? text : "";
}

uint64_t inq_permille(uint64_t value, uint64_t whole)
{
	if (!whole)
		return 0;
	return value < UINT64_MAX / 2000 ? (value * 1000 + whole / 2) / whole : value / (whole / 1000 + 1);
}

uint64_t inq_percent(uint64_t value, uint64_t whole)
{
	return (inq_permille(value, whole) + 5) / 10;
}

const struct inq_memstat_row *inq_memstat_row(const struct inq_memstat *memstat, const char *name)
{
	for (size_t i = 0; i < memstat->row_count; i++)
		if (strcmp(memstat->rows[i].name, name) == 0)
			return &memstat->rows[i];
	return NULL;
}

uint64_t inq_memstat_sum(const struct inq_memstat *memstat, const char *const *names)
{
	uint64_t sum = 0;
	for (; *names; names++) {
		const struct inq_memstat_row *row = inq_memstat_row(memstat, *names);
		sum += row ? row->bytes : 0;
	}
	return sum;
}

const struct inq_vmem_row *inq_vmem_row(const struct inq_kmastat *kmastat, const char *name)
{
	for (size_t i = 0; i < kmastat->vmem_count; i++)
		if (strcmp(kmastat->vmem[i].name, name) == 0)
			return &kmastat->vmem[i];
	return NULL;
}

bool inq_kstat_number(const struct inq_kernel_tables *tables, const char *kstat, const char *name, uint64_t *ret)
{
	for (size_t i = 0; i < tables->kstats.count; i++) {
		const struct inq_kstat *table = &tables->kstats.items[i];
		if (!table->name || strcmp(table->name, kstat) != 0)
			continue;
		for (size_t j = 0; j < table->value_count; j++) {
			if (strcmp(table->values[j].name, name) == 0 && table->values[j].is_number) {
				*ret = table->values[j].number;
				return true;
			}
		}
	}
	return false;
}
