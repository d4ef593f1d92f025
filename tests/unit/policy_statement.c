/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Statements: whom, what and which resource they are about, and what several of them amount to;
 * for the key of a trail, and for its bucket.
 */
#include "unit/policy_judge.h"

#define ALLOW(rest)	"{`Effect`:`Allow`," rest "}"
#define DENY(rest)	"{`Effect`:`Deny`," rest "}"
#define ALL		"`Action`:`kms:*`,`Resource`:`*`"
#define UNKNOWN		",`Condition`:{`StringEquals`:{`kms:ViaService`:`x`}}"
#define FALSE		",`Condition`:{`StringEquals`:{`aws:SourceAccount`:`x`}}"
#define DENY_ALL	DENY("`Principal`:`*`," ALL)
#define ACTION(a)	ALLOW(CLOUDTRAIL ",`Resource`:`*`," a)
#define RESOURCE(r)	ALLOW(CLOUDTRAIL ",`Action`:`kms:*`," r)
#define PRINCIPAL(p)	ALLOW(p "," ALL)

static const struct row {
	const char	*statements;
	const char	*want;
} rows[] = {
	/* principals */
	{ PRINCIPAL("`Principal`:`*`"), "aaa" },
	{ PRINCIPAL("`Principal`:{`AWS`:`*`}"), "aaa" },
	{ PRINCIPAL("`Principal`:{`AWS`:[`111122223333`,`*`]}"), "aaa" },
	{ PRINCIPAL("`Principal`:{`Service`:[`s3.amazonaws.com`,`cloudtrail.amazonaws.com`]}"), "aaa" },
	{ PRINCIPAL("`Principal`:{`AWS`:[],`Service`:`cloudtrail.amazonaws.com`}"), "aaa" },
	{ PRINCIPAL("`Principal`:{}"), "ddd" },
	{ PRINCIPAL("`Principal`:{`AWS`:[]}"), "ddd" },
	{ PRINCIPAL("`Principal`:{`AWS`:`111122223333`}"), "ddd" },
	{ PRINCIPAL("`Principal`:{`AWS`:`arn:aws:iam::111122223333:root`}"), "ddd" },
	{ PRINCIPAL("`Principal`:{`AWS`:`arn:aws:iam::*:root`}"), "ddd" },
	{ PRINCIPAL("`Principal`:{`AWS`:`**`}"), "ddd" },
	{ PRINCIPAL("`Principal`:{`AWS`:``}"), "ddd" },
	{ PRINCIPAL("`Principal`:{`AWS`:`cloudtrail.amazonaws.com`}"), "ddd" },
	{ PRINCIPAL("`Principal`:{`AWS`:`*\\u0000`}"), "ddd" },
	{ PRINCIPAL("`Principal`:{`Service`:`*`}"), "ddd" },
	{ PRINCIPAL("`Principal`:{`Service`:`cloudtrail.*`}"), "ddd" },
	{ PRINCIPAL("`Principal`:{`Service`:`CloudTrail.amazonaws.com`}"), "ddd" },
	{ PRINCIPAL("`Principal`:{`Service`:`cloudtrail.us-east-1.amazonaws.com`}"), "ddd" },
	{ PRINCIPAL("`Principal`:{`Service`:`cloudtrail.amazonaws.com.cn`}"), "ddd" },
	{ PRINCIPAL("`Principal`:{`Service`:`cloudtrail.amazonaws.com\\u0000`}"), "ddd" },
	{ PRINCIPAL("`Principal`:{`Service`:`s3.amazonaws.com`}"), "ddd" },
	{ PRINCIPAL("`Principal`:{`Federated`:`*`}"), "ddd" },
	{ PRINCIPAL("`Principal`:{`CanonicalUser`:`*`}"), "ddd" },
	{ PRINCIPAL("`NotPrincipal`:{`AWS`:`arn:aws:iam::111122223333:root`}"), "aaa" },
	{ PRINCIPAL("`NotPrincipal`:{`Service`:`s3.amazonaws.com`}"), "aaa" },
	{ PRINCIPAL("`NotPrincipal`:{`Service`:`cloudtrail.amazonaws.com`}"), "ddd" },
	{ PRINCIPAL("`NotPrincipal`:{`AWS`:`*`}"), "ddd" },
	{ PRINCIPAL("`NotPrincipal`:`*`"), "ddd" },
	{ PRINCIPAL("`NotPrincipal`:{}"), "aaa" },
	{ ALLOW_ALL "," DENY("`NotPrincipal`:{`Service`:`cloudtrail.amazonaws.com`}," ALL), "aaa" },
	{ ALLOW_ALL "," DENY("`NotPrincipal`:{`AWS`:`111122223333`}," ALL), "ddd" },

	/* actions */
	{ ACTION("`Action`:`*`"), "aaa" },
	{ ACTION("`Action`:`*:*`"), "aaa" },
	{ ACTION("`Action`:`kms:*`"), "aaa" },
	{ ACTION("`Action`:`KMS:generatedatakey`"), "add" },
	{ ACTION("`Action`:`kms:GenerateDataKey`"), "add" },
	{ ACTION("`Action`:`kms:GenerateDataKey*`"), "add" },
	{ ACTION("`Action`:`kms:GenerateDataKeyWithoutPlaintext`"), "ddd" },
	{ ACTION("`Action`:`kms:GenerateDataKeyPair`"), "ddd" },
	{ ACTION("`Action`:`kms:GenerateDataKe?`"), "add" },
	{ ACTION("`Action`:`kms:GenerateDataKey?`"), "ddd" },
	{ ACTION("`Action`:[`kms:Describe*`,`kms:Decrypt`]"), "daa" },
	{ ACTION("`Action`:`kms:De*`"), "daa" },
	{ ACTION("`Action`:`*:DescribeKey`"), "dad" },
	{ ACTION("`Action`:`k?s:*key`"), "aad" },
	{ ACTION("`Action`:`s3:*`"), "ddd" },
	{ ACTION("`Action`:`kms:`"), "ddd" },
	{ ACTION("`Action`:[]"), "ddd" },
	{ ACTION("`Action`:`kms:Encrypt`"), "ddd" },
	{ ACTION("`Action`:`kms:DescribeKey\\u0000`"), "ddd" },
	{ ACTION("`Action`:`kms:${*}`"), "ddd" },
	{ ACTION("`NotAction`:`kms:Decrypt`"), "aad" },
	{ ACTION("`NotAction`:[`kms:Decrypt`,`kms:Gen*`]"), "dad" },
	{ ACTION("`NotAction`:`*`"), "ddd" },
	{ ACTION("`NotAction`:`s3:*`"), "aaa" },
	{ ACTION("`NotAction`:[]"), "aaa" },
	{ ALLOW_ALL "," DENY("`Principal`:`*`,`NotAction`:`KMS:generate*`,`Resource`:`*`"), "add" },

	/* resources */
	{ RESOURCE("`Resource`:`" KEY "`"), "aaa" },
	{ RESOURCE("`Resource`:[`" OTHER_KEY "`,`" KEY "`]"), "aaa" },
	{ RESOURCE("`Resource`:`" OTHER_KEY "`"), "ddd" },
	{ RESOURCE("`Resource`:`arn:aws:kms:us-east-1:111122223333:key/*`"), "aaa" },
	{ RESOURCE("`Resource`:`arn:aws:kms:*:111122223333:*`"), "aaa" },
	{ RESOURCE("`Resource`:`arn:*:kms:*:*:key/?234*-12?b-*`"), "aaa" },
	{ RESOURCE("`Resource`:`arn:aws:kms:*:key/*`"), "ddd" },
	{ RESOURCE("`Resource`:`arn:aws:kms:*`"), "ddd" },
	{ RESOURCE("`Resource`:`arn:aws:kms:us-east-1:111122223333:*:*`"), "ddd" },
	{ RESOURCE("`Resource`:`arn:aws:kms:us-east-1:111122223333:KEY/*`"), "ddd" },
	{ RESOURCE("`Resource`:`arn:aws:kms:eu-west-1:111122223333:key/*`"), "ddd" },
	{ RESOURCE("`Resource`:`arn:aws:kms:us-east-1:111122223333:alias/x`"), "ddd" },
	{ RESOURCE("`Resource`:`1234abcd-12ab-34cd-56ef-1234567890ab`"), "ddd" },
	{ RESOURCE("`Resource`:`" KEY "\\u0000`"), "ddd" },
	{ RESOURCE("`Resource`:``"), "ddd" },
	{ RESOURCE("`Resource`:[]"), "ddd" },
	{ RESOURCE("`NotResource`:`*`"), "ddd" },
	{ RESOURCE("`NotResource`:`" KEY "`"), "ddd" },
	{ RESOURCE("`NotResource`:`" OTHER_KEY "`"), "aaa" },
	{ RESOURCE("`NotResource`:[]"), "aaa" },
	{ RESOURCE("`Resource`:`arn:aws:kms:${aws:RequestedRegion}:${aws:ResourceAccount}:key/*`"), "aaa" },
	{ RESOURCE("`Resource`:`arn:aws:kms:us-east-1:${aws:userid}:key/*`"), "iii" },
	{ RESOURCE("`NotResource`:`arn:aws:kms:us-east-1:${aws:userid}:key/*`"), "iii" },
	{ RESOURCE("`Resource`:`arn:aws:kms:us-east-1:${aws:PrincipalTag/a}:key/*`"), "ddd" },
	{ RESOURCE("`NotResource`:`arn:aws:kms:us-east-1:${aws:PrincipalTag/a}:key/*`"), "aaa" },
	{ RESOURCE("`Resource`:`arn:aws:kms:us-east-1:${aws:PrincipalTag/a, '111122223333'}:key/*`"), "aaa" },
	{ RESOURCE("`Resource`:`arn:aws:kms:us-east-1:${aws:PrincipalTag/a:b, '*'}:key/*`"), "ddd" },
	{ RESOURCE("`Resource`:`${*}`"), "ddd" },
	{ RESOURCE("`Resource`:[`arn:aws:kms:us-east-1:${aws:userid}:key/*`,`*`]"), "aaa" },
	{ RESOURCE("`Resource`:[`arn:aws:kms:us-east-1:${aws:userid}:key/*`,`x`]"), "iii" },

	/* no Action, no Resource: no effect */
	{ ALLOW(CLOUDTRAIL ",`Action`:`kms:*`"), "ddd" },
	{ ALLOW(CLOUDTRAIL ",`NotAction`:`kms:x`"), "ddd" },
	{ ALLOW(CLOUDTRAIL ",`Resource`:`*`"), "ddd" },
	{ ALLOW(CLOUDTRAIL), "ddd" },
	{ ALLOW_ALL "," DENY("`Principal`:`*`,`Action`:`kms:*`"), "aaa" },
	{ ALLOW_ALL "," DENY("`Principal`:`*`,`Resource`:`*`"), "aaa" },
	{ ALLOW_ALL "," DENY("`Principal`:`*`,`NotResource`:`" OTHER_KEY "`"), "aaa" },
	{ ALLOW_ALL "," DENY("`Principal`:`*`"), "aaa" },

	/* several statements */
	{ DENY_ALL, "ddd" },
	{ DENY_ALL "," ALLOW_ALL, "ddd" },
	{ ALLOW_ALL "," ALLOW_ALL, "aaa" },
	{ ALLOW_ALL "," DENY("`Principal`:`*`," ALL UNKNOWN), "iii" },
	{ ALLOW_ALL "," DENY("`Principal`:`*`," ALL FALSE), "aaa" },
	{ DENY("`Principal`:`*`," ALL UNKNOWN), "ddd" },
	{ ALLOW(CLOUDTRAIL "," ALL UNKNOWN), "iii" },
	{ ALLOW(CLOUDTRAIL "," ALL UNKNOWN) "," ALLOW_ALL, "aaa" },
	{ ALLOW(CLOUDTRAIL "," ALL UNKNOWN) "," ALLOW(CLOUDTRAIL "," ALL FALSE), "iii" },
	{ ALLOW(CLOUDTRAIL "," ALL UNKNOWN) "," DENY_ALL, "ddd" },
	{ ALLOW(CLOUDTRAIL "," ALL UNKNOWN) "," DENY("`Principal`:`*`," ALL UNKNOWN), "iii" },
	{ ALLOW_ALL "," DENY("`Principal`:`*`," ALL UNKNOWN) "," DENY_ALL, "ddd" },
	{ ALLOW_ALL "," DENY("`Principal`:`*`,`Action`:`kms:Decrypt`,`Resource`:`*`" UNKNOWN), "aai" },
	{ ALLOW_ALL "," DENY("`Principal`:{`AWS`:`111122223333`}," ALL UNKNOWN), "aaa" },
	{ ALLOW_ALL "," DENY("`Principal`:`*`,`Action`:`kms:*`,`Resource`:`" OTHER_KEY "`"), "aaa" },
	/* no cleverness about two unknowns */
	{ ALLOW(CLOUDTRAIL "," ALL ",`Condition`:{`Null`:{`kms:ViaService`:`true`}}") ","
	  ALLOW(CLOUDTRAIL "," ALL ",`Condition`:{`Null`:{`kms:ViaService`:`false`}}"), "iii" },
};

static void
test_statements(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char policy[4096];

		snprintf(policy, sizeof(policy), "{`Version`:`2012-10-17`,`Statement`:[%s]}",
		    rows[i].statements);
		assert_letters(i, policy, rows[i].want);
	}
}

/* The verdict for the trail: both uses are needed, Decrypt is not. */
static void
test_verdict(void **state)
{
	static const struct row cases[] = {
		{ "aad", "allowed" }, { "aaa", "allowed" }, { "ada", "denied" }, { "daa", "denied" },
		{ "iaa", "indeterminate" }, { "aii", "indeterminate" }, { "idi", "denied" },
		{ "dii", "denied" }, { "aai", "allowed" },
	};
	static const char *const actions[] = { "GenerateDataKey", "DescribeKey", "Decrypt" };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct arena *arena = arena_new();
		struct policy_judgement judgement;
		char text[4096] = "{`Statement`:[" DENY("`Principal`:`*`,`Action`:`s3:*`,`Resource`:`*`");
		size_t len;

		for (int k = 0; k < POLICY_KEY_USES; k++) {
			len = strlen(text);
			snprintf(text + len, sizeof(text) - len, ",{`Effect`:`%s`," CLOUDTRAIL
			    ",`Action`:`kms:%s`,`Resource`:`*`%s}", cases[i].statements[k] == 'd' ? "Deny" :
			    "Allow", actions[k], cases[i].statements[k] == 'i' ? UNKNOWN : "");
		}
		strcat(text, "]}");
		assert_string_equal(judged(arena, quoted(text), strlen(text), KEY, TRAIL, &judgement),
		    cases[i].statements);
		assert_string_equal(policy_verdict_name(judgement.verdict), cases[i].want);
		assert_true(judgement.statement >= 2 && judgement.statement <= 4);
		arena_free(arena);
	}
}

static void
test_bad_arns(void **state)
{
	static const char text[] = "{}";
	struct arena *arena = arena_new();
	struct policy_judgement judgement;
	struct err err;

	(void)state;
	assert_int_equal(policy_judge_key(arena, text, 2, "key", TRAIL, &judgement, &err), -1);
	assert_int_equal(err.kind, ERR_USAGE);
	assert_int_equal(policy_judge_key(arena, text, 2, KEY, KEY, &judgement, &err), -1);
	assert_int_equal(policy_judge_key(arena, text, 2, "arn:aws:kms:us-east-1:111122223333:alias/x",
	    TRAIL, &judgement, &err), -1);
	assert_int_equal(policy_judge_bucket(arena, text, 2, "/", "", TRAIL, &judgement, &err), -1);
	assert_int_equal(policy_judge_bucket(arena, text, 2, "logs", "", KEY, &judgement, &err), -1);
	arena_free(arena);
}

/* ---- buckets ---- */

#define FOLDER	"audit/AWSLogs/111122223333/"
#define PUT(r)	"{`Effect`:`Allow`," CLOUDTRAIL ",`Action`:`s3:PutObject`,`Resource`:" r
#define ACL	"{`Effect`:`Allow`," CLOUDTRAIL ",`Action`:`s3:GetBucketAcl`," \
	"`Resource`:`arn:aws:s3:::logs`,`Condition`:{`StringEquals`:{`aws:SourceArn`:`" TRAIL "`}}}"
#define OWNER	",`Condition`:{`StringEquals`:{`s3:x-amz-acl`:`bucket-owner-full-control`," \
	"`aws:SourceArn`:`" TRAIL "`}}}"

/* PutObject, GetBucketAcl. */
static const struct row bucket_rows[] = {
	{ ACL "," PUT("`arn:aws:s3:::logs/" FOLDER "*`" OWNER), "aa" },
	{ ACL "," PUT("`arn:aws:s3:::logs/*`" OWNER), "aa" },
	{ ACL "," PUT("`arn:aws:s3:::*`" OWNER), "aa" },
	{ ACL "," PUT("`*`}"), "aa" },
	{ ACL, "da" },
	{ PUT("`*`}"), "ad" },
	{ ACL "," PUT("`arn:aws:s3:::logs/audit/AWSLogs/444455556666/*`}"), "da" },
	{ ACL "," PUT("`arn:aws:s3:::logs/AWSLogs/111122223333/*`}"), "da" },
	{ ACL "," PUT("`arn:aws:s3:::other/" FOLDER "*`}"), "da" },
	{ ACL "," PUT("`arn:aws:s3:::logs/" FOLDER "`}"), "da" },
	{ ACL "," PUT("`arn:aws:s3:::logs`}"), "da" },
	{ ACL "," PUT("`arn:aws:s3:::logs/" FOLDER "CloudTrail/*`}"), "ia" },
	{ ACL "," PUT("`arn:aws:s3:::logs/*.json.gz`}"), "ia" },
	{ ACL "," PUT("`arn:aws:s3:::logs/audit/*/111122223333/*`}"), "aa" },
	{ ACL "," PUT("`arn:aws:s3:::logs/audit/*/444455556666/*`}"), "ia" },
	{ ACL "," PUT("`arn:aws:s3:::logs/audit/AWSLogs/${aws:SourceAccount}/*`}"), "aa" },
	{ ACL "," PUT("`arn:aws:s3:::logs/audit/AWSLogs/${aws:userid}/*`}"), "ia" },
	{ ACL "," PUT("`arn:aws-cn:s3:::logs/*`}"), "da" },
	{ ACL "," PUT("`arn:aws:s3:::logs/*`,`Condition`:{`StringEquals`:{`s3:x-amz-acl`:`private`}}}"),
	  "da" },
	{ ACL "," PUT("`arn:aws:s3:::logs/*`,`Condition`:{`StringEquals`:{`aws:SourceArn`:`x`}}}"), "da" },
	{ ACL "," PUT("`*`}") ",{`Effect`:`Deny`,`Principal`:`*`,`Action`:`s3:*`,`Resource`:`*`,"
	  "`Condition`:{`Bool`:{`aws:SecureTransport`:`false`}}}", "aa" },
	{ ACL "," PUT("`*`}") ",{`Effect`:`Deny`,`Principal`:`*`,`Action`:`s3:*`,`Resource`:`*`,"
	  "`Condition`:{`StringNotEquals`:{`s3:x-amz-server-side-encryption`:`aws:kms`}}}", "ii" },
	{ ACL "," PUT("`*`}") ",{`Effect`:`Deny`,`Principal`:`*`,`Action`:`s3:PutObject`,"
	  "`Resource`:`arn:aws:s3:::logs/" FOLDER "CloudTrail-Digest/*`}", "ia" },
	{ ACL "," PUT("`*`}") ",{`Effect`:`Deny`,`Principal`:`*`,`Action`:`s3:PutObject`,"
	  "`NotResource`:`arn:aws:s3:::logs/" FOLDER "*`}", "aa" },
};

static void
test_buckets(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(bucket_rows); i++) {
		struct arena *arena = arena_new();
		struct policy_judgement j;
		char text[4096], got[3] = "";
		struct err err;

		snprintf(text, sizeof(text), "{`Version`:`2012-10-17`,`Statement`:[%s]}",
		    bucket_rows[i].statements);
		assert_int_equal(policy_judge_bucket(arena, quoted(text), strlen(text), "logs", FOLDER,
		    TRAIL, &j, &err), 0);
		assert_true(j.is_policy);
		got[0] = policy_verdict_name(j.of[POLICY_PUT_OBJECT])[0];
		got[1] = policy_verdict_name(j.of[POLICY_GET_BUCKET_ACL])[0];
		if (strcmp(got, bucket_rows[i].want) != 0)
			fail_msg("row %zu: %s: %s", i, got, j.why);
		assert_int_equal(j.of[POLICY_DECRYPT], 0);
		assert_int_equal(j.verdict, policy_verdict_worse(j.of[POLICY_PUT_OBJECT],
		    j.of[POLICY_GET_BUCKET_ACL]));
		arena_free(arena);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_statements),
		cmocka_unit_test(test_verdict),
		cmocka_unit_test(test_bad_arns),
		cmocka_unit_test(test_buckets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
