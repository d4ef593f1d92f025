/* SPDX-License-Identifier: Apache-2.0 */
/* What people read in a channel, and that no text of anybody breaks a message or its limits. */
#include "unit/notify_scene.h"

#include "notify/digest.h"
#include "notify/receiver.h"

static void
compose(struct buf *out, const struct alert *const *alerts, size_t count, int64_t now_wall_ms)
{
	struct message m;
	struct err err;

	message_init(&m);
	assert_int_equal(slack_receiver.compose(&m, NULL, alerts, count, now_wall_ms, &err), 0);
	assert_false(m.body.overflowed);
	*out = m.body;
}

static void
compose_one(struct buf *out, const struct alert *alert)
{
	compose(out, &alert, 1, SCENE_WALL_MS + 1000);
}

/* The limits of Slack and Mattermost. */
static void
expect_limits(const char *body)
{
	unsigned blocks = scene_count(body, "blocks");
	size_t all = 0;

	assert_true(blocks >= 1 && blocks <= 50);
	for (unsigned i = 0; i < blocks; i++) {
		char path[64];
		size_t len;

		snprintf(path, sizeof(path), "blocks.%u.type", i);
		assert_string_equal(scene_at(body, path), "section");
		snprintf(path, sizeof(path), "blocks.%u.text.type", i);
		assert_string_equal(scene_at(body, path), "mrkdwn");
		snprintf(path, sizeof(path), "blocks.%u.text.text", i);
		len = strlen(scene_at(body, path));
		assert_true(len >= 1 && len <= 3000);
		all += len;
	}
	assert_true(all <= 13000);
	assert_true(strlen(scene_at(body, "text")) <= 16383);
}

static void
a_disabled_key_is_understood_at_night(void **state)
{
	struct alert alert = scene_alert();
	struct buf body;

	(void)state;
	compose_one(&body, &alert);
	expect_limits(buf_text(&body));
	assert_string_equal(scene_at(buf_text(&body), "text"),
	    "*CRITICAL: key 1234abcd of trail main is disabled*\n\n"
	    "Account: production (111122223333)\n"
	    "Region: us-east-1\n"
	    "Resource: " SCENE_KEY_ARN "\n"
	    "Since: 2026-01-02T01:04:05Z, for 2 hours\n"
	    "Trails: main\n"
	    "KeyState: Disabled\n"
	    "Seen by: DescribeKey at 2026-01-02T03:04:00Z\n\n"
	    "What it means: A trail's key is disabled. CloudTrail delivers no logs while it cannot "
	    "encrypt them. It tries again for a limited time only; what is not delivered by then is "
	    "lost from the trail.\n\n"
	    "To mend it:\n```\naws kms enable-key --key-id 1234abcd --region us-east-1\n```\n\n"
	    "More: `trailsealctl explain key-disabled`");
	assert_string_equal(scene_at(buf_text(&body), "blocks.0.text.text"),
	    "*CRITICAL: key 1234abcd of trail main is disabled*");
	assert_int_equal(scene_count(buf_text(&body), "blocks"), 5);
	buf_done(&body);
}

static void
each_state_has_its_words(void **state)
{
	static const struct {
		bool		 is_firing, is_reminder;
		int64_t		 now_ms;
		const char	*remediation;
		const char	*with[3], *without;
	} cases[] = {
		{ true, true, SCENE_WALL_MS, NULL,
		    { "*Still CRITICAL: key", "To mend it: aws kms enable-key --key-id KEY" }, "```" },
		{ false, false, SCENE_WALL_MS, "aws nothing",
		    { "*RESOLVED: key", "Had begun: 2026-01-02T01:04:05Z, lasted 2 hours" }, "mend" },
		{ true, false, SCENE_WALL_MS + 3600000, "a\nb",
		    { "Late: this was found at 2026-01-02T03:04:05Z", "```\na\nb\n```" }, "Still" },
		{ true, false, SCENE_WALL_MS + 1000, "a", { "CRITICAL" }, "Late" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct alert alert = scene_alert();
		const struct alert *alerts = &alert;
		struct buf body;
		const char *text;

		alert.is_firing = cases[i].is_firing;
		alert.is_reminder = cases[i].is_reminder;
		alert.remediation = cases[i].remediation;
		compose(&body, &alerts, 1, cases[i].now_ms);
		text = scene_at(buf_text(&body), "text");
		for (size_t k = 0; k < 3 && cases[i].with[k] != NULL; k++)
			assert_non_null(strstr(text, cases[i].with[k]));
		assert_null(strstr(text, cases[i].without));
		buf_done(&body);
	}
}

/* Account names and error texts are anybody's. */
static void
foreign_text_stays_text(void **state)
{
	struct alert alert = scene_alert();
	struct buf body;
	const char *text;

	(void)state;
	alert.account_name = "<!channel> & @all \x1b[31m";
	alert.summary = "a\nb <https://evil.example.com|click>";
	alert.remediation = "echo ``` <x> me@example.com";
	compose_one(&body, &alert);
	text = scene_at(buf_text(&body), "text");
	assert_non_null(strstr(text, "&lt;!channel&gt; &amp; @\xe2\x80\x8b" "all \\x1b[31m (1111"));
	assert_non_null(strstr(text, "a\\x0ab &lt;https://evil.example.com|click&gt;"));
	assert_non_null(strstr(text, "```\necho ''' &lt;x&gt; me@example.com\n```"));
	assert_null(strchr(text, '<'));
	buf_done(&body);
}

static void
nothing_breaks_the_limits(void **state)
{
	static const char *const fills[] = { "x", "&", "<", "@", "\xf0\x9f\x98\x80", "\xff", "\n", "`" };
	struct alert alert = scene_alert();
	struct buf long_text, evidence, body;

	(void)state;
	for (size_t i = 0; i < COUNT(fills); i++) {
		buf_init(&long_text, 1 << 20);
		buf_init(&evidence, 1 << 20);
		while (long_text.len < 60000)
			buf_adds(&long_text, fills[i]);
		buf_adds(&evidence, "{\"call\":\"c\",\"time\":\"t\",\"facts\":{\"a\":\"0\"");
		for (unsigned k = 0; k < 200; k++)
			buf_addf(&evidence, ",\"f%u\":\"%0200u\"", k, k);
		buf_adds(&evidence, "}}");
		alert.summary = alert.remediation = alert.account_name = buf_text(&long_text);
		alert.resource = alert.region = buf_text(&long_text);
		alert.evidence = buf_text(&evidence);
		compose_one(&body, &alert);
		expect_limits(buf_text(&body));
		assert_true(text_is_utf8(body.data, body.len));
		buf_done(&body);
		buf_done(&evidence);
		buf_done(&long_text);
	}
}

/* From the store of another version. */
static void
absent_texts_are_left_out(void **state)
{
	struct alert alert = { .id = "i", .delivery_id = "i-1", .is_firing = true, .rule = "event-new",
		.since_wall_ms = STAMP_UNKNOWN, .told_wall_ms = STAMP_UNKNOWN };
	struct buf body;

	(void)state;
	compose_one(&body, &alert);
	expect_limits(buf_text(&body));
	assert_string_equal(scene_at(buf_text(&body), "text"), "*ALERT: *");
	buf_done(&body);
}

static void
a_digest_says_how_things_stand(void **state)
{
	struct alert list[6];
	const struct alert *alerts[6];
	struct buf body;

	(void)state;
	for (unsigned i = 0; i < 6; i++) {
		list[i] = scene_alert_numbered(i, i == 1 ? "low" : "high");
		alerts[i] = &list[i];
	}
	list[0].summary = "superseded";
	memcpy(list[4].id, list[0].id, sizeof(list[0].id));	/* the same finding, now over */
	list[4].is_firing = false;
	list[4].summary = "is mended";
	list[2].account_name = NULL;
	list[3].severity = "critical";
	list[3].summary = "is worst";
	list[5].region = "";
	compose(&body, alerts, 6, SCENE_WALL_MS);
	expect_limits(buf_text(&body));
	assert_string_equal(scene_at(buf_text(&body), "text"),
	    "*5 findings: 1 critical, 2 high, 1 low, 1 resolved*\n\n"
	    "CRITICAL: is worst (production (111122223333), us-east-1, key-disabled)\n"
	    "HIGH: key 1234abcd of trail main is disabled (111122223333, us-east-1, key-disabled)\n"
	    "HIGH: key 1234abcd of trail main is disabled (production (111122223333), key-disabled)\n"
	    "LOW: key 1234abcd of trail main is disabled (production (111122223333), us-east-1, "
	    "key-disabled)\n"
	    "RESOLVED: is mended (production (111122223333), us-east-1, key-disabled)");
	buf_done(&body);
}

static void
a_large_digest_is_cut(void **state)
{
	static const char *const fills[] = { "x", "&" };
	enum { MANY = 10000 };
	struct alert *list = calloc(MANY, sizeof(*list));
	const struct alert **alerts = calloc(MANY, sizeof(const struct alert *));
	char summary[1000];
	struct buf body;

	(void)state;
	for (size_t f = 0; f < COUNT(fills); f++) {
		memset(summary, fills[f][0], sizeof(summary) - 1);
		summary[sizeof(summary) - 1] = '\0';
		for (unsigned i = 0; i < MANY; i++) {
			list[i] = scene_alert_numbered(i, "medium");
			list[i].summary = i % 2 ? summary : list[i].summary;
			alerts[i] = &list[i];
		}
		compose(&body, alerts, MANY, SCENE_WALL_MS);
		expect_limits(buf_text(&body));
		assert_non_null(strstr(buf_text(&body), "*10000 findings: 10000 medium*"));
		assert_non_null(strstr(buf_text(&body), " more. All findings: `trailsealctl status`"));
		buf_done(&body);
	}
	free(alerts);
	free(list);
}

static void
only_ok_is_taken(void **state)
{
	static const struct {
		int		 status;
		const char	*body;
		bool		 is_taken;
	} cases[] = {
		{ 200, "ok", true }, { 200, "ok\n", true }, { 200, "", false }, { 200, "okay", false },
		{ 200, "invalid_payload", false }, { 200, "<html>ok</html>", false },
		{ 201, "ok", false }, { 204, "", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct http_reply reply = { .status = cases[i].status, .body = cases[i].body,
			.body_len = strlen(cases[i].body) };

		assert_int_equal(slack_receiver.has_taken(&reply), cases[i].is_taken);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_disabled_key_is_understood_at_night),
		cmocka_unit_test(each_state_has_its_words),
		cmocka_unit_test(foreign_text_stays_text),
		cmocka_unit_test(nothing_breaks_the_limits),
		cmocka_unit_test(absent_texts_are_left_out),
		cmocka_unit_test(a_digest_says_how_things_stand),
		cmocka_unit_test(a_large_digest_is_cut),
		cmocka_unit_test(only_ok_is_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
