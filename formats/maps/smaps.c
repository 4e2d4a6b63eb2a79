/* /proc/PID/smaps and smaps_rollup of Linux (proc(5); fs/proc/task_mmu.c, __show_smap): each row of maps is followed by
 * its sizes, one "Key: N kB" a line. */
#include "formats/maps/proc.h"
#include "formats/maps/sums.h"

#include <inttypes.h>

enum key { SIZE, PAGE_SIZE, RSS, PSS, CLEAN, DIRTY, HUGETLB, HUGE, ANONYMOUS, SWAP, LOCKED, VM_FLAGS, OTHER };

#define KEY(word, key)                                                                                                 \
	{                                                                                                              \
		word ":", sizeof word, key                                                                             \
	}

static enum key key_of(struct inq_span word)
{
	static const struct {
		const char *word;
		size_t length;
		enum key key;
	} keys[] = {
		KEY("Size", SIZE),
		KEY("KernelPageSize", PAGE_SIZE),
		KEY("Rss", RSS),
		KEY("Pss", PSS),
		KEY("Shared_Clean", CLEAN),
		KEY("Private_Clean", CLEAN),
		KEY("Shared_Dirty", DIRTY),
		KEY("Private_Dirty", DIRTY),
		KEY("Shared_Hugetlb", HUGETLB),
		KEY("Private_Hugetlb", HUGETLB),
		KEY("AnonHugePages", HUGE),
		KEY("ShmemPmdMapped", HUGE),
		KEY("FilePmdMapped", HUGE),
		KEY("Anonymous", ANONYMOUS),
		KEY("Swap", SWAP),
		KEY("Locked", LOCKED),
		KEY("VmFlags", VM_FLAGS),
	};
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (word.length == keys[i].length && word.text[0] == keys[i].word[0] &&
		    memcmp(word.text, keys[i].word, word.length) == 0)
			return keys[i].key;
	return OTHER;
}

/* "Key:   123 kB", or a key of which only the number or the words matter. */
static bool split(struct inq_span line, enum key *key, struct inq_span *value, uint64_t *number)
{
	struct inq_span rest = line, word = inq_span_word(&rest);
	if (word.length < 3 || word.text[word.length - 1] != ':' || word.text[0] < 'A' || word.text[0] > 'Z')
		return false;
	*key = key_of(word);
	*value = inq_span_skip_blanks(rest);
	rest = *value;
	return *key == VM_FLAGS || (inq_take_decimal(&rest, number) && (!rest.length || inq_span_is(rest, " kB") ||
									inq_span_is(inq_span_skip_blanks(rest), "kB")));
}

static void add(uint64_t *sum, uint64_t value)
{
	*sum = *sum == INQ_UNKNOWN ? value : *sum + value;
}

static void apply(struct inq_row *row, enum key key, uint64_t bytes)
{
	struct inq_usage *usage = &row->usage;
	switch (key) {
	case SIZE:
		row->printed_size = bytes;
		break;
	case PAGE_SIZE:
		usage->page_size = bytes;
		break;
	case RSS:
		usage->resident = bytes;
		break;
	case PSS:
		usage->proportional = bytes;
		break;
	case ANONYMOUS:
		usage->anonymous = bytes;
		break;
	case SWAP:
		usage->swap = bytes;
		break;
	case LOCKED:
		usage->locked = bytes;
		break;
	case DIRTY:
		add(&usage->dirty, bytes);
		row->clean_and_dirty += bytes;
		break;
	case CLEAN:
		row->clean_and_dirty += bytes;
		break;
	case HUGE:
		add(&usage->huge, bytes);
		break;
	case HUGETLB:
		row->hugetlb |= bytes != 0;
		break;
	case VM_FLAGS:
	case OTHER:
		break;
	}
}

static enum inq_line smaps_line(struct inq_listing *listing, struct inq_span line)
{
	enum key key;
	struct inq_span value;
	uint64_t number;
	if (listing->pending.line && split(line, &key, &value, &number)) {
		if (key == VM_FLAGS)
			listing->pending.flags = value;
		else if (inq_mul(number, 1024, &number))
			apply(&listing->pending, key, number);
		return INQ_LINE_MORE;
	}
	enum inq_line kind = inq_proc_maps_line(listing, line);
	if (kind == INQ_LINE_ROW)
		listing->row.summary = inq_span_is(listing->row.name, "[rollup]");
	return kind;
}

static void check_at_most(struct inq_listing *listing, const struct inq_row *row, const char *what, uint64_t value,
			  uint64_t most)
{
	if (value != INQ_UNKNOWN && most != INQ_UNKNOWN && value > most)
		inq_warn(listing->ctx, INQ_PLACE_LINE, row->line, "%s %s, more than %s; the figures were kept", what,
			 inq_kib(value).text, inq_kib(most).text);
}

/* What must hold of one mapping's figures. Huge pages are counted apart, so they are left out. */
static void check(struct inq_listing *listing, const struct inq_row *row)
{
	const struct inq_usage *usage = &row->usage;
	if (row->summary)
		inq_build_detail(listing->builder, "sums only (smaps_rollup): %s resident, %s proportional",
				 usage->resident == INQ_UNKNOWN ? "?" : inq_kib(usage->resident).text,
				 usage->proportional == INQ_UNKNOWN ? "?" : inq_kib(usage->proportional).text);
	if (row->hugetlb)
		return;
	if (usage->resident != INQ_UNKNOWN && usage->dirty != INQ_UNKNOWN && row->clean_and_dirty != usage->resident)
		inq_warn(listing->ctx, INQ_PLACE_LINE, row->line,
			 "Rss is %s, but its clean and dirty parts add up to %s; the figures were kept",
			 inq_kib(usage->resident).text, inq_kib(row->clean_and_dirty).text);
	check_at_most(listing, row, "Pss is", usage->proportional, usage->resident);
	check_at_most(listing, row, "Anonymous is", usage->anonymous, usage->resident);
	if (!row->summary && usage->swap != INQ_UNKNOWN && usage->resident != INQ_UNKNOWN)
		check_at_most(listing, row, "Rss and Swap are", usage->resident + usage->swap, row->end - row->start);
}

static unsigned probe(const struct inq_text *at)
{
	struct inq_text text = *at;
	struct inq_row row;
	if (!inq_row_proc_maps(text.line, &row))
		return 0;
	/* The name may have been wrapped onto a line of its own before the first key. */
	for (int i = 0; i < 3 && inq_text_next(&text); i++) {
		enum key key;
		struct inq_span value;
		uint64_t number;
		if (split(text.line, &key, &value, &number) && (key == SIZE || key == RSS))
			return 90;
	}
	return 0;
}

static enum inq_status read_smaps(struct inq_ctx *ctx, struct inq_input *input, struct inq_builder *builder)
{
	static const struct inq_grammar grammar = { .os = INQ_OS_LINUX, .line = smaps_line, .check = check };
	return inq_listing_read(ctx, input, builder, &grammar);
}

const struct inq_format inq_format_smaps = {
	.name = "smaps",
	.about = "the address map of a Linux process with its sizes: /proc/PID/smaps, smaps_rollup",
	.text = true,
	.begins = { INQ_DIGITS, INQ_HEX_LETTERS },
	.probe_line = probe,
	.read = read_smaps,
};
