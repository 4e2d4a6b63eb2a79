/* What to think of the differences: how much in all, what most of it is, what grows steadily, and whether the reports are of
 * one process at all. */
#include "lib/diff/diff.h"

#include "lib/base/str.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

enum { MOST_FINDINGS = 8, MOST_EVIDENCE = 6 };

struct findings {
	struct inq_arena *arena;
	struct inq_diagnosis *items;
	size_t count;
	bool failed;
};

/* The size of a change, whichever way it goes. */
static const char *size_text(struct findings *findings, double bytes)
{
	const char *text = inq_size_text(findings->arena, (uint64_t)fabs(bytes));
	findings->failed |= !text;
	return text ? text : "";
}

static struct inq_diagnosis *add(struct findings *findings, const char *id, enum inq_confidence confidence,
				 const char *text)
{
	const char **evidence = inq_arena_array(findings->arena, MOST_EVIDENCE, sizeof *evidence);
	findings->failed |= !text || !evidence;
	if (findings->failed || findings->count >= MOST_FINDINGS)
		return NULL;
	struct inq_diagnosis *finding = &findings->items[findings->count++];
	*finding = (struct inq_diagnosis) { id, text, confidence, { evidence, 0 } };
	return finding;
}

static void add_evidence(struct findings *findings, struct inq_diagnosis *finding, const char *text)
{
	const char **items = finding ? (const char **)(uintptr_t)finding->evidence.items : NULL;
	findings->failed |= !text;
	if (items && text && finding->evidence.count < MOST_EVIDENCE)
		items[finding->evidence.count++] = text;
}

static void find_other_process(struct findings *findings, const struct inq_diff *diff,
			       const struct inq_report *const *reports)
{
	const struct inq_process_info *first = &reports[0]->process, *last = &reports[diff->count - 1]->process;
	if (first->pid == INQ_UNKNOWN || last->pid == INQ_UNKNOWN || first->pid == last->pid)
		return;
	add(findings, "other-process", INQ_CERTAIN,
	    inq_arena_printf(findings->arena,
			     "the first is of pid %" PRIu64 ", the last of pid %" PRIu64
			     ": what differs may be two runs, and not growth",
			     first->pid, last->pid));
}

static void find_total(struct findings *findings, const struct inq_diff *diff)
{
	double before = (double)diff->totals[0], after = (double)diff->totals[diff->count - 1];
	if (diff->totals[0] == diff->totals[diff->count - 1]) {
		add(findings, "total", INQ_CERTAIN,
		    inq_arena_printf(findings->arena, "the total did not change: %s (%s)", size_text(findings, after),
				     diff->measure));
		return;
	}
	add(findings, "total", INQ_CERTAIN,
	    inq_arena_printf(findings->arena, "the total %s by %s, from %s to %s (%s)",
			     after > before ? "grew" : "shrank", size_text(findings, after - before),
			     size_text(findings, before), size_text(findings, after), diff->measure));
}

/* The coarsest level: what the sum over it makes sense of. */
static bool is_coarse(const char *level)
{
	return strcmp(level, "class") == 0 || strcmp(level, "cache") == 0 || strcmp(level, "category") == 0 ||
	       strcmp(level, "size") == 0;
}

static void find_largest(struct findings *findings, const struct inq_diff *diff)
{
	double grown = 0;
	const struct inq_diff_row *largest = NULL;
	for (size_t i = 0; i < diff->row_count; i++) {
		const struct inq_diff_row *row = &diff->rows[i];
		if (row->change <= 0 || !is_coarse(row->level))
			continue;
		grown += (double)row->change;
		if (!largest || row->change > largest->change)
			largest = row;
	}
	if (!largest)
		return;
	add(findings, "largest-growth", INQ_CERTAIN,
	    inq_arena_printf(findings->arena, "most of the growth is in %s: %s, %.0f %% of it", largest->name,
			     size_text(findings, (double)largest->change), 100 * (double)largest->change / grown));
}

static void find_steady(struct findings *findings, const struct inq_diff *diff)
{
	struct inq_diagnosis *finding = NULL;
	for (size_t i = 0; i < diff->row_count; i++) {
		const struct inq_diff_row *row = &diff->rows[i];
		if (!row->steady)
			continue;
		if (!finding)
			finding = add(findings, "steady-growth", INQ_LIKELY,
				      inq_arena_printf(findings->arena,
						       "some grow steadily over the %zu, as a leak does", diff->count));
		add_evidence(findings, finding,
			     inq_arena_printf(findings->arena, "%s %s: %s a step (r² %.3f)", row->level, row->name,
					      size_text(findings, row->slope), row->fit));
	}
}

static void find_new_regions(struct findings *findings, const struct inq_diff *diff)
{
	size_t appeared = 0, went = 0;
	for (size_t i = 0; i < diff->row_count; i++) {
		appeared += diff->rows[i].appeared && strcmp(diff->rows[i].level, "region") == 0;
		went += diff->rows[i].went && strcmp(diff->rows[i].level, "region") == 0;
	}
	if (appeared || went)
		add(findings, "regions", INQ_CERTAIN,
		    inq_arena_printf(findings->arena, "regions: %zu appeared, %zu went", appeared, went));
}

bool inq_diff_find(struct inq_arena *arena, struct inq_diff *diff, const struct inq_report *const *reports)
{
	struct findings findings = { .arena = arena };
	findings.items = inq_arena_array(arena, MOST_FINDINGS, sizeof *findings.items);
	if (!findings.items)
		return false;
	find_other_process(&findings, diff, reports);
	find_total(&findings, diff);
	find_largest(&findings, diff);
	find_steady(&findings, diff);
	find_new_regions(&findings, diff);
	diff->findings = findings.items;
	diff->finding_count = findings.count;
	return !findings.failed;
}
