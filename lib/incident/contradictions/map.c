/* Whether two address maps can be of one process: every run of a program puts its files, stack and heap elsewhere, unless
 * the system's address randomisation is off. */
#include "lib/incident/contradict.h"

#include "lib/base/str.h"

#include <elf.h>
#include <inttypes.h>
#include <string.h>

static bool same_file(const struct inq_mapping *one, const struct inq_mapping *two)
{
	return one->file == two->file || strcmp(inq_base_name(one->file->path), inq_base_name(two->file->path)) == 0;
}

/* The first row of each file, by name. A file that has rows in several places is listed for each of them. */
struct rows {
	const struct inq_mapping **items;
	size_t count;
};

static int by_name(const void *a, const void *b)
{
	const struct inq_mapping *one = *(const struct inq_mapping *const *)a;
	const struct inq_mapping *two = *(const struct inq_mapping *const *)b;
	int order = strcmp(inq_base_name(one->file->path), inq_base_name(two->file->path));
	return order ? order : (one->start > two->start) - (one->start < two->start);
}

static struct rows first_rows(const struct inq_space *space)
{
	struct rows rows = { .items = inq_alloc(space->mappings.count * sizeof(void *)) };
	const struct inq_file *last = NULL;
	for (size_t i = 0; rows.items && i < space->mappings.count; i++) {
		const struct inq_mapping *mapping = &space->mappings.items[i];
		if (mapping->file && mapping->file != last)
			rows.items[rows.count++] = mapping;
		if (mapping->file)
			last = mapping->file;
	}
	if (rows.count)
		qsort(rows.items, rows.count, sizeof *rows.items, by_name);
	return rows;
}

static bool has_name(const struct rows *rows, const struct inq_mapping *wanted)
{
	size_t low = 0, high = rows->count;
	const char *name = inq_base_name(wanted->file->path);
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(inq_base_name(rows->items[middle]->file->path), name);
		if (order == 0)
			return true;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

struct inq_fit inq_fit_of_maps(const struct inq_space *one, const struct inq_space *two)
{
	struct inq_fit fit = { 0 };
	struct rows ours = first_rows(one), theirs = first_rows(two);
	for (size_t i = 0; i < theirs.count; i++) {
		const struct inq_mapping *their = theirs.items[i];
		if (i && same_file(theirs.items[i - 1], their))
			continue; /* a piece of the same file, at a higher address */
		const struct inq_mapping *our = inq_space_mapping_at(one, their->start);
		if (our && our->file && same_file(our, their))
			fit.same++;
		else if (has_name(&ours, their))
			fit.moved++;
		else if (our && our->file)
			fit.other++;
	}
	free(ours.items);
	free(theirs.items);
	return fit;
}

bool inq_names_files(const struct inq_space *space)
{
	for (size_t i = 0; i < space->mappings.count; i++)
		if (space->mappings.items[i].file)
			return true;
	return false;
}

const char *inq_contradicts_map(const struct inq_pair *pair)
{
	if (!inq_names_files(pair->one) || !inq_names_files(pair->two))
		return NULL;
	struct inq_fit fit = inq_fit_of_maps(pair->one, pair->two);
	size_t against = fit.moved + fit.other;
	if (fit.same > against || (!fit.same && !against && inq_pair_same_pid(pair)))
		return NULL;
	return inq_pair_say(pair,
			    "the maps of %s and %s do not fit: of the files, %zu stand%s at the same address in both, "
			    "%zu elsewhere, and at %zu addresses stand different ones",
			    inq_pair_one(pair), inq_pair_two(pair), fit.same, fit.same == 1 ? "s" : "", fit.moved,
			    fit.other);
}

/* "[stack]" is Linux, "[ stack ]" Solaris and Linux's pmap; "[ stack tid=2 ]" is that of another thread. */
static bool is_label(const char *name, const char *label)
{
	size_t length = strlen(label);
	if (!name || name[0] != '[')
		return false;
	name += 1 + strspn(name + 1, " ");
	if (strncmp(name, label, length) != 0)
		return false;
	return name[length + strspn(name + length, " ")] == ']';
}

const struct inq_mapping *inq_labelled_row(const struct inq_space *space, const char *label)
{
	for (size_t i = 0; i < space->mappings.count; i++)
		if (is_label(space->mappings.items[i].name, label))
			return &space->mappings.items[i];
	return NULL;
}

/* AT_SYSINFO_EHDR is where the vdso begins, AT_RANDOM points to bytes on the main stack (Linux fs/binfmt_elf.c). */
static const char *check_auxiliary(const struct inq_pair *pair, const struct inq_space *core,
				   const struct inq_space *listing)
{
	uint64_t vdso = inq_space_aux(core, AT_SYSINFO_EHDR, 0), random = inq_space_aux(core, AT_RANDOM, 0);
	const struct inq_mapping *row = inq_labelled_row(listing, "vdso");
	const char *core_name = core == pair->one ? inq_pair_one(pair) : inq_pair_two(pair);
	const char *other_name = core == pair->one ? inq_pair_two(pair) : inq_pair_one(pair);
	if (vdso && row && row->start != vdso)
		return inq_pair_say(pair, "the vdso is at 0x%" PRIx64 " in %s, at 0x%" PRIx64 " in %s", vdso, core_name,
				    row->start, other_name);
	row = inq_labelled_row(listing, "stack");
	if (random && row && (random < row->start || random >= row->end))
		return inq_pair_say(pair, "the main stack of %s is at 0x%" PRIx64 ", that of %s is not", core_name,
				    random, other_name);
	return NULL;
}

/* The kernel's own mappings stay where they are while a process lives. The heap grows from a fixed start, the stack from a
 * fixed end. */
static const char *check_labels(const struct inq_pair *pair)
{
	static const struct {
		const char *label;
		bool by_end;
	} fixed[] = { { "vdso", false }, { "heap", false }, { "stack", true } };
	for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++) {
		const struct inq_mapping *one = inq_labelled_row(pair->one, fixed[i].label);
		const struct inq_mapping *two = one ? inq_labelled_row(pair->two, fixed[i].label) : NULL;
		if (!two || (fixed[i].by_end ? one->end == two->end : one->start == two->start))
			continue;
		return inq_pair_say(pair, "the %s %s at 0x%" PRIx64 " in %s, at 0x%" PRIx64 " in %s", fixed[i].label,
				    fixed[i].by_end ? "ends" : "begins", fixed[i].by_end ? one->end : one->start,
				    inq_pair_one(pair), fixed[i].by_end ? two->end : two->start, inq_pair_two(pair));
	}
	return NULL;
}

const char *inq_contradicts_layout(const struct inq_pair *pair)
{
	const char *why = check_auxiliary(pair, pair->one, pair->two);
	if (!why)
		why = check_auxiliary(pair, pair->two, pair->one);
	return why ? why : check_labels(pair);
}

static bool replaced(const struct inq_file *one, const struct inq_file *two)
{
	return one->inode != INQ_UNKNOWN && two->inode != INQ_UNKNOWN && one->inode && two->inode &&
	       one->inode != two->inode;
}

/* A file that was replaced has another inode, and most likely is another build. */
const char *inq_contradicts_build(const struct inq_pair *pair)
{
	for (size_t i = 0; i < pair->two->mappings.count; i++) {
		const struct inq_mapping *two = &pair->two->mappings.items[i];
		const struct inq_mapping *one = two->file ? inq_space_mapping_at(pair->one, two->start) : NULL;
		if (one && one->file && same_file(one, two) && replaced(one->file, two->file))
			return inq_pair_say(
				pair, "%s is inode %" PRIu64 " in %s, inode %" PRIu64 " in %s: the file was replaced",
				two->file->path, one->file->inode, inq_pair_one(pair), two->file->inode,
				inq_pair_two(pair));
	}
	return NULL;
}
