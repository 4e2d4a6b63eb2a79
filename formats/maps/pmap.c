/* pmap of procps, busybox and Solaris: lines that they share, and the signs by which they differ. */
#include "formats/maps/pmap.h"

#include "formats/maps/sums.h"

#include <stdlib.h>

/* SUSE's pmap of 2010 or so prints "START  SIZE  RSS  PSS  DIRTY  SWAP PERM MAPPING", and numbers with a K behind them. */
static bool is_header(struct inq_span line)
{
	return inq_span_starts(line, "Address") ||
	       (inq_span_starts(line, "START ") && inq_span_find(line, " PERM ") > 0);
}

/* "total 828604K", "total kB 2924 1808 108", "total Kb …", "mapped: 2924K …", and the last line of -X, "2924 … KB". */
static bool is_total(struct inq_span line, bool has_columns)
{
	uint64_t bytes;
	struct inq_span rest = line, first = inq_span_word(&rest), second = inq_span_word(&rest);
	if (inq_span_is(first, "total") || inq_span_is(first, "Total:"))
		return inq_span_size(second, 1024, &bytes) || inq_span_is(second, "kB") || inq_span_is(second, "Kb");
	if (inq_span_is(first, "mapped:"))
		return inq_span_size(second, 1024, &bytes);
	return has_columns && inq_span_ends(line, " KB") && inq_span_decimal(first, &bytes);
}

enum inq_line inq_pmap_line(struct inq_listing *listing, struct inq_span line)
{
	uint64_t pid;
	if (listing->columns.count && inq_columns_row(&listing->columns, line, &listing->row))
		return INQ_LINE_ROW;
	if (is_header(line))
		return inq_listing_header(listing, line);
	if (is_total(line, listing->columns.sums_run_on)) {
		inq_listing_take_total(listing, line);
		return INQ_LINE_TOTAL;
	}
	if (inq_span_pmap_title(line, &pid, &listing->args)) {
		listing->pid = pid;
		return INQ_LINE_TITLE;
	}
	if (!listing->columns.count)
		inq_columns_guess(&listing->columns, line);
	return inq_listing_row(listing, line);
}

/* Evidence for one system or the other; the larger sum wins. */
struct signs {
	int linux_, solaris;
	bool title;
	bool listing; /* a header or a row was seen */
	bool ended;
};

static bool has_letters(struct inq_span word, char from, char to)
{
	for (size_t i = 0; i < word.length; i++)
		if (word.text[i] >= from && word.text[i] <= to)
			return true;
	return false;
}

static void weigh_row(struct signs *signs, struct inq_span address, struct inq_span mode)
{
	signs->linux_ += has_letters(address, 'a', 'f') ? 2 : 0;
	signs->solaris += has_letters(address, 'A', 'F') ? 2 : 0;
	/* Linux has five letters, busybox four; Solaris six, older ones five, or words. */
	signs->linux_ += mode.length == 4 ? 3 : mode.length == 5 ? 1 : 0;
	signs->solaris += mode.length > 5 ? 3 : 0;
	signs->listing = true;
}

/* A row by its address and its mode alone. */
static bool take_row(struct signs *signs, const struct inq_columns *columns, struct inq_span line)
{
	struct inq_span rest = line, word, address = { line.text, 0 };
	uint8_t permissions;
	uint64_t value;
	for (size_t i = 0; i < columns->count && columns->fields[i] != INQ_COLUMN_NAME; i++) {
		word = inq_span_word(&rest);
		if (columns->fields[i] == INQ_COLUMN_ADDRESS)
			address = word;
		if (columns->fields[i] != INQ_COLUMN_MODE)
			continue;
		if (!word.length || !inq_span_hex(address, &value) || !inq_span_permissions(word, &permissions))
			return false;
		weigh_row(signs, address, word);
		return true;
	}
	return false;
}

/* Whether the line belongs to a pmap; if so, what it tells. */
static bool weigh(struct signs *signs, struct inq_columns *columns, struct inq_span line)
{
	uint64_t pid;
	struct inq_span args;
	if (is_header(line) && inq_columns_header(columns, line)) {
		bool mapped_file = inq_span_find(line, "Mapped File") > 0;
		*(mapped_file ? &signs->solaris : &signs->linux_) += 6;
		signs->listing = true;
	} else if (inq_span_pmap_title(line, &pid, &args)) {
		signs->ended = signs->listing || signs->title;
		signs->title = true;
		signs->solaris += inq_span_starts(line, "core '") ? 6 : inq_span_find(line, ":\t") > 0;
		signs->linux_ += inq_span_find(line, ":   ") > 0;
	} else if ((columns->count || inq_columns_guess(columns, line)) && take_row(signs, columns, line)) {
		return true;
	} else {
		/* Below a title stand rows or a command line: not the addresses of another kind of listing. */
		signs->ended |= signs->title && !signs->listing && inq_span_like_address(line);
		return false;
	}
	return true;
}

/* Whoever asks at every line of a file need not see 24 lines each time. */
static bool is_sure(const struct signs *signs)
{
	enum { SURE = 6 };
	return signs->ended || (signs->listing && abs(signs->solaris - signs->linux_) >= SURE);
}

unsigned inq_pmap_kind(const struct inq_text *at)
{
	enum { MOST_LINES = 24 };
	struct inq_text text = *at;
	struct inq_columns columns;
	struct signs signs = { 0 };
	inq_columns_begin(&columns, true);
	if (!weigh(&signs, &columns, text.line))
		return INQ_PMAP_NONE;
	for (int i = 1; i < MOST_LINES && !is_sure(&signs) && inq_text_next(&text); i++)
		weigh(&signs, &columns, text.line);
	if (!signs.listing)
		return INQ_PMAP_NONE;
	return signs.solaris > signs.linux_ ? INQ_PMAP_SOLARIS : INQ_PMAP_LINUX;
}
