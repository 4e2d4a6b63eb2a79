/* The rule file: which frames are plumbing. share/inquest/signature.rules says how it is written, and is the built-in one. */
#include "lib/signature/parts.h"

#include "lib/base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Of a file: more is no rule file. */
enum { LARGEST_FILE = 1 << 20, MOST_RULES = 1 << 14, LONGEST_WORD = 255 };

/* Generated from share/inquest/signature.rules. */
extern const char inq_builtin_rules[];
extern const size_t inq_builtin_rules_size;

/* The first bytes of a name as one number, and of a pattern those before its first `*` or `?`: most names fail there. */
struct start {
	uint64_t bytes, mask;
};

struct rule {
	enum inq_rule_action action;
	struct start object_start, function_start;
	const char *object; /* NULL: of any */
	const char *function;
	const char *name; /* the new one; NULL for a rule that does not rename */
	const char *section;
	uint16_t next; /* in its chain; NONE */
};

INQ_VEC(rule_vec, struct rule)

enum { NONE = UINT16_MAX, ANY = '*' };

/* The first rule of each chain. A chain holds, in their order, the rules for functions whose names begin with one byte; that
 * of ANY those for names that may begin with any. A name is asked of two chains, not of hundreds of rules. */
struct chains {
	uint16_t first[UINT8_MAX + 1];
};

struct inq_rules {
	struct rule *items;
	struct chains actions, renames;
};

struct reading {
	struct inq_ctx *ctx;
	struct rule_vec rules;
	const char *section;
	uint64_t line;
	bool builtin; /* reads the built-in ones */
};

bool inq_is_like_pattern(const char *text, const char *pattern)
{
	const char *star = NULL, *resume = text;
	while (*text) {
		if (*pattern == '*') {
			star = ++pattern;
			resume = text;
		} else if (*pattern == *text || *pattern == '?') {
			pattern++;
			text++;
		} else if (star) {
			pattern = star;
			text = ++resume;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}

static bool next_word(const char **at, const char *end, const char **word, size_t *length)
{
	while (*at < end && (**at == ' ' || **at == '\t' || **at == '\r'))
		++*at;
	*word = *at;
	while (*at < end && **at != ' ' && **at != '\t' && **at != '\r' && **at != '#')
		++*at;
	*length = (size_t)(*at - *word);
	return *length != 0;
}

static void complain(struct reading *reading, const char *what)
{
	inq_warn(reading->ctx, INQ_PLACE_LINE, reading->line, "%s; the line was left out", what);
}

static struct rule *add_rule(struct reading *reading, enum inq_rule_action action, const char *word, size_t length)
{
	struct inq_arena *arena = reading->ctx->arena;
	const char *bang = memchr(word, '!', length);
	struct rule *rule = NULL;
	if (length > LONGEST_WORD || reading->rules.count >= MOST_RULES) {
		complain(reading, length > LONGEST_WORD ? "a pattern is too long" : "there are too many rules");
		return NULL;
	}
	rule = rule_vec_push(&reading->rules);
	if (!rule) {
		inq_no_memory(reading->ctx);
		return NULL;
	}
	rule->action = action;
	rule->section = reading->section;
	rule->object = bang ? inq_arena_copy(arena, word, (size_t)(bang - word)) : NULL;
	rule->function =
		inq_arena_copy(arena, bang ? bang + 1 : word, bang ? length - (size_t)(bang - word) - 1 : length);
	if (!rule->function || (bang && !rule->object)) {
		reading->rules.count--;
		inq_no_memory(reading->ctx);
		return NULL;
	}
	return rule;
}

static void read_rename(struct reading *reading, const char *at, const char *end)
{
	const char *pattern, *name;
	size_t pattern_length, name_length;
	if (!next_word(&at, end, &pattern, &pattern_length) || !next_word(&at, end, &name, &name_length)) {
		complain(reading, "`rename` needs a pattern and a name");
		return;
	}
	struct rule *rule = add_rule(reading, INQ_RULE_KEEP, pattern, pattern_length);
	if (rule) {
		rule->name = inq_arena_copy(reading->ctx->arena, name, name_length);
		if (!rule->name) {
			reading->rules.count--;
			inq_no_memory(reading->ctx);
		}
	}
}

static void read_section(struct reading *reading, const char *word, size_t length)
{
	if (length < 3 || word[length - 1] != ']') {
		complain(reading, "the name of a section stands between [ and ]");
		return;
	}
	const char *name = inq_arena_copy(reading->ctx->arena, word + 1, length - 2);
	if (name)
		reading->section = name;
	else
		inq_no_memory(reading->ctx);
}

static void read_text(struct reading *reading, const char *text, size_t size);

static void read_builtin(struct reading *reading)
{
	struct reading inner = { .ctx = reading->ctx, .rules = reading->rules, .section = "rules", .builtin = true };
	if (reading->builtin) {
		complain(reading, "`builtin` names itself");
		return;
	}
	read_text(&inner, inq_builtin_rules, inq_builtin_rules_size);
	reading->rules = inner.rules;
}

static void read_line(struct reading *reading, const char *at, const char *end)
{
	static const struct {
		const char *word;
		enum inq_rule_action action;
	} actions[] = { { "keep", INQ_RULE_KEEP },
			{ "skip", INQ_RULE_SKIP },
			{ "inner", INQ_RULE_INNER },
			{ "outer", INQ_RULE_OUTER },
			{ "entry", INQ_RULE_ENTRY } };
	const char *word;
	size_t length;
	if (!next_word(&at, end, &word, &length))
		return;
	if (*word == '[') {
		read_section(reading, word, length);
		return;
	}
	for (size_t i = 0; i < sizeof actions / sizeof *actions; i++) {
		if (length != strlen(actions[i].word) || memcmp(word, actions[i].word, length) != 0)
			continue;
		while (next_word(&at, end, &word, &length))
			add_rule(reading, actions[i].action, word, length);
		return;
	}
	if (length == strlen("rename") && memcmp(word, "rename", length) == 0)
		read_rename(reading, at, end);
	else if (length == strlen("builtin") && memcmp(word, "builtin", length) == 0)
		read_builtin(reading);
	else
		complain(reading, "a rule begins with keep, skip, inner, outer, entry, rename or builtin");
}

static void read_text(struct reading *reading, const char *text, size_t size)
{
	const char *end = text + size;
	while (text < end) {
		const char *feed = memchr(text, '\n', (size_t)(end - text));
		const char *stop = feed ? feed : end;
		reading->line++;
		read_line(reading, text, stop);
		text = feed ? feed + 1 : end;
	}
}

/* The whole file, in the arena; NULL with a warning. */
static const char *read_file(struct inq_ctx *ctx, const char *path, size_t *size)
{
	struct stat info;
	int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char *text = NULL;
	*size = 0;
	if (file < 0) {
		inq_warn(ctx, INQ_PLACE_NONE, 0, "cannot open the rule file: %s", strerror(errno));
		return NULL;
	}
	if (fstat(file, &info) < 0 || !S_ISREG(info.st_mode) || info.st_size > LARGEST_FILE)
		inq_warn(ctx, INQ_PLACE_NONE, 0, "this is no rule file: not a file of at most 1 MiB");
	else if (!(text = inq_arena_alloc(ctx->arena, (size_t)info.st_size + 1)))
		inq_no_memory(ctx);
	for (ssize_t got = 1; text && got > 0 && *size < (size_t)info.st_size;) {
		got = read(file, text + *size, (size_t)info.st_size - *size);
		*size += got > 0 ? (size_t)got : 0;
	}
	close(file);
	return text;
}

/* Behind a name that ends within them zeros follow, which must be equal too. NULL, of a pattern: any name fits. */
static struct start start_of(const char *text, bool pattern)
{
	struct start start = { 0 };
	size_t length = 0;
	if (!text)
		return start;
	while (length < sizeof start.bytes && text[length] &&
	       !(pattern && (text[length] == ANY || text[length] == '?')))
		length++;
	memcpy(&start.bytes, text, length);
	memset(&start.mask, UINT8_MAX, length < sizeof start.mask && text[length] ? length : sizeof start.mask);
	return start;
}

static bool may_fit(const struct start *pattern, const struct start *name)
{
	return (name->bytes & pattern->mask) == pattern->bytes;
}

/* The rules that rename, or those that do not. From the last to the first: each is put before those behind it. */
static void chain(struct rule *rules, size_t count, bool renames, struct chains *ret)
{
	for (size_t lead = 0; lead <= UINT8_MAX; lead++)
		ret->first[lead] = NONE;
	for (size_t i = count; i-- > 0;) {
		if ((rules[i].name != NULL) != renames)
			continue;
		uint8_t lead = (uint8_t)*rules[i].function;
		uint16_t *first = &ret->first[lead == '?' ? ANY : lead];
		rules[i].next = *first;
		rules[i].object_start = start_of(rules[i].object, true);
		rules[i].function_start = start_of(rules[i].function, true);
		*first = (uint16_t)i;
	}
}

/* Keeps the rules in the arena. */
static enum inq_status keep(struct reading *reading, const struct inq_rules **ret)
{
	size_t count = reading->rules.count;
	struct inq_rules *rules = inq_arena_alloc(reading->ctx->arena, sizeof *rules);
	struct rule *items = rules ? inq_arena_array(reading->ctx->arena, count + 1, sizeof *items) : NULL;
	if (items && count)
		memcpy(items, reading->rules.items, count * sizeof *items);
	rule_vec_release(&reading->rules);
	if (!items || reading->ctx->no_memory)
		return inq_no_memory(reading->ctx);
	rules->items = items;
	chain(items, count, false, &rules->actions);
	chain(items, count, true, &rules->renames);
	*ret = rules;
	return INQ_OK;
}

enum inq_status inq_rules_load(struct inq_ctx *ctx, const char *path, const struct inq_rules **ret)
{
	struct reading reading = { .ctx = ctx, .section = "rules" };
	const char *before = ctx->artefact, *text = NULL;
	size_t size;
	if (!path) {
		read_builtin(&reading);
		return keep(&reading, ret);
	}
	ctx->artefact = path;
	text = read_file(ctx, path, &size);
	if (text)
		read_text(&reading, text, size);
	ctx->artefact = before;
	if (!text)
		return ctx->no_memory ? INQ_NO_MEMORY : INQ_UNUSABLE;
	return keep(&reading, ret);
}

static bool fits(const struct rule *rule, const char *object, const char *function)
{
	if (rule->object && !(object && inq_is_like_pattern(object, rule->object)))
		return false;
	return inq_is_like_pattern(function, rule->function);
}

/* The first that fits; NULL. */
static const struct rule *find(const struct inq_rules *rules, const struct chains *chains, const char *object,
			       const char *function)
{
	function = function ? function : "";
	const struct start object_start = start_of(object, false), function_start = start_of(function, false);
	uint16_t own = chains->first[(uint8_t)*function], any = chains->first[ANY];
	while (own != NONE || any != NONE) {
		uint16_t *at = own < any ? &own : &any;
		const struct rule *rule = &rules->items[*at];
		if (may_fit(&rule->object_start, &object_start) && may_fit(&rule->function_start, &function_start) &&
		    fits(rule, object, function))
			return rule;
		*at = rule->next;
	}
	return NULL;
}

enum inq_rule_action inq_rule_of(const struct inq_rules *rules, const char *object, const char *function,
				 const char **section)
{
	const struct rule *rule = find(rules, &rules->actions, object, function);
	if (rule)
		*section = rule->section;
	return rule ? rule->action : INQ_RULE_KEEP;
}

const char *inq_rule_rename(const struct inq_rules *rules, const char *object, const char *function,
			    const char **section)
{
	const struct rule *rule = find(rules, &rules->renames, object, function);
	if (rule)
		*section = rule->section;
	return rule ? rule->name : NULL;
}
