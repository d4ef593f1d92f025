/* SPDX-License-Identifier: Apache-2.0 */
/* The past as a whole: one look at it, and what became of the findings; see past.h. */
#include "findings/past.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/mem.h"
#include "base/stamp.h"
#include "findings/pace.h"
#include "findings/past_private.h"

struct observation *
past_observe(const struct past_look *look, enum rule_id rule, enum verdict verdict,
    const char *account, const char *region, const char *resource, struct judge *ret_judge)
{
	struct observation *o = observations_add(look->out);

	o->rule = rule;
	o->verdict = verdict;
	o->severity = look->settings->rule[rule].severity;
	o->account = arena_strdup(look->out->arena, account);
	o->region = arena_strdup(look->out->arena, region);
	o->resource = arena_strdup(look->out->arena, resource);
	*ret_judge = (struct judge){ .settings = look->settings, .world = look->world,
	    .now_wall_ms = look->now_wall_ms, .arena = look->out->arena };
	return o;
}

void
past_end(const struct past_look *look, const struct finding *f)
{
	struct judge j;

	past_observe(look, f->rule, VERDICT_NOT_APPLICABLE, f->account, f->region, f->resource,
	    &j);
}

void
past_touch_trail(struct past *past, struct past_trail *t)
{
	if (!t->is_dirty)
		LIST_INSERT_HEAD(&past->dirty_trails, t, dirty);
	t->is_dirty = true;
}

void
past_touch_blind(struct past *past, struct past_blind *b)
{
	if (!b->is_dirty)
		LIST_INSERT_HEAD(&past->dirty_blinds, b, dirty);
	b->is_dirty = true;
}

static void
past_touch_account(struct past *past, struct past_account *a)
{
	if (!a->is_dirty)
		LIST_INSERT_HEAD(&past->dirty_accounts, a, dirty);
	a->is_dirty = true;
}

/* A finding of a rule that was judged no more would stand for ever. */
static void
past_review(const struct past_look *look, const struct finding *f)
{
	static void (*const reviews[RULES])(const struct past_look *, const struct finding *) = {
		[RULE_TRAIL_KEY_CHANGED] = past_review_key_changed,
		[RULE_TRAIL_DELETED] = past_review_deleted,
		[RULE_VISIBILITY_LOST] = past_review_blind,
	};
	if (f->state == FINDING_RESOLVED)
		return;
	if (!rule_needs_past(f->rule))
		past_review_subject(look, f);
	else if (look->settings->rule[f->rule].is_enabled)
		reviews[f->rule](look, f);
	else
		past_end(look, f);
}

/* So that jumps of the clock and sleep do not count. */
static void
past_shift(struct past *past, int64_t shift_ms)
{
	for (struct past_trail *t = past->trails; shift_ms != 0 && t != NULL; t = t->hh.next) {
		if (t->changed_wall_ms != STAMP_UNKNOWN)
			t->changed_wall_ms += shift_ms;
		if (t->missing_wall_ms != STAMP_UNKNOWN)
			t->missing_wall_ms += shift_ms;
		past_touch_trail(past, t);
	}
	for (struct past_blind *b = past->blinds; shift_ms != 0 && b != NULL; b = b->hh.next) {
		b->since_wall_ms += shift_ms;
		past_touch_blind(past, b);
	}
}

void
past_judge(struct past *past, const struct rules_settings *settings, const struct world *world,
    const struct coverage *coverage, const struct findings *findings, int64_t now_wall_ms,
    struct observations *out)
{
	struct past_look look = { .past = past, .settings = settings, .world = world,
	    .coverage = coverage, .now_wall_ms = now_wall_ms, .out = out };

	past_shift(past, pace_shift(&past->last_wall_ms, now_wall_ms));
	past_look_at_trails(&look);
	past_look_at_blinds(&look);
	for (struct finding *f = findings_first(findings); f != NULL; f = f->hh.next)
		past_review(&look, f);
	HASH_CLEAR(hh, look.unseen_keys);
}

/* One that had left and comes back in one turn is as new as the others. */
static bool
past_note_account(struct past *past, const char *id)
{
	struct past_account *a;

	HASH_FIND_STR(past->accounts, id, a);
	if (a != NULL && !a->is_gone)
		return false;
	if (a == NULL) {
		a = mem_alloc(1, sizeof(*a));
		a->id = mem_strdup(id);
		HASH_ADD_KEYPTR(hh, past->accounts, a->id, strlen(a->id), a);
	}
	a->is_gone = false;
	past_touch_account(past, a);
	return true;
}

unsigned
past_note_accounts(struct past *past, const struct world *world)
{
	unsigned count = 0;

	for (const struct world_account *a = world_accounts(world); a != NULL; a = a->hh.next)
		count += past_note_account(past, a->id);
	return count;
}

void
past_leave(struct past *past, const char *account)
{
	size_t len = strlen(account);
	struct past_account *left;

	for (struct past_trail *t = past->trails; t != NULL; t = t->hh.next) {
		if (strcmp(t->account, account) != 0)
			continue;
		t->is_gone = true;
		past_touch_trail(past, t);
	}
	for (struct past_blind *b = past->blinds; b != NULL; b = b->hh.next) {
		if (strncmp(b->key, account, len) != 0 || b->key[len] != ' ')
			continue;
		b->is_gone = true;
		past_touch_blind(past, b);
	}
	HASH_FIND_STR(past->accounts, account, left);
	if (left == NULL)
		return;
	left->is_gone = true;
	past_touch_account(past, left);
}

static void
past_forget_trail(struct past *past, struct past_trail *t)
{
	HASH_DEL(past->trails, t);
	free(t->arn);
	free(t->account);
	free(t->home_region);
	free(t->kms_key_id);
	free(t->changed_from);
	free(t);
}

static void
past_forget_blind(struct past *past, struct past_blind *b)
{
	HASH_DEL(past->blinds, b);
	free(b->key);
	free(b);
}

static void
past_forget_account(struct past *past, struct past_account *a)
{
	HASH_DEL(past->accounts, a);
	free(a->id);
	free(a);
}

void
past_clean(struct past *past)
{
	struct past_trail *t;
	struct past_blind *b;
	struct past_account *a;

	while ((t = LIST_FIRST(&past->dirty_trails)) != NULL) {
		LIST_REMOVE(t, dirty);
		t->is_dirty = false;
		if (t->is_gone)
			past_forget_trail(past, t);
	}
	while ((b = LIST_FIRST(&past->dirty_blinds)) != NULL) {
		LIST_REMOVE(b, dirty);
		b->is_dirty = false;
		if (b->is_gone)
			past_forget_blind(past, b);
	}
	while ((a = LIST_FIRST(&past->dirty_accounts)) != NULL) {
		LIST_REMOVE(a, dirty);
		a->is_dirty = false;
		if (a->is_gone)
			past_forget_account(past, a);
	}
}

void
past_done(struct past *past)
{
	while (past->trails != NULL)
		past_forget_trail(past, past->trails);
	while (past->blinds != NULL)
		past_forget_blind(past, past->blinds);
	while (past->accounts != NULL)
		past_forget_account(past, past->accounts);
	*past = (struct past){ .trails = NULL };
}
