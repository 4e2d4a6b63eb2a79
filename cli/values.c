/* Values of options: sizes, lengths and points of time. */
#include "cli/command.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

bool inq_parse_size(const char *value, uint64_t *ret)
{
	static const char units[] = "kmgt";
	char *end;
	errno = 0;
	uint64_t size = strtoull(value, &end, 10);
	const char *unit = *end ? strchr(units, *end | 0x20) : NULL;
	unsigned shift = unit ? 10 * (unsigned)(unit - units + 1) : 0;
	bool good = value[0] >= '0' && value[0] <= '9' && !errno && (!*end || (unit && !end[1])) &&
		    size <= UINT64_MAX >> shift;
	if (good)
		*ret = size << shift;
	return good;
}

bool inq_parse_seconds(const char *value, double *ret)
{
	static const char units[] = "smhd";
	static const double seconds[] = { 1, 60, 3600, 86400 };
	char *end;
	double number = strtod(value, &end);
	const char *unit = *end ? strchr(units, *end) : units;
	if (end == value || !unit || (*end && end[1]) || !(number > 0) || !isfinite(number))
		return false;
	*ret = number * seconds[unit - units];
	return true;
}

bool inq_parse_time(const char *value, uint64_t *ret)
{
	static const char *const forms[] = { "%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%SZ" };
	double ago;
	if (inq_parse_seconds(value, &ago)) {
		double when = (double)time(NULL) - ago;
		*ret = when > 0 ? (uint64_t)when : 0;
		return true;
	}
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		struct tm tm = { 0 };
		const char *end = strptime(value, forms[i], &tm);
		time_t when = end && !*end ? timegm(&tm) : -1;
		if (when < 0)
			continue;
		*ret = (uint64_t)when;
		return true;
	}
	return false;
}
