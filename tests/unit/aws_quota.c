/* SPDX-License-Identifier: Apache-2.0 */
/* Buckets and retry quotas: apart for each account, region and limit, and forgotten when idle. */
#include "aws/quota.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define ACCOUNT	"111122223333"
#define OTHER	"444455556666"
#define READ	AWS_QUOTA_CLOUDTRAIL_READ

static void
test_share_of_the_limit(void **state)
{
	struct quotas *qs = quotas_new(0.5);
	struct quota *q = quota_hold(qs, ACCOUNT, "us-east-1", READ, 1000);

	(void)state;
	for (int i = 0; i < 5; i++)
		assert_int_equal(quota_take(q, 1000), 0);
	assert_int_equal(quota_take(q, 1000), 200);	/* 5 a second */
	assert_int_equal(quota_take(q, 1000), 400);
	quota_return(q);
	assert_int_equal(quota_take(q, 1000), 400);
	quota_drop(qs, q, 1000);
	quotas_free(qs);
}

static void
test_keys_are_apart(void **state)
{
	struct quotas *qs = quotas_new(0.5);
	struct quota *q[5] = {
		quota_hold(qs, ACCOUNT, "us-east-1", READ, 0), quota_hold(qs, OTHER, "us-east-1", READ, 0),
		quota_hold(qs, ACCOUNT, "us-east-2", READ, 0),
		quota_hold(qs, ACCOUNT, "us-east-1", AWS_QUOTA_STS, 0), quota_hold(qs, "", "us-east-1", READ, 0),
	};

	(void)state;
	assert_int_equal(quotas_count(qs), 5);
	while (quota_take(q[0], 0) == 0)
		;
	for (int i = 1; i < 5; i++)
		assert_int_equal(quota_take(q[i], 0), 0);
	assert_ptr_equal(quota_hold(qs, ACCOUNT, "us-east-1", READ, 0), q[0]);
	quota_drop(qs, q[0], 0);
	for (int i = 0; i < 5; i++)
		quota_drop(qs, q[i], 0);
	quota_drop(qs, NULL, 0);
	quotas_free(qs);
}

static void
test_throttling_halves(void **state)
{
	struct quotas *qs = quotas_new(1);
	struct quota *q = quota_hold(qs, ACCOUNT, "us-east-1", READ, 0);

	(void)state;
	quota_throttled(q, 0);
	assert_int_equal(quota_take(q, 0), 200);	/* 5 a second where 10 were, and no burst */
	for (int i = 0; i < 100; i++)
		quota_succeeded(q);
	assert_int_equal(quota_take(q, 1000000), 0);
	quota_drop(qs, q, 0);
	quotas_free(qs);
}

static void
test_retries(void **state)
{
	struct quotas *qs = quotas_new(0.5);
	struct quota *q = quota_hold(qs, ACCOUNT, "us-east-1", AWS_QUOTAS, 0);
	struct quota *other = quota_hold(qs, OTHER, "us-east-1", AWS_QUOTAS, 0);

	(void)state;
	for (int i = 0; i < QUOTA_RETRIES / QUOTA_TIMEOUT_COST; i++)
		assert_true(quota_take_retry(q, QUOTA_TIMEOUT_COST));
	assert_false(quota_take_retry(q, QUOTA_RETRY_COST));
	assert_true(quota_take_retry(other, QUOTA_RETRY_COST));
	quota_refund_retry(q, 4);
	assert_false(quota_take_retry(q, QUOTA_RETRY_COST));
	quota_refund_retry(q, 1);
	assert_true(quota_take_retry(q, QUOTA_RETRY_COST));
	quota_refund_retry(q, 2 * QUOTA_RETRIES);
	for (int i = 0; i < QUOTA_RETRIES / QUOTA_RETRY_COST; i++)
		assert_true(quota_take_retry(q, QUOTA_RETRY_COST));
	assert_false(quota_take_retry(q, QUOTA_RETRY_COST));
	quota_drop(qs, q, 0);
	quota_drop(qs, other, 0);
	quotas_free(qs);
}

/* 170,000 targets must not be remembered for ever, but a slowed one over some sweeps. */
static void
test_idle_ones_are_forgotten(void **state)
{
	struct quotas *qs = quotas_new(0.5);
	struct quota *slowed = quota_hold(qs, OTHER, "us-east-1", READ, 0), *held, *q;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		char account[16];

		snprintf(account, sizeof(account), "%012d", i);
		q = quota_hold(qs, account, "us-east-1", READ, i);
		assert_int_equal(quota_take(q, i), 0);
		quota_drop(qs, q, i);
	}
	held = quota_hold(qs, ACCOUNT, "us-east-1", READ, 1000);
	quota_throttled(slowed, 1000);
	quota_drop(qs, slowed, 1000);
	assert_int_equal(quotas_count(qs), 1002);
	q = quota_hold(qs, "000000000999", "us-east-1", READ, 5500);	/* the first 501 are old now */
	assert_int_equal(quotas_count(qs), 1002 - 501);
	quota_drop(qs, q, 5500);
	q = quota_hold(qs, "000000000001", "us-east-1", READ, 20000);
	assert_int_equal(quotas_count(qs), 3);
	quota_drop(qs, q, 20000);

	q = quota_hold(qs, OTHER, "us-east-1", READ, 10 * 60000);
	assert_ptr_equal(q, slowed);
	assert_int_equal(quotas_count(qs), 2);
	quota_drop(qs, q, 10 * 60000);
	q = quota_hold(qs, "000000000001", "us-east-1", READ, 60 * 60000);
	assert_int_equal(quotas_count(qs), 2);	/* it and the held one */
	quota_drop(qs, q, 0);
	quota_drop(qs, held, 0);
	quotas_free(qs);
}

/* What the tokens of one second come to of AWS's own limit, 10 a second; the worst anywhere. */
static void
test_peak(void **state)
{
	struct quotas *qs = quotas_new(0.5);
	struct quota *q = quota_hold(qs, ACCOUNT, "us-east-1", READ, 0);
	struct quota *other = quota_hold(qs, OTHER, "us-east-1", READ, 0);

	(void)state;
	assert_true(quotas_peak(qs, READ, 0) == 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(quota_take(q, 100), 0);
	assert_int_equal(quota_take(other, 200), 0);
	assert_true(quotas_peak(qs, READ, 300) == 0.3);
	assert_true(quotas_peak(qs, AWS_QUOTA_STS, 300) == 0);
	assert_int_equal(quota_take(q, 1100), 0);	/* of another second */
	assert_true(quotas_peak(qs, READ, 1200) == 0.3);
	for (int i = 0; i < 30; i++)
		quota_take(q, 2000);	/* most of them wait: 5 at once, 5 a second */
	assert_true(quotas_peak(qs, READ, 2000) > 0.3 && quotas_peak(qs, READ, 2000) <= 1.0);
	assert_true(quotas_peak(qs, READ, 119999) > 0.3);
	assert_true(quotas_peak(qs, READ, 120000) == 0);
	quota_drop(qs, q, 120000);
	quota_drop(qs, other, 120000);
	q = quota_hold(qs, ACCOUNT, "us-east-1", READ, 60 * 60000);
	quota_take(q, 60 * 60000);
	assert_true(quotas_peak(qs, READ, 60 * 60000) == 0.1);	/* the minute before had none */
	assert_true(quotas_peak(qs, READ, 61 * 60000) == 0.1);
	quota_drop(qs, q, 0);
	quotas_free(qs);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_share_of_the_limit),
		cmocka_unit_test(test_keys_are_apart),
		cmocka_unit_test(test_throttling_halves),
		cmocka_unit_test(test_retries),
		cmocka_unit_test(test_idle_ones_are_forgotten),
		cmocka_unit_test(test_peak),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
