/* SPDX-License-Identifier: Apache-2.0 */
/* GetEventSelectors: what is let through of management events, exactly, and the words for it. */
#include "unit/parse_answer.h"

#define MANAGEMENT	"{'Field': 'eventCategory', 'Equals': ['Management']}"
#define BASIC(inner)	"{'EventSelectors': [" inner "]}"
#define ADVANCED(inner)	"{'AdvancedEventSelectors': [{'FieldSelectors': [" MANAGEMENT inner "]}]}"
#define KMS		"kms.amazonaws.com"

static const struct selectors_case {
	const char	*text;
	enum tri	 reads, writes, usual;
	const char	*narrowed;
} cases[] = {
	/* Basic selectors. */
	{ BASIC("{'ReadWriteType': 'All', 'IncludeManagementEvents': true, 'DataResources': [],"
	    "'ExcludeManagementEventSources': []}"), TRI_YES, TRI_YES, TRI_YES, NULL },
	{ BASIC("{}"), TRI_YES, TRI_YES, TRI_YES, NULL },
	{ BASIC(""), TRI_YES, TRI_YES, TRI_YES, NULL },
	{ "{'EventSelectors': [], 'AdvancedEventSelectors': []}", TRI_YES, TRI_YES, TRI_YES, NULL },
	{ "{'EventSelectors': [], 'AdvancedEventSelectors': null}", TRI_YES, TRI_YES, TRI_YES,
	    NULL },
	{ BASIC("{'ReadWriteType': 'WriteOnly', 'IncludeManagementEvents': true}"),
	    TRI_NO, TRI_YES, TRI_NO, "ReadWriteType WriteOnly" },
	{ BASIC("{'ReadWriteType': 'ReadOnly', 'IncludeManagementEvents': true}"),
	    TRI_YES, TRI_NO, TRI_YES, "ReadWriteType ReadOnly" },
	{ BASIC("{'ReadWriteType': 'Sometimes'}"), TRI_UNKNOWN, TRI_UNKNOWN, TRI_UNKNOWN,
	    "ReadWriteType Sometimes" },
	{ BASIC("{'ReadWriteType': 'All', 'IncludeManagementEvents': false}"),
	    TRI_NO, TRI_NO, TRI_NO, "no selector lets management events through" },
	{ BASIC("{'ExcludeManagementEventSources': ['" KMS "', 'rdsdata.amazonaws.com']}"),
	    TRI_NO, TRI_NO, TRI_YES, "excludes kms.amazonaws.com, rdsdata.amazonaws.com" },
	{ BASIC("{'ReadWriteType': 'WriteOnly', 'ExcludeManagementEventSources': ['" KMS "']}"),
	    TRI_NO, TRI_NO, TRI_NO, "ReadWriteType WriteOnly and excludes kms.amazonaws.com" },
	{ BASIC("{'ReadWriteType': 'WriteOnly'}, {'ReadWriteType': 'ReadOnly'}"),
	    TRI_YES, TRI_YES, TRI_YES, NULL },
	{ BASIC("{'ExcludeManagementEventSources': ['" KMS "']},"
	    "{'ExcludeManagementEventSources': ['rdsdata.amazonaws.com']}"),
	    TRI_YES, TRI_YES, TRI_YES, NULL },
	{ BASIC("{'IncludeManagementEvents': false}, {'ReadWriteType': 'ReadOnly'},"
	    "{'ReadWriteType': 'WriteOnly', 'ExcludeManagementEventSources': ['" KMS "']}"),
	    TRI_YES, TRI_NO, TRI_YES,
	    "ReadWriteType ReadOnly; or ReadWriteType WriteOnly and excludes kms.amazonaws.com" },
	/* Advanced selectors. */
	{ ADVANCED(""), TRI_YES, TRI_YES, TRI_YES, NULL },
	{ ADVANCED(", {'Field': 'readOnly', 'Equals': ['false']}"), TRI_NO, TRI_YES, TRI_NO,
	    "advanced selectors let only readOnly false through" },
	{ ADVANCED(", {'Field': 'readOnly', 'Equals': ['true', 'false']}"),
	    TRI_YES, TRI_YES, TRI_YES, NULL },
	{ ADVANCED(", {'Field': 'eventSource', 'NotEquals': ['" KMS "']}"), TRI_NO, TRI_NO, TRI_YES,
	    "advanced selectors exclude eventSource kms.amazonaws.com" },
	{ ADVANCED(", {'Field': 'eventSource', 'NotEquals': ['" KMS "', 'rdsdata.amazonaws.com']},"
	    "{'Field': 'readOnly', 'Equals': ['false']}"), TRI_NO, TRI_NO, TRI_NO,
	    "advanced selectors exclude eventSource kms.amazonaws.com, rdsdata.amazonaws.com and "
	    "let only readOnly false through" },
	{ ADVANCED(", {'Field': 'eventName', 'Equals': ['ConsoleLogin']}"), TRI_NO, TRI_NO, TRI_NO,
	    "advanced selectors let only eventName ConsoleLogin through" },
	{ ADVANCED(", {'Field': 'eventName', 'NotStartsWith': ['Get'], 'NotEndsWith': ['s']}"),
	    TRI_NO, TRI_NO, TRI_YES, "advanced selectors exclude eventName starting with Get and "
	    "exclude eventName ending with s" },
	{ ADVANCED(", {'Field': 'eventName', 'StartsWith': [''], 'NotEquals': ['A']}"),
	    TRI_NO, TRI_NO, TRI_YES, "advanced selectors let only eventName starting with  through "
	    "and "
	    "exclude eventName A" },
	{ ADVANCED(", {'Field': 'eventName', 'StartsWith': ['']}"), TRI_YES, TRI_YES, TRI_YES,
	    NULL },
	/* What one selector leaves out another may let through. */
	{ "{'AdvancedEventSelectors': [{'FieldSelectors': [" MANAGEMENT
	    ", {'Field': 'eventSource', 'NotEquals': ['" KMS "']}]}, {'FieldSelectors': "
	    "[" MANAGEMENT
	    ", {'Field': 'eventSource', 'Equals': ['" KMS "']}]}]}", TRI_YES, TRI_YES, TRI_YES,
	    NULL },
	{ "{'AdvancedEventSelectors': [{'FieldSelectors': [" MANAGEMENT
	    ", {'Field': 'eventName', 'NotStartsWith': ['Get']}]}, {'FieldSelectors': [" MANAGEMENT
	    ", {'Field': 'eventName', 'StartsWith': ['G']}]}]}", TRI_YES, TRI_YES, TRI_YES, NULL },
	{ "{'AdvancedEventSelectors': [{'FieldSelectors': [" MANAGEMENT
	    ", {'Field': 'eventSource', 'NotEquals': ['" KMS "']}]}, {'FieldSelectors': "
	    "[" MANAGEMENT
	    ", {'Field': 'eventSource', 'Equals': ['" KMS "']}, {'Field': 'eventName', 'NotEquals':"
	    "['Decrypt']}]}]}", TRI_NO, TRI_NO, TRI_YES, "advanced selectors exclude eventSource "
	    "kms.amazonaws.com; or let only eventSource kms.amazonaws.com through and exclude "
	    "eventName "
	    "Decrypt" },
	/* Selectors of data events say nothing of management events. */
	{ "{'AdvancedEventSelectors': [{'FieldSelectors': [{'Field': 'eventCategory', 'Equals':"
	    "['Data']}, {'Field': 'resources.type', 'Equals': ['AWS::S3::Object']}]}]}",
	    TRI_NO, TRI_NO, TRI_NO, "no selector lets management events through" },
	{ "{'AdvancedEventSelectors': [{'FieldSelectors': [{'Field': 'eventCategory', 'Equals':"
	    "['Data']}]}, {'Name': 'all', 'FieldSelectors': [" MANAGEMENT "]}]}",
	    TRI_YES, TRI_YES, TRI_YES, NULL },
	/* What is not understood is not guessed, but cannot take away what another lets through. */
	{ ADVANCED(", {'Field': 'moonPhase', 'Equals': ['full']}"),
	    TRI_UNKNOWN, TRI_UNKNOWN, TRI_UNKNOWN,
	    "advanced selectors look at moonPhase in a way that is not understood" },
	{ ADVANCED(", {'Field': 'eventName', 'Matches': ['.*']}"),
	    TRI_UNKNOWN, TRI_UNKNOWN, TRI_UNKNOWN,
	    "advanced selectors look at eventName in a way that is not understood" },
	{ ADVANCED(", {'Field': 'eventName', 'Equals': []}"), TRI_UNKNOWN, TRI_UNKNOWN, TRI_UNKNOWN,
	    "advanced selectors look at eventName in a way that is not understood" },
	{ ADVANCED(", {'Field': 'moonPhase', 'Equals': ['full']}, {'Field': 'readOnly', 'Equals':"
	    "['true']}"), TRI_UNKNOWN, TRI_NO, TRI_UNKNOWN, "advanced selectors look at moonPhase "
	    "in a "
	    "way that is not understood and let only readOnly true through" },
	{ "{'AdvancedEventSelectors': [{'FieldSelectors': [{'Field': 'readOnly', 'Equals': "
	    "['true']}]}]}",
	    TRI_UNKNOWN, TRI_NO, TRI_UNKNOWN, "advanced selectors let only readOnly true through "
	    "and "
	    "look at eventCategory in a way that is not understood" },
	{ "{'AdvancedEventSelectors': [{'FieldSelectors': [" MANAGEMENT "]}, {'FieldSelectors': ["
	    MANAGEMENT ", {'Field': 'moonPhase', 'Equals': ['full']}]}]}",
	    TRI_YES, TRI_YES, TRI_YES, NULL },
};

static void
test_cases(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct selectors_case *c = &cases[i];
		struct trail_selectors selectors;
		struct err err;

		if (parse_event_selectors(a, answer(a, c->text), &selectors, &err) < 0)
			fail_msg("%s: %s", c->text, err.text);
		if (selectors.management_reads != c->reads ||
		    selectors.management_writes != c->writes ||
		    selectors.usual_reads != c->usual)
			fail_msg("%s: reads %d, writes %d, usual %d", c->text,
			    selectors.management_reads,
			    selectors.management_writes, selectors.usual_reads);
		if (c->narrowed == NULL)
			assert_null(selectors.narrowed);
		else
			assert_string_equal(selectors.narrowed, c->narrowed);
	}
	arena_free(a);
}

static void
test_bad(void **state)
{
	static const struct {
		const char	*text, *error;
	} bad[] = {
		{ "{}", "EventSelectors and AdvancedEventSelectors are missing" },
		{ "[]", "EventSelectors and AdvancedEventSelectors are missing" },
		{ "{'EventSelectors': null}", "EventSelectors and AdvancedEventSelectors are "
		    "missing" },
		{ "{'EventSelectors': 5}", "EventSelectors is a number where a array belongs" },
		{ "{'EventSelectors': [{'ReadWriteType': 1}]}",
		    "EventSelectors[0]: ReadWriteType is a number where a string belongs" },
		{ "{'EventSelectors': [{'ExcludeManagementEventSources': [1]}]}",
		    "EventSelectors[0]: ExcludeManagementEventSources holds what is no value" },
		{ "{'AdvancedEventSelectors': [{}]}",
		    "AdvancedEventSelectors[0]: FieldSelectors is missing" },
		{ "{'AdvancedEventSelectors': [{'FieldSelectors': [{}]}]}",
		    "AdvancedEventSelectors[0]: Field is missing" },
		{ "{'EventSelectors': [{}], 'AdvancedEventSelectors': [{'FieldSelectors': "
		    "[" MANAGEMENT
		    "]}]}", "basic and advanced selectors at once" },
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct trail_selectors selectors = { .narrowed = "untouched" };
		struct err err;

		assert_int_equal(parse_event_selectors(a, answer(a, bad[i].text), &selectors, &err),
		    -1);
		assert_int_equal(err.kind, ERR_MALFORMED);
		assert_string_equal(err.text, bad[i].error);
		assert_string_equal(selectors.narrowed, "untouched");
	}
	arena_free(a);
}

/* As many values as are allowed, in every way that they combine: bounded work, and no guess. */
static void
test_many_values(void **state)
{
	struct arena *a = arena_new();
	struct trail_selectors selectors;
	struct buf text;
	struct err err;

	(void)state;
	buf_init(&text, 1 << 20);
	buf_adds(&text, "{'AdvancedEventSelectors': [{'FieldSelectors': [" MANAGEMENT
	    ", {'Field': 'eventName', 'StartsWith': ['x'");
	for (int i = 0; i < 480; i++)
		buf_addf(&text, ", 'p%d'", i);
	buf_adds(&text, "]}, {'Field': 'userIdentity.arn', 'EndsWith': ['x'");
	for (int i = 0; i < 480; i++)
		buf_addf(&text, ", 's%d'", i);
	buf_adds(&text, "]}]}]}");
	assert_int_equal(parse_event_selectors(a, answer(a, buf_text(&text)), &selectors, &err), 0);
	assert_int_equal(selectors.management_reads, TRI_NO);
	assert_true(strlen(selectors.narrowed) < 400);
	buf_done(&text);

	/* All is let through by two halves, but there are too many combinations to prove it. */
	buf_init(&text, 1 << 20);
	buf_adds(&text, "{'AdvancedEventSelectors': [");
	for (int half = 0; half < 2; half++) {
		buf_adds(&text, half ? ", {'FieldSelectors': [" MANAGEMENT :
		    "{'FieldSelectors': [" MANAGEMENT);
		buf_addf(&text, ", {'Field': 'eventName', '%s': ['x'", half ? "StartsWith" :
		    "NotStartsWith");
		for (int i = 0; i < 90; i++)
			buf_addf(&text, ", 'p%d'", i);
		buf_addf(&text, "], '%s': ['y'", half ? "EndsWith" : "NotEndsWith");
		for (int i = 0; i < 90; i++)
			buf_addf(&text, ", 's%d'", i);
		buf_adds(&text, "]}]}");
	}
	buf_adds(&text, "]}");
	assert_int_equal(parse_event_selectors(a, answer(a, buf_text(&text)), &selectors, &err), 0);
	assert_int_equal(selectors.management_reads, TRI_UNKNOWN);
	assert_int_equal(selectors.usual_reads, TRI_YES);
	buf_done(&text);

	buf_init(&text, 1 << 20);
	buf_adds(&text, "{'EventSelectors': [{'ExcludeManagementEventSources': ['x'");
	for (int i = 0; i < 1000; i++)
		buf_adds(&text, ", 'x'");
	buf_adds(&text, "]}]}");
	assert_int_equal(parse_event_selectors(a, answer(a, buf_text(&text)), &selectors, &err),
	    -1);
	assert_string_equal(err.text, "EventSelectors[0]: the selectors hold more than 1000 "
	    "values");
	buf_done(&text);
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_many_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
