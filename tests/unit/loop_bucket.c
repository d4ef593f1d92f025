/* SPDX-License-Identifier: Apache-2.0 */
/* Token buckets: a pure table of times. */
#include "loop/bucket.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

static void
takers_wait_for_their_token(void **state)
{
	static const struct {
		int64_t	at_ms, wait_ms;
	} takes[] = {
		{ 0, 0 }, { 0, 0 }, { 0, 0 },		/* the burst */
		{ 0, 500 }, { 0, 1000 }, { 0, 1500 },	/* reserved ahead, in order */
		{ 500, 1500 },				/* the first waiter has its token now */
		{ 400, 1500 + 500 },			/* a clock that stepped back gives nothing */
		{ 2500, 500 },
		{ 3000, 500 },
		{ 100000, 0 }, { 100000, 0 }, { 100000, 0 }, { 100000, 500 },	/* never above the burst */
	};
	struct bucket b;

	(void)state;
	bucket_init(&b, 2, 3, 0);
	for (size_t i = 0; i < COUNT(takes); i++)
		assert_int_equal(bucket_take(&b, takes[i].at_ms), takes[i].wait_ms);
}

static void
slow_rates_are_exact(void **state)
{
	struct bucket b;

	(void)state;
	bucket_init(&b, 0.1, 1, 5000);
	assert_int_equal(bucket_take(&b, 5000), 0);
	for (int i = 1; i <= 100; i++)
		assert_in_range(bucket_take(&b, 5000), i * 10000, i * 10000 + 1);
}

static void
returned_tokens_serve_others(void **state)
{
	struct bucket b;

	(void)state;
	bucket_init(&b, 1, 1, 0);
	bucket_return(&b);			/* no more than full */
	assert_int_equal(bucket_take(&b, 0), 0);
	assert_int_equal(bucket_take(&b, 0), 1000);
	bucket_return(&b);
	assert_int_equal(bucket_take(&b, 0), 1000);
}

static void
throttling_halves_and_success_creeps_back(void **state)
{
	struct bucket b;
	int successes = 0;

	(void)state;
	bucket_init(&b, 10, 20, 0);
	bucket_throttled(&b, 0);
	assert_true(b.rate == 5);
	assert_int_equal(bucket_take(&b, 0), 200);	/* what was saved up is spent */
	bucket_throttled(&b, 999);			/* calls that flew together are one throttle */
	assert_true(b.rate == 5);
	bucket_throttled(&b, 1000);
	assert_true(b.rate == 2.5);
	for (int64_t ms = 2000; ms < 60000; ms += 1000)
		bucket_throttled(&b, ms);
	assert_true(b.rate == 0.1);			/* a hundredth, and no lower */
	while (b.rate < 10 && successes < 1000) {
		double before = b.rate;

		bucket_succeeded(&b);
		assert_true(b.rate > before && b.rate - before < 1);
		successes++;
	}
	assert_in_range(successes, 20, 200);
	bucket_succeeded(&b);
	assert_true(b.rate == 10);
}

/* Whoever asks later is served later, however the rate moves between the two. */
static void
the_order_of_asking_holds(void **state)
{
	int64_t last_ms = 0;
	struct bucket b;

	(void)state;
	bucket_init(&b, 7, 1, 0);
	for (int64_t ms = 0; ms < 30000; ms += 50) {
		int64_t due_ms = ms + bucket_take(&b, ms);

		assert_true(due_ms >= last_ms - 1);	/* rounded up to whole milliseconds */
		last_ms = due_ms;
		if (ms % 4000 == 0)
			bucket_throttled(&b, ms);
		else
			bucket_succeeded(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takers_wait_for_their_token),
		cmocka_unit_test(slow_rates_are_exact),
		cmocka_unit_test(returned_tokens_serve_others),
		cmocka_unit_test(throttling_halves_and_success_creeps_back),
		cmocka_unit_test(the_order_of_asking_holds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
