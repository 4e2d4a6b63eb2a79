/* The first walk over an archive: what each member is, by its first bytes, and which texts go with which core. */
#include "lib/triage/archive_list.h"

#include "lib/base/str.h"
#include "lib/triage/companions.h"
#include "lib/triage/sniff.h"

#include <string.h>

/* Of texts, which stay in memory: crash logs and maps are smaller. */
enum { LARGEST_TEXT = 2 << 20, MOST_TEXT_BYTES = 32 << 20, MOST_TEXTS = 1 << 14 };

/* One archive within another; a third is more likely an attack than a habit. */
enum { MOST_DEPTH = 1 };

struct lister {
	struct inq_ctx *ctx;
	struct inq_archive_list *list;
};

static struct inq_listed *add(struct lister *lister, enum inq_listed_kind kind, const struct inq_archive_visit *visit)
{
	struct inq_listed *listed = inq_listed_vec_push(&lister->list->members);
	const char *path = listed ? inq_arena_copy(lister->ctx->arena, visit->path, strlen(visit->path)) : NULL;
	if (!path) {
		inq_no_memory(lister->ctx);
		return NULL;
	}
	*listed = (struct inq_listed) { .kind = kind,
					.index = visit->index,
					.path = path,
					.size = visit->entry->size,
					.mtime = visit->entry->mtime };
	return listed;
}

static bool add_unreadable(struct lister *lister, const struct inq_archive_visit *visit, const char *why)
{
	struct inq_listed *listed = add(lister, INQ_LISTED_UNREADABLE, visit);
	if (listed)
		listed->reason = why ? inq_arena_copy(lister->ctx->arena, why, strlen(why)) : "it cannot be read";
	return listed && listed->reason;
}

/* Puts the stream's bytes at the end of `text`, at most `most`. False when there are more. */
static bool read_all(struct inq_stream *stream, struct inq_str *text, size_t most)
{
	size_t have;
	while ((have = inq_stream_fill(stream, 1)) > 0) {
		if (have > most - text->length)
			return false;
		inq_str_add(text, (const char *)stream->buffer + stream->at, have);
		stream->at += have;
	}
	return !text->failed;
}

/* Keeps a small file whose name says that it may go with a core. */
static bool keep_text(struct lister *lister, struct inq_stream *inside, const struct inq_archive_visit *visit)
{
	struct inq_archive_list *list = lister->list;
	const char *name = inq_base_name(visit->entry->name);
	uint64_t left = MOST_TEXT_BYTES - list->text_bytes;
	struct inq_str text = { 0 };
	if (!inq_may_be_companion(name) || list->texts.count == MOST_TEXTS ||
	    !read_all(inside, &text, left < LARGEST_TEXT ? left : LARGEST_TEXT) || !text.length) {
		inq_str_release(&text);
		return true;
	}
	struct inq_archive_companion *kept = inq_companion_vec_push(&list->texts);
	const char *path = kept ? inq_arena_copy(lister->ctx->arena, visit->path, strlen(visit->path)) : NULL;
	const char *data = path ? inq_arena_copy(lister->ctx->arena, text.text, text.length) : NULL;
	if (data) {
		*kept = (struct inq_archive_companion) { path, inq_base_name(path), (const uint8_t *)data,
							 text.length };
		list->text_bytes += text.length;
	} else {
		inq_no_memory(lister->ctx);
	}
	inq_str_release(&text);
	return data;
}

static bool enter(struct lister *lister, struct inq_archive_walk *walk, struct inq_layers *layers,
		  const struct inq_archive_visit *visit)
{
	const char *failure;
	if (visit->depth == MOST_DEPTH)
		return add_unreadable(lister, visit,
				      "an archive in an archive in an archive is not opened; unpack the outermost");
	struct inq_listed *listed = add(lister, INQ_LISTED_ARCHIVE, visit);
	if (!listed)
		return false;
	const char *path = listed->path;
	if (inq_archive_walk(walk, layers, NULL, path, visit->depth + 1, &failure) != INQ_OK)
		return false;
	if (!failure)
		return true;
	const struct inq_archive_entry entry = { .size = INQ_UNKNOWN, .mtime = INQ_UNKNOWN };
	const struct inq_archive_visit own = { .path = path, .index = walk->count++, .entry = &entry };
	return add_unreadable(lister, &own, failure);
}

/* By the first bytes, inside of compressions. */
static bool look(struct lister *lister, struct inq_archive_walk *walk, struct inq_layers *layers,
		 const struct inq_archive_visit *visit)
{
	struct inq_stream *inside = inq_layers_inside(layers);
	size_t size = inq_stream_fill(inside, INQ_SNIFF_HEAD);
	const uint8_t *head = inside->buffer + inside->at;
	const char *name = inq_base_name(visit->entry->name);
	enum inq_item_kind kind;
	if (!size && layers->streams[0].error)
		return add_unreadable(lister, visit, inq_stream_why(&layers->streams[0]));
	if (!size && layers->count)
		return add_unreadable(lister, visit, "nothing in it can be unpacked");
	if (!inq_sniff(head, size, &kind)) {
		if (inq_sniff_was_core(name, head, size))
			return add(lister, INQ_LISTED_CORE, visit);
		return keep_text(lister, inside, visit);
	}
	switch (kind) {
	case INQ_ITEM_CORE:
		return add(lister, INQ_LISTED_CORE, visit);
	case INQ_ITEM_APPORT:
		return add(lister, INQ_LISTED_APPORT, visit);
	case INQ_ITEM_ARCHIVE:
		if (inq_sniff_begins_at_end(head, size))
			return add_unreadable(lister, visit,
					      "a 7z file begins at its end, so it is not read within another file; "
					      "unpack it first");
		return enter(lister, walk, layers, visit);
	case INQ_ITEM_PACKED:
		return add_unreadable(lister, visit, "it is compressed three times over; unpack it first");
	}
	return true;
}

static bool list_member(void *data, struct inq_archive_walk *walk, const struct inq_archive_visit *visit)
{
	struct lister *lister = data;
	struct inq_layers layers;
	if (visit->entry->link && !inq_archive_add_link(lister->ctx, lister->list, visit))
		return false;
	if (!visit->entry->is_file)
		return true;
	if (visit->entry->is_encrypted)
		return add_unreadable(lister, visit, "it is encrypted; unpack it first");
	enum inq_status status = inq_layers_open(lister->ctx, visit->reader, &layers);
	bool on = status != INQ_NO_MEMORY;
	if (status == INQ_OK)
		on = look(lister, walk, &layers, visit);
	else if (on)
		on = add_unreadable(lister, visit, "what unpacks its compression is not installed");
	inq_layers_close(&layers);
	return on;
}

static int by_path(const void *a, const void *b)
{
	const struct inq_archive_companion *one = a, *two = b;
	return strcmp(one->path, two->path);
}

/* The length of the folder's part of a path, with the slash or slashes at its end. */
static size_t folder_length(const char *path)
{
	return (size_t)(inq_base_name(path) - path);
}

/* Texts of one folder, and the names in them by which they are found. */
struct folder {
	const struct inq_archive_companion *texts;
	const char *const *names;
	size_t count;
	struct inq_companions *companions;
};

/* The first text whose path is not before the folder's. */
static size_t first_in(const struct inq_archive_list *list, const char *path, size_t length)
{
	size_t low = 0, high = list->texts.count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (strncmp(list->texts.items[middle].path, path, length) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* False when memory is out. */
static bool open_folder(struct inq_ctx *ctx, const struct inq_archive_list *list, const char *path, struct folder *ret)
{
	size_t length = folder_length(path), first = first_in(list, path, length), count = 0;
	const struct inq_archive_companion *texts = list->texts.items + first;
	const char **names = inq_arena_array(ctx->arena, list->texts.count - first + 1, sizeof *names);
	for (size_t i = 0; names && first + i < list->texts.count && strncmp(texts[i].path, path, length) == 0; i++)
		if (folder_length(texts[i].path) == length)
			names[count++] = texts[i].name;
	*ret = (struct folder) { .texts = texts, .names = names, .count = count };
	ret->companions = names ? inq_companions_create(names, count, true) : NULL;
	return ret->companions;
}

/* Gives the member the texts that its name goes with. */
static bool join(struct inq_ctx *ctx, const struct inq_archive_list *list, const struct folder *folder,
		 struct inq_listed *member)
{
	const char *names[INQ_MOST_COMPANIONS];
	size_t found = inq_companions_of(folder->companions, inq_base_name(member->path), INQ_UNKNOWN, names);
	struct inq_archive_companion *companions = inq_arena_array(ctx->arena, found + 1, sizeof *companions);
	const struct inq_archive_companion *end = list->texts.items + list->texts.count;
	if (!companions)
		return false;
	for (const struct inq_archive_companion *text = folder->texts; text < end && member->companion_count < found;
	     text++)
		for (size_t i = 0; i < found; i++)
			if (text->name == names[i])
				companions[member->companion_count++] = *text;
	member->companions = companions;
	return true;
}

/* Cores of one folder mostly stand together. */
static bool join_all(struct inq_ctx *ctx, struct inq_archive_list *list)
{
	struct folder folder = { 0 };
	const char *opened = NULL;
	bool ok = true;
	if (list->texts.count)
		qsort(list->texts.items, list->texts.count, sizeof *list->texts.items, by_path);
	for (size_t i = 0; i < list->members.count && ok && list->texts.count; i++) {
		struct inq_listed *member = &list->members.items[i];
		size_t length = folder_length(member->path);
		if (member->kind != INQ_LISTED_CORE)
			continue;
		if (!opened || folder_length(opened) != length || strncmp(opened, member->path, length) != 0) {
			inq_companions_destroy(folder.companions);
			ok = open_folder(ctx, list, opened = member->path, &folder);
		}
		ok = ok && join(ctx, list, &folder, member);
	}
	inq_companions_destroy(folder.companions);
	return ok;
}

static int by_index(const void *a, const void *b)
{
	const struct inq_listed *one = a, *two = b;
	return (one->index > two->index) - (one->index < two->index);
}

/* Members are numbered in their order, once it is known which there are. */
static void number_all(struct inq_archive_list *list)
{
	struct inq_listed *members = list->members.items;
	if (list->members.count)
		qsort(members, list->members.count, sizeof *members, by_index);
	for (size_t i = 0; i < list->members.count; i++)
		if (members[i].kind != INQ_LISTED_ARCHIVE && members[i].kind != INQ_LISTED_LINKED)
			members[i].number = list->numbers++;
}

enum inq_status inq_archive_list(struct inq_ctx *ctx, struct inq_layers *layers, struct inq_file_reader *file,
				 const char *path, struct inq_archive_list *ret)
{
	struct lister lister = { ctx, ret };
	struct inq_archive_walk walk = { .ctx = ctx, .visit = list_member, .data = &lister };
	*ret = (struct inq_archive_list) { 0 };
	enum inq_status status = inq_archive_walk(&walk, layers, file, path, 0, &ret->failure);
	if (status == INQ_OK && (!inq_archive_join_links(ctx, ret) || !join_all(ctx, ret)))
		status = inq_no_memory(ctx);
	number_all(ret);
	return status;
}

void inq_archive_list_release(struct inq_archive_list *list)
{
	inq_listed_vec_release(&list->members);
	inq_companion_vec_release(&list->texts);
	inq_archive_link_vec_release(&list->links);
}
