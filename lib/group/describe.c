/* Groups as they are told: members, representative, counts, why they are one, and their rank. */
#include "lib/group/collection.h"

#include "lib/base/str.h"

#include <stdlib.h>
#include <string.h>

/* Stems that may represent a group: those with the most crashes. */
enum { MOST_CANDIDATES = 32 };

/* A group in the making: entries[…] of it are stems, or one entry of failures. */
struct making {
	struct inq_groups *groups;
	const size_t *first;
	const struct inq_stem *stems; /* of the whole run */
	size_t *members;	      /* indices of stems, the clusters one after the other */
	struct inq_triage_group *made;
	size_t made_count;
	const char **work; /* as many as rows */
};

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static size_t count_different(const char **items, size_t count)
{
	size_t different = 0;
	qsort(items, count, sizeof *items, by_text);
	for (size_t i = 0; i < count; i++)
		different += !i || items[i] != items[i - 1];
	return different;
}

/* Collects one field of the rows of an entry, where it is known. */
static size_t collect(const struct making *making, size_t entry, size_t field, const char **to)
{
	size_t count = 0;
	for (size_t i = making->first[entry]; i < making->first[entry + 1]; i++) {
		const char *value;
		memcpy(&value, (const char *)&making->groups->rows.items[i] + field, sizeof value);
		if (value)
			to[count++] = value;
	}
	return count;
}

static uint64_t count_field(const struct making *making, const size_t *entries, size_t count, size_t field)
{
	size_t all = 0;
	for (size_t i = 0; i < count; i++)
		all += collect(making, entries[i], field, making->work + all);
	return count_different(making->work, all);
}

static void add_times(const struct making *making, size_t entry, struct inq_triage_group *group)
{
	for (size_t i = making->first[entry]; i < making->first[entry + 1]; i++) {
		uint64_t seen = making->groups->rows.items[i].seen;
		if (seen == INQ_UNKNOWN)
			continue;
		if (group->first_seen == INQ_UNKNOWN || seen < group->first_seen)
			group->first_seen = seen;
		if (group->last_seen == INQ_UNKNOWN || seen > group->last_seen)
			group->last_seen = seen;
	}
}

/* Paths, counts, times and severity of the entries together. */
static enum inq_status count_members(struct making *making, const size_t *entries, size_t count,
				     struct inq_triage_group *group)
{
	const struct inq_entry *all = making->groups->entries.items;
	*group = (struct inq_triage_group) { .severity = INQ_SEVERITY_NONE,
					     .first_seen = INQ_UNKNOWN,
					     .last_seen = INQ_UNKNOWN };
	for (size_t i = 0; i < count; i++) {
		group->size += all[entries[i]].count;
		if (all[entries[i]].signature.severity < group->severity)
			group->severity = all[entries[i]].signature.severity;
		add_times(making, entries[i], group);
	}
	const char **members = inq_arena_array(making->groups->result, group->size, sizeof *members);
	if (!members)
		return INQ_NO_MEMORY;
	size_t filled = 0;
	for (size_t i = 0; i < count; i++)
		filled += collect(making, entries[i], offsetof(struct inq_group_row, path), members + filled);
	qsort(members, filled, sizeof *members, by_text);
	group->members = members;
	group->programs = count_field(making, entries, count, offsetof(struct inq_group_row, program));
	group->versions = count_field(making, entries, count, offsetof(struct inq_group_row, version));
	group->hosts = count_field(making, entries, count, offsetof(struct inq_group_row, host));
	return INQ_OK;
}

static size_t crashes_of(const struct making *making, size_t stem)
{
	return making->groups->entries.items[making->stems[stem].entry].count;
}

/* The sum of the distances of all crashes from this stem. */
static double spread_of(const struct making *making, const size_t *stems, size_t count, size_t from)
{
	double sum = 0;
	for (size_t i = 0; i < count; i++) {
		size_t low = stems[i] < from ? stems[i] : from, high = stems[i] < from ? from : stems[i];
		if (low != high)
			sum += inq_stem_distance(&making->stems[low], &making->stems[high]).distance *
			       (double)crashes_of(making, stems[i]);
	}
	return sum;
}

/* The stem that is nearest to all; of many the frequent ones are asked, of equally near ones the most frequent wins. */
static size_t find_middle(const struct making *making, const size_t *stems, size_t count)
{
	size_t best = stems[0], frequent = 1;
	double least = -1;
	for (size_t i = 0; count > MOST_CANDIDATES && i < count; i++)
		if (crashes_of(making, stems[i]) > frequent)
			frequent = crashes_of(making, stems[i]);
	for (size_t i = 0, asked = 0; i < count && asked < MOST_CANDIDATES; i++) {
		if (count > MOST_CANDIDATES && crashes_of(making, stems[i]) * 4 < frequent)
			continue;
		double spread = spread_of(making, stems, count, stems[i]);
		asked++;
		if (least < 0 || spread < least ||
		    (spread == least && crashes_of(making, stems[i]) > crashes_of(making, best))) {
			least = spread;
			best = stems[i];
		}
	}
	return best;
}

/* The frames of the middle that all others agree in. */
static void say_agreement(struct inq_str *text, const struct making *making, const size_t *stems, size_t count,
			  size_t middle, size_t *farthest)
{
	const struct inq_stem *one = &making->stems[middle];
	size_t agree[INQ_STEM_FRAMES] = { 0 }, shown = 0;
	double most = -1;
	for (size_t i = 0; i < count; i++) {
		struct inq_nearness near = inq_stem_distance(one, &making->stems[stems[i]]);
		for (size_t k = 0; k < near.agree_count; k++)
			for (size_t frame = 0; frame < one->frame_count; frame++)
				agree[frame] += one->frames[frame] == near.agree[k];
		if (near.distance > most && stems[i] != middle) {
			most = near.distance;
			*farthest = stems[i];
		}
	}
	for (size_t frame = 0; frame < one->frame_count; frame++)
		if (agree[frame] == count)
			inq_str_printf(text, "%s%s", shown++ ? ", " : "all have ", one->frames[frame]);
	if (!shown)
		inq_str_puts(text, "no frame is in all of them");
}

static enum inq_status explain(struct making *making, const size_t *stems, size_t count, size_t middle,
			       struct inq_triage_group *group)
{
	struct inq_arena *arena = making->groups->result;
	const char **lines = inq_arena_array(arena, 3, sizeof *lines);
	struct inq_str text = { 0 };
	size_t farthest = middle;
	if (!lines)
		return INQ_NO_MEMORY;
	say_agreement(&text, making, stems, count, middle, &farthest);
	lines[0] = inq_arena_printf(arena, count == 1 ? "all %zu have one signature" : "%zu have one of %zu signatures",
				    group->size, count);
	lines[1] = text.failed ? NULL : inq_arena_copy(arena, text.text, text.length);
	group->explanation_count = 2;
	inq_str_release(&text);
	if (farthest != middle) {
		size_t low = farthest < middle ? farthest : middle, high = farthest < middle ? middle : farthest;
		size_t row = making->first[making->stems[farthest].entry];
		lines[group->explanation_count++] =
			inq_arena_printf(arena, "the farthest, at %.2f of at most %.2f, is %s",
					 inq_stem_distance(&making->stems[low], &making->stems[high]).distance,
					 INQ_GROUP_THRESHOLD, making->groups->rows.items[row].path);
	}
	group->explanation = lines;
	return lines[0] && lines[1] && lines[group->explanation_count - 1] ? INQ_OK : INQ_NO_MEMORY;
}

static enum inq_status make_group(struct making *making, const size_t *stems, size_t count)
{
	struct inq_triage_group *group = &making->made[making->made_count++];
	size_t *entries = inq_arena_array(making->groups->result, count, sizeof *entries);
	if (!entries)
		return INQ_NO_MEMORY;
	for (size_t i = 0; i < count; i++)
		entries[i] = making->stems[stems[i]].entry;
	size_t middle = find_middle(making, stems, count);
	enum inq_status status = count_members(making, entries, count, group);
	group->signature = &making->groups->entries.items[making->stems[middle].entry].signature;
	group->representative = making->groups->rows.items[making->first[making->stems[middle].entry]].path;
	return status == INQ_OK ? explain(making, stems, count, middle, group) : status;
}

/* What could not be read, for one reason. */
static enum inq_status make_failures(struct making *making, size_t entry)
{
	struct inq_triage_group *group = &making->made[making->made_count++];
	struct inq_entry *failed = &making->groups->entries.items[entry];
	const char **line = inq_arena_alloc(making->groups->result, sizeof *line);
	enum inq_status status = count_members(making, &entry, 1, group);
	if (!line || status != INQ_OK)
		return INQ_NO_MEMORY;
	*line = inq_arena_printf(making->groups->result, "all have one reason: %s", failed->reason);
	group->signature = &failed->signature;
	group->representative = group->members[0];
	group->explanation = line;
	group->explanation_count = 1;
	return *line ? INQ_OK : INQ_NO_MEMORY;
}

static int compare_counts(uint64_t one, uint64_t other)
{
	return one > other ? -1 : one < other;
}

/* Failures last; then severity, how often, how widespread, how lately; the hash where all is equal. */
static int by_rank(const void *a, const void *b)
{
	const struct inq_triage_group *one = a, *other = b;
	if (!one->signature->hash != !other->signature->hash)
		return one->signature->hash ? -1 : 1;
	if (one->severity != other->severity)
		return one->severity < other->severity ? -1 : 1;
	int order = compare_counts(one->size, other->size);
	order = order ? order : compare_counts(one->hosts, other->hosts);
	order = order ? order : compare_counts(one->programs, other->programs);
	order = order ? order : compare_counts(one->versions, other->versions);
	order = order ? order : compare_counts(one->last_seen + 1, other->last_seen + 1); /* unknown is 0 */
	if (order)
		return order;
	return one->signature->hash ? strcmp(one->signature->hash, other->signature->hash)
				    : strcmp(one->representative, other->representative);
}

/* Puts the stems of a cluster next to each other: offsets[i] = where those begin whose first is stem i. */
static bool gather(struct making *making, const size_t *cluster, size_t count, size_t *offsets)
{
	size_t *at = inq_alloc((count + 1) * sizeof *at), sum = 0;
	if (!at)
		return false;
	memset(offsets, 0, (count + 1) * sizeof *offsets);
	for (size_t i = 0; i < count; i++)
		offsets[cluster[i]]++;
	for (size_t i = 0; i <= count; i++) {
		size_t here = i < count ? offsets[i] : 0;
		offsets[i] = at[i] = sum;
		sum += here;
	}
	for (size_t i = 0; i < count; i++)
		making->members[at[cluster[i]]++] = i;
	free(at);
	return true;
}

static enum inq_status make_all(struct making *making, const size_t *cluster, size_t stem_count, size_t *offsets)
{
	const struct inq_entry_vec *entries = &making->groups->entries;
	enum inq_status status = gather(making, cluster, stem_count, offsets) ? INQ_OK : INQ_NO_MEMORY;
	for (size_t i = 0; i < stem_count && status == INQ_OK; i++)
		if (offsets[i + 1] > offsets[i])
			status = make_group(making, making->members + offsets[i], offsets[i + 1] - offsets[i]);
	for (size_t i = 0; i < entries->count && status == INQ_OK; i++)
		if (!entries->items[i].signature.hash)
			status = make_failures(making, i);
	return status;
}

enum inq_status inq_groups_describe(struct inq_groups *groups, const size_t *first, const struct inq_stem *stems,
				    size_t stem_count, const size_t *cluster, const struct inq_triage_group **ret,
				    size_t *count)
{
	struct inq_arena *arena = groups->result;
	struct making making = { .groups = groups, .first = first, .stems = stems };
	size_t *offsets = inq_arena_array(arena, stem_count + 1, sizeof *offsets);
	making.members = inq_arena_array(arena, stem_count, sizeof *making.members);
	making.work = inq_arena_array(arena, groups->rows.count, sizeof *making.work);
	making.made = inq_arena_array(arena, groups->entries.count, sizeof *making.made);
	if (!offsets || !making.members || !making.work || !making.made)
		return INQ_NO_MEMORY;
	enum inq_status status = make_all(&making, cluster, stem_count, offsets);
	if (status != INQ_OK)
		return status;
	if (making.made_count)
		qsort(making.made, making.made_count, sizeof *making.made, by_rank);
	for (size_t i = 0; i < making.made_count; i++)
		making.made[i].number = i + 1;
	*ret = making.made;
	*count = making.made_count;
	return INQ_OK;
}
