/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small world in which all is well, and changes to it, for the tests of lib/rules. A change is
 * replies that come after those of the good world and take their place; they are written with '
 * for " and ` for the \" of a text within a text. The world: account 111122223333 with two enabled regions and one that is not, a
 * multi-region trail with a key and a bucket, logging in both.
 */
#ifndef UNIT_RULES_SCENE_H
#define UNIT_RULES_SCENE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "golden/replies.h"
#include "rules/rules.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))
#define HOUR_MS		INT64_C(3600000)
#define DAY_MS		(24 * HOUR_MS)

#define ACCOUNT	"111122223333"
#define FOREIGN	"444455556666"
#define HOME	"us-east-1"
#define WEST	"us-west-2"
#define TRAIL	"arn:aws:cloudtrail:us-east-1:111122223333:trail/main"
#define KEY	"arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
#define FOREIGN_KEY	"arn:aws:kms:us-east-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab"

/* One reply; `rest` is what follows the account and region. */
#define ASKED(op, region, rest) \
	"{'op': '" op "', 'account': '" ACCOUNT "', 'region': '" region "', " rest "}\n"
#define DENIED	"'status': 400, 'body': {'__type': 'AccessDeniedException', 'message': 'no'}"
#define DENIED_BY_SCP "'status': 400, 'body': {'__type': 'AccessDeniedException', 'message':" \
	"'not authorized with an explicit deny in a service control policy'}"
#define NOT_FOUND "'status': 400, 'body': {'__type': 'NotFoundException', 'message': 'none'}"

#define REGIONS(rest)	ASKED("account:ListRegions", HOME, rest)
#define TRAILS(region, list) \
	ASKED("cloudtrail:DescribeTrails", region, "'body': {'trailList': [" list "]}")
#define TRAILS_FAIL(region, how)	ASKED("cloudtrail:DescribeTrails", region, how)
#define A_TRAIL(rest)	"{'TrailARN': '" TRAIL "', 'S3BucketName': 'example-logs'" rest "}"
#define MULTI	", 'IsMultiRegionTrail': true, 'IsOrganizationTrail': false"
#define VALID	", 'LogFileValidationEnabled': true"
#define WITH(key)	", 'KmsKeyId': '" key "'"
#define BOTH(trail)	TRAILS(HOME, trail) TRAILS(WEST, trail)
#define STATUS(region, inner) ASKED("cloudtrail:GetTrailStatus", region, \
	"'for': '" TRAIL "', 'body': {" inner "}")
#define STATUS_FAIL(region, how) ASKED("cloudtrail:GetTrailStatus", region, "'for': '" TRAIL "', " how)
#define SELECTORS(inner) ASKED("cloudtrail:GetEventSelectors", HOME, \
	"'for': '" TRAIL "', 'body': {" inner "}")
#define SELECTORS_FAIL(how) ASKED("cloudtrail:GetEventSelectors", HOME, "'for': '" TRAIL "', " how)
#define KEY_META(inner) ASKED("kms:DescribeKey", HOME, "'for': '" KEY "', 'body': {'KeyMetadata':" \
	"{'Arn': '" KEY "', " inner "}}")
#define KEY_FAIL(key, how)	ASKED("kms:DescribeKey", HOME, "'for': '" key "', " how)
#define KEY_TYPE "'KeyManager': 'CUSTOMER', 'KeySpec': 'SYMMETRIC_DEFAULT', 'KeyUsage':" \
	"'ENCRYPT_DECRYPT'"
#define KEY_STATE(state)	KEY_META("'KeyState': '" state "', 'Origin': 'AWS_KMS', " KEY_TYPE)
#define ROTATION(inner) ASKED("kms:GetKeyRotationStatus", HOME, "'for': '" KEY "', 'body': {" inner "}")
#define ROTATION_FAIL(how)	ASKED("kms:GetKeyRotationStatus", HOME, "'for': '" KEY "', " how)
#define STORE(inner) ASKED("kms:DescribeCustomKeyStores", HOME, "'for': '" KEY "', 'body':" \
	"{'CustomKeyStores': [{'CustomKeyStoreId': 'cks-1', " inner "}]}")
#define BUCKET(how)	ASKED("s3:HeadBucket", HOME, "'for': 'example-logs', " how)
#define KEY_POLICY(text) ASKED("kms:GetKeyPolicy", HOME, "'for': '" KEY "', 'body': {'Policy': '" \
	text "'}")
#define BUCKET_POLICY(text) \
	ASKED("s3:GetBucketPolicy", HOME, "'for': 'example-logs', 'body': '" text "'")
#define AT(region)	"'headers': {'x-amz-bucket-region': '" region "'}"

/* Seconds before REPLIES_NOW_MS, written out: 10 minutes, 30 minutes, a year. */
#define RECENT		"1767322445"
#define RECENT_DIGEST	"1767321245"
#define LONG_AGO	"1735689600"
#define WORKING "'IsLogging': true, 'LatestDeliveryTime': " RECENT ", 'LatestDigestDeliveryTime':" \
	RECENT_DIGEST ", 'StartLoggingTime': " LONG_AGO

/* Policies are texts within these texts: their quotes are written as `, their statements alone. */
#define POLICY(statements) "{`Version`: `2012-10-17`, `Statement`: [" statements "]}"
#define LETS(who, action)	"{`Effect`: `Allow`, `Principal`: " who ", `Action`: " action \
	", `Resource`: `*`}"
#define CLOUDTRAIL	"{`Service`: `cloudtrail.amazonaws.com`}"
#define GOOD_KEY_POLICY \
	POLICY(LETS(CLOUDTRAIL, "`kms:GenerateDataKey*`") ", " LETS(CLOUDTRAIL, "`kms:DescribeKey`"))
#define GOOD_BUCKET_POLICY	POLICY(LETS(CLOUDTRAIL, "[`s3:PutObject`, `s3:GetBucketAcl`]"))

#define GOOD_TRAIL	A_TRAIL(MULTI VALID WITH(KEY))
#define GOOD_WORLD \
	REGIONS("'body': {'Regions': [{'RegionName': 'us-east-1', 'RegionOptStatus':" \
	    "'ENABLED_BY_DEFAULT'}, {'RegionName': 'us-west-2', 'RegionOptStatus': 'ENABLED'}," \
	    "{'RegionName': 'ap-east-1', 'RegionOptStatus': 'DISABLED'}]}") \
	BOTH(GOOD_TRAIL) STATUS(HOME, WORKING) STATUS(WEST, WORKING) \
	SELECTORS("'EventSelectors': [{'ReadWriteType': 'All', 'IncludeManagementEvents': true}]") \
	KEY_STATE("Enabled") ROTATION("'KeyRotationEnabled': true") BUCKET(AT(HOME)) \
	KEY_POLICY(GOOD_KEY_POLICY) BUCKET_POLICY(GOOD_BUCKET_POLICY)

struct scene {
	struct arena		*arena;
	struct world		*world;
	struct rules_settings	 settings;
	struct observations	 seen;
};

static inline void
scene_begin(struct scene *s)
{
	s->arena = arena_new();
	s->world = world_new();
	rules_settings_init(&s->settings);
	observations_init(&s->seen, s->arena);
}

static inline void
scene_end(struct scene *s)
{
	observations_done(&s->seen);
	world_free(s->world);
	arena_free(s->arena);
}

static inline void
scene_reply(struct scene *s, const char *lines)
{
	struct buf text;

	buf_init(&text, 1 << 20);
	for (const char *p = lines; *p != '\0'; p++)
		buf_adds(&text, *p == '\'' ? "\"" : *p == '`' ? "\\\"" : (char[]){ *p, '\0' });
	replies_take(s->world, s->arena, buf_text(&text));
	buf_done(&text);
}

static inline void
scene_judge(struct scene *s, int64_t now_wall_ms)
{
	s->seen.count = 0;
	world_touch_all(s->world);
	rules_judge(&s->settings, s->world, now_wall_ms, &s->seen);
}

/* What a rule said; of the region only, where one is given. NULL: it does not apply. */
static inline const struct observation *
scene_find(const struct scene *s, enum rule_id rule, const char *region)
{
	for (size_t i = 0; i < s->seen.count; i++)
		if (s->seen.row[i].rule == rule &&
		    (region == NULL || strcmp(s->seen.row[i].region, region) == 0))
			return &s->seen.row[i];
	return NULL;
}

/* A change of the good world, and what one rule is to say then. */
struct rules_case {
	const char	*change;
	enum rule_id	 rule;
	enum verdict	 verdict;
	const char	*words;		/* in the summary; NULL: whatever */
	const char	*region;	/* of region rules; NULL: the first */
};

static inline void
check_observation(const struct observation *o)
{
	assert_in_range(o->severity, SEVERITY_LOW, SEVERITY_CRITICAL);
	assert_non_null(o->account);
	assert_non_null(o->region);
	assert_non_null(o->resource);
	assert_true(o->summary[0] != '\0' && strchr(o->summary, '\n') == NULL);
	if (o->verdict != VERDICT_UNKNOWN)
		assert_non_null(o->source.call);
	if (o->verdict != VERDICT_FAIL)
		assert_null(o->remediation);
}

static inline void
check_case(const struct rules_case *c)
{
	const struct observation *o;
	struct scene s;

	scene_begin(&s);
	scene_reply(&s, GOOD_WORLD);
	scene_reply(&s, c->change);
	scene_judge(&s, REPLIES_NOW_MS);
	o = scene_find(&s, c->rule, c->region);
	if ((o ? o->verdict : VERDICT_NOT_APPLICABLE) != c->verdict)
		fail_msg("%s: %s, not %s, after\n%s%s", rule_name(c->rule),
		    verdict_name(o ? o->verdict : VERDICT_NOT_APPLICABLE), verdict_name(c->verdict),
		    c->change, o ? o->summary : "");
	if (c->words != NULL && strstr(o->summary, c->words) == NULL)
		fail_msg("%s: \"%s\" lacks \"%s\"", rule_name(c->rule), o->summary, c->words);
	for (size_t i = 0; i < s.seen.count; i++)
		check_observation(&s.seen.row[i]);
	scene_end(&s);
}

#endif
