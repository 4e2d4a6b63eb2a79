/* Messages: everything that is not the answer goes to standard error. */
#include "cli/command.h"

#include <ctype.h>
#include <stdarg.h>
#include <string.h>

enum { LONGEST_MESSAGE = 2048, LONGEST_WORD = 32, FAR = 3 };

/* A message may quote what the user typed, and that may be a hostile name that a shell expanded: what a terminal
 * obeys is shown as \xNN. */
static void put_safely(const char *message)
{
	for (const unsigned char *at = (const unsigned char *)message; *at; at++) {
		bool c1 = at[0] == 0xc2 && at[1] >= 0x80 && at[1] < 0xa0;
		if (*at < 0x20 || *at == 0x7f || c1)
			fprintf(stderr, "\\x%02x", c1 ? *++at : *at);
		else
			fputc(*at, stderr);
	}
}

__attribute__((format(printf, 1, 0))) static void tell(const char *format, va_list arguments)
{
	char message[LONGEST_MESSAGE];
	vsnprintf(message, sizeof(message), format, arguments);
	fputs("inquest: ", stderr);
	put_safely(message);
	fputc('\n', stderr);
}

void inq_tell(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	tell(format, arguments);
	va_end(arguments);
}

enum inq_exit inq_tell_usage(const struct inq_command *command, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	tell(format, arguments);
	va_end(arguments);
	if (command)
		fprintf(stderr, "try 'inquest %s --help'\n", command->name);
	else
		fputs("try 'inquest --help'\n", stderr);
	return INQ_EXIT_USAGE;
}

/* Levenshtein's distance, in one row. */
static unsigned distance(const char *word, const char *name)
{
	unsigned row[LONGEST_WORD + 1];
	size_t length = strlen(name);
	for (unsigned j = 0; j <= length; j++)
		row[j] = j;
	for (unsigned i = 1; word[i - 1]; i++) {
		unsigned diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= length; j++) {
			unsigned change = diagonal + (tolower((unsigned char)word[i - 1]) != name[j - 1]);
			unsigned insert = row[j - 1] + 1, remove = row[j] + 1;
			diagonal = row[j];
			row[j] = change < insert ? change : insert;
			row[j] = row[j] < remove ? row[j] : remove;
		}
	}
	return row[length];
}

void inq_nearest_try(struct inq_nearest *nearest, const char *name)
{
	if (strlen(nearest->word) > LONGEST_WORD || strlen(name) > LONGEST_WORD)
		return;
	size_t length = strlen(nearest->word);
	bool begins = length > 1 && strncmp(nearest->word, name, length) == 0;
	unsigned far = begins ? 0 : distance(nearest->word, name);
	if (far < FAR && far < strlen(name) && (!nearest->name || far < nearest->distance)) {
		nearest->distance = far;
		nearest->name = name;
	}
}
