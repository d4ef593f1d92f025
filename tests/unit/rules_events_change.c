/* SPDX-License-Identifier: Apache-2.0 */
/* What an event says was changed: the settings and key of a trail, the policy of a key. */
#include "unit/rules_events_scene.h"

#define UPDATE(inner)	CALL("cloudtrail", "UpdateTrail") BY_JANE ASKS("'name': 'main'" inner)
/* The world was read a minute before REPLIES_NOW_MS, at which the events are; these were before. */
#define EARLIER(record)	"'eventID': 'e-0', 'eventTime': '2026-01-02T02:00:00Z', 'eventSource':" \
	"'cloudtrail.amazonaws.com', 'eventName': 'UpdateTrail', 'awsRegion': 'us-east-1'," \
	"'recipientAccountId': '" ACCOUNT "'" BY_JANE record
#define HAS_KEY(key)	ANSWER("'trailARN': '" TRAIL "', 'kmsKeyId': '" key "'")
#define HAS_NO_KEY	ANSWER("'trailARN': '" TRAIL "', 's3BucketName': 'example-logs'")
#define SETS(key)	", 'kmsKeyId': '" key "'"

static void
test_update(void **state)
{
	static const struct {
		const char	*record;
		const char	*words, *lacks;		/* in the summary; NULL: no matter */
		const char	*encryption, *before, *after, *foreign;	/* facts */
	} cases[] = {
		/* encryption removed: as the console says it, and as the answer shows it */
		{ UPDATE(SETS("")), "(UpdateTrail): its encryption was removed; the call names kmsKeyId",
		  NULL, "removed", KEY, NULL, NULL },
		{ UPDATE(", 'isMultiRegionTrail': true") HAS_NO_KEY,
		  "its encryption was removed; the call names isMultiRegionTrail", NULL, "removed", KEY,
		  NULL, NULL },
		{ UPDATE(SETS("")) REFUSED, "was denied (UpdateTrail, AccessDenied): its encryption was "
		  "to be removed", NULL, "to be removed", KEY, NULL, NULL },
		{ EARLIER(ASKS("'name': 'main', 'kmsKeyId': ''")), "its encryption was removed", NULL,
		  "removed", NULL, NULL, NULL },
		/* ... which an answer does not, when it is not known that there was any */
		{ EARLIER(ASKS("'name': 'main', 'isMultiRegionTrail': true")) HAS_NO_KEY,
		  "the call names isMultiRegionTrail", "encryption", NULL, NULL, NULL, NULL },
		{ UPDATE(", 'isMultiRegionTrail': true") HAS_KEY(KEY), "the call names", "key", NULL,
		  NULL, NULL, NULL },
		/* another key */
		{ UPDATE(SETS(FOREIGN_KEY)), "its key was set to " FOREIGN_KEY
		  ", of another account, 444455556666", NULL, NULL, KEY, FOREIGN_KEY, "true" },
		{ UPDATE(SETS("alias/x")) HAS_KEY(FOREIGN_KEY), "of another account, 444455556666", NULL,
		  NULL, KEY, FOREIGN_KEY, "true" },
		{ UPDATE(SETS(OTHER_KEY)), "its key was set to " OTHER_KEY "; the call", "another account",
		  NULL, KEY, OTHER_KEY, "false" },
		{ UPDATE(SETS("alias/x")), "its key was set to alias/x;", "another account", NULL, KEY,
		  "alias/x", "false" },
		{ UPDATE(SETS("alias/x")) HAS_KEY(KEY), "the call names kmsKeyId", "its key", NULL, KEY,
		  KEY, NULL },
		{ UPDATE(SETS(FOREIGN_KEY)) REFUSED, "its key was to be set to " FOREIGN_KEY, NULL, NULL,
		  KEY, FOREIGN_KEY, "true" },
		{ EARLIER(ASKS("'name': 'main', 'kmsKeyId': '" FOREIGN_KEY "'")),
		  "of another account, 444455556666", NULL, NULL, NULL, FOREIGN_KEY, "true" },
		/* the rest */
		{ UPDATE(", 'a': 1, 'b': 2, 'c': 3, 'd': 4, 'e': 5, 'f': 6, 'g': 7"),
		  "(UpdateTrail): the call names a, b, c, d, e and 2 more", NULL, NULL, NULL, NULL, NULL },
		{ UPDATE(), "(UpdateTrail)", "): ", NULL, NULL, NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *const facts[][2] = {
			{ "encryption", cases[i].encryption }, { "key before", cases[i].before },
			{ "key after", cases[i].after }, { "key is of another account", cases[i].foreign },
		};
		struct events_scene s;
		struct events_match m;

		events_begin(&s);
		assert_true(events_try(&s, cases[i].record, &m));
		events_check(&m);
		assert_string_equal(m.resource, TRAIL);
		if (strstr(m.summary, cases[i].words) == NULL ||
		    (cases[i].lacks != NULL && strstr(m.summary, cases[i].lacks) != NULL))
			fail_msg("\"%s\": \"%s\", not \"%s\"", m.summary, cases[i].words, cases[i].lacks);
		for (size_t k = 0; k < COUNT(facts); k++)
			if (!text_same(events_fact_of(&m, facts[k][0]), facts[k][1]))
				fail_msg("\"%s\": %s is %s", m.summary, facts[k][0],
				    events_fact_of(&m, facts[k][0]));
		events_end(&s);
	}
}

static void
test_update_remedy(void **state)
{
	struct events_scene s;
	struct events_match m;

	(void)state;
	events_begin(&s);
	assert_true(events_try(&s, UPDATE(SETS("")), &m));
	assert_string_equal(m.remediation, "aws cloudtrail update-trail --name " TRAIL
	    " --kms-key-id " KEY " --region us-east-1");
	events_end(&s);
}

/* ---- policies ---- */

#define OPEN	GOOD_KEY_POLICY
#define SHUT	POLICY(LETS("{`AWS`: `arn:aws:iam::111122223333:root`}", "`kms:*`"))
#define HALF	POLICY(LETS(CLOUDTRAIL, "`kms:GenerateDataKey*`"))
#define ODD	POLICY("{`Effect`: `Allow`, `Principal`: " CLOUDTRAIL ", `Action`: `kms:*`, `Resource`:" \
	"`*`, `Condition`: {`StringEquals`: {`example:unheard`: `y`}}}")
#define PUT(policy) \
	CALL("kms", "PutKeyPolicy") BY_JANE ASKS("'keyId': '" KEY_ID "', 'policy': '" policy "'") LISTS(KEY)
#define PUT_OBJECT(policy) \
	CALL("kms", "PutKeyPolicy") BY_JANE ASKS("'keyId': '" KEY_ID "', 'policy': " policy) LISTS(KEY)
#define PUT_AT(time, policy) "'eventID': 'e-0', 'eventTime': '" time "', 'eventSource':" \
	"'kms.amazonaws.com', 'eventName': 'PutKeyPolicy', 'awsRegion': 'us-east-1'" BY_JANE \
	ASKS("'policy': '" policy "'") LISTS(KEY)
#define LATER_POLICY(text, age) ASKED("kms:GetKeyPolicy", HOME, "'for': '" KEY "', 'age_ms': " age \
	", 'body': {'Policy': '" text "'}")

static void
test_policy(void **state)
{
	static const struct {
		const char		*world, *record, *words;
		enum policy_verdict	 before, after;	/* 0: not known */
		const char		*change;	/* NULL: none */
		bool			 remedy;
	} cases[] = {
		{ "", PUT(SHUT), "(PutKeyPolicy): under this policy CloudTrail may not use the key for main "
		  "(before: allowed): ", POLICY_ALLOWED, POLICY_DENIED,
		  "CloudTrail lost kms:GenerateDataKey (denied, was allowed)", true },
		{ "", PUT(HALF), "may not use the key for main (before: allowed)", POLICY_ALLOWED,
		  POLICY_DENIED, "CloudTrail lost kms:DescribeKey", true },
		{ "", PUT(OPEN), "under this policy CloudTrail may use the key (before: allowed)",
		  POLICY_ALLOWED, POLICY_ALLOWED, NULL, false },
		{ "", PUT(ODD), "whether it lets CloudTrail use the key for main cannot be told "
		  "(before: allowed)", POLICY_ALLOWED, POLICY_INDETERMINATE, "CloudTrail lost", true },
		{ "", PUT("no policy"), "cannot be told (before: allowed): not a policy", POLICY_ALLOWED,
		  POLICY_INDETERMINATE, "CloudTrail lost", true },
		{ "", PUT_OBJECT("{'Version': '2012-10-17', 'Statement': [{'Effect': 'Deny', 'Principal': '*',"
		  "'Action': 'kms:*', 'Resource': '*'}]}"), "(before: allowed)",
		  POLICY_ALLOWED, POLICY_DENIED, "CloudTrail lost", true },
		{ "", PUT(SHUT) REFUSED, "was denied (PutKeyPolicy, AccessDenied): under this policy",
		  POLICY_ALLOWED, POLICY_DENIED, "CloudTrail lost", false },
		{ KEY_POLICY(SHUT), PUT(OPEN), "may use the key (before: denied)", POLICY_DENIED,
		  POLICY_ALLOWED, "CloudTrail gained kms:GenerateDataKey", false },
		/* read after the event only: what was before is not known */
		{ "", PUT_AT("2026-01-02T02:00:00Z", SHUT), "(before: not known)", 0, POLICY_DENIED, NULL,
		  true },
		/* ... or the text that was there before it changed is */
		{ LATER_POLICY(SHUT, "10"), PUT_AT("2026-01-02T03:03:30Z", SHUT), "(before: allowed)",
		  POLICY_ALLOWED, POLICY_DENIED, "CloudTrail lost", true },
		{ LATER_POLICY(SHUT, "10"), PUT_AT("2026-01-02T02:00:00Z", SHUT), "(before: not known)", 0,
		  POLICY_DENIED, NULL, true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct events_scene s;
		struct events_match m;

		events_begin(&s);
		scene_reply(&s.scene, cases[i].world);
		assert_true(events_try(&s, cases[i].record, &m));
		events_check(&m);
		if (strstr(m.summary, cases[i].words) == NULL)
			fail_msg("\"%s\" lacks \"%s\"", m.summary, cases[i].words);
		assert_int_equal(m.verdict_count, 1);
		assert_string_equal(m.verdicts[0].trail_arn, TRAIL);
		assert_int_equal(m.verdicts[0].before, cases[i].before);
		assert_int_equal(m.verdicts[0].after, cases[i].after);
		assert_string_equal(events_fact_of(&m, "policy after"),
		    policy_verdict_name(cases[i].after));
		if ((cases[i].change == NULL) != (m.verdicts[0].change == NULL) ||
		    (cases[i].change != NULL && strstr(m.verdicts[0].change, cases[i].change) == NULL))
			fail_msg("\"%s\": %s", m.summary, m.verdicts[0].change);
		if ((m.remediation != NULL) != cases[i].remedy)
			fail_msg("\"%s\": %s", m.summary, m.remediation);
		events_end(&s);
	}
}

/* Each trail that uses the key is judged by its own ARN; the worst one speaks. */
static void
test_trails(void **state)
{
	static const char only_main[] = POLICY(
	    "{`Effect`: `Allow`, `Principal`: " CLOUDTRAIL ", `Action`: `kms:GenerateDataKey*`, "
	    "`Resource`: `*`, `Condition`: {`StringEquals`: {`aws:SourceArn`: `" TRAIL "`}}}, "
	    LETS(CLOUDTRAIL, "`kms:DescribeKey`"));
	const char *record;
	struct events_scene s;
	struct events_match m;

	(void)state;
	events_begin(&s);
	scene_reply(&s.scene, BOTH(GOOD_TRAIL ", {'TrailARN': '" WEST_TRAIL "', 'S3BucketName':"
	    "'west-logs', 'IsMultiRegionTrail': false, 'KmsKeyId': '" KEY "'}"));
	record = arena_printf(s.scene.arena, PUT("%s"), only_main);
	assert_true(events_try(&s, record, &m));
	events_check(&m);
	assert_non_null(strstr(m.summary, "may not use the key for west (before: allowed)"));
	assert_int_equal(m.verdict_count, 2);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(m.verdicts[i].after,
		    strcmp(m.verdicts[i].trail_arn, TRAIL) == 0 ? POLICY_ALLOWED : POLICY_DENIED);
	assert_non_null(events_fact_of(&m, "change for " WEST_TRAIL));
	assert_null(events_fact_of(&m, "change for " TRAIL));
	assert_non_null(strstr(m.remediation, "--trail-arn " WEST_TRAIL));
	assert_int_equal(m.link_count, 5);
	events_end(&s);
}

static void
test_no_policy(void **state)
{
	struct events_scene s;
	struct events_match m;

	(void)state;
	events_begin(&s);
	assert_true(events_try(&s, CALL("kms", "PutKeyPolicy") BY_JANE NOTHING LISTS(KEY), &m));
	assert_non_null(strstr(m.summary, "the event does not hold the policy"));
	assert_int_equal(m.verdict_count, 0);
	events_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_update),
		cmocka_unit_test(test_update_remedy),
		cmocka_unit_test(test_policy),
		cmocka_unit_test(test_trails),
		cmocka_unit_test(test_no_policy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
