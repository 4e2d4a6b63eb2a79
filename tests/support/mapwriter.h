/* Writes address maps as the tools print them, by their format strings, and spoils them as pasting does. */
#ifndef INQ_TESTS_MAPWRITER_H
#define INQ_TESTS_MAPWRITER_H

#include "lib/base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct map_row {
	uint64_t start, end, offset, inode, resident, dirty;
	bool read, write, execute, shared;
	const char *name; /* a path, "[stack]", "[heap]"; NULL: anonymous */
};

enum { MAP_MOST_ROWS = 200, MAP_PID = 4711 };

struct map {
	struct map_row rows[MAP_MOST_ROWS];
	size_t count;
};

/* Rows in order without overlaps, the same for the same seed. Addresses stay below 4 GiB when `small`. */
void map_make(struct map *map, unsigned seed, size_t count, bool small);

/* What a grammar prints of a row, beyond its range. */
struct map_grammar {
	const char *name, *kind;
	void (*title)(struct inq_str *out);
	void (*row)(struct inq_str *out, const struct map_row *row, bool wrap);
	void (*total)(struct inq_str *out, const struct map *map);
	bool permissions, shared, offset, resident, dirty, base_names, brackets; /* brackets: "[ anon ]" without name */
	bool small;								 /* 32-bit addresses only */
};

/* All grammars; the last has no name. */
extern const struct map_grammar map_grammars[];

enum map_spoil {
	MAP_PLAIN,
	MAP_QUOTED,
	MAP_QUOTED_TWICE,
	MAP_CRLF,
	MAP_INDENTED,
	MAP_TABBED,
	MAP_NO_BREAK_SPACES,
	MAP_BLANK_LINES,
	MAP_RULES,
	MAP_PROSE,
	MAP_PROMPTS,
	MAP_BOM,
	MAP_NO_LAST_NEWLINE,
	MAP_WRAPPED,
	MAP_SPOIL_COUNT
};

void map_write(struct inq_str *out, const struct map_grammar *grammar, const struct map *map, enum map_spoil spoil);

#endif
