/* kstat of Solaris, in its long form ("module: unix  instance: 0") and with -p ("unix:0:system_pages:physmem 522272").
 * Facts: kstat(8). */
#include "formats/kernel/kernel.h"

INQ_VEC(value_vec, struct inq_kstat_value)

struct table {
	struct inq_kernel_listing listing;
	struct inq_kstat kstat;
	struct value_vec values;
	bool open; /* a kstat has begun */
};

/* What a line of the -p form says: MODULE:INSTANCE:NAME:STATISTIC<tab>VALUE */
struct fact {
	struct inq_span module, name, statistic, value;
	uint64_t instance;
};

static bool take_until_colon(struct inq_span *rest, struct inq_span *ret)
{
	ptrdiff_t colon = inq_span_find(*rest, ":");
	if (colon <= 0)
		return false;
	*ret = (struct inq_span) { rest->text, (size_t)colon };
	*rest = inq_span_after(*rest, (size_t)colon + 1);
	return true;
}

static bool split_parseable(struct inq_span line, struct fact *ret)
{
	if (!line.length || !memchr(line.text, ':', line.length))
		return false;
	struct inq_span rest = line, key = inq_span_word(&rest);
	ret->value = inq_span_word(&rest);
	if (!ret->value.length || inq_span_word(&rest).length || !take_until_colon(&key, &ret->module) ||
	    !inq_take_decimal(&key, &ret->instance) || !inq_take_char(&key, ':'))
		return false;
	ret->statistic = key;
	return take_until_colon(&ret->statistic, &ret->name) && ret->statistic.length;
}

/* "module: unix                            instance: 0" */
static bool is_module(struct inq_span line)
{
	return inq_span_starts(line, "module: ") && inq_span_find(line, "instance: ") > 0;
}

/* "name:   system_pages                    class:    pages": the first line of a kstat whose module was lost. */
static bool is_name(struct inq_span line)
{
	return inq_span_starts(line, "name: ") && inq_span_find(line, "class: ") > 0;
}

static bool is_heading(struct inq_span line)
{
	struct fact fact;
	return is_module(line) || is_name(line) || split_parseable(line, &fact);
}

static unsigned probe(const struct inq_text *at)
{
	struct inq_text text = *at;
	struct fact fact;
	if (is_module(text.line) || is_name(text.line))
		return 90;
	if (!split_parseable(text.line, &fact))
		return 0;
	return inq_text_next(&text) && split_parseable(text.line, &fact) ? 50 : 30;
}

static const char *copy(struct table *table, struct inq_span span)
{
	return inq_build_string(table->listing.builder, span.text, span.length);
}

/* Puts the kstat that is open into the model. */
static enum inq_status close_kstat(struct table *table)
{
	struct inq_ctx *ctx = table->listing.ctx;
	if (!table->open)
		return INQ_OK;
	struct inq_kstat *slot = inq_kstat_vec_push(&table->listing.builder->space->kernel.kstats);
	struct inq_kstat_value *values = inq_arena_array(ctx->arena, table->values.count, sizeof *values);
	if (!slot || !values)
		return inq_no_memory(ctx);
	if (table->values.count)
		memcpy(values, table->values.items, table->values.count * sizeof *values);
	*slot = table->kstat;
	slot->values = values;
	slot->value_count = table->values.count;
	table->values.count = 0;
	table->open = false;
	return INQ_OK;
}

static enum inq_status add_value(struct table *table, struct inq_span name, struct inq_span value)
{
	struct inq_kstat_value *slot = value_vec_push(&table->values);
	if (!slot)
		return inq_no_memory(table->listing.ctx);
	slot->name = copy(table, name);
	slot->text = copy(table, value);
	slot->is_number = inq_span_decimal(value, &slot->number);
	return slot->name && slot->text ? INQ_OK : INQ_NO_MEMORY;
}

static enum inq_status open_kstat(struct table *table, struct inq_span module, uint64_t instance)
{
	enum inq_status status = close_kstat(table);
	table->kstat = (struct inq_kstat) { .artefact = table->listing.ctx->artefact,
					    .line = table->listing.text.number,
					    .module = copy(table, module),
					    .instance = instance };
	table->open = true;
	return status;
}

static struct inq_span after(struct inq_span line, const char *label)
{
	ptrdiff_t at = inq_span_find(line, label);
	if (at < 0)
		return (struct inq_span) { line.text, 0 };
	struct inq_span rest = inq_span_after(line, (size_t)at + strlen(label));
	return inq_span_word(&rest);
}

/* The second line of a kstat: its name and class. */
static enum inq_status take_name(struct table *table, struct inq_span line)
{
	static const char unknown[] = "unknown";
	enum inq_status status = INQ_OK;
	if (!table->open || table->kstat.name) {
		inq_warn(table->listing.ctx, INQ_PLACE_LINE, table->listing.text.number,
			 "the line before, with the module, is missing; the values were taken without it");
		table->listing.elided = true;
		status = open_kstat(table, (struct inq_span) { unknown, sizeof unknown - 1 }, 0);
	}
	table->kstat.name = copy(table, after(line, "name: "));
	table->kstat.class_ = copy(table, after(line, "class: "));
	return status;
}

/* "[user@host ~]$" and "host# exit" below a kstat are no values of it. */
static bool is_prompt(struct inq_span word)
{
	return memchr("[(@", word.text[0], 3) || memchr(word.text, '@', word.length) ||
	       memchr("$#%>]", word.text[word.length - 1], 5);
}

/* Lines of the long form. */
static enum inq_status read_long(struct table *table, struct inq_span line, bool *mine)
{
	struct inq_span rest = line, name = inq_span_word(&rest), value = inq_span_word(&rest);
	uint64_t instance = 0;
	*mine = true;
	if (is_module(line)) {
		inq_span_decimal(after(line, "instance: "), &instance);
		return open_kstat(table, after(line, "module: "), instance);
	}
	if (is_name(line))
		return take_name(table, line);
	*mine = table->open && value.length && !inq_span_word(&rest).length && !is_prompt(name);
	return *mine ? add_value(table, name, value) : INQ_OK;
}

static bool same_kstat(const struct table *table, const struct fact *fact)
{
	return table->open && table->kstat.name && table->kstat.module && table->kstat.instance == fact->instance &&
	       inq_span_is(fact->module, table->kstat.module) && inq_span_is(fact->name, table->kstat.name);
}

/* A line of the -p form. */
static enum inq_status read_fact(struct table *table, const struct fact *fact)
{
	enum inq_status status = INQ_OK;
	if (!same_kstat(table, fact)) {
		status = open_kstat(table, fact->module, fact->instance);
		table->kstat.name = copy(table, fact->name);
	}
	if (status != INQ_OK)
		return status;
	if (inq_span_is(fact->statistic, "class")) {
		table->kstat.class_ = copy(table, fact->value);
		return INQ_OK;
	}
	return add_value(table, fact->statistic, fact->value);
}

static enum inq_status read_line(struct table *table, bool *mine)
{
	struct fact fact;
	if (!split_parseable(table->listing.text.line, &fact))
		return read_long(table, table->listing.text.line, mine);
	*mine = true;
	return read_fact(table, &fact);
}

static enum inq_status read_kstat(struct inq_ctx *ctx, struct inq_input *input, struct inq_builder *builder)
{
	struct table table = { .listing = inq_kernel_begin(ctx, input, builder) };
	bool mine, more = inq_kernel_find(&table.listing, is_heading);
	enum inq_status status = INQ_OK;
	while (more && status == INQ_OK) {
		status = read_line(&table, &mine);
		if (mine)
			inq_kernel_accept(&table.listing);
		else if (!inq_kernel_pass(&table.listing))
			break;
		more = inq_kernel_next(&table.listing);
	}
	if (status == INQ_OK)
		status = close_kstat(&table);
	value_vec_release(&table.values);
	inq_build_detail(builder, "%zu kstats", builder->space->kernel.kstats.count);
	return status == INQ_OK ? inq_kernel_end(&table.listing) : status;
}

const struct inq_format inq_format_kstat = {
	.name = "kstat",
	.about = "kernel statistics of Solaris: kstat, kstat -p",
	.text = true,
	.probe_line = probe,
	.read = read_kstat,
};
