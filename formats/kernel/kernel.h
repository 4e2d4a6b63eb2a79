/* What the readers of the kernel's tables share: a listing of lines that ends where another begins, and its numbers. */
#ifndef INQ_FORMATS_KERNEL_H
#define INQ_FORMATS_KERNEL_H

#include "formats/format.h"
#include "formats/text.h"

/* A listing while it is read. */
struct inq_kernel_listing {
	struct inq_ctx *ctx;
	struct inq_input *input;
	struct inq_builder *builder;
	struct inq_text text;
	unsigned odd; /* lines in a row that are none of the listing's */
	unsigned bad; /* rows that could not be read */
	bool elided;
};

struct inq_kernel_listing inq_kernel_begin(struct inq_ctx *ctx, struct inq_input *input, struct inq_builder *builder);
/* The next line that may be a row: rules and blank lines are passed over. False at the end of the text. */
bool inq_kernel_next(struct inq_kernel_listing *listing);
/* Goes to the heading, which prompts and prose may precede, and accepts it. */
bool inq_kernel_find(struct inq_kernel_listing *listing, bool (*is_heading)(struct inq_span line));
/* The current line is no row: whether the listing can go on behind it. Not so when another listing begins there, or after
 * too many such lines. */
bool inq_kernel_pass(struct inq_kernel_listing *listing);
/* The current line is the listing's: what follows begins after it. */
void inq_kernel_accept(struct inq_kernel_listing *listing);
/* Tells that the current line looks like a row but is none. */
void inq_kernel_bad_row(struct inq_kernel_listing *listing, const char *what);
/* INQ_OK, or INQ_PARTIAL when rows were bad or left out. */
enum inq_status inq_kernel_end(const struct inq_kernel_listing *listing);

/* The column at which the current line begins, with what pasting put before it; a tab goes to the next multiple of 8. */
unsigned inq_kernel_column(const struct inq_kernel_listing *listing);

enum { INQ_KERNEL_WORDS = 24 };

/* The words of a line, at most INQ_KERNEL_WORDS. */
size_t inq_kernel_words(struct inq_span line, struct inq_span *ret);
/* The text from the beginning of the line to the end of its word `last`. */
struct inq_span inq_kernel_span(struct inq_span line, struct inq_span last);

/* "57344B", "12K", "1.03g", "512": in bytes; *unit: what the letter stands for, 0 for none. Rounded down. */
bool inq_kernel_size(struct inq_span word, uint64_t *ret, uint64_t *unit);
/* "25%", "34.2%": in thousandths. */
bool inq_kernel_percent(struct inq_span word, uint64_t *permille);

#endif
