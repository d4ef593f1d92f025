/* SPDX-License-Identifier: Apache-2.0 */
/* What is said of a trail's configuration: its key, digests and selectors. */
#include "unit/rules_scene.h"

#define FAILED_EVERYWHERE	TRAILS_FAIL(WEST, DENIED) TRAILS_FAIL(HOME, DENIED)
#define PLAIN			BOTH(A_TRAIL(MULTI VALID))

static const struct rules_case cases[] = {
	{ "", RULE_TRAIL_UNENCRYPTED, VERDICT_PASS, "encrypts its logs", NULL },
	{ PLAIN, RULE_TRAIL_UNENCRYPTED, VERDICT_FAIL, "without a KMS key", NULL },
	{ BOTH(A_TRAIL(MULTI ", 'KmsKeyId': ''")), RULE_TRAIL_UNENCRYPTED, VERDICT_FAIL, NULL,
	    NULL },
	{ FAILED_EVERYWHERE, RULE_TRAIL_UNENCRYPTED, VERDICT_UNKNOWN, "AccessDenied", NULL },
	{ PLAIN FAILED_EVERYWHERE, RULE_TRAIL_UNENCRYPTED, VERDICT_UNKNOWN, NULL, NULL },
	{ TRAILS_FAIL(WEST, DENIED), RULE_TRAIL_UNENCRYPTED, VERDICT_PASS, NULL, NULL },

	{ "", RULE_TRAIL_KEY_NOT_CUSTOMER_MANAGED, VERDICT_PASS, NULL, NULL },
	{ PLAIN, RULE_TRAIL_KEY_NOT_CUSTOMER_MANAGED, VERDICT_NOT_APPLICABLE, NULL, NULL },
	{ BOTH(A_TRAIL(MULTI WITH("alias/aws/s3"))), RULE_TRAIL_KEY_NOT_CUSTOMER_MANAGED,
	    VERDICT_FAIL,
	    "alias/aws/s3, a key that AWS manages", NULL },
	{ BOTH(A_TRAIL(MULTI WITH("alias/logs"))), RULE_TRAIL_KEY_NOT_CUSTOMER_MANAGED,
	    VERDICT_UNKNOWN, "no key ARN", NULL },
	{ KEY_META("'KeyState': 'Enabled', 'KeyManager': 'AWS'"),
	    RULE_TRAIL_KEY_NOT_CUSTOMER_MANAGED,
	    VERDICT_FAIL, "a key that AWS manages", NULL },
	{ KEY_META("'KeyState': 'Enabled'"), RULE_TRAIL_KEY_NOT_CUSTOMER_MANAGED, VERDICT_UNKNOWN,
	    "does not say who manages it", NULL },
	{ KEY_FAIL(KEY, DENIED), RULE_TRAIL_KEY_NOT_CUSTOMER_MANAGED, VERDICT_UNKNOWN, NULL, NULL },
	{ KEY_FAIL(KEY, NOT_FOUND), RULE_TRAIL_KEY_NOT_CUSTOMER_MANAGED, VERDICT_NOT_APPLICABLE,
	    NULL,
	    NULL },
	{ FAILED_EVERYWHERE, RULE_TRAIL_KEY_NOT_CUSTOMER_MANAGED, VERDICT_UNKNOWN, NULL, NULL },

	{ "", RULE_TRAIL_KEY_UNEXPECTED, VERDICT_NOT_APPLICABLE, NULL, NULL },

	{ "", RULE_KEY_REGION_MISMATCH, VERDICT_PASS, NULL, NULL },
	{ PLAIN, RULE_KEY_REGION_MISMATCH, VERDICT_NOT_APPLICABLE, NULL, NULL },
	{ BOTH("{'TrailARN': '" TRAIL "'" MULTI WITH(KEY) "}"), RULE_KEY_REGION_MISMATCH,
	    VERDICT_NOT_APPLICABLE, NULL, NULL },
	{ BUCKET("'status': 403, 'body': {'__type': '403'}, " AT("eu-west-1")),
	    RULE_KEY_REGION_MISMATCH, VERDICT_FAIL, "in us-east-1 but its bucket example-logs in "
	    "eu-west-1", NULL },
	{ BUCKET("'status': 200"), RULE_KEY_REGION_MISMATCH, VERDICT_UNKNOWN, "does not say where",
	    NULL },
	{ BUCKET("'status': 0"), RULE_KEY_REGION_MISMATCH, VERDICT_UNKNOWN, NULL, NULL },
	{ BUCKET("'status': 404, 'body': {'__type': 'NoSuchBucket'}"), RULE_KEY_REGION_MISMATCH,
	    VERDICT_NOT_APPLICABLE, NULL, NULL },
	{ FAILED_EVERYWHERE, RULE_KEY_REGION_MISMATCH, VERDICT_UNKNOWN, NULL, NULL },
	{ BOTH(A_TRAIL(MULTI WITH("alias/logs"))), RULE_KEY_REGION_MISMATCH, VERDICT_NOT_APPLICABLE,
	    NULL, NULL },

	{ "", RULE_TRAIL_VALIDATION_OFF, VERDICT_PASS, NULL, NULL },
	{ BOTH(A_TRAIL(MULTI ", 'LogFileValidationEnabled': false")), RULE_TRAIL_VALIDATION_OFF,
	    VERDICT_FAIL, NULL, NULL },
	{ BOTH(A_TRAIL(MULTI)), RULE_TRAIL_VALIDATION_OFF, VERDICT_UNKNOWN, "is absent", NULL },
	{ FAILED_EVERYWHERE, RULE_TRAIL_VALIDATION_OFF, VERDICT_UNKNOWN, NULL, NULL },

	{ "", RULE_TRAIL_SELECTORS_NARROWED, VERDICT_PASS, NULL, NULL },
	{ SELECTORS("'EventSelectors': [{'ReadWriteType': 'WriteOnly'}]"),
	    RULE_TRAIL_SELECTORS_NARROWED, VERDICT_FAIL, ": ReadWriteType WriteOnly", NULL },
	{ SELECTORS("'EventSelectors': [{'ExcludeManagementEventSources': ['kms.amazonaws.com']}]"),
	    RULE_TRAIL_SELECTORS_NARROWED, VERDICT_FAIL, "excludes kms.amazonaws.com", NULL },
	{ SELECTORS("'EventSelectors': [{'ReadWriteType': 'Odd'}]"), RULE_TRAIL_SELECTORS_NARROWED,
	    VERDICT_UNKNOWN, "Odd", NULL },
	{ SELECTORS("'Odd': 1"), RULE_TRAIL_SELECTORS_NARROWED, VERDICT_UNKNOWN, "are missing",
	    NULL },
	{ SELECTORS_FAIL(DENIED), RULE_TRAIL_SELECTORS_NARROWED, VERDICT_UNKNOWN, NULL, NULL },
};

static void
test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		check_case(&cases[i]);
}

static void
test_expected_keys(void **state)
{
	static const char *const own[] = { ACCOUNT }, *const foreign[] = { FOREIGN };
	static const char *const this[] = { KEY }, *const other[] = { FOREIGN_KEY, FOREIGN_KEY };
	static const struct {
		const char *const	*accounts;
		const char *const	*keys;
		size_t			 key_count;
		const char		*change;
		enum verdict		 verdict;
		const char		*remedy;
	} expected[] = {
		{ own, NULL, 0, "", VERDICT_PASS, NULL },
		{ foreign, NULL, 0, "", VERDICT_FAIL, "<ARN of an expected key>" },
		{ NULL, this, 1, "", VERDICT_PASS, NULL },
		{ NULL, other, 1, "", VERDICT_FAIL, FOREIGN_KEY },
		{ NULL, other, 2, "", VERDICT_FAIL, "<ARN of an expected key>" },
		{ foreign, this, 1, "", VERDICT_PASS, NULL },
		{ own, NULL, 0, PLAIN, VERDICT_NOT_APPLICABLE, NULL },
		{ own, NULL, 0, BOTH(A_TRAIL(MULTI WITH("alias/logs"))), VERDICT_UNKNOWN, NULL },
		{ own, NULL, 0, FAILED_EVERYWHERE, VERDICT_UNKNOWN, NULL },
		/* Of whom a key is says its ARN: it need not be readable. */
		{ own, NULL, 0, KEY_FAIL(KEY, DENIED), VERDICT_PASS, NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(expected); i++) {
		const struct observation *o;
		struct scene s;

		scene_begin(&s);
		s.settings.expected_accounts = expected[i].accounts;
		s.settings.expected_account_count = expected[i].accounts != NULL;
		s.settings.expected_keys = expected[i].keys;
		s.settings.expected_key_count = expected[i].key_count;
		scene_reply(&s, GOOD_WORLD);
		scene_reply(&s, expected[i].change);
		scene_judge(&s, REPLIES_NOW_MS);
		o = scene_find(&s, RULE_TRAIL_KEY_UNEXPECTED, NULL);
		assert_int_equal(o ? o->verdict : VERDICT_NOT_APPLICABLE, expected[i].verdict);
		if (expected[i].remedy != NULL)
			assert_non_null(strstr(o->remediation, expected[i].remedy));
		scene_end(&s);
	}
}

/* A trail that only members see: its configuration is judged, its status cannot be. */
static void
test_shadow(void **state)
{
	static const char trails[] = ASKED("organizations:ListAccounts", HOME,
	    "'body': {'Accounts':"
	    "[{'Id': '" FOREIGN "'}]}") "{'op': 'cloudtrail:DescribeTrails', 'account': '" FOREIGN
	    "', 'region': '" HOME "', 'body': {'trailList': [" A_TRAIL(", 'IsMultiRegionTrail': "
	    "true,"
	    "'IsOrganizationTrail': true") "]}}\n";
	const struct observation *o;
	struct scene s;

	(void)state;
	scene_begin(&s);
	scene_reply(&s, trails);
	scene_judge(&s, REPLIES_NOW_MS);
	o = scene_find(&s, RULE_TRAIL_UNENCRYPTED, NULL);
	assert_int_equal(o->verdict, VERDICT_FAIL);
	assert_string_equal(o->account, ACCOUNT);
	assert_string_equal(o->region, HOME);
	assert_string_equal(o->resource, TRAIL);
	assert_string_equal(o->source.account, FOREIGN);
	o = scene_find(&s, RULE_TRAIL_NOT_LOGGING, NULL);
	assert_int_equal(o->verdict, VERDICT_UNKNOWN);
	assert_non_null(strstr(o->summary, "account 111122223333, which owns the trail, is not "
	    "watched"));
	assert_int_equal(scene_find(&s, RULE_TRAIL_SELECTORS_NARROWED, NULL)->verdict,
	    VERDICT_UNKNOWN);
	assert_int_equal(scene_find(&s, RULE_ACCOUNT_WITHOUT_TRAIL, NULL)->verdict, VERDICT_PASS);
	scene_end(&s);
}

/* A foreign name in a command would be run by whoever pastes it: only checked names stand there. */
static void
test_no_foreign_commands(void **state)
{
	static const char trail[] = "{'TrailARN': '" TRAIL "', 'S3BucketName': "
	    "'$(reboot)\\u001b[2J'"
	    MULTI WITH("x; reboot") "}";
	struct scene s;

	(void)state;
	scene_begin(&s);
	scene_reply(&s, arena_printf(s.arena, "%s" ASKED("cloudtrail:DescribeTrails", HOME,
	    "'body': {'trailList': [%s]}"), GOOD_WORLD, trail));
	scene_reply(&s, ASKED("s3:HeadBucket", HOME, "'for': '$(reboot)\\u001b[2J', 'status': 404,"
	    "'body': {'__type': 'NoSuchBucket'}"));
	scene_judge(&s, REPLIES_NOW_MS);
	assert_int_equal(scene_find(&s, RULE_BUCKET_MISSING, NULL)->verdict, VERDICT_FAIL);
	for (size_t i = 0; i < s.seen.count; i++) {
		const struct observation *o = &s.seen.row[i];

		assert_true(o->remediation == NULL || strstr(o->remediation, "reboot") == NULL);
		assert_null(strchr(o->summary, '\x1b'));
		assert_null(strchr(o->resource, '\x1b'));
		for (size_t k = 0; k < o->fact_count; k++)
			assert_null(strchr(o->facts[k].value, '\x1b'));
	}
	scene_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_expected_keys),
		cmocka_unit_test(test_shadow),
		cmocka_unit_test(test_no_foreign_commands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
