/* Archives: the second walk, which gives the members of a slice to who analyses them. */
#include "lib/triage/archive.h"

#include "lib/triage/archive_list.h"
#include "lib/triage/sniff.h"

#include <string.h>

struct giver {
	struct inq_ctx *ctx;
	const struct inq_archive_list *list;
	const struct inq_slice *slice;
	inq_archive_member_fn *each;
	void *data;
	size_t next;   /* the first member of the list that was not met yet */
	uint64_t mine; /* members of the slice so far, and links to them */
	uint64_t met;  /* with a number */
	bool changed;  /* it is not the archive that was listed */
	bool unwanted; /* the callback wants no more */
};

/* A member has its path and those of its links: how many of them, from the first on, are not asked for. */
static uint64_t count_others(struct giver *giver, uint64_t number, uint64_t names)
{
	const struct inq_slice *slice = giver->slice;
	if (!slice)
		return 0;
	if (slice->parts > 1 && number % slice->parts != slice->part)
		return names;
	uint64_t before = giver->mine;
	giver->mine += names;
	if (slice->skip <= before)
		return 0;
	return slice->skip < giver->mine ? slice->skip - before : names;
}

static bool give(struct giver *giver, const struct inq_listed *listed, const struct inq_reader *reader)
{
	struct inq_archive_member member = { .path = listed->path,
					     .number = listed->number,
					     .size = listed->size,
					     .mtime = listed->mtime,
					     .reader = listed->kind == INQ_LISTED_UNREADABLE ? NULL : reader,
					     .reason = listed->reason,
					     .apport = listed->kind == INQ_LISTED_APPORT,
					     .companions = listed->companions,
					     .companion_count = listed->companion_count,
					     .links = listed->links,
					     .link_count = listed->link_count };
	uint64_t others = count_others(giver, listed->number, 1 + listed->link_count);
	giver->met++;
	if (others > listed->link_count)
		return true;
	if (others) {
		member.path = listed->links[others - 1];
		member.links += others;
		member.link_count -= others;
	}
	giver->unwanted = !giver->each(giver->data, &member);
	return !giver->unwanted;
}

/* Members that have no bytes: what is wrong with an archive in the archive. They stand behind its last member. */
static bool give_failures(struct giver *giver, uint64_t before)
{
	const struct inq_listed_vec *members = &giver->list->members;
	while (giver->next < members->count && members->items[giver->next].index < before) {
		const struct inq_listed *listed = &members->items[giver->next++];
		if (listed->kind != INQ_LISTED_UNREADABLE) {
			giver->changed = true;
			return false;
		}
		if (!give(giver, listed, NULL))
			return false;
	}
	return true;
}

static bool give_inside(struct giver *giver, struct inq_archive_walk *walk, const struct inq_listed *listed,
			const struct inq_archive_visit *visit)
{
	struct inq_layers layers;
	const char *failure;
	bool on = inq_layers_open(giver->ctx, visit->reader, &layers) == INQ_OK &&
		  inq_archive_walk(walk, &layers, NULL, listed->path, visit->depth + 1, &failure) == INQ_OK;
	inq_layers_close(&layers);
	/* The list counts one more where it told of a failure. */
	if (on && failure)
		walk->count++;
	return on && !walk->stopped;
}

static bool give_member(void *data, struct inq_archive_walk *walk, const struct inq_archive_visit *visit)
{
	struct giver *giver = data;
	const struct inq_listed_vec *members = &giver->list->members;
	if (!give_failures(giver, visit->index) || giver->next == members->count)
		return false;
	const struct inq_listed *listed = &members->items[giver->next];
	if (listed->index != visit->index)
		return true;
	giver->next++;
	if (listed->kind == INQ_LISTED_LINKED)
		return true;
	if (strcmp(listed->path, visit->path) != 0) {
		giver->changed = true;
		return false;
	}
	return listed->kind == INQ_LISTED_ARCHIVE ? give_inside(giver, walk, listed, visit)
						  : give(giver, listed, visit->reader);
}

/* One more member that stands for the archive itself. */
static void give_itself(struct giver *giver, const char *path, const char *reason)
{
	const struct inq_listed itself = { .kind = INQ_LISTED_UNREADABLE,
					   .path = path,
					   .reason = reason,
					   .number = giver->list->numbers,
					   .size = INQ_UNKNOWN,
					   .mtime = INQ_UNKNOWN };
	give(giver, &itself, NULL);
}

static const char *last_warning(const struct inq_ctx *ctx)
{
	return ctx->warnings.count ? ctx->warnings.items[ctx->warnings.count - 1] : "it cannot be read";
}

typedef enum inq_status opened_fn(struct inq_ctx *ctx, struct inq_layers *layers, struct inq_file_reader *file,
				  const char *path, void *data);

/* Opens the file and its compressions, and goes on with them. */
static enum inq_status with_open(struct inq_ctx *ctx, const char *path, opened_fn *go_on, void *data)
{
	struct inq_file_reader file;
	struct inq_layers layers;
	enum inq_status status = inq_file_reader_open(ctx, path, &file);
	if (status != INQ_OK)
		return status;
	if (!file.seekable) {
		inq_file_reader_close(&file);
		inq_warn(ctx, INQ_PLACE_NONE, 0,
			 "an archive has to be read twice, which a pipe cannot be; save it first");
		return INQ_UNUSABLE;
	}
	status = inq_layers_open(ctx, &file.reader, &layers);
	if (status == INQ_OK)
		status = go_on(ctx, &layers, &file, path, data);
	inq_layers_close(&layers);
	inq_file_reader_close(&file);
	return status;
}

static enum inq_status make_list(struct inq_ctx *ctx, struct inq_layers *layers, struct inq_file_reader *file,
				 const char *path, void *list)
{
	return inq_archive_list(ctx, layers, file, path, list);
}

static enum inq_status give_all(struct inq_ctx *ctx, struct inq_layers *layers, struct inq_file_reader *file,
				const char *path, void *data)
{
	struct giver *giver = data;
	struct inq_archive_walk walk = { .ctx = ctx, .visit = give_member, .data = giver };
	const char *failure;
	enum inq_status status = inq_archive_walk(&walk, layers, file, path, 0, &failure);
	if (status == INQ_OK && !giver->unwanted && !giver->changed)
		give_failures(giver, UINT64_MAX);
	giver->changed |= status == INQ_OK && !giver->unwanted && giver->met < giver->list->numbers;
	return status;
}

static enum inq_status look(struct inq_ctx *ctx, struct inq_layers *layers, struct inq_file_reader *file,
			    const char *path, void *data)
{
	struct inq_stream *inside = inq_layers_inside(layers);
	size_t size = inq_stream_fill(inside, INQ_SNIFF_HEAD);
	enum inq_item_kind kind;
	(void)ctx, (void)file, (void)path;
	*(bool *)data = inq_sniff(inside->buffer + inside->at, size, &kind) && kind == INQ_ITEM_ARCHIVE;
	return INQ_OK;
}

bool inq_archive_is(struct inq_ctx *ctx, const char *path)
{
	struct inq_ctx quiet = { .arena = ctx->arena, .artefact = path };
	bool is = false;
	with_open(&quiet, path, look, &is);
	inq_string_vec_release(&quiet.warnings);
	return is;
}

/* What is to be told of the archive itself; NULL for nothing. */
static const char *whole_reason(const struct giver *giver, enum inq_status status, bool named)
{
	if (status == INQ_UNUSABLE)
		return last_warning(giver->ctx);
	if (giver->list->failure)
		return giver->list->failure;
	if (giver->changed)
		return "it changed while it was read; read it again";
	return named && !giver->list->numbers ? "there is no core in this archive" : NULL;
}

enum inq_status inq_archive_each(struct inq_ctx *ctx, const char *path, const struct inq_slice *slice, bool named,
				 inq_archive_member_fn *each, void *data)
{
	const char *outer = ctx->artefact;
	struct inq_archive_list list = { 0 };
	struct giver giver = { .ctx = ctx, .list = &list, .slice = slice, .each = each, .data = data };
	ctx->artefact = path;
	enum inq_status status = with_open(ctx, path, make_list, &list);
	if (status == INQ_OK && list.members.count)
		status = with_open(ctx, path, give_all, &giver);
	const char *reason = status == INQ_NO_MEMORY ? NULL : whole_reason(&giver, status, named);
	if (reason && !giver.unwanted)
		give_itself(&giver, path, reason);
	inq_archive_list_release(&list);
	ctx->artefact = outer;
	if (status == INQ_NO_MEMORY)
		return status;
	return reason ? INQ_PARTIAL : INQ_OK;
}
