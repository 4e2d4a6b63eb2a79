/* Kinds of input by magic numbers. Sources: gABI (e_ident, e_type), POSIX pax ("ustar" at 257), cpio(5), PKWARE APPNOTE 4.3.7,
 * 7zFormat.txt; apport writes "ProblemType:" first. */
#include "lib/triage/sniff.h"

#include "lib/elf/elf.h"
#include "lib/io/unpack.h"

#include <ctype.h>
#include <string.h>

static const char seven_zip[] = "7z\xbc\xaf\x27\x1c";

/* Bytes that begin some kind of archive. */
static const struct {
	size_t offset, size;
	const char *bytes;
} archives[] = {
	{ 257, 5, "ustar" }, { 0, 4, "PK\3\4" }, { 0, 6, seven_zip },  { 0, 6, "070701" },
	{ 0, 6, "070702" },  { 0, 6, "070707" }, { 0, 2, "\xc7\x71" },
};

bool inq_sniff_begins_at_end(const uint8_t *head, size_t size)
{
	return size >= sizeof seven_zip - 1 && memcmp(head, seven_zip, sizeof seven_zip - 1) == 0;
}

static bool is_archive(const uint8_t *head, size_t size)
{
	for (size_t i = 0; i < sizeof archives / sizeof *archives; i++)
		if (archives[i].offset + archives[i].size <= size &&
		    memcmp(head + archives[i].offset, archives[i].bytes, archives[i].size) == 0)
			return true;
	return false;
}

static bool is_core(const uint8_t *head, size_t size)
{
	struct inq_view view = { .data = head, .size = size };
	struct inq_elf elf;
	return inq_elf_open(&view, &elf) && elf.type == INQ_ET_CORE;
}

bool inq_sniff(const uint8_t *head, size_t size, enum inq_item_kind *ret)
{
	static const char apport[] = "ProblemType:";
	if (is_core(head, size))
		*ret = INQ_ITEM_CORE;
	else if (inq_unpack_detect(head, size))
		*ret = INQ_ITEM_PACKED;
	else if (is_archive(head, size))
		*ret = INQ_ITEM_ARCHIVE;
	else if (size >= sizeof apport - 1 && memcmp(head, apport, sizeof apport - 1) == 0)
		*ret = INQ_ITEM_APPORT;
	else
		return false;
	return true;
}

static bool is_text(const uint8_t *head, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (head[i] == 0x7f || (head[i] < 0x20 && !isspace(head[i])))
			return false;
	return size > 0;
}

/* "core", or that word before or after a point or dash with digits somewhere. */
bool inq_sniff_is_core_name(const char *name)
{
	static const char ending[] = ".core";
	size_t length = strlen(name);
	bool begins = strncmp(name, "core", 4) == 0 &&
		      (!name[4] || ((name[4] == '.' || name[4] == '-') && strpbrk(name + 4, "0123456789")));
	bool ends = length >= sizeof ending && strcmp(name + length - (sizeof ending - 1), ending) == 0;
	return begins || ends;
}

bool inq_sniff_was_core(const char *name, const uint8_t *head, size_t size)
{
	return inq_sniff_is_core_name(name) && !is_text(head, size);
}
