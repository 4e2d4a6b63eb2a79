/* What an object keeps for the look-ups of names: its open tables, and the file that its debug information is in. */
#ifndef INQ_SYMBOL_NAMES_H
#define INQ_SYMBOL_NAMES_H

#include "lib/elf/section.h"
#include "lib/space/objects.h"
#include "lib/symbol/pclntab.h"
#include "lib/symbol/table.h"

/* One table, or one that another completes: MiniDebugInfo leaves out what .dynsym has. */
enum { INQ_MOST_TABLES = 2 };

/* A section that is loaded, by its addresses in the file. */
struct inq_part {
	uint64_t start, end;
	const char *name;
};

INQ_VEC(inq_part_vec, struct inq_part)

/* A name that was asked for. */
struct inq_asked_name {
	const char *name;
	size_t length;
	bool found;
	uint64_t value;
};

enum { INQ_MOST_ASKED = 8 };

struct inq_names {
	struct inq_space *space;	 /* of the incident that uses them now; NULL while they are kept for another */
	struct inq_ctx ctx;		 /* its arena holds what belongs to the names, as long as they live */
	bool own_arena, of_core, warned; /* whether the names are of the file alone; whether a warning came with them */
	bool has_file, has_debug, debug_searched, has_dwarf;
	struct inq_elf file;		 /* the matched file */
	struct inq_elf debug;		 /* the separate debug file (debug_file.c) */
	struct inq_source *debug_source; /* its bytes */
	struct inq_symbol_table tables[INQ_MOST_TABLES];
	unsigned table_count;
	bool go_known, is_go;		 /* whether the file has Go's own table */
	bool pclntab_tried, has_pclntab; /* that table, where the file has no other */
	struct inq_pclntab pclntab;
	struct inq_part_vec parts; /* the loaded sections, read when the first is asked for */
	bool parts_read;
	struct inq_asked_name asked[INQ_MOST_ASKED]; /* the first ones: analyses ask of each process for the same */
	unsigned asked_count;
	struct inq_known_places *places; /* that were found, for the next incident; NULL so far */
	bool debug_info_opened;
	struct inq_debug_info *debug_info; /* debug_info.h; NULL when there is none */
};

/* The object's names, opened on first use; NULL when memory is out. They live as long as the object. */
struct inq_names *inq_names_open(struct inq_space *space, struct inq_object *object);

/* Looks for the separate debug file; later calls give what the first one found. */
const struct inq_elf *inq_names_debug_file(struct inq_space *space, struct inq_object *object, struct inq_names *names);

/* Where the object's own file is, for look-ups beside it, in the names' arena; NULL when memory is out. */
const char *inq_names_path(const struct inq_names *names, const struct inq_object *object);

/* The core that the object is mapped in, where the system writes sections of objects into cores (embedded.c); sh_addr says
 * whose they are. */
bool inq_names_core(const struct inq_space *space, const struct inq_object *object, struct inq_elf *ret);

/* Opens the first table of this type (SHT_SYMTAB, SHT_DYNSYM) with more than the null symbol. On failure *ret keeps nothing
 * new. */
bool inq_table_open(struct inq_ctx *ctx, const struct inq_elf *elf, uint32_t type, struct inq_symbol_table *ret);
/* The one with this section number. */
bool inq_table_open_section(struct inq_ctx *ctx, const struct inq_elf *elf, uint64_t index,
			    struct inq_symbol_table *ret);
/* The value of what the file exports under this name, by its hash table (exported.c): no scan of its symbols. False also
 * when it has no such table. */
bool inq_exported_find(struct inq_ctx *ctx, const struct inq_elf *elf, const char *name, size_t length, uint64_t *ret);
/* The first ABI of 64-bit PowerPC has function descriptors: they are in `elf`, which is not always the table's. */
void inq_table_find_descriptors(const struct inq_elf *elf, struct inq_symbol_table *table);

#endif
