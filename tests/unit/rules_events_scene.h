/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records of CloudTrail for the tests of the event rules, in the world of rules_scene.h with a
 * second trail in the west, whose key has the id of a multi-region one in the east.
 */
#ifndef UNIT_RULES_EVENTS_SCENE_H
#define UNIT_RULES_EVENTS_SCENE_H

#include "unit/rules_scene.h"

#include "parse/record.h"
#include "rules/events.h"

#define WEST_TRAIL	"arn:aws:cloudtrail:us-west-2:111122223333:trail/west"
#define WEST_KEY	"arn:aws:kms:us-west-2:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab"
#define OTHER_KEY	"arn:aws:kms:us-east-1:111122223333:key/0987dcba-09fe-87dc-65ba-ab0987654321"
#define KEY_ID		"1234abcd-12ab-34cd-56ef-1234567890ab"
#define MRK_ID		"mrk-1234abcd12ab34cd56ef1234567890ab"
#define BUCKET_ARN	"arn:aws:s3:::example-logs"
#define ROLE		"arn:aws:iam::111122223333:role/trailseal"
#define JANE		"arn:aws:sts::111122223333:assumed-role/ops/jane"
#define OPS		"arn:aws:iam::111122223333:role/ops"

#define A_WEST_TRAIL	"{'TrailARN': '" WEST_TRAIL "', 'S3BucketName': 'west-logs'," \
	"'IsMultiRegionTrail': false, 'KmsKeyId': '" WEST_KEY "'}"
#define EVENTS_WORLD \
	GOOD_WORLD TRAILS(WEST, GOOD_TRAIL ", " A_WEST_TRAIL) \
	ASKED("kms:DescribeKey", WEST, "'for': '" WEST_KEY "', 'body': {'KeyMetadata': {'Arn': '" \
	    WEST_KEY "', 'KeyState': 'Enabled', " KEY_TYPE "}}")

/* What records begin with. */
#define SERVED(region, account, source, name) \
	"'eventVersion': '1.11', 'eventID': 'e-1', 'eventTime': '2026-01-02T03:04:05Z'," \
	"'eventSource': '" source ".amazonaws.com', 'eventName': '" name "', 'awsRegion': '" region \
	"', 'recipientAccountId': '" account "', 'eventType': 'AwsApiCall', 'eventCategory':" \
	"'Management', 'readOnly': false, 'sourceIPAddress': '192.0.2.7', 'userAgent': 'aws-cli/2'"
#define CALL(source, name)	SERVED(HOME, ACCOUNT, source, name)
#define BY(account, arn, issuer) \
	", 'userIdentity': {'type': 'AssumedRole', 'principalId': 'AROAEXAMPLE:jane', 'arn': '" arn \
	"', 'accountId': '" account "', 'sessionContext': {'sessionIssuer': {'type': 'Role', 'arn': '" \
	issuer "'}, 'attributes': {'mfaAuthenticated': 'true'}}}"
#define BY_JANE		BY(ACCOUNT, JANE, OPS)
#define BY_AWS		", 'userIdentity': {'accountId': '" ACCOUNT "', 'invokedBy': 'AWS Internal'}"
#define ASKS(inner)	", 'requestParameters': {" inner "}"
#define ANSWER(inner)	", 'responseElements': {" inner "}"
#define NOTHING		", 'requestParameters': null, 'responseElements': null"
#define LISTS(arn) \
	", 'resources': [{'accountId': '" ACCOUNT "', 'type': 'AWS::KMS::Key', 'ARN': '" arn "'}]"
#define REFUSED		", 'errorCode': 'AccessDenied', 'errorMessage': 'no'"

/* A record that concerns something watched. */
struct events_case {
	const char	*record;	/* without its braces */
	enum rule_id	 rule;
	const char	*resource;
	const char	*words;		/* in the summary */
};

struct events_scene {
	struct scene		 scene;
	struct events_watched	 watched;
};

static inline void
events_begin(struct events_scene *s)
{
	static const struct rules_role roles[] = { { ACCOUNT, "trailseal" } };

	scene_begin(&s->scene);
	scene_reply(&s->scene, EVENTS_WORLD);
	s->scene.settings.rule[RULE_EVENT_KEY_USED].is_enabled = true;
	s->scene.settings.events.roles = roles;
	s->scene.settings.events.role_count = COUNT(roles);
	s->watched = (struct events_watched){ .world = s->scene.world };
}

static inline void
events_end(struct events_scene *s)
{
	scene_end(&s->scene);
}

/* Written with ' for " and ` for the \" of a text within. */
static inline struct event
events_read(struct events_scene *s, const char *record)
{
	const struct json *json = NULL;
	struct event event = { .id = NULL };
	struct buf text;
	struct err err;

	buf_init(&text, 1 << 20);
	buf_addc(&text, '{');
	for (const char *p = record; *p != '\0'; p++)
		buf_adds(&text, *p == '\'' ? "\"" : *p == '`' ? "\\\"" : (char[]){ *p, '\0' });
	buf_addc(&text, '}');
	if (json_parse(s->scene.arena, text.data, text.len, &json, &err) < 0 ||
	    parse_record(s->scene.arena, json, &event, &err) < 0)
		fail_msg("%s: %s", record, err.text);
	buf_done(&text);
	return event;
}

static inline bool
events_try(struct events_scene *s, const char *record, struct events_match *ret)
{
	struct event event = events_read(s, record);

	return events_match(&s->scene.settings, &s->watched, &event, s->scene.arena, ret);
}

static inline const char *
events_fact_of(const struct events_match *m, const char *name)
{
	for (size_t i = 0; i < m->fact_count; i++)
		if (strcmp(m->facts[i].name, name) == 0)
			return m->facts[i].value;
	return NULL;
}

/* What holds of every match. */
static inline void
events_check(const struct events_match *m)
{
	assert_true(rule_is_event(m->rule));
	assert_in_range(m->severity, SEVERITY_LOW, SEVERITY_CRITICAL);
	assert_non_null(m->account);
	assert_non_null(m->region);
	assert_true(m->resource[0] != '\0' && m->actor[0] != '\0' && m->incident[0] != '\0');
	assert_true(m->summary[0] != '\0' && strchr(m->summary, '\n') == NULL);
	assert_non_null(events_fact_of(m, "eventID"));
	assert_true(m->outcome == EVENT_DONE || (m->link_count == 0 && m->remediation == NULL));
	for (size_t i = 0; i < m->link_count; i++)
		assert_false(rule_is_event(m->links[i].rule));
}

static inline void
events_check_case(const struct events_case *c)
{
	struct events_scene s;
	struct events_match m;

	events_begin(&s);
	if (!events_try(&s, c->record, &m))
		fail_msg("no match: %s", c->record);
	events_check(&m);
	if (m.rule != c->rule || strcmp(m.resource, c->resource) != 0 ||
	    strstr(m.summary, c->words) == NULL)
		fail_msg("%s: %s, %s: \"%s\" lacks \"%s\"", c->record, rule_name(m.rule), m.resource,
		    m.summary, c->words);
	events_end(&s);
}

/* Records of all kinds, for the tests that change them. */
static const struct events_case events_cases[] = {
	/* The key in each of the ways in which it may be named. */
	{ CALL("kms", "DisableKey") BY_JANE ASKS("'keyId': '" KEY_ID "'") LISTS(KEY),
	  RULE_EVENT_KEY_DISABLED, KEY, "key " KEY_ID " (111122223333, us-east-1) was disabled by "
	  JANE " from 192.0.2.7 (DisableKey)" },
	{ CALL("kms", "DisableKey") BY_JANE ASKS("'keyId': '" KEY_ID "'"),
	  RULE_EVENT_KEY_DISABLED, KEY, "was disabled" },
	{ CALL("kms", "DisableKey") BY_JANE ASKS("'keyId': '" KEY "'"),
	  RULE_EVENT_KEY_DISABLED, KEY, "was disabled" },
	{ CALL("kms", "DisableKey") BY_JANE ASKS("'keyId': 'alias/logs'") LISTS(KEY),
	  RULE_EVENT_KEY_DISABLED, KEY, "was disabled" },
	{ CALL("kms", "EnableKey") BY_JANE ANSWER("'keyId': '" KEY "'"),
	  RULE_EVENT_KEY_ENABLED, KEY, "was enabled" },
	{ SERVED(WEST, ACCOUNT, "kms", "DisableKey") BY_JANE ASKS("'keyId': '" MRK_ID "'"),
	  RULE_EVENT_KEY_DISABLED, WEST_KEY, "key " MRK_ID " (111122223333, us-west-2)" },
	{ CALL("kms", "ScheduleKeyDeletion") BY_JANE
	  ASKS("'keyId': '" KEY_ID "', 'pendingWindowInDays': 7") ANSWER("'keyId': '" KEY "',"
	  "'deletionDate': 'Oct 21, 2024, 2:25:29 PM', 'keyState': 'PendingDeletion'") LISTS(KEY),
	  RULE_EVENT_KEY_DELETION_SCHEDULED, KEY, "(ScheduleKeyDeletion): with a waiting time of 7" },
	{ CALL("kms", "CancelKeyDeletion") BY_JANE ASKS("'keyId': '" KEY_ID "'") LISTS(KEY),
	  RULE_EVENT_KEY_DELETION_CANCELLED, KEY, "stays disabled until" },
	{ CALL("kms", "DisableKeyRotation") BY_JANE ASKS("'keyId': '" KEY_ID "'") LISTS(KEY),
	  RULE_EVENT_KEY_ROTATION_DISABLED, KEY, "rotation switched off" },
	{ CALL("kms", "DeleteImportedKeyMaterial") BY_JANE ASKS("'keyId': '" KEY_ID "'") LISTS(KEY),
	  RULE_EVENT_KEY_MATERIAL_DELETED, KEY, "key material deleted by" },
	/* Events of AWS itself. */
	{ CALL("kms", "DeleteExpiredKeyMaterial") BY_AWS NOTHING
	  ", 'serviceEventDetails': {'keyId': '" KEY "'}", RULE_EVENT_KEY_MATERIAL_DELETED, KEY,
	  "as it expired by AWS Internal" },
	{ CALL("kms", "DeleteKey") BY_AWS NOTHING LISTS(KEY), RULE_EVENT_KEY_DELETED, KEY,
	  "was deleted by AWS Internal" },
	{ CALL("kms", "DeleteKey") ", 'userIdentity': null" NOTHING LISTS(KEY),
	  RULE_EVENT_KEY_DELETED, KEY, "by somebody whom the record does not name" },
	/* Two entries, in either order. */
	{ CALL("kms", "UpdateAlias") BY_JANE
	  ASKS("'aliasName': 'alias/logs', 'targetKeyId': '" KEY_ID "'")
	  ", 'resources': [{'ARN': 'arn:aws:kms:us-east-1:111122223333:alias/logs', 'type':"
	  "'AWS::KMS::Key'}, {'ARN': '" KEY "', 'type': 'AWS::KMS::Key'}]",
	  RULE_EVENT_KEY_ALIAS_CHANGED, KEY, "was put behind an alias" },
	{ CALL("kms", "DeleteAlias") BY_JANE ASKS("'aliasName': 'alias/logs'")
	  ", 'resources': [{'ARN': '" KEY "'}, {'ARN': 'arn:aws:kms:us-east-1:111122223333:alias/logs'"
	  "}]", RULE_EVENT_KEY_ALIAS_CHANGED, KEY, "lost an alias" },
	{ CALL("kms", "CreateAlias") BY_JANE
	  ASKS("'aliasName': 'alias/new', 'targetKeyId': '" KEY_ID "'"),
	  RULE_EVENT_KEY_ALIAS_CHANGED, KEY, "was given an alias" },
	{ CALL("kms", "CreateGrant") BY_JANE ASKS("'keyId': '" KEY "', 'operations': ['Decrypt'],"
	  "'granteePrincipal': 'arn:aws:iam::444455556666:role/x'") LISTS(KEY),
	  RULE_EVENT_KEY_GRANT_CHANGED, KEY, "was granted" },
	{ CALL("kms", "RetireGrant") BY_JANE NOTHING LISTS(KEY), RULE_EVENT_KEY_GRANT_CHANGED, KEY,
	  "had a grant retired" },
	/* From another account, whose record names the key in full. */
	{ SERVED(HOME, FOREIGN, "kms", "CreateGrant") BY(FOREIGN,
	  "arn:aws:sts::444455556666:assumed-role/x/y", "arn:aws:iam::444455556666:role/x")
	  ASKS("'keyId': '" KEY "'") LISTS(KEY) ", 'sharedEventID': 's-1'",
	  RULE_EVENT_KEY_GRANT_CHANGED, KEY, "by arn:aws:sts::444455556666:assumed-role/x/y" },
	/* Use. */
	{ CALL("kms", "Decrypt") BY_JANE
	  ASKS("'encryptionContext': {'aws:cloudtrail:arn': '" TRAIL "'}") LISTS(KEY),
	  RULE_EVENT_KEY_USED, KEY, "was used to decrypt by " JANE },
	{ CALL("kms", "ReEncrypt") BY_JANE ASKS("'sourceKeyId': '" OTHER_KEY "', 'destinationKeyId':"
	  "'" KEY "'") ", 'resources': [{'ARN': '" OTHER_KEY "'}, {'ARN': '" KEY "'}]",
	  RULE_EVENT_KEY_USED, KEY, "encrypt anew" },
	/* Trails. */
	{ CALL("cloudtrail", "StopLogging") BY_JANE ASKS("'name': 'main'"),
	  RULE_EVENT_TRAIL_STOPPED, TRAIL, "trail main (111122223333, us-east-1) was stopped by " },
	{ CALL("cloudtrail", "StopLogging") BY_JANE ASKS("'name': '" TRAIL "'"),
	  RULE_EVENT_TRAIL_STOPPED, TRAIL, "was stopped" },
	{ SERVED(WEST, ACCOUNT, "cloudtrail", "StartLogging") BY_JANE ASKS("'name': 'west'"),
	  RULE_EVENT_TRAIL_STARTED, WEST_TRAIL, "was started" },
	{ CALL("cloudtrail", "DeleteTrail") BY_JANE ASKS("'name': 'main'"),
	  RULE_EVENT_TRAIL_DELETED, TRAIL, "was deleted" },
	{ CALL("cloudtrail", "PutEventSelectors") BY_JANE ASKS("'trailName': 'main',"
	  "'eventSelectors': [{'readWriteType': 'ReadOnly'}]") ANSWER("'trailARN': '" TRAIL "'"),
	  RULE_EVENT_TRAIL_SELECTORS_CHANGED, TRAIL, "had its selectors changed" },
	{ CALL("cloudtrail", "UpdateTrail") BY_JANE ASKS("'name': 'main', 'kmsKeyId': ''"),
	  RULE_EVENT_TRAIL_UPDATED, TRAIL, "its encryption was removed" },
	{ CALL("cloudtrail", "UpdateTrail") BY_JANE ASKS("'name': 'main', 'kmsKeyId': '" FOREIGN_KEY
	  "'"), RULE_EVENT_TRAIL_UPDATED, TRAIL, "its key was set to " FOREIGN_KEY
	  ", of another account, 444455556666; the call names kmsKeyId" },
	/* Attempts. */
	{ CALL("cloudtrail", "StopLogging") BY_JANE ASKS("'name': 'main'") REFUSED,
	  RULE_EVENT_TRAIL_STOPPED, TRAIL, "saw an attempt to stop it by " JANE " from 192.0.2.7, "
	  "which was denied (StopLogging, AccessDenied)" },
	{ CALL("cloudtrail", "DeleteTrail") BY_JANE NOTHING ", 'errorCode': 'AccessDeniedException',"
	  "'errorMessage': 'User: " JANE " is not authorized to perform: cloudtrail:DeleteTrail on "
	  "resource: " TRAIL " because no policy allows it'", RULE_EVENT_TRAIL_DELETED, TRAIL,
	  "which was denied" },
	{ SERVED(WEST, ACCOUNT, "cloudtrail", "StopLogging") BY_JANE ASKS("'name': 'main'")
	  ", 'errorCode': 'InvalidHomeRegionException'", RULE_EVENT_TRAIL_STOPPED, TRAIL,
	  "which failed (StopLogging, InvalidHomeRegionException)" },
	{ SERVED(HOME, FOREIGN, "kms", "DisableKey") BY(FOREIGN,
	  "arn:aws:sts::444455556666:assumed-role/x/y", "arn:aws:iam::444455556666:role/x") NOTHING
	  ", 'errorCode': 'AccessDenied', 'errorMessage': 'User: "
	  "arn:aws:sts::444455556666:assumed-role/x/y is not authorized to perform: kms:DisableKey on "
	  "resource: " KEY ".'", RULE_EVENT_KEY_DISABLED, KEY, "to disable it by" },
	{ CALL("kms", "DisableKey") BY_JANE ASKS("'keyId': 'alias/logs'") ", 'errorCode':"
	  "'AccessDenied', 'errorMessage': 'User: " JANE " is not authorized to perform: "
	  "kms:DisableKey on resource: " KEY " with an explicit deny'", RULE_EVENT_KEY_DISABLED,
	  KEY, "which was denied" },
	{ CALL("kms", "DisableKey") BY_JANE ASKS("'keyId': '" KEY "'") ", 'errorCode':"
	  "'ThrottlingException'", RULE_EVENT_KEY_DISABLED, KEY, "which was throttled" },
	/* Buckets, roles, the organization. */
	{ CALL("s3", "PutBucketPolicy") BY_JANE ASKS("'bucketName': 'example-logs', 'bucketPolicy':"
	  "{'Version': '2012-10-17', 'Statement': []}"), RULE_EVENT_BUCKET_CHANGED, BUCKET_ARN,
	  "bucket example-logs of trail main (111122223333, us-east-1) was given a policy" },
	{ CALL("s3", "DeleteBucket") BY_JANE ASKS("'bucketName': 'example-logs'"),
	  RULE_EVENT_BUCKET_CHANGED, BUCKET_ARN, "was deleted" },
	{ CALL("s3", "DeleteBucketEncryption") BY_JANE NOTHING
	  ", 'resources': [{'type': 'AWS::S3::Bucket', 'ARN': '" BUCKET_ARN "'}]",
	  RULE_EVENT_BUCKET_CHANGED, BUCKET_ARN, "had its encryption reset" },
	{ CALL("iam", "DetachRolePolicy") BY_JANE ASKS("'roleName': 'trailseal', 'policyArn':"
	  "'arn:aws:iam::aws:policy/X'"), RULE_EVENT_MONITOR_ROLE_CHANGED, ROLE,
	  "role trailseal (111122223333), which trailseal assumes, had a policy detached" },
	{ CALL("iam", "DeleteRole") BY_JANE NOTHING ", 'errorCode': 'AccessDenied', 'errorMessage':"
	  "'User: " JANE " is not authorized to perform: iam:DeleteRole on resource: role " ROLE
	  " with an explicit deny'", RULE_EVENT_MONITOR_ROLE_CHANGED, ROLE, "to delete it" },
	{ CALL("organizations", "AttachPolicy") BY_JANE ASKS("'policyId': 'p-1', 'targetId': '" ACCOUNT
	  "'"), RULE_EVENT_ORGANIZATION_CHANGED, ACCOUNT,
	  "the organization of account 111122223333 had a policy attached" },
	/* The root user. */
	{ CALL("kms", "DisableKey") ", 'userIdentity': {'type': 'Root', 'accountId': '" ACCOUNT "',"
	  "'arn': 'arn:aws:iam::111122223333:root'}" ASKS("'keyId': '" KEY_ID "'") LISTS(KEY),
	  RULE_EVENT_KEY_DISABLED, KEY, "by the root user of account 111122223333 from" },
	{ CALL("kms", "DisableKey") ", 'userIdentity': {'type': 'AWSAccount', 'principalId':"
	  "'AIDAEXAMPLE', 'accountId': '" ACCOUNT "'}" ASKS("'keyId': '" KEY_ID "'") LISTS(KEY),
	  RULE_EVENT_KEY_DISABLED, KEY, "by principal AIDAEXAMPLE of account 111122223333" },
	{ CALL("kms", "DisableKey") ", 'userIdentity': {'type': 'AssumedRole', 'arn': '" JANE "',"
	  "'accountId': '" ACCOUNT "', 'invokedBy': 'cloudformation.amazonaws.com'}"
	  ASKS("'keyId': '" KEY_ID "'") LISTS(KEY), RULE_EVENT_KEY_DISABLED, KEY,
	  "by " JANE " through cloudformation.amazonaws.com from" },
};

#endif
