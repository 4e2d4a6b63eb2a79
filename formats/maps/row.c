/* Rows of address maps: permissions, names, and the line of /proc/PID/maps. */
#include "formats/maps/row.h"

struct inq_row inq_row_unknown(void)
{
	return (struct inq_row) { .printed_size = INQ_UNKNOWN,
				  .file_offset = INQ_UNKNOWN,
				  .device_major = INQ_UNKNOWN,
				  .device_minor = INQ_UNKNOWN,
				  .inode = INQ_UNKNOWN,
				  .pid = INQ_UNKNOWN,
				  .usage = { INQ_UNKNOWN, INQ_UNKNOWN, INQ_UNKNOWN, INQ_UNKNOWN, INQ_UNKNOWN,
					     INQ_UNKNOWN, INQ_UNKNOWN, INQ_UNKNOWN } };
}

static bool permission_words(struct inq_span span, uint8_t *ret)
{
	static const struct {
		const char *word;
		uint8_t bit;
	} words[] = { { "read", INQ_PERM_READ },
		      { "write", INQ_PERM_WRITE },
		      { "exec", INQ_PERM_EXECUTE },
		      { "shared", INQ_PERM_SHARED },
		      { "none", 0 } };
	uint8_t bits = INQ_PERM_KNOWN;
	while (span.length) {
		size_t i = 0;
		while (i < sizeof words / sizeof *words && !inq_span_starts(span, words[i].word))
			i++;
		if (i == sizeof words / sizeof *words)
			return false;
		bits |= words[i].bit;
		span = inq_span_after(span, strlen(words[i].word));
		if (span.length && (!inq_take_char(&span, '/') || !span.length))
			return false;
	}
	*ret = bits;
	return true;
}

bool inq_span_permissions(struct inq_span span, uint8_t *ret)
{
	static const char letters[] = "rwx";
	static const struct inq_characters others = { INQ_CHARACTER('-') | INQ_CHARACTER('*'),
						      INQ_CHARACTER('p') | INQ_CHARACTER('R') | INQ_CHARACTER('T') };
	if (span.length < 3 || span.length > 6)
		return permission_words(span, ret);
	uint8_t bits = INQ_PERM_KNOWN;
	for (size_t i = 0; i < 3; i++) {
		if (span.text[i] == letters[i])
			bits |= (uint8_t)(1U << i);
		else if (span.text[i] != '-')
			return permission_words(span, ret);
	}
	/* Then p or s or -, and what systems add: Solaris R (no reserve) and * (not in the core), valgrind T. */
	for (size_t i = 3; i < span.length; i++) {
		if (span.text[i] == 's')
			bits |= INQ_PERM_SHARED;
		else if (!inq_characters_have(others, span.text[i]))
			return false;
	}
	*ret = bits;
	return true;
}

static void take_tail(struct inq_span rest, struct inq_row *row)
{
	/* A row that ends in a backslash goes on: its name stands on the next line. */
	if (rest.length && rest.text[rest.length - 1] == '\\')
		rest = inq_span_trim_end((struct inq_span) { rest.text, rest.length - 1 });
	row->name = inq_span_skip_blanks(rest);
	row->odd_tail = rest.length && row->name.length == rest.length;
}

bool inq_row_proc_maps(struct inq_span line, struct inq_row *row)
{
	struct inq_span rest = line;
	*row = inq_row_unknown();
	if (!inq_take_hex(&rest, &row->start) || !inq_take_char(&rest, '-') || !inq_take_hex(&rest, &row->end))
		return false;
	struct inq_span permissions = inq_span_word(&rest);
	if (permissions.length != 4 || !inq_span_permissions(permissions, &row->permissions))
		return false;
	rest = inq_span_skip_blanks(rest);
	if (!inq_take_hex(&rest, &row->file_offset))
		return false;
	rest = inq_span_skip_blanks(rest);
	if (!inq_take_hex(&rest, &row->device_major) || !inq_take_char(&rest, ':') ||
	    !inq_take_hex(&rest, &row->device_minor))
		return false;
	rest = inq_span_skip_blanks(rest);
	if (!inq_take_decimal(&rest, &row->inode))
		return false;
	take_tail(rest, row);
	return true;
}

bool inq_span_is_name(struct inq_span line)
{
	if (!line.length || inq_span_is_elision(line))
		return false;
	if (line.text[0] == '[')
		return line.text[line.length - 1] == ']' && line.length > 2;
	if (inq_span_ends(line, " (deleted)"))
		line.length -= strlen(" (deleted)");
	struct inq_span rest = line;
	return line.text[0] == '/' && inq_span_word(&rest).length == line.length;
}
