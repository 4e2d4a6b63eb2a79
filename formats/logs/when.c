/* Dates as tombstones (ISO 8601), systemd (format_timestamp) and hs_err logs (asctime, with a zone since JDK 9) write them. */
#include "formats/logs/when.h"

#include <string.h>

struct date {
	uint64_t year, month, day, hour, minute, second;
};

/* Days since 1970 of the Gregorian calendar: years are counted from March, so that a leap day ends one. */
static uint64_t days_since_1970(const struct date *date)
{
	uint64_t year = date->year - (date->month <= 2), month = (date->month + 9) % 12;
	return year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + date->day - 1 - 719468;
}

static bool is_valid(const struct date *date)
{
	return date->year >= 1971 && date->year < 10000 && date->month >= 1 && date->month <= 12 && date->day >= 1 &&
	       date->day <= 31 && date->hour < 24 && date->minute < 60 && date->second < 61;
}

/* "05:46:46", with parts of a second or without. */
static bool take_clock(struct inq_span *rest, struct date *date)
{
	uint64_t part;
	*rest = inq_span_skip_blanks(*rest);
	if (!inq_take_decimal(rest, &date->hour) || !inq_take_char(rest, ':') ||
	    !inq_take_decimal(rest, &date->minute) || !inq_take_char(rest, ':') ||
	    !inq_take_decimal(rest, &date->second))
		return false;
	return !inq_take_char(rest, '.') || inq_take_decimal(rest, &part);
}

static bool take_iso(struct inq_span *rest, struct date *date)
{
	return inq_take_decimal(rest, &date->year) && inq_take_char(rest, '-') &&
	       inq_take_decimal(rest, &date->month) && inq_take_char(rest, '-') && inq_take_decimal(rest, &date->day) &&
	       take_clock(rest, date);
}

/* "Nov 22 05:46:46 2026" */
static bool take_asctime(struct inq_span *rest, struct date *date)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct inq_span month = inq_span_word(rest);
	for (size_t i = 0; month.length == 3 && i < 12; i++)
		if (memcmp(month.text, months + 3 * i, 3) == 0)
			date->month = i + 1;
	*rest = inq_span_skip_blanks(*rest);
	if (!date->month || !inq_take_decimal(rest, &date->day) || !take_clock(rest, date))
		return false;
	*rest = inq_span_skip_blanks(*rest);
	return inq_take_decimal(rest, &date->year);
}

/* "+0100", "-07:00", "Z", "UTC": seconds east of Greenwich. */
static bool take_zone(struct inq_span rest, int64_t *east)
{
	rest = inq_span_skip_blanks(rest);
	bool west = inq_span_starts(rest, "-");
	uint64_t hours, minutes;
	*east = 0;
	if (inq_take_char(&rest, '+') || inq_take_char(&rest, '-')) {
		struct inq_span pair = { rest.text, rest.length < 2 ? rest.length : 2 };
		if (!inq_span_decimal(pair, &hours))
			return false;
		rest = inq_span_after(rest, 2);
		inq_take_char(&rest, ':');
		pair = (struct inq_span) { rest.text, rest.length < 2 ? rest.length : 2 };
		if (!inq_span_decimal(pair, &minutes) || minutes > 59)
			return false;
		*east = (int64_t)(hours * 60 + minutes) * (west ? -60 : 60);
		return true;
	}
	struct inq_span word = inq_span_word(&rest);
	return inq_span_is(word, "UTC") || inq_span_is(word, "GMT") || inq_span_is(word, "Z");
}

bool inq_span_when(struct inq_span text, uint64_t *ret)
{
	struct date date = { 0 };
	struct inq_span rest = inq_span_skip_blanks(text), after = rest;
	int64_t east;
	if (rest.length && (rest.text[0] < '0' || rest.text[0] > '9')) {
		inq_span_word(&after); /* the day of the week */
		rest = inq_span_skip_blanks(after);
	}
	bool iso = rest.length && rest.text[0] >= '0' && rest.text[0] <= '9';
	if (!(iso ? take_iso(&rest, &date) : take_asctime(&rest, &date)) || !is_valid(&date) || !take_zone(rest, &east))
		return false;
	uint64_t seconds = days_since_1970(&date) * 86400 + date.hour * 3600 + date.minute * 60 + date.second;
	*ret = seconds - (uint64_t)east;
	return true;
}
