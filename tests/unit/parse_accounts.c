/* SPDX-License-Identifier: Apache-2.0 */
/* Who and where: ListAccounts, DescribeOrganization, regions of both kinds, GetCallerIdentity. */
#include "unit/parse_answer.h"

static void
test_accounts(void **state)
{
	static const struct {
		const char	*inner, *state;
		bool		 active;
	} cases[] = {
		{ "'State': 'ACTIVE', 'Status': 'SUSPENDED'", "ACTIVE", true },
		{ "'State': 'CLOSED', 'Status': 'ACTIVE'", "CLOSED", false },
		{ "'State': 'PENDING_CLOSURE'", "PENDING_CLOSURE", false },
		{ "'State': 'PENDING_ACTIVATION'", "PENDING_ACTIVATION", false },
		{ "'Status': 'ACTIVE'", "ACTIVE", true },
		{ "'Status': 'SUSPENDED', 'State': null", "SUSPENDED", false },
		{ "'Name': 'prod'", NULL, true },
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct account *accounts;
		const char *next;
		struct err err;
		size_t count;

		assert_int_equal(parse_list_accounts(a, answer(a, arena_printf(a, "{'Accounts':"
		    "[{'Id': '000022223333', 'Email': 'a@example.com', %s}]}", cases[i].inner)),
		    &accounts,
		    &count, &next, &err), 0);
		assert_int_equal(count, 1);
		assert_string_equal(accounts[0].id, "000022223333");
		assert_int_equal(accounts[0].is_active, cases[i].active);
		if (cases[i].state == NULL)
			assert_null(accounts[0].state);
		else
			assert_string_equal(accounts[0].state, cases[i].state);
		assert_null(next);
	}
	arena_free(a);
}

/* A page may be empty and yet not be the last. */
static void
test_pages(void **state)
{
	struct arena *a = arena_new();
	const struct account *accounts;
	const struct region *regions;
	const char *next;
	struct err err;
	size_t count;

	(void)state;
	assert_int_equal(parse_list_accounts(a, answer(a, "{'Accounts': [], 'NextToken': 'more'}"),
	    &accounts, &count, &next, &err), 0);
	assert_int_equal(count, 0);
	assert_string_equal(next, "more");
	assert_int_equal(parse_list_accounts(a, answer(a, "{'Accounts': [], 'NextToken': ''}"),
	    &accounts, &count, &next, &err), 0);
	assert_null(next);
	assert_int_equal(parse_list_regions(a, answer(a, "{'Regions': [], 'NextToken': 'more'}"),
	    &regions, &count, &next, &err), 0);
	assert_string_equal(next, "more");
	arena_free(a);
}

static void
test_bad_accounts(void **state)
{
	static const char *const cases[] = {
		"{}", "{'Accounts': [{}]}", "{'Accounts': [{'Id': '1'}]}",
		"{'Accounts': [{'Id': 111122223333}]}", "{'Accounts': [{'Id': '11112222333x'}]}",
		"{'Accounts': [], 'NextToken': 5}",
	};
	struct arena *a = arena_new();
	const struct account *accounts;
	const char *next;
	struct err err;
	size_t count;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_int_equal(parse_list_accounts(a, answer(a, cases[i]), &accounts, &count,
		    &next,
		    &err), -1);
		assert_int_equal(err.kind, ERR_MALFORMED);
	}
	arena_free(a);
}

static void
test_organization(void **state)
{
	struct arena *a = arena_new();
	const char *id = "untouched";
	struct err err;

	(void)state;
	assert_int_equal(parse_organization(a, answer(a, "{'Organization': {'MasterAccountId': "
	    "'x'}}"),
	    &id, &err), -1);
	assert_int_equal(parse_organization(a, answer(a, "{}"), &id, &err), -1);
	assert_string_equal(id, "untouched");
	assert_int_equal(parse_organization(a, answer(a, "{'Organization': {'Id': 'o-example',"
	    "'MasterAccountId': '111122223333'}}"), &id, &err), 0);
	assert_string_equal(id, "111122223333");
	arena_free(a);
}

static void
test_list_regions(void **state)
{
	static const enum tri enabled[] = {
		TRI_YES, TRI_YES, TRI_NO, TRI_UNKNOWN, TRI_UNKNOWN, TRI_UNKNOWN, TRI_UNKNOWN,
	};
	struct arena *a = arena_new();
	const struct region *regions;
	const char *next;
	struct err err;
	size_t count;

	(void)state;
	assert_int_equal(parse_list_regions(a, answer(a, "{'Regions': ["
	    "{'RegionName': 'us-east-1', 'RegionOptStatus': 'ENABLED_BY_DEFAULT'},"
	    "{'RegionName': 'af-south-1', 'RegionOptStatus': 'ENABLED'},"
	    "{'RegionName': 'ap-east-1', 'RegionOptStatus': 'DISABLED'},"
	    "{'RegionName': 'eu-south-1', 'RegionOptStatus': 'ENABLING'},"
	    "{'RegionName': 'eu-south-2', 'RegionOptStatus': 'DISABLING'},"
	    "{'RegionName': 'us-gov-west-1', 'RegionOptStatus': 'DREAMING'},"
	    "{'RegionName': 'eusc-de-east-1'}]}"), &regions, &count, &next, &err), 0);
	assert_int_equal(count, COUNT(enabled));
	for (size_t i = 0; i < count; i++)
		assert_int_equal(regions[i].enabled, enabled[i]);
	assert_string_equal(regions[6].name, "eusc-de-east-1");
	assert_int_equal(parse_list_regions(a, answer(a, "{'Regions': [{'RegionName': '../x'}]}"),
	    &regions, &count, &next, &err), -1);
	assert_string_equal(err.text, "Regions[0]: RegionName is no name of a region");
	assert_int_equal(parse_list_regions(a, answer(a, "{}"), &regions, &count, &next, &err), -1);
	arena_free(a);
}

static void
test_describe_regions(void **state)
{
	static const enum tri enabled[] = { TRI_YES, TRI_YES, TRI_NO, TRI_UNKNOWN };
	struct arena *a = arena_new();
	const struct region *regions;
	struct err err;
	size_t count;

	(void)state;
	assert_int_equal(parse_describe_regions(a, answer_xml(a,
	    "<DescribeRegionsResponse xmlns='http://ec2.amazonaws.com/doc/2016-11-15/'>"
	    "<requestId>1</requestId><regionInfo>"
	    "<item><regionName>us-east-1</regionName><optInStatus>opt-in-not-required</optInStatus></item>"
	    "<item><optInStatus>opted-in</optInStatus><regionName>af-south-1</regionName></item>"
	    "<item><regionName>ap-east-1</regionName><optInStatus>not-opted-in</optInStatus></item>"
	    "<item><regionName>eu-west-1</regionName><regionEndpoint>x</regionEndpoint></item>"
	    "</regionInfo></DescribeRegionsResponse>"), &regions, &count, &err), 0);
	assert_int_equal(count, COUNT(enabled));
	for (size_t i = 0; i < count; i++)
		assert_int_equal(regions[i].enabled, enabled[i]);
	assert_int_equal(parse_describe_regions(a, answer_xml(a, "<DescribeRegionsResponse/>"),
	    &regions,
	    &count, &err), -1);
	assert_int_equal(parse_describe_regions(a, answer_xml(a,
	    "<R><regionInfo><item><regionName>x</regionName></item></regionInfo></R>"), &regions,
	    &count,
	    &err), -1);
	assert_string_equal(err.text, "regionName is no name of a region");
	arena_free(a);
}

static void
test_too_many_regions(void **state)
{
	struct arena *a = arena_new();
	const struct region *regions;
	struct buf text;
	struct err err;
	size_t count;

	(void)state;
	buf_init(&text, 1 << 20);
	buf_adds(&text, "<R><regionInfo>");
	for (int i = 0; i <= PARSE_REGIONS_MAX; i++)
		buf_adds(&text, "<item><regionName>us-east-1</regionName></item>");
	buf_adds(&text, "</regionInfo></R>");
	assert_int_equal(parse_describe_regions(a, answer_xml(a, buf_text(&text)), &regions, &count,
	    &err),
	    -1);
	assert_string_equal(err.text, "regionInfo has more than 200 entries");
	buf_done(&text);
	arena_free(a);
}

#define IDENTITY(inner)	"<GetCallerIdentityResponse><GetCallerIdentityResult>" inner \
	"</GetCallerIdentityResult></GetCallerIdentityResponse>"

static void
test_caller(void **state)
{
	static const char *const bad[] = {
		"<GetCallerIdentityResponse/>", IDENTITY("<Account>111122223333</Account>"),
		IDENTITY("<Account>1</Account><Arn>arn:aws:iam::111122223333:root</Arn>"),
		IDENTITY("<Account>111122223333</Account><Arn>somebody</Arn>"),
		IDENTITY("<Arn>arn:aws:iam::111122223333:root</Arn>"),
	};
	const char *account = NULL, *arn = NULL;
	struct arena *a = arena_new();
	struct err err;

	(void)state;
	assert_int_equal(parse_caller_identity(a, answer_xml(a, IDENTITY("<Arn>"
	    "arn:aws:sts::000022223333:assumed-role/trailseal/x</Arn><UserId>U</UserId>"
	    "<Account>000022223333</Account>")), &account, &arn, &err), 0);
	assert_string_equal(account, "000022223333");
	assert_string_equal(arn, "arn:aws:sts::000022223333:assumed-role/trailseal/x");
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_int_equal(parse_caller_identity(a, answer_xml(a, bad[i]), &account, &arn,
		    &err), -1);
		assert_int_equal(err.kind, ERR_MALFORMED);
	}
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_accounts),
		cmocka_unit_test(test_pages),
		cmocka_unit_test(test_bad_accounts),
		cmocka_unit_test(test_organization),
		cmocka_unit_test(test_list_regions),
		cmocka_unit_test(test_describe_regions),
		cmocka_unit_test(test_too_many_regions),
		cmocka_unit_test(test_caller),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
