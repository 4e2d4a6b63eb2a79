/* Writes stacks as the tools print them, by their format strings, and spoils them as pasting does. */
#ifndef INQ_TESTS_STACKWRITER_H
#define INQ_TESTS_STACKWRITER_H

#include "lib/base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct stack_frame {
	uint64_t pc, base, offset; /* offset: from the symbol; systemd's from the object */
	const char *object, *symbol, *arguments, *file;
	unsigned line;
	size_t thread; /* index of the one that it is of */
};

enum { STACK_MOST_FRAMES = 48, STACK_FIRST_TID = 4711 };

struct stack_made {
	struct stack_frame frames[STACK_MOST_FRAMES]; /* of all threads, one after the other */
	size_t count, threads;
};

/* What a grammar prints of a frame. */
enum {
	STACK_PC = 1,
	STACK_BASE = 2,
	STACK_OBJECT = 4,
	STACK_SYMBOL = 8,
	STACK_OFFSET = 16,
	STACK_ARGUMENTS = 32,
	STACK_SOURCE = 64,
	STACK_TID = 128,
	STACK_PLACE = 256 /* the offset is that of the pc in its object */
};

struct stack_grammar {
	const char *name, *kind;
	unsigned prints;
	bool small;    /* 32-bit addresses */
	bool solaris;  /* objects without a folder, arguments in hexadecimal */
	size_t least;  /* frames by which it is recognised; 0: one is enough */
	bool numbered; /* so that a frame that is missing is seen */
	void (*title)(struct inq_str *out);
	void (*thread)(struct inq_str *out, size_t index); /* NULL: it prints one thread */
	void (*frame)(struct inq_str *out, const struct stack_frame *frame, size_t number);
	const char *wraps_at; /* where a terminal's width may break a frame that is put together again; NULL: nowhere */
};

/* All grammars; the last has no name. */
extern const struct stack_grammar stack_grammars[];

/* Threads and frames for the grammar, the same for the same seed. */
void stack_make(struct stack_made *made, const struct stack_grammar *grammar, unsigned seed);

enum stack_spoil {
	STACK_PLAIN,
	STACK_QUOTED,
	STACK_QUOTED_TWICE,
	STACK_CRLF,
	STACK_INDENTED,
	STACK_TABBED,
	STACK_NO_BREAK_SPACES,
	STACK_BLANK_LINES,
	STACK_PROSE,
	STACK_PROMPTS,
	STACK_BOM,
	STACK_NO_LAST_NEWLINE,
	STACK_WRAPPED,
	STACK_SPOIL_COUNT
};

void stack_write(struct inq_str *out, const struct stack_grammar *grammar, const struct stack_made *made,
		 enum stack_spoil spoil);

#endif
