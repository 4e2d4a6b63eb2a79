/* Class histograms of a JVM: classes, and what is equal of their names up to the last dot: packages. */
#include "lib/diff/diff.h"

#include <string.h>

static const char *measure(const struct inq_report *report)
{
	return report->histogram_count ? "memory" : NULL;
}

static bool add(struct inq_diff_item_vec *items, const char *level, const char *name, const struct inq_jvm_class *row)
{
	struct inq_diff_item *slot = name ? inq_diff_item_vec_push(items) : NULL;
	if (slot)
		*slot = (struct inq_diff_item) { .level = level,
						 .name = name,
						 .start = INQ_UNKNOWN,
						 .end = INQ_UNKNOWN,
						 .value = row->bytes,
						 .count = row->instances };
	return slot != NULL;
}

/* "java.util" of "java.util.HashMap$Node[]"; a hidden class has a slash behind its name, and maybe dots there. */
static const char *package_of(struct inq_arena *arena, const char *name)
{
	size_t length = strcspn(name, "/");
	while (length && name[length - 1] != '.')
		length--;
	return length ? inq_arena_copy(arena, name, length - 1) : "(no package)";
}

static bool items(const struct inq_report *report, const char *what, struct inq_arena *arena,
		  struct inq_diff_item_vec *ret, uint64_t *total)
{
	const struct inq_jvm_histogram *histogram = &report->histograms[0];
	(void)what;
	*total = histogram->bytes;
	for (size_t i = 0; i < histogram->class_count; i++) {
		const struct inq_jvm_class *row = &histogram->classes[i];
		if (!add(ret, "class", row->name, row) || !add(ret, "package", package_of(arena, row->name), row))
			return false;
	}
	return true;
}

const struct inq_diff_source inq_diff_source_histogram = { "jvm-histogram", measure, items };
