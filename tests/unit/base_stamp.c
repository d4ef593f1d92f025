/* SPDX-License-Identifier: Apache-2.0 */
/* Times and durations, and what only looks like them. */
#include "base/stamp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))
#define BAD		STAMP_UNKNOWN

struct stamp_case {
	const char	*text;
	int64_t		 wall_ms;	/* BAD: refused */
};

static void
check(bool (*parse)(const char *, int64_t *), const struct stamp_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int64_t wall_ms = 7;
		bool good = parse(cases[i].text, &wall_ms);

		if (good != (cases[i].wall_ms != BAD) || wall_ms != (good ? cases[i].wall_ms : 7))
			fail_msg("\"%s\": %d %lld", cases[i].text, good, (long long)wall_ms);
	}
}

static void
iso_times_are_read(void **state)
{
	static const struct stamp_case cases[] = {
		{ "1970-01-01T00:00:00Z", 0 },
		{ "2015-08-30T12:36:00Z", INT64_C(1440938160000) },
		{ "2015-08-30T12:36:00.5Z", INT64_C(1440938160500) },
		{ "2015-08-30T12:36:00.123456789Z", INT64_C(1440938160123) },
		{ "2015-08-30T12:36:00+00:00", INT64_C(1440938160000) },
		{ "2015-08-30T14:36:00+02:00", INT64_C(1440938160000) },
		{ "2015-08-30T07:06:00-0530", INT64_C(1440938160000) },
		{ "1969-12-31T23:59:59.250Z", -750 },
		{ "2024-02-29T00:00:00Z", INT64_C(1709164800000) },
		{ "0001-01-01T00:00:00Z", INT64_C(-62135596800000) },
		{ "9999-12-31T23:59:59Z", INT64_C(253402300799000) },
		{ "2016-12-31T23:59:60Z", INT64_C(1483228800000) },	/* a leap second */
		{ "2023-02-29T00:00:00Z", BAD },
		{ "2023-02-30T00:00:60Z", BAD },
		{ "2015-04-31T00:00:00Z", BAD },
		{ "2015-13-01T00:00:00Z", BAD },
		{ "2015-00-01T00:00:00Z", BAD },
		{ "2015-01-00T00:00:00Z", BAD },
		{ "2015-01-32T00:00:00Z", BAD },
		{ "2015-01-01T24:00:00Z", BAD },
		{ "2015-01-01T00:60:00Z", BAD },
		{ "2015-01-01T00:00:61Z", BAD },
		{ "2015-01-01T00:00:00", BAD },
		{ "2015-01-01T00:00:00z", BAD },
		{ "2015-01-01 00:00:00Z", BAD },
		{ "2015-01-01T00:00:00.Z", BAD },
		{ "2015-01-01T00:00:00+24:00", BAD },
		{ "2015-01-01T00:00:00+0", BAD },
		{ "2015-01-01T00:00:00Zx", BAD },
		{ "2015-1-01T00:00:00Z", BAD },
		{ "+2015-01-01T00:00:00Z", BAD },
		{ "0000-01-01T00:00:00Z", BAD },
		{ "0001-01-01T00:00:00+01:00", BAD },		/* in the year 0, seen from UTC */
		{ "9999-12-31T23:59:59-01:00", BAD },
		{ "", BAD },
	};

	(void)state;
	check(stamp_parse_iso, cases, COUNT(cases));
}

static void
other_times_are_read(void **state)
{
	static const struct stamp_case amz[] = {
		{ "20150830T123600Z", INT64_C(1440938160000) },
		{ "20150830T123600", BAD }, { "20150830123600Z", BAD }, { "2015-08-30T12:36:00Z", BAD },
		{ "20150832T123600Z", BAD }, { "20150830T123600Z ", BAD }, { "", BAD },
	}, http[] = {
		{ "Sun, 30 Aug 2015 12:36:00 GMT", INT64_C(1440938160000) },
		{ "Thu, 01 Jan 1970 00:00:00 GMT", 0 },
		{ "Sun, 30 aug 2015 12:36:00 GMT", BAD },
		{ "Sun, 30 ugS 2015 12:36:00 GMT", BAD },
		{ "Sun, 30 Aug 2015 12:36:00 UTC", BAD },
		{ "Sun, 32 Aug 2015 12:36:00 GMT", BAD },
		{ "Sun, 30 Aug 2015 12:36:0x GMT", BAD },
		{ "Sunday, 30-Aug-15 12:36:00 GMT", BAD },
		{ "Sun Aug 30 12:36:00 2015", BAD },
		{ "", BAD },
	}, epoch[] = {
		{ "0", 0 }, { "1440938160", INT64_C(1440938160000) },
		{ "1440938160.5", INT64_C(1440938160500) }, { "1.440938160123E9", INT64_C(1440938160123) },
		{ "1440938160.999", INT64_C(1440938160999) },
		{ "-1", -1000 }, { "-0.5", -500 },
		{ "", BAD }, { " 1", BAD }, { "1 ", BAD }, { "+1", BAD }, { "nan", BAD }, { "inf", BAD },
		{ "-inf", BAD }, { "-nan", BAD }, { "1e400", BAD }, { "253402300800", BAD },
		{ "1440938160000", BAD },		/* these are milliseconds */
		{ "0x10", BAD }, { "1e", BAD }, { "-", BAD },
	};

	(void)state;
	check(stamp_parse_amz, amz, COUNT(amz));
	check(stamp_parse_http, http, COUNT(http));
	check(stamp_parse_epoch, epoch, COUNT(epoch));
}

static void
times_are_written(void **state)
{
	static const struct {
		int64_t		 wall_ms;
		const char	*iso, *amz;
	} cases[] = {
		{ 0, "1970-01-01T00:00:00Z", "19700101T000000Z" },
		{ INT64_C(1440938160999), "2015-08-30T12:36:00Z", "20150830T123600Z" },
		{ -1, "1969-12-31T23:59:59Z", "19691231T235959Z" },
		{ -1000, "1969-12-31T23:59:59Z", "19691231T235959Z" },
		{ INT64_C(253402300799000), "9999-12-31T23:59:59Z", "99991231T235959Z" },
		{ INT64_C(-62135596800000), "0001-01-01T00:00:00Z", "00010101T000000Z" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char iso[STAMP_ISO_SIZE], amz[STAMP_AMZ_SIZE];
		int64_t wall_ms;

		assert_string_equal(stamp_format_iso(cases[i].wall_ms, iso), cases[i].iso);
		assert_string_equal(stamp_format_amz(cases[i].wall_ms, amz), cases[i].amz);
		assert_true(stamp_parse_iso(iso, &wall_ms));
		assert_true(stamp_parse_amz(amz, &wall_ms));
	}
}

/* The machine's time zone must not matter. */
static void
times_are_utc(void **state)
{
	char iso[STAMP_ISO_SIZE];
	int64_t wall_ms;

	(void)state;
	setenv("TZ", "America/New_York", 1);
	tzset();
	assert_true(stamp_parse_iso("2015-08-30T12:36:00Z", &wall_ms));
	assert_int_equal(wall_ms, INT64_C(1440938160000));
	assert_string_equal(stamp_format_iso(wall_ms, iso), "2015-08-30T12:36:00Z");
	unsetenv("TZ");
	tzset();
}

static void
durations_are_read(void **state)
{
	static const struct stamp_case cases[] = {
		{ "1ms", 1 }, { "500ms", 500 }, { "30s", 30000 }, { "5m", 300000 },
		{ "12h", INT64_C(43200000) }, { "7d", INT64_C(604800000) },
		{ "365000d", INT64_C(31536000000000) },
		{ "0s", BAD }, { "05s", BAD }, { "-5s", BAD }, { "5", BAD }, { "5 s", BAD }, { "5S", BAD },
		{ "1.5h", BAD }, { "1h30m", BAD }, { "s", BAD }, { "", BAD }, { "5w", BAD },
		{ "365001d", BAD }, { "99999999999999999999s", BAD },
	};

	(void)state;
	check(duration_parse, cases, COUNT(cases));
}

static void
durations_are_written(void **state)
{
	static const struct {
		int64_t		 ms;
		const char	*exact, *words;
	} cases[] = {
		{ 0, "0ms", "0 milliseconds" }, { 1, "1ms", "1 millisecond" }, { 1000, "1s", "1 second" },
		{ 1500, "1500ms", "1 second" }, { 60000, "1m", "1 minute" }, { 90000, "90s", "1 minute" },
		{ 300000, "5m", "5 minutes" }, { 3600000, "1h", "1 hour" },
		{ INT64_C(86400000), "1d", "1 day" }, { INT64_C(90000000), "25h", "1 day" },
		{ INT64_C(259200000), "3d", "3 days" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[32];
		int64_t ms;

		assert_string_equal(duration_format(cases[i].ms, text, sizeof(text)), cases[i].exact);
		if (cases[i].ms > 0) {
			assert_true(duration_parse(text, &ms));
			assert_int_equal(ms, cases[i].ms);
		}
		assert_string_equal(duration_describe(cases[i].ms, text, sizeof(text)), cases[i].words);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(iso_times_are_read),
		cmocka_unit_test(other_times_are_read),
		cmocka_unit_test(times_are_written),
		cmocka_unit_test(times_are_utc),
		cmocka_unit_test(durations_are_read),
		cmocka_unit_test(durations_are_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
