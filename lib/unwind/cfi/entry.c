/* Decoding CIEs and FDEs. */
#include "lib/unwind/cfi/entry.h"

enum { LONGEST_AUGMENTATION = 32 };

struct inq_cfi_entry inq_cfi_entry_at(const struct inq_cfi_section *section, uint64_t offset)
{
	struct inq_cursor reader = { .bytes = section->bytes, .at = offset };
	struct inq_cfi_entry entry = { .what = INQ_CFI_END };
	uint64_t length = inq_cursor_integer(&reader, 4);
	bool wide = length == UINT32_MAX;
	if (wide)
		length = inq_cursor_integer(&reader, 8);
	if (reader.bad || length == 0)
		return entry;
	entry.what = INQ_CFI_BAD;
	if (!inq_add(reader.at, length, &entry.next) || entry.next > section->bytes.size)
		return entry;
	reader.bytes.size = entry.next;
	uint64_t id_place = reader.at;
	bool wide_id = wide && section->debug; /* .eh_frame has ids of 4 bytes only */
	uint64_t id = inq_cursor_integer(&reader, wide_id ? 8 : 4);
	uint64_t mark = section->debug ? (wide_id ? UINT64_MAX : UINT32_MAX) : 0;
	if (reader.bad)
		return entry;
	entry.what = id == mark ? INQ_CFI_IS_CIE : INQ_CFI_IS_FDE;
	entry.cie_offset = section->debug ? id : id_place - id;
	entry.body = reader;
	return entry;
}

/* The letters of the augmentation, after 'z'. */
static void read_augmentation(struct inq_cursor *reader, const struct inq_cfi_bases *bases, const char *letters,
			      size_t count, struct inq_cfi_cie *cie)
{
	uint8_t encoding;
	for (size_t i = 0; i < count; i++)
		switch (letters[i]) {
		case 'R':
			cie->encoding = (uint8_t)inq_cursor_integer(reader, 1);
			break;
		case 'P':
			encoding = (uint8_t)inq_cursor_integer(reader, 1);
			inq_cfi_pointer(reader, encoding, bases);
			break;
		case 'L':
			inq_cursor_integer(reader, 1);
			break;
		case 'S':
			cie->signal_frame = true;
			break;
		case 'B': /* AArch64: return addresses are signed with key B */
		case 'G': /* AArch64: tagged stack */
			break;
		default: /* the size of the data is told: what is not known is skipped */
			return;
		}
}

/* False for an augmentation that says nothing about where the instructions begin. */
static bool skip_augmentation(struct inq_cursor *reader, const struct inq_cfi_bases *bases, const char *letters,
			      size_t count, struct inq_cfi_cie *cie)
{
	if (!count || letters[0] != 'z')
		return count == 0 || (count == 2 && letters[0] == 'e' && letters[1] == 'h');
	cie->has_augmentation = true;
	uint64_t size = inq_cursor_uleb(reader), start = reader->at;
	read_augmentation(reader, bases, letters + 1, count - 1, cie);
	reader->at = start;
	inq_cursor_skip(reader, size);
	return true;
}

static bool read_cie(struct inq_cursor reader, const struct inq_cfi_bases *bases, struct inq_cfi_cie *cie)
{
	uint64_t version = inq_cursor_integer(&reader, 1);
	size_t count = 0;
	const char *letters = inq_view_string(&reader.bytes, reader.at, LONGEST_AUGMENTATION, &count);
	if (!letters || version < 1 || version > 5)
		return false;
	inq_cursor_skip(&reader, count + 1);
	if (count == 2 && letters[0] == 'e') /* "eh" of GCC 2: a pointer follows */
		inq_cursor_skip(&reader, reader.bytes.word);
	if (version >= 4) {
		cie->address_size = (uint8_t)inq_cursor_integer(&reader, 1);
		inq_cursor_integer(&reader, 1); /* size of a segment selector */
	}
	cie->code_align = inq_cursor_uleb(&reader);
	cie->data_align = inq_cursor_sleb(&reader);
	cie->return_column = version == 1 ? inq_cursor_integer(&reader, 1) : inq_cursor_uleb(&reader);
	if (!skip_augmentation(&reader, bases, letters, count, cie) || reader.bad)
		return false;
	cie->program = inq_cursor_take(&reader, reader.bytes.size - reader.at);
	return !reader.bad;
}

bool inq_cfi_cie_at(const struct inq_cfi_section *section, uint64_t offset, struct inq_cfi_cie *ret)
{
	struct inq_cfi_entry entry = inq_cfi_entry_at(section, offset);
	*ret = (struct inq_cfi_cie) { .address_size = section->bytes.word };
	struct inq_cfi_bases bases = { .place = section->address };
	return entry.what == INQ_CFI_IS_CIE && read_cie(entry.body, &bases, ret);
}

bool inq_cfi_fde_of(const struct inq_cfi_section *section, struct inq_cfi_entry entry, const struct inq_cfi_cie *cie,
		    struct inq_cfi_fde *ret)
{
	struct inq_cursor *reader = &entry.body;
	struct inq_cfi_bases bases = { .place = section->address, .data = section->data_base };
	if (cie->address_size == 4 || cie->address_size == 8)
		reader->bytes.word = cie->address_size;
	ret->cie = *cie;
	ret->start = inq_cfi_pointer(reader, cie->encoding, &bases);
	uint64_t size = inq_cfi_pointer(reader, cie->encoding & INQ_PE_FORM, &bases);
	if (cie->has_augmentation)
		inq_cursor_skip(reader, inq_cursor_uleb(reader));
	if (reader->bad || !inq_add(ret->start, size, &ret->end))
		return false;
	ret->program_address = section->address + reader->at;
	ret->program = inq_cursor_take(reader, reader->bytes.size - reader->at);
	return true;
}

bool inq_cfi_fde_at(const struct inq_cfi_section *section, uint64_t offset, struct inq_cfi_fde *ret)
{
	struct inq_cfi_entry entry = inq_cfi_entry_at(section, offset);
	struct inq_cfi_cie cie;
	return entry.what == INQ_CFI_IS_FDE && inq_cfi_cie_at(section, entry.cie_offset, &cie) &&
	       inq_cfi_fde_of(section, entry, &cie, ret);
}
