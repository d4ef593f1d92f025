/* SPDX-License-Identifier: Apache-2.0 */
/* The memory of events: none twice, the oldest forgotten first, and whose work a finding is. */
#include "findings/incidents.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define MINUTE_MS	INT64_C(60000)
#define DAY_MS		(24 * 60 * MINUTE_MS)
#define NOW		INT64_C(1767323045000)

static const struct incident *
add(struct incidents *all, const char *id, const char *finding_ids, int64_t event_wall_ms)
{
	return incidents_add(all, &(struct incident){
		.id = (char *)id, .event_id = (char *)id, .rule = RULE_EVENT_KEY_DISABLED,
		.account = (char *)"111122223333", .region = (char *)"us-east-1",
		.resource = (char *)"key", .finding_ids = (char *)finding_ids,
		.actor = (char *)"arn:aws:iam::111122223333:user/operator",
		.event_wall_ms = event_wall_ms, .told_wall_ms = event_wall_ms + MINUTE_MS,
	});
}

static void
test_each_once(void **state)
{
	struct incidents *all = incidents_new();
	const struct incident *second;

	(void)state;
	assert_false(incidents_has(all, "a"));
	add(all, "a", NULL, NOW);
	second = add(all, "b", NULL, NOW);
	assert_true(incidents_has(all, "a"));
	assert_true(incidents_has(all, "b"));
	incidents_drop(all, second);
	assert_false(incidents_has(all, "b"));
	assert_int_equal(incidents_count(all), 1);
	incidents_free(all);
	incidents_free(NULL);
}

static void
test_forgets(void **state)
{
	struct incidents *all = incidents_new();
	struct incident *old;
	char id[32];

	(void)state;
	add(all, "old", NULL, NOW);
	add(all, "new", NULL, NOW + DAY_MS);
	assert_null(incidents_take_old(all, NOW + 90 * DAY_MS));
	old = incidents_take_old(all, NOW + MINUTE_MS + INCIDENTS_KEPT_MS + 1);
	assert_string_equal(old->id, "old");
	incident_free(old);
	assert_null(incidents_take_old(all, NOW + MINUTE_MS + INCIDENTS_KEPT_MS + 1));
	for (unsigned i = 0; i < INCIDENTS_MOST; i++) {
		snprintf(id, sizeof(id), "%u", i);
		add(all, id, NULL, NOW + DAY_MS);
	}
	old = incidents_take_old(all, NOW + DAY_MS);
	assert_string_equal(old->id, "new");
	incident_free(old);
	assert_null(incidents_take_old(all, NOW + DAY_MS));
	incidents_free(all);
}

/* The event that leads to the finding and was done last before that began. */
static void
test_cause(void **state)
{
	static const struct {
		const char	*id;
		int64_t		 since_wall_ms;
		const char	*cause;
	} cases[] = {
		{ "f1", NOW + 10 * MINUTE_MS, "later" },
		{ "f1", NOW + 2 * MINUTE_MS, "early" },
		{ "f2", NOW + 2 * MINUTE_MS, "early" },
		{ "f1", NOW - MINUTE_MS / 2, "early" },		/* two clocks */
		{ "f1", NOW + 9 * MINUTE_MS / 2, "early" },	/* and "later" mends it half a minute on */
		{ "f1", NOW - 2 * MINUTE_MS, NULL },		/* it failed before */
		{ "f2", NOW + 61 * MINUTE_MS, NULL },		/* that is too long */
		{ "f3", NOW + 2 * MINUTE_MS, NULL },
	};
	struct incidents *all = incidents_new();

	(void)state;
	add(all, "early", "f1 f2", NOW);
	add(all, "nothing", NULL, NOW + MINUTE_MS);
	add(all, "later", "f1", NOW + 5 * MINUTE_MS);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct finding f = { .since_wall_ms = cases[i].since_wall_ms };
		const struct incident *cause;

		snprintf(f.id, sizeof(f.id), "%s", cases[i].id);
		cause = incidents_find_cause(all, &f);
		if (cases[i].cause == NULL)
			assert_null(cause);
		else
			assert_string_equal(cause->id, cases[i].cause);
	}
	incidents_free(all);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_once),
		cmocka_unit_test(test_forgets),
		cmocka_unit_test(test_cause),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
