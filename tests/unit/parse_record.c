/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CloudTrail records, as they are and as they should not be: what one cannot do without, what may
 * be missing or odd, pages on which one is broken, and all that a queue may hold.
 */
#include "unit/parse_answer.h"

#include <stdlib.h>

#include "base/stamp.h"
#include "parse/record.h"

#define KEY	"arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
#define CORE	"'eventID': 'e-1', 'eventTime': '2026-01-02T03:04:05Z', 'eventSource':" \
	"'kms.amazonaws.com', 'eventName': 'DisableKey'"
#define CORE_MS	INT64_C(1767323045000)

/* A whole one: a session of a role from the console. */
#define WHOLE "{" CORE ", 'eventVersion': '1.11', 'awsRegion': 'us-east-1', 'recipientAccountId':" \
	"'111122223333', 'eventType': 'AwsApiCall', 'eventCategory': 'Management', 'readOnly': false," \
	"'sharedEventID': 's-1', 'sourceIPAddress': '192.0.2.7', 'userAgent': 'aws-cli/2'," \
	"'userIdentity': {'type': 'AssumedRole', 'principalId': 'AROAEXAMPLE:jane', 'arn':" \
	"'arn:aws:sts::111122223333:assumed-role/ops/jane', 'accountId': '111122223333'," \
	"'sessionContext': {'sessionIssuer': {'type': 'Role', 'arn':" \
	"'arn:aws:iam::111122223333:role/ops', 'userName': 'ops'}, 'attributes': {'mfaAuthenticated':" \
	"'true'}}, 'invokedBy': 'cloudformation.amazonaws.com'}," \
	"'requestParameters': {'keyId': '" KEY "', 'days': 7, 'force': true, 'none': null, 'empty': ''," \
	"'nested': {'a': [1, 'x']}}, 'responseElements': {'keyId': '" KEY "'}," \
	"'serviceEventDetails': {'keyId': 'k'}, 'resources': [{'ARN': '" KEY "', 'accountId':" \
	"'111122223333', 'type': 'AWS::KMS::Key'}, {'ARNPrefix': 'arn:aws:s3:::b/'}, 'odd', {'ARN':" \
	"'arn:aws:kms:us-east-1:111122223333:alias/x'}]}"

static struct event
read_whole(struct arena *a, const char *text)
{
	struct event event;
	struct err err;

	if (parse_record(a, answer(a, text), &event, &err) < 0)
		fail_msg("%s: %s", text, err.text);
	return event;
}

static void
test_whole(void **state)
{
	struct arena *a = arena_new();
	struct event e = read_whole(a, WHOLE);

	(void)state;
	assert_string_equal(e.id, "e-1");
	assert_string_equal(e.shared_id, "s-1");
	assert_int_equal(e.wall_ms, CORE_MS);
	assert_string_equal(e.source, "kms.amazonaws.com");
	assert_string_equal(e.name, "DisableKey");
	assert_string_equal(e.region, "us-east-1");
	assert_string_equal(e.account, "111122223333");
	assert_string_equal(e.type, "AwsApiCall");
	assert_string_equal(e.category, "Management");
	assert_int_equal(e.read_only, TRI_NO);
	assert_null(e.error_code);
	assert_string_equal(e.source_ip, "192.0.2.7");
	assert_string_equal(e.user_agent, "aws-cli/2");
	assert_string_equal(e.actor.type, "AssumedRole");
	assert_string_equal(e.actor.principal, "AROAEXAMPLE:jane");
	assert_string_equal(e.actor.arn, "arn:aws:sts::111122223333:assumed-role/ops/jane");
	assert_string_equal(e.actor.issuer, "arn:aws:iam::111122223333:role/ops");
	assert_string_equal(e.actor.invoked_by, "cloudformation.amazonaws.com");
	assert_int_equal(e.actor.mfa, TRI_YES);
	assert_false(e.actor.is_root);
	assert_int_equal(e.resource_count, 2);
	assert_string_equal(e.resources[0].arn, KEY);
	assert_null(e.resources[1].type);
	assert_int_equal(e.value_count, 7);
	assert_string_equal(event_text(&e, EVENT_REQUEST, "days"), "7");
	assert_string_equal(event_text(&e, EVENT_REQUEST, "force"), "true");
	assert_string_equal(event_text(&e, EVENT_REQUEST, "empty"), "");
	assert_null(event_text(&e, EVENT_REQUEST, "none"));
	assert_string_equal(event_text(&e, EVENT_REQUEST, "nested"), "{\"a\":[1,\"x\"]}");
	assert_true(event_find(&e, EVENT_REQUEST, "nested")->is_json);
	assert_string_equal(event_text(&e, EVENT_RESPONSE, "keyId"), KEY);
	assert_string_equal(event_text(&e, EVENT_SERVICE, "keyId"), "k");
	arena_free(a);
}

/* What real records lack or have in another form: all of these are read. */
static void
test_lenient(void **state)
{
	static const char *const records[] = {
		"{" CORE "}",
		"{" CORE ", 'userIdentity': null, 'requestParameters': null, 'resources': null}",
		"{" CORE ", 'userIdentity': {'type': 'AWSService', 'invokedBy': 'AWS Internal'}}",
		"{" CORE ", 'userIdentity': {'sessionContext': {'sessionIssuer': {}}}}",
		"{" CORE ", 'userIdentity': 'x', 'requestParameters': [1], 'resources': {'ARN': 'x'}}",
		"{" CORE ", 'userIdentity': {'arn': {}, 'sessionContext': 1}, 'resources': [null, 1]}",
		"{" CORE ", 'errorCode': '', 'readOnly': 'false', 'eventVersion': 1.05}",
		"{" CORE ", 'insightDetails': {'state': 'Start'}, 'eventCategory': 'Insight'}",
		"{" CORE ", 'unknown': [[[[[[{}]]]]]]}",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(records); i++) {
		struct arena *a = arena_new();
		struct event e = read_whole(a, records[i]);

		assert_string_equal(e.id, "e-1");
		assert_null(e.actor.arn);
		assert_null(e.error_code);
		assert_int_equal(e.resource_count + e.value_count, 0);
		arena_free(a);
	}
}

static void
test_forms(void **state)
{
	struct arena *a = arena_new();
	struct event e;

	(void)state;
	e = read_whole(a, "{" CORE ", 'recipientAccountId': 111122223333, 'readOnly': 'true',"
	    "'userIdentity': {'type': 'Root', 'sessionContext': {'attributes': {'mfaAuthenticated':"
	    "false}}}}");
	assert_string_equal(e.account, "111122223333");
	assert_int_equal(e.read_only, TRI_YES);
	assert_true(e.actor.is_root);
	assert_int_equal(e.actor.mfa, TRI_NO);
	arena_free(a);
}

static void
test_refused(void **state)
{
	static const struct {
		const char	*record, *why;
	} cases[] = {
		{ "[]", "no object" },
		{ "{'eventTime': '2026-01-02T03:04:05Z', 'eventSource': 'x', 'eventName': 'y'}",
		  "eventID is missing" },
		{ "{'eventID': 'e', 'eventTime': '2026-01-02T03:04:05Z', 'eventName': 'y'}",
		  "eventSource is missing" },
		{ "{'eventID': 'e', 'eventTime': '2026-01-02T03:04:05Z', 'eventSource': 'x',"
		  "'eventName': null}", "eventName is missing" },
		{ "{'eventID': 'e', 'eventTime': 'now', 'eventSource': 'x', 'eventName': 'y'}",
		  "eventTime is not a time" },
		{ "{'eventID': 'e', 'eventSource': 'x', 'eventName': 'y'}", "eventTime" },
		{ "{'eventID': 'e\\u0000f', 'eventTime': '2026-01-02T03:04:05Z', 'eventSource': 'x',"
		  "'eventName': 'y'}", "eventID is missing" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct event event = { .id = "untouched" };
		struct arena *a = arena_new();
		struct err err;

		assert_int_equal(parse_record(a, answer(a, cases[i].record), &event, &err), -1);
		assert_int_equal(err.kind, ERR_MALFORMED);
		if (strstr(err.text, cases[i].why) == NULL)
			fail_msg("%s: \"%s\"", cases[i].record, err.text);
		assert_string_equal(event.id, "untouched");
		arena_free(a);
	}
}

/* Words are cut; a part of a name would name something else. */
static void
test_caps(void **state)
{
	struct arena *a = arena_new();
	char *long_text = arena_alloc(a, RECORD_VALUE_MAX + 10);
	struct event e;

	(void)state;
	memset(long_text, 'x', RECORD_VALUE_MAX + 1);
	e = read_whole(a, arena_printf(a, "{" CORE ", 'userAgent': '%s', 'errorMessage': '%s',"
	    "'awsRegion': '%s', 'requestParameters': {'policy': '%s', 'list': ['%s'], 'keyId':"
	    "'k\\u0000'}, 'resources': [{'ARN': '%s'}]}", long_text, long_text, long_text, long_text,
	    long_text, long_text));
	assert_int_equal(strlen(e.user_agent), PARSE_TEXT_MAX);
	assert_int_equal(strlen(e.error_message), PARSE_TEXT_MAX);
	assert_null(e.region);
	assert_int_equal(e.resource_count + e.value_count, 0);
	long_text[RECORD_VALUE_MAX] = '\0';
	e = read_whole(a, arena_printf(a, "{" CORE ", 'requestParameters': {'policy': '%s'}}",
	    long_text));
	assert_int_equal(event_find(&e, EVENT_REQUEST, "policy")->len, RECORD_VALUE_MAX);
	arena_free(a);
}

static void
test_many(void **state)
{
	struct arena *a = arena_new();
	struct event e;
	struct buf text;

	(void)state;
	buf_init(&text, 1 << 20);
	buf_adds(&text, "{" CORE ", 'requestParameters': {'n': 1");
	for (int i = 0; i < RECORD_VALUES_MAX + 5; i++)
		buf_addf(&text, ", 'n%d': %d", i, i);
	buf_adds(&text, "}, 'resources': [{'ARN': '" KEY "'}");
	for (int i = 0; i < RECORD_RESOURCES_MAX + 5; i++)
		buf_adds(&text, ", {'ARN': '" KEY "'}");
	buf_adds(&text, "]}");
	e = read_whole(a, buf_text(&text));
	assert_int_equal(e.value_count, RECORD_VALUES_MAX);
	assert_int_equal(e.resource_count, RECORD_RESOURCES_MAX);
	buf_done(&text);
	arena_free(a);
}

/* ---- pages ---- */

#define ESCAPED(id, time) "{\\\"eventID\\\": \\\"" id "\\\", \\\"eventTime\\\": \\\"" time "\\\"," \
	"\\\"eventSource\\\": \\\"kms.amazonaws.com\\\", \\\"eventName\\\": \\\"DisableKey\\\"}"

static void
test_page(void **state)
{
	static const char text[] = "{'Events': ["
	    "{'EventId': 'a', 'EventTime': 1767323045, 'CloudTrailEvent': '"
	    ESCAPED("a", "2026-01-02T03:04:05Z") "'},"
	    "{'EventId': 'b', 'EventTime': 1767323050.5, 'CloudTrailEvent': '{\\\"eventID\\\":'},"
	    "{'EventId': 'c', 'EventTime': 1767323000, 'CloudTrailEvent': '{}'},"
	    "7, {'EventTime': 'late'},"
	    "{'EventId': 'd', 'EventTime': 1767323010, 'CloudTrailEvent':"
	    "'{\\\"eventSource\\\": \\\"s\\\", \\\"eventName\\\": \\\"n\\\"}'},"
	    "{'CloudTrailEvent': '" ESCAPED("f", "2026-01-02T03:05:05Z") "'}],"
	    "'NextToken': 'more'}";
	static const struct {
		const char	*id, *why;
	} lost[] = {
		{ "b", "CloudTrailEvent: 1:" }, { "c", "eventSource is missing" },
		{ "", "no object" }, { "", "CloudTrailEvent is no text" },
	};
	struct arena *a = arena_new();
	struct record_page page;
	struct err err;

	(void)state;
	assert_int_equal(parse_lookup_events(a, answer(a, text), &page, &err), 0);
	assert_int_equal(page.count, 3);
	assert_string_equal(page.events[0].id, "a");
	assert_string_equal(page.events[1].id, "d");
	assert_int_equal(page.events[1].wall_ms, INT64_C(1767323010000));
	assert_string_equal(page.events[2].id, "f");
	assert_int_equal(page.lost_count, COUNT(lost));
	for (size_t i = 0; i < COUNT(lost); i++) {
		assert_string_equal(page.lost[i].id, lost[i].id);
		assert_non_null(strstr(page.lost[i].why, lost[i].why));
	}
	assert_string_equal(page.next, "more");
	assert_int_equal(page.oldest_wall_ms, INT64_C(1767323000000));
	assert_int_equal(page.newest_wall_ms, INT64_C(1767323105000));
	arena_free(a);
}

static void
test_odd_pages(void **state)
{
	struct record_page page;
	struct arena *a = arena_new();
	struct err err;
	struct buf text;

	(void)state;
	assert_int_equal(parse_lookup_events(a, answer(a, "{'Events': [], 'NextToken': ''}"), &page,
	    &err), 0);
	assert_int_equal(page.count + page.lost_count, 0);
	assert_null(page.next);
	assert_int_equal(page.oldest_wall_ms, STAMP_UNKNOWN);
	assert_int_equal(page.newest_wall_ms, STAMP_UNKNOWN);
	assert_int_equal(parse_lookup_events(a, answer(a, "{}"), &page, &err), -1);
	assert_int_equal(parse_lookup_events(a, answer(a, "{'Events': {}}"), &page, &err), -1);
	assert_int_equal(parse_lookup_events(a, answer(a, "{'Events': [], 'NextToken': 1}"), &page,
	    &err), -1);
	buf_init(&text, 1 << 20);
	buf_adds(&text, "{'Events': [1");
	for (int i = 0; i < RECORD_PAGE_MAX; i++)
		buf_adds(&text, ",1");
	buf_adds(&text, "]}");
	assert_int_equal(parse_lookup_events(a, answer(a, buf_text(&text)), &page, &err), -1);
	assert_non_null(strstr(err.text, "more than 1000"));
	buf_done(&text);
	arena_free(a);
}

/* ---- messages ---- */

#define RECORD "{\"eventID\": \"m\", \"eventTime\": \"2026-01-02T03:04:05Z\", \"eventSource\":" \
	"\"kms.amazonaws.com\", \"eventName\": \"DisableKey\"}"
#define BRIDGE "{\"version\": \"0\", \"id\": \"x\", \"detail-type\": \"AWS API Call via CloudTrail\"," \
	"\"source\": \"aws.kms\", \"resources\": [], \"detail\": " RECORD "}"
#define RECORD_INSIDE "{\\\"eventID\\\": \\\"m\\\", \\\"eventTime\\\": \\\"2026-01-02T03:04:05Z\\\"," \
	"\\\"eventSource\\\": \\\"kms.amazonaws.com\\\", \\\"eventName\\\": \\\"DisableKey\\\"}"
#define SNS(message) "{\"Type\": \"Notification\", \"MessageId\": \"y\", \"TopicArn\":" \
	"\"arn:aws:sns:us-east-1:111122223333:t\", \"Message\": \"" message "\"}"

static void
test_messages(void **state)
{
	static const struct {
		const char	*body, *why;	/* NULL: it holds the record */
	} cases[] = {
		{ BRIDGE, NULL },
		{ RECORD, NULL },
		{ SNS(RECORD_INSIDE), NULL },
		{ SNS("{\\\"detail-type\\\": \\\"x\\\", \\\"detail\\\": " RECORD_INSIDE "}"), NULL },
		{ "", "no JSON: 1:1" },
		{ "hello", "no JSON: 1:" },
		{ "{} {}", "no JSON: 1:" },
		{ "[1]", "no object" },
		{ "{}", "neither an event of EventBridge nor" },
		{ "{\"Records\": [{\"eventSource\": \"aws:s3\"}]}", "neither an event" },
		{ "{\"detail-type\": \"KMS CMK Deletion\", \"detail\": {\"key-id\": \"k\"}}",
		  "\"KMS CMK Deletion\", that holds no CloudTrail record" },
		{ "{\"detail-type\": 1, \"detail\": 2}", "\"\", that holds no" },
		{ "{\"detail-type\": \"x\", \"detail\": {\"eventSource\": \"s\"}}",
		  "eventID is missing" },
		{ "{\"Type\": \"SubscriptionConfirmation\", \"TopicArn\": \"t\"}",
		  "type \"SubscriptionConfirmation\"" },
		{ "{\"Type\": \"Notification\", \"TopicArn\": \"t\"}", "without a Message" },
		{ SNS("hello"), "whose Message is no JSON: 1:" },
		{ SNS("3"), "of no object" },
		{ SNS("{}"), "neither" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct arena *a = arena_new();
		struct event event;
		struct err err;
		int ret = parse_event_message(a, cases[i].body, strlen(cases[i].body), &event, &err);

		if (ret != (cases[i].why ? -1 : 0) ||
		    (ret < 0 && strstr(err.text, cases[i].why) == NULL))
			fail_msg("%s: %d \"%s\"", cases[i].body, ret, ret < 0 ? err.text : "");
		if (ret == 0)
			assert_string_equal(event.id, "m");
		arena_free(a);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_lenient),
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_caps),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_page),
		cmocka_unit_test(test_odd_pages),
		cmocka_unit_test(test_messages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
