/* The arbiter: collects the rules' claims and turns the surest into regions.
 *
 * Invariant: the regions are disjoint, in order, and cover exactly the mappings. Each mapping has one slot for its best
 * claim, so that a map of 65,530 rows costs no allocation per row; what is beaten goes to a list beside it. */
#include "lib/classify/rule.h"

#include <stdlib.h>
#include <string.h>

#define INQ_RULE(name) extern const struct inq_rule inq_rule_##name;
#include "lib/classify/rules.def"
#undef INQ_RULE

static const struct inq_rule *const rules[] = {
#define INQ_RULE(name) &inq_rule_##name,
#include "lib/classify/rules.def"
#undef INQ_RULE
};

struct claim {
	const char *subclass, *evidence;
	uint64_t thread;
	uint32_t beaten; /* 1 + index of the claim that this one beat; 0 none */
	uint8_t class_, confidence;
	uint8_t rule; /* who makes it: index of rules */
};

struct part {
	size_t mapping;
	uint64_t start, end;
	struct claim claim;
};

INQ_VEC(claim_vec, struct claim)
INQ_VEC(part_vec, struct part)

struct inq_claims {
	struct inq_space *space;
	struct claim *best; /* one for each mapping */
	struct claim_vec beaten;
	struct part_vec parts;
	struct inq_region *regions;
	size_t region_count;
	uint8_t rule; /* that is running */
};

enum inq_class inq_claimed(const struct inq_claims *claims, size_t mapping)
{
	const struct claim *best = &claims->best[mapping];
	return best->confidence ? best->class_ : INQ_CLASS_COUNT;
}

unsigned inq_claimed_confidence(const struct inq_claims *claims, size_t mapping)
{
	return claims->best[mapping].confidence;
}

const char *inq_claim_text(struct inq_space *space, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	const char *text = inq_arena_vprintf(space->ctx->arena, format, arguments);
	va_end(arguments);
	return text;
}

static void keep_beaten(struct inq_claims *claims, struct claim *winner, const struct claim *loser)
{
	if (claims->beaten.count >= UINT32_MAX - 1)
		return;
	struct claim *slot = claim_vec_push(&claims->beaten);
	if (!slot) {
		inq_no_memory(claims->space->ctx);
		return;
	}
	uint32_t before = winner->beaten;
	*slot = *loser;
	winner->beaten = (uint32_t)claims->beaten.count;
	slot->beaten = before;
}

/* Two rules that see the same thing independently are surer than each of them. */
static bool confirms(const struct claim *claim, const struct claim *best)
{
	return claim->class_ == best->class_ && claim->rule != best->rule && claim->confidence == INQ_POSSIBLE &&
	       best->confidence == INQ_POSSIBLE;
}

static void make_claim(struct inq_claims *claims, size_t mapping, const struct claim *claim)
{
	struct claim *best = &claims->best[mapping];
	if (!best->confidence) {
		*best = *claim;
		return;
	}
	if (claim->confidence <= best->confidence) {
		if (confirms(claim, best))
			best->confidence = INQ_LIKELY;
		keep_beaten(claims, best, claim);
		return;
	}
	struct claim loser = *best;
	*best = *claim;
	best->beaten = loser.beaten;
	keep_beaten(claims, best, &loser);
}

static struct claim new_claim(enum inq_class class_, const char *subclass, enum inq_confidence confidence,
			      const char *evidence, uint64_t thread)
{
	return (struct claim) { .class_ = (uint8_t)class_,
				.confidence = (uint8_t)confidence,
				.subclass = subclass,
				.evidence = evidence,
				.thread = thread };
}

void inq_claim(struct inq_claims *claims, size_t mapping, enum inq_class class_, const char *subclass,
	       enum inq_confidence confidence, const char *evidence)
{
	struct claim claim = new_claim(class_, subclass, confidence, evidence, INQ_UNKNOWN);
	claim.rule = claims->rule;
	make_claim(claims, mapping, &claim);
}

void inq_claim_thread(struct inq_claims *claims, size_t mapping, uint64_t tid, enum inq_class class_,
		      enum inq_confidence confidence, const char *evidence)
{
	struct claim claim = new_claim(class_, NULL, confidence, evidence, tid);
	claim.rule = claims->rule;
	make_claim(claims, mapping, &claim);
}

void inq_claim_part(struct inq_claims *claims, size_t mapping, uint64_t start, uint64_t end, enum inq_class class_,
		    const char *subclass, enum inq_confidence confidence, const char *evidence)
{
	inq_claim_thread_part(claims, mapping, start, end, INQ_UNKNOWN, class_, subclass, confidence, evidence);
}

void inq_claim_thread_part(struct inq_claims *claims, size_t mapping, uint64_t start, uint64_t end, uint64_t tid,
			   enum inq_class class_, const char *subclass, enum inq_confidence confidence,
			   const char *evidence)
{
	const struct inq_mapping *whole = &claims->space->mappings.items[mapping];
	start = start > whole->start ? start : whole->start;
	end = end < whole->end ? end : whole->end;
	if (start >= end)
		return;
	struct part *part = part_vec_push(&claims->parts);
	if (!part) {
		inq_no_memory(claims->space->ctx);
		return;
	}
	*part = (struct part) { .mapping = mapping, .start = start, .end = end };
	part->claim = new_claim(class_, subclass, confidence, evidence, tid);
}

/* The claims that say what the winner says are more evidence; the others are alternatives. */
static bool add_reasons(struct inq_claims *claims, struct inq_region *region, const struct claim *best)
{
	struct inq_arena *arena = claims->space->ctx->arena;
	size_t agree = 1, differ = 0;
	for (uint32_t next = best->beaten; next; next = claims->beaten.items[next - 1].beaten)
		if (claims->beaten.items[next - 1].class_ == best->class_)
			agree++;
		else
			differ++;
	const char **evidence = inq_arena_array(arena, agree, sizeof *evidence);
	struct inq_alternative *alternatives = inq_arena_array(arena, differ, sizeof *alternatives);
	if (!evidence || !alternatives)
		return false;
	size_t evidence_count = 0, count = 0;
	if (best->evidence)
		evidence[evidence_count++] = best->evidence;
	for (uint32_t next = best->beaten; next; next = claims->beaten.items[next - 1].beaten) {
		const struct claim *other = &claims->beaten.items[next - 1];
		if (other->class_ != best->class_)
			alternatives[count++] =
				(struct inq_alternative) { other->class_, other->subclass, other->confidence };
		else if (other->evidence)
			evidence[evidence_count++] = other->evidence;
	}
	region->evidence = (struct inq_evidence) { evidence, evidence_count };
	region->alternatives = count ? alternatives : NULL;
	region->alternative_count = count;
	return true;
}

static uint64_t dumped_in(const struct inq_space *space, const struct inq_mapping *mapping, uint64_t start,
			  uint64_t end)
{
	if (mapping->data_artefact >= space->artefacts.count ||
	    !space->artefacts.items[mapping->data_artefact].holds_memory)
		return INQ_UNKNOWN;
	uint64_t held = mapping->start + mapping->data_size;
	held = held < end ? held : end;
	return held > start ? held - start : 0;
}

/* What the system counted holds for the whole mapping; of a part it is known only when it is all or nothing. */
static uint64_t counted_in(uint64_t counted, uint64_t size, uint64_t part)
{
	if (part == size || counted == 0)
		return counted;
	return counted == size ? part : INQ_UNKNOWN;
}

static void fill_region(const struct inq_space *space, struct inq_region *region, const struct inq_mapping *mapping,
			const struct claim *claim, uint64_t start, uint64_t end)
{
	uint64_t size = mapping->end - mapping->start, part = end - start;
	const struct inq_usage *usage = mapping->usage;
	region->start = start;
	region->end = end;
	region->class_ = claim->class_;
	region->subclass = claim->subclass;
	region->confidence = claim->confidence;
	region->permissions = mapping->permissions;
	region->name = mapping->name;
	region->object = mapping->file ? mapping->file->path : NULL;
	region->thread = claim->thread;
	region->dumped_bytes = dumped_in(space, mapping, start, end);
	region->resident_bytes = usage ? counted_in(usage->resident, size, part) : INQ_UNKNOWN;
	region->dirty_bytes = usage ? counted_in(usage->dirty, size, part) : INQ_UNKNOWN;
	region->swap_bytes = usage ? counted_in(usage->swap, size, part) : INQ_UNKNOWN;
	region->huge_bytes = usage ? counted_in(usage->huge, size, part) : INQ_UNKNOWN;
}

static bool add_region(struct inq_claims *claims, size_t mapping, struct claim *claim, uint64_t start, uint64_t end)
{
	struct inq_region *region = &claims->regions[claims->region_count++];
	fill_region(claims->space, region, &claims->space->mappings.items[mapping], claim, start, end);
	if (claim->beaten)
		return add_reasons(claims, region, claim);
	region->evidence = (struct inq_evidence) { &claim->evidence, claim->evidence != NULL };
	return true;
}

static struct claim fallback(const struct inq_mapping *mapping)
{
	if (mapping->file)
		return new_claim(INQ_CLASS_FILE, NULL, INQ_CERTAIN, "mapped from a file", INQ_UNKNOWN);
	return new_claim(INQ_CLASS_ANON, NULL, INQ_CERTAIN, "no file and no name; nothing tells more", INQ_UNKNOWN);
}

/* What is said of a part stands against what is said of the whole mapping: the surer is kept, the part when both are
 * equally sure. */
static bool part_loses(struct inq_claims *claims, struct claim *whole, const struct part *part)
{
	if (whole->confidence <= part->claim.confidence)
		return false;
	if (whole->class_ != part->claim.class_)
		keep_beaten(claims, whole, &part->claim);
	return true;
}

/* Emits one mapping: its parts (sorted by address, cut where they overlapped), and the rest around them. */
static bool add_mapping(struct inq_claims *claims, size_t index, size_t *next_part)
{
	const struct inq_mapping *mapping = &claims->space->mappings.items[index];
	struct claim *claim = &claims->best[index], whole = *claim;
	uint64_t at = mapping->start;
	bool done = true;
	if (!claim->confidence)
		*claim = fallback(mapping);
	for (; done && *next_part < claims->parts.count; ++*next_part) {
		struct part *part = &claims->parts.items[*next_part];
		if (part->mapping != index)
			break;
		uint64_t start = part->start > at ? part->start : at;
		if (part->end <= start || (whole.confidence && part_loses(claims, claim, part)))
			continue;
		if (start > at)
			done = add_region(claims, index, claim, at, start);
		done = done && add_region(claims, index, &part->claim, start, part->end);
		at = part->end;
	}
	return done && (at == mapping->end || add_region(claims, index, claim, at, mapping->end));
}

static int by_address(const void *a, const void *b)
{
	const struct part *one = a, *two = b;
	return one->start < two->start ? -1 : one->start > two->start;
}

static enum inq_status make_regions(struct inq_claims *claims)
{
	struct inq_arena *arena = claims->space->ctx->arena;
	size_t mappings = claims->space->mappings.count, next_part = 0;
	/* Each part makes at most two regions more: itself, and what is left behind it. */
	claims->regions = inq_arena_array(arena, mappings + 2 * claims->parts.count, sizeof *claims->regions);
	if (!claims->regions)
		return inq_no_memory(claims->space->ctx);
	for (size_t i = 0; i < mappings; i++)
		if (!add_mapping(claims, i, &next_part))
			return inq_no_memory(claims->space->ctx);
	return INQ_OK;
}

/* Of parts that overlap the surer keeps its whole range, of equally sure ones the lower; the other is an alternative. */
static void cut_overlaps(struct inq_claims *claims)
{
	struct part *kept = NULL;
	for (size_t i = 0; i < claims->parts.count; i++) {
		struct part *part = &claims->parts.items[i];
		if (!kept || part->mapping != kept->mapping || part->start >= kept->end) {
			kept = part;
			continue;
		}
		if (part->claim.confidence > kept->claim.confidence) {
			keep_beaten(claims, &part->claim, &kept->claim);
			kept->end = part->start;
			kept = part;
		} else {
			keep_beaten(claims, &kept->claim, &part->claim);
			part->start = part->end > kept->end ? kept->end : part->end;
			kept = part->end > kept->end ? part : kept;
		}
	}
}

/* The regions point to the evidence inside the parts' claims, so the parts move to the arena. */
static enum inq_status settle_parts(struct inq_claims *claims)
{
	struct part *parts = inq_arena_array(claims->space->ctx->arena, claims->parts.count, sizeof *parts);
	if (!parts)
		return inq_no_memory(claims->space->ctx);
	if (claims->parts.count)
		memcpy(parts, claims->parts.items, claims->parts.count * sizeof *parts);
	qsort(parts, claims->parts.count, sizeof *parts, by_address);
	free(claims->parts.items);
	claims->parts.items = parts;
	cut_overlaps(claims);
	return INQ_OK;
}

enum inq_status inq_classify(struct inq_space *space, const struct inq_region **ret, size_t *count)
{
	struct inq_claims claims = { .space = space };
	*ret = NULL;
	*count = 0;
	claims.best = inq_arena_array(space->ctx->arena, space->mappings.count, sizeof *claims.best);
	if (!claims.best)
		return inq_no_memory(space->ctx);
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
		claims.rule = (uint8_t)i;
		rules[i]->run(space, &claims);
	}
	enum inq_status status = settle_parts(&claims);
	if (status != INQ_OK)
		part_vec_release(&claims.parts);
	else
		status = make_regions(&claims);
	claim_vec_release(&claims.beaten);
	if (status == INQ_OK) {
		*ret = claims.regions;
		*count = claims.region_count;
	}
	return status;
}
