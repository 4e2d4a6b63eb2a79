/* Values as they are encoded. Facts: DWARF 5, 7.5.6 (form encodings). */
#include "lib/dwarf/constants.h"
#include "lib/dwarf/private.h"

int inq_dwarf_form_size(const struct inq_dwarf_unit *unit, unsigned form)
{
	switch (form) {
	case FORM_FLAG_PRESENT:
	case FORM_IMPLICIT_CONST:
		return 0;
	case FORM_DATA1:
	case FORM_FLAG:
	case FORM_REF1:
	case FORM_STRX1:
	case FORM_ADDRX1:
		return 1;
	case FORM_DATA2:
	case FORM_REF2:
	case FORM_STRX2:
	case FORM_ADDRX2:
		return 2;
	case FORM_STRX3:
	case FORM_ADDRX3:
		return 3;
	case FORM_DATA4:
	case FORM_REF4:
	case FORM_REF_SUP4:
	case FORM_STRX4:
	case FORM_ADDRX4:
		return 4;
	case FORM_DATA8:
	case FORM_REF8:
	case FORM_REF_SUP8:
	case FORM_REF_SIG8:
		return 8;
	case FORM_DATA16:
		return 16;
	case FORM_ADDR:
		return unit->address_size;
	case FORM_REF_ADDR: /* DWARF 2 gave it the size of an address */
		return unit->version < 3 ? unit->address_size : unit->offset_size;
	case FORM_STRP:
	case FORM_LINE_STRP:
	case FORM_STRP_SUP:
	case FORM_SEC_OFFSET:
	case FORM_GNU_REF_ALT:
	case FORM_GNU_STRP_ALT:
		return unit->offset_size;
	default:
		return -1;
	}
}

/* Numbers of three bytes too. */
static uint64_t fixed(struct inq_cursor *cursor, unsigned size)
{
	if (size != 3)
		return inq_cursor_integer(cursor, size);
	struct inq_view bytes = inq_cursor_take(cursor, 3);
	uint64_t low = inq_view_get(&bytes, bytes.big ? 2 : 0, 1), high = inq_view_get(&bytes, bytes.big ? 0 : 2, 1);
	return low | inq_view_get(&bytes, 1, 1) << 8 | high << 16;
}

static void read_block(struct inq_cursor *cursor, uint64_t size, enum inq_dwarf_class class,
		       struct inq_dwarf_value *ret)
{
	ret->class = class;
	ret->bytes = inq_cursor_take(cursor, size);
}

static void read_string(struct inq_cursor *cursor, struct inq_dwarf_value *ret)
{
	uint64_t start = cursor->at;
	ret->class = INQ_DWARF_STRING;
	if (inq_cursor_string(cursor))
		ret->bytes = inq_view_clip(&cursor->bytes, start, cursor->at - start);
}

static enum inq_dwarf_class class_of_fixed(unsigned form)
{
	switch (form) {
	case FORM_FLAG:
		return INQ_DWARF_FLAG;
	case FORM_ADDR:
		return INQ_DWARF_ADDRESS;
	case FORM_REF1:
	case FORM_REF2:
	case FORM_REF4:
	case FORM_REF8:
		return INQ_DWARF_REFERENCE;
	case FORM_REF_ADDR:
		return INQ_DWARF_REFERENCE_INFO;
	case FORM_REF_SIG8:
		return INQ_DWARF_REFERENCE_TYPE;
	case FORM_REF_SUP4:
	case FORM_REF_SUP8:
	case FORM_GNU_REF_ALT:
		return INQ_DWARF_REFERENCE_OTHER;
	case FORM_STRP:
		return INQ_DWARF_STRING_OFFSET;
	case FORM_LINE_STRP:
		return INQ_DWARF_STRING_LINE;
	case FORM_STRP_SUP:
	case FORM_GNU_STRP_ALT:
		return INQ_DWARF_STRING_OTHER;
	case FORM_STRX1:
	case FORM_STRX2:
	case FORM_STRX3:
	case FORM_STRX4:
		return INQ_DWARF_STRING_INDEX;
	case FORM_ADDRX1:
	case FORM_ADDRX2:
	case FORM_ADDRX3:
	case FORM_ADDRX4:
		return INQ_DWARF_ADDRESS_INDEX;
	case FORM_SEC_OFFSET:
		return INQ_DWARF_OFFSET;
	default: /* DW_FORM_data… */
		return INQ_DWARF_NUMBER;
	}
}

static void read_varying(struct inq_cursor *cursor, unsigned form, struct inq_dwarf_value *ret)
{
	switch (form) {
	case FORM_BLOCK1:
		return read_block(cursor, inq_cursor_integer(cursor, 1), INQ_DWARF_BLOCK, ret);
	case FORM_BLOCK2:
		return read_block(cursor, inq_cursor_integer(cursor, 2), INQ_DWARF_BLOCK, ret);
	case FORM_BLOCK4:
		return read_block(cursor, inq_cursor_integer(cursor, 4), INQ_DWARF_BLOCK, ret);
	case FORM_BLOCK:
		return read_block(cursor, inq_cursor_uleb(cursor), INQ_DWARF_BLOCK, ret);
	case FORM_EXPRLOC:
		return read_block(cursor, inq_cursor_uleb(cursor), INQ_DWARF_EXPRESSION, ret);
	case FORM_STRING:
		return read_string(cursor, ret);
	case FORM_SDATA:
		ret->class = INQ_DWARF_SIGNED;
		ret->number = (uint64_t)inq_cursor_sleb(cursor);
		return;
	default:
		break;
	}
	ret->number = inq_cursor_uleb(cursor);
	switch (form) {
	case FORM_UDATA:
		ret->class = INQ_DWARF_NUMBER;
		break;
	case FORM_REF_UDATA:
		ret->class = INQ_DWARF_REFERENCE;
		break;
	case FORM_STRX:
	case FORM_GNU_STR_INDEX:
		ret->class = INQ_DWARF_STRING_INDEX;
		break;
	case FORM_ADDRX:
	case FORM_GNU_ADDR_INDEX:
		ret->class = INQ_DWARF_ADDRESS_INDEX;
		break;
	case FORM_LOCLISTX:
	case FORM_RNGLISTX:
		ret->class = INQ_DWARF_LIST_INDEX;
		break;
	default:
		cursor->bad = true;
	}
}

void inq_dwarf_read_form(struct inq_dwarf_unit *unit, struct inq_cursor *cursor, const struct inq_dwarf_spec *spec,
			 struct inq_dwarf_value *ret)
{
	uint64_t form = spec->form;
	*ret = (struct inq_dwarf_value) { .unit = unit };
	while (form == FORM_INDIRECT && !cursor->bad)
		form = inq_cursor_uleb(cursor);
	if (form == FORM_IMPLICIT_CONST) {
		ret->class = INQ_DWARF_SIGNED;
		ret->number = (uint64_t)spec->constant;
		return;
	}
	if (form == FORM_FLAG_PRESENT) {
		ret->class = INQ_DWARF_FLAG;
		ret->number = 1;
		return;
	}
	int size = form <= UINT16_MAX ? inq_dwarf_form_size(unit, (unsigned)form) : -1;
	if (size == 16) {
		read_block(cursor, 16, INQ_DWARF_BLOCK, ret);
	} else if (size < 0) {
		read_varying(cursor, (unsigned)form, ret);
	} else {
		ret->size = (uint8_t)size;
		ret->number = fixed(cursor, (unsigned)size);
		ret->class = class_of_fixed((unsigned)form);
	}
	if (ret->class == INQ_DWARF_REFERENCE) /* it counts from the unit's header */
		cursor->bad |= !inq_add(unit->offset, ret->number, &ret->number);
}

void inq_dwarf_skip_varying(struct inq_dwarf_unit *unit, struct inq_cursor *cursor, unsigned form)
{
	const struct inq_dwarf_spec spec = { .form = (uint16_t)form };
	struct inq_dwarf_value unused;
	switch (form) {
	case FORM_BLOCK:
	case FORM_EXPRLOC:
		inq_cursor_skip(cursor, inq_cursor_uleb(cursor));
		break;
	case FORM_BLOCK1:
		inq_cursor_skip(cursor, inq_cursor_integer(cursor, 1));
		break;
	case FORM_UDATA:
	case FORM_SDATA:
	case FORM_REF_UDATA:
	case FORM_STRX:
	case FORM_ADDRX:
	case FORM_LOCLISTX:
	case FORM_RNGLISTX:
		inq_cursor_uleb(cursor);
		break;
	default:
		inq_dwarf_read_form(unit, cursor, &spec, &unused);
	}
}
