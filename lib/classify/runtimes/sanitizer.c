/* The allocator of the sanitizers, and scudo, which has its design from there: one reservation of terabytes, divided into regions
 * of one size, a power of two, one for each size of blocks. Of each region the beginning (blocks) and a place near the end
 * (the list of free blocks) are made accessible (compiler-rt, sanitizer_allocator_primary64.h: SizeClassAllocator64).
 * AddressSanitizer's shadow on x86-64 lies at fixed addresses (asan_mapping.h). */
#include "lib/classify/runtime.h"

#include "lib/space/mapping.h"

static const uint64_t RESERVED = UINT64_C(1) << 38, LEAST_REGION = UINT64_C(1) << 28;
static const uint64_t LOW_SHADOW = 0x7fff7000, HIGH_SHADOW = 0x2008fff7000, SHADOW_END = 0x10007fff8000;
enum { ENOUGH_ALIKE = 6, KINDS = 2 /* of accessible pieces in a region */ };

/* A run of mappings without gaps, by index. */
struct run {
	size_t first, end;
};

static bool is_accessible(const struct inq_mapping *mapping)
{
	return mapping->permissions & (INQ_PERM_READ | INQ_PERM_WRITE | INQ_PERM_EXECUTE);
}

/* The size of a region: the step from an accessible piece to the next but one, when enough of them keep it; 0. */
static uint64_t find_step(const struct inq_space *space, const struct run *run, uint64_t start[KINDS])
{
	uint64_t last[KINDS] = { 0 }, step = 0;
	size_t seen = 0, alike = 0;
	for (size_t i = run->first; i < run->end && alike < ENOUGH_ALIKE; i++) {
		const struct inq_mapping *mapping = &space->mappings.items[i];
		if (!is_accessible(mapping))
			continue;
		uint64_t difference = mapping->start - last[seen % KINDS];
		bool power = seen >= KINDS && difference >= LEAST_REGION && (difference & (difference - 1)) == 0;
		alike = power && difference == step ? alike + 1 : power;
		step = power ? difference : 0;
		last[seen++ % KINDS] = mapping->start;
	}
	for (size_t i = 0; i < KINDS; i++)
		start[i] = last[i];
	return alike == ENOUGH_ALIKE ? step : 0;
}

static void claim_run(struct inq_space *space, struct inq_claims *claims, const struct run *run)
{
	uint64_t start[KINDS], step = find_step(space, run, start);
	for (size_t i = run->first; step && i < run->end; i++) {
		const struct inq_mapping *mapping = &space->mappings.items[i];
		uint64_t place = mapping->start % step;
		if (is_accessible(mapping) && (place == start[0] % step || place == start[1] % step))
			inq_claim(claims, i, INQ_CLASS_ALLOCATOR, "sanitizer", INQ_LIKELY,
				  "accessible pieces of one vast reservation, in steps of a power of two, as the "
				  "sanitizers' allocator and scudo have");
	}
}

static void claim_shadow(struct inq_claims *claims, const struct inq_mapping *mapping, size_t index)
{
	bool high = mapping->start == HIGH_SHADOW && mapping->end == SHADOW_END;
	if (high || (mapping->start == LOW_SHADOW && mapping->end < HIGH_SHADOW))
		inq_claim(claims, index, INQ_CLASS_ANON, "shadow", INQ_LIKELY,
			  "at the addresses of AddressSanitizer's shadow memory");
}

static void claim(struct inq_space *space, struct inq_claims *claims)
{
	const struct inq_mapping *rows = space->mappings.items;
	for (struct run run = { 0 }; run.first < space->mappings.count; run.first = run.end) {
		for (run.end = run.first + 1;
		     run.end < space->mappings.count && inq_mapping_is_plain(&rows[run.first]) &&
		     inq_mapping_is_plain(&rows[run.end]) && rows[run.end].start == rows[run.end - 1].end;)
			run.end++;
		if (inq_is_plain_data(&rows[run.first]))
			claim_shadow(claims, &rows[run.first], run.first);
		if (inq_is_plain_data(&rows[run.end - 1]))
			claim_shadow(claims, &rows[run.end - 1], run.end - 1);
		if (rows[run.end - 1].end - rows[run.first].start >= RESERVED)
			claim_run(space, claims, &run);
	}
}

const struct inq_runtime inq_runtime_sanitizer = { claim };
