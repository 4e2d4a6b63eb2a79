/* The frames of a stack as text: a line for each, with a mark of how it was found. Recursion that is folded is printed
 * once, and below it how often it came. */
#include "lib/render/text_frames.h"

#include <stdio.h>
#include <string.h>

enum { MARK = 3, WIDEST_OBJECT = 16, WIDEST_FUNCTION = 28 }; /* columns */

/* The columns that the rows of one stack need. */
struct rows {
	unsigned index_end, object, function; /* columns: where indices end; where names begin */
	const struct inq_frame_info *culprit; /* NULL */
};

static const struct mark {
	char sign;
	const char *found_by[3];
	const char *meaning;
} marks[] = { { '=', { "context", "signal-frame" }, "from saved registers" },
	      { '+', { "cfi" }, "by call-frame information" },
	      { '~', { "frame-pointer", "link-register" }, "by frame pointer or link register" },
	      { 't', { "text" }, "as the text prints it" },
	      { '?', { "scan" }, "guessed, or below a guess" } };

enum { MARK_COUNT = sizeof(marks) / sizeof(marks[0]), GUESSED = MARK_COUNT - 1 };

static size_t mark_of(const struct inq_frame_info *frame)
{
	for (size_t i = 0; frame->found_by && i < MARK_COUNT; i++)
		for (size_t j = 0; j < 3 && marks[i].found_by[j]; j++)
			if (strcmp(frame->found_by, marks[i].found_by[j]) == 0)
				return i;
	return GUESSED;
}

void inq_text_stack_legend(struct inq_text *text)
{
	for (size_t i = 0; i < MARK_COUNT; i++)
		if (text->marks & 1U << i)
			inq_str_printf(&text->work, "%s%c %s", text->work.length ? ", " : "", marks[i].sign,
				       marks[i].meaning);
	text->marks = 0;
	if (!text->work.length)
		return;
	inq_text_wrap(text, INQ_FRAME_COLUMN, INQ_COLOR_LABEL);
	inq_text_newline(text);
}

bool inq_frame_is(const struct inq_frame_info *frame, const char *kind)
{
	return frame->kind && strcmp(frame->kind, kind) == 0;
}

const char *inq_frame_name(const struct inq_frame_info *frame)
{
	const struct inq_location *location = &frame->location;
	return location->function ? location->function : location->symbol;
}

/* "(fd=3, buf=0x7ffe0010 "hello")"; nothing where no types are known. */
static void put_arguments(struct inq_str *str, const struct inq_frame_info *frame)
{
	if (!frame->prototype)
		return;
	inq_str_putc(str, '(');
	for (size_t i = 0; i < frame->argument_count; i++) {
		inq_str_puts(str, i ? ", " : "");
		inq_put_name(str, frame->arguments[i].text);
	}
	inq_str_putc(str, ')');
}

/* "bad_walk(list=0x0)+0xa"; nothing where no name is known. */
static void put_function(struct inq_str *str, const struct inq_frame_info *frame)
{
	uint64_t offset = frame->location.symbol_offset;
	if (inq_frame_is(frame, "signal")) {
		inq_str_puts(str, "<signal handler called>");
		return;
	}
	inq_put_name(str, inq_frame_name(frame));
	if (inq_frame_name(frame))
		put_arguments(str, frame);
	if (inq_frame_is(frame, "inline"))
		inq_str_puts(str, " (inlined)");
	else if (inq_frame_name(frame) && offset && offset != INQ_UNKNOWN)
		inq_put_offset(str, offset);
}

/* What stands where an object's name would. */
void inq_put_frame_place(struct inq_str *str, const struct inq_frame_info *frame)
{
	const struct inq_location *location = &frame->location;
	bool named = inq_frame_name(frame) || inq_frame_is(frame, "signal");
	if (location->object && named) {
		inq_put_basename(str, location->object);
	} else if (location->object) {
		inq_put_basename(str, location->object);
		if (location->offset != INQ_UNKNOWN) {
			inq_put_offset(str, location->offset);
		} else if (frame->pc != INQ_UNKNOWN) {
			inq_str_putc(str, ' ');
			inq_put_address(str, frame->pc, 1);
		}
	} else if (frame->pc == INQ_UNKNOWN) {
		inq_str_puts(str, "-");
	} else {
		inq_put_address(str, frame->pc, 1);
		if (location->mapped) {
			struct inq_location unnamed = *location; /* the name has a column of its own */
			unnamed.symbol = unnamed.function = NULL;
			inq_str_puts(str, " in ");
			inq_put_location(str, &unnamed);
		} else if (location->near_count && !location->told) { /* else no map is known */
			inq_str_puts(str, " where nothing is mapped");
		}
	}
}

/* What is wider sticks out of its column: it does not count. */
static unsigned columns_of(struct inq_text *text, void (*put)(struct inq_str *, const struct inq_frame_info *),
			   const struct inq_frame_info *frame, unsigned widest)
{
	put(&text->work, frame);
	unsigned columns = text->work.length ? inq_columns(text->work.text, text->work.length) : 0;
	text->work.length = 0;
	return columns <= widest ? columns : 0;
}

static unsigned digits_of(uint64_t number)
{
	unsigned digits = 1;
	for (; number >= 10; number /= 10)
		digits++;
	return digits;
}

static struct rows measure(struct inq_text *text, const struct inq_frame_info *frames, size_t count)
{
	struct rows rows = { 0 };
	unsigned object = 0, index = count ? digits_of(frames[count - 1].index) : 0;
	for (size_t i = 0; i < count; i++) {
		unsigned columns = columns_of(text, inq_put_frame_place, &frames[i], WIDEST_OBJECT);
		if (inq_frame_name(&frames[i]) && columns > object)
			object = columns;
		columns = columns_of(text, put_function, &frames[i], WIDEST_FUNCTION);
		rows.function = frames[i].location.file && columns > rows.function ? columns : rows.function;
	}
	rows.index_end = INQ_FRAME_COLUMN + MARK + index;
	rows.object = object;
	return rows;
}

/* The file's name and the line, in their column where they fit on the line. */
static void put_source(struct inq_text *text, const struct rows *rows, const struct inq_location *location,
		       unsigned room)
{
	struct inq_str *work = &text->work;
	const char *slash = strrchr(location->file, '/'), *file = slash ? slash + 1 : location->file;
	unsigned used = inq_columns(work->text, work->length);
	unsigned pad = used < rows->function ? rows->function - used + 2 : 2;
	unsigned need = inq_columns(file, strlen(file)) + 1 + digits_of(location->line);
	for (unsigned i = used + pad + need <= room ? pad : 1; i; i--)
		inq_str_putc(work, ' ');
	inq_put_name(work, file);
	inq_str_printf(work, ":%u", location->line);
}

static void put_names(struct inq_text *text, const struct rows *rows, const struct inq_frame_info *frame, unsigned from)
{
	struct inq_str *work = &text->work;
	put_function(work, frame);
	if (frame->location.file && work->length)
		put_source(text, rows, &frame->location, from < text->width ? text->width - from : 0);
	if (frame == rows->culprit)
		inq_str_puts(work, work->length ? "  <- culprit" : "<- culprit");
}

static void put_mark(struct inq_text *text, const struct inq_frame_info *frame)
{
	size_t mark = mark_of(frame);
	char sign[3] = { marks[mark].sign, mark != GUESSED && frame->confidence == INQ_POSSIBLE ? '?' : '\0' };
	text->marks |= 1U << mark | (sign[1] ? 1U << GUESSED : 0);
	inq_text_pad(text, INQ_FRAME_COLUMN);
	inq_text_color(text, inq_confidence_color(frame->confidence), sign);
}

static void put_frame(struct inq_text *text, const struct rows *rows, const struct inq_frame_info *frame)
{
	char index[24];
	unsigned place = rows->index_end + 2;
	snprintf(index, sizeof(index), "%u", frame->index);
	put_mark(text, frame);
	inq_text_right(text, rows->index_end, index);
	inq_text_pad(text, place);
	if (text->output->verbose) {
		inq_put_address(&text->str, frame->pc, text->digits);
		place += text->digits + 4;
		inq_text_pad(text, place);
	}
	inq_put_frame_place(&text->str, frame);
	place += rows->object + 2;
	put_names(text, rows, frame, place);
	if (text->work.length) {
		inq_str_putc(&text->str, ' ');
		inq_text_wrap(text, place, INQ_COLOR_NONE);
	}
	inq_text_newline(text);
}

/* Below the last row of a cycle: "frames 12-27560: recurse repeated 27,549 times". */
static void put_fold(struct inq_text *text, const struct inq_frame_info *first)
{
	uint64_t times = first->repeats + 1;
	inq_str_printf(&text->work, "frames %u-%llu: ", first->index,
		       (unsigned long long)(first->index + first->cycle * times - 1));
	if (first->cycle > 1)
		inq_str_printf(&text->work, "these %u", first->cycle);
	else if (inq_frame_name(first))
		inq_put_name(&text->work, inq_frame_name(first));
	else
		inq_str_puts(&text->work, "this one");
	inq_str_puts(&text->work, " repeated ");
	inq_str_count(&text->work, times);
	inq_str_puts(&text->work, " times");
	inq_text_wrap(text, INQ_FRAME_COLUMN, INQ_COLOR_BOLD);
	inq_text_newline(text);
}

void inq_text_frames(struct inq_text *text, const struct inq_frame_info *frames, size_t count,
		     const struct inq_frame_info *culprit)
{
	struct rows rows = measure(text, frames, count);
	const struct inq_frame_info *folded = NULL;
	rows.culprit = culprit;
	for (size_t i = 0; i < count && !text->stopped; i++) {
		put_frame(text, &rows, &frames[i]);
		if (frames[i].repeats)
			folded = &frames[i];
		if (folded && &frames[i] + 1 == folded + folded->cycle) {
			put_fold(text, folded);
			folded = NULL;
		}
	}
}
