/* SPDX-License-Identifier: Apache-2.0 */
/* DescribeTrails and GetTrailStatus: what is read, what is left out, what is refused. */
#include "unit/parse_answer.h"

#include "base/stamp.h"
#include "base/text.h"

#define TRAIL	"arn:aws:cloudtrail:us-east-1:111122223333:trail/main"
#define KEY	"arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"

static void
test_trail(void **state)
{
	struct arena *a = arena_new();
	const struct trail *trails;
	struct err err;
	size_t count;

	(void)state;
	assert_int_equal(parse_describe_trails(a, answer(a, "{'trailList': [{"
	    "'Name': 'main', 'S3BucketName': 'logs', 'S3KeyPrefix': 'p', 'HomeRegion': 'us-east-1',"
	    "'IncludeGlobalServiceEvents': true, 'IsMultiRegionTrail': true, 'TrailARN': "
	    "'" TRAIL "',"
	    "'LogFileValidationEnabled': false, 'KmsKeyId': '" KEY "', 'IsOrganizationTrail': true,"
	    "'HasCustomEventSelectors': false, 'AddedLater': {'a': [1]}}]}"), &trails, &count,
	    &err), 0);
	assert_int_equal(count, 1);
	assert_string_equal(trails[0].arn, TRAIL);
	assert_string_equal(trails[0].name, "main");
	assert_string_equal(trails[0].account, "111122223333");
	assert_string_equal(trails[0].home_region, "us-east-1");
	assert_string_equal(trails[0].bucket, "logs");
	assert_string_equal(trails[0].prefix, "p");
	assert_string_equal(trails[0].kms_key_id, KEY);
	assert_int_equal(trails[0].multi_region, TRI_YES);
	assert_int_equal(trails[0].organization, TRI_YES);
	assert_int_equal(trails[0].validation, TRI_NO);
	arena_free(a);
}

/* Absent, null and "" all mean that a thing is not configured; of absent booleans nothing is known. */
static void
test_absent(void **state)
{
	static const char *const cases[] = {
		"{'trailList': [{'TrailARN': '" TRAIL "'}]}",
		"{'trailList': [{'TrailARN': '" TRAIL "', 'S3BucketName': null, 'S3KeyPrefix': "
		    "null,"
		"'KmsKeyId': null, 'IsMultiRegionTrail': null, 'IsOrganizationTrail': null,"
		"'LogFileValidationEnabled': null}]}",
		"{'trailList': [{'TrailARN': '" TRAIL "', 'S3BucketName': '', 'S3KeyPrefix': '',"
		"'KmsKeyId': ''}]}",
	};
	struct arena *a = arena_new();
	const struct trail *trails;
	struct err err;
	size_t count;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_int_equal(parse_describe_trails(a, answer(a, cases[i]), &trails, &count,
		    &err), 0);
		assert_null(trails[0].bucket);
		assert_null(trails[0].prefix);
		assert_null(trails[0].kms_key_id);
		assert_int_equal(trails[0].multi_region, TRI_UNKNOWN);
		assert_int_equal(trails[0].organization, TRI_UNKNOWN);
		assert_int_equal(trails[0].validation, TRI_UNKNOWN);
	}
	assert_int_equal(parse_describe_trails(a, answer(a, "{'trailList': []}"), &trails, &count,
	    &err),
	    0);
	assert_int_equal(count, 0);
	arena_free(a);
}

static void
test_key_ids(void **state)
{
	static const struct {
		const char	*answered, *read;
	} cases[] = {
		{ KEY, KEY },
		{ "1234abcd-12ab-34cd-56ef-1234567890ab", KEY },
		{ "mrk-1234abcd12ab34cd56ef1234567890ab",
		    "arn:aws:kms:us-east-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab" },
		{ "alias/logs", "arn:aws:kms:us-east-1:111122223333:alias/logs" },
		{ "arn:aws:kms:eu-west-1:444455556666:alias/logs",
		    "arn:aws:kms:eu-west-1:444455556666:alias/logs" },
		{ "no key at all", "no key at all" },
	};
	struct arena *a = arena_new();
	const struct trail *trails;
	struct err err;
	size_t count;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_int_equal(parse_describe_trails(a, answer(a, arena_printf(a,
		    "{'trailList': [{'TrailARN': '" TRAIL "', 'KmsKeyId': '%s'}]}",
		    cases[i].answered)),
		    &trails, &count, &err), 0);
		assert_string_equal(trails[0].kms_key_id, cases[i].read);
	}
	arena_free(a);
}

static void
test_bad_trails(void **state)
{
	static const struct {
		const char	*text, *error;
	} cases[] = {
		{ "{}", "trailList is missing" },
		{ "{'trailList': null}", "trailList is missing" },
		{ "[]", "trailList is missing" },
		{ "'text'", "trailList is missing" },
		{ "{'trailList': {}}", "trailList is a object where a array belongs" },
		{ "{'trailList': [1]}", "trailList holds a number where an object belongs" },
		{ "{'trailList': [{'Name': 'main'}]}", "trailList[0]: TrailARN is missing" },
		{ "{'trailList': [{'TrailARN': 'main'}]}", "trailList[0]: TrailARN is no ARN of a "
		    "trail" },
		{ "{'trailList': [{'TrailARN': 7}]}",
		    "trailList[0]: TrailARN is a number where a string belongs" },
		{ "{'trailList': [{'TrailARN': '" TRAIL "'}, {'TrailARN': '" TRAIL "',"
		    "'IsMultiRegionTrail': 'yes'}]}",
		    "trailList[1]: IsMultiRegionTrail is a string where a boolean belongs" },
		{ "{'trailList': [{'TrailARN': '" TRAIL "', 'S3BucketName': 'a\\u0000b'}]}",
		    "trailList[0]: S3BucketName holds a NUL character" },
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct trail *trails = (void *)&cases;
		size_t count = 77;
		struct err err;

		assert_int_equal(parse_describe_trails(a, answer(a, cases[i].text), &trails, &count,
		    &err),
		    -1);
		assert_int_equal(err.kind, ERR_MALFORMED);
		assert_string_equal(err.text, cases[i].error);
		assert_ptr_equal(trails, &cases);
		assert_int_equal(count, 77);
	}
	arena_free(a);
}

static void
test_caps(void **state)
{
	struct arena *a = arena_new();
	const struct trail *trails;
	struct buf text;
	struct err err;
	size_t count;

	(void)state;
	buf_init(&text, 1 << 20);
	buf_adds(&text, "{'trailList': [");
	for (int i = 0; i <= PARSE_TRAILS_MAX; i++)
		buf_addf(&text, "%s{'TrailARN': '" TRAIL "'}", i > 0 ? "," : "");
	buf_adds(&text, "]}");
	assert_int_equal(parse_describe_trails(a, answer(a, buf_text(&text)), &trails, &count,
	    &err), -1);
	assert_string_equal(err.text, "trailList has more than 1000 entries");
	buf_reset(&text);
	buf_adds(&text, "{'trailList': [{'TrailARN': '" TRAIL "', 'S3KeyPrefix': '");
	for (int i = 0; i <= PARSE_TEXT_MAX; i++)
		buf_addc(&text, 'a');
	buf_adds(&text, "'}]}");
	assert_int_equal(parse_describe_trails(a, answer(a, buf_text(&text)), &trails, &count,
	    &err), -1);
	assert_string_equal(err.text, "trailList[0]: S3KeyPrefix is longer than 4096 bytes");
	buf_done(&text);
	arena_free(a);
}

static void
test_status(void **state)
{
	struct arena *a = arena_new();
	struct trail_status status;
	struct err err;

	(void)state;
	assert_int_equal(parse_trail_status(a, answer(a, "{'IsLogging': true,"
	    "'LatestDeliveryError': 'AccessDenied', 'LatestDigestDeliveryError': '',"
	    "'LatestDeliveryTime': 1441139757.497, 'LatestDigestDeliveryTime': 1.441139757E9,"
	    "'StartLoggingTime': 1441139000, 'StopLoggingTime': null,"
	    "'LatestDeliveryAttemptTime': '', 'LatestNotificationAttemptSucceeded': 'x',"
	    "'TimeLoggingStarted': '2015-09-01T00:54:02Z', 'TimeLoggingStopped': ''}"), &status,
	    &err),
	    0);
	assert_int_equal(status.logging, TRI_YES);
	assert_string_equal(status.delivery_error, "AccessDenied");
	assert_null(status.digest_error);
	assert_int_equal(status.latest_delivery_ms, 1441139757497);
	assert_int_equal(status.latest_digest_ms, 1441139757000);
	assert_int_equal(status.start_logging_ms, 1441139000000);
	assert_int_equal(status.stop_logging_ms, STAMP_UNKNOWN);
	arena_free(a);
}

/* Emulators write times as text, which is no less clear; what is no time is refused. */
static void
test_times(void **state)
{
	static const struct {
		const char	*text;
		int64_t		 wall_ms;
		const char	*error;
	} cases[] = {
		{ "1441139757.497", 1441139757497, NULL },
		{ "'1441139757.497'", 1441139757497, NULL },
		{ "'2015-09-01T20:35:57Z'", 1441139757000, NULL },
		{ "'2015-09-01T20:35:57.497+00:00'", 1441139757497, NULL },
		{ "''", STAMP_UNKNOWN, NULL },
		{ "null", STAMP_UNKNOWN, NULL },
		{ "0", 0, NULL },
		{ "1e300", 0, "LatestDeliveryTime is not a time" },
		{ "'0x10'", 0, "LatestDeliveryTime is not a time" },
		{ "'yesterday'", 0, "LatestDeliveryTime is not a time" },
		{ "'Oct 21, 2024, 2:25:29 PM'", 0, "LatestDeliveryTime is not a time" },
		{ "true", 0, "LatestDeliveryTime is a boolean where a number belongs" },
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct trail_status status = { .latest_delivery_ms = 77 };
		struct err err;
		int ret = parse_trail_status(a, answer(a, arena_printf(a,
		    "{'IsLogging': true, 'LatestDeliveryTime': %s}", cases[i].text)), &status,
		    &err);

		assert_int_equal(ret, cases[i].error ? -1 : 0);
		assert_int_equal(status.latest_delivery_ms, cases[i].error ? 77 : cases[i].wall_ms);
		if (cases[i].error != NULL)
			assert_string_equal(err.text, cases[i].error);
	}
	arena_free(a);
}

/* An answer that does not say whether the trail logs is none. */
static void
test_bad_status(void **state)
{
	static const char *const cases[] = {
		"{}", "[]", "null", "{'IsLogging': null}", "{'IsLogging': 'true'}",
		"{'IsLogging': true, 'LatestDeliveryError': 5}",
	};
	struct arena *a = arena_new();
	struct trail_status status;
	struct err err;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_int_equal(parse_trail_status(a, answer(a, cases[i]), &status, &err), -1);
		assert_int_equal(err.kind, ERR_MALFORMED);
	}
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_trail),
		cmocka_unit_test(test_absent),
		cmocka_unit_test(test_key_ids),
		cmocka_unit_test(test_bad_trails),
		cmocka_unit_test(test_caps),
		cmocka_unit_test(test_status),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_bad_status),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
