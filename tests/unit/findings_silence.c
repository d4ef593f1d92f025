/* SPDX-License-Identifier: Apache-2.0 */
/* What a silence must say, and which findings it keeps from being told, and when. */
#include "unit/findings_scene.h"

struct row {
	const char	*rule, *account, *region, *resource, *author, *reason;
	int64_t		 begins_ms, ends_ms;	/* from now on */
	const char	*complaint;		/* NULL: it is good */
	bool		 matches;		/* the finding of the key */
};

/* Nothing of it is ours: the texts are the row's. */
static struct silence
silence_of(const struct row *row)
{
	return (struct silence){ .rule = (char *)row->rule, .account = (char *)row->account,
	    .region = (char *)row->region, .resource = (char *)row->resource,
	    .author = (char *)row->author, .reason = (char *)row->reason,
	    .begins_wall_ms = NOW_MS + row->begins_ms, .ends_wall_ms = NOW_MS + row->ends_ms };
}

static const struct row rows[] = {
	{ "key-disabled", NULL, NULL, NULL, "ops", "move", 0, HOUR_MS, NULL, true },
	{ "key-missing", NULL, NULL, NULL, "ops", "move", 0, HOUR_MS, NULL, false },
	{ NULL, ACCOUNT, NULL, NULL, "ops", "move", 0, HOUR_MS, NULL, true },
	{ NULL, "444455556666", NULL, NULL, "ops", "move", 0, HOUR_MS, NULL, false },
	{ NULL, NULL, HOME, KEY, "ops", "move", 0, HOUR_MS, NULL, true },
	{ NULL, NULL, "us-west-2", KEY, "ops", "move", 0, HOUR_MS, NULL, false },
	{ NULL, NULL, NULL, KEY "x", "ops", "move", 0, HOUR_MS, NULL, false },
	{ NULL, NULL, HOME, NULL, "ops", "move", MINUTE_MS, HOUR_MS, NULL, false },
	{ NULL, NULL, NULL, NULL, "ops", "move", 0, HOUR_MS, "needs a rule", true },
	{ "key-odd", NULL, NULL, NULL, "ops", "move", 0, HOUR_MS, "no rule \"key-odd\"", false },
	{ NULL, "1111", NULL, NULL, "ops", "move", 0, HOUR_MS, "no account id", false },
	{ NULL, NULL, "here", NULL, "ops", "move", 0, HOUR_MS, "no name of a region", false },
	{ NULL, NULL, NULL, "", "ops", "move", 0, HOUR_MS, "resource is empty", false },
	{ NULL, NULL, HOME, NULL, "ops", "move", 0, 4000 * DAY_MS, "ten years", true },
	{ NULL, NULL, HOME, NULL, "", "move", 0, HOUR_MS, "author", true },
	{ NULL, NULL, HOME, NULL, "ops", NULL, 0, HOUR_MS, "reason", true },
	{ NULL, NULL, HOME, NULL, "ops", "move", -HOUR_MS, 0, "end", false },
	{ NULL, NULL, HOME, NULL, "ops", "move", HOUR_MS, HOUR_MS, "end", false },
};

#define ROWS	(sizeof(rows) / sizeof(rows[0]))

static void
test_check(void **state)
{
	struct err err;

	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		struct silence silence = silence_of(&rows[i]);
		int rc = silence_check(&silence, NOW_MS, &err);

		assert_int_equal(rc, rows[i].complaint ? -1 : 0);
		if (rows[i].complaint != NULL)
			assert_non_null(strstr(err.text, rows[i].complaint));
	}
}

static void
test_matches(void **state)
{
	struct scene s;

	(void)state;
	scene_begin(&s);
	scene_see(&s, 0, VERDICT_FAIL);
	for (size_t i = 0; i < ROWS; i++) {
		struct silence silence = silence_of(&rows[i]);
		const struct silences list = { .row = &silence, .count = 1 };

		assert_int_equal(silence_matches(&silence, scene_find(&s), NOW_MS), rows[i].matches);
		assert_ptr_equal(silences_find(&list, scene_find(&s), NOW_MS),
		    rows[i].matches ? &silence : NULL);
		assert_false(silence_matches(&silence, scene_find(&s), silence.begins_wall_ms - 1));
		assert_false(silence_matches(&silence, scene_find(&s), silence.ends_wall_ms));
	}
	scene_end(&s);
}

/* It goes on being followed, and stays visible. */
static void
test_is_followed(void **state)
{
	const struct silences none = { .row = NULL };
	struct silence row = { .rule = mem_strdup("key-disabled"), .reason = mem_strdup("move"),
	    .ends_wall_ms = NOW_MS + DAY_MS };
	struct scene s;

	(void)state;
	scene_begin(&s);
	scene_see(&s, 0, VERDICT_FAIL);
	scene_see(&s, SECOND_MS, VERDICT_FAIL);
	assert_null(silences_find(&none, scene_find(&s), s.now_ms));
	assert_true(silence_matches(&row, scene_find(&s), s.now_ms));
	expect_state(&s, FINDING_FIRING);
	silence_done(&row);
	assert_null(row.rule);
	scene_end(&s);
}

/* What is seen while a silence of an hour holds, and what is told then and afterwards. */
static const struct course {
	const char	*name;
	bool		 fires_before;		/* the silence, and was told */
	bool		 worsens, passes;	/* while it holds */
	unsigned	 told[2][MOVE_KINDS];	/* by its end, and in the hour behind it */
} courses[] = {
	{ "fires while silenced", .told[1][MOVE_FIRED] = 1 },
	{ "fires and passes while silenced", .passes = true },
	{ "was told, and goes on", .fires_before = true },
	{ "was told, and is over", .fires_before = true, .passes = true,
	    .told[0][MOVE_RESOLVED] = 1 },
	{ "was told, and becomes worse", .fires_before = true, .worsens = true,
	    .told[1][MOVE_REMINDED] = 1 },
	{ "was told, becomes worse and is over", .fires_before = true, .worsens = true,
	    .passes = true, .told[0][MOVE_RESOLVED] = 1 },
	{ "becomes worse unheard", .worsens = true, .told[1][MOVE_FIRED] = 1 },
};

static void
course_see(struct scene *s, enum severity severity, enum verdict verdict)
{
	for (int i = 0; i < 2; i++) {
		s->now_ms += SECOND_MS;
		scene_clear(s);
		scene_add(s, RULE_KEY_DISABLED, verdict, KEY)->severity = severity;
		scene_apply(s);
	}
}

static void
course_expect(struct scene *s, const struct course *c, const unsigned told[MOVE_KINDS])
{
	for (enum move_kind kind = 1; kind < MOVE_KINDS; kind++)
		if (s->told[kind] != told[kind])
			fail_msg("%s: %s was told %u times, not %u", c->name, move_kind_name(kind),
			    s->told[kind], told[kind]);
	memset(s->told, 0, sizeof(s->told));
}

static void
test_what_is_held(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(courses) / sizeof(courses[0]); i++) {
		const struct course *c = &courses[i];
		struct silence row = { .rule = (char *)"key-disabled" };
		struct scene s;

		scene_begin(&s);
		if (c->fires_before)
			course_see(&s, SEVERITY_HIGH, VERDICT_FAIL);
		assert_int_equal(s.told[MOVE_FIRED], c->fires_before);
		memset(s.told, 0, sizeof(s.told));
		row.begins_wall_ms = s.now_ms;
		row.ends_wall_ms = s.now_ms + HOUR_MS;
		s.silences = (struct silences){ .row = &row, .count = 1 };
		course_see(&s, SEVERITY_HIGH, VERDICT_FAIL);
		if (c->worsens)
			course_see(&s, SEVERITY_CRITICAL, VERDICT_FAIL);
		if (c->passes)
			course_see(&s, SEVERITY_HIGH, VERDICT_PASS);
		scene_wait(&s, 55 * MINUTE_MS);
		course_expect(&s, c, c->told[0]);
		scene_wait(&s, HOUR_MS);
		course_expect(&s, c, c->told[1]);
		scene_end(&s);
	}
}

/* Reminders are held, and one that was due comes when the silence ends; then as before. */
static void
test_reminders(void **state)
{
	struct silence row = { .rule = (char *)"key-disabled" };
	struct scene s;

	(void)state;
	scene_begin(&s);
	course_see(&s, SEVERITY_HIGH, VERDICT_FAIL);
	row.begins_wall_ms = s.now_ms;
	row.ends_wall_ms = s.now_ms + 2 * DAY_MS;
	s.silences = (struct silences){ .row = &row, .count = 1 };
	scene_wait(&s, 2 * DAY_MS - MINUTE_MS);
	assert_int_equal(s.told[MOVE_REMINDED], 0);
	scene_wait(&s, 2 * MINUTE_MS);
	assert_int_equal(s.told[MOVE_REMINDED], 1);
	scene_wait(&s, DAY_MS - HOUR_MS);
	assert_int_equal(s.told[MOVE_REMINDED], 1);
	scene_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_matches),
		cmocka_unit_test(test_is_followed),
		cmocka_unit_test(test_what_is_held),
		cmocka_unit_test(test_reminders),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
