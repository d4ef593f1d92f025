/* SPDX-License-Identifier: Apache-2.0 */
/* What is said of a trail at work: logging, deliveries, digests, region by region. */
#include "unit/rules_scene.h"

#define NA	VERDICT_NOT_APPLICABLE
#define PASS	VERDICT_PASS
#define FAIL	VERDICT_FAIL
#define UNKNOWN	VERDICT_UNKNOWN

#define STOPPED		"'IsLogging': false, 'StopLoggingTime': " RECENT
#define BOTH_STATUS(inner)	STATUS(HOME, inner) STATUS(WEST, inner)
#define FAIL_BOTH(how)	STATUS_FAIL(HOME, how) STATUS_FAIL(WEST, how)
#define OLD	"1767200000"	/* 34 hours ago */
#define STALE	"'IsLogging': true, 'StartLoggingTime': " LONG_AGO ", 'LatestDeliveryTime': " OLD \
	", 'LatestDigestDeliveryTime': " OLD
#define SINGLE	", 'IsMultiRegionTrail': false, 'IsOrganizationTrail': false"

static const struct rules_case cases[] = {
	{ "", RULE_TRAIL_NOT_LOGGING, PASS, NULL, NULL },
	{ STATUS(WEST, STOPPED), RULE_TRAIL_NOT_LOGGING, FAIL, "does not log in us-west-2", NULL },
	{ BOTH_STATUS(STOPPED), RULE_TRAIL_NOT_LOGGING, FAIL, "in us-east-1, us-west-2", NULL },
	{ STATUS_FAIL(HOME, DENIED), RULE_TRAIL_NOT_LOGGING, UNKNOWN, "it logs in us-east-1:",
	    NULL },
	{ STATUS(HOME, STOPPED) STATUS_FAIL(WEST, DENIED), RULE_TRAIL_NOT_LOGGING, FAIL, NULL,
	    NULL },
	{ STATUS_FAIL(WEST, "'status': 0"), RULE_TRAIL_NOT_LOGGING, UNKNOWN, "no answer in time",
	    NULL },
	{ STATUS(WEST, "'Odd': 1"), RULE_TRAIL_NOT_LOGGING, UNKNOWN, "IsLogging is missing", NULL },
	/* A status from before its region failed is old, whatever it says. */
	{ STATUS(WEST, STOPPED) TRAILS_FAIL(WEST, "'status': 0"), RULE_TRAIL_NOT_LOGGING, UNKNOWN,
	    NULL,
	    NULL },
	{ TRAILS_FAIL(WEST, "'status': 0") STATUS(WEST, STOPPED "}, 'age_ms': 10, 'x': {"),
	    RULE_TRAIL_NOT_LOGGING, FAIL, NULL, NULL },
	/* After an outage the region is seen before the status: no age may come of the old one. */
	{ STATUS(WEST, STALE) TRAILS_FAIL(WEST, "'status': 0") TRAILS(WEST, GOOD_TRAIL),
	    RULE_TRAIL_DIGEST_STALE, UNKNOWN, "was not asked for again", NULL },
	/* What was seen before and is closed by a service control policy now must not look mended. */
	{ TRAILS_FAIL(WEST, DENIED_BY_SCP), RULE_TRAIL_NOT_LOGGING, UNKNOWN, NULL, NULL },
	{ STATUS_FAIL(WEST, DENIED_BY_SCP), RULE_TRAIL_NOT_LOGGING, UNKNOWN, NULL, NULL },
	{ FAIL_BOTH(DENIED_BY_SCP), RULE_TRAIL_NOT_LOGGING, UNKNOWN, "service control policy",
	    NULL },
	{ REGIONS("'body': {'Regions': [{'RegionName': 'us-west-2', 'RegionOptStatus': "
	    "'DISABLED'}]}")
	    STATUS(WEST, STOPPED), RULE_TRAIL_NOT_LOGGING, PASS, NULL, NULL },
	/* Of a single-region trail other regions say nothing. */
	{ TRAILS(HOME, A_TRAIL(SINGLE)) TRAILS(WEST, "") STATUS(WEST, STOPPED),
	    RULE_TRAIL_NOT_LOGGING,
	    PASS, NULL, NULL },
	{ TRAILS(HOME, A_TRAIL(SINGLE)) TRAILS_FAIL(WEST, DENIED), RULE_TRAIL_NOT_LOGGING, PASS,
	    NULL,
	    NULL },
	/* A region that joins the account, but does not list the trail yet, is not missed. */
	{ REGIONS("'body': {'Regions': [{'RegionName': 'ap-east-1', 'RegionOptStatus': "
	    "'ENABLED'}]}")
	    TRAILS("ap-east-1", ""), RULE_TRAIL_NOT_LOGGING, PASS, NULL, NULL },
	{ REGIONS("'body': {'Regions': [{'RegionName': 'ap-east-1', 'RegionOptStatus': "
	    "'ENABLED'}]}")
	    TRAILS("ap-east-1", GOOD_TRAIL), RULE_TRAIL_NOT_LOGGING, UNKNOWN, "was not asked for",
	    NULL },

	{ "", RULE_TRAIL_DELIVERY_FAILING, PASS, NULL, NULL },
	{ STATUS(WEST, WORKING ", 'LatestDeliveryError': 'AccessDenied'"),
	    RULE_TRAIL_DELIVERY_FAILING,
	    FAIL, "from us-west-2: AccessDenied", NULL },
	{ STATUS(WEST, WORKING ", 'LatestDeliveryError': ''"), RULE_TRAIL_DELIVERY_FAILING, PASS,
	    NULL,
	    NULL },
	{ STATUS(WEST, WORKING ", 'LatestDeliveryError': 'E'") STATUS_FAIL(HOME, DENIED),
	    RULE_TRAIL_DELIVERY_FAILING, FAIL, NULL, NULL },
	{ STATUS_FAIL(HOME, DENIED), RULE_TRAIL_DELIVERY_FAILING, UNKNOWN, NULL, NULL },
	{ BOTH_STATUS(STOPPED ", 'LatestDeliveryError': 'E'"), RULE_TRAIL_DELIVERY_FAILING, NA,
	    NULL,
	    NULL },
	{ STATUS(WEST, STOPPED ", 'LatestDeliveryError': 'E'"), RULE_TRAIL_DELIVERY_FAILING, PASS,
	    NULL,
	    NULL },
	{ STATUS(WEST, STOPPED) STATUS_FAIL(HOME, DENIED), RULE_TRAIL_DELIVERY_FAILING, UNKNOWN,
	    NULL,
	    NULL },

	{ "", RULE_TRAIL_DELIVERY_STALE, PASS, NULL, NULL },
	{ STATUS(WEST, STALE), RULE_TRAIL_DELIVERY_STALE, PASS, NULL, NULL },
	{ BOTH_STATUS(STALE), RULE_TRAIL_DELIVERY_STALE, FAIL, "no log for 1 day", NULL },
	{ STATUS_FAIL(HOME, DENIED), RULE_TRAIL_DELIVERY_STALE, PASS, NULL, NULL },
	{ STATUS_FAIL(HOME, DENIED) STATUS(WEST, STALE), RULE_TRAIL_DELIVERY_STALE, UNKNOWN, NULL,
	    NULL },
	{ FAIL_BOTH(DENIED), RULE_TRAIL_DELIVERY_STALE, UNKNOWN, NULL, NULL },
	{ BOTH_STATUS(STOPPED), RULE_TRAIL_DELIVERY_STALE, NA, NULL, NULL },
	{ BOTH_STATUS("'IsLogging': true, 'StartLoggingTime': " LONG_AGO),
	    RULE_TRAIL_DELIVERY_STALE,
	    FAIL, "no log in the 366 days since", NULL },
	{ BOTH_STATUS("'IsLogging': true, 'StartLoggingTime': " RECENT), RULE_TRAIL_DELIVERY_STALE,
	    PASS,
	    "only lately", NULL },
	{ BOTH_STATUS("'IsLogging': true"), RULE_TRAIL_DELIVERY_STALE, UNKNOWN, NULL, NULL },
	/* Restarted after a long stop: the last delivery is old, and that is as it should be. */
	{ BOTH_STATUS("'IsLogging': true, 'LatestDeliveryTime': " OLD ", 'StartLoggingTime': "
	    "" RECENT),
	    RULE_TRAIL_DELIVERY_STALE, PASS, NULL, NULL },
	{ BOTH_STATUS("'IsLogging': true, 'LatestDeliveryTime': " OLD), RULE_TRAIL_DELIVERY_STALE,
	    FAIL,
	    NULL, NULL },
	/* Only a trail that logs ordinary reads is never idle. */
	{ BOTH_STATUS(STALE) SELECTORS("'EventSelectors': [{'ReadWriteType': 'WriteOnly'}]"),
	    RULE_TRAIL_DELIVERY_STALE, NA, NULL, NULL },
	{ BOTH_STATUS(STALE) SELECTORS("'EventSelectors': [{'ExcludeManagementEventSources':"
	    "['kms.amazonaws.com']}]"), RULE_TRAIL_DELIVERY_STALE, FAIL, NULL, NULL },
	{ BOTH_STATUS(STALE) SELECTORS_FAIL(DENIED), RULE_TRAIL_DELIVERY_STALE, UNKNOWN, NULL,
	    NULL },
	{ SELECTORS_FAIL(DENIED), RULE_TRAIL_DELIVERY_STALE, PASS, NULL, NULL },
	{ BOTH_STATUS(STALE) SELECTORS("'EventSelectors': [{'ReadWriteType': 'Odd'}]"),
	    RULE_TRAIL_DELIVERY_STALE, UNKNOWN, NULL, NULL },

	{ "", RULE_TRAIL_DIGEST_FAILING, PASS, NULL, NULL },
	{ STATUS(WEST, WORKING ", 'LatestDigestDeliveryError': 'AccessDenied'"),
	    RULE_TRAIL_DIGEST_FAILING, FAIL, "from us-west-2: AccessDenied", NULL },
	{ STATUS(WEST, STOPPED ", 'LatestDigestDeliveryError': 'E'"), RULE_TRAIL_DIGEST_FAILING,
	    PASS,
	    NULL, NULL },
	{ BOTH_STATUS("'IsLogging': true, 'LatestDigestDeliveryError': 'E', 'StartLoggingTime': "
	    "" RECENT),
	    RULE_TRAIL_DIGEST_FAILING, NA, NULL, NULL },
	{ BOTH_STATUS("'IsLogging': true, 'LatestDigestDeliveryError': 'E'"),
	    RULE_TRAIL_DIGEST_FAILING,
	    UNKNOWN, "since when", NULL },
	{ STATUS_FAIL(WEST, DENIED), RULE_TRAIL_DIGEST_FAILING, UNKNOWN, NULL, NULL },
	{ BOTH(A_TRAIL(MULTI ", 'LogFileValidationEnabled': false")) BOTH_STATUS(WORKING
	    ", 'LatestDigestDeliveryError': 'E'"), RULE_TRAIL_DIGEST_FAILING, NA, NULL, NULL },
	{ TRAILS_FAIL(HOME, DENIED), RULE_TRAIL_DIGEST_FAILING, UNKNOWN, NULL, NULL },

	{ "", RULE_TRAIL_DIGEST_STALE, PASS, NULL, NULL },
	{ STATUS(WEST, STALE), RULE_TRAIL_DIGEST_STALE, FAIL, "no digest for 1 day from us-west-2",
	    NULL },
	{ STATUS(WEST, "'IsLogging': true, 'StartLoggingTime': " LONG_AGO), RULE_TRAIL_DIGEST_STALE,
	    FAIL,
	    "never delivered a digest from us-west-2", NULL },
	{ BOTH_STATUS("'IsLogging': true, 'StartLoggingTime': " RECENT), RULE_TRAIL_DIGEST_STALE,
	    NA,
	    NULL, NULL },
	{ STATUS(WEST, "'IsLogging': true, 'StartLoggingTime': " RECENT), RULE_TRAIL_DIGEST_STALE,
	    PASS,
	    NULL, NULL },
	{ STATUS(WEST, "'IsLogging': true"), RULE_TRAIL_DIGEST_STALE, UNKNOWN, NULL, NULL },
	{ STATUS(WEST, STALE) STATUS_FAIL(HOME, DENIED), RULE_TRAIL_DIGEST_STALE, FAIL, NULL,
	    NULL },
	{ BOTH_STATUS(STOPPED), RULE_TRAIL_DIGEST_STALE, NA, NULL, NULL },
	{ BOTH(A_TRAIL(MULTI)) BOTH_STATUS(STALE), RULE_TRAIL_DIGEST_STALE, NA, NULL, NULL },
};

static void
test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		check_case(&cases[i]);
}

/* Every region of WORKING delivered at RECENT, digests at RECENT_DIGEST, and began at START. */
static void
test_edges(void **state)
{
#define RECENT_MS	INT64_C(1767322445000)
	static const struct {
		enum rule_id	 rule;
		const char	*status;
		int64_t		 answered_ms, after_ms;	/* behind RECENT: the answer, the judgement */
		enum verdict	 verdict;
	} edges[] = {
		{ RULE_TRAIL_DELIVERY_STALE, WORKING, 24 * HOUR_MS, 24 * HOUR_MS, PASS },
		{ RULE_TRAIL_DELIVERY_STALE, WORKING, 24 * HOUR_MS + 1, 24 * HOUR_MS + 1, FAIL },
		{ RULE_TRAIL_DIGEST_STALE, "'IsLogging': true, 'LatestDigestDeliveryTime': " RECENT
		    ", 'StartLoggingTime': " LONG_AGO, 3 * HOUR_MS, 3 * HOUR_MS, PASS },
		{ RULE_TRAIL_DIGEST_STALE, "'IsLogging': true, 'LatestDigestDeliveryTime': " RECENT
		    ", 'StartLoggingTime': " LONG_AGO, 3 * HOUR_MS + 1, 3 * HOUR_MS + 1, FAIL },
		{ RULE_TRAIL_DIGEST_STALE, "'IsLogging': true, 'StartLoggingTime': " RECENT,
		    3 * HOUR_MS - 1, 3 * HOUR_MS - 1, NA },
		{ RULE_TRAIL_DIGEST_STALE, "'IsLogging': true, 'StartLoggingTime': " RECENT,
		    3 * HOUR_MS, 3 * HOUR_MS, FAIL },
		{ RULE_TRAIL_DIGEST_FAILING, "'IsLogging': true, 'LatestDigestDeliveryError': 'E',"
		    "'StartLoggingTime': " RECENT, 3 * HOUR_MS - 1, 3 * HOUR_MS - 1, NA },
		{ RULE_TRAIL_DIGEST_FAILING, "'IsLogging': true, 'LatestDigestDeliveryError': 'E',"
		    "'StartLoggingTime': " RECENT, 3 * HOUR_MS, 3 * HOUR_MS, FAIL },
		/* What came since the answer is not known: it does not look older for being old. */
		{ RULE_TRAIL_DELIVERY_STALE, WORKING, 24 * HOUR_MS, 90 * HOUR_MS, PASS },
		{ RULE_TRAIL_DIGEST_STALE, "'IsLogging': true, 'LatestDigestDeliveryTime': " RECENT
		    ", 'StartLoggingTime': " LONG_AGO, 3 * HOUR_MS, 90 * HOUR_MS, PASS },
		{ RULE_TRAIL_DIGEST_STALE, "'IsLogging': true, 'StartLoggingTime': " RECENT,
		    3 * HOUR_MS - 1, 90 * HOUR_MS, NA },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(edges); i++) {
		const struct observation *o;
		struct scene s;

		scene_begin(&s);
		scene_reply(&s, GOOD_WORLD);
		scene_reply(&s, arena_printf(s.arena, STATUS(HOME, "%s}, 'age_ms': %lld, 'x': {")
		    STATUS(WEST, "%s}, 'age_ms': %lld, 'x': {"), edges[i].status,
		    (long long)(REPLIES_NOW_MS - RECENT_MS - edges[i].answered_ms), edges[i].status,
		    (long long)(REPLIES_NOW_MS - RECENT_MS - edges[i].answered_ms)));
		scene_judge(&s, RECENT_MS + edges[i].after_ms);
		o = scene_find(&s, edges[i].rule, NULL);
		assert_int_equal(o ? o->verdict : NA, edges[i].verdict);
		scene_end(&s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_edges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
