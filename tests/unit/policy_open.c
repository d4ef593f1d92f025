/* SPDX-License-Identifier: Apache-2.0 */
/* Policies that let strangers read, and those that only look so. */
#include "unit/policy_judge.h"

#define READ		"`Action`:`kms:Decrypt`,`Resource`:`*`"
#define IF(c)		",`Condition`:{" c "}"
#define EVERYONE	"`Effect`:`Allow`,`Principal`:{`AWS`:`*`}"

static const struct row {
	const char	*statements;
	unsigned	 open;		/* the statement; 0: none */
	const char	*who;
} rows[] = {
	{ "{" EVERYONE "," READ "}", 1, "everyone" },
	{ "{`Effect`:`Allow`,`Principal`:`*`," READ "}", 1, "everyone" },
	{ ALLOW_ALL ",{`Sid`:`x`," EVERYONE ",`Action`:`kms:*`,`Resource`:`*`}", 2, "everyone" },
	{ "{" EVERYONE ",`Action`:`*`,`Resource`:`*`}", 1, "kms:Decrypt to everyone" },
	{ "{" EVERYONE ",`Action`:`kms:ReEncrypt*`,`Resource`:`*`}", 1, "kms:ReEncryptFrom" },
	{ "{" EVERYONE ",`Action`:`kms:creategrant`,`Resource`:`*`}", 1, "kms:CreateGrant" },
	{ "{" EVERYONE ",`NotAction`:`kms:Encrypt`,`Resource`:`*`}", 1, "kms:Decrypt" },
	{ "{" EVERYONE ",`Action`:`kms:Encrypt`,`Resource`:`*`}", 0, "" },
	{ "{" EVERYONE ",`Action`:`kms:DescribeKey`,`Resource`:`*`}", 0, "" },
	{ "{" EVERYONE ",`NotAction`:`kms:*`,`Resource`:`*`}", 0, "" },
	{ "{" EVERYONE ",`Action`:`kms:Decrypt`}", 0, "" },
	{ "{" EVERYONE ",`Action`:`kms:Decrypt`,`Resource`:`" KEY "`}", 1, "everyone" },
	{ "{" EVERYONE ",`Action`:`kms:Decrypt`,`Resource`:`" OTHER_KEY "`}", 0, "" },
	{ "{`Effect`:`Deny`,`Principal`:`*`," READ "}", 0, "" },
	{ "{`Effect`:`Allow`,`NotPrincipal`:{`AWS`:`444455556666`}," READ "}", 1, "everyone but a few" },
	{ "{`Effect`:`Allow`,`NotPrincipal`:{`AWS`:`*`}," READ "}", 0, "" },
	{ "{`Effect`:`Allow`,`Principal`:{`AWS`:`111122223333`}," READ "}", 0, "" },
	{ "{`Effect`:`Allow`,`Principal`:{`AWS`:`222233334444`}," READ "}", 0, "" },
	{ "{`Effect`:`Allow`,`Principal`:{`AWS`:`444455556666`}," READ "}", 1, "account 444455556666" },
	{ "{`Effect`:`Allow`,`Principal`:{`AWS`:[`111122223333`,`arn:aws:iam::444455556666:role/x`]},"
	  READ "}", 1, "account 444455556666" },
	{ "{`Effect`:`Allow`,`Principal`:{`AWS`:`AIDACKCEVSQ6C2EXAMPLE`}," READ "}", 0, "" },
	{ "{`Effect`:`Allow`,`Principal`:{`Service`:`s3.amazonaws.com`}," READ "}", 0, "" },

	/* conditions that restrict the caller, and others */
	{ "{" EVERYONE "," READ IF("`StringEquals`:{`kms:CallerAccount`:`111122223333`}") "}", 0, "" },
	{ "{" EVERYONE "," READ IF("`StringEquals`:{`KMS:calleraccount`:[`111122223333`]}") "}", 0, "" },
	{ "{" EVERYONE "," READ IF("`StringEquals`:{`aws:PrincipalOrgID`:`o-a1b2c3d4e5`}") "}", 0, "" },
	{ "{" EVERYONE "," READ IF("`StringEquals`:{`aws:PrincipalOrgID`:`${aws:ResourceOrgID}`}") "}",
	  0, "" },
	{ "{" EVERYONE "," READ IF("`StringEquals`:{`aws:PrincipalAccount`:`${aws:PrincipalAccount}`}")
	  "}", 1, "everyone" },
	{ "{" EVERYONE "," READ IF("`ForAnyValue:StringLike`:{`aws:PrincipalOrgPaths`:`o-a1/r-b2/*`}")
	  "}", 0, "" },
	{ "{" EVERYONE "," READ IF("`ForAllValues:StringLike`:{`aws:PrincipalOrgPaths`:`o-a1/r-b2/*`}")
	  "}", 1, "everyone" },
	{ "{" EVERYONE "," READ IF("`ArnLike`:{`aws:PrincipalArn`:`arn:aws:iam::111122223333:role/*`}")
	  "}", 0, "" },
	{ "{" EVERYONE "," READ IF("`ArnLike`:{`aws:PrincipalArn`:`arn:aws:iam::*:role/x`}") "}", 1,
	  "everyone" },
	{ "{" EVERYONE "," READ IF("`ArnEquals`:{`aws:SourceArn`:`arn:aws:s3:::logs`}") "}", 0, "" },
	{ "{" EVERYONE "," READ IF("`StringLike`:{`aws:PrincipalArn`:`*`}") "}", 1, "everyone" },
	{ "{" EVERYONE "," READ IF("`StringLike`:{`aws:PrincipalArn`:[`x`,`?*`]}") "}", 1, "everyone" },
	{ "{" EVERYONE "," READ IF("`StringNotEquals`:{`kms:CallerAccount`:`444455556666`}") "}", 1,
	  "everyone" },
	{ "{" EVERYONE "," READ IF("`StringEqualsIfExists`:{`aws:PrincipalOrgID`:`o-a1b2c3d4e5`}") "}", 1,
	  "everyone" },
	{ "{" EVERYONE "," READ IF("`Null`:{`kms:EncryptionContext:aws:cloudtrail:arn`:`false`}") "}", 1,
	  "everyone" },
	{ "{" EVERYONE "," READ IF("`Null`:{`kms:CallerAccount`:`false`}") "}", 1, "everyone" },
	{ "{" EVERYONE "," READ IF("`StringEquals`:{`kms:ViaService`:`s3.us-east-1.amazonaws.com`}") "}",
	  1, "everyone" },
	{ "{" EVERYONE "," READ IF("`StringLike`:{`kms:EncryptionContext:aws:cloudtrail:arn`:"
	  "`arn:aws:cloudtrail:*:111122223333:trail/*`}") "}", 1, "everyone" },
	{ "{" EVERYONE "," READ IF("`StringEquals`:{`kms:CallerAccount`:`111122223333`},`StringLike`:"
	  "{`kms:EncryptionContext:aws:cloudtrail:arn`:`arn:aws:cloudtrail:*:111122223333:trail/*`}")
	  "}", 0, "" },
};

static void
test_openings(void **state)
{
	static const char *const watched[] = { "222233334444" };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct policy_opening opening = { 0, "" };
		struct arena *arena = arena_new();
		const struct policy *policy;
		char text[4096];
		struct err err;
		bool open;

		snprintf(text, sizeof(text), "{`Version`:`2012-10-17`,`Statement`:[%s]}",
		    rows[i].statements);
		assert_int_equal(policy_parse(arena, quoted(text), strlen(text), &policy, &err), 0);
		open = policy_find_open(arena, policy, KEY, watched, COUNT(watched), &opening);
		if (open != (rows[i].open > 0) || opening.statement != rows[i].open)
			fail_msg("row %zu: %u: %s", i, opening.statement, text);
		if (strstr(opening.why, rows[i].who) == NULL)
			fail_msg("row %zu: %s", i, opening.why);
		arena_free(arena);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_openings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
