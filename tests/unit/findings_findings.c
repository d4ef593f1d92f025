/* SPDX-License-Identifier: Apache-2.0 */
/* Findings over days of simulated time: what is told of them, and what is not. */
#include "unit/findings_scene.h"

#define FAIL	VERDICT_FAIL
#define PASS	VERDICT_PASS
#define UNKNOWN	VERDICT_UNKNOWN
#define NA	VERDICT_NOT_APPLICABLE

static int
set_up(void **state)
{
	static struct scene s;

	scene_begin(&s);
	*state = &s;
	return 0;
}

static int
tear_down(void **state)
{
	scene_end(*state);
	return 0;
}

static void
fire(struct scene *s)
{
	scene_see(s, MINUTE_MS, FAIL);
	scene_see(s, 10 * SECOND_MS, FAIL);
	expect_state(s, FINDING_FIRING);
}

static void
resolve(struct scene *s)
{
	scene_see(s, MINUTE_MS, PASS);
	scene_see(s, MINUTE_MS, PASS);
	expect_state(s, FINDING_RESOLVED);
}

static void
test_confirmation(void **state)
{
	struct scene *s = *state;

	scene_see(s, 0, PASS);
	scene_see(s, 0, UNKNOWN);
	scene_see(s, 0, NA);
	assert_null(findings_first(s->findings));
	scene_see(s, 0, FAIL);
	expect_state(s, FINDING_PENDING);
	assert_true(s->moves.wants_confirmation);
	assert_int_equal(s->moves.row[0].before, 0);
	expect_told(s, 0, 0, 0);
	/* The same answer once more is no other one. */
	scene_see(s, 0, FAIL);
	expect_state(s, FINDING_PENDING);
	/* What cannot be seen neither confirms nor denies. */
	scene_see(s, SECOND_MS, UNKNOWN);
	expect_state(s, FINDING_PENDING);
	scene_see(s, SECOND_MS, FAIL);
	expect_state(s, FINDING_FIRING);
	assert_false(s->moves.wants_confirmation);
	expect_told(s, 1, 0, 0);
	scene_see(s, SECOND_MS, FAIL);
	expect_told(s, 1, 0, 0);
	assert_int_equal(scene_find(s)->since_wall_ms, NOW_MS);
}

/* An answer that is had rarely counts again when it stands for a while. */
static void
test_standing_answer(void **state)
{
	static const struct {
		int64_t			 later_ms;
		enum finding_state	 after;
	} steps[] = {
		{ 0, FINDING_PENDING },
		{ 9 * SECOND_MS, FINDING_PENDING },
		{ SECOND_MS, FINDING_PENDING },
		{ 9 * SECOND_MS, FINDING_PENDING },
		{ SECOND_MS, FINDING_FIRING },
	};
	struct scene *s = *state;

	s->settings.confirmations = 3;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		s->now_ms += steps[i].later_ms;
		scene_clear(s);
		scene_add(s, RULE_KEY_DISABLED, FAIL, KEY)->source.wall_ms = NOW_MS;
		scene_apply(s);
		expect_state(s, steps[i].after);
	}
}

static void
test_unconfirmed(void **state)
{
	struct scene *s = *state;

	scene_see(s, 0, FAIL);
	scene_see(s, SECOND_MS, PASS);
	expect_state(s, FINDING_RESOLVED);
	expect_told(s, 0, 0, 0);
	scene_tick(s, MINUTE_MS);
	assert_null(scene_find(s));
	assert_int_equal(s->moves.forgotten_count, 1);
	assert_int_equal(strlen(s->moves.forgotten[0]), FINDING_ID_SIZE - 1);
}

static void
test_resolution(void **state)
{
	struct scene *s = *state;

	fire(s);
	scene_see(s, MINUTE_MS, PASS);
	expect_state(s, FINDING_CLEARING);
	scene_see(s, 0, PASS);
	expect_state(s, FINDING_CLEARING);
	expect_told(s, 1, 0, 0);
	assert_string_equal(scene_find(s)->summary, "key is bad");
	scene_see(s, MINUTE_MS, PASS);
	expect_state(s, FINDING_RESOLVED);
	expect_told(s, 1, 1, 0);
	assert_string_equal(scene_find(s)->summary, "key is good");
	assert_null(scene_find(s)->remediation);
	/* The same finding, from a new time on. */
	scene_see(s, MINUTE_MS, FAIL);
	assert_int_equal(scene_find(s)->since_wall_ms, s->now_ms);
	scene_see(s, MINUTE_MS, FAIL);
	expect_told(s, 2, 1, 0);
	assert_int_equal(HASH_COUNT(findings_first(s->findings)), 1);
}

static void
test_one_confirmation(void **state)
{
	struct scene *s = *state;

	s->settings.confirmations = 1;
	scene_see(s, 0, FAIL);
	expect_state(s, FINDING_FIRING);
	assert_int_equal(s->moves.count, 1);
	assert_int_equal(s->moves.row[0].before, 0);
	assert_int_equal(s->moves.row[0].after, FINDING_FIRING);
	scene_see(s, 0, PASS);
	expect_state(s, FINDING_RESOLVED);
	expect_told(s, 1, 1, 0);
}

static void
test_unknown_never_resolves(void **state)
{
	struct scene *s = *state;

	fire(s);
	for (int day = 0; day < 30; day++)
		scene_see(s, DAY_MS, UNKNOWN);
	expect_state(s, FINDING_OBSCURED);
	scene_see(s, MINUTE_MS, PASS);
	scene_see(s, MINUTE_MS, UNKNOWN);
	scene_see(s, MINUTE_MS, PASS);
	expect_state(s, FINDING_CLEARING);
	scene_see(s, MINUTE_MS, FAIL);
	expect_state(s, FINDING_FIRING);
	expect_told(s, 1, 0, 0);
}

static void
test_not_applicable(void **state)
{
	struct scene *s = *state;

	fire(s);
	scene_see(s, MINUTE_MS, NA);
	expect_state(s, FINDING_RESOLVED);
	expect_told(s, 1, 1, 0);
	assert_string_equal(scene_find(s)->summary, "does not apply any more: key is bad");
}

static void
test_reminders(void **state)
{
	struct scene *s = *state;

	fire(s);
	scene_wait(s, DAY_MS - MINUTE_MS);
	expect_told(s, 1, 0, 0);
	scene_wait(s, 2 * MINUTE_MS);
	expect_told(s, 1, 0, 1);
	scene_wait(s, 3 * DAY_MS);
	expect_told(s, 1, 0, 4);
	/* It stands, too, while it cannot be seen; one that is being mended is left alone. */
	scene_see(s, 0, UNKNOWN);
	scene_wait(s, DAY_MS);
	expect_told(s, 1, 0, 5);
	scene_see(s, MINUTE_MS, PASS);
	scene_wait(s, 2 * DAY_MS);
	expect_told(s, 1, 0, 5);
}

static void
test_severity(void **state)
{
	struct scene *s = *state;

	fire(s);
	scene_clear(s);
	scene_add(s, RULE_KEY_DISABLED, FAIL, KEY)->severity = SEVERITY_LOW;
	scene_apply(s);
	assert_int_equal(scene_find(s)->severity, SEVERITY_LOW);
	assert_int_equal(s->moves.count, 0);
	scene_clear(s);
	scene_add(s, RULE_KEY_DISABLED, FAIL, KEY)->severity = SEVERITY_CRITICAL;
	scene_apply(s);
	assert_int_equal(s->moves.count, 1);
	assert_int_equal(s->told[MOVE_WORSENED], 1);
	/* Nobody hears of one that is not confirmed. */
	scene_clear(s);
	scene_add(s, RULE_KEY_MISSING, FAIL, KEY);
	scene_add(s, RULE_KEY_MISSING, FAIL, KEY)->severity = SEVERITY_CRITICAL;
	scene_apply(s);
	assert_int_equal(s->told[MOVE_WORSENED], 1);
	assert_int_equal(s->told[MOVE_FIRED], 1);
}

/* Up and down every two minutes for a day: three firings, and one end when it is quiet. */
static void
test_flapping(void **state)
{
	struct scene *s = *state;

	for (int i = 0; i < 360; i++) {
		scene_see(s, MINUTE_MS, FAIL);
		scene_see(s, MINUTE_MS, FAIL);
		scene_see(s, MINUTE_MS, PASS);
		scene_see(s, MINUTE_MS, PASS);
	}
	expect_told(s, 3, 2, 0);
	expect_state(s, FINDING_CLEARING);
	scene_see(s, HOUR_MS - 2 * MINUTE_MS, PASS);
	expect_state(s, FINDING_CLEARING);
	scene_see(s, 2 * MINUTE_MS, PASS);
	expect_state(s, FINDING_RESOLVED);
	expect_told(s, 3, 3, 0);
	/* After a long quiet it is a new affair. */
	scene_see(s, 2 * HOUR_MS, FAIL);
	scene_see(s, MINUTE_MS, FAIL);
	resolve(s);
	expect_told(s, 4, 4, 0);
}

/* A rule that applies now and then is held as well. */
static void
test_flapping_applicability(void **state)
{
	struct scene *s = *state;

	for (int i = 0; i < 100; i++) {
		scene_see(s, MINUTE_MS, FAIL);
		scene_see(s, MINUTE_MS, FAIL);
		scene_see(s, MINUTE_MS, NA);
	}
	expect_told(s, 3, 2, 0);
	scene_see(s, HOUR_MS, NA);
	expect_state(s, FINDING_RESOLVED);
}

static void
test_forgetting(void **state)
{
	struct scene *s = *state;
	char before[sizeof(((struct alert *)NULL)->delivery_id)];
	struct alert alert;

	fire(s);
	finding_alert(scene_find(s), MOVE_FIRED, NULL, s->now_ms, &alert);
	memcpy(before, alert.delivery_id, sizeof(before));
	resolve(s);
	scene_wait(s, 7 * DAY_MS - MINUTE_MS);
	expect_state(s, FINDING_RESOLVED);
	scene_wait(s, 2 * MINUTE_MS);
	assert_null(scene_find(s));
	fire(s);
	finding_alert(scene_find(s), MOVE_FIRED, NULL, s->now_ms, &alert);
	assert_string_not_equal(alert.delivery_id, before);
}

static void
test_gone(void **state)
{
	struct scene *s = *state;

	s->settings.flap_count = 1;	/* nothing holds what has gone */
	fire(s);
	scene_clear(s);
	findings_gone(s->findings, "444455556666", NULL, NULL, &s->settings, s->now_ms, &s->moves);
	findings_gone(s->findings, ACCOUNT, HOME, "other", &s->settings, s->now_ms, &s->moves);
	assert_int_equal(s->moves.count, 0);
	findings_gone(s->findings, ACCOUNT, HOME, KEY, &s->settings, s->now_ms, &s->moves);
	assert_int_equal(s->moves.count, 1);
	expect_state(s, FINDING_RESOLVED);
}

/* What tells that a thing has gone stays, until its whole account has. */
static void
test_gone_spares_the_past(void **state)
{
	struct scene *s = *state;

	s->settings.confirmations = 1;
	scene_clear(s);
	scene_add(s, RULE_TRAIL_DELETED, FAIL, KEY);
	scene_apply(s);
	scene_clear(s);
	findings_gone(s->findings, ACCOUNT, HOME, KEY, &s->settings, s->now_ms, &s->moves);
	assert_int_equal(s->moves.count, 0);
	findings_gone(s->findings, ACCOUNT, NULL, NULL, &s->settings, s->now_ms, &s->moves);
	assert_int_equal(s->moves.count, 1);
}

/* Whatever the clock does, nothing is told that was not so. */
static void
test_clock_jumps(void **state)
{
	static const int64_t jumps[] = {
		-DAY_MS, DAY_MS, -365 * DAY_MS, 400 * DAY_MS, -35 * DAY_MS,
	};
	struct scene *s = *state;

	fire(s);
	scene_wait(s, 10 * MINUTE_MS);
	for (size_t i = 0; i < sizeof(jumps) / sizeof(jumps[0]); i++) {
		scene_tick(s, jumps[i]);
		scene_see(s, 0, FAIL);
		scene_wait(s, HOUR_MS);
		expect_state(s, FINDING_FIRING);
		expect_told(s, 1, 0, 0);
	}
	/* All in all a day of waiting, however it was counted. */
	scene_wait(s, 20 * HOUR_MS);
	expect_told(s, 1, 0, 1);
	resolve(s);
	scene_tick(s, 365 * DAY_MS);
	expect_state(s, FINDING_RESOLVED);
	scene_tick(s, -365 * DAY_MS);
	expect_state(s, FINDING_RESOLVED);
	scene_wait(s, 7 * DAY_MS);
	assert_null(scene_find(s));
}

static void
test_alert(void **state)
{
	struct scene *s = *state;
	char delivery_id[sizeof(((struct alert *)NULL)->delivery_id)];
	struct alert alert;

	scene_see(s, 0, FAIL);
	scene_clear(s);
	scene_add(s, RULE_KEY_DISABLED, FAIL, KEY)->remediation = "aws kms enable-key";
	s->seen.row[0].source.wall_ms++;
	s->seen.row[0].facts[s->seen.row[0].fact_count++] = (struct fact){ "KeyState", "Disabled" };
	strcpy(s->seen.row[0].source.request_id, "1e2d");
	findings_apply(s->findings, &s->seen, &s->settings, s->now_ms + 1000, &s->moves);
	assert_int_equal(s->moves.count, 1);
	finding_alert(s->moves.row[0].finding, MOVE_FIRED, "prod", s->now_ms + 1000, &alert);
	assert_string_equal(alert.id, scene_find(s)->id);
	snprintf(delivery_id, sizeof(delivery_id), "%s-%lld-1", alert.id,
	    (long long)(NOW_MS / 1000));
	assert_string_equal(alert.delivery_id, delivery_id);
	assert_true(alert.is_firing);
	assert_false(alert.is_reminder);
	assert_string_equal(alert.kind, "finding");
	assert_string_equal(alert.rule, "key-disabled");
	assert_string_equal(alert.severity, "high");
	assert_string_equal(alert.account_name, "prod");
	assert_string_equal(alert.summary, "key is bad");
	assert_string_equal(alert.remediation, "aws kms enable-key");
	assert_string_equal(alert.evidence, "{\"call\":\"kms:DescribeKey\",\"account\":\"" ACCOUNT
	    "\",\"region\":\"" HOME "\",\"time\":\"2026-01-02T03:04:05Z\",\"request_id\":\"1e2d\","
	    "\"facts\":{\"KeyState\":\"Disabled\"}}");
	assert_true(alert.since_wall_ms == NOW_MS && alert.told_wall_ms == NOW_MS + 1000);
	assert_true(findings_take_dirty(s->findings) == scene_find(s));
	finding_alert(scene_find(s), MOVE_REMINDED, NULL, s->now_ms, &alert);
	assert_true(alert.is_firing && alert.is_reminder);
	finding_alert(scene_find(s), MOVE_RESOLVED, NULL, s->now_ms, &alert);
	assert_false(alert.is_firing);
	assert_non_null(strrchr(alert.delivery_id, '-'));
	assert_string_equal(strrchr(alert.delivery_id, '-'), "-3");
}

/* What the store gives back goes on where it was. */
static void
test_load(void **state)
{
	struct scene *s = *state;
	struct finding *f = mem_alloc(1, sizeof(*f));

	finding_id(RULE_KEY_DISABLED, ACCOUNT, HOME, KEY, f->id);
	f->rule = RULE_KEY_DISABLED;
	f->account = mem_strdup(ACCOUNT);
	f->region = mem_strdup(HOME);
	f->resource = mem_strdup(KEY);
	f->state = FINDING_CLEARING;
	f->confirmations = 1;
	f->severity = SEVERITY_HIGH;
	f->summary = mem_strdup("key is bad");
	f->evidence = mem_strdup("{}");
	f->tellings = 1;
	f->changed_wall_ms = f->since_wall_ms = f->told_wall_ms = NOW_MS - HOUR_MS;
	findings_load(s->findings, f);
	assert_null(findings_take_dirty(s->findings));
	scene_see(s, 0, UNKNOWN);
	expect_state(s, FINDING_OBSCURED);
	resolve(s);
	expect_told(s, 0, 1, 0);
}

/* Only what the store has yet to see is taken. */
static void
test_dirty(void **state)
{
	struct scene *s = *state;

	fire(s);
	scene_clear(s);
	s->now_ms += MINUTE_MS;
	scene_add(s, RULE_KEY_DISABLED, FAIL, KEY);
	findings_apply(s->findings, &s->seen, &s->settings, s->now_ms, &s->moves);
	assert_null(findings_take_dirty(s->findings));
	s->seen.row[0].summary = "key is worse";
	findings_apply(s->findings, &s->seen, &s->settings, s->now_ms, &s->moves);
	assert_ptr_equal(findings_take_dirty(s->findings), scene_find(s));
	assert_null(findings_take_dirty(s->findings));
}

/* ---- any order of anything ---- */

#define WALKS	400
#define STEPS	400

static uint32_t
random_below(uint32_t *seed, uint32_t limit)
{
	*seed = *seed * 1664525 + 1013904223;
	return (*seed >> 16) % limit;
}

/* One move must be explained by what was just seen. */
static void
check_move(const struct move *m, enum verdict verdict, unsigned fails)
{
	switch (m->kind) {
	case MOVE_FIRED:
		assert_int_equal(verdict, FAIL);
		assert_true(fails >= 2);
		break;
	case MOVE_RESOLVED:
		assert_true(verdict == PASS || verdict == NA);
		break;
	case MOVE_WORSENED:
		assert_int_equal(verdict, FAIL);
		break;
	default:
		break;
	}
	if (m->after == FINDING_RESOLVED)
		assert_true(verdict == PASS || verdict == NA);
	if (m->after == FINDING_FIRING && m->before != FINDING_FIRING)
		assert_int_equal(verdict, FAIL);
}

/*
 * No firing is lost without a pass or a good reason, none comes out of the unknown, and what was
 * told always says whether it fires: fired and resolved take turns.
 */
static void
walk(uint32_t seed)
{
	static const enum verdict verdicts[] = { FAIL, PASS, UNKNOWN, NA, FAIL, PASS };
	unsigned fails = 0, open = 0;
	struct scene s;

	scene_begin(&s);
	s.settings.confirmations = 2 + random_below(&seed, 2);
	for (int step = 0; step < STEPS; step++) {
		enum verdict verdict = verdicts[random_below(&seed, 6)];
		bool was_open = scene_find(&s) != NULL && finding_is_open(scene_find(&s));

		fails = verdict == FAIL ? fails + 1 : verdict == UNKNOWN ? fails : 0;
		scene_see(&s, 1 + (int64_t)random_below(&seed, 20) * MINUTE_MS, verdict);
		for (size_t i = 0; i < s.moves.count; i++) {
			check_move(&s.moves.row[i], verdict, fails);
			open += s.moves.row[i].kind == MOVE_FIRED;
			open -= s.moves.row[i].kind == MOVE_RESOLVED;
			assert_true(open <= 1);
		}
		if (was_open && (verdict == FAIL || verdict == UNKNOWN))
			assert_true(finding_is_open(scene_find(&s)));
		assert_int_equal(open, scene_find(&s) != NULL && finding_is_open(scene_find(&s)));
		if (random_below(&seed, 8) == 0)
			scene_tick(&s, (int64_t)random_below(&seed, 3) * DAY_MS - DAY_MS);
		assert_int_equal(open, scene_find(&s) != NULL && finding_is_open(scene_find(&s)));
	}
	scene_end(&s);
}

static void
test_random_walks(void **state)
{
	(void)state;
	for (uint32_t seed = 1; seed <= WALKS; seed++)
		walk(seed);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_confirmation, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_standing_answer, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_unconfirmed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_resolution, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_one_confirmation, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_unknown_never_resolves, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_not_applicable, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_reminders, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_severity, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_flapping, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_flapping_applicability, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_forgetting, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_gone, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_gone_spares_the_past, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_clock_jumps, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_alert, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_load, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_dirty, set_up, tear_down),
		cmocka_unit_test(test_random_walks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
