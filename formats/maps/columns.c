/* Columns by name. The names are those of procps 3.1 to 4.0, busybox, Solaris 2.6 to 11, mdb, procstat(1), gdb. */
#include "formats/maps/columns.h"

enum field {
	NUMBER, /* of no interest, but summed: a key of smaps, Lgrp */
	ADDRESS,
	END,
	SIZE,
	HEX_SIZE,
	RESIDENT,
	RESIDENT_PAGES,
	PROPORTIONAL,
	DIRTY,
	DIRTY_PART, /* Shared_Dirty and Private_Dirty of pmap -XX: together they are DIRTY */
	SWAP,
	ANONYMOUS,
	LOCKED,
	PAGE_SIZE,
	KERNEL_PAGE_SIZE, /* the same, of pmap -XX, which even adds it up */
	MODE,
	OFFSET,
	DEVICE,
	INODE,
	PID,
	FLAGS,
	VM_FLAGS,
	SKIP,
	NAME
};

/* FreeBSD counts pages of 4 KiB on all but the few machines built with larger ones. */
enum { KIB = 1024, FREEBSD_PAGE = 4096 };

static const struct {
	const char *word;
	enum field field;
} names[] = {
	{ "Address", ADDRESS },
	{ "Start", ADDRESS },
	{ "START", ADDRESS },
	{ "BASE", ADDRESS },
	{ "End", END },
	{ "END", END },
	{ "LIMIT", END },
	{ "Kbytes", SIZE },
	{ "Bytes", SIZE },
	{ "Size", SIZE },
	{ "SIZE", HEX_SIZE },
	{ "RSS", RESIDENT },
	{ "Rss", RESIDENT },
	{ "Resident", RESIDENT },
	{ "RES", RESIDENT_PAGES },
	{ "PSS", PROPORTIONAL },
	{ "Pss", PROPORTIONAL },
	{ "Dirty", DIRTY },
	{ "Swap", SWAP },
	{ "Anon", ANONYMOUS },
	{ "Anonymous", ANONYMOUS },
	{ "Locked", LOCKED },
	{ "Pgsz", PAGE_SIZE },
	{ "KernelPageSize", KERNEL_PAGE_SIZE },
	{ "Shared_Dirty", DIRTY_PART },
	{ "Private_Dirty", DIRTY_PART },
	{ "Mode", MODE },
	{ "Perm", MODE },
	{ "Perms", MODE },
	{ "Permissions", MODE },
	{ "PRT", MODE },
	{ "Offset", OFFSET },
	{ "Device", DEVICE },
	{ "Inode", INODE },
	{ "PID", PID },
	{ "FL", FLAGS },
	{ "FLAG", FLAGS },
	{ "TP", FLAGS },
	{ "VmFlags", VM_FLAGS },
	{ "Lgrp", SKIP },
	{ "PRES", SKIP },
	{ "REF", SKIP },
	{ "SHD", SKIP },
	{ "Mapping", NAME },
	{ "Mapped", NAME },
	{ "NAME", NAME },
	{ "PATH", NAME },
	{ "objfile", NAME },
	{ "File", NAME },
};

static enum field field_of(struct inq_span word)
{
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (inq_span_is(word, names[i].word))
			return names[i].field;
	return NUMBER;
}

static bool has(const struct inq_columns *columns, enum field field)
{
	return columns->count && memchr(columns->fields, (int)field, columns->count);
}

static void push(struct inq_columns *columns, enum field field)
{
	if (columns->count < INQ_MOST_COLUMNS)
		columns->fields[columns->count++] = (uint8_t)field;
}

bool inq_columns_header(struct inq_columns *columns, struct inq_span line)
{
	struct inq_columns found = { .dash_is_zero = columns->dash_is_zero };
	struct inq_span rest = line, word;
	while ((word = inq_span_word(&rest)).length && !has(&found, NAME) && found.count < INQ_MOST_COLUMNS) {
		if (inq_span_is(word, "Addr")) /* gdb: "Start Addr" is one column */
			continue;
		found.words[found.count] = word;
		push(&found, field_of(word));
	}
	if (!has(&found, NAME))
		push(&found, NAME); /* old gdb leaves the last header word out when no mapping has a name */
	enum field first = (enum field)found.fields[0];
	if ((first != ADDRESS && first != PID) || !has(&found, ADDRESS) || found.count < 4)
		return false;
	if (!has(&found, SIZE) && !has(&found, HEX_SIZE) && !has(&found, END))
		return false;
	found.sums_run_on = inq_span_is(found.words[1], "Perm");
	*columns = found;
	return true;
}

/* The numbers between address and mode of a row without a header, by how many they are. */
static const enum field between[6][5] = {
	{ 0 },
	{ SIZE },				    /* default, -d */
	{ SIZE, SWAP },				    /* Solaris -S */
	{ SIZE, RESIDENT, DIRTY },		    /* procps -x */
	{ SIZE, RESIDENT, ANONYMOUS, LOCKED },	    /* procps 3.2 and Solaris -x */
	{ SIZE, RESIDENT, ANONYMOUS, LOCKED, SKIP } /* the same with page sizes */
};
/* busybox -x, which prints the kernel's four letters of the mode */
static const enum field busybox[] = { SIZE, PROPORTIONAL, DIRTY, SWAP };

static bool is_count(struct inq_span word)
{
	uint64_t value;
	return inq_span_is(word, "-") || inq_span_size(word, KIB, &value);
}

static bool is_device(struct inq_span word)
{
	uint64_t value;
	return inq_take_hex(&word, &value) && inq_take_char(&word, ':') && inq_take_hex(&word, &value) && !word.length;
}

/* pmap -X without its header: "ADDRESS PERM OFFSET DEVICE INODE SIZE RSS PSS …", numbers up to the name. */
static bool guess_smaps(struct inq_columns *columns, struct inq_span rest)
{
	uint64_t value;
	struct inq_span offset = inq_span_word(&rest), device = inq_span_word(&rest);
	if (!inq_span_hex(offset, &value) || !is_device(device))
		return false;
	static const enum field fields[] = { MODE, OFFSET, DEVICE, INODE, SIZE, RESIDENT, PROPORTIONAL };
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		push(columns, fields[i]);
	for (size_t i = 0; inq_span_decimal(inq_span_word(&rest), &value) && i < INQ_MOST_COLUMNS; i++)
		if (i >= 4)
			push(columns, NUMBER);
	push(columns, NAME);
	return true;
}

/* procps 3.1: "08048000 (44 KB)    r-xp (03:01 12345)   /bin/cat". */
static bool guess_parenthesised(struct inq_columns *columns, struct inq_span rest)
{
	uint8_t permissions;
	static const enum field fields[] = { SIZE, SKIP, MODE, DEVICE, INODE, NAME };
	if (!inq_span_is(inq_span_word(&rest), "KB)") || !inq_span_permissions(inq_span_word(&rest), &permissions))
		return false;
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		push(columns, fields[i]);
	return true;
}

/* What follows the mode: "OFFSET DEVICE NAME" of -d, "LGRP NAME" of Solaris -L, or the name. */
static void guess_tail(struct inq_columns *columns, struct inq_span rest)
{
	struct inq_span offset = inq_span_word(&rest);
	uint64_t value;
	if (inq_span_hex(offset, &value) && is_device(inq_span_word(&rest))) {
		push(columns, OFFSET);
		push(columns, DEVICE);
	} else if (offset.length && is_count(offset)) {
		push(columns, SKIP);
	}
	push(columns, NAME);
}

bool inq_columns_guess(struct inq_columns *columns, struct inq_span line)
{
	struct inq_columns found = { .dash_is_zero = columns->dash_is_zero };
	struct inq_span rest = line, address = inq_span_word(&rest), after = rest, word = inq_span_word(&rest);
	uint64_t value;
	uint8_t permissions;
	if (address.length < 6 || !inq_span_hex(address, &value))
		return false;
	push(&found, ADDRESS);
	*columns = found;
	if (word.length && word.text[0] == '(')
		return guess_parenthesised(columns, rest);
	if (word.length == 4 && inq_span_permissions(word, &permissions))
		return guess_smaps(columns, rest);
	size_t count = 0;
	bool paged = false;
	for (word = inq_span_word(&after); count < 6 && is_count(word); word = inq_span_word(&after)) {
		paged = paged || (count == 1 && inq_span_size(word, 0, &value));
		count++;
	}
	if (count == 0 || count > 5 || !inq_span_permissions(word, &permissions))
		return false;
	const enum field *fields = count == 4 && word.length == 4 ? busybox : between[count];
	for (size_t i = 0; i < count; i++)
		push(columns, paged && i == 1 ? PAGE_SIZE : fields[i]);
	push(columns, MODE);
	guess_tail(columns, after);
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
		return columns->fields[index] != SIZE;
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
static uint64_t *usage_of(struct inq_row *row, enum field field)
{
	struct inq_usage *usage = &row->usage;
	uint64_t *const slots[NAME + 1] = {
		[SIZE] = &row->printed_size,
		[RESIDENT] = &usage->resident,
		[PROPORTIONAL] = &usage->proportional,
		[DIRTY] = &usage->dirty,
		[SWAP] = &usage->swap,
		[ANONYMOUS] = &usage->anonymous,
		[LOCKED] = &usage->locked,
		[PAGE_SIZE] = &usage->page_size,
		[RESIDENT_PAGES] = &usage->resident,
		[DIRTY_PART] = &usage->dirty,
		[KERNEL_PAGE_SIZE] = &usage->page_size,
	};
	return slots[field];
}

static bool read_size(struct inq_columns *columns, size_t index, struct inq_span word, struct inq_row *row)
{
	enum field field = (enum field)columns->fields[index];
	uint64_t value, *slot = usage_of(row, field);
	if (!read_count(columns, index, word, field == RESIDENT_PAGES ? FREEBSD_PAGE : KIB, &value))
		return false;
	columns->values[index] = value == INQ_UNKNOWN ? 0 : value;
	/* Solaris prints "-" for the page size of a range without pages: nothing is known of it. */
	if (slot && field == DIRTY_PART)
		value += *slot == INQ_UNKNOWN ? 0 : *slot;
	if (slot && (field != PAGE_SIZE || value))
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
	switch ((enum field)columns->fields[index]) {
	case ADDRESS:
		return inq_span_hex(word, &row->start);
	case END:
		return inq_span_hex(word, &row->end);
	case HEX_SIZE:
		return inq_span_hex(word, &row->printed_size);
	case NUMBER:
	case SIZE:
	case RESIDENT:
	case RESIDENT_PAGES:
	case PROPORTIONAL:
	case DIRTY:
	case SWAP:
	case ANONYMOUS:
	case LOCKED:
	case PAGE_SIZE:
	case DIRTY_PART:
	case KERNEL_PAGE_SIZE:
		return read_size(columns, index, word, row);
	case MODE:
		row->mode = word;
		return inq_span_permissions(word, &row->permissions);
	case OFFSET:
		return inq_span_hex(word, &row->file_offset);
	case DEVICE:
		return read_device(word, row);
	case INODE:
		return read_inode(word, row);
	case PID:
		return inq_span_decimal(word, &row->pid);
	case FLAGS:
		join_flags(word, row);
		return true;
	case SKIP:
		return true;
	case VM_FLAGS:
	case NAME:
		break;
	}
	return false;
}

bool inq_columns_row(struct inq_columns *columns, struct inq_span line, struct inq_row *row)
{
	*row = inq_row_unknown();
	struct inq_span rest = line;
	for (size_t i = 0; i < columns->count; i++) {
		if (columns->fields[i] == NAME) {
			row->name = inq_span_skip_blanks(rest);
		} else if (columns->fields[i] == VM_FLAGS) {
			row->flags = take_vm_flags(&rest);
		} else {
			struct inq_span word = inq_span_word(&rest);
			if (!word.length || !read_field(columns, i, word, row))
				return false;
		}
	}
	if (has(columns, END))
		return true;
	bool fits = row->printed_size != INQ_UNKNOWN && inq_add(row->start, row->printed_size, &row->end);
	row->printed_size = INQ_UNKNOWN;
	return fits;
}

void inq_columns_add(struct inq_columns *columns)
{
	for (size_t i = 0; i < columns->count; i++)
		columns->sums[i] += columns->values[i];
}

int inq_columns_size(const struct inq_columns *columns)
{
	const uint8_t *found = memchr(columns->fields, SIZE, columns->count);
	return found ? (int)(found - columns->fields) : -1;
}

int inq_columns_summed(const struct inq_columns *columns, int index)
{
	for (size_t i = (size_t)index; i < columns->count; i++)
		switch ((enum field)columns->fields[i]) {
		case NUMBER:
		case SIZE:
		case RESIDENT:
		case PROPORTIONAL:
		case DIRTY:
		case SWAP:
		case ANONYMOUS:
		case LOCKED:
		case DIRTY_PART:
		case KERNEL_PAGE_SIZE:
			return (int)i;
		case ADDRESS:
		case END:
		case HEX_SIZE:
		case RESIDENT_PAGES:
		case PAGE_SIZE:
		case MODE:
		case OFFSET:
		case DEVICE:
		case INODE:
		case PID:
		case FLAGS:
		case VM_FLAGS:
		case SKIP:
		case NAME:
			break;
		}
	return -1;
}
