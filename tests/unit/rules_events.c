/* SPDX-License-Identifier: Apache-2.0 */
/* The event rules: what is matched, what is not, who did it, and how bad it is. */
#include "unit/rules_events_scene.h"

static void
test_matches(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(events_cases); i++)
		events_check_case(&events_cases[i]);
}

/* Things that are not watched, though they look like what is. */
static void
test_strangers(void **state)
{
	static const char *const records[] = {
		/* another key; the same id in another region; in another account */
		CALL("kms", "DisableKey") BY_JANE ASKS("'keyId': '" OTHER_KEY "'") LISTS(OTHER_KEY),
		SERVED(WEST, ACCOUNT, "kms", "DisableKey") BY_JANE ASKS("'keyId': '" KEY_ID "'"),
		CALL("kms", "DisableKey") BY_JANE ASKS("'keyId': '" MRK_ID "'"),
		CALL("kms", "DisableKey") BY_JANE ASKS("'keyId': '" FOREIGN_KEY "'"),
		SERVED(HOME, FOREIGN, "kms", "DisableKey") BY(FOREIGN, "arn:aws:sts::444455556666:a/b",
		    "arn:aws:iam::444455556666:role/a") ASKS("'keyId': '" KEY_ID "'"),
		/* a bare id in the record that the caller's account does not keep */
		CALL("kms", "DisableKey") BY(FOREIGN, "arn:aws:sts::444455556666:assumed-role/x/y",
		    "arn:aws:iam::444455556666:role/x") ASKS("'keyId': '" KEY_ID "'"),
		/* succeeded elsewhere than where the key lives */
		SERVED(WEST, ACCOUNT, "kms", "DisableKey") BY_JANE LISTS(KEY),
		/* the entry of AWS names another key than the request */
		CALL("kms", "DisableKey") BY_JANE ASKS("'keyId': '" KEY_ID "'") LISTS(OTHER_KEY),
		/* a part of a name */
		CALL("kms", "DisableKey") BY_JANE ASKS("'keyId': '" KEY_ID "0'"),
		CALL("kms", "DisableKey") BY_JANE ASKS("'keyId': '" KEY "/x'"),
		/* an alias that nothing resolves, and no name at all */
		CALL("kms", "DisableKey") BY_JANE ASKS("'keyId': 'alias/logs'"),
		CALL("kms", "DisableKey") BY_JANE NOTHING,
		CALL("kms", "DisableKey") BY_JANE ASKS("'keyId': ''"),
		/* a name in the text of a success, or beside another name */
		CALL("kms", "DisableKey") BY_JANE ASKS("'keyId': '" OTHER_KEY "'") ", 'errorCode':"
		    "'AccessDenied', 'errorMessage': 'on resource: " KEY "'",
		/* a name of this event at another service; other events of this one */
		CALL("ecs", "DisableKey") BY_JANE ASKS("'keyId': '" KEY_ID "'") LISTS(KEY),
		CALL("kms", "DescribeKey") BY_JANE ASKS("'keyId': '" KEY_ID "'") LISTS(KEY),
		CALL("kms", "Disablekey") BY_JANE ASKS("'keyId': '" KEY_ID "'") LISTS(KEY),
		/* trails */
		CALL("cloudtrail", "StopLogging") BY_JANE ASKS("'name': 'other'"),
		CALL("cloudtrail", "StopLogging") BY_JANE ASKS("'name': 'west'"),
		SERVED(WEST, ACCOUNT, "cloudtrail", "StopLogging") BY_JANE ASKS("'name': 'main'"),
		SERVED(HOME, FOREIGN, "cloudtrail", "StopLogging") BY(FOREIGN, "arn:aws:sts::4:a/b",
		    "arn:aws:iam::4:role/a") ASKS("'name': 'main'"),
		CALL("cloudtrail", "CreateTrail") BY_JANE ASKS("'name': 'main'"),
		/* the others */
		CALL("s3", "DeleteBucket") BY_JANE ASKS("'bucketName': 'other-logs'"),
		SERVED("cn-north-1", ACCOUNT, "s3", "DeleteBucket") BY_JANE
		    ASKS("'bucketName': 'example-logs'"),
		CALL("iam", "DeleteRole") BY_JANE ASKS("'roleName': 'other'"),
		SERVED(HOME, FOREIGN, "iam", "DeleteRole") BY(FOREIGN, "arn:aws:sts::4:a/b",
		    "arn:aws:iam::4:role/a") ASKS("'roleName': 'trailseal'"),
		SERVED("cn-north-1", ACCOUNT, "iam", "DeleteRole") BY_JANE
		    ASKS("'roleName': 'trailseal'"),
		SERVED("us-gov-west-1", ACCOUNT, "organizations", "AttachPolicy") BY_JANE
		    ASKS("'policyId': 'p-1'"),
		SERVED(HOME, FOREIGN, "organizations", "AttachPolicy") BY(FOREIGN,
		    "arn:aws:sts::4:a/b", "arn:aws:iam::4:role/a") ASKS("'policyId': 'p-1'"),
		CALL("kms", "DisconnectCustomKeyStore") BY_JANE ASKS("'customKeyStoreId': 'cks-1'"),
		/* CloudTrail itself; a call as an endpoint saw it; an insight */
		CALL("kms", "GenerateDataKey") ", 'userIdentity': {'type': 'AWSService', 'invokedBy':"
		    "'cloudtrail.amazonaws.com'}" ASKS("'keyId': '" KEY "'") LISTS(KEY),
		"'eventID': 'e', 'eventTime': '2026-01-02T03:04:05Z', 'eventSource':"
		    "'cloudtrail.amazonaws.com', 'eventName': 'StopLogging', 'awsRegion': 'us-east-1',"
		    "'recipientAccountId': '" ACCOUNT "', 'eventCategory': 'NetworkActivity'"
		    ASKS("'name': 'main'"),
		"'eventID': 'e', 'eventTime': '2026-01-02T03:04:05Z', 'eventSource':"
		    "'kms.amazonaws.com', 'eventName': 'DisableKey', 'eventCategory': 'Insight'" LISTS(KEY),
	};

	(void)state;
	for (size_t i = 0; i < COUNT(records); i++) {
		struct events_match m = { .resource = "untouched" };
		struct events_scene s;

		events_begin(&s);
		if (events_try(&s, records[i], &m))
			fail_msg("%s: %s", records[i], m.summary);
		assert_string_equal(m.resource, "untouched");
		events_end(&s);
	}
}

#define DISABLE	CALL("kms", "DisableKey") BY_JANE ASKS("'keyId': '" KEY_ID "'") LISTS(KEY)

/* All that an alert needs, of one event. */
static void
test_golden(void **state)
{
	static const struct fact facts[] = {
		{ "eventID", "e-1" }, { "eventTime", "2026-01-02T03:04:05Z" },
		{ "eventSource", "kms.amazonaws.com" }, { "eventName", "DisableKey" },
		{ "awsRegion", HOME }, { "recipientAccountId", ACCOUNT },
		{ "userIdentity.type", "AssumedRole" }, { "userIdentity.arn", JANE },
		{ "userIdentity.principalId", "AROAEXAMPLE:jane" }, { "sessionIssuer.arn", OPS },
		{ "mfaAuthenticated", "true" }, { "sourceIPAddress", "192.0.2.7" },
		{ "userAgent", "aws-cli/2" }, { "keyId", KEY_ID },
	};
	struct events_scene s;
	struct events_match m;

	(void)state;
	events_begin(&s);
	assert_true(events_try(&s, DISABLE, &m));
	assert_int_equal(m.severity, SEVERITY_CRITICAL);
	assert_int_equal(m.outcome, EVENT_DONE);
	assert_false(m.is_expected);
	assert_ptr_equal(m.subject, &world_find_key(s.scene.world, KEY)->subject);
	assert_string_equal(m.account, ACCOUNT);
	assert_string_equal(m.region, HOME);
	assert_string_equal(m.resource, KEY);
	assert_string_equal(m.incident, "e-1");
	assert_string_equal(m.actor, JANE);
	assert_string_equal(m.source_ip, "192.0.2.7");
	assert_string_equal(m.remediation, "aws kms enable-key --key-id " KEY " --region us-east-1");
	for (size_t i = 0; i < COUNT(facts); i++)
		assert_string_equal(events_fact_of(&m, facts[i].name), facts[i].value);
	assert_null(events_fact_of(&m, "root"));
	assert_null(events_fact_of(&m, "errorCode"));
	assert_int_equal(m.link_count, 1);
	assert_int_equal(m.links[0].rule, RULE_KEY_DISABLED);
	events_end(&s);
}

/* The links are where the findings of the same world stand. */
static void
check_links(const char *record, const char *change, enum rule_id rule, size_t count)
{
	const struct observation *o;
	struct events_scene s;
	struct events_match m;
	size_t found = 0;

	events_begin(&s);
	assert_true(events_try(&s, record, &m));
	assert_int_equal(m.link_count, count);
	scene_reply(&s.scene, change);
	scene_judge(&s.scene, REPLIES_NOW_MS);
	o = scene_find(&s.scene, rule, NULL);
	assert_non_null(o);
	assert_int_equal(o->verdict, VERDICT_FAIL);
	for (size_t i = 0; i < m.link_count; i++)
		found += m.links[i].rule == rule && strcmp(m.links[i].resource, o->resource) == 0 &&
		    strcmp(m.links[i].account, o->account) == 0 &&
		    strcmp(m.links[i].region, o->region) == 0;
	if (found != 1)
		fail_msg("%s: %zu links to %s of %s", record, found, rule_name(rule), o->resource);
	events_end(&s);
}

static void
test_links(void **state)
{
	(void)state;
	check_links(DISABLE, KEY_STATE("Disabled"), RULE_KEY_DISABLED, 1);
	check_links(CALL("kms", "ScheduleKeyDeletion") BY_JANE LISTS(KEY),
	    KEY_STATE("PendingDeletion"), RULE_KEY_PENDING_DELETION, 1);
	check_links(CALL("kms", "DeleteKey") BY_AWS LISTS(KEY), KEY_FAIL(KEY, NOT_FOUND),
	    RULE_KEY_MISSING, 1);
	check_links(CALL("kms", "PutKeyPolicy") BY_JANE LISTS(KEY), KEY_POLICY(POLICY(LETS("`*`",
	    "`kms:Decrypt`"))), RULE_KEY_POLICY_BLOCKS_CLOUDTRAIL, 3);
	check_links(CALL("kms", "PutKeyPolicy") BY_JANE LISTS(KEY), KEY_POLICY(POLICY(LETS("`*`",
	    "`kms:Decrypt`"))), RULE_KEY_POLICY_TOO_OPEN, 3);
	check_links(CALL("cloudtrail", "StopLogging") BY_JANE ASKS("'name': 'main'"),
	    STATUS(HOME, "'IsLogging': false"), RULE_TRAIL_NOT_LOGGING, 1);
	check_links(CALL("cloudtrail", "UpdateTrail") BY_JANE ASKS("'name': 'main', 'kmsKeyId': ''"),
	    BOTH(A_TRAIL(MULTI VALID)), RULE_TRAIL_UNENCRYPTED, 6);
	check_links(CALL("s3", "DeleteBucket") BY_JANE ASKS("'bucketName': 'example-logs'"),
	    BUCKET("'status': 404, 'body': {'__type': 'NoSuchBucket'}"), RULE_BUCKET_MISSING, 1);
	check_links(CALL("s3", "DeleteBucketPolicy") BY_JANE ASKS("'bucketName': 'example-logs'"),
	    BUCKET_POLICY(POLICY(LETS("`*`", "`s3:GetObject`"))), RULE_BUCKET_POLICY_BLOCKS_CLOUDTRAIL, 1);
}

static void
test_severity(void **state)
{
	static const char *const patterns[] = { "arn:aws:iam::111122223333:role/op*" };
	struct events_scene s;
	struct events_match m;

	(void)state;
	events_begin(&s);
	assert_true(events_try(&s, DISABLE REFUSED, &m));
	assert_int_equal(m.severity, SEVERITY_HIGH);
	assert_int_equal(m.outcome, EVENT_DENIED);
	assert_string_equal(events_fact_of(&m, "errorCode"), "AccessDenied");
	s.scene.settings.rule[RULE_EVENT_KEY_DISABLED].severity = SEVERITY_LOW;
	assert_true(events_try(&s, DISABLE REFUSED, &m));
	assert_int_equal(m.severity, SEVERITY_LOW);
	s.scene.settings.rule[RULE_EVENT_KEY_DISABLED].severity = SEVERITY_HIGH;
	assert_true(events_try(&s, DISABLE, &m));
	assert_int_equal(m.severity, SEVERITY_HIGH);
	s.scene.settings.events.expected_principals = patterns;
	s.scene.settings.events.expected_principal_count = COUNT(patterns);
	assert_true(events_try(&s, DISABLE, &m));
	assert_true(m.is_expected);
	assert_int_equal(m.severity, SEVERITY_LOW);
	assert_string_equal(events_fact_of(&m, "expected"), "true");
	s.scene.settings.rule[RULE_EVENT_KEY_DISABLED].is_enabled = false;
	assert_false(events_try(&s, DISABLE, &m));
	events_end(&s);
}

/* Patterns of principals: the role of a session, and nothing that a session's name could feign. */
static void
test_patterns(void **state)
{
	static const struct {
		const char	*pattern;
		bool		 is;
	} cases[] = {
		{ OPS, true }, { "arn:aws:iam::111122223333:role/*", true },
		{ "arn:aws:iam::*:role/o?s", true }, { JANE, true },
		{ "arn:aws:sts::111122223333:assumed-role/ops/*", true },
		{ "arn:aws:iam::444455556666:role/ops", false },
		{ "arn:aws:iam::111122223333:role/op", false },
		{ "arn:aws:iam::111122223333:role/jane", false },
		{ "arn:aws:*:role/ops", false }, { "*", false },
	};
	struct events_scene s;
	struct event event;

	(void)state;
	events_begin(&s);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct events_match m;

		event = events_read(&s, DISABLE);
		s.scene.settings.events.expected_principals = &cases[i].pattern;
		s.scene.settings.events.expected_principal_count = 1;
		assert_true(events_match(&s.scene.settings, &s.watched, &event, s.scene.arena, &m));
		if (m.is_expected != cases[i].is)
			fail_msg("%s: %d", cases[i].pattern, m.is_expected);
	}
	events_end(&s);
}

#define USE	CALL("kms", "Decrypt") BY_JANE LISTS(KEY)

static void
test_readers(void **state)
{
	static const char *const readers[] = { OPS };
	struct events_scene s;
	struct events_match m;

	(void)state;
	events_begin(&s);
	assert_true(events_try(&s, USE, &m));
	assert_int_equal(m.severity, SEVERITY_MEDIUM);
	s.scene.settings.events.expected_readers = readers;
	s.scene.settings.events.expected_reader_count = COUNT(readers);
	assert_false(events_try(&s, USE, &m));
	assert_true(events_try(&s, DISABLE, &m));
	assert_false(m.is_expected);
	s.scene.settings.events.expected_reader_count = 0;
	s.scene.settings.rule[RULE_EVENT_KEY_USED].is_enabled = false;
	assert_false(events_try(&s, USE, &m));
	events_end(&s);
}

/* A call from one account to another has two records, which are one incident. */
static void
test_shared(void **state)
{
	struct events_match own, others;
	struct events_scene s;

	(void)state;
	events_begin(&s);
	assert_true(events_try(&s, CALL("kms", "CreateGrant") BY(FOREIGN, "arn:aws:sts::4:a/b",
	    "arn:aws:iam::4:role/a") ASKS("'keyId': '" KEY "'") LISTS(KEY)
	    ", 'sharedEventID': 's-1'", &own));
	assert_true(events_try(&s, "'eventID': 'e-2', 'eventTime': '2026-01-02T03:04:05Z',"
	    "'eventSource': 'kms.amazonaws.com', 'eventName': 'CreateGrant', 'awsRegion': 'us-east-1',"
	    "'recipientAccountId': '" FOREIGN "', 'sharedEventID': 's-1'" LISTS(KEY), &others));
	assert_string_equal(own.incident, "s-1");
	assert_string_equal(others.incident, own.incident);
	assert_string_equal(others.resource, own.resource);
	events_end(&s);
}

/* A sweep may be faster than the history: what it found gone was watched. */
static void
test_once(void **state)
{
	static const struct events_once once[] = {
		{ SUBJECT_TRAIL, "arn:aws:cloudtrail:us-east-1:111122223333:trail/gone" },
		{ SUBJECT_KEY, OTHER_KEY },
	};
	struct events_scene s;
	struct events_match m;

	(void)state;
	events_begin(&s);
	s.watched.once = once;
	s.watched.once_count = COUNT(once);
	assert_true(events_try(&s, CALL("cloudtrail", "DeleteTrail") BY_JANE ASKS("'name': 'gone'"),
	    &m));
	events_check(&m);
	assert_null(m.subject);
	assert_string_equal(m.resource, once[0].arn);
	assert_string_equal(m.account, ACCOUNT);
	assert_string_equal(m.region, HOME);
	assert_non_null(strstr(m.summary, "trail gone (111122223333, us-east-1) was deleted by"));
	assert_int_equal(m.link_count, 2);
	assert_int_equal(m.links[0].rule, RULE_TRAIL_DELETED);
	assert_string_equal(m.links[0].resource, once[0].arn);
	assert_int_equal(m.links[1].rule, RULE_ACCOUNT_WITHOUT_TRAIL);
	assert_string_equal(m.links[1].resource, ACCOUNT);
	assert_true(events_try(&s, CALL("kms", "PutKeyPolicy") BY_JANE ASKS("'policy': '{}'")
	    LISTS(OTHER_KEY), &m));
	events_check(&m);
	assert_string_equal(m.resource, OTHER_KEY);
	assert_int_equal(m.verdict_count, 0);
	assert_false(events_try(&s, SERVED(WEST, ACCOUNT, "cloudtrail", "DeleteTrail") BY_JANE
	    ASKS("'name': 'gone'"), &m));
	events_end(&s);
}

static void
test_store(void **state)
{
	struct events_scene s;
	struct events_match m;

	(void)state;
	events_begin(&s);
	scene_reply(&s.scene, KEY_META("'KeyState': 'Enabled', 'Origin': 'AWS_CLOUDHSM',"
	    "'CustomKeyStoreId': 'cks-1', " KEY_TYPE));
	assert_true(events_try(&s, CALL("kms", "DisconnectCustomKeyStore") BY_JANE
	    ASKS("'customKeyStoreId': 'cks-1'"), &m));
	events_check(&m);
	assert_int_equal(m.rule, RULE_EVENT_KEY_STORE_CHANGED);
	assert_string_equal(m.resource, KEY);
	assert_non_null(strstr(m.summary, "custom key store disconnected by"));
	assert_non_null(strstr(m.summary, "custom key store cks-1"));
	assert_string_equal(events_fact_of(&m, "keys of the store"), KEY);
	assert_int_equal(m.link_count, 2);
	assert_false(events_try(&s, SERVED(WEST, ACCOUNT, "kms", "DisconnectCustomKeyStore") BY_JANE
	    ASKS("'customKeyStoreId': 'cks-1'"), &m));
	assert_false(events_try(&s, CALL("kms", "DisconnectCustomKeyStore") BY_JANE
	    ASKS("'customKeyStoreId': 'cks-2'"), &m));
	events_end(&s);
}

/* A role of every account is ours only where an account is watched. */
static void
test_roles(void **state)
{
	static const struct rules_role roles[] = { { NULL, "watcher" } };
	struct events_scene s;
	struct events_match m;

	(void)state;
	events_begin(&s);
	s.scene.settings.events.roles = roles;
	assert_true(events_try(&s, CALL("iam", "DeleteRole") BY_JANE ASKS("'roleName': 'watcher'"),
	    &m));
	assert_string_equal(m.resource, "arn:aws:iam::111122223333:role/watcher");
	assert_string_equal(m.region, "");
	assert_ptr_equal(m.subject, &world_find_account(s.scene.world, ACCOUNT)->subject);
	assert_int_equal(m.link_count, 1);
	assert_int_equal(m.links[0].rule, RULE_VISIBILITY_LOST);
	assert_string_equal(m.links[0].resource, ACCOUNT);
	assert_false(events_try(&s, CALL("iam", "DeleteRole") BY_JANE ASKS("'roleName':"
	    "'trailseal'"), &m));
	assert_false(events_try(&s, SERVED(HOME, FOREIGN, "iam", "DeleteRole") BY(FOREIGN,
	    "arn:aws:sts::4:a/b", "arn:aws:iam::4:role/a") ASKS("'roleName': 'watcher'"), &m));
	events_end(&s);
}

static void
test_names(void **state)
{
	const char *names[EVENTS_NAMES_MAX];
	struct rules_settings settings;
	size_t count, all = 0;

	(void)state;
	rules_settings_init(&settings);
	for (unsigned place = EVENTS_AT_KEY; place <= EVENTS_AT_ORGANIZATION; place <<= 1) {
		count = events_names(&settings, place, false, names);
		assert_true(count > 0);
		all += count;
		assert_int_equal(events_names(&settings, place, true, names), 0);
	}
	count = events_names(&settings, ~0U, false, names);
	assert_int_equal(count, all);
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(names[i], names[k]);
	count = events_names(&settings, EVENTS_AT_TRAIL, false, names);
	assert_int_equal(count, 5);
	assert_string_equal(names[0], "UpdateTrail");
	settings.rule[RULE_EVENT_TRAIL_UPDATED].is_enabled = false;
	assert_int_equal(events_names(&settings, EVENTS_AT_TRAIL, false, names), 4);
	settings.rule[RULE_EVENT_KEY_USED].is_enabled = true;
	assert_int_equal(events_names(&settings, EVENTS_AT_KEY, true, names), 6);
	assert_string_equal(names[0], "Decrypt");
	assert_int_equal(events_names(&settings, EVENTS_AT_TRAIL, true, names), 0);
}

/* Words from outside do not leave their line, and never stand in a command. */
static void
test_foreign_words(void **state)
{
	struct events_scene s;
	struct events_match m;

	(void)state;
	events_begin(&s);
	assert_true(events_try(&s, CALL("cloudtrail", "UpdateTrail")
	    ", 'userIdentity': {'arn': 'x\\u001b[2J$(reboot)\\n'}" ASKS("'name': '" TRAIL "',"
	    "'kmsKeyId': '$(reboot)\\u001b', '\\u001b': 'x'"), &m));
	events_check(&m);
	assert_null(strchr(m.summary, '\x1b'));
	assert_null(strchr(m.actor, '\x1b'));
	assert_null(m.remediation);
	for (size_t i = 0; i < m.fact_count; i++)
		assert_true(strchr(m.facts[i].name, '\x1b') == NULL &&
		    strchr(m.facts[i].value, '\x1b') == NULL);
	events_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_matches),
		cmocka_unit_test(test_strangers),
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_links),
		cmocka_unit_test(test_severity),
		cmocka_unit_test(test_patterns),
		cmocka_unit_test(test_readers),
		cmocka_unit_test(test_shared),
		cmocka_unit_test(test_once),
		cmocka_unit_test(test_store),
		cmocka_unit_test(test_roles),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_foreign_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
