/* SPDX-License-Identifier: Apache-2.0 */
/* Alerts in the journal: fields, priorities, the catalog, and the lines without a journal. */
#include "unit/notify_scene.h"

#include "notify/journal.h"

#define FIELD_LIST_MAX	(256 * 1024)

/* All fields, one a line. */
static char *
compose(const struct alert *alert, struct buf *out)
{
	struct buf fields[JOURNAL_FIELDS];
	size_t count = journal_compose(alert, fields);

	buf_init(out, FIELD_LIST_MAX);
	for (size_t i = 0; i < count; i++) {
		buf_addf(out, "%s\n", buf_text(&fields[i]));
		buf_done(&fields[i]);
	}
	return out->data;
}

static void
fields_are_structured(void **state)
{
	struct alert alert = scene_alert();
	struct buf out;

	(void)state;
	alert.evidence = "{}";
	assert_string_equal(compose(&alert, &out),
	    "MESSAGE=key-disabled (critical) firing: key 1234abcd of trail main is disabled ["
	    SCENE_KEY_ARN ", finding " SCENE_ID "]\n"
	    "MESSAGE_ID=" JOURNAL_MESSAGE_FIRING "\n"
	    "PRIORITY=3\n"
	    "TRAILSEAL_RULE=key-disabled\n"
	    "TRAILSEAL_SEVERITY=critical\n"
	    "TRAILSEAL_ACCOUNT=111122223333\n"
	    "TRAILSEAL_ACCOUNT_NAME=production\n"
	    "TRAILSEAL_REGION=us-east-1\n"
	    "TRAILSEAL_RESOURCE=" SCENE_KEY_ARN "\n"
	    "TRAILSEAL_FINDING=" SCENE_ID "\n"
	    "TRAILSEAL_SINCE=2026-01-02T01:04:05Z\n"
	    "TRAILSEAL_EVIDENCE={}\n"
	    "TRAILSEAL_REMEDIATION=aws kms enable-key --key-id 1234abcd --region us-east-1\n");
	buf_done(&out);
}

static void
states_and_severities_are_told_apart(void **state)
{
	static const struct {
		bool		 is_firing, is_reminder;
		const char	*severity, *id, *priority;
	} cases[] = {
		{ true, false, "critical", JOURNAL_MESSAGE_FIRING, "PRIORITY=3\n" },
		{ true, false, "high", JOURNAL_MESSAGE_FIRING, "PRIORITY=3\n" },
		{ true, true, "medium", JOURNAL_MESSAGE_STILL_FIRING, "PRIORITY=4\n" },
		{ true, false, "low", JOURNAL_MESSAGE_FIRING, "PRIORITY=5\n" },
		{ true, false, "unheard-of", JOURNAL_MESSAGE_FIRING, "PRIORITY=3\n" },
		{ true, false, NULL, JOURNAL_MESSAGE_FIRING, "PRIORITY=3\n" },
		{ false, false, "critical", JOURNAL_MESSAGE_RESOLVED, "PRIORITY=5\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct alert alert = scene_alert();
		struct buf out;

		alert.is_firing = cases[i].is_firing;
		alert.is_reminder = cases[i].is_reminder;
		alert.severity = cases[i].severity;
		compose(&alert, &out);
		assert_non_null(strstr(buf_text(&out), cases[i].id));
		assert_non_null(strstr(buf_text(&out), cases[i].priority));
		buf_done(&out);
	}
}

static void
foreign_text_makes_no_lines_or_fields(void **state)
{
	struct alert alert = { .id = "i", .is_firing = true, .summary = "a\nMESSAGE_ID=b\x1b[1m",
		.since_wall_ms = STAMP_UNKNOWN };
	struct buf out, long_text;

	(void)state;
	compose(&alert, &out);
	assert_true(text_has_prefix(out.data, "MESSAGE= () firing: a\\x0aMESSAGE_ID=b\\x1b[1m [, "));
	buf_done(&out);
	buf_init(&long_text, 1 << 20);
	while (long_text.len < 200000)
		buf_adds(&long_text, "0123456789");
	alert.summary = alert.evidence = buf_text(&long_text);
	compose(&alert, &out);
	assert_null(strstr(out.data, "TRAILSEAL_EVIDENCE"));
	assert_true(strcspn(out.data, "\n") < 1100);
	buf_done(&out);
	buf_done(&long_text);
}

static void
without_a_journal_lines_are_logged(void **state)
{
	struct alert alert = scene_alert();
	struct scene_stderr captured;

	(void)state;
	unsetenv("JOURNAL_STREAM");
	scene_stderr_begin(&captured);
	journal_tell(&alert);
	alert.is_firing = false;
	alert.summary = "is mended\n<0>forged";
	journal_tell(&alert);
	assert_string_equal(scene_stderr_read(&captured),
	    "<3>111122223333 us-east-1 key-disabled (critical) firing: key 1234abcd of trail main is "
	    "disabled [" SCENE_KEY_ARN ", finding " SCENE_ID "]\n"
	    "<5>111122223333 us-east-1 key-disabled (critical) resolved: is mended\\x0a<0>forged ["
	    SCENE_KEY_ARN ", finding " SCENE_ID "]\n");
	scene_stderr_end(&captured);
}

/* The catalog explains every message, and names only fields that are sent. */
static void
the_catalog_knows_the_messages(void **state)
{
	static const char *const ids[] = {
		JOURNAL_MESSAGE_FIRING, JOURNAL_MESSAGE_STILL_FIRING, JOURNAL_MESSAGE_RESOLVED,
		JOURNAL_MESSAGE_EVENT,
	};
	const char *top = getenv("top_srcdir");
	struct alert alert = scene_event();
	char path[4096], line[256], word[80];
	unsigned known = 0, fields = 0;
	struct buf out;
	FILE *f;

	(void)state;
	compose(&alert, &out);
	snprintf(path, sizeof(path), "%s/systemd/trailseal.catalog", top ? top : ".");
	f = fopen(path, "r");
	assert_non_null(f);
	while (fgets(line, sizeof(line), f) != NULL) {
		for (size_t i = 0; i < COUNT(ids); i++)
			known += text_has_prefix(line, "-- ") && strncmp(line + 3, ids[i], 32) == 0;
		for (const char *at = line; sscanf(at, "%*[^@]@%70[A-Z_]@", word) == 1; ) {
			at = strstr(at, word) + strlen(word) + 1;
			strcat(word, "=");
			assert_non_null(strstr(buf_text(&out), word));
			fields++;
		}
	}
	fclose(f);
	assert_int_equal(known, COUNT(ids));
	assert_true(fields > 10);
	buf_done(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_are_structured),
		cmocka_unit_test(states_and_severities_are_told_apart),
		cmocka_unit_test(foreign_text_makes_no_lines_or_fields),
		cmocka_unit_test(without_a_journal_lines_are_logged),
		cmocka_unit_test(the_catalog_knows_the_messages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
