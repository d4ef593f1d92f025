/* SPDX-License-Identifier: Apache-2.0 */
/* What is said of accounts, regions and buckets. */
#include "unit/rules_scene.h"

#define NA	VERDICT_NOT_APPLICABLE
#define PASS	VERDICT_PASS
#define FAIL	VERDICT_FAIL
#define UNKNOWN	VERDICT_UNKNOWN

#define STOPPED	"'IsLogging': false"
#define NONE	TRAILS(HOME, "") TRAILS(WEST, "")
#define SINGLE	TRAILS(HOME, A_TRAIL(", 'IsMultiRegionTrail': false")) TRAILS(WEST, "")
#define GONE	"'status': 404, 'body': {'__type': 'NoSuchBucket'}"

static const struct rules_case cases[] = {
	{ "", RULE_ACCOUNT_WITHOUT_TRAIL, PASS, NULL, NULL },
	{ NONE, RULE_ACCOUNT_WITHOUT_TRAIL, FAIL, "in any of its 2 enabled regions", NULL },
	{ SINGLE, RULE_ACCOUNT_WITHOUT_TRAIL, PASS, NULL, NULL },
	{ TRAILS_FAIL(WEST, DENIED), RULE_ACCOUNT_WITHOUT_TRAIL, PASS, NULL, NULL },
	{ TRAILS(HOME, "") TRAILS_FAIL(WEST, DENIED), RULE_ACCOUNT_WITHOUT_TRAIL, UNKNOWN,
	    "us-west-2:",
	    NULL },
	{ TRAILS(HOME, "") TRAILS_FAIL(WEST, DENIED_BY_SCP), RULE_ACCOUNT_WITHOUT_TRAIL, UNKNOWN,
	    NULL,
	    NULL },
	/* A trail that was seen once, in a region that fails now, is no trail seen. */
	{ TRAILS_FAIL(HOME, DENIED) TRAILS_FAIL(WEST, DENIED), RULE_ACCOUNT_WITHOUT_TRAIL, UNKNOWN,
	    NULL,
	    NULL },
	{ NONE REGIONS(DENIED), RULE_ACCOUNT_WITHOUT_TRAIL, UNKNOWN, NULL, NULL },
	{ REGIONS(DENIED), RULE_ACCOUNT_WITHOUT_TRAIL, PASS, NULL, NULL },
	{ NONE REGIONS("'body': {'Regions': [{'RegionName': 'ap-east-1', 'RegionOptStatus':"
	    "'ENABLING'}]}"), RULE_ACCOUNT_WITHOUT_TRAIL, UNKNOWN, "ap-east-1: not asked", NULL },
	{ REGIONS("'body': {'Regions': [{'RegionName': 'us-east-1', 'RegionOptStatus': 'DISABLED'},"
	    "{'RegionName': 'us-west-2', 'RegionOptStatus': 'DISABLED'}]}"),
	    RULE_ACCOUNT_WITHOUT_TRAIL, UNKNOWN, "none of its regions is enabled", NULL },

	{ "", RULE_REGION_WITHOUT_TRAIL, PASS, NULL, WEST },
	{ "", RULE_REGION_WITHOUT_TRAIL, NA, NULL, "ap-east-1" },
	{ SINGLE, RULE_REGION_WITHOUT_TRAIL, FAIL, "has no trail", WEST },
	{ SINGLE, RULE_REGION_WITHOUT_TRAIL, PASS, NULL, HOME },
	{ NONE, RULE_REGION_WITHOUT_TRAIL, NA, NULL, WEST },
	{ STATUS(WEST, STOPPED), RULE_REGION_WITHOUT_TRAIL, FAIL, "no trail that logs", WEST },
	{ STATUS(WEST, STOPPED), RULE_REGION_WITHOUT_TRAIL, PASS, NULL, HOME },
	{ STATUS_FAIL(WEST, DENIED), RULE_REGION_WITHOUT_TRAIL, UNKNOWN, NULL, WEST },
	{ TRAILS_FAIL(WEST, DENIED), RULE_REGION_WITHOUT_TRAIL, UNKNOWN, NULL, WEST },
	{ TRAILS_FAIL(WEST, DENIED) STATUS(WEST, "'IsLogging': true}, 'age_ms': 10, 'x': {"),
	    RULE_REGION_WITHOUT_TRAIL, PASS, "covered by trail main", WEST },
	/* Seen before: it must not look mended. */
	{ TRAILS_FAIL(WEST, DENIED_BY_SCP), RULE_REGION_WITHOUT_TRAIL, UNKNOWN, NULL, WEST },
	{ TRAILS(HOME, "") TRAILS_FAIL(WEST, DENIED), RULE_REGION_WITHOUT_TRAIL, FAIL, NULL, HOME },
	{ REGIONS("'body': {'Regions': [{'RegionName': 'ap-east-1', 'RegionOptStatus': "
	    "'ENABLED'}]}"),
	    RULE_REGION_WITHOUT_TRAIL, NA, NULL, "ap-east-1" },
	{ REGIONS("'body': {'Regions': [{'RegionName': 'us-west-2', 'RegionOptStatus': "
	    "'DISABLED'}]}"),
	    RULE_REGION_WITHOUT_TRAIL, NA, NULL, WEST },

	{ "", RULE_BUCKET_MISSING, PASS, NULL, NULL },
	{ BUCKET(GONE), RULE_BUCKET_MISSING, FAIL, "does not exist", NULL },
	{ BUCKET("'status': 403, 'body': {'__type': '403'}, " AT("eu-west-1")), RULE_BUCKET_MISSING,
	    PASS,
	    NULL, NULL },
	{ BUCKET("'status': 403, 'body': {'__type': '403'}"), RULE_BUCKET_MISSING, UNKNOWN, NULL,
	    NULL },
	{ BUCKET("'status': 0"), RULE_BUCKET_MISSING, UNKNOWN, NULL, NULL },
	{ BUCKET(GONE) BUCKET("'status': 0"), RULE_BUCKET_MISSING, UNKNOWN, NULL, NULL },
	{ BOTH("{'TrailARN': '" TRAIL "'" MULTI "}"), RULE_BUCKET_MISSING, NA, NULL, NULL },
};

static void
test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		check_case(&cases[i]);
}

/* A bucket's finding must be the same one before and after it is gone. */
static void
test_bucket_place(void **state)
{
	static const char *const changes[] = { BUCKET(AT("eu-west-1")), BUCKET(GONE),
	    BUCKET(AT(WEST)) };
	struct scene s;

	(void)state;
	scene_begin(&s);
	scene_reply(&s, GOOD_WORLD);
	for (size_t i = 0; i < COUNT(changes); i++) {
		const struct observation *o;

		scene_reply(&s, changes[i]);
		scene_judge(&s, REPLIES_NOW_MS);
		o = scene_find(&s, RULE_BUCKET_MISSING, NULL);
		assert_string_equal(o->account, ACCOUNT);
		assert_string_equal(o->region, HOME);
		assert_string_equal(o->resource, "arn:aws:s3:::example-logs");
	}
	scene_end(&s);
}

/* Each subject once, each by its own rules, and none again until something touches it. */
static void
test_touched(void **state)
{
	size_t count;
	struct scene s;

	(void)state;
	scene_begin(&s);
	scene_reply(&s, GOOD_WORLD);
	rules_judge(&s.settings, s.world, REPLIES_NOW_MS, &s.seen);
	count = s.seen.count;
	assert_true(count > 15);
	rules_judge(&s.settings, s.world, REPLIES_NOW_MS, &s.seen);
	assert_int_equal(s.seen.count, count);
	s.seen.count = 0;
	scene_reply(&s, KEY_STATE("Disabled"));
	rules_judge(&s.settings, s.world, REPLIES_NOW_MS, &s.seen);
	assert_true(s.seen.count > 0 && s.seen.count < count);
	assert_int_equal(scene_find(&s, RULE_KEY_DISABLED, NULL)->verdict, FAIL);
	assert_null(scene_find(&s, RULE_ACCOUNT_WITHOUT_TRAIL, NULL));
	scene_end(&s);
}

static void
test_settings(void **state)
{
	struct scene s;

	(void)state;
	scene_begin(&s);
	s.settings.rule[RULE_KEY_DISABLED].severity = SEVERITY_LOW;
	s.settings.rule[RULE_KEY_ROTATION_OFF].is_enabled = false;
	scene_reply(&s, GOOD_WORLD KEY_STATE("Disabled") ROTATION("'KeyRotationEnabled': false"));
	scene_judge(&s, REPLIES_NOW_MS);
	assert_int_equal(scene_find(&s, RULE_KEY_DISABLED, NULL)->severity, SEVERITY_LOW);
	assert_null(scene_find(&s, RULE_KEY_ROTATION_OFF, NULL));
	scene_end(&s);
}

static void
test_table(void **state)
{
	static const char *const names[] = { "low", "medium", "high", "critical" };
	enum severity severity;
	enum rule_id found;

	(void)state;
	for (enum rule_id rule = 0; rule < RULES; rule++) {
		const struct rule_text *text = rule_text(rule);

		assert_true(rule_find(text->name, &found));
		assert_int_equal(found, rule);
		for (const char *const *p = (const char *const[]){ text->title, text->meaning,
		    text->risk,
		    text->mending, text->controls, NULL }; *p != NULL; p++) {
			assert_true(strlen(*p) > 10);
			assert_null(strchr(*p, '\n'));
		}
	}
	assert_false(rule_find("trail", &found));
	for (size_t i = 0; i < COUNT(names); i++) {
		assert_true(severity_parse(names[i], &severity));
		assert_string_equal(severity_name(severity), names[i]);
	}
	assert_false(severity_parse("dire", &severity));
	assert_string_equal(verdict_name(VERDICT_NOT_APPLICABLE), "not-applicable");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_bucket_place),
		cmocka_unit_test(test_touched),
		cmocka_unit_test(test_settings),
		cmocka_unit_test(test_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
