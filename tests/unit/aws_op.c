/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of operations, services and limits: whole, and as AWS's models have them. */
#include "aws/op.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void
test_every_row_is_whole(void **state)
{
	(void)state;
	for (enum aws_op op = AWS_NONE + 1; op < AWS_OPS; op++) {
		const struct aws_op_row *row = aws_op_row(op);
		char full[80];

		snprintf(full, sizeof(full), "%s:%s", aws_service_name(row->service), row->name);
		assert_string_equal(row->full_name, full);
		assert_string_equal(aws_op_name(op), full);
		assert_true(row->protocol >= AWS_JSON_1_0 && row->protocol <= AWS_REST_XML);
		assert_true(row->quota > 0 && row->quota < AWS_QUOTAS);
		assert_true(row->max_body_bytes >= 4096 && row->max_body_bytes <= 32 * 1024 * 1024);
		assert_true(row->protocol == AWS_REST_XML ? row->path[0] == '\0' : row->path[0] == '/');
		assert_true(row->protocol == AWS_REST_XML || strcmp(row->method, "POST") == 0);
		assert_int_equal(aws_service_row(row->service)->target != NULL,
		    row->protocol == AWS_JSON_1_0 || row->protocol == AWS_JSON_1_1);
		assert_int_equal(aws_service_row(row->service)->version != NULL,
		    row->protocol == AWS_QUERY);
		for (enum aws_op other = AWS_NONE + 1; other < op; other++)
			assert_string_not_equal(aws_op_name(other), full);
	}
}

/* Who waits on AWS's side needs the time to, and must not be waited for by others. */
static void
test_only_receiving_waits(void **state)
{
	(void)state;
	for (enum aws_op op = AWS_NONE + 1; op < AWS_OPS; op++)
		assert_int_equal(aws_op_row(op)->is_long_poll, op == SQS_RECEIVE_MESSAGE);
	assert_true(aws_op_row(SQS_RECEIVE_MESSAGE)->attempt_ms >= 30000);
	assert_int_equal(aws_op_row(SQS_DELETE_MESSAGE_BATCH)->protocol, AWS_JSON_1_0);
}

static void
test_only_web_identity_is_unsigned(void **state)
{
	(void)state;
	for (enum aws_op op = AWS_NONE + 1; op < AWS_OPS; op++)
		assert_int_equal(aws_op_row(op)->is_unsigned, op == STS_ASSUME_ROLE_WITH_WEB_IDENTITY);
}

static void
test_every_quota_has_figures(void **state)
{
	(void)state;
	for (enum aws_quota quota = 1; quota < AWS_QUOTAS; quota++) {
		assert_true(aws_quota_rate(quota) > 0);
		assert_true(aws_quota_burst(quota) >= 1);
		for (enum aws_quota other = 1; other < quota; other++)
			assert_string_not_equal(aws_quota_name(other), aws_quota_name(quota));
	}
	assert_true(aws_quota_rate(AWS_QUOTA_CLOUDTRAIL_READ) == 10);
	assert_true(aws_quota_rate(AWS_QUOTA_KMS_STORES) == 5);
	assert_true(aws_quota_rate(AWS_QUOTA_STS) == 600);
}

/* What one limit of AWS covers goes into one bucket. */
static void
test_shared_limits(void **state)
{
	(void)state;
	assert_int_equal(aws_op_row(CLOUDTRAIL_DESCRIBE_TRAILS)->quota, AWS_QUOTA_CLOUDTRAIL_READ);
	assert_int_equal(aws_op_row(CLOUDTRAIL_GET_TRAIL_STATUS)->quota, AWS_QUOTA_CLOUDTRAIL_READ);
	assert_int_equal(aws_op_row(CLOUDTRAIL_GET_EVENT_SELECTORS)->quota, AWS_QUOTA_CLOUDTRAIL_READ);
	assert_int_equal(aws_op_row(STS_ASSUME_ROLE)->quota, AWS_QUOTA_STS);
	assert_int_equal(aws_op_row(STS_GET_CALLER_IDENTITY)->quota, AWS_QUOTA_STS);
	assert_int_not_equal(aws_op_row(KMS_DESCRIBE_KEY)->quota, aws_op_row(KMS_GET_KEY_POLICY)->quota);
}

/* The IAM action of what is asked with the role in each account; NULL: it needs none there. */
static const char *
action_of(enum aws_op op)
{
	enum aws_service service = aws_op_row(op)->service;

	if (op == S3_HEAD_BUCKET)
		return "s3:ListBucket";
	/* Those of queues come with the queue: etc/events-queue. */
	return service == AWS_STS || service == AWS_ORGANIZATIONS || service == AWS_SQS ? NULL :
	    aws_op_name(op);
}

/* The sample policy for that role allows what is asked, and nothing else. */
static void
test_role_policy(void **state)
{
	const char *top = getenv("top_srcdir");
	char path[4096], text[8192], quoted[128];
	unsigned actions = 0, allowed = 0;
	size_t len;
	FILE *f;

	(void)state;
	snprintf(path, sizeof(path), "%s/etc/role-policy.json", top ? top : ".");
	f = fopen(path, "r");
	assert_non_null(f);
	len = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	text[len] = '\0';
	for (enum aws_op op = AWS_NONE + 1; op < AWS_OPS; op++) {
		if (action_of(op) == NULL)
			continue;
		snprintf(quoted, sizeof(quoted), "\"%s\"", action_of(op));
		if (strstr(text, quoted) == NULL)
			fail_msg("%s lacks %s", path, quoted);
		actions++;
	}
	for (const char *p = text; (p = strchr(p, ':')) != NULL; p++)
		allowed += p[1] >= 'A' && p[1] <= 'Z';	/* "service:Action" */
	assert_int_equal(allowed, actions);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_row_is_whole),
		cmocka_unit_test(test_only_receiving_waits),
		cmocka_unit_test(test_only_web_identity_is_unsigned),
		cmocka_unit_test(test_every_quota_has_figures),
		cmocka_unit_test(test_shared_limits),
		cmocka_unit_test(test_role_policy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
