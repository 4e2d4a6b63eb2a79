/* What other commands of mdb print, on a page with ::memstat or $C: told by their headings and passed over, so that stacks of
 * allocations are not taken for stacks of threads, nor rows of other tables for an address map. Of ::findleaks what it counts is
 * told. Headings: illumos, usr/src/cmd/mdb (genunix: leaky.c, kmem.c, genunix.c, cpu.c, vmem.c; libumem: umem.c). */
#include "formats/kernel/kernel.h"

#include <inttypes.h>

/* The words with which a table of a command begins. */
static const struct {
	const char *command, *heading;
} tables[] = {
	{ "::findleaks", "CACHE LEAKED BUFCTL CALLER" },
	{ "::findleaks", "CACHE LEAKED BUFFER CALLER" },
	{ "::findleaks", "BYTES LEAKED VMEM_SEG CALLER" },
	{ "::bufctl", "ADDR BUFADDR TIMESTAMP THREAD" },
	{ "::ps", "S PID PPID PGID SID" },
	{ "::cpuinfo", "ID ADDR FLG NRUN BSPL PRI" },
	{ "::msgbuf", "TIMESTAMP LOGCTL MESSAGE" },
	{ "::vmem", "ADDR NAME INUSE TOTAL SUCCEED FAIL" },
	{ "::vmem_seg", "ADDR TYPE START END" },
	{ "::kmem_cache", "ADDR NAME FLAG CFLAG BUFSIZE" },
	{ "::pmap", "SEG BASE SIZE RES PATH" },
	{ "::seg", "SEG BASE SIZE DATA OPS" },
	{ "::modinfo", "ID LOADADDR SIZE REV MODULE NAME" },
	{ "::pfiles", "FD TYPE VNODE INFO" },
	{ "::taskq", "ADDR NAME ACT/THDS Q'ED MAXQ" },
	{ "::zone", "ADDR ID STATUS NAME PATH" },
};

enum { TABLE_COUNT = sizeof tables / sizeof *tables };

static bool begins_with_words(struct inq_span line, const char *words)
{
	struct inq_span wanted = { words, strlen(words) };
	for (struct inq_span word; (word = inq_span_word(&wanted)).length;) {
		struct inq_span found = inq_span_word(&line);
		if (found.length != word.length || memcmp(found.text, word.text, word.length) != 0)
			return false;
	}
	return true;
}

/* "524288 bytes for 64 allocations with data size 8192:" */
static bool is_user(struct inq_span line)
{
	struct inq_span rest = line;
	uint64_t bytes;
	return inq_take_decimal(&rest, &bytes) && inq_span_starts(rest, " bytes for ") &&
	       inq_span_find(rest, " with data size ") > 0;
}

/* "kmem_alloc_96 leak: 120 buffers, 96 bytes each, 11520 bytes total" */
static bool is_leak(struct inq_span line)
{
	struct inq_span rest = line;
	inq_span_word(&rest);
	return inq_span_starts(inq_span_skip_blanks(rest), "leak: ") && inq_span_find(rest, " buffer") > 0;
}

/* "fffffe0c4d2b1230 is fffffe0c4d2b1200+30, allocated from kmem_alloc_96:" */
static bool is_whatis(struct inq_span line)
{
	struct inq_span rest = line, address = inq_span_word(&rest);
	uint64_t number;
	return address.length >= 5 && inq_span_hex(address, &number) &&
	       inq_span_starts(inq_span_skip_blanks(rest), "is ") &&
	       (inq_span_find(rest, "allocated from ") > 0 || inq_span_find(rest, "freed from ") > 0);
}

/* The command that prints this as the first line of its output; NULL. */
static const char *command_of(struct inq_span line)
{
	for (size_t i = 0; i < TABLE_COUNT; i++)
		if (line.length && line.text[0] == tables[i].heading[0] && begins_with_words(line, tables[i].heading))
			return tables[i].command;
	if (inq_span_is(line, "MESSAGE"))
		return "::msgbuf";
	if (is_user(line))
		return "::kmausers or ::umausers";
	return is_whatis(line) ? "::whatis" : NULL;
}

static unsigned probe(const struct inq_text *at)
{
	return command_of(at->line) ? 75 : 0;
}

struct leaks {
	uint64_t buffers, bytes;
};

struct output {
	struct inq_kernel_listing listing;
	const char *command;  /* of the lines that are being read */
	bool stack;	      /* they may be callers of an allocation */
	bool leaks, oversize; /* a table of ::findleaks; that of what is too large for the caches */
	struct leaks told[2]; /* the largest of each table, which may be printed twice */
};

/* "kmem_alloc+0x4b", "libumem.so.1`malloc+0x2e": a caller of an allocation. */
static bool is_caller(struct inq_span line)
{
	uint64_t offset;
	ptrdiff_t plus = inq_span_find(line, "+");
	return plus > 0 && inq_span_find(line, " ") < 0 && inq_span_find(line, "(") < 0 &&
	       inq_span_hex(inq_span_after(line, (size_t)plus + 1), &offset);
}

static bool is_row_of_numbers(struct inq_span line)
{
	struct inq_span words[INQ_KERNEL_WORDS];
	size_t count = inq_kernel_words(line, words);
	uint64_t number;
	return count >= 3 && inq_span_hex(words[0], &number) && inq_span_hex(words[1], &number) &&
	       inq_span_hex(words[2], &number);
}

/* "Total 123 buffers, 12584 bytes" */
static bool take_total(struct output *output, struct inq_span line)
{
	struct inq_span words[INQ_KERNEL_WORDS];
	size_t count = inq_kernel_words(line, words);
	struct leaks leaks, *told = &output->told[output->oversize];
	if (count != 5 || !inq_span_is(words[0], "Total") || !inq_span_starts(words[2], "buffer") ||
	    !inq_span_decimal(words[1], &leaks.buffers) || !inq_span_decimal(words[3], &leaks.bytes))
		return false;
	output->leaks = true;
	if (leaks.bytes > told->bytes)
		*told = leaks;
	return true;
}

/* A line that some command prints below its heading. */
static bool is_below(struct output *output, struct inq_span line)
{
	if (output->stack && (is_caller(line) || is_leak(line)))
		return true;
	return is_row_of_numbers(line) || take_total(output, line) || inq_span_is_rule(line) ||
	       begins_with_words(line, "CACHE LASTLOG CONTENTS");
}

static void read_lines(struct output *output)
{
	struct inq_kernel_listing *listing = &output->listing;
	while (inq_text_next(&listing->text)) {
		struct inq_span line = listing->text.line;
		const char *command = command_of(line);
		output->command = output->command ? output->command : command;
		if (command)
			output->oversize = inq_span_starts(line, "BYTES");
		output->stack = (output->stack && line.length) || command || is_leak(line);
		if (command || !line.length || is_below(output, line))
			inq_kernel_accept(listing);
		else if (!inq_kernel_pass(listing))
			break;
	}
}

static enum inq_status read_output(struct inq_ctx *ctx, struct inq_input *input, struct inq_builder *builder)
{
	struct output output = { .listing = inq_kernel_begin(ctx, input, builder) };
	read_lines(&output);
	if (!output.command) {
		inq_warn(ctx, INQ_PLACE_LINE, input->line, "no heading of a command of mdb; nothing was used");
		return INQ_UNUSABLE;
	}
	uint64_t bytes = output.told[0].bytes + output.told[1].bytes;
	bool counted = output.leaks && bytes >= output.told[0].bytes;
	if (counted)
		inq_build_detail(builder, "%s and what follows: %" PRIu64 " leaked buffers, %" PRIu64 " bytes",
				 output.command, output.told[0].buffers + output.told[1].buffers, bytes);
	else
		inq_build_detail(builder, "%s and what follows, which says nothing of a crash", output.command);
	return INQ_OK;
}

const struct inq_format inq_format_mdb_output = {
	.name = "mdb-output",
	.about = "other tables of mdb, passed over: ::findleaks, ::kmausers, ::ps, ::cpuinfo, …",
	.text = true,
	.begins = { INQ_DIGITS, INQ_HEX_LETTERS | INQ_CHARACTER('S') | INQ_CHARACTER('I') | INQ_CHARACTER('T') |
					INQ_CHARACTER('M') },
	.probe_line = probe,
	.read = read_output,
};
