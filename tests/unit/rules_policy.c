/* SPDX-License-Identifier: Apache-2.0 */
/* What is said of policies: allowed, denied by each cause, uncertain, unreadable, too open. */
#include "unit/rules_scene.h"

#define NA	VERDICT_NOT_APPLICABLE
#define PASS	VERDICT_PASS
#define FAIL	VERDICT_FAIL
#define UNKNOWN	VERDICT_UNKNOWN

#define BLOCKS		RULE_KEY_POLICY_BLOCKS_CLOUDTRAIL
#define UNCERTAIN	RULE_KEY_POLICY_UNCERTAIN
#define OPEN		RULE_KEY_POLICY_TOO_OPEN
#define BUCKET_BLOCKS	RULE_BUCKET_POLICY_BLOCKS_CLOUDTRAIL

#define STATEMENT(effect, sid, who, action, condition) \
	"{`Sid`: `" sid "`, `Effect`: `" effect "`, `Principal`: " who ", `Action`: " action \
	", `Resource`: `*`, `Condition`: {" condition "}}"
#define DESCRIBE	", " LETS(CLOUDTRAIL, "`kms:DescribeKey`")
#define ENCRYPT(condition) \
	STATEMENT("Allow", "Encrypt", CLOUDTRAIL, "`kms:GenerateDataKey*`", condition)
#define ROOT		LETS("{`AWS`: `arn:aws:iam::111122223333:root`}", "`kms:*`")
#define EVERYONE	"{`AWS`: `*`}"
#define CONTEXT		"`kms:EncryptionContext:aws:cloudtrail:arn`"

#define KEY_POLICY_FAIL(how)	ASKED("kms:GetKeyPolicy", HOME, "'for': '" KEY "', " how)
#define BUCKET_POLICY_FAIL(how)	ASKED("s3:GetBucketPolicy", HOME, "'for': 'example-logs', " how)
#define READS(condition)	KEY_POLICY(POLICY(LETS(CLOUDTRAIL, "`kms:*`") ", " \
	STATEMENT("Allow", "Read", EVERYONE, "[`kms:Decrypt`, `kms:ReEncryptFrom`]", condition)))
#define WRITES(resource)	BUCKET_POLICY(POLICY(LETS(CLOUDTRAIL, "`s3:GetBucketAcl`") \
	", {`Effect`: `Allow`, `Principal`: " CLOUDTRAIL ", `Action`: `s3:PutObject`, `Resource`:" \
	"`arn:aws:s3:::example-logs/" resource "`}"))
#define ORGANIZATION_TRAIL	A_TRAIL(", 'IsMultiRegionTrail': true, 'IsOrganizationTrail': true" \
	", 'S3KeyPrefix': 'all'" WITH(KEY))
#define MANAGES	"{'op': 'organizations:ListAccounts', 'account': '" ACCOUNT "', 'region': '" HOME \
	"', 'body': {'Accounts': [{'Id': '" ACCOUNT "', 'Arn': 'arn:aws:organizations::" ACCOUNT \
	":account/o-exampleorgid/" ACCOUNT "', 'Status': 'ACTIVE'}]}}\n"

/* What AWS's guide gives for a key of CloudTrail, as far as it matters here. */
#define DEFAULT_POLICY	POLICY(ROOT ", " \
	ENCRYPT("`StringLike`: {" CONTEXT ": `arn:aws:cloudtrail:*:111122223333:trail/*`}") DESCRIBE \
	", " STATEMENT("Allow", "Read", EVERYONE, "[`kms:Decrypt`, `kms:ReEncryptFrom`]", \
	"`StringEquals`: {`kms:CallerAccount`: `111122223333`}, `StringLike`: {" CONTEXT \
	": `arn:aws:cloudtrail:*:111122223333:trail/*`}"))

static const struct rules_case cases[] = {
	{ "", BLOCKS, PASS, "statement 1", NULL },
	{ "", UNCERTAIN, PASS, NULL, NULL },
	{ "", OPEN, PASS, NULL, NULL },
	{ KEY_POLICY(DEFAULT_POLICY), BLOCKS, PASS, NULL, NULL },
	{ KEY_POLICY(DEFAULT_POLICY), UNCERTAIN, PASS, NULL, NULL },
	{ KEY_POLICY(DEFAULT_POLICY), OPEN, PASS, NULL, NULL },

	/* Denied, by each cause. */
	{ KEY_POLICY(POLICY(ROOT)), BLOCKS, FAIL, "no statement allows kms:GenerateDataKey", NULL },
	{ KEY_POLICY(POLICY(ROOT)), UNCERTAIN, PASS, NULL, NULL },
	{ KEY_POLICY(POLICY(ENCRYPT("") )), BLOCKS, FAIL, "kms:DescribeKey", NULL },
	{ KEY_POLICY(POLICY(ROOT ", " ENCRYPT("`StringLike`: {" CONTEXT
	    ": `arn:aws:cloudtrail:*:444455556666:trail/*`}") DESCRIBE)), BLOCKS, FAIL,
	    "statement 2, 'Encrypt', names account 444455556666", NULL },
	{ KEY_POLICY(POLICY(LETS(CLOUDTRAIL, "`kms:*`") ", " STATEMENT("Deny", "Stop", EVERYONE,
	    "`kms:GenerateDataKey`", ""))), BLOCKS, FAIL, "statement 2, 'Stop', denies", NULL },
	{ KEY_POLICY(POLICY(ENCRYPT("`StringEquals`: {`aws:SourceArn`: `" TRAIL "2`}") DESCRIBE)),
	    BLOCKS, FAIL, "aws:SourceArn", NULL },

	/* Uncertain: neither this nor that, and no policy at all. */
	{ KEY_POLICY(POLICY(ENCRYPT("`Bool`: {`aws:ViaAWSService`: `true`}") DESCRIBE)), UNCERTAIN, FAIL,
	    "statement 1, 'Encrypt', allows kms:GenerateDataKey, but depends on", NULL },
	{ KEY_POLICY(POLICY(ENCRYPT("`Bool`: {`aws:ViaAWSService`: `true`}") DESCRIBE)), BLOCKS, NA, NULL,
	    NULL },
	{ KEY_POLICY("{`Version`: `2012-10-17`}"), UNCERTAIN, FAIL, "it is no policy: ", NULL },
	{ KEY_POLICY("{`Version`: `2012-10-17`}"), BLOCKS, NA, NULL, NULL },
	{ KEY_POLICY("{`Version`: `2012-10-17`}"), OPEN, NA, NULL, NULL },
	{ KEY_POLICY(GOOD_KEY_POLICY "\\\\u0000"), UNCERTAIN, FAIL, "it is no policy: ", NULL },

	/* Unreadable. */
	{ KEY_POLICY_FAIL(DENIED), BLOCKS, UNKNOWN, "AccessDeniedException: no", NULL },
	{ KEY_POLICY_FAIL(DENIED), UNCERTAIN, NA, NULL, NULL },
	{ KEY_POLICY_FAIL(DENIED), OPEN, NA, NULL, NULL },
	{ KEY_POLICY_FAIL("'status': 0"), BLOCKS, UNKNOWN, "no answer in time", NULL },
	{ KEY_FAIL(KEY, DENIED), BLOCKS, UNKNOWN, "AccessDeniedException: no", NULL },
	{ TRAILS_FAIL(HOME, DENIED) TRAILS_FAIL(WEST, DENIED), BLOCKS, UNKNOWN, NULL, NULL },
	{ BOTH(A_TRAIL(MULTI WITH(FOREIGN_KEY))) ASKED("kms:DescribeKey", HOME, "'for': '" FOREIGN_KEY
	    "', 'body': {'KeyMetadata': {'Arn': '" FOREIGN_KEY "', 'KeyState': 'Enabled', " KEY_TYPE
	    "}}"), BLOCKS, UNKNOWN, "shows the policy to account 444455556666 only", NULL },

	/* Where there is no such question. */
	{ KEY_FAIL(KEY, NOT_FOUND), BLOCKS, NA, NULL, NULL },
	{ KEY_FAIL(KEY, NOT_FOUND), OPEN, NA, NULL, NULL },
	{ KEY_META("'KeyState': 'Enabled', 'KeyManager': 'AWS'") KEY_POLICY(POLICY(ROOT)), BLOCKS, NA,
	    NULL, NULL },
	{ KEY_META("'KeyState': 'Enabled', 'KeyManager': 'AWS'") KEY_POLICY(POLICY(ROOT)), OPEN, NA,
	    NULL, NULL },
	{ BOTH(A_TRAIL(MULTI)), BLOCKS, NA, NULL, NULL },
	{ BOTH(A_TRAIL(MULTI)), UNCERTAIN, NA, NULL, NULL },

	/* Who may read. */
	{ READS(""), OPEN, FAIL, "statement 2, 'Read', allows kms:Decrypt to everyone", NULL },
	{ READS("`Null`: {" CONTEXT ": `false`}"), OPEN, FAIL, "to everyone", NULL },
	{ READS("`StringEquals`: {`kms:CallerAccount`: `111122223333`}"), OPEN, PASS, NULL, NULL },
	{ READS("`StringLike`: {`aws:PrincipalArn`: `*`}"), OPEN, FAIL, NULL, NULL },
	{ READS("`StringEquals`: {`aws:PrincipalOrgID`: `o-exampleorgid`}"), OPEN, PASS, NULL, NULL },
	{ KEY_POLICY(POLICY(LETS("{`AWS`: `arn:aws:iam::444455556666:root`}", "`kms:CreateGrant`"))),
	    OPEN, FAIL, "kms:CreateGrant to account 444455556666", NULL },
	{ KEY_POLICY(POLICY(LETS("{`AWS`: `arn:aws:iam::444455556666:root`}", "`kms:DescribeKey`"))),
	    OPEN, PASS, NULL, NULL },
	{ KEY_POLICY(POLICY(ROOT)), OPEN, PASS, NULL, NULL },

	/* Buckets. */
	{ "", BUCKET_BLOCKS, PASS, NULL, NULL },
	{ WRITES("*"), BUCKET_BLOCKS, PASS, NULL, NULL },
	{ WRITES("AWSLogs/111122223333/*"), BUCKET_BLOCKS, PASS, NULL, NULL },
	{ WRITES("AWSLogs/444455556666/*"), BUCKET_BLOCKS, FAIL, "statement 2 is about another", NULL },
	{ WRITES("AWSLogs/111122223333/CloudTrail/us-east-1/*"), BUCKET_BLOCKS, UNKNOWN, NULL, NULL },
	{ BUCKET_POLICY(POLICY(LETS(CLOUDTRAIL, "`s3:PutObject`"))), BUCKET_BLOCKS, FAIL,
	    "s3:GetBucketAcl", NULL },
	{ BUCKET_POLICY("[]"), BUCKET_BLOCKS, UNKNOWN, "it is no policy", NULL },
	{ BUCKET_POLICY_FAIL("'status': 404, 'body': {'__type': 'NoSuchBucketPolicy'}"), BUCKET_BLOCKS,
	    FAIL, "bucket example-logs has no policy", NULL },
	{ BUCKET_POLICY_FAIL(DENIED), BUCKET_BLOCKS, UNKNOWN, "AccessDeniedException", NULL },
	{ BUCKET("'status': 0"), BUCKET_BLOCKS, UNKNOWN, "no answer in time", NULL },
	{ BUCKET("'status': 404, 'body': {'__type': 'NoSuchBucket'}"), BUCKET_BLOCKS, NA, NULL, NULL },
	{ BOTH(A_TRAIL(MULTI ", 'S3KeyPrefix': 'a'")) WRITES("a/AWSLogs/*"), BUCKET_BLOCKS, PASS, NULL,
	    NULL },
	{ BOTH(A_TRAIL(MULTI ", 'S3KeyPrefix': 'a'")) WRITES("AWSLogs/*"), BUCKET_BLOCKS, FAIL, NULL,
	    NULL },
	/* The folder of an organization's trail bears its id, where that is known. */
	{ BOTH(ORGANIZATION_TRAIL) WRITES("all/AWSLogs/o-exampleorgid/*") MANAGES, BUCKET_BLOCKS, PASS,
	    NULL, NULL },
	{ BOTH(ORGANIZATION_TRAIL) WRITES("all/AWSLogs/o-otherorgid/*") MANAGES, BUCKET_BLOCKS, FAIL,
	    NULL, NULL },
	{ BOTH(ORGANIZATION_TRAIL) WRITES("all/AWSLogs/o-otherorgid/*"), BUCKET_BLOCKS, UNKNOWN, NULL,
	    NULL },
	{ BOTH(ORGANIZATION_TRAIL) WRITES("all/*"), BUCKET_BLOCKS, PASS, NULL, NULL },
	{ BOTH(ORGANIZATION_TRAIL) WRITES("all/AWSLogs/111122223333/*"), BUCKET_BLOCKS, FAIL, NULL,
	    NULL },
};

static void
test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		check_case(&cases[i]);
}

/* A bucket that nobody may enter was never asked for its policy: that is no verdict, nor sure. */
static void
test_closed_bucket(void **state)
{
	struct scene s;

	(void)state;
	scene_begin(&s);
	s.seen.lists_inapplicable = true;
	scene_reply(&s, REGIONS("'body': {'Regions': [{'RegionName': 'us-east-1', 'RegionOptStatus':"
	    "'ENABLED'}]}") TRAILS(HOME, GOOD_TRAIL) BUCKET("'status': 403, " AT(HOME)));
	scene_judge(&s, REPLIES_NOW_MS);
	assert_non_null(scene_find(&s, RULE_BUCKET_MISSING, NULL));
	assert_null(scene_find(&s, BUCKET_BLOCKS, NULL));
	scene_reply(&s, BUCKET("'status': 404, 'body': {'__type': 'NoSuchBucket'}"));
	scene_judge(&s, REPLIES_NOW_MS);
	assert_int_equal(scene_find(&s, BUCKET_BLOCKS, NULL)->verdict, NA);
	scene_end(&s);
}

static const char *
fact(const struct observation *o, const char *name)
{
	for (size_t i = 0; i < o->fact_count; i++)
		if (strcmp(o->facts[i].name, name) == 0)
			return o->facts[i].value;
	return NULL;
}

/* The finding of a trail names its key, the statement, and commands with the actual names. */
static void
test_evidence(void **state)
{
	const struct observation *o;
	struct scene s;

	(void)state;
	scene_begin(&s);
	scene_reply(&s, GOOD_WORLD KEY_POLICY(POLICY(ROOT ", " ENCRYPT("`StringLike`: {" CONTEXT
	    ": `arn:aws:cloudtrail:*:444455556666:trail/*`}") DESCRIBE)));
	scene_judge(&s, REPLIES_NOW_MS);
	o = scene_find(&s, BLOCKS, NULL);
	assert_string_equal(o->resource, TRAIL);
	assert_string_equal(fact(o, "key"), KEY);
	assert_string_equal(fact(o, "statement"), "2");
	assert_string_equal(fact(o, "Sid"), "Encrypt");
	assert_string_equal(o->source.call, "kms:GetKeyPolicy");
	assert_non_null(strstr(o->remediation, "--key-arn " KEY " --trail-arn " TRAIL));
	assert_string_equal(rules_key_policy(s.seen.policies, world_find_trail(s.world, TRAIL)), "denied");
	scene_end(&s);
}

/* A policy that was replaced: what it took from CloudTrail, and nothing where it took nothing. */
static void
test_change(void **state)
{
	const struct observation *o;
	struct scene s;

	(void)state;
	scene_begin(&s);
	scene_reply(&s, GOOD_WORLD KEY_POLICY(DEFAULT_POLICY));
	scene_reply(&s, KEY_POLICY(POLICY(ROOT)));
	scene_judge(&s, REPLIES_NOW_MS);
	o = scene_find(&s, BLOCKS, NULL);
	assert_int_equal(o->verdict, FAIL);
	assert_non_null(fact(o, "change"));
	assert_non_null(strstr(fact(o, "change"), "kms:GenerateDataKey"));
	scene_reply(&s, KEY_POLICY(POLICY(ROOT ", " ROOT)));
	scene_judge(&s, REPLIES_NOW_MS);
	assert_null(fact(scene_find(&s, BLOCKS, NULL), "change"));
	scene_end(&s);
}

/* Accounts that are watched, or expected, are no strangers. */
static void
test_known_accounts(void **state)
{
	static const char *const expected[] = { FOREIGN };
	struct scene s;

	(void)state;
	scene_begin(&s);
	scene_reply(&s, GOOD_WORLD KEY_POLICY(POLICY(LETS("{`AWS`: `444455556666`}", "`kms:*`"))));
	scene_judge(&s, REPLIES_NOW_MS);
	assert_int_equal(scene_find(&s, OPEN, NULL)->verdict, FAIL);
	s.settings.expected_accounts = expected;
	s.settings.expected_account_count = 1;
	scene_judge(&s, REPLIES_NOW_MS);
	assert_int_equal(scene_find(&s, OPEN, NULL)->verdict, PASS);
	s.settings.expected_account_count = 0;
	world_add_account(s.world, FOREIGN, NULL);
	scene_judge(&s, REPLIES_NOW_MS);
	assert_int_equal(scene_find(&s, OPEN, NULL)->verdict, PASS);
	scene_end(&s);
}

/* Brief judgements remember verdicts; whatever these came from makes them judge anew. */
static void
test_memory(void **state)
{
	static const struct {
		const char	*change;
		enum rule_id	 rule;
		enum verdict	 verdict;
	} steps[] = {
		{ "", BLOCKS, PASS },
		{ KEY_POLICY(POLICY(ROOT)), BLOCKS, FAIL },
		{ KEY_POLICY(POLICY(ROOT)), BLOCKS, FAIL },
		{ KEY_POLICY_FAIL(DENIED), BLOCKS, UNKNOWN },
		{ KEY_POLICY(POLICY(ROOT)), BLOCKS, FAIL },
		{ KEY_POLICY(DEFAULT_POLICY), BLOCKS, PASS },
		{ BOTH(A_TRAIL(MULTI)), BLOCKS, NA },
		{ BOTH(A_TRAIL(MULTI WITH(KEY))) KEY_STATE("Enabled") KEY_POLICY(POLICY(ROOT)), BLOCKS, FAIL },
		{ WRITES("all/AWSLogs/*"), BUCKET_BLOCKS, FAIL },
		{ BOTH(A_TRAIL(MULTI ", 'S3KeyPrefix': 'all'")), BUCKET_BLOCKS, PASS },
		{ WRITES("all/AWSLogs/o-exampleorgid/*"), BUCKET_BLOCKS, FAIL },
		{ BOTH(ORGANIZATION_TRAIL), BUCKET_BLOCKS, UNKNOWN },
		{ MANAGES, BUCKET_BLOCKS, PASS },
		{ BUCKET_POLICY_FAIL("'status': 404, 'body': {'__type': 'NoSuchBucketPolicy'}"),
		    BUCKET_BLOCKS, FAIL },
		{ WRITES("*"), BUCKET_BLOCKS, PASS },
	};
	struct scene s;

	(void)state;
	scene_begin(&s);
	s.seen.is_brief = true;
	scene_reply(&s, GOOD_WORLD);
	for (size_t i = 0; i < COUNT(steps); i++) {
		scene_reply(&s, steps[i].change);
		for (int again = 0; again < 2; again++) {
			const struct observation *o;

			scene_judge(&s, REPLIES_NOW_MS);
			o = scene_find(&s, steps[i].rule, NULL);
			if ((o ? o->verdict : NA) != steps[i].verdict)
				fail_msg("step %zu: %s", i, verdict_name(o ? o->verdict : NA));
		}
	}
	scene_end(&s);
}

/* What the report tells of the policy, for each trail by itself; after a change it is another. */
static void
test_many_trails(void **state)
{
	enum { TRAILS_MANY = 200, KEYS_MANY = 100 };	/* more keys than are kept */
	struct source source = { .call = "test", .account = ACCOUNT, .region = HOME };
	struct trail trails[TRAILS_MANY];
	struct key key = { .state = KEY_ENABLED, .manager = KEY_MANAGER_CUSTOMER };
	struct world_region *region;
	struct scene s;
	unsigned failed = 0;

	(void)state;
	scene_begin(&s);
	region = world_add_region(s.world, world_add_account(s.world, ACCOUNT, NULL), HOME, TRI_YES);
	for (size_t i = 0; i < TRAILS_MANY; i++)
		trails[i] = (struct trail){ .name = "t", .account = ACCOUNT, .home_region = HOME,
			.arn = arena_printf(s.arena, "%s%zu", TRAIL, i),
			.kms_key_id = arena_printf(s.arena, "arn:aws:kms:us-east-1:" ACCOUNT
			    ":key/1234abcd-12ab-34cd-56ef-%012zu", i % KEYS_MANY) };
	world_set_trails(s.world, region, trails, TRAILS_MANY, &source, NULL);
	for (struct world_key *k = world_keys(s.world); k != NULL; k = k->hh.next) {
		const char *text = arena_printf(s.arena, "{\"Version\": \"2012-10-17\", \"Statement\": {"
		    "\"Effect\": \"Allow\", \"Principal\": \"*\", \"Action\": \"kms:*\", \"Resource\": \"%s\","
		    "\"Condition\": {\"ArnEquals\": {\"aws:SourceArn\": \"%s7\"}}}}", k->id, TRAIL);

		world_set_key(s.world, k, &key, &source, NULL);
		world_set_key_policy(s.world, k, text, strlen(text), &source, NULL);
	}
	s.seen.is_brief = true;
	scene_judge(&s, REPLIES_NOW_MS);
	for (size_t i = 0; i < s.seen.count; i++)
		failed += s.seen.row[i].rule == BLOCKS && s.seen.row[i].verdict == FAIL;
	assert_int_equal(failed, TRAILS_MANY - 1);
	for (size_t i = 0; i < TRAILS_MANY; i++)
		assert_string_equal(rules_key_policy(s.seen.policies, world_find_trail(s.world, trails[i].arn)),
		    i == 7 ? "allowed" : "denied");
	scene_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_closed_bucket),
		cmocka_unit_test(test_evidence),
		cmocka_unit_test(test_change),
		cmocka_unit_test(test_known_accounts),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_many_trails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
