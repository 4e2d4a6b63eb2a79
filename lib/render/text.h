/* Text for people: lines are composed in a buffer and handed to the output in blocks.
 *
 * Everything that comes from an input goes through inq_put_name, so that no name can move the cursor, recolour the
 * terminal or pretend to be our own words. Colour is put around whole words by inq_text_color and counts no columns. */
#ifndef INQ_RENDER_TEXT_H
#define INQ_RENDER_TEXT_H

#include "lib/base/str.h"

#include <inquest/diff.h>
#include <inquest/incident.h>
#include <inquest/render.h>

enum { INQ_TEXT_INDENT = 2, INQ_TEXT_LABEL = 12 }; /* columns: of labels, and of what they label */

struct inq_text {
	const struct inq_output *output;
	const struct inq_report *report;
	struct inq_str str;  /* what was not handed over yet */
	struct inq_str work; /* the paragraph or cell being composed */
	size_t line;	     /* where in `str` the current line begins */
	unsigned width;	     /* columns to fill */
	unsigned digits;     /* of an address in a table */
	unsigned marks;	     /* how frames were found that no legend explained yet: text_stack.c */
	bool stopped;	     /* the output refused: the rest is dropped */
};

/* The colours mean something: bold for the answer, the others for how much to trust it. */
enum inq_color { INQ_COLOR_NONE, INQ_COLOR_BOLD, INQ_COLOR_LABEL, INQ_COLOR_GOOD, INQ_COLOR_DOUBT, INQ_COLOR_BAD };

void inq_text_init(struct inq_text *text, const struct inq_report *report, const struct inq_output *output);
bool inq_text_flush(struct inq_text *text);
/* Hands over the rest and frees. INQ_UNUSABLE when the output stopped, INQ_NO_MEMORY when lines were lost. */
enum inq_status inq_text_finish(struct inq_text *text);

void inq_text_newline(struct inq_text *text);
/* Spaces up to a column, at least one unless the line is empty. */
void inq_text_pad(struct inq_text *text, unsigned column);
void inq_text_color(struct inq_text *text, enum inq_color color, const char *words);
/* The word right-aligned to end at a column. */
void inq_text_right(struct inq_text *text, unsigned column, const char *word);

/* A paragraph "  label     words", wrapped at the width, taken from text->work, which is emptied. An empty label goes
 * on under the one before. */
void inq_text_paragraph(struct inq_text *text, const char *label);
/* The words of text->work wrapped from `indent` on; the first line begins where the line already is. */
void inq_text_wrap(struct inq_text *text, unsigned indent, enum inq_color color);

enum inq_color inq_confidence_color(enum inq_confidence confidence);

/* Pieces, added to any buffer. */
void inq_put_name(struct inq_str *str, const char *name);     /* made safe to print; NULL adds nothing */
void inq_put_basename(struct inq_str *str, const char *path); /* what follows the last slash of an absolute path */
/* "####....": a share from 0 to 1 of so many columns; more than all is all. */
void inq_put_bar(struct inq_str *str, double share, unsigned columns);
void inq_put_address(struct inq_str *str, uint64_t address, unsigned digits); /* with 0x */
void inq_put_offset(struct inq_str *str, uint64_t offset);		      /* +0x12 */
void inq_put_permissions(struct inq_str *str, unsigned permissions);	      /* rw-p, or ? */
/* "libfoo.so+0x1234 symbol+0x12 (.text, text)" or what kind of memory it is; for a hole what lies on both sides. */
void inq_put_location(struct inq_str *str, const struct inq_location *location);

/* "data/relro" */
void inq_put_class(struct inq_str *str, enum inq_class class_, const char *subclass);
/* "a free chunk of 64 bytes at 0x… (tcache)" */
void inq_put_chunk(struct inq_str *str, const struct inq_heap_chunk *chunk);

/* Display columns of valid UTF-8: one for each character. */
unsigned inq_columns(const char *bytes, size_t length);

/* The documents. */
void inq_text_report(struct inq_text *text);
void inq_text_report_evidence(struct inq_text *text); /* its second half: memory, files, notes, what is missing */
void inq_text_crash(struct inq_text *text);	      /* the part of it that answers: signal, place, cause */
void inq_text_map(struct inq_text *text);
void inq_text_summary(struct inq_text *text);
void inq_text_identify(struct inq_text *text);
void inq_text_stacks(struct inq_text *text, bool all);
void inq_text_unique_stacks(struct inq_text *text);
/* The stack of a thread as a part of a report: at most about `most` rows of it. What a signal handler did after the
 * fault comes last, in one line. The legend explains the marks of all frames since the last one. */
void inq_text_thread_stack(struct inq_text *text, const struct inq_thread_info *thread, size_t most);
/* What a thread is called by, and its state. */
void inq_put_thread(struct inq_str *str, const struct inq_thread_info *thread);
void inq_text_stack_legend(struct inq_text *text);
void inq_text_jvm(struct inq_text *text);
void inq_text_histogram(struct inq_text *text);	 /* of the JVM's objects by class */
void inq_text_report_jvm(struct inq_text *text); /* its paragraph in a report */
void inq_text_diff(struct inq_text *text, const struct inq_diff *diff);
void inq_text_kmem(struct inq_text *text);
void inq_text_report_kmem(struct inq_text *text); /* its paragraph in a report */
void inq_text_report_histogram(struct inq_text *text);
void inq_text_heap(struct inq_text *text);
void inq_text_answer(struct inq_text *text, const struct inq_location *location);

#endif
