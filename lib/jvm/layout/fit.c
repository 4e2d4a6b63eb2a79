/* Does a layout contradict the map? And what has each generation committed?
 *
 * Since JDK 7 what is reserved but not committed is PROT_NONE, so a generation reads rw, then ---. Before, it was
 * mapped rw (on i386 rwx) with MAP_NORESERVE (os_linux.cpp, anon_mmap), and the kernel keeps the two parts apart
 * only because their flags differ: a generation then shows two mappings of equal permissions, and the border between
 * them is where its commitment ends. */
#include "lib/jvm/layout/layout.h"

enum { LARGE = 2 << 20 };

/* Merged neighbours hide a border, so each question is asked of the part of the mapping within the generation. */
struct part {
	uint64_t start, end;
	bool accessible;
};

static bool part_of(const struct inq_layout_map *map, size_t i, const struct inq_layout_generation *generation,
		    struct part *ret)
{
	if (i >= map->count || map->space->mappings.items[i].start >= generation->end)
		return false;
	const struct inq_mapping *mapping = &map->space->mappings.items[i];
	*ret = (struct part) { mapping->start, mapping->end, inq_layout_accessible(mapping) };
	if (ret->start < generation->start)
		ret->start = generation->start;
	if (ret->end > generation->end)
		ret->end = generation->end;
	return true;
}

/* A row that is missing at the generation's lower end was what it had committed. */
static bool read_elided(struct inq_layout_generation *generation, const struct part *first)
{
	if (first->start == generation->start)
		return true;
	generation->elided = true;
	generation->committed_end = first->start;
	generation->commit_shows = true;
	return first->end == generation->end;
}

/* With transparent huge pages the part in whole ones is advised (os_linux.cpp, pd_commit_memory), which the map shows as a border
 * between two accessible parts; and VirtualSpace::expand_by commits that part a page at a time. */
static bool is_in_large_pages(const struct inq_layout_map *map, size_t first,
			      const struct inq_layout_generation *generation)
{
	struct part part;
	return generation->commit_shows && generation->committed_end % LARGE == 0 &&
	       part_of(map, first, generation, &part) && part.end < generation->committed_end && part.end % LARGE == 0;
}

static bool read_none_style(const struct inq_layout_map *map, size_t i, struct inq_layout_generation *generation)
{
	size_t first = i;
	struct part part;
	generation->committed_end = generation->start;
	for (; part_of(map, i, generation, &part); i++) {
		if (part.accessible && part.start != generation->committed_end)
			return false; /* committed again above a hole */
		if (part.accessible)
			generation->committed_end = part.end;
	}
	generation->commit_shows = generation->committed_end < generation->end;
	generation->in_large_pages = is_in_large_pages(map, first, generation);
	return generation->committed_end > generation->start;
}

static bool read_equal_style(const struct inq_layout_map *map, size_t i, struct inq_layout_generation *generation)
{
	struct part part;
	generation->committed_end = generation->end;
	for (uint64_t at = generation->start; part_of(map, i, generation, &part); i++) {
		if (part.start != at || !part.accessible)
			return false;
		at = part.end;
		if (at == generation->end)
			return true;
		if (generation->commit_shows)
			return false; /* a second border inside */
		generation->commit_shows = true;
		generation->committed_end = at;
	}
	return false;
}

/* Whether [start, end) has memory without access in it. */
static bool has_none(const struct inq_layout_map *map, uint64_t start, uint64_t end)
{
	for (size_t i = inq_layout_from(map, start); i < map->count && map->space->mappings.items[i].start < end; i++)
		if (!inq_layout_accessible(&map->space->mappings.items[i]))
			return true;
	return false;
}

static bool check_generation(const struct inq_layout_map *map, bool equal, struct inq_layout_generation *generation)
{
	size_t i = inq_layout_from(map, generation->start);
	struct part first;
	if (!part_of(map, i, generation, &first))
		return false;
	generation->starts_at_border = inq_layout_is_border(map, generation->start);
	generation->elided = generation->commit_shows = generation->in_large_pages = false;
	if (!read_elided(generation, &first))
		return false;
	if (generation->elided)
		return true;
	return equal ? read_equal_style(map, i, generation) : read_none_style(map, i, generation);
}

bool inq_layout_check(const struct inq_layout_case *jvm, struct inq_layout_fit *fit)
{
	const struct inq_layout_map *map = &jvm->map;
	bool huge = inq_jvm_option(&jvm->options, INQ_JVM_OPTION_transparent_pages, 0);
	bool equal = fit->row->first < 7 && !has_none(map, fit->window.start, fit->window.end);
	for (size_t i = 0; i < fit->count; i++) {
		struct inq_layout_generation *generation = &fit->generations[i];
		if (!check_generation(map, equal && fit->row->last <= 7, generation))
			return false;
		/* What follows reserved memory begins with committed memory: that border must show. */
		if (i && fit->generations[i - 1].commit_shows && !generation->starts_at_border)
			return false;
		generation->in_large_pages |=
			huge && generation->commit_shows && generation->committed_end % LARGE == 0;
	}
	return true;
}
