/* Reads a Java command line, word by word. */
#include "lib/jvm/flags.h"

#include "lib/base/checked.h"

#include <ctype.h>
#include <string.h>

struct word {
	const char *text;
	size_t length;
};

static const char *const names[] = {
#define INQ_JVM_OPTION(id, name) name,
#include "lib/jvm/flags.def"
#undef INQ_JVM_OPTION
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool next_word(const char **cursor, struct word *ret)
{
	while (is_blank(**cursor))
		(*cursor)++;
	ret->text = *cursor;
	while (**cursor && !is_blank(**cursor))
		(*cursor)++;
	ret->length = (size_t)(*cursor - ret->text);
	return ret->length > 0;
}

static bool is(struct word word, const char *text)
{
	return word.length == strlen(text) && memcmp(word.text, text, word.length) == 0;
}

/* Takes `prefix` off. */
static bool take(struct word *word, const char *prefix)
{
	size_t length = strlen(prefix);
	if (word->length < length || memcmp(word->text, prefix, length) != 0)
		return false;
	word->text += length;
	word->length -= length;
	return true;
}

static bool unit_shift(char c, unsigned *ret)
{
	static const char units[] = "kmgt";
	const char *at = c ? strchr(units, tolower((unsigned char)c)) : NULL;
	if (at)
		*ret = 10 * (unsigned)(at - units + 1);
	return at != NULL;
}

static unsigned digit_value(char c)
{
	return isdigit((unsigned char)c)    ? (unsigned)(c - '0')
	       : isxdigit((unsigned char)c) ? (unsigned)(tolower((unsigned char)c) - 'a') + 10
					    : 16;
}

/* "512m", "1024", "0x80000000"; false for anything else, as HotSpot refuses it. */
static bool read_size(struct word word, uint64_t *ret)
{
	unsigned shift = 0;
	unsigned base = take(&word, "0x") || take(&word, "0X") ? 16 : 10;
	if (word.length && unit_shift(word.text[word.length - 1], &shift))
		word.length--;
	uint64_t value = 0;
	for (size_t i = 0; i < word.length; i++) {
		unsigned digit = digit_value(word.text[i]);
		if (digit >= base || !inq_mul(value, base, &value) || !inq_add(value, digit, &value))
			return false;
	}
	return word.length && inq_mul(value, (uint64_t)1 << shift, ret);
}

static void set(struct inq_jvm_options *options, enum inq_jvm_option_id id, uint64_t value)
{
	options->items[id] = (struct inq_jvm_option) { true, value };
}

static void set_size(struct inq_jvm_options *options, enum inq_jvm_option_id id, struct word word)
{
	uint64_t size;
	if (read_size(word, &size))
		set(options, id, size);
}

/* "+UseG1GC", "-UseCompressedOops", "NewRatio=8". */
static void read_long(struct inq_jvm_options *options, struct word word)
{
	bool on = word.length && word.text[0] == '+';
	bool is_switch = on || (word.length && word.text[0] == '-');
	if (is_switch)
		word = (struct word) { word.text + 1, word.length - 1 };
	for (int i = 0; i < INQ_JVM_OPTION_COUNT; i++) {
		struct word rest = word;
		if (!take(&rest, names[i]))
			continue;
		if (is_switch && !rest.length)
			set(options, (enum inq_jvm_option_id)i, on);
		else if (!is_switch && take(&rest, "="))
			set_size(options, (enum inq_jvm_option_id)i, rest);
	}
}

static void read_young(struct inq_jvm_options *options, struct word word)
{
	set_size(options, INQ_JVM_OPTION_new_size, word);
	set_size(options, INQ_JVM_OPTION_max_new_size, word);
}

static void read_initial(struct inq_jvm_options *options, struct word word)
{
	set_size(options, INQ_JVM_OPTION_initial_heap, word);
	set_size(options, INQ_JVM_OPTION_min_heap, word);
}

/* What java(1) documents beside -XX: options. */
static void read_option(struct inq_jvm_options *options, struct word word)
{
	options->any |= word.length > 2 && word.text[1] == 'X';
	if (take(&word, "-XX:"))
		read_long(options, word);
	else if (take(&word, "-Xmx"))
		set_size(options, INQ_JVM_OPTION_max_heap, word);
	else if (take(&word, "-Xms"))
		read_initial(options, word);
	else if (take(&word, "-Xmn"))
		read_young(options, word);
	else if (take(&word, "-Xss"))
		set_size(options, INQ_JVM_OPTION_stack_size, word);
	else if (is(word, "-server"))
		options->server = true;
	else if (is(word, "-client"))
		options->client = true;
	else if (is(word, "-Xint"))
		options->interpreted = true;
}

/* Whether the next word is this option's value. */
static bool takes_a_word(struct word word)
{
	static const char *const options[] = { "-cp",
					       "-classpath",
					       "-p",
					       "-m",
					       "--class-path",
					       "--module-path",
					       "--upgrade-module-path",
					       "--add-modules",
					       "--add-exports",
					       "--add-opens",
					       "--add-reads",
					       "--patch-module",
					       "--limit-modules",
					       "--enable-native-access",
					       NULL };
	for (size_t i = 0; options[i]; i++)
		if (is(word, options[i]))
			return true;
	return false;
}

/* The name of a main class. What has other characters is a piece of a path with blanks in it, and does not end the
 * options. */
static bool is_class_name(struct word word)
{
	for (size_t i = 0; i < word.length; i++)
		if (!isalnum((unsigned char)word.text[i]) && !strchr("._$", word.text[i]))
			return false;
	return true;
}

static bool is_launcher(struct word word)
{
	for (size_t i = word.length; i-- > 0;)
		if (word.text[i] == '/') {
			word = (struct word) { word.text + i + 1, word.length - i - 1 };
			break;
		}
	return is(word, "java") || is(word, "javaw") || is(word, "jsvc");
}

/* Systems keep only so much of a command line (Linux cores 79 bytes), and then it ends before the program's name. */
static bool is_last(const char *text)
{
	while (is_blank(*text))
		text++;
	return *text == '\0';
}

void inq_jvm_options_read(struct inq_jvm_options *options, const char *text)
{
	struct word word;
	if (!text)
		return;
	bool whole = *text && *text != '-' && next_word(&text, &word); /* from the launcher on */
	if (whole)
		options->java |= is_launcher(word);
	while (next_word(&text, &word)) {
		if (is(word, "-jar") || (word.text[0] != '-' && is_class_name(word)))
			return;
		if (whole && is_last(text)) {
			options->cut = true; /* this is perhaps half a word */
			return;
		}
		read_option(options, word);
		if (takes_a_word(word))
			next_word(&text, &word);
	}
}

uint64_t inq_jvm_option(const struct inq_jvm_options *options, enum inq_jvm_option_id id, uint64_t otherwise)
{
	return options->items[id].set ? options->items[id].value : otherwise;
}

bool inq_jvm_option_on(const struct inq_jvm_options *options, enum inq_jvm_option_id id)
{
	return inq_jvm_option(options, id, 0) != 0;
}

const char *inq_jvm_option_name(enum inq_jvm_option_id id)
{
	return names[id];
}
