/* The line on a terminal that says how far a batch is: one line on standard error, written over and over. */
#include "cli/command.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BAR = 20 };

bool inq_progress_wanted(const struct inq_cli *cli)
{
	const char *term = getenv("TERM");
	return !cli->quiet && isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0;
}

void inq_progress_clear(void)
{
	fputs("\r\033[K", stderr);
}

static void put_bar(uint64_t ended, uint64_t found)
{
	uint64_t full = found ? ended * BAR / found : 0;
	fputc('[', stderr);
	for (unsigned i = 0; i < BAR; i++)
		fputc(i < full ? '#' : '.', stderr);
	fputs("] ", stderr);
}

/* As long as inputs are still looked for, nobody knows how many there will be. */
static void put_time_left(const struct inq_triage_progress *progress, double rate)
{
	uint64_t ended = progress->done + progress->skipped;
	if (!progress->all_found || rate <= 0 || ended >= progress->found)
		return;
	double left = (double)(progress->found - ended) / rate;
	if (left < 100 * 3600.0)
		fprintf(stderr, ", %u:%02u:%02u left", (unsigned)left / 3600, (unsigned)left / 60 % 60,
			(unsigned)left % 60);
}

void inq_progress_show(const struct inq_triage_progress *progress)
{
	double rate = progress->seconds > 0 ? (double)progress->done / progress->seconds : 0;
	uint64_t ended = progress->done + progress->skipped;
	inq_progress_clear();
	put_bar(ended, progress->found);
	fprintf(stderr, "%" PRIu64 " of %" PRIu64 "%s, %.0f/s", ended, progress->found,
		progress->all_found ? "" : " or more", rate);
	put_time_left(progress, rate);
	fprintf(stderr, ", %" PRIu64 " groups", progress->groups);
	if (progress->failed)
		fprintf(stderr, ", %" PRIu64 " failed", progress->failed);
	fflush(stderr);
}
