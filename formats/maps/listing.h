/* The frame of every address-map listing: from its first line to its last, whatever stands around and between.
 *
 * A format supplies a grammar: what one line is. The frame finds where the listing begins and ends (at its total, at the
 * title or header of the next one, where addresses begin anew), joins names that were wrapped onto the next line, checks
 * the arithmetic, and writes the model. What cannot be read is told with its line; nothing is guessed. */
#ifndef INQ_FORMATS_MAPS_LISTING_H
#define INQ_FORMATS_MAPS_LISTING_H

#include "formats/format.h"
#include "formats/maps/columns.h"

enum inq_line {
	INQ_LINE_OTHER,	 /* not of this grammar */
	INQ_LINE_ROW,	 /* a mapping: in listing->row */
	INQ_LINE_MORE,	 /* more about the mapping before: now in listing->pending */
	INQ_LINE_TITLE,	 /* the process: in listing->pid and listing->args */
	INQ_LINE_HEADER, /* the columns: in listing->columns */
	INQ_LINE_TOTAL,	 /* the end: its numbers are in listing->total */
	INQ_LINE_BAD	 /* begins like a row, but cannot be read */
};

enum { INQ_MOST_TOTALS = INQ_MOST_COLUMNS };

struct inq_listing;

struct inq_grammar {
	enum inq_os os;
	enum inq_line (*line)(struct inq_listing *listing, struct inq_span line);
	/* Called before a row goes into the model, for the format's own identities; may be NULL. */
	void (*check)(struct inq_listing *listing, const struct inq_row *row);
	bool named; /* every row has a name: a line of one word after a row without is it */
	bool dash_is_zero;
};

struct inq_listing {
	struct inq_ctx *ctx;
	struct inq_input *input;
	struct inq_builder *builder;
	const struct inq_grammar *grammar;
	struct inq_text text;
	struct inq_columns columns;
	struct inq_row row;	/* of this line */
	struct inq_row pending; /* the row before, kept back until the next line is known not to belong to it */
	struct inq_span args;
	uint64_t pid;
	uint64_t total[INQ_MOST_TOTALS]; /* bytes */
	size_t total_count;
	uint64_t first, last, highest; /* addresses: first row's, last row's start, the highest end */
	uint64_t rows, sum;
	uint64_t odd_line, odd_count; /* lines since the last row that are not of the listing */
	uint64_t elided;	      /* rows were left out, says this line */
	uint64_t title_line;	      /* where the title stands */
	uint64_t title_more;	      /* lines that it was wrapped onto */
	struct inq_span last_name;
	const char *last_string; /* the string of last_name */
	struct inq_span last_flags;
	const char *last_flags_string;
	enum inq_status status;
	bool separated; /* something stood between the last row and this line */
	bool disordered;
};

struct inq_listing inq_listing_begin(struct inq_ctx *ctx, struct inq_input *input, struct inq_builder *builder,
				     const struct inq_grammar *grammar);

/* Reads a whole listing: what the `read` of a map format does. */
enum inq_status inq_listing_read(struct inq_ctx *ctx, struct inq_input *input, struct inq_builder *builder,
				 const struct inq_grammar *grammar);

/* For readers of files that only contain a listing: one row at a time (the row may be kept back), then the end. */
void inq_listing_add(struct inq_listing *listing, const struct inq_row *row);
enum inq_status inq_listing_finish(struct inq_listing *listing);

/* The row that was kept back is complete: puts it into the model. */
void inq_listing_flush(struct inq_listing *listing);

/* Sets the process facts; `args` may be empty, `pid` INQ_UNKNOWN. */
void inq_listing_process(struct inq_builder *builder, uint64_t pid, struct inq_span args);

/* "1052:   java -server" or "core 'FILE' of 1052:\tjava": the title of a pmap. */
bool inq_span_pmap_title(struct inq_span line, uint64_t *pid, struct inq_span *args);

/* For grammars: takes the header into listing->columns, but never over those of rows already read. */
enum inq_line inq_listing_header(struct inq_listing *listing, struct inq_span line);
/* For grammars: a row by listing->columns. */
enum inq_line inq_listing_row(struct inq_listing *listing, struct inq_span line);

/* Whether the line begins like a row: hexadecimal digits that no word of a language is made of. */
bool inq_span_like_address(struct inq_span line);

#endif
