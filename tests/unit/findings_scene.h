/* SPDX-License-Identifier: Apache-2.0 */
/* Findings over simulated time, for the tests of lib/findings: what is seen, and what is told. */
#ifndef UNIT_FINDINGS_SCENE_H
#define UNIT_FINDINGS_SCENE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/mem.h"
#include "findings/findings.h"
#include "findings/silence.h"

#define NOW_MS		INT64_C(1767323045000)	/* 2026-01-02T03:04:05Z */
#define SECOND_MS	INT64_C(1000)
#define MINUTE_MS	INT64_C(60000)
#define HOUR_MS		INT64_C(3600000)
#define DAY_MS		INT64_C(86400000)
#define ACCOUNT		"111122223333"
#define HOME		"us-east-1"
#define KEY		"arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"

struct scene {
	struct findings			*findings;
	struct findings_settings	 settings;
	struct silences			 silences;	/* the test's */
	struct arena			*arena;
	struct observations		 seen;
	struct moves			 moves;		/* of the latest step */
	int64_t				 now_ms;
	unsigned			 told[MOVE_KINDS];
};

static inline void
scene_begin(struct scene *s)
{
	*s = (struct scene){ .findings = findings_new(), .arena = arena_new(), .now_ms = NOW_MS };
	findings_settings_init(&s->settings);
	observations_init(&s->seen, s->arena);
	moves_init(&s->moves);
}

static inline void
scene_end(struct scene *s)
{
	moves_done(&s->moves);
	observations_done(&s->seen);
	arena_free(s->arena);
	findings_free(s->findings);
}

/* Tells what is to be told and not held, as the daemon does. */
static inline void
scene_tell(struct scene *s)
{
	struct alert alert;

	for (size_t i = 0; i < s->moves.count; i++) {
		struct move *m = &s->moves.row[i];

		if (m->kind != 0 && !silences_let(&s->silences, m->finding, m->kind, s->now_ms)) {
			finding_hold(m->finding, m->kind);
			continue;
		}
		s->told[m->kind]++;
		if (m->kind != 0)
			finding_alert(m->finding, m->kind, NULL, s->now_ms, &alert);
	}
	while (findings_take_dirty(s->findings) != NULL)
		continue;
}

static inline void
scene_clear(struct scene *s)
{
	moves_done(&s->moves);
	s->seen.count = 0;
}

static inline struct observation *
scene_add(struct scene *s, enum rule_id rule, enum verdict verdict, const char *resource)
{
	struct observation *o = observations_add(&s->seen);

	o->rule = rule;
	o->verdict = verdict;
	o->severity = SEVERITY_HIGH;
	o->account = ACCOUNT;
	o->region = HOME;
	o->resource = resource;
	o->summary = verdict == VERDICT_FAIL ? "key is bad" : "key is good";
	o->source = (struct source){ .call = "kms:DescribeKey", .account = ACCOUNT, .region = HOME,
	    .wall_ms = s->now_ms };
	return o;
}

static inline void
scene_apply(struct scene *s)
{
	findings_apply(s->findings, &s->seen, &s->settings, s->now_ms, &s->moves);
	scene_tell(s);
}

/* One look at one key, `later_ms` after the last. */
static inline void
scene_see(struct scene *s, int64_t later_ms, enum verdict verdict)
{
	s->now_ms += later_ms;
	scene_clear(s);
	scene_add(s, RULE_KEY_DISABLED, verdict, KEY);
	scene_apply(s);
}

static inline void
scene_tick(struct scene *s, int64_t later_ms)
{
	s->now_ms += later_ms;
	scene_clear(s);
	findings_tick(s->findings, &s->settings, &s->silences, s->now_ms, &s->moves);
	scene_tell(s);
}

/* Ticks as the daemon does, each minute. */
static inline void
scene_wait(struct scene *s, int64_t ms)
{
	for (; ms > 0; ms -= MINUTE_MS)
		scene_tick(s, MINUTE_MS);
}

/* The finding of that key; NULL: there is none. */
static inline struct finding *
scene_find(const struct scene *s)
{
	char id[FINDING_ID_SIZE];

	return findings_find(s->findings, finding_id(RULE_KEY_DISABLED, ACCOUNT, HOME, KEY, id));
}

static inline void
expect_state(const struct scene *s, enum finding_state state)
{
	assert_non_null(scene_find(s));
	assert_int_equal(scene_find(s)->state, state);
}

/* How often each was told so far. */
static inline void
expect_told(const struct scene *s, unsigned fired, unsigned resolved, unsigned reminded)
{
	assert_int_equal(s->told[MOVE_FIRED], fired);
	assert_int_equal(s->told[MOVE_RESOLVED], resolved);
	assert_int_equal(s->told[MOVE_REMINDED], reminded);
}

#endif
