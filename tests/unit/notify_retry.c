/* SPDX-License-Identifier: Apache-2.0 */
/* Waits between tries: they grow, vary, obey the far side, survive restarts, and end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/stamp.h"
#include "notify/retry.h"

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))
#define WALL_MS		INT64_C(1767323045000)
#define DAY_MS		INT64_C(86400000)

static void
waits_grow_and_vary(void **state)
{
	static const struct {
		unsigned	failures;
		int64_t		most_ms;
	} cases[] = {
		{ 1, 5000 }, { 2, 10000 }, { 3, 20000 }, { 4, 40000 }, { 10, 2560000 },
		{ 11, 3600000 }, { 12, 3600000 }, { 1000, 3600000 }, { UINT32_MAX, 3600000 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		int64_t most = cases[i].most_ms;

		assert_int_equal(retry_delay_ms(cases[i].failures, 0, 0), most);
		assert_int_equal(retry_delay_ms(cases[i].failures, 0, (uint32_t)(most / 4)),
		    most - most / 4);
		for (uint32_t random = 1; random < 2000000000; random += 12345677) {
			int64_t ms = retry_delay_ms(cases[i].failures, 0, random);

			assert_true(ms <= most && ms >= most - most / 4);
		}
	}
}

static void
the_far_side_is_obeyed(void **state)
{
	(void)state;
	assert_int_equal(retry_delay_ms(1, 30000, 77), 30000);
	assert_int_equal(retry_delay_ms(50, 1000, 77), 1000);
	assert_int_equal(retry_delay_ms(1, DAY_MS - 1, 77), DAY_MS - 1);
}

static void
a_restart_waits_what_was_left(void **state)
{
	static const struct {
		int64_t	next_ms, rest_ms;
	} cases[] = {
		{ 0, 0 }, { WALL_MS, 0 }, { WALL_MS - 1, 0 }, { WALL_MS + 1, 1 },
		{ WALL_MS + 60000, 60000 }, { WALL_MS + 400 * DAY_MS, 3600000 },
		{ INT64_MAX, 3600000 }, { INT64_MIN, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(retry_rest_ms(cases[i].next_ms, WALL_MS), cases[i].rest_ms);
}

static void
age_and_failures_end_it(void **state)
{
	static const struct {
		unsigned	failures;
		int64_t		told_ms;
		bool		is_over;
	} cases[] = {
		{ 20, WALL_MS - 7 * DAY_MS - 1, true },
		{ 20, WALL_MS - 7 * DAY_MS, false },
		{ 19, WALL_MS - 700 * DAY_MS, false },	/* the clock has jumped */
		{ 1000, WALL_MS + DAY_MS, false },
		{ 1000, STAMP_UNKNOWN, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(retry_is_over(cases[i].failures, cases[i].told_ms, WALL_MS),
		    cases[i].is_over);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(waits_grow_and_vary),
		cmocka_unit_test(the_far_side_is_obeyed),
		cmocka_unit_test(a_restart_waits_what_was_left),
		cmocka_unit_test(age_and_failures_end_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
