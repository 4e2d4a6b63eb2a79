/* From the rows and titles of a listing into the model: checks of one row, its strings and file, the process. */
#include "formats/maps/listing.h"

#include <inttypes.h>

enum { PAGE_MASK = 0xfff }; /* no supported system has smaller pages */

static const char *keep(struct inq_listing *l, struct inq_span span, struct inq_span *last, const char **string)
{
	if (!span.length)
		return NULL;
	if (*string && last->length == span.length && memcmp(last->text, span.text, span.length) == 0)
		return *string;
	*last = span;
	*string = inq_build_string(l->builder, span.text, span.length);
	return *string;
}

/* Solaris names a file whose path it cannot find "dev:MAJOR,MINOR ino:NUMBER". */
static void solaris_identity(struct inq_row *row)
{
	struct inq_span rest = inq_span_after(row->name, strlen("dev:"));
	uint64_t major, minor, inode;
	if (!inq_take_decimal(&rest, &major) || !inq_take_char(&rest, ',') || !inq_take_decimal(&rest, &minor))
		return;
	rest = inq_span_skip_blanks(rest);
	if (!inq_span_starts(rest, "ino:"))
		return;
	rest = inq_span_after(rest, strlen("ino:"));
	if (!inq_span_decimal(rest, &inode))
		return;
	row->device_major = major;
	row->device_minor = minor;
	row->inode = inode;
}

static bool any_usage(const struct inq_usage *usage)
{
	static const struct inq_usage unknown = { INQ_UNKNOWN, INQ_UNKNOWN, INQ_UNKNOWN, INQ_UNKNOWN,
						  INQ_UNKNOWN, INQ_UNKNOWN, INQ_UNKNOWN, INQ_UNKNOWN };
	return memcmp(usage, &unknown, sizeof unknown) != 0;
}

static const struct inq_usage *keep_usage(struct inq_listing *l, const struct inq_usage *usage)
{
	if (!any_usage(usage))
		return NULL;
	struct inq_usage *copy = inq_arena_alloc(l->ctx->arena, sizeof *copy);
	if (!copy)
		l->status = inq_no_memory(l->ctx);
	else
		*copy = *usage;
	return copy;
}

static void check_row(struct inq_listing *l, const struct inq_row *row)
{
	const uint64_t size = row->end - row->start;
	if (row->end > row->start && row->printed_size != INQ_UNKNOWN && row->printed_size != size)
		inq_warn(l->ctx, INQ_PLACE_LINE, row->line,
			 "the row says 0x%" PRIx64 " bytes, but its ends are 0x%" PRIx64 " apart; the ends were used",
			 row->printed_size, size);
	if ((row->start | row->end) & PAGE_MASK)
		inq_warn(l->ctx, INQ_PLACE_LINE, row->line,
			 "0x%" PRIx64 "-0x%" PRIx64 " is not made of whole pages; it was taken as printed", row->start,
			 row->end);
	if (row->odd_tail)
		inq_warn(l->ctx, INQ_PLACE_LINE, row->line,
			 "what follows the numbers cannot be read; the row was taken without a name");
	if (l->rows && row->start < l->last && !l->disordered) {
		inq_warn(l->ctx, INQ_PLACE_LINE, row->line,
			 "the rows are not in the order of their addresses; they were sorted");
		l->disordered = true;
	}
	if (l->grammar->check)
		l->grammar->check(l, row);
}

static void count_row(struct inq_listing *l, const struct inq_row *row)
{
	if (!l->rows)
		l->first = row->start;
	l->last = row->start;
	l->highest = row->end > l->highest ? row->end : l->highest;
	l->rows++;
	l->sum += row->end > row->start ? row->end - row->start : 0;
}

static void build_row(struct inq_listing *l, struct inq_row *row)
{
	struct inq_mapping mapping = inq_mapping_unknown();
	mapping.start = row->start;
	mapping.end = row->end;
	mapping.file_offset = row->file_offset;
	mapping.permissions = row->permissions;
	if (row->odd_tail)
		row->name.length = 0;
	mapping.name = keep(l, row->name, &l->last_name, &l->last_string);
	mapping.vm_flags = keep(l, row->flags, &l->last_flags, &l->last_flags_string);
	mapping.usage = keep_usage(l, &row->usage);
	if (inq_span_starts(row->name, "dev:"))
		solaris_identity(row);
	if (row->name.length && row->name.text[0] != '[')
		mapping.file = inq_build_file(l->builder, row->name.text, row->name.length, row->device_major,
					      row->device_minor, row->inode);
	inq_build_at(l->builder, INQ_PLACE_LINE, row->line);
	enum inq_status status = inq_build_mapping(l->builder, &mapping);
	if (status != INQ_OK)
		l->status = status;
}

void inq_listing_flush(struct inq_listing *l)
{
	struct inq_row *row = &l->pending;
	if (!row->line)
		return;
	check_row(l, row);
	if (!row->summary) {
		count_row(l, row);
		build_row(l, row);
	}
	row->line = 0;
}

void inq_listing_process(struct inq_builder *builder, uint64_t pid, struct inq_span args)
{
	struct inq_process *process = inq_build_process(builder);
	if (pid != INQ_UNKNOWN)
		process->pid = builder->artefact->pid = pid;
	if (!args.length)
		return;
	process->args = inq_build_string(builder, args.text, args.length);
	struct inq_span first = inq_span_word(&args);
	if (inq_span_ends(first, ":")) /* "sshd: user@pts/0" */
		first.length--;
	first = inq_span_basename(first);
	process->name = first.length ? inq_build_string(builder, first.text, first.length) : NULL;
}

bool inq_span_pmap_title(struct inq_span line, uint64_t *pid, struct inq_span *args)
{
	struct inq_span rest = line;
	if (inq_span_starts(rest, "core '")) {
		ptrdiff_t of = inq_span_find(rest, "' of ");
		if (of < 0)
			return false;
		rest = inq_span_after(rest, (size_t)of + strlen("' of "));
	}
	uint64_t value;
	if (!inq_take_decimal(&rest, &value) || !inq_take_char(&rest, ':'))
		return false;
	struct inq_span trimmed = inq_span_skip_blanks(rest);
	if (trimmed.length && trimmed.length == rest.length)
		return false;
	*pid = value;
	*args = trimmed;
	return true;
}

bool inq_span_like_address(struct inq_span line)
{
	struct inq_span word = line;
	if (inq_span_starts(word, "0x"))
		return true;
	size_t digits = 0, decimal = 0;
	uint64_t value;
	for (; digits < word.length; digits++) {
		struct inq_span digit = { word.text + digits, 1 };
		if (!inq_span_hex(digit, &value))
			break;
		decimal += value < 10;
	}
	return digits >= 6 && decimal;
}
