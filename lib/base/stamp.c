/* SPDX-License-Identifier: Apache-2.0 */
/* Points in time and durations as text; see stamp.h. */
#include "base/stamp.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define STAMP_LEAST_S	(-62135596800LL)	/* 0001-01-01T00:00:00Z */
#define STAMP_MOST_S	253402300799LL		/* 9999-12-31T23:59:59Z */

static bool
stamp_is_within(int64_t s)
{
	return s >= STAMP_LEAST_S && s <= STAMP_MOST_S;
}

static void
stamp_split(int64_t wall_ms, struct tm *ret_tm)
{
	int64_t s = wall_ms / 1000 - (wall_ms % 1000 < 0);
	time_t t;

	s = s < STAMP_LEAST_S ? STAMP_LEAST_S : s > STAMP_MOST_S ? STAMP_MOST_S : s;
	t = (time_t)s;
	gmtime_r(&t, ret_tm);
}

/* By hand: this runs at every signature, and strftime costs as much as a hash there. */
static char *
stamp_put(char *out, int value, int digits)
{
	for (int i = digits - 1; i >= 0; i--, value /= 10)
		out[i] = (char)('0' + value % 10);
	return out + digits;
}

/* `dash` and `colon` are one character each, or "". */
static char *
stamp_format(int64_t wall_ms, const char *dash, const char *colon, char *out)
{
	struct tm tm;
	char *p = out;

	stamp_split(wall_ms, &tm);
	p = stpcpy(stamp_put(p, tm.tm_year + 1900, 4), dash);
	p = stpcpy(stamp_put(p, tm.tm_mon + 1, 2), dash);
	p = stpcpy(stamp_put(p, tm.tm_mday, 2), "T");
	p = stpcpy(stamp_put(p, tm.tm_hour, 2), colon);
	p = stpcpy(stamp_put(p, tm.tm_min, 2), colon);
	stpcpy(stamp_put(p, tm.tm_sec, 2), "Z");
	return out;
}

char *
stamp_format_iso(int64_t wall_ms, char out[STAMP_ISO_SIZE])
{
	return stamp_format(wall_ms, "-", ":", out);
}

char *
stamp_format_amz(int64_t wall_ms, char out[STAMP_AMZ_SIZE])
{
	return stamp_format(wall_ms, "", "", out);
}

/* Reads exactly `digits` digits. */
static bool
stamp_take_number(const char **p, int digits, int *ret)
{
	int value = 0;

	for (int i = 0; i < digits; i++, (*p)++) {
		if (**p < '0' || **p > '9')
			return false;
		value = value * 10 + (**p - '0');
	}
	*ret = value;
	return true;
}

static bool
stamp_take(const char **p, char c)
{
	if (**p != c)
		return false;
	(*p)++;
	return true;
}

/* The parts must be a real date and time; the 31st of April is not. A leap second is the next. */
static bool
stamp_join(struct tm tm, int64_t *ret_s)
{
	struct tm copy = tm;
	time_t t;

	if (tm.tm_mon < 0 || tm.tm_mon > 11 || tm.tm_mday < 1 || tm.tm_hour > 23 || tm.tm_min > 59 ||
	    tm.tm_sec > 60)
		return false;
	copy.tm_sec = 0;
	t = timegm(&copy);
	if (copy.tm_mon != tm.tm_mon)
		return false;
	*ret_s = t + tm.tm_sec;
	return stamp_is_within(*ret_s);
}

static bool
stamp_take_date(const char **p, const char *dash, struct tm *tm)
{
	bool good = stamp_take_number(p, 4, &tm->tm_year) && (!*dash || stamp_take(p, '-')) &&
	    stamp_take_number(p, 2, &tm->tm_mon) && (!*dash || stamp_take(p, '-')) &&
	    stamp_take_number(p, 2, &tm->tm_mday);

	tm->tm_year -= 1900;
	tm->tm_mon -= 1;
	return good;
}

static bool
stamp_take_time(const char **p, const char *colon, struct tm *tm)
{
	return stamp_take_number(p, 2, &tm->tm_hour) && (!*colon || stamp_take(p, ':')) &&
	    stamp_take_number(p, 2, &tm->tm_min) && (!*colon || stamp_take(p, ':')) &&
	    stamp_take_number(p, 2, &tm->tm_sec);
}

/* 'Z' or +hh:mm; gives the seconds to add to reach UTC. */
static bool
stamp_take_zone(const char **p, int *ret_offset_s)
{
	int sign = **p == '-' ? 1 : -1, hours, minutes;

	*ret_offset_s = 0;
	if (stamp_take(p, 'Z'))
		return true;
	if (!stamp_take(p, '+') && !stamp_take(p, '-'))
		return false;
	if (!stamp_take_number(p, 2, &hours) || (**p == ':' && !stamp_take(p, ':')) ||
	    !stamp_take_number(p, 2, &minutes) || hours > 23 || minutes > 59)
		return false;
	*ret_offset_s = sign * (hours * 3600 + minutes * 60);
	return true;
}

bool
stamp_parse_iso(const char *p, int64_t *ret_wall_ms)
{
	struct tm tm = { 0 };
	int offset_s, ms = 0, digit = 100;
	int64_t s;

	if (!stamp_take_date(&p, "-", &tm) || !stamp_take(&p, 'T') || !stamp_take_time(&p, ":", &tm))
		return false;
	if (stamp_take(&p, '.')) {
		if (*p < '0' || *p > '9')
			return false;
		for (; *p >= '0' && *p <= '9'; p++, digit /= 10)
			ms += (*p - '0') * digit;
	}
	if (!stamp_take_zone(&p, &offset_s) || *p != '\0' || !stamp_join(tm, &s) ||
	    !stamp_is_within(s + offset_s))
		return false;
	*ret_wall_ms = (s + offset_s) * 1000 + ms;
	return true;
}

bool
stamp_parse_amz(const char *p, int64_t *ret_wall_ms)
{
	struct tm tm = { 0 };
	int64_t s;

	if (!stamp_take_date(&p, "", &tm) || !stamp_take(&p, 'T') || !stamp_take_time(&p, "", &tm) ||
	    !stamp_take(&p, 'Z') || *p != '\0' || !stamp_join(tm, &s))
		return false;
	*ret_wall_ms = s * 1000;
	return true;
}

bool
stamp_parse_http(const char *p, int64_t *ret_wall_ms)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct tm tm = { .tm_mon = -1 };
	int64_t s;

	if (strlen(p) != strlen("Sun, 30 Aug 2015 12:36:00 GMT") || p[3] != ',' || p[4] != ' ')
		return false;
	p += 5;
	if (!stamp_take_number(&p, 2, &tm.tm_mday) || !stamp_take(&p, ' '))
		return false;
	for (int i = 0; i < 12; i++)
		if (memcmp(p, months + i * 3, 3) == 0)
			tm.tm_mon = i;
	p += 3;
	if (!stamp_take(&p, ' ') || !stamp_take_number(&p, 4, &tm.tm_year) || !stamp_take(&p, ' ') ||
	    !stamp_take_time(&p, ":", &tm) || strcmp(p, " GMT") != 0)
		return false;
	tm.tm_year -= 1900;
	if (!stamp_join(tm, &s))
		return false;
	*ret_wall_ms = s * 1000;
	return true;
}

bool
stamp_parse_epoch(const char *text, int64_t *ret_wall_ms)
{
	char *end;
	double s;

	/* strtod() also reads what JSON does not write, such as hexadecimal numbers. */
	if ((text[0] != '-' && (text[0] < '0' || text[0] > '9')) ||
	    text[strspn(text, "+-.0123456789eE")] != '\0')
		return false;
	s = strtod(text, &end);
	if (*end != '\0' || !(s >= (double)STAMP_LEAST_S && s <= (double)STAMP_MOST_S))
		return false;
	*ret_wall_ms = (int64_t)llround(s * 1000.0);
	return true;
}

static const struct duration_unit {
	const char	*name;
	const char	*word;
	int64_t		 ms;
} duration_units[] = {
	{ "d",  "day",    86400000 },
	{ "h",  "hour",   3600000 },
	{ "m",  "minute", 60000 },
	{ "s",  "second", 1000 },
	{ "ms", "millisecond", 1 },
};

#define DURATION_UNITS	(sizeof(duration_units) / sizeof(duration_units[0]))

bool
duration_parse(const char *text, int64_t *ret_ms)
{
	char *end;
	int64_t n;

	if (text[0] < '1' || text[0] > '9')
		return false;
	n = strtoll(text, &end, 10);
	for (size_t i = 0; i < DURATION_UNITS; i++) {
		if (strcmp(end, duration_units[i].name) != 0)
			continue;
		if (n > INT64_C(1000) * 365 * 86400000 / duration_units[i].ms)
			return false;
		*ret_ms = n * duration_units[i].ms;
		return true;
	}
	return false;
}

char *
duration_format(int64_t ms, char *out, size_t size)
{
	size_t i = 0;

	while (i < DURATION_UNITS - 1 && (ms < duration_units[i].ms || ms % duration_units[i].ms != 0))
		i++;
	snprintf(out, size, "%" PRId64 "%s", ms / duration_units[i].ms, duration_units[i].name);
	return out;
}

char *
duration_describe(int64_t ms, char *out, size_t size)
{
	size_t i = 0;
	int64_t n;

	while (i < DURATION_UNITS - 1 && ms < duration_units[i].ms)
		i++;
	n = ms / duration_units[i].ms;
	snprintf(out, size, "%" PRId64 " %s%s", n, duration_units[i].word, n == 1 ? "" : "s");
	return out;
}
