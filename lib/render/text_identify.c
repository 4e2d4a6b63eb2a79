/* The text of `identify`: one line per file, and under it what only some files have. */
#include "lib/render/text.h"

#include <string.h>

static const char *about_kind(const char *kind)
{
	const char *name;
	for (size_t i = 0; (name = inq_format_name(i)); i++)
		if (strcmp(name, kind) == 0)
			return inq_format_about(i);
	return NULL;
}

static void put_system(struct inq_str *str, const struct inq_artefact_info *file)
{
	const char *words[] = { file->os, file->arch };
	for (size_t i = 0; i < 2; i++) {
		if (words[i]) {
			inq_str_puts(str, i && words[0] ? " " : ", ");
			inq_put_name(str, words[i]);
		}
	}
	if (file->bits)
		inq_str_printf(str, ", %u-bit", file->bits);
	if (file->endian)
		inq_str_printf(str, ", %s-endian", file->endian);
}

static void put_completeness(struct inq_str *str, const struct inq_artefact_info *file)
{
	if (file->recognised_only) {
		inq_str_puts(str, "; recognised only: this version does not read it");
	} else if (file->missing_bytes && file->missing_bytes != INQ_UNKNOWN) {
		inq_str_puts(str, ", cut: ");
		inq_str_size(str, file->missing_bytes);
		inq_str_puts(str, " missing");
	} else {
		inq_str_puts(str, file->partial ? ", partial" : ", complete");
	}
}

static void put_kind(struct inq_str *work, const struct inq_artefact_info *file)
{
	const char *about = about_kind(file->kind);
	inq_put_name(work, file->kind);
	if (about && *about)
		inq_str_printf(work, " (%s)", about);
	put_system(work, file);
	if (file->compression)
		inq_str_printf(work, strcmp(file->compression, "UTF-16") == 0 ? ", in %s" : ", %s-compressed",
			       file->compression);
	put_completeness(work, file);
	if (file->detail && !(about && strcmp(file->detail, about) == 0)) {
		inq_str_puts(work, "; ");
		inq_put_name(work, file->detail);
	}
}

/* Of a file of no known kind, `detail` says what was tried. */
static void put_file(struct inq_text *text, const struct inq_artefact_info *file)
{
	inq_put_name(&text->str, file->path);
	if (file->line > 1)
		inq_str_printf(&text->str, ":%llu", (unsigned long long)file->line);
	inq_str_putc(&text->str, ':');
	if (file->kind)
		put_kind(&text->work, file);
	else
		inq_put_name(&text->work, file->detail ? file->detail : "of no known kind");
	inq_text_wrap(text, INQ_TEXT_INDENT, file->kind ? INQ_COLOR_NONE : INQ_COLOR_BAD);
	inq_text_newline(text);
}

void inq_text_identify(struct inq_text *text)
{
	for (size_t i = 0; i < text->report->artefact_count; i++)
		put_file(text, &text->report->artefacts[i]);
}
