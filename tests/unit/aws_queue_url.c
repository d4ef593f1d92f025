/* SPDX-License-Identifier: Apache-2.0 */
/* URLs of queues: what they name, and what is none. */
#include "aws/queue_url.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))
#define NAME_80		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static void
test_good(void **state)
{
	static const struct {
		const char	*text, *region, *account, *name;
	} rows[] = {
		{ "https://sqs.us-east-1.amazonaws.com/111122223333/trailseal", "us-east-1",
		    "111122223333", "trailseal" },
		{ "https://sqs.cn-north-1.amazonaws.com.cn/111122223333/a_b-C9", "cn-north-1",
		    "111122223333", "a_b-C9" },
		{ "https://sqs-fips.us-east-2.amazonaws.com/000000000001/x.fifo", "us-east-2",
		    "000000000001", "x.fifo" },
		{ "https://sqs.eu-west-1.api.aws/111122223333/x", "eu-west-1", "111122223333", "x" },
		{ "https://vpce-0ab-1cd.sqs.eu-west-1.vpce.amazonaws.com/111122223333/x", "eu-west-1",
		    "111122223333", "x" },
		{ "https://sqs.us-gov-west-1.amazonaws.com/111122223333/" NAME_80, "us-gov-west-1",
		    "111122223333", NAME_80 },
		{ "http://sqs.us-east-1.localhost:4566/111122223333/x", "us-east-1", "111122223333", "x" },
		{ "http://sqs.us-east-1.localhost.localstack.cloud:4566/000000000000/x", "us-east-1",
		    "000000000000", "x" },
		{ "https://sqs.us-east-1.localhost/111122223333/x", "us-east-1", "111122223333", "x" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct aws_queue_url url;

		if (!aws_queue_url_parse(rows[i].text, &url))
			fail_msg("%s", rows[i].text);
		assert_string_equal(url.region, rows[i].region);
		assert_string_equal(url.account, rows[i].account);
		assert_string_equal(url.name, rows[i].name);
	}
}

static void
test_bad(void **state)
{
	static const char *const rows[] = {
		"", "https://", "trailseal", "https://sqs.us-east-1.amazonaws.com",
		"arn:aws:sqs:us-east-1:111122223333:trailseal",
		"http://sqs.us-east-1.amazonaws.com/111122223333/x",	/* not by TLS */
		"http://127.0.0.1:4566/111122223333/x",			/* names no region */
		"https://sqs.us-east-1.amazonaws.com.cn/111122223333/x",	/* another partition's suffix */
		"https://sqs.us-east-1.amazonaws.com.example.com/111122223333/x",
		"https://sqs.us-east-1.example.com/111122223333/x",
		"https://sqs.amazonaws.com/111122223333/x",
		"https://sqs..amazonaws.com/111122223333/x",
		"https://sqs.us-east-1.amazonaws.com:443/111122223333/x",
		"https://user@sqs.us-east-1.amazonaws.com/111122223333/x",
		"https://queue.us-east-1.amazonaws.com/111122223333/x",
		"https://sqs.us-east-1.amazonaws.com/11112222333/x",
		"https://sqs.us-east-1.amazonaws.com/1111222233334/x",
		"https://sqs.us-east-1.amazonaws.com/111122223333/",
		"https://sqs.us-east-1.amazonaws.com/111122223333/x/y",
		"https://sqs.us-east-1.amazonaws.com/111122223333/x?y",
		"https://sqs.us-east-1.amazonaws.com/111122223333/x y",
		"https://sqs.us-east-1.amazonaws.com/111122223333/.fifo",
		"https://sqs.us-east-1.amazonaws.com/111122223333/" NAME_80 "c",
		"http://sqs.us-east-1.localhost:45x/111122223333/x",
		"http://sqs.us-east-1.localhost.example.com/111122223333/x",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct aws_queue_url url;

		if (aws_queue_url_parse(rows[i], &url))
			fail_msg("%s", rows[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
