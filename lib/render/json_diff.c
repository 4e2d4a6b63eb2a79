/* The document inquest.diff/1. */
#include "lib/render/json_parts.h"

static void put_double(struct inq_json *json, const char *key, double value)
{
	inq_json_key(json, key);
	inq_json_double(json, value);
}

static void put_row(struct inq_json *json, const struct inq_diff *diff, const struct inq_diff_row *row)
{
	inq_json_begin(json, '{');
	inq_json_text(json, "level", row->level);
	inq_json_text(json, "name", row->name);
	inq_json_text(json, "class", row->class_);
	inq_json_address(json, "start", row->start);
	inq_json_count(json, "before", row->before);
	inq_json_count(json, "after", row->after);
	inq_json_key(json, "change");
	inq_json_signed(json, row->change);
	if (row->count_before || row->count_after) {
		inq_json_count(json, "count_before", row->count_before);
		inq_json_count(json, "count_after", row->count_after);
	}
	if (row->appeared)
		inq_json_flag(json, "appeared", true);
	if (row->went)
		inq_json_flag(json, "went", true);
	if (row->has_rate)
		put_double(json, "rate", row->rate);
	if (diff->count > 2) {
		inq_json_open(json, "values", '[');
		for (size_t i = 0; i < diff->count; i++)
			inq_json_number(json, row->values[i]);
		inq_json_end(json);
		inq_json_flag(json, "steady", row->steady);
		put_double(json, "slope", row->slope);
		put_double(json, "r2", row->fit);
	}
	inq_json_end(json);
}

void inq_json_diff(struct inq_json *json, const struct inq_diff *diff)
{
	inq_json_document(json, "inquest.diff/1");
	inq_json_text(json, "kind", diff->kind);
	inq_json_text(json, "measure", diff->measure);
	inq_json_open(json, "totals", '[');
	for (size_t i = 0; i < diff->count; i++)
		inq_json_number(json, diff->totals[i]);
	inq_json_end(json);
	inq_json_open(json, "rows", '[');
	for (size_t i = 0; i < diff->row_count; i++)
		put_row(json, diff, &diff->rows[i]);
	inq_json_end(json);
	inq_json_findings(json, "findings", diff->findings, diff->finding_count);
}
