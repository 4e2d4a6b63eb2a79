/* Links in archives: a link is an input like any other, with the facts of the member that it leads to.
 *
 * A hard link in a tar names an earlier member. In a cpio all links of a file are files, and the last one has the bytes (the
 * others are empty): libarchive tells that one to be a link to the first, and so the first is made a link to the last here. A
 * symbolic link names any path, counted from its own folder; what is not in the archive is never looked for outside. */
#include "lib/triage/archive_list.h"

#include "lib/base/str.h"
#include "lib/triage/sniff.h"

#include <string.h>

/* Links that lead to links; and the parts of the name of a symbolic one. */
enum { MOST_HOPS = 16, MOST_PARTS = 256 };

/* "a/b/../c" from the folder of `name`: where a symbolic link leads. "" when that is outside. */
static const char *follow_name(struct inq_arena *arena, const char *name, const char *target)
{
	const char *parts[MOST_PARTS];
	size_t count = 0, length = *target == '/' ? 0 : (size_t)(inq_base_name(name) - name);
	char *all = inq_arena_printf(arena, "%.*s%s", (int)length, name, target), *rest = NULL;
	const char *path = *target == '/' ? "/" : "";
	for (char *part = all ? strtok_r(all, "/", &rest) : NULL; part; part = strtok_r(NULL, "/", &rest)) {
		bool up = strcmp(part, "..") == 0;
		if ((strcmp(part, ".") == 0 && count) || (up && count && strcmp(parts[count - 1], ".") != 0 && count--))
			continue;
		if (up || count == MOST_PARTS)
			return "";
		parts[count++] = part;
	}
	for (size_t i = 0; i < count && path && all; i++)
		path = inq_arena_printf(arena, "%s%s%s", path, i ? "/" : "", parts[i]);
	return all ? path : NULL;
}

bool inq_archive_add_link(struct inq_ctx *ctx, struct inq_archive_list *list, const struct inq_archive_visit *visit)
{
	const struct inq_archive_entry *entry = visit->entry;
	const char *name = entry->is_symbolic ? follow_name(ctx->arena, entry->name, entry->link) : entry->link;
	const char *target = name ? inq_archive_path(ctx->arena, visit->archive, name) : NULL;
	const char *path = inq_arena_copy(ctx->arena, visit->path, strlen(visit->path));
	const char *shown = inq_archive_path(ctx->arena, "", entry->link);
	struct inq_archive_link *link = target && path && shown ? inq_archive_link_vec_push(&list->links) : NULL;
	if (!link) {
		inq_no_memory(ctx);
		return false;
	}
	*link = (struct inq_archive_link) { .path = entry->is_file ? target : path,
					    .target = entry->is_file ? path : target,
					    .shown = shown + strlen("//"),
					    .index = visit->index,
					    .is_symbolic = entry->is_symbolic,
					    .is_core_name = inq_sniff_is_core_name(inq_base_name(entry->name)),
					    .is_reverse = entry->is_file };
	return true;
}

/* Members and links by path, of equal ones in the order of the archive. */
struct names {
	struct inq_archive_list *list;
	struct inq_listed **members;
	const struct inq_archive_link **links;
	size_t link_count;
};

static int compare(const char *path, uint64_t index, const char *other, uint64_t other_index)
{
	int order = strcmp(path, other);
	return order ? order : (index > other_index) - (index < other_index);
}

static int by_member(const void *a, const void *b)
{
	const struct inq_listed *one = *(struct inq_listed *const *)a, *two = *(struct inq_listed *const *)b;
	return compare(one->path, one->index, two->path, two->index);
}

static int by_link(const void *a, const void *b)
{
	const struct inq_archive_link *one = *(const struct inq_archive_link *const *)a,
				      *two = *(const struct inq_archive_link *const *)b;
	return compare(one->path, one->index, two->path, two->index);
}

/* The last member at the path that stands before `index`; NULL. */
static struct inq_listed *find_member(const struct names *names, const char *path, uint64_t index)
{
	size_t low = 0, high = names->list->members.count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct inq_listed *member = names->members[middle];
		if (compare(member->path, member->index, path, index) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	struct inq_listed *member = low ? names->members[low - 1] : NULL;
	return member && strcmp(member->path, path) == 0 ? member : NULL;
}

static const struct inq_archive_link *find_link(const struct names *names, const char *path)
{
	size_t low = 0, high = names->link_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (strcmp(names->links[middle]->path, path) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < names->link_count && strcmp(names->links[low]->path, path) == 0 ? names->links[low] : NULL;
}

/* Hard links lead to what came before; but where all come before the bytes, to what comes behind. */
static struct inq_listed *resolve(const struct names *names, const struct inq_archive_link *link)
{
	for (unsigned hops = 0; link && hops < MOST_HOPS; hops++) {
		bool later = link->is_symbolic || link->is_reverse;
		struct inq_listed *member = find_member(names, link->target, later ? UINT64_MAX : link->index);
		if (member && member->kind != INQ_LISTED_LINKED)
			return member;
		link = find_link(names, link->target);
	}
	return NULL;
}

/* A reverse link holds only where the file at its path is empty, which then is no member any more. */
static bool holds(const struct names *names, const struct inq_archive_link *link)
{
	struct inq_listed *member = find_member(names, link->path, link->index);
	if (!link->is_reverse || !member)
		return true;
	if (member->size)
		return false;
	member->kind = INQ_LISTED_LINKED;
	return true;
}

static bool open_names(struct inq_ctx *ctx, struct inq_archive_list *list, struct names *ret)
{
	size_t members = list->members.count, links = list->links.count;
	*ret = (struct names) { .list = list };
	ret->members = inq_arena_array(ctx->arena, members + 1, sizeof *ret->members);
	ret->links = inq_arena_array(ctx->arena, links, sizeof *ret->links);
	if (!ret->members || !ret->links)
		return false;
	for (size_t i = 0; i < members; i++)
		ret->members[i] = &list->members.items[i];
	qsort(ret->members, members, sizeof *ret->members, by_member);
	for (size_t i = 0; i < links; i++)
		if (holds(ret, &list->links.items[i]))
			ret->links[ret->link_count++] = &list->links.items[i];
	qsort(ret->links, ret->link_count, sizeof *ret->links, by_link);
	return true;
}

/* Of what is no core there is nothing to tell, unless the link's own name says otherwise. */
static bool tell_lost(struct inq_ctx *ctx, struct inq_archive_list *list, const struct inq_archive_link *link)
{
	if (!link->is_core_name || link->is_reverse)
		return true;
	struct inq_listed *lost = inq_listed_vec_push(&list->members);
	const char *reason = inq_arena_printf(
		ctx->arena, "it is a link to %s, and no core of that name is in the archive", link->shown);
	if (!lost || !reason)
		return false;
	*lost = (struct inq_listed) { .kind = INQ_LISTED_UNREADABLE,
				      .index = link->index,
				      .path = link->path,
				      .reason = reason,
				      .size = INQ_UNKNOWN,
				      .mtime = INQ_UNKNOWN };
	return true;
}

/* Counts the links of each member, then gives each the paths of its own. */
static bool join(struct inq_ctx *ctx, const struct names *names, struct inq_listed **targets)
{
	size_t count = names->link_count;
	for (size_t i = 0; i < count; i++)
		if ((targets[i] = resolve(names, names->links[i])) && targets[i]->kind != INQ_LISTED_ARCHIVE)
			targets[i]->link_count++;
	for (size_t i = 0; i < count; i++) {
		struct inq_listed *target = targets[i];
		if (!target || target->kind == INQ_LISTED_ARCHIVE)
			continue;
		if (!target->links) {
			target->links = inq_arena_array(ctx->arena, target->link_count, sizeof *target->links);
			target->link_count = 0;
		}
		if (!target->links)
			return false;
		target->links[target->link_count++] = names->links[i]->path;
	}
	return true;
}

bool inq_archive_join_links(struct inq_ctx *ctx, struct inq_archive_list *list)
{
	struct names names;
	if (!list->links.count)
		return true;
	struct inq_listed **targets = inq_arena_array(ctx->arena, list->links.count, sizeof *targets);
	bool good = targets && open_names(ctx, list, &names) && join(ctx, &names, targets);
	/* Members may move from here on. */
	for (size_t i = 0; good && i < names.link_count; i++)
		if (!targets[i])
			good = tell_lost(ctx, list, names.links[i]);
	return good;
}
