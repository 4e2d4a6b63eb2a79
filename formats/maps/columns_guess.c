/* The columns of a pmap without a header (its -q, or a header that was not pasted), by the shape of a row. */
#include "formats/maps/columns.h"

enum { KIB = 1024 };

enum { MOST_NUMBERS = 5 };

/* The numbers between address and mode of a row without a header, by how many they are: plain and -d; Solaris -S;
 * procps -x; procps 3.2 and Solaris -x; the same with page sizes. */
static const enum inq_column between[MOST_NUMBERS + 1][MOST_NUMBERS] = {
	{ 0 },
	{ INQ_COLUMN_SIZE },
	{ INQ_COLUMN_SIZE, INQ_COLUMN_SWAP },
	{ INQ_COLUMN_SIZE, INQ_COLUMN_RESIDENT, INQ_COLUMN_DIRTY },
	{ INQ_COLUMN_SIZE, INQ_COLUMN_RESIDENT, INQ_COLUMN_ANONYMOUS, INQ_COLUMN_LOCKED },
	{ INQ_COLUMN_SIZE, INQ_COLUMN_RESIDENT, INQ_COLUMN_ANONYMOUS, INQ_COLUMN_LOCKED, INQ_COLUMN_SKIP },
};

/* busybox -x, which prints the kernel's four letters of the mode. */
static const enum inq_column busybox[] = { INQ_COLUMN_SIZE, INQ_COLUMN_PROPORTIONAL, INQ_COLUMN_DIRTY,
					   INQ_COLUMN_SWAP };

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
	static const enum inq_column fields[] = { INQ_COLUMN_MODE,	  INQ_COLUMN_OFFSET, INQ_COLUMN_DEVICE,
						  INQ_COLUMN_INODE,	  INQ_COLUMN_SIZE,   INQ_COLUMN_RESIDENT,
						  INQ_COLUMN_PROPORTIONAL };
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		inq_columns_push(columns, fields[i]);
	for (size_t i = 0; inq_span_decimal(inq_span_word(&rest), &value) && i < INQ_MOST_COLUMNS; i++)
		if (i >= 4)
			inq_columns_push(columns, INQ_COLUMN_NUMBER);
	inq_columns_push(columns, INQ_COLUMN_NAME);
	return true;
}

/* procps 3.1: "08048000 (44 KB)    r-xp (03:01 12345)   /bin/cat". */
static bool guess_parenthesised(struct inq_columns *columns, struct inq_span rest)
{
	uint8_t permissions;
	static const enum inq_column fields[] = { INQ_COLUMN_SIZE,   INQ_COLUMN_SKIP,  INQ_COLUMN_MODE,
						  INQ_COLUMN_DEVICE, INQ_COLUMN_INODE, INQ_COLUMN_NAME };
	if (!inq_span_is(inq_span_word(&rest), "KB)") || !inq_span_permissions(inq_span_word(&rest), &permissions))
		return false;
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		inq_columns_push(columns, fields[i]);
	return true;
}

/* What follows the mode: "OFFSET DEVICE NAME" of -d, "LGRP NAME" of Solaris -L, or the name. */
static void guess_tail(struct inq_columns *columns, struct inq_span rest)
{
	struct inq_span offset = inq_span_word(&rest);
	uint64_t value;
	if (inq_span_hex(offset, &value) && is_device(inq_span_word(&rest))) {
		inq_columns_push(columns, INQ_COLUMN_OFFSET);
		inq_columns_push(columns, INQ_COLUMN_DEVICE);
	} else if (offset.length && is_count(offset)) {
		inq_columns_push(columns, INQ_COLUMN_SKIP);
	}
	inq_columns_push(columns, INQ_COLUMN_NAME);
}

static bool guess(struct inq_columns *columns, struct inq_span line)
{
	struct inq_span rest = line, address = inq_span_word(&rest), after = rest, word = inq_span_word(&rest);
	uint64_t value;
	uint8_t permissions;
	if (address.length < 6 || !inq_span_hex(address, &value))
		return false;
	inq_columns_push(columns, INQ_COLUMN_ADDRESS);
	if (word.length && word.text[0] == '(')
		return guess_parenthesised(columns, rest);
	if (word.length == 4 && inq_span_permissions(word, &permissions))
		return guess_smaps(columns, rest);
	size_t count = 0;
	bool paged = false;
	for (word = inq_span_word(&after); count <= MOST_NUMBERS && is_count(word); word = inq_span_word(&after)) {
		paged = paged || (count == 1 && inq_span_size(word, 0, &value));
		count++;
	}
	if (count == 0 || count > MOST_NUMBERS || !inq_span_permissions(word, &permissions))
		return false;
	const enum inq_column *fields = count == 4 && word.length == 4 ? busybox : between[count];
	for (size_t i = 0; i < count; i++)
		inq_columns_push(columns, paged && i == 1 ? INQ_COLUMN_PAGE_SIZE : fields[i]);
	inq_columns_push(columns, INQ_COLUMN_MODE);
	guess_tail(columns, after);
	return true;
}

bool inq_columns_guess(struct inq_columns *columns, struct inq_span line)
{
	inq_columns_begin(columns, columns->dash_is_zero);
	if (guess(columns, line))
		return true;
	inq_columns_begin(columns, columns->dash_is_zero);
	return false;
}
