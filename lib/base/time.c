/* Points in time as text, and back. */
#include "lib/base/time.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { NANOSECOND_DIGITS = 9 };

static const uint64_t end_of_year_9999 = 253402300799;

bool inq_time_has_text(uint64_t seconds)
{
	return seconds <= end_of_year_9999;
}

const char *inq_time_text(struct inq_arena *arena, uint64_t seconds, uint32_t nanoseconds)
{
	struct tm tm;
	char text[32];
	time_t when = (time_t)seconds;
	if (!inq_time_has_text(seconds) || nanoseconds > 999999999 || !gmtime_r(&when, &tm))
		return NULL;
	size_t length = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &tm);
	text[length] = '\0';
	if (nanoseconds)
		return inq_arena_printf(arena, "%s.%09uZ", text, nanoseconds);
	return inq_arena_printf(arena, "%sZ", text);
}

/* Up to nine digits behind the point, the first of which are tenths. */
static bool read_fraction(const char **at, uint32_t *nanoseconds)
{
	unsigned digits = 0;
	*nanoseconds = 0;
	if (**at != '.')
		return true;
	for (++*at; **at >= '0' && **at <= '9' && digits < NANOSECOND_DIGITS; digits++)
		*nanoseconds = *nanoseconds * 10 + (uint32_t)(*(*at)++ - '0');
	for (unsigned i = digits; i < NANOSECOND_DIGITS; i++)
		*nanoseconds *= 10;
	return digits > 0;
}

bool inq_time_read(const char *text, uint64_t *seconds, uint32_t *nanoseconds)
{
	struct tm tm = { 0 };
	const char *at = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
	if (!at || !read_fraction(&at, nanoseconds) || strcmp(at, "Z") != 0)
		return false;
	time_t when = timegm(&tm);
	if (when < 0 || !inq_time_has_text((uint64_t)when))
		return false;
	*seconds = (uint64_t)when;
	return true;
}
