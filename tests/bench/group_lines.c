/* Groups signatures that it reads as lines, for tests and measurements: PATH, PROGRAM, HASH, KIND, BUCKET, whether inlined
 * functions are known (0 or 1), frames and places (each joined by U+001F), with tabs between. Prints the number of each
 * path's group, then the time that grouping took. */
#include "lib/group/group.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { FIELDS = 8, MOST_FRAMES = 32 };

static size_t split(char *text, char separator, char **parts, size_t most)
{
	size_t count = 0;
	while (text && *text && count < most) {
		char *end = strchr(text, separator);
		parts[count++] = text;
		if (end)
			*end++ = '\0';
		text = end;
	}
	return count;
}

static bool add_line(struct inq_groups *groups, char *line)
{
	char *fields[FIELDS] = { NULL }, *frames[MOST_FRAMES] = { NULL }, *places[MOST_FRAMES] = { NULL };
	line[strcspn(line, "\n")] = '\0';
	for (size_t i = 0; i < FIELDS && line; i++) { /* fields may be empty */
		fields[i] = line;
		line = strchr(line, '\t');
		if (line)
			*line++ = '\0';
	}
	if (!fields[FIELDS - 1])
		return false;
	struct inq_signature signature = { .hash = fields[2],
					   .text = fields[3],
					   .kind = fields[3],
					   .bucket = fields[4],
					   .inlines_known = fields[5][0] == '1',
					   .severity = INQ_SEVERITY_MEDIUM };
	signature.frame_count = split(fields[6], '\x1f', frames, MOST_FRAMES);
	split(fields[7], '\x1f', places, MOST_FRAMES);
	for (size_t i = 0; i < signature.frame_count; i++)
		if (!places[i] || strcmp(places[i], "-") == 0)
			places[i] = "";
	signature.frames = (const char *const *)frames;
	signature.places = (const char *const *)places;
	return inq_groups_add(groups, &(struct inq_group_member) { .path = fields[0],
								   .program = fields[1],
								   .seen = INQ_UNKNOWN,
								   .signature = &signature }) == INQ_OK;
}

static double now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(void)
{
	struct inq_groups *groups = inq_groups_create();
	const struct inq_triage_group *made;
	size_t count, size = 0;
	char *line = NULL;
	double begun = now();
	while (groups && getline(&line, &size, stdin) > 0)
		if (!add_line(groups, line))
			return 1;
	if (!groups || inq_groups_make(groups, &made, &count) != INQ_OK)
		return 1;
	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < made[i].size; k++)
			printf("%" PRIu64 "\t%s\n", made[i].number, made[i].members[k]);
		for (size_t k = 0; k < made[i].explanation_count; k++)
			printf("#\t%" PRIu64 "\t%s\n", made[i].number, made[i].explanation[k]);
	}
	printf("# %.3f seconds\n", now() - begun);
	inq_groups_destroy(groups);
	free(line);
	return 0;
}
