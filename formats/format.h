/* Formats: the readers of artefacts. One file and one row each.
 *
 * A new format: 1. formats/GROUP/NAME.c with one `const struct inq_format inq_format_NAME`; 2. its row in formats.def;
 * 3. testdata/NAME/ with a sample and what is true of it. docs/adding/format.md walks through one.
 *
 * A file may hold several text listings one after the other: a text format reads one, and says where it ended. */
#ifndef INQ_FORMATS_FORMAT_H
#define INQ_FORMATS_FORMAT_H

#include "formats/text.h"
#include "lib/space/build.h"

/* What is being read: the whole source, and from where. */
struct inq_input {
	const struct inq_source *source;
	uint64_t offset; /* this artefact begins here */
	uint64_t line;	 /* and this is the number of its first line (text), counted from 1 */
	uint64_t end;	 /* out: where the reader stopped; the next listing begins here. Preset to the source's size */
	uint64_t end_line; /* out: number of the line at `end` */
	/* The reader before met the beginning of another listing here, which need not be looked for again; NULL: it did not. */
	const struct inq_format *next;
	uint64_t next_start;
};

struct inq_format {
	const char *name;  /* the artefact kind of the contract, also the value of --kind */
	const char *about; /* the line that `identify` and --help print */
	bool text;	   /* one of several listings that a text file may hold */
	/* How sure it is that the bytes at `head` (the first 64 KiB from where the artefact would begin) are of this
	 * format: 0 not mine … 100 certain. Looks at content only, allocates nothing. */
	unsigned (*probe)(const struct inq_view *head);
	/* Of a text format instead: whether one of its listings begins at the very line of the cursor, which goes on to the
	 * end of those 64 KiB. It is asked about each line in turn. */
	unsigned (*probe_line)(const struct inq_text *at);
	/* Or of several formats that one look tells apart: which of them begins there, as a number that is `looks`; 0 for none.
	 * They stand next to each other in formats.def, so that the line is looked at once. */
	unsigned (*look)(const struct inq_text *at);
	unsigned looks;
	/* What to keep of one that comes as a stream and is larger than memory may be (lib/io/keep.h). NULL: its
	 * beginning, as far as that goes. */
	bool (*plan)(const struct inq_view *head, bool last, uint64_t memory, struct inq_keep_plan *plan);
	/* Of a binary one of which single pages are looked at: how much of the beginning is looked through, and read at once. 0 when it
	 * does not tell by its head. NULL: all is looked through. */
	uint64_t (*beginning)(const struct inq_view *head);
	/* Of a text format: the characters with which the first line of a listing can begin, so that it need not be asked
	 * about other lines. */
	struct inq_characters begins;
	/* Fills the builder. INQ_PARTIAL: usable but damaged, with warnings. INQ_UNUSABLE: nothing could be used, with a
	 * warning that says why. NULL: the format is recognised only, and every command says so. */
	enum inq_status (*read)(struct inq_ctx *ctx, struct inq_input *input, struct inq_builder *builder);
};

/* The rows, for index 0 … until NULL. */
size_t inq_format_count(void);
const struct inq_format *inq_format_row(size_t index);
const struct inq_format *inq_format_by_name(const char *name);

/* The format with the highest probe at input->offset, or NULL when none wants it. Order of equal probes: formats.def. Of
 * several text listings the one that begins first is meant; prompts and prose before it do not matter. */
const struct inq_format *inq_format_detect(const struct inq_input *input);
/* As struct inq_keep's `plan`: asks the format that the head is of. */
bool inq_format_plan(const struct inq_view *head, bool last, uint64_t memory, struct inq_keep_plan *plan);
/* As struct inq_keep's `beginning`. */
uint64_t inq_format_beginning(const struct inq_view *head);
/* The rows themselves, for readers that ask whether a line is their own. */
#define INQ_FORMAT(name) extern const struct inq_format inq_format_##name;
#include "formats/formats.def"
#undef INQ_FORMAT
/* The text format of the listing that begins at the very line of the cursor; NULL for none. `input` takes a note of it. */
const struct inq_format *inq_format_at_line(struct inq_input *input, const struct inq_text *at);

/* Past a listing that is only recognised: sets input->end to the next line at which a listing begins that can be read, or
 * leaves it at the end of the source. */
void inq_format_skip(struct inq_input *input);

#endif
