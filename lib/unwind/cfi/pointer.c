/* Pointers of call-frame information, by their encoding. */
#include "lib/unwind/cfi/pointer.h"

enum { /* DW_EH_PE forms and origins */
       PE_ULEB = 0x01,
       PE_UDATA2 = 0x02,
       PE_UDATA4 = 0x03,
       PE_UDATA8 = 0x04,
       PE_SIGNED = 0x08, /* a word; with the bits of the others: the same, signed */
       PE_SLEB = 0x09,
       PE_PCREL = 0x10,
       PE_DATAREL = 0x30,
       PE_FUNCREL = 0x40,
       PE_ALIGNED = 0x50
};

unsigned inq_cfi_form_size(uint8_t encoding, unsigned word)
{
	switch (encoding & 0x07) {
	case INQ_PE_ABSOLUTE:
		return word;
	case PE_UDATA2:
		return 2;
	case PE_UDATA4:
		return 4;
	case PE_UDATA8:
		return 8;
	default:
		return 0;
	}
}

static uint64_t read_form(struct inq_cursor *reader, uint8_t encoding)
{
	unsigned size = inq_cfi_form_size(encoding, reader->bytes.word);
	if ((encoding & INQ_PE_FORM) == PE_ULEB)
		return inq_cursor_uleb(reader);
	if ((encoding & INQ_PE_FORM) == PE_SLEB)
		return (uint64_t)inq_cursor_sleb(reader);
	if (!size) {
		reader->bad = true;
		return 0;
	}
	uint64_t value = inq_cursor_integer(reader, size);
	return encoding & PE_SIGNED ? (uint64_t)inq_sign_extend(value, 8 * size) : value;
}

uint64_t inq_cfi_pointer(struct inq_cursor *reader, uint8_t encoding, const struct inq_cfi_bases *bases)
{
	uint64_t word = reader->bytes.word, place = bases->place + reader->at, value;
	switch (encoding & INQ_PE_FROM) {
	case INQ_PE_ABSOLUTE:
		value = read_form(reader, encoding);
		break;
	case PE_PCREL:
		value = place + read_form(reader, encoding);
		break;
	case PE_DATAREL:
		value = bases->data + read_form(reader, encoding);
		break;
	case PE_FUNCREL:
		value = bases->function + read_form(reader, encoding);
		break;
	case PE_ALIGNED:
		inq_cursor_skip(reader, -place & (word - 1));
		value = inq_cursor_integer(reader, (unsigned)word);
		break;
	default: /* DW_EH_PE_textrel: no linker writes it where these tables stand */
		reader->bad = true;
		value = 0;
	}
	return word == 4 ? (uint32_t)value : value;
}
