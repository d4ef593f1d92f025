/* SPDX-License-Identifier: Apache-2.0 */
/* The forms of AWS's names. */
#include "base/names.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

static void
arns_are_told_apart(void **state)
{
	static const struct {
		const char	*text;
		bool		 arn, trail, key, role;
	} cases[] = {
		{ "arn:aws:cloudtrail:us-east-1:111122223333:trail/main", true, true, false, false },
		{ "arn:aws-us-gov:cloudtrail:us-gov-west-1:111122223333:trail/a.b_c-1", true, true, false,
		    false },
		{ "arn:aws-cn:kms:cn-north-1:012345678901:key/1234abcd-12ab-34cd-56ef-1234567890ab", true,
		    false, true, false },
		{ "arn:aws:kms:us-east-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab", true,
		    false, true, false },
		{ "arn:aws:kms:us-east-1:111122223333:alias/a", true, false, false, false },
		{ "arn:aws:kms:us-east-1:111122223333:key/", true, false, false, false },
		{ "arn:aws:kms:us-east-1:111122223333:key/a b", true, false, false, false },
		{ "arn:aws:kms:us-east-1:111122223333:key/a/b", true, false, false, false },
		{ "arn:aws:kms::111122223333:key/a", true, false, false, false },
		{ "arn:aws:kms:us-east-1::key/a", true, false, false, false },
		{ "arn:aws:kms:us-east-1:11112222333:key/a", true, false, false, false },
		{ "arn:aws:kms:us-east-1:11112222333x:key/a", true, false, false, false },
		{ "arn:aws:kms:US-EAST-1:111122223333:key/a", true, false, false, false },
		{ "arn:aws:iam::111122223333:role/a", true, false, false, true },
		{ "arn:aws:iam::111122223333:role/path/to/a+b=c,d.e@f-g", true, false, false, true },
		{ "arn:aws:iam:us-east-1:111122223333:role/a", true, false, false, false },
		{ "arn:aws:iam::111122223333:user/a", true, false, false, false },
		{ "arn:aws:s3:::bucket", true, false, false, false },
		{ "arn:aws:logs:us-east-1:111122223333:log-group:a:*", true, false, false, false },
		{ "arn:aws:s3:::", false, false, false, false },
		{ "arn::s3:::bucket", false, false, false, false },
		{ "arn:aws::::bucket", false, false, false, false },
		{ "ARN:aws:s3:::bucket", false, false, false, false },
		{ "arn:aws:s3::bucket", false, false, false, false },
		{ "arn", false, false, false, false },
		{ "", false, false, false, false },
		{ NULL, false, false, false, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct arn arn;

		if (arn_parse(cases[i].text, &arn) != cases[i].arn ||
		    arn_parse_trail(cases[i].text, &arn) != cases[i].trail ||
		    arn_parse_key(cases[i].text, &arn) != cases[i].key ||
		    arn_parse_role(cases[i].text, &arn) != cases[i].role)
			fail_msg("%s", cases[i].text);
	}
}

static void
parts_are_views(void **state)
{
	struct arn arn;
	char text[32], tiny[5] = "left";

	(void)state;
	assert_true(arn_parse("arn:aws:logs:us-east-1:111122223333:log-group:a/b:*", &arn));
	assert_true(name_part_is(arn.partition, "aws"));
	assert_true(name_part_is(arn.service, "logs"));
	assert_true(name_part_is(arn.region, "us-east-1"));
	assert_true(name_part_is(arn.account, "111122223333"));
	assert_true(name_part_is(arn.resource, "log-group:a/b:*"));
	assert_false(name_part_is(arn.service, "log"));
	assert_false(name_part_is(arn.service, "logsx"));
	assert_true(name_part_is(name_after_slash(arn.resource), "b:*"));
	assert_true(name_part_is(name_after_slash(arn.region), "us-east-1"));
	assert_true(name_part_copy(arn.account, text, sizeof(text)));
	assert_string_equal(text, "111122223333");
	assert_true(name_part_copy(arn.service, tiny, sizeof(tiny)));
	assert_string_equal(tiny, "logs");
	assert_false(name_part_copy(arn.region, tiny, sizeof(tiny)));
	assert_string_equal(tiny, "");
}

static void
names_have_forms(void **state)
{
	static const struct {
		bool		(*is)(const char *);
		const char	*good[8], *bad[12];
	} cases[] = {
		{ name_is_account, { "111122223333", "000000000001" },
		    { "", "11112222333", "1111222233334", "11112222333a", "-11112222333", "1111 2222333" } },
		{ name_is_region, { "us-east-1", "ap-southeast-4", "us-gov-west-1", "us-iso-east-1",
		    "eu-isoe-west-1", "mx-central-1", "il-central-1" },
		    { "", "us-east", "useast1", "us-east-", "-us-east-1", "us--1", "US-east-1", "us_east_1",
		    "1-east-1", "us-east-1.example.com", "a-very-long-region-name-that-goes-1" } },
		{ name_is_bucket, { "abc", "my-logs.example", "1bucket", "Old_Bucket" },
		    { "", "ab", ".abc", "a/b", "a b c", "a?b" } },
		{ name_is_role, { "a", "trailseal+x=y,z.@-_" },
		    { "", "a b", "a/b", "a:b",
		    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" } },
		{ name_is_external_id, { "ab", "a:b/c@d", "0123" }, { "", "a", "a b", "a\"b", "a*b" } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		for (size_t k = 0; k < COUNT(cases[i].good) && cases[i].good[k] != NULL; k++)
			if (!cases[i].is(cases[i].good[k]))
				fail_msg("refused: %s", cases[i].good[k]);
		for (size_t k = 0; k < COUNT(cases[i].bad) && cases[i].bad[k] != NULL; k++)
			if (cases[i].is(cases[i].bad[k]))
				fail_msg("taken: %s", cases[i].bad[k]);
	}
}

static void
lengths_have_limits(void **state)
{
	char text[1300];

	(void)state;
	memset(text, 'a', sizeof(text));
	text[255] = '\0';
	assert_true(name_is_bucket(text));
	text[255] = 'a';
	text[256] = '\0';
	assert_false(name_is_bucket(text));
	text[256] = 'a';
	text[1224] = '\0';
	assert_true(name_is_external_id(text));
	text[1224] = 'a';
	text[1225] = '\0';
	assert_false(name_is_external_id(text));
	text[64] = '\0';
	assert_true(name_is_role(text));
}

static void
regions_have_partitions(void **state)
{
	static const char *const cases[][2] = {
		{ "us-east-1", "aws" }, { "eu-central-1", "aws" }, { "xx-moon-1", "aws" },
		{ "", "aws" }, { "cn-north-1", "aws-cn" }, { "us-gov-east-1", "aws-us-gov" },
		{ "us-iso-east-1", "aws-iso" }, { "us-isob-east-1", "aws-iso-b" },
		{ "us-isof-south-1", "aws-iso-f" }, { "eu-isoe-west-1", "aws-iso-e" },
		{ "eusc-de-east-1", "aws-eusc" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_string_equal(name_partition(cases[i][0]), cases[i][1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arns_are_told_apart),
		cmocka_unit_test(parts_are_views),
		cmocka_unit_test(names_have_forms),
		cmocka_unit_test(lengths_have_limits),
		cmocka_unit_test(regions_have_partitions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
