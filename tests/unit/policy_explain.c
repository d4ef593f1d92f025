/* SPDX-License-Identifier: Apache-2.0 */
/* The sentences: why a verdict is what it is, what a change did, and the policy that is suggested. */
#include "unit/policy_judge.h"

#define ALL	"`Action`:`kms:*`,`Resource`:`*`"
#define IF(c)	",`Condition`:{" c "}"
#define CONTEXT	"`kms:EncryptionContext:aws:cloudtrail:arn`"

/* Of a policy for FOREIGN_TRAIL: why of one use, word for word. */
static const struct row {
	const char	*statements;
	enum policy_use	 use;
	const char	*why;
} rows[] = {
	{ ALLOW_ALL, POLICY_DECRYPT, "statement 1 allows kms:Decrypt" },
	{ "{`Sid`:`Everyone`,`Effect`:`Allow`,`Principal`:`*`," ALL "}", POLICY_DESCRIBE_KEY,
	  "statement 1, 'Everyone', allows kms:DescribeKey" },
	{ "{`Effect`:`Allow`,`Principal`:{`AWS`:`111122223333`}," ALL "},{`Sid`:`AllowCloudTrail`,"
	  "`Effect`:`Allow`," CLOUDTRAIL "," ALL IF("`StringLike`:{" CONTEXT
	  ":`arn:aws:cloudtrail:*:111122223333:trail/*`}") "}", POLICY_GENERATE_DATA_KEY,
	  "statement 2, 'AllowCloudTrail', names account 111122223333 in "
	  "kms:EncryptionContext:aws:cloudtrail:arn; the trail belongs to 444455556666" },
	{ "{`Effect`:`Allow`," CLOUDTRAIL "," ALL IF("`StringEquals`:{`aws:SourceAccount`:"
	  "[`111122223333`,`222233334444`]}") "}", POLICY_DESCRIBE_KEY,
	  "statement 1 names account 111122223333 and 1 more in aws:SourceAccount; the trail belongs to "
	  "444455556666" },
	{ "{`Effect`:`Allow`," CLOUDTRAIL "," ALL IF("`StringEquals`:{" CONTEXT ":`x`}") "}",
	  POLICY_DESCRIBE_KEY,
	  "statement 1 asks for StringEquals kms:EncryptionContext:aws:cloudtrail:arn \"x\", which "
	  "kms:DescribeKey does not carry" },
	{ "{`Effect`:`Allow`," CLOUDTRAIL "," ALL IF("`StringEquals`:{`aws:SourceArn`:"
	  "[`a`,`b`,`c`,`d`]}") "}", POLICY_DESCRIBE_KEY,
	  "statement 1 asks for StringEquals aws:SourceArn \"a\" or \"b\" or \"c\" or 1 more, and it is \""
	  FOREIGN_TRAIL "\"" },
	{ "{`Effect`:`Allow`," CLOUDTRAIL "," ALL IF("`Null`:{`aws:CurrentTime`:`true`}") "}",
	  POLICY_DESCRIBE_KEY,
	  "statement 1 asks for Null aws:CurrentTime \"true\", which kms:DescribeKey carries" },
	{ "{`Effect`:`Allow`," CLOUDTRAIL "," ALL IF("`StringEquals`:{`kms:ViaService`:`x`}") "}",
	  POLICY_DESCRIBE_KEY,
	  "statement 1 allows kms:DescribeKey, but depends on StringEquals kms:ViaService \"x\", a key that "
	  "cannot be known from outside" },
	{ "{`Effect`:`Allow`," CLOUDTRAIL "," ALL IF("`DateLessThan`:{`aws:CurrentTime`:`x`}") "}",
	  POLICY_DESCRIBE_KEY,
	  "statement 1 allows kms:DescribeKey, but depends on DateLessThan aws:CurrentTime \"x\", a key whose "
	  "value cannot be known from outside" },
	{ "{`Effect`:`Allow`," CLOUDTRAIL "," ALL IF("`StringEquals`:{`kms:EncryptionContextKeys`:`x`}")
	  "}", POLICY_DECRYPT,
	  "statement 1 allows kms:Decrypt, but depends on StringEquals kms:EncryptionContextKeys \"x\", a key "
	  "of several values, for which AWS has set operators only" },
	{ "{`Effect`:`Allow`," CLOUDTRAIL "," ALL IF("`ForAnyValue:StringEquals`:"
	  "{`aws:PrincipalServiceNamesList`:`x`}") "}", POLICY_DECRYPT,
	  "statement 1 allows kms:Decrypt, but depends on ForAnyValue:StringEquals "
	  "aws:PrincipalServiceNamesList \"x\", a key of which not all values are known" },
	{ "{`Effect`:`Allow`," CLOUDTRAIL "," ALL IF("`StringEquals`:{`aws:SourceAccount`:"
	  "`${aws:userid}`}") "}", POLICY_DECRYPT,
	  "statement 1 allows kms:Decrypt, but depends on StringEquals aws:SourceAccount \"${aws:userid}\", "
	  "which cannot be worked out from what is known" },
	{ "{`Effect`:`Allow`," CLOUDTRAIL ",`Action`:`kms:*`,`Resource`:`arn:aws:kms:*:${aws:userid}:*`}",
	  POLICY_DECRYPT,
	  "statement 1 allows kms:Decrypt, but it is not known whether for all the resources that are "
	  "used: \"arn:aws:kms:*:${aws:userid}:*\"" },
	{ ALLOW_ALL ",{`Sid`:`Guard`,`Effect`:`Deny`,`Principal`:`*`," ALL IF("`StringNotEquals`:"
	  "{`aws:SourceAccount`:`111122223333`}") "}", POLICY_DECRYPT,
	  "statement 2, 'Guard', denies kms:Decrypt to cloudtrail.amazonaws.com: it asks for "
	  "StringNotEquals aws:SourceAccount \"111122223333\", and it is \"444455556666\"" },
	{ ALLOW_ALL ",{`Effect`:`Deny`,`Principal`:`*`," ALL "}", POLICY_DECRYPT,
	  "statement 2 denies kms:Decrypt to cloudtrail.amazonaws.com" },
	{ ALLOW_ALL ",{`Effect`:`Deny`,`Principal`:`*`," ALL IF("`IpAddress`:{`aws:SourceIp`:`x`}") "}",
	  POLICY_DECRYPT,
	  "statement 2 denies kms:Decrypt, but depends on IpAddress aws:SourceIp \"x\", a key that cannot be "
	  "known from outside" },
	{ "{`Effect`:`Allow`,`Principal`:{`AWS`:`111122223333`}," ALL "}", POLICY_DECRYPT,
	  "no statement allows kms:Decrypt to cloudtrail.amazonaws.com" },
	{ "{`Effect`:`Allow`," CLOUDTRAIL ",`Action`:`kms:Encrypt`,`Resource`:`*`}", POLICY_DECRYPT,
	  "no statement allows kms:Decrypt to cloudtrail.amazonaws.com; statement 1 allows it other "
	  "actions only" },
	{ "{`Effect`:`Allow`," CLOUDTRAIL ",`Action`:`kms:*`}", POLICY_DECRYPT,
	  "statement 1 has no Resource and so no effect" },
	{ "{`Effect`:`Allow`," CLOUDTRAIL ",`Resource`:`*`}", POLICY_DECRYPT,
	  "no statement allows kms:Decrypt to cloudtrail.amazonaws.com; statement 1 has no Action and so "
	  "no effect" },
	{ "{`Effect`:`Allow`," CLOUDTRAIL ",`Action`:`kms:*`,`Resource`:`" OTHER_KEY "`}", POLICY_DECRYPT,
	  "statement 1 is about another resource: \"" OTHER_KEY "\"" },
	{ "{`Sid`:`a\\nb\\u001b[2J\\u202e`,`Effect`:`Allow`,`Principal`:`*`," ALL "}", POLICY_DECRYPT,
	  "statement 1, 'a\\x0ab\\x1b[2J\\xe2\\x80\\xae', allows kms:Decrypt" },
};

static void
test_reasons(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *arena = arena_new();
		struct policy_judgement judgement;
		char text[4096];

		snprintf(text, sizeof(text), "{`Version`:`2012-10-17`,`Statement`:[%s]}",
		    rows[i].statements);
		judged(arena, quoted(text), strlen(text), KEY, FOREIGN_TRAIL, &judgement);
		assert_string_equal(judgement.why_of[rows[i].use], rows[i].why);
		arena_free(arena);
	}
}

static void
test_sum(void **state)
{
	static const struct row sums[] = {
		{ ALLOW_ALL, 0,
		  "statement 1 allows kms:GenerateDataKey; statement 1 allows kms:DescribeKey" },
		{ ALLOW_ALL ",{`Effect`:`Deny`,`Principal`:`*`," ALL "}", 0,
		  "statement 2 denies kms:GenerateDataKey to cloudtrail.amazonaws.com; kms:DescribeKey is "
		  "denied too" },
		{ ALLOW_ALL ",{`Effect`:`Deny`,`Principal`:`*`,`Action`:`kms:DescribeKey`,`Resource`:`*`}", 0,
		  "statement 2 denies kms:DescribeKey to cloudtrail.amazonaws.com" },
		{ "7", 0, "not a policy: 1:16: statement 1: the statement is of type number where an object "
		  "belongs" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(sums); i++) {
		struct arena *arena = arena_new();
		struct policy_judgement judgement;
		char text[4096];

		snprintf(text, sizeof(text), "{`Statement`:[%s]}", sums[i].statements);
		judged(arena, quoted(text), strlen(text), KEY, TRAIL, &judgement);
		assert_string_equal(judgement.why, sums[i].why);
		arena_free(arena);
	}
}

static void
judge_text(struct arena *arena, const char *statements, struct policy_judgement *ret)
{
	char text[4096];

	snprintf(text, sizeof(text), "{`Statement`:[%s]}", statements);
	judged(arena, quoted(text), strlen(text), KEY, TRAIL, ret);
}

static void
test_change(void **state)
{
	struct arena *arena = arena_new();
	struct policy_judgement all, none, some, broken;

	(void)state;
	judge_text(arena, ALLOW_ALL, &all);
	judge_text(arena, "{`Effect`:`Deny`,`Principal`:`*`," ALL "}", &none);
	judge_text(arena, "{`Effect`:`Allow`," CLOUDTRAIL ",`Action`:`kms:De*`,`Resource`:`*`}", &some);
	judge_text(arena, "1", &broken);
	assert_null(policy_describe_change(arena, &all, &all));
	assert_null(policy_describe_change(arena, &none, &none));
	assert_string_equal(policy_describe_change(arena, &all, &some),
	    "CloudTrail lost kms:GenerateDataKey (denied, was allowed): no statement allows "
	    "kms:GenerateDataKey to cloudtrail.amazonaws.com; statement 1 allows it other actions only");
	assert_string_equal(policy_describe_change(arena, &none, &some),
	    "CloudTrail gained kms:DescribeKey (allowed, was denied): statement 1 allows "
	    "kms:DescribeKey; CloudTrail gained kms:Decrypt (allowed, was denied): statement 1 allows "
	    "kms:Decrypt");
	assert_non_null(strstr(policy_describe_change(arena, &none, &broken),
	    "CloudTrail still lacks kms:Decrypt (indeterminate, was denied): not a policy"));
	arena_free(arena);
}

static void
test_suggestion(void **state)
{
	static const char *const trails[] = { TRAIL, FOREIGN_TRAIL,
		"arn:aws:cloudtrail:eu-west-1:999988887777:trail/organization" };
	struct arena *arena = arena_new();
	struct policy_judgement judgement;
	struct policy_opening opening;
	const struct policy *policy;
	struct buf out;
	struct err err;

	(void)state;
	buf_init(&out, 65536);
	assert_int_equal(policy_suggest(KEY, trails, COUNT(trails), &out, &err), 0);
	for (size_t i = 0; i < COUNT(trails); i++) {
		assert_string_equal(judged(arena, out.data, out.len, KEY, trails[i], &judgement), "aad");
		assert_int_equal(judgement.verdict, POLICY_ALLOWED);
	}
	assert_string_equal(judged(arena, out.data, out.len, KEY,
	    "arn:aws:cloudtrail:us-east-1:111122223333:trail/another", &judgement), "ddd");
	assert_int_equal(policy_parse(arena, out.data, out.len, &policy, &err), 0);
	assert_false(policy_find_open(arena, policy, KEY, NULL, 0, &opening));
	assert_int_equal(policy_suggest("x", trails, 1, &out, &err), -1);
	assert_int_equal(policy_suggest(KEY, (const char *const[]){ KEY }, 1, &out, &err), -1);
	buf_done(&out);
	arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_sum),
		cmocka_unit_test(test_change),
		cmocka_unit_test(test_suggestion),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
