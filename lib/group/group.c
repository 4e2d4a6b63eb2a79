/* The collection: members as they come, one entry for each hash, and the groups made of them. */
#include "lib/group/collection.h"

#include "lib/base/str.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Different builds that an entry keeps the places of. */
enum { MOST_BUILDS = 32, REASON_MOST = 200 };

struct inq_groups *inq_groups_create(void)
{
	struct inq_groups *groups = inq_alloc(sizeof *groups);
	if (!groups)
		return NULL;
	groups->arena = inq_arena_create();
	if (!groups->arena) {
		free(groups);
		return NULL;
	}
	return groups;
}

void inq_groups_destroy(struct inq_groups *groups)
{
	if (!groups)
		return;
	for (size_t i = 0; i < groups->entries.count; i++)
		free(groups->entries.items[i].builds);
	inq_names_release(&groups->keys);
	inq_names_release(&groups->strings);
	inq_entry_vec_release(&groups->entries);
	inq_group_row_vec_release(&groups->rows);
	inq_arena_destroy(groups->result);
	inq_arena_destroy(groups->arena);
	free(groups);
}

/* A copy, the same for the same text; NULL stays NULL. */
static bool intern(struct inq_groups *groups, const char *text, const char **ret)
{
	*ret = NULL;
	return !text || inq_name_slot(&groups->strings, groups->arena, text, ret);
}

static const char *or_nothing(const char *text)
{
	return text ? text : "";
}

static bool copy_list(struct inq_groups *groups, const char *const *items, size_t count, const char *const **ret)
{
	const char **copy = inq_arena_array(groups->arena, count, sizeof *copy);
	if (!copy)
		return false;
	for (size_t i = 0; i < count; i++)
		if (!intern(groups, items ? or_nothing(items[i]) : "", &copy[i]))
			return false;
	*ret = copy;
	return true;
}

static bool copy_signature(struct inq_groups *groups, const struct inq_signature *from, struct inq_signature *ret)
{
	*ret = *from;
	return intern(groups, from->hash, &ret->hash) && intern(groups, or_nothing(from->text), &ret->text) &&
	       intern(groups, or_nothing(from->kind), &ret->kind) &&
	       intern(groups, or_nothing(from->bucket), &ret->bucket) &&
	       copy_list(groups, from->frames, from->frame_count, &ret->frames) &&
	       copy_list(groups, from->places, from->frame_count, &ret->places) &&
	       copy_list(groups, from->rules, from->rule_count, &ret->rules);
}

static bool has_build(const struct inq_entry *entry, const struct inq_signature *signature)
{
	for (size_t i = 0; i < entry->build_count; i++) {
		size_t same = 0;
		while (same < signature->frame_count &&
		       strcmp(entry->builds[i][same], or_nothing(signature->places ? signature->places[same] : NULL)) ==
			       0)
			same++;
		if (same == signature->frame_count)
			return true;
	}
	return false;
}

/* Members of one hash have the same frames; of what else they differ in, the entry keeps what comes first by name. */
static bool update(struct inq_groups *groups, struct inq_entry *entry, const struct inq_signature *signature)
{
	bool known = entry->signature.inlines_known | signature->inlines_known, first = !entry->signature.hash;
	enum inq_severity worst = entry->signature.severity;
	if (!first && signature->frame_count != entry->signature.frame_count)
		return true; /* of two recipes, or made up: it counts, and teaches nothing */
	if (first || strcmp(or_nothing(signature->text), entry->signature.text) < 0)
		if (!copy_signature(groups, signature, &entry->signature))
			return false;
	if (!first && worst < entry->signature.severity)
		entry->signature.severity = worst;
	entry->signature.inlines_known = known;
	if (entry->build_count == MOST_BUILDS || has_build(entry, signature))
		return true;
	if (!entry->builds && !(entry->builds = inq_alloc(MOST_BUILDS * sizeof *entry->builds)))
		return false;
	return copy_list(groups, signature->places, signature->frame_count, &entry->builds[entry->build_count++]);
}

/* Reasons that differ only in numbers are one. */
static const char *reason_key(struct inq_arena *arena, const struct inq_group_member *member)
{
	const char *reason = member->reason ? member->reason : "no crash was found in it";
	char *key = inq_arena_printf(arena, "!%d %.*s", (int)member->status, REASON_MOST, reason);
	char *to = key;
	for (const char *from = key; from && *from; from++) {
		if (!isdigit((unsigned char)*from))
			*to++ = *from;
		else if (to == key || to[-1] != 'N')
			*to++ = 'N';
	}
	if (key)
		*to = '\0';
	return key;
}

static struct inq_entry *entry_of(struct inq_groups *groups, const struct inq_group_member *member, size_t *index)
{
	bool failed = !member->signature || !member->signature->hash;
	const char *key = failed ? reason_key(groups->arena, member) : member->signature->hash;
	void **slot = key ? inq_name_slot(&groups->keys, groups->arena, key, NULL) : NULL;
	if (!slot)
		return NULL;
	if (!*slot) {
		struct inq_entry *entry = inq_entry_vec_push(&groups->entries);
		if (!entry)
			return NULL;
		*slot = (void *)(uintptr_t)groups->entries.count; /* its number, and one */
		entry->signature.severity = INQ_SEVERITY_NONE;
		entry->reason = failed ? key + strcspn(key, " ") + 1 : NULL;
	}
	*index = (size_t)(uintptr_t)*slot - 1;
	return &groups->entries.items[*index];
}

enum inq_status inq_groups_add(struct inq_groups *groups, const struct inq_group_member *member)
{
	struct inq_group_row row = { .seen = member->seen };
	struct inq_entry *entry = entry_of(groups, member, &row.entry);
	if (!entry || !intern(groups, member->path ? member->path : "", &row.path) ||
	    !intern(groups, member->program ? inq_base_name(member->program) : NULL, &row.program) ||
	    !intern(groups, member->version, &row.version) || !intern(groups, member->host, &row.host))
		return INQ_NO_MEMORY;
	if (!entry->reason && !update(groups, entry, member->signature))
		return INQ_NO_MEMORY;
	struct inq_group_row *slot = inq_group_row_vec_push(&groups->rows);
	if (!slot)
		return INQ_NO_MEMORY;
	*slot = row;
	entry->count++;
	return INQ_OK;
}

size_t inq_groups_hashes(const struct inq_groups *groups)
{
	return groups->entries.count;
}

static int by_entry(const void *a, const void *b)
{
	const struct inq_group_row *one = a, *other = b;
	if (one->entry != other->entry)
		return one->entry < other->entry ? -1 : 1;
	return strcmp(one->path, other->path);
}

static int by_number(const void *a, const void *b)
{
	uint64_t one = *(const uint64_t *)a, other = *(const uint64_t *)b;
	return one < other ? -1 : one > other;
}

/* The programs of an entry, as the addresses of their interned names. */
static bool find_programs(struct inq_groups *groups, struct inq_entry *entry, const struct inq_group_row *rows,
			  size_t count)
{
	uint64_t *programs = inq_arena_array(groups->result, count, sizeof *programs);
	size_t kept = 0, all = 0;
	if (!programs)
		return false;
	for (size_t i = 0; i < count; i++)
		if (rows[i].program && (!all || programs[all - 1] != (uintptr_t)rows[i].program))
			programs[all++] = (uintptr_t)rows[i].program;
	qsort(programs, all, sizeof *programs, by_number);
	for (size_t i = 0; i < all; i++)
		if (!kept || programs[kept - 1] != programs[i])
			programs[kept++] = programs[i];
	entry->programs = programs;
	entry->program_count = kept;
	return true;
}

/* The rows by their entries: rows of entry i begin at first[i]. */
static size_t *sort_rows(struct inq_groups *groups)
{
	size_t count = groups->entries.count, at = 0;
	size_t *first = inq_arena_array(groups->result, count + 1, sizeof *first);
	if (groups->rows.count)
		qsort(groups->rows.items, groups->rows.count, sizeof *groups->rows.items, by_entry);
	for (size_t i = 0; first && i < count; i++) {
		first[i] = at;
		at += groups->entries.items[i].count;
		if (!find_programs(groups, &groups->entries.items[i], groups->rows.items + first[i], at - first[i]))
			return NULL;
	}
	if (first)
		first[count] = at;
	return first;
}

enum inq_status inq_groups_make(struct inq_groups *groups, const struct inq_triage_group **ret, size_t *count)
{
	struct inq_stem *stems;
	size_t stem_count;
	*ret = NULL;
	*count = 0;
	inq_arena_destroy(groups->result);
	groups->result = inq_arena_create();
	size_t *first = groups->result ? sort_rows(groups) : NULL;
	if (!first)
		return INQ_NO_MEMORY;
	enum inq_status status =
		inq_stems_make(groups->result, groups->entries.items, groups->entries.count, &stems, &stem_count);
	size_t *cluster = status == INQ_OK ? inq_arena_array(groups->result, stem_count, sizeof *cluster) : NULL;
	if (!cluster)
		return INQ_NO_MEMORY;
	status = inq_stems_cluster(stems, stem_count, cluster);
	if (status == INQ_OK)
		status = inq_groups_describe(groups, first, stems, stem_count, cluster, ret, count);
	return status;
}
