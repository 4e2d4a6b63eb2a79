/* Columns by name. The names are those of procps 3.1 to 4.0, busybox, Solaris 2.6 to 11, mdb, procstat(1), gdb. */
#include "formats/maps/columns.h"

#include <stddef.h>

/* FreeBSD counts pages of 4 KiB on all but the few machines built with larger ones. */
enum { KIB = 1024, FREEBSD_PAGE = 4096 };

#define COLUMN(word, field)                                                                                            \
	{                                                                                                              \
		word, sizeof word - 1, field                                                                           \
	}

static const struct {
	const char *word;
	uint8_t length;
	enum inq_column field;
} names[] = {
	COLUMN("Address", INQ_COLUMN_ADDRESS),
	COLUMN("Start", INQ_COLUMN_ADDRESS),
	COLUMN("START", INQ_COLUMN_ADDRESS),
	COLUMN("BASE", INQ_COLUMN_ADDRESS),
	COLUMN("End", INQ_COLUMN_END),
	COLUMN("END", INQ_COLUMN_END),
	COLUMN("LIMIT", INQ_COLUMN_END),
	COLUMN("Kbytes", INQ_COLUMN_SIZE),
	COLUMN("Bytes", INQ_COLUMN_SIZE),
	COLUMN("Size", INQ_COLUMN_SIZE),
	COLUMN("SIZE", INQ_COLUMN_HEX_SIZE),
	COLUMN("RSS", INQ_COLUMN_RESIDENT),
	COLUMN("Rss", INQ_COLUMN_RESIDENT),
	COLUMN("Resident", INQ_COLUMN_RESIDENT),
	COLUMN("RES", INQ_COLUMN_RESIDENT_PAGES),
	COLUMN("PSS", INQ_COLUMN_PROPORTIONAL),
	COLUMN("Pss", INQ_COLUMN_PROPORTIONAL),
	COLUMN("Dirty", INQ_COLUMN_DIRTY),
	COLUMN("DIRTY", INQ_COLUMN_DIRTY),
	COLUMN("Swap", INQ_COLUMN_SWAP),
	COLUMN("SWAP", INQ_COLUMN_SWAP),
	COLUMN("Anon", INQ_COLUMN_ANONYMOUS),
	COLUMN("Anonymous", INQ_COLUMN_ANONYMOUS),
	COLUMN("Locked", INQ_COLUMN_LOCKED),
	COLUMN("Pgsz", INQ_COLUMN_PAGE_SIZE),
	COLUMN("KernelPageSize", INQ_COLUMN_KERNEL_PAGE_SIZE),
	COLUMN("Shared_Dirty", INQ_COLUMN_DIRTY_PART),
	COLUMN("Private_Dirty", INQ_COLUMN_DIRTY_PART),
	COLUMN("Mode", INQ_COLUMN_MODE),
	COLUMN("Perm", INQ_COLUMN_MODE),
	COLUMN("PERM", INQ_COLUMN_MODE),
	COLUMN("Perms", INQ_COLUMN_MODE),
	COLUMN("Permissions", INQ_COLUMN_MODE),
	COLUMN("PRT", INQ_COLUMN_MODE),
	COLUMN("Offset", INQ_COLUMN_OFFSET),
	COLUMN("Device", INQ_COLUMN_DEVICE),
	COLUMN("Inode", INQ_COLUMN_INODE),
	COLUMN("PID", INQ_COLUMN_PID),
	COLUMN("FL", INQ_COLUMN_FLAGS),
	COLUMN("FLAG", INQ_COLUMN_FLAGS),
	COLUMN("TP", INQ_COLUMN_FLAGS),
	COLUMN("VmFlags", INQ_COLUMN_VM_FLAGS),
	COLUMN("Lgrp", INQ_COLUMN_SKIP),
	COLUMN("PRES", INQ_COLUMN_SKIP),
	COLUMN("REF", INQ_COLUMN_SKIP),
	COLUMN("SHD", INQ_COLUMN_SKIP),
	COLUMN("Mapping", INQ_COLUMN_NAME),
	COLUMN("Mapped", INQ_COLUMN_NAME),
	COLUMN("MAPPING", INQ_COLUMN_NAME),
	COLUMN("NAME", INQ_COLUMN_NAME),
	COLUMN("PATH", INQ_COLUMN_NAME),
	COLUMN("objfile", INQ_COLUMN_NAME),
	COLUMN("File", INQ_COLUMN_NAME),
};

static enum inq_column field_of(struct inq_span word)
{
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (word.length == names[i].length && word.text[0] == names[i].word[0] &&
		    memcmp(word.text, names[i].word, word.length) == 0)
			return names[i].field;
	return INQ_COLUMN_NUMBER;
}

static bool has(const struct inq_columns *columns, enum inq_column field)
{
	return columns->count && memchr(columns->fields, (int)field, columns->count);
}

void inq_columns_begin(struct inq_columns *columns, bool dash_is_zero)
{
	columns->count = columns->words = 0;
	columns->has_end = columns->sums_run_on = false;
	columns->dash_is_zero = dash_is_zero;
}

void inq_columns_push(struct inq_columns *columns, enum inq_column field)
{
	size_t i = columns->count;
	if (i == INQ_MOST_COLUMNS)
		return;
	columns->fields[i] = (uint8_t)field;
	columns->values[i] = columns->sums[i] = 0;
	columns->titles[i] = (struct inq_span) { "", 0 };
	columns->has_end |= field == INQ_COLUMN_END;
	if (columns->words == i && field != INQ_COLUMN_NAME && field != INQ_COLUMN_VM_FLAGS)
		columns->words++;
	columns->count++;
}

bool inq_columns_header(struct inq_columns *columns, struct inq_span line)
{
	struct inq_columns found;
	struct inq_span rest = line, word;
	inq_columns_begin(&found, columns->dash_is_zero);
	while ((word = inq_span_word(&rest)).length && !has(&found, INQ_COLUMN_NAME) &&
	       found.count < INQ_MOST_COLUMNS) {
		if (inq_span_is(word, "Addr")) /* gdb: "Start Addr" is one column */
			continue;
		inq_columns_push(&found, field_of(word));
		found.titles[found.count - 1] = word;
	}
	if (!has(&found, INQ_COLUMN_NAME))
		inq_columns_push(
			&found,
			INQ_COLUMN_NAME); /* old gdb leaves the last header word out when no mapping has a name */
	for (size_t i = 0; has(&found, INQ_COLUMN_MODE) && i < found.count; i++)
		if (found.fields[i] == INQ_COLUMN_HEX_SIZE) /* that is mdb's, whose maps have no modes */
			found.fields[i] = INQ_COLUMN_SIZE;
	enum inq_column first = (enum inq_column)found.fields[0];
	if ((first != INQ_COLUMN_ADDRESS && first != INQ_COLUMN_PID) || !has(&found, INQ_COLUMN_ADDRESS) ||
	    found.count < 4)
		return false;
	if (!has(&found, INQ_COLUMN_SIZE) && !has(&found, INQ_COLUMN_HEX_SIZE) && !has(&found, INQ_COLUMN_END))
		return false;
	found.sums_run_on = inq_span_is(found.titles[1], "Perm");
	*columns = found;
	return true;
}

/* Order in which the kernel prints VmFlags (fs/proc/task_mmu.c, show_smap_vma_flags, and those of older kernels): a
 * mapping may be called "sh", so the words are flags only as long as they keep this order. */
static int flag_order(struct inq_span word)
{
	static const char order[] =
		"??rdwrexshmrmwmemsgdpfdwloiosrrrdcdelfacnrhtsfnlarwfddsdmmhgnhmgbtmtumuwuissslpkdp";
	for (size_t i = 0; word.length == 2 && i + 1 < sizeof order - 1; i += 2)
		if (word.text[0] == order[i] && word.text[1] == order[i + 1])
			return (int)i;
	return -1;
}

static struct inq_span take_vm_flags(struct inq_span *rest)
{
	struct inq_span flags = inq_span_skip_blanks(*rest), left = flags;
	size_t length = 0;
	for (int last = -1, order; (order = flag_order(inq_span_word(&left))) >= 0 && order >= last; last = order) {
		length = (size_t)(left.text - flags.text);
		*rest = left;
	}
	flags.length = length;
	return flags;
}

/* A number as printed; units and parentheses are allowed. `*ret` is in bytes for sizes. */
static bool read_count(const struct inq_columns *columns, size_t index, struct inq_span word, uint64_t unit,
		       uint64_t *ret)
{
	if (inq_span_is(word, "-")) {
		*ret = columns->dash_is_zero ? 0 : INQ_UNKNOWN;
		return columns->fields[index] != INQ_COLUMN_SIZE;
	}
	if (inq_span_starts(word, "0x"))
		return inq_span_hex(word, ret);
	inq_take_char(&word, '(');
	return inq_span_size(word, unit, ret);
}

static bool read_device(struct inq_span word, struct inq_row *row)
{
	inq_take_char(&word, '(');
	return inq_take_hex(&word, &row->device_major) && inq_take_char(&word, ':') &&
	       inq_take_hex(&word, &row->device_minor) && !word.length;
}

static bool read_inode(struct inq_span word, struct inq_row *row)
{
	if (inq_span_ends(word, ")"))
		word.length--;
	return inq_span_decimal(word, &row->inode);
}

/* Where a field's size goes; NULL when it is only summed. */
static uint64_t *usage_of(struct inq_row *row, enum inq_column field)
{
	static const uint8_t places[INQ_COLUMN_NAME + 1] = {
		[INQ_COLUMN_SIZE] = offsetof(struct inq_row, printed_size),
		[INQ_COLUMN_RESIDENT] = offsetof(struct inq_row, usage.resident),
		[INQ_COLUMN_PROPORTIONAL] = offsetof(struct inq_row, usage.proportional),
		[INQ_COLUMN_DIRTY] = offsetof(struct inq_row, usage.dirty),
		[INQ_COLUMN_SWAP] = offsetof(struct inq_row, usage.swap),
		[INQ_COLUMN_ANONYMOUS] = offsetof(struct inq_row, usage.anonymous),
		[INQ_COLUMN_LOCKED] = offsetof(struct inq_row, usage.locked),
		[INQ_COLUMN_PAGE_SIZE] = offsetof(struct inq_row, usage.page_size),
		[INQ_COLUMN_RESIDENT_PAGES] = offsetof(struct inq_row, usage.resident),
		[INQ_COLUMN_DIRTY_PART] = offsetof(struct inq_row, usage.dirty),
		[INQ_COLUMN_KERNEL_PAGE_SIZE] = offsetof(struct inq_row, usage.page_size),
	};
	return places[field] ? (uint64_t *)(void *)((char *)row + places[field]) : NULL;
}

static bool read_size(struct inq_columns *columns, size_t index, struct inq_span word, struct inq_row *row)
{
	enum inq_column field = (enum inq_column)columns->fields[index];
	uint64_t value, *slot = usage_of(row, field);
	if (!read_count(columns, index, word, field == INQ_COLUMN_RESIDENT_PAGES ? FREEBSD_PAGE : KIB, &value))
		return false;
	columns->values[index] = value == INQ_UNKNOWN ? 0 : value;
	/* Solaris prints "-" for the page size of a range without pages: nothing is known of it. */
	if (slot && field == INQ_COLUMN_DIRTY_PART)
		value += *slot == INQ_UNKNOWN ? 0 : *slot;
	if (slot && (field != INQ_COLUMN_PAGE_SIZE || value))
		*slot = value;
	return true;
}

static void join_flags(struct inq_span word, struct inq_row *row)
{
	/* FLAG and TP stand next to each other, so one span holds both. */
	if (row->flags.length)
		row->flags.length = (size_t)(word.text + word.length - row->flags.text);
	else
		row->flags = word;
}

static bool read_field(struct inq_columns *columns, size_t index, struct inq_span word, struct inq_row *row)
{
	switch ((enum inq_column)columns->fields[index]) {
	case INQ_COLUMN_ADDRESS:
		return inq_span_hex(word, &row->start);
	case INQ_COLUMN_END:
		return inq_span_hex(word, &row->end);
	case INQ_COLUMN_HEX_SIZE:
		return inq_span_hex(word, &row->printed_size);
	case INQ_COLUMN_NUMBER:
	case INQ_COLUMN_SIZE:
	case INQ_COLUMN_RESIDENT:
	case INQ_COLUMN_RESIDENT_PAGES:
	case INQ_COLUMN_PROPORTIONAL:
	case INQ_COLUMN_DIRTY:
	case INQ_COLUMN_SWAP:
	case INQ_COLUMN_ANONYMOUS:
	case INQ_COLUMN_LOCKED:
	case INQ_COLUMN_PAGE_SIZE:
	case INQ_COLUMN_DIRTY_PART:
	case INQ_COLUMN_KERNEL_PAGE_SIZE:
		return read_size(columns, index, word, row);
	case INQ_COLUMN_MODE:
		row->mode = word;
		return inq_span_permissions(word, &row->permissions);
	case INQ_COLUMN_OFFSET:
		return inq_span_hex(word, &row->file_offset);
	case INQ_COLUMN_DEVICE:
		return read_device(word, row);
	case INQ_COLUMN_INODE:
		return read_inode(word, row);
	case INQ_COLUMN_PID:
		return inq_span_decimal(word, &row->pid);
	case INQ_COLUMN_FLAGS:
		join_flags(word, row);
		return true;
	case INQ_COLUMN_SKIP:
		return true;
	case INQ_COLUMN_VM_FLAGS:
	case INQ_COLUMN_NAME:
		break;
	}
	return false;
}

static bool find_end(const struct inq_columns *columns, struct inq_row *row)
{
	if (columns->has_end)
		return true;
	bool fits = row->printed_size != INQ_UNKNOWN && inq_add(row->start, row->printed_size, &row->end);
	row->printed_size = INQ_UNKNOWN;
	return fits;
}

bool inq_columns_row(struct inq_columns *columns, struct inq_span line, struct inq_row *row)
{
	struct inq_span words[INQ_MOST_COLUMNS], rest = line;
	size_t count = columns->words;
	if (inq_span_words(line, words, count) < count)
		return false;
	*row = inq_row_unknown();
	for (size_t i = 0; i < count; i++)
		if (!read_field(columns, i, words[i], row))
			return false;
	if (count) {
		const char *end = words[count - 1].text + words[count - 1].length;
		rest = inq_span_after(line, (size_t)(end - line.text));
	}
	for (size_t i = count; i < columns->count; i++) {
		if (columns->fields[i] == INQ_COLUMN_NAME)
			row->name = inq_span_skip_blanks(rest);
		else if (columns->fields[i] == INQ_COLUMN_VM_FLAGS)
			row->flags = take_vm_flags(&rest);
		else if (!inq_span_skip_blanks(rest).length || !read_field(columns, i, inq_span_word(&rest), row))
			return false;
	}
	return find_end(columns, row);
}

void inq_columns_add(struct inq_columns *columns)
{
	for (size_t i = 0; i < columns->count; i++)
		columns->sums[i] += columns->values[i];
}

int inq_columns_size(const struct inq_columns *columns)
{
	const uint8_t *found = memchr(columns->fields, INQ_COLUMN_SIZE, columns->count);
	return found ? (int)(found - columns->fields) : -1;
}

int inq_columns_summed(const struct inq_columns *columns, int index)
{
	for (size_t i = (size_t)index; i < columns->count; i++)
		switch ((enum inq_column)columns->fields[i]) {
		case INQ_COLUMN_NUMBER:
		case INQ_COLUMN_SIZE:
		case INQ_COLUMN_RESIDENT:
		case INQ_COLUMN_PROPORTIONAL:
		case INQ_COLUMN_DIRTY:
		case INQ_COLUMN_SWAP:
		case INQ_COLUMN_ANONYMOUS:
		case INQ_COLUMN_LOCKED:
		case INQ_COLUMN_DIRTY_PART:
		case INQ_COLUMN_KERNEL_PAGE_SIZE:
			return (int)i;
		case INQ_COLUMN_ADDRESS:
		case INQ_COLUMN_END:
		case INQ_COLUMN_HEX_SIZE:
		case INQ_COLUMN_RESIDENT_PAGES:
		case INQ_COLUMN_PAGE_SIZE:
		case INQ_COLUMN_MODE:
		case INQ_COLUMN_OFFSET:
		case INQ_COLUMN_DEVICE:
		case INQ_COLUMN_INODE:
		case INQ_COLUMN_PID:
		case INQ_COLUMN_FLAGS:
		case INQ_COLUMN_VM_FLAGS:
		case INQ_COLUMN_SKIP:
		case INQ_COLUMN_NAME:
			break;
		}
	return -1;
}
