/* Writers of address maps. The format strings are those of procps 3.1 to 4.0 (pmap.c), busybox (procps/pmap.c), illumos
 * (pmap.c, mdb_cmds.c), the Linux kernel (task_mmu.c), FreeBSD (procstat_vm.c), gdb (linux-tdep.c). */
#include "tests/support/mapwriter.h"

#include <inttypes.h>
#include <string.h>

static unsigned next(unsigned *state)
{
	*state = *state * 1103515245U + 12345U;
	return *state >> 8;
}

void map_make(struct map *map, unsigned seed, size_t count, bool small)
{
	static const char *const names[] = { "/usr/bin/demo",
					     "/usr/lib/libdemo.so.1.2",
					     "/usr/lib/dir/a,b~c+1.so",
					     "/opt/\xc3\xbc/lib\xe2\x82\xac.so",
					     NULL,
					     NULL };
	uint64_t at = small ? 0x8048000 : 0x555555554000;
	unsigned state = seed;
	*map = (struct map) { .count = count };
	for (size_t i = 0; i < count; i++) {
		struct map_row *row = &map->rows[i];
		row->start = at + (next(&state) % 3 ? 0 : (uint64_t)(next(&state) % 50) << 12);
		row->end = row->start + ((uint64_t)(1 + next(&state) % 300) << 12);
		row->name = names[next(&state) % 6];
		row->offset = row->name ? (uint64_t)(next(&state) % 90) << 12 : 0;
		row->inode = row->name ? 100 + next(&state) % 100000 : 0;
		row->resident = (uint64_t)(next(&state) % ((row->end - row->start) >> 12)) << 12;
		row->dirty = row->resident / 2 >> 12 << 12;
		row->read = next(&state) % 8;
		row->write = next(&state) % 2;
		row->execute = next(&state) % 2;
		row->shared = row->name && next(&state) % 5 == 0;
		at = row->end;
	}
}

static const char *base_name(const char *name)
{
	const char *slash = name ? strrchr(name, '/') : NULL;
	return slash ? slash + 1 : name;
}

static void put_mode(struct inq_str *out, const struct map_row *row, char private_, const char *tail)
{
	inq_str_printf(out, "%c%c%c%c%s", row->read ? 'r' : '-', row->write ? 'w' : '-', row->execute ? 'x' : '-',
		       row->shared ? 's' : private_, tail);
}

/* The name at the end of a row; `wrap`: on a line of its own, as narrow terminals leave it. */
static void put_name(struct inq_str *out, const char *name, bool wrap)
{
	inq_str_puts(out, name && wrap ? "\n" : " ");
	inq_str_puts(out, name ? name : "");
	inq_str_putc(out, '\n');
}

static uint64_t kib(const struct map_row *row)
{
	return (row->end - row->start) >> 10;
}

static uint64_t total_kib(const struct map *map)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < map->count; i++)
		sum += kib(&map->rows[i]);
	return sum;
}

static uint64_t resident_kib(const struct map *map)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < map->count; i++)
		sum += map->rows[i].resident >> 10;
	return sum;
}

static uint64_t dirty_kib(const struct map *map)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < map->count; i++)
		sum += map->rows[i].dirty >> 10;
	return sum;
}

static void title_procps(struct inq_str *out)
{
	inq_str_printf(out, "%d:   demo --flag value\n", MAP_PID);
}

static void title_solaris(struct inq_str *out)
{
	inq_str_printf(out, "%d:\tdemo --flag value\n", MAP_PID);
}

static void title_busybox(struct inq_str *out)
{
	inq_str_printf(out, "%d: demo --flag value\n", MAP_PID);
}

static void proc_maps(struct inq_str *out, const struct map_row *row, bool wrap)
{
	size_t before = out->length;
	inq_str_printf(out, "%08" PRIx64 "-%08" PRIx64 " ", row->start, row->end);
	put_mode(out, row, 'p', "");
	inq_str_printf(out, " %08" PRIx64 " fe:01 %" PRIu64, row->offset, row->inode);
	while (row->name && !wrap && out->length - before < 72)
		inq_str_putc(out, ' ');
	put_name(out, row->name, wrap);
}

static void smaps(struct inq_str *out, const struct map_row *row, bool wrap)
{
	proc_maps(out, row, wrap);
	inq_str_printf(out,
		       "Size:           %8" PRIu64 " kB\nKernelPageSize:        4 kB\nRss:            %8" PRIu64
		       " kB\nPss:                   0 kB\nShared_Clean:          0 kB\nShared_Dirty:          0 kB\n"
		       "Private_Clean:  %8" PRIu64 " kB\nPrivate_Dirty:  %8" PRIu64
		       " kB\nSwap:                  0 kB\nTHPeligible:           0\nVmFlags: rd mr mw me sd \n",
		       kib(row), row->resident >> 10, (row->resident - row->dirty) >> 10, row->dirty >> 10);
}

static void mdb_title(struct inq_str *out)
{
	inq_str_printf(out, "%16s %16s %16s %s\n", "BASE", "LIMIT", "SIZE", "NAME");
}

static void mdb(struct inq_str *out, const struct map_row *row, bool wrap)
{
	inq_str_printf(out, "%16" PRIx64 " %16" PRIx64 " %16" PRIx64, row->start, row->end, row->end - row->start);
	put_name(out, row->name, wrap);
}

static const char *anon(const char *name)
{
	return name ? name : "  [ anon ]";
}

static void procps(struct inq_str *out, const struct map_row *row, bool wrap)
{
	inq_str_printf(out, "%016" PRIx64 " %6" PRIu64 "K ", row->start, kib(row));
	put_mode(out, row, '-', "-");
	put_name(out, anon(base_name(row->name)), wrap && row->name);
}

static void procps_p(struct inq_str *out, const struct map_row *row, bool wrap)
{
	inq_str_printf(out, "%016" PRIx64 " %6" PRIu64 "K ", row->start, kib(row));
	put_mode(out, row, '-', "-");
	put_name(out, anon(row->name), wrap && row->name);
}

static void total_procps(struct inq_str *out, const struct map *map)
{
	inq_str_printf(out, " total %16" PRIu64 "K\n", total_kib(map));
}

static void title_procps_x(struct inq_str *out)
{
	title_procps(out);
	inq_str_puts(out, "Address           Kbytes     RSS   Dirty Mode  Mapping\n");
}

static void procps_x(struct inq_str *out, const struct map_row *row, bool wrap)
{
	inq_str_printf(out, "%016" PRIx64 " %7" PRIu64 " %7" PRIu64 " %7" PRIu64 " ", row->start, kib(row),
		       row->resident >> 10, row->dirty >> 10);
	put_mode(out, row, '-', "-");
	put_name(out, anon(base_name(row->name)), wrap && row->name);
}

static void total_procps_x(struct inq_str *out, const struct map *map)
{
	inq_str_printf(out,
		       "---------------- ------- ------- ------- \ntotal kB         %7" PRIu64 " %7" PRIu64 " %7" PRIu64
		       "\n",
		       total_kib(map), resident_kib(map), dirty_kib(map));
}

static void title_procps32_x(struct inq_str *out)
{
	title_procps(out);
	inq_str_puts(out, "Address           Kbytes     RSS    Anon  Locked Mode   Mapping\n");
}

static void procps32_x(struct inq_str *out, const struct map_row *row, bool wrap)
{
	inq_str_printf(out, "%016" PRIx64 " %7" PRIu64 "       -       -       - ", row->start, kib(row));
	put_mode(out, row, '-', "-");
	put_name(out, anon(base_name(row->name)), wrap && row->name);
}

static void total_procps32_x(struct inq_str *out, const struct map *map)
{
	inq_str_printf(out,
		       "---------------- ------- ------- ------- -------\ntotal kB %7" PRIu64
		       "       -       -       -\n",
		       total_kib(map));
}

static void title_procps_d(struct inq_str *out)
{
	title_procps(out);
	inq_str_puts(out, "Address           Kbytes Mode  Offset           Device    Mapping\n");
}

static void procps_d(struct inq_str *out, const struct map_row *row, bool wrap)
{
	inq_str_printf(out, "%016" PRIx64 " %7" PRIu64 " ", row->start, kib(row));
	put_mode(out, row, '-', "-");
	inq_str_printf(out, " %016" PRIx64 " 0fe:00001", row->offset);
	put_name(out, anon(base_name(row->name)), wrap && row->name);
}

static void total_procps_d(struct inq_str *out, const struct map *map)
{
	inq_str_printf(out, "mapped: %" PRIu64 "K    writeable/private: 0K    shared: 0K\n", total_kib(map));
}

static void procps31(struct inq_str *out, const struct map_row *row, bool wrap)
{
	inq_str_printf(out, "%08" PRIx64 " (%" PRIu64 " KB)   ", row->start, kib(row));
	put_mode(out, row, 'p', "");
	inq_str_printf(out, " (fe:01 %" PRIu64 ")   ", row->inode);
	put_name(out, row->name, wrap);
}

static void total_procps31(struct inq_str *out, const struct map *map)
{
	inq_str_printf(out, "mapped:   %" PRIu64 " KB writable/private: 0 KB shared: 0 KB\n", total_kib(map));
}

static void busybox(struct inq_str *out, const struct map_row *row, bool wrap)
{
	inq_str_printf(out, "%016" PRIx64 " %7" PRIu64 "K  ", row->start, kib(row));
	put_mode(out, row, 'p', " ");
	put_name(out, anon(row->name), wrap && row->name);
}

static void total_busybox(struct inq_str *out, const struct map *map)
{
	inq_str_printf(out, " total %17" PRIu64 "K\n", total_kib(map));
}

static void title_solaris_x(struct inq_str *out)
{
	title_solaris(out);
	inq_str_printf(out, "%16s %10s %10s %10s %10s Mode   Mapped File\n", "Address", "Kbytes", "RSS", "Anon",
		       "Locked");
}

static void solaris(struct inq_str *out, const struct map_row *row, bool wrap)
{
	inq_str_printf(out, "%016" PRIX64 " %10" PRIu64 "K ", row->start, kib(row));
	put_mode(out, row, '-', "--");
	put_name(out, row->name, wrap);
}

static void total_solaris(struct inq_str *out, const struct map *map)
{
	inq_str_printf(out, "         total  %11" PRIu64 "K\n", total_kib(map));
}

static void put_count(struct inq_str *out, uint64_t count)
{
	if (count)
		inq_str_printf(out, " %10" PRIu64, count);
	else
		inq_str_printf(out, " %10s", "-");
}

static void solaris_x(struct inq_str *out, const struct map_row *row, bool wrap)
{
	inq_str_printf(out, "%016" PRIX64, row->start);
	put_count(out, kib(row));
	put_count(out, row->resident >> 10);
	put_count(out, 0);
	put_count(out, 0);
	inq_str_putc(out, ' ');
	put_mode(out, row, '-', "--");
	(void)wrap; /* a file name alone is told from prose only where every row has a name */
	put_name(out, anon(base_name(row->name)), false);
}

static void total_solaris_x(struct inq_str *out, const struct map *map)
{
	inq_str_puts(out, "---------------- ---------- ---------- ---------- ----------\n        total Kb");
	put_count(out, total_kib(map));
	put_count(out, resident_kib(map));
	put_count(out, 0);
	put_count(out, 0);
	inq_str_putc(out, '\n');
}

static void title_procstat(struct inq_str *out)
{
	inq_str_printf(out, "%5s %18s %18s %3s %4s %4s %3s %3s %-5s %-2s %-s\n", "PID", "START", "END", "PRT", "RES",
		       "PRES", "REF", "SHD", "FLAG", "TP", "PATH");
}

static void procstat(struct inq_str *out, const struct map_row *row, bool wrap)
{
	inq_str_printf(out, "%5d %#18" PRIx64 " %#18" PRIx64 " %c%c%c %4" PRIu64 " %4d %3d %3d %-5s %-2s", MAP_PID,
		       row->start, row->end, row->read ? 'r' : '-', row->write ? 'w' : '-', row->execute ? 'x' : '-',
		       row->resident >> 12, 0, 1, 0, "CN---", row->name ? "vn" : "df");
	put_name(out, row->name, wrap);
}

static void title_gdb(struct inq_str *out)
{
	inq_str_printf(out,
		       "process %d\nMapped address spaces:\n\n          Start Addr           End Addr       Size     "
		       "Offset  Perms  objfile\n",
		       MAP_PID);
}

static void gdb(struct inq_str *out, const struct map_row *row, bool wrap)
{
	inq_str_printf(out, "      0x%012" PRIx64 "     0x%012" PRIx64 "     0x%" PRIx64 "     0x%" PRIx64 "  ",
		       row->start, row->end, row->end - row->start, row->offset);
	put_mode(out, row, 'p', " ");
	put_name(out, row->name, wrap);
}

#define PERMISSIONS .permissions = true, .shared = true
const struct map_grammar map_grammars[] = {
	{ "proc-maps", "proc-maps", NULL, proc_maps, NULL, PERMISSIONS, .offset = true },
	{ "smaps", "smaps", NULL, smaps, NULL, PERMISSIONS, .offset = true, .resident = true, .dirty = true },
	{ "mdb", "mdb-mappings", mdb_title, mdb, .total = NULL },
	{ "mdb, no header", "mdb-mappings", NULL, mdb, .total = NULL },
	{ "procps", "pmap-linux", title_procps, procps, total_procps, PERMISSIONS, .base_names = true,
	  .brackets = true },
	{ "procps -q, no title", "pmap-linux", NULL, procps, NULL, PERMISSIONS, .base_names = true, .brackets = true },
	{ "procps -p", "pmap-linux", title_procps, procps_p, total_procps, PERMISSIONS, .brackets = true },
	{ "procps -x", "pmap-linux", title_procps_x, procps_x, total_procps_x, PERMISSIONS, .resident = true,
	  .dirty = true, .base_names = true, .brackets = true },
	{ "procps -xq", "pmap-linux", title_procps, procps_x, NULL, PERMISSIONS, .resident = true, .dirty = true,
	  .base_names = true, .brackets = true },
	{ "procps 3.2 -x", "pmap-linux", title_procps32_x, procps32_x, total_procps32_x, PERMISSIONS,
	  .base_names = true, .brackets = true },
	{ "procps -d", "pmap-linux", title_procps_d, procps_d, total_procps_d, PERMISSIONS, .offset = true,
	  .base_names = true, .brackets = true },
	{ "procps -dq", "pmap-linux", title_procps, procps_d, NULL, PERMISSIONS, .offset = true, .base_names = true,
	  .brackets = true },
	{ "procps 3.1", "pmap-linux", title_busybox, procps31, total_procps31, PERMISSIONS, .small = true },
	{ "busybox", "pmap-linux", title_busybox, busybox, total_busybox, PERMISSIONS, .brackets = true },
	{ "solaris", "pmap-solaris", title_solaris, solaris, total_solaris, PERMISSIONS },
	{ "solaris -x", "pmap-solaris", title_solaris_x, solaris_x, total_solaris_x, PERMISSIONS, .resident = true,
	  .base_names = true, .brackets = true },
	{ "procstat", "procstat-vm", title_procstat, procstat, NULL, .permissions = true, .resident = true },
	{ "gdb", "gdb-mappings", title_gdb, gdb, NULL, PERMISSIONS, .offset = true },
	{ .name = NULL },
};

static const char *line_prefix(enum map_spoil spoil)
{
	static const char *const prefixes[MAP_SPOIL_COUNT] = {
		[MAP_QUOTED] = "> ",
		[MAP_QUOTED_TWICE] = ">> ",
		[MAP_INDENTED] = "      ",
		[MAP_TABBED] = "\t",
		[MAP_NO_BREAK_SPACES] = "\xc2\xa0\xc2\xa0",
	};
	return prefixes[spoil] ? prefixes[spoil] : "";
}

/* Copies the lines, each with what quoting and line ends add. */
static void copy_lines(struct inq_str *out, const struct inq_str *plain, enum map_spoil spoil)
{
	for (const char *line = plain->text, *end; line && *line; line = end + 1) {
		end = strchr(line, '\n');
		inq_str_puts(out, line_prefix(spoil));
		inq_str_add(out, line, (size_t)(end - line));
		inq_str_puts(out, spoil == MAP_CRLF ? "\r\n" : "\n");
	}
}

/* What people write between the rows; every seventh time. */
static void interrupt(struct inq_str *out, size_t index, enum map_spoil spoil)
{
	if (index % 7 != 3)
		return;
	if (spoil == MAP_BLANK_LINES)
		inq_str_puts(out, "\n  \n");
	else if (spoil == MAP_RULES)
		inq_str_puts(out, "==============================\n\n------------------------------\n");
	else if (spoil == MAP_PROSE)
		inq_str_puts(out,
			     "\xec\x97\xac\xea\xb8\xb0 \xeb\xb6\x80\xed\x84\xb0 the old generation, a faced cafe:\n");
}

void map_write(struct inq_str *out, const struct map_grammar *grammar, const struct map *map, enum map_spoil spoil)
{
	struct inq_str plain = { 0 };
	if (spoil == MAP_PROMPTS)
		inq_str_puts(&plain, "[user@host ~]$ show the map\n\n");
	if (grammar->title)
		grammar->title(&plain);
	for (size_t i = 0; i < map->count; i++) {
		interrupt(&plain, i, spoil);
		grammar->row(&plain, &map->rows[i], spoil == MAP_WRAPPED && i % 3 == 0);
	}
	if (grammar->total)
		grammar->total(&plain, map);
	if (spoil == MAP_PROMPTS)
		inq_str_puts(&plain, "[user@host ~]$ \n");
	if (spoil == MAP_BOM)
		inq_str_puts(out, "\xef\xbb\xbf");
	copy_lines(out, &plain, spoil);
	if (spoil == MAP_NO_LAST_NEWLINE)
		out->text[--out->length] = '\0';
	inq_str_release(&plain);
}
