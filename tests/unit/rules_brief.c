/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A brief judgement says the same as a full one, but for the words of passes; these it can add
 * later. What does not apply is listed only where that is known for sure.
 */
#include "unit/rules_scene.h"

static const char *const changes[] = {
	"",
	KEY_STATE("Disabled"),
	KEY_FAIL(KEY, NOT_FOUND),
	KEY_FAIL(KEY, DENIED),
	BOTH(A_TRAIL(MULTI)),
	TRAILS_FAIL(WEST, DENIED),
	BUCKET("'status': 404"),
	STATUS(WEST, "'IsLogging': false"),
};

static void
expect_same_words(const struct observation *a, const struct observation *b)
{
	assert_string_equal(a->summary, b->summary);
	assert_int_equal(a->fact_count, b->fact_count);
	for (size_t i = 0; i < a->fact_count; i++)
		assert_string_equal(a->facts[i].value, b->facts[i].value);
	assert_true((a->remediation == NULL) == (b->remediation == NULL));
	if (a->remediation != NULL)
		assert_string_equal(a->remediation, b->remediation);
}

static void
expect_same(const struct observation *full, const struct observation *brief)
{
	assert_int_equal(full->rule, brief->rule);
	assert_int_equal(full->verdict, brief->verdict);
	assert_int_equal(full->severity, brief->severity);
	assert_string_equal(full->account, brief->account);
	assert_string_equal(full->region, brief->region);
	assert_string_equal(full->resource, brief->resource);
	assert_ptr_equal(full->source.call, brief->source.call);
	assert_true(full->source.wall_ms == brief->source.wall_ms);
}

static void
test_brief(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(changes); i++) {
		struct observations brief;
		struct scene s;

		scene_begin(&s);
		scene_reply(&s, GOOD_WORLD);
		scene_reply(&s, changes[i]);
		scene_judge(&s, REPLIES_NOW_MS);
		scene_judge(&s, REPLIES_NOW_MS);	/* in the order of a walk, as below */
		observations_init(&brief, s.arena);
		brief.is_brief = true;
		world_touch_all(s.world);
		assert_false(rules_judge(&s.settings, s.world, REPLIES_NOW_MS, &brief));
		assert_int_equal(brief.count, s.seen.count);
		for (size_t k = 0; k < brief.count; k++) {
			struct observation *o = &brief.row[k];

			expect_same(&s.seen.row[k], o);
			if (o->verdict == VERDICT_PASS) {
				assert_null(o->summary);
				assert_int_equal(o->fact_count, 0);
				rules_say(&brief, o);
				expect_same(&s.seen.row[k], o);
			}
			expect_same_words(&s.seen.row[k], o);
		}
		observations_done(&brief);
		scene_end(&s);
	}
}

#define ALL_STOPPED	STATUS(HOME, "'IsLogging': false") STATUS(WEST, "'IsLogging': false")

static const struct {
	const char	*change;
	enum rule_id	 rule;
	bool		 is_listed;
} cases[] = {
	{ "", RULE_KEY_MATERIAL_EXPIRING, true },
	{ "", RULE_TRAIL_KEY_UNEXPECTED, true },
	{ KEY_FAIL(KEY, NOT_FOUND), RULE_KEY_DISABLED, true },
	{ KEY_FAIL(KEY, DENIED), RULE_KEY_MATERIAL_EXPIRING, false },
	{ TRAILS_FAIL(HOME, DENIED), RULE_TRAIL_KEY_UNEXPECTED, false },
	/* Of rules that need the past nothing is said here. */
	{ "", RULE_TRAIL_DELETED, false },
	{ "", RULE_VISIBILITY_LOST, false },
	/* A trail that is stopped brings nothing; that does not mend what it brought badly. */
	{ ALL_STOPPED, RULE_TRAIL_DELIVERY_FAILING, false },
	{ ALL_STOPPED, RULE_TRAIL_DELIVERY_STALE, false },
	{ ALL_STOPPED, RULE_TRAIL_DIGEST_FAILING, false },
	{ ALL_STOPPED, RULE_TRAIL_DIGEST_STALE, false },
};

static void
test_not_applicable(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct observation *o;
		struct scene s;

		scene_begin(&s);
		scene_reply(&s, GOOD_WORLD);
		scene_reply(&s, cases[i].change);
		s.seen.lists_inapplicable = true;
		scene_judge(&s, REPLIES_NOW_MS);
		o = scene_find(&s, cases[i].rule, NULL);
		assert_int_equal(o != NULL, cases[i].is_listed);
		if (o != NULL)
			assert_int_equal(o->verdict, VERDICT_NOT_APPLICABLE);
		scene_end(&s);
	}
}

/* A rule that is switched off concerns nothing. */
static void
test_switched_off(void **state)
{
	struct scene s;

	(void)state;
	scene_begin(&s);
	scene_reply(&s, GOOD_WORLD);
	scene_reply(&s, KEY_STATE("Disabled"));
	s.settings.rule[RULE_KEY_DISABLED].is_enabled = false;
	scene_judge(&s, REPLIES_NOW_MS);
	assert_null(scene_find(&s, RULE_KEY_DISABLED, NULL));
	s.seen.lists_inapplicable = true;
	scene_judge(&s, REPLIES_NOW_MS);
	assert_int_equal(scene_find(&s, RULE_KEY_DISABLED, NULL)->verdict, VERDICT_NOT_APPLICABLE);
	scene_end(&s);
}

static void
test_pauses(void **state)
{
	size_t whole, turns = 1, count = 0;
	struct scene s;

	(void)state;
	scene_begin(&s);
	scene_reply(&s, GOOD_WORLD);
	scene_judge(&s, REPLIES_NOW_MS);
	whole = s.seen.count;
	world_touch_all(s.world);
	s.seen.most = 2;
	for (;; turns++) {
		bool is_left;

		s.seen.count = 0;
		is_left = rules_judge(&s.settings, s.world, REPLIES_NOW_MS, &s.seen);
		count += s.seen.count;
		if (!is_left)
			break;
	}
	assert_int_equal(count, whole);
	assert_true(turns > 3);
	scene_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_brief),
		cmocka_unit_test(test_not_applicable),
		cmocka_unit_test(test_switched_off),
		cmocka_unit_test(test_pauses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
