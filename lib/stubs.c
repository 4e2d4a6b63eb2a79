/* Temporary: stands in for what is not written yet, so that everything links. */
#include "formats/format.h"
#include "lib/classify/rule.h"
#include "lib/diagnose/signal.h"
#include "lib/io/provider.h"
#include "lib/space/join.h"
#include "lib/space/objects.h"
#include "lib/symbol/symbol.h"
#include <inquest/inquest.h>
#pragma GCC diagnostic ignored "-Wunused-parameter"
#define W __attribute__((weak))
W enum inq_status inq_objects_find(struct inq_space *space)
{
	return INQ_OK;
}
W enum inq_status inq_objects_check_files(struct inq_space *space, const struct inq_files *files)
{
	return INQ_OK;
}
W const struct inq_source *inq_object_file(struct inq_space *space, struct inq_object *object)
{
	return NULL;
}
W const char *inq_object_build_id(struct inq_space *space, const struct inq_object *object)
{
	return NULL;
}
W struct inq_object *inq_object_by_name(struct inq_space *space, const char *name, size_t length)
{
	return NULL;
}
W enum inq_status inq_files_create(struct inq_ctx *c, const char *s, const char *e, const char *const *d, bool off,
				   struct inq_files **ret)
{
	*ret = NULL;
	return INQ_OK;
}
W void inq_files_destroy(struct inq_files *files)
{
}
W bool inq_symbol_at(struct inq_space *s, struct inq_object *o, uint64_t a, struct inq_symbol *ret)
{
	return false;
}
W bool inq_symbol_find(struct inq_space *s, struct inq_object *o, const char *n, size_t l, uint64_t *ret)
{
	return false;
}
W const char *inq_symbol_section(struct inq_space *s, struct inq_object *o, uint64_t a)
{
	return NULL;
}
W enum inq_symbols inq_symbol_known_level(const struct inq_object *object)
{
	return 0;
}
W const char *inq_machine_name(uint16_t machine, unsigned bits, bool big)
{
	return NULL;
}
static unsigned no_probe(const struct inq_view *head)
{
	return 0;
}
W const struct inq_format inq_format_elf_core = { .name = "elf-core", .about = "", .probe = no_probe };
W const struct inq_format inq_format_proc_maps = { .name = "proc-maps", .about = "", .probe = no_probe };
W enum inq_status inq_source_open(struct inq_ctx *ctx, const char *path, struct inq_source **ret)
{
	return INQ_UNUSABLE;
}
W void inq_source_close(struct inq_source *source)
{
}
W enum inq_status inq_render(const char *format, enum inq_document document, const struct inq_report *report,
			     const struct inq_output *output)
{
	return INQ_BAD_ARGUMENT;
}
W const char *inq_renderer_name(size_t index)
{
	return NULL;
}
