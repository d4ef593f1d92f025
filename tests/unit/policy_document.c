/* SPDX-License-Identifier: Apache-2.0 */
/* What is a policy and what is none, and what of its form does not matter. */
#include "unit/policy_judge.h"

#include <stdlib.h>

#include "base/mem.h"

#define TAIL	CLOUDTRAIL ",`Action`:`kms:*`,`Resource`:`*`}"

/* The text, and the words that the message must have. */
static const struct refusal {
	const char	*policy;
	const char	*message;
} refusals[] = {
	{ "", "EOF" },
	{ " ", "EOF" },
	{ "{", "EOF" },
	{ "null", "type null" },
	{ "[]", "type array" },
	{ "`*`", "type string" },
	{ "17", "type number" },
	{ "{}", "no Statement" },
	{ "{`Version`:`2012-10-17`}", "no Statement" },
	{ "{`Statement`:null}", "type null" },
	{ "{`Statement`:[]}", "empty" },
	{ "{`Statement`:`x`}", "type string" },
	{ "{`Statement`:[null]}", "statement 1: the statement is of type null" },
	{ "{`Statement`:[[]]}", "type array" },
	{ "{`Statement`:{}}", "no Effect" },
	{ "{`Statement`:[" ALLOW_ALL ",{}]}", "statement 2: no Effect" },
	{ "{`Statement`:[" ALLOW_ALL "],}", "1:" },
	{ "{`Statement`:[" ALLOW_ALL "]} x", "garbage" },
	{ "{`Statement`:[" ALLOW_ALL "]", "EOF" },
	{ "\v{`Statement`:[" ALLOW_ALL "]}", "control character" },
	{ "\xef\xbb\xbf{`Statement`:[" ALLOW_ALL "]}", "1:" },
	{ "{`Statement`:[" ALLOW_ALL "],`Id`:`\xc0\xaf`}", "UTF-8" },
	/* duplicates, at any level, after unescaping */
	{ "{`Statement`:[" ALLOW_ALL "],`Statement`:[" ALLOW_ALL "]}", "two members" },
	{ "{`Statement`:[" ALLOW_ALL "],`St\\u0061tement`:[" ALLOW_ALL "]}", "two members" },
	{ "{`Version`:`2012-10-17`,`Version`:`2012-10-17`,`Statement`:[" ALLOW_ALL "]}", "two members" },
	{ "{`Statement`:[{`Effect`:`Allow`,`Effect`:`Allow`," TAIL "]}", "two members" },
	{ "{`Statement`:[{`Effect`:`Allow`,`Principal`:{`AWS`:`*`,`\\u0041WS`:`*`},"
	  "`Action`:`kms:*`,`Resource`:`*`}]}", "two members" },
	{ "{`Statement`:[{`Effect`:`Allow`,`Condition`:{`Bool`:{`a:b`:`x`,`a:b`:`y`}}," TAIL "]}",
	  "two members" },
	{ "{`Statement`:[{`Effect`:`Allow`,`Condition`:{`Bool`:{},`B\\u006fol`:{}}," TAIL "]}",
	  "two members" },
	/* versions and elements */
	{ "{`Version`:`2012-10-18`,`Statement`:[" ALLOW_ALL "]}", "Version" },
	{ "{`Version`:``,`Statement`:[" ALLOW_ALL "]}", "Version" },
	{ "{`Version`:null,`Statement`:[" ALLOW_ALL "]}", "Version" },
	{ "{`Version`:20121017,`Statement`:[" ALLOW_ALL "]}", "Version" },
	{ "{`Version`:`2012-10-17\\u0000`,`Statement`:[" ALLOW_ALL "]}", "Version" },
	{ "{`version`:`2012-10-17`,`Statement`:[" ALLOW_ALL "]}", "unknown element \"version\"" },
	{ "{`Statement`:[" ALLOW_ALL "],`Comment`:`x`}", "unknown element" },
	{ "{`Statement`:[" ALLOW_ALL "],`Statement\\u0000`:[]}", "unknown element" },
	{ "{`Id`:7,`Statement`:[" ALLOW_ALL "]}", "Id is of type number" },
	{ "{`Id`:null,`Statement`:[" ALLOW_ALL "]}", "Id is of type null" },
	{ "{`Statement`:[{`Sid`:1,`Effect`:`Allow`," TAIL "]}", "Sid is of type number" },
	{ "{`Statement`:[{`Sid`:null,`Effect`:`Allow`," TAIL "]}", "Sid is of type null" },
	{ "{`Statement`:[{`sid`:`x`,`Effect`:`Allow`," TAIL "]}", "unknown element \"sid\"" },
	{ "{`Statement`:[{`Effect`:`Allow`,`Actions`:[]," TAIL "]}", "unknown element \"Actions\"" },
	{ "{`Statement`:[{" TAIL "]}", "no Effect" },
	{ "{`Statement`:[{`Effect`:`allow`," TAIL "]}", "Effect" },
	{ "{`Statement`:[{`Effect`:`ALLOW`," TAIL "]}", "Effect" },
	{ "{`Statement`:[{`Effect`:`Allow `," TAIL "]}", "Effect" },
	{ "{`Statement`:[{`Effect`:[`Allow`]," TAIL "]}", "Effect" },
	{ "{`Statement`:[{`Effect`:true," TAIL "]}", "Effect" },
	{ "{`Statement`:[{`Effect`:null," TAIL "]}", "Effect" },
	{ "{`Statement`:[{`Effect`:`Allow\\u0000`," TAIL "]}", "Effect" },
	/* principals */
	{ "{`Statement`:[{`Effect`:`Allow`,`Action`:`kms:*`,`Resource`:`*`}]}", "Principal" },
	{ "{`Statement`:[{`Effect`:`Allow`,`NotPrincipal`:`*`," TAIL "]}", "both" },
	{ "{`Statement`:[{`Effect`:`Allow`,`Principal`:null,`Action`:`kms:*`,`Resource`:`*`}]}", "null" },
	{ "{`Statement`:[{`Effect`:`Allow`,`Principal`:`**`,`Action`:`kms:*`,`Resource`:`*`}]}", "\"*\"" },
	{ "{`Statement`:[{`Effect`:`Allow`,`Principal`:``,`Action`:`kms:*`,`Resource`:`*`}]}", "\"*\"" },
	{ "{`Statement`:[{`Effect`:`Allow`,`Principal`:`cloudtrail.amazonaws.com`,"
	  "`Action`:`kms:*`,`Resource`:`*`}]}", "\"*\"" },
	{ "{`Statement`:[{`Effect`:`Allow`,`NotPrincipal`:`x`,`Action`:`kms:*`,`Resource`:`*`}]}",
	  "\"*\"" },
	{ "{`Statement`:[{`Effect`:`Allow`,`Principal`:[`*`],`Action`:`kms:*`,`Resource`:`*`}]}",
	  "type array" },
	{ "{`Statement`:[{`Effect`:`Allow`,`Principal`:{`aws`:`*`},`Action`:`kms:*`,`Resource`:`*`}]}",
	  "unknown type of principal" },
	{ "{`Statement`:[{`Effect`:`Allow`,`Principal`:{`AWS`:7},`Action`:`kms:*`,`Resource`:`*`}]}",
	  "type number" },
	{ "{`Statement`:[{`Effect`:`Allow`,`Principal`:{`AWS`:null},`Action`:`kms:*`,`Resource`:`*`}]}",
	  "type null" },
	{ "{`Statement`:[{`Effect`:`Allow`,`Principal`:{`AWS`:[[`*`]]},`Action`:`kms:*`,"
	  "`Resource`:`*`}]}", "type array" },
	{ "{`Statement`:[{`Effect`:`Allow`,`Principal`:{`AWS`:{}},`Action`:`kms:*`,`Resource`:`*`}]}",
	  "type object" },
	/* actions and resources */
	{ "{`Statement`:[{`Effect`:`Allow`," CLOUDTRAIL ",`Action`:null,`Resource`:`*`}]}", "null" },
	{ "{`Statement`:[{`Effect`:`Allow`," CLOUDTRAIL ",`Action`:1,`Resource`:`*`}]}", "number" },
	{ "{`Statement`:[{`Effect`:`Allow`," CLOUDTRAIL ",`Action`:[`kms:*`,1],`Resource`:`*`}]}",
	  "number" },
	{ "{`Statement`:[{`Effect`:`Allow`," CLOUDTRAIL ",`Action`:{},`Resource`:`*`}]}", "object" },
	{ "{`Statement`:[{`Effect`:`Allow`," CLOUDTRAIL ",`Action`:``,`Resource`:`*`}]}", "service" },
	{ "{`Statement`:[{`Effect`:`Allow`," CLOUDTRAIL ",`Action`:`Decrypt`,`Resource`:`*`}]}",
	  "service" },
	{ "{`Statement`:[{`Effect`:`Allow`," CLOUDTRAIL ",`Action`:`:Decrypt`,`Resource`:`*`}]}",
	  "service" },
	{ "{`Statement`:[{`Effect`:`Allow`," CLOUDTRAIL ",`Action`:`**`,`Resource`:`*`}]}", "service" },
	{ "{`Statement`:[{`Effect`:`Allow`," CLOUDTRAIL ",`NotAction`:[`kms:*`,`x`],`Resource`:`*`}]}",
	  "service" },
	{ "{`Statement`:[{`Effect`:`Allow`," CLOUDTRAIL
	  ",`Action`:`kms:*`,`NotAction`:`kms:x`,`Resource`:`*`}]}", "both Action" },
	{ "{`Statement`:[{`Effect`:`Allow`," CLOUDTRAIL
	  ",`Action`:`kms:*`,`NotResource`:[],`Resource`:`*`}]}", "both Resource" },
	{ "{`Statement`:[{`Effect`:`Allow`," CLOUDTRAIL ",`Action`:`kms:*`,`Resource`:null}]}", "null" },
	{ "{`Statement`:[{`Effect`:`Allow`," CLOUDTRAIL ",`Action`:`kms:*`,`Resource`:[true]}]}",
	  "boolean" },
	/* conditions */
	{ "{`Statement`:[{`Effect`:`Allow`,`Condition`:null," TAIL "]}", "null" },
	{ "{`Statement`:[{`Effect`:`Allow`,`Condition`:[]," TAIL "]}", "array" },
	{ "{`Statement`:[{`Effect`:`Allow`,`Condition`:{`StringEquals`:`x`}," TAIL "]}", "string" },
	{ "{`Statement`:[{`Effect`:`Allow`,`Condition`:{`StringEquals`:[]}," TAIL "]}", "array" },
	{ "{`Statement`:[{`Effect`:`Allow`,`Condition`:{`StringEquals`:null}," TAIL "]}", "null" },
	{ "{`Statement`:[{`Effect`:`Allow`,`Condition`:{`StringEquals`:{`a:b`:null}}," TAIL "]}", "null" },
	{ "{`Statement`:[{`Effect`:`Allow`,`Condition`:{`StringEquals`:{`a:b`:{}}}," TAIL "]}", "object" },
	{ "{`Statement`:[{`Effect`:`Allow`,`Condition`:{`StringEquals`:{`a:b`:[[]]}}," TAIL "]}", "array" },
	{ "{`Statement`:[{`Effect`:`Allow`,`Condition`:{`StringEquals`:{`a:b`:[null]}}," TAIL "]}", "null" },
	{ "{`Statement`:[{`Effect`:`Allow`,`Condition`:{`stringequals`:{}}," TAIL "]}", "operator" },
	{ "{`Statement`:[{`Effect`:`Allow`,`Condition`:{`StringMatches`:{}}," TAIL "]}", "operator" },
	{ "{`Statement`:[{`Effect`:`Allow`,`Condition`:{``:{}}," TAIL "]}", "operator" },
	{ "{`Statement`:[{`Effect`:`Allow`,`Condition`:{`IfExists`:{}}," TAIL "]}", "operator" },
	{ "{`Statement`:[{`Effect`:`Allow`,`Condition`:{`StringEquals\\u0000`:{}}," TAIL "]}", "operator" },
	{ "{`Statement`:[{`Effect`:`Allow`,`Condition`:{`NullIfExists`:{}}," TAIL "]}", "operator" },
	{ "{`Statement`:[{`Effect`:`Allow`,`Condition`:{`ForAnyValue:NullIfExists`:{}}," TAIL "]}",
	  "operator" },
	{ "{`Statement`:[{`Effect`:`Allow`,`Condition`:{`StringEqualsIfExistsIfExists`:{}}," TAIL "]}",
	  "operator" },
	{ "{`Statement`:[{`Effect`:`Allow`,`Condition`:{`ForSomeValues:StringEquals`:{}}," TAIL "]}",
	  "operator" },
	{ "{`Statement`:[{`Effect`:`Allow`,`Condition`:{`ForAllValues:ForAnyValue:StringEquals`:{}},"
	  TAIL "]}", "operator" },
	{ "{`Statement`:[{`Effect`:`Allow`,`Condition`:{`forallvalues:StringEquals`:{}}," TAIL "]}",
	  "operator" },
	{ "{`Statement`:[{`Effect`:`Allow`,`Condition`:{`ForAllValues:`:{}}," TAIL "]}", "operator" },
};

static void
test_refusals(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refusals); i++) {
		struct arena *arena = arena_new();
		char *text = quoted(arena_strdup(arena, refusals[i].policy));
		const struct policy *policy;
		struct err err;

		if (policy_parse(arena, text, strlen(text), &policy, &err) == 0)
			fail_msg("row %zu is taken for a policy: %s", i, text);
		assert_int_equal(err.kind, ERR_MALFORMED);
		if (strstr(err.text, refusals[i].message) == NULL)
			fail_msg("row %zu: \"%s\" says nothing of \"%s\"", i, err.text,
			    refusals[i].message);
		assert_letters(i, refusals[i].policy, "---");
		arena_free(arena);
	}
}

/* All of these are one policy, which allows everything. */
static const char *const same[] = {
	"{`Version`:`2012-10-17`,`Statement`:[" ALLOW_ALL "]}",
	"{`Version`:`2008-10-17`,`Statement`:[" ALLOW_ALL "]}",
	"{`Statement`:[" ALLOW_ALL "]}",
	"{`Statement`:" ALLOW_ALL "}",
	"{`Statement`:[" ALLOW_ALL "],`Version`:`2012-10-17`,`Id`:``}",
	"\t\r\n {`Statement` :\n[" ALLOW_ALL "]\n}\n",
	"{`Id`:`\\u0000\\ud83d\\ude00`,`Statement`:[{`Sid`:`\\u0000`,`Effect`:`\\u0041llow`," TAIL "]}",
	"{`\\u0053tatement`:[{`Sid`:``,`Effect`:`Allow`,`Condition`:{}," TAIL "]}",
	"{`Statement`:[{`Effect`:`Allow`,`Condition`:{`StringEquals`:{},`Null`:{}}," TAIL "]}",
	"{`Statement`:[{`Resource`:[`*`],`Action`:[`kms:*`],`Principal`:{`Service`:"
	"[`cloudtrail.amazonaws.com`]},`Effect`:`Allow`}]}",
	"{`Statement`:[{`Sid`:`same`,`Effect`:`Allow`," TAIL ",{`Sid`:`same`,`Effect`:`Allow`," TAIL "]}",
};

static void
test_form_does_not_matter(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(same); i++)
		assert_letters(i, same[i], "aaa");
}

/* A NUL in the text is no end of it. */
static void
test_nul(void **state)
{
	static const char text[] = "{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\","
	    "\"Action\":\"kms:*\",\"Resource\":\"*\"}]}\0";
	struct arena *arena = arena_new();
	const struct policy *policy;
	struct err err;

	(void)state;
	assert_int_equal(policy_parse(arena, text, sizeof(text) - 2, &policy, &err), 0);
	assert_int_equal(policy_statements(policy), 1);
	assert_int_equal(policy_parse(arena, text, sizeof(text) - 1, &policy, &err), -1);
	arena_free(arena);
}

static void
test_place(void **state)
{
	static const char text[] = "{\n  \"Statement\": [{\n    \"Effect\": \"Maybe\"\n  }]\n}\n";
	struct arena *arena = arena_new();
	const struct policy *policy = NULL;
	struct err err;

	(void)state;
	assert_int_equal(policy_parse(arena, text, strlen(text), &policy, &err), -1);
	assert_string_equal(err.text, "3:22: statement 1: Effect is neither \"Allow\" nor \"Deny\"");
	assert_null(policy);
	arena_free(arena);
}

/* Deeper than a policy ever is, and deeper than the parser goes. */
static void
test_depth(void **state)
{
	struct arena *arena = arena_new();
	const struct policy *policy;
	struct err err;
	struct buf text;

	(void)state;
	buf_init(&text, 4096);
	buf_adds(&text, "{\"Statement\":");
	for (int i = 0; i < 1000; i++)
		buf_addc(&text, '[');
	assert_int_equal(policy_parse(arena, text.data, text.len, &policy, &err), -1);
	assert_non_null(strstr(err.text, "deep"));
	buf_done(&text);
	arena_free(arena);
}

static void
test_size(void **state)
{
	struct arena *arena = arena_new();
	char *text = mem_alloc(POLICY_MAX_BYTES + 2, 1);
	const struct policy *policy;
	struct err err;

	(void)state;
	memset(text, ' ', POLICY_MAX_BYTES + 1);
	assert_int_equal(policy_parse(arena, text, POLICY_MAX_BYTES + 1, &policy, &err), -1);
	assert_int_equal(err.kind, ERR_TOO_LARGE);
	strcpy(text + POLICY_MAX_BYTES - 200, "{`Statement`:" ALLOW_ALL "}");
	quoted(text);
	assert_int_equal(policy_parse(arena, text, strlen(text), &policy, &err), 0);
	free(text);
	arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_form_does_not_matter),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_place),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
