/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What became of the trails that are remembered: whether they have another key than before, and
 * whether they are still there. A trail that cannot be seen is as it was.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/mem.h"
#include "base/names.h"
#include "base/stamp.h"
#include "base/text.h"
#include "findings/past_private.h"

static struct past_trail *
trails_find(const struct past *past, const char *arn)
{
	struct past_trail *t;

	HASH_FIND_STR(past->trails, arn, t);
	return t != NULL && !t->is_gone ? t : NULL;
}

/* One that was to be dropped comes back as if it were new. */
static void
trails_remember(struct past *past, const struct trail *trail)
{
	struct past_trail *t;

	HASH_FIND_STR(past->trails, trail->arn, t);
	if (t == NULL) {
		t = mem_alloc(1, sizeof(*t));
		t->arn = mem_strdup(trail->arn);
		t->account = mem_strdup(trail->account);
		t->home_region = mem_strdup(trail->home_region);
		HASH_ADD_KEYPTR(hh, past->trails, t->arn, strlen(t->arn), t);
	}
	free(t->kms_key_id);
	free(t->changed_from);
	t->kms_key_id = mem_strdup(trail->kms_key_id);
	t->changed_from = NULL;
	t->changed_wall_ms = t->missing_wall_ms = STAMP_UNKNOWN;
	t->is_gone = false;
	past_touch_trail(past, t);
}

static bool
trails_key_changed(const struct past_trail *t)
{
	return t->changed_wall_ms != STAMP_UNKNOWN;
}

static void
trails_accept(struct past *past, struct past_trail *t)
{
	free(t->changed_from);
	t->changed_from = NULL;
	t->changed_wall_ms = STAMP_UNKNOWN;
	past_touch_trail(past, t);
}

/* The accepted key stays the one to compare with while the key changes again and again. */
static void
trails_change(struct past *past, struct past_trail *t, const char *key, int64_t now_wall_ms)
{
	if (trails_key_changed(t)) {
		free(t->kms_key_id);
	} else {
		t->changed_from = t->kms_key_id;
	}
	t->kms_key_id = mem_strdup(key);
	t->changed_wall_ms = now_wall_ms;
	past_touch_trail(past, t);
	if (text_same(t->kms_key_id, t->changed_from))
		trails_accept(past, t);
}

static const char *
trails_title(const struct judge *j, const struct past_trail *t)
{
	struct arn arn;
	const char *name = t->arn;

	if (arn_parse_trail(t->arn, &arn)) {
		struct name_part part = name_after_slash(arn.resource);

		name = arena_strndup(j->arena, part.text, part.len);
	}
	return judge_trail_title(j, name, t->account, t->home_region);
}

static const char *
trails_key(const char *key)
{
	return text_is_empty(key) ? "no key" : key;
}

static void
trails_say_changed(const struct past_look *look, const struct past_trail *t,
    const struct world_trail *trail)
{
	struct judge j;
	struct observation *o = past_observe(look, RULE_TRAIL_KEY_CHANGED, VERDICT_FAIL, t->account,
	    t->home_region, t->arn, &j);

	j.title = trails_title(&j, t);
	observe_source(o, &trail->described);
	observe_fact(&j, o, "KmsKeyId", t->kms_key_id ? t->kms_key_id : "absent");
	observe_fact(&j, o, "KmsKeyId before", t->changed_from ? t->changed_from : "absent");
	observe_fact_time(&j, o, "changed", t->changed_wall_ms);
	if (t->changed_from != NULL)
		observe_remedy(&j, o,
		    "aws cloudtrail update-trail --name %s --kms-key-id %s --region %s", t->arn,
		    t->changed_from, t->home_region);
	observe(&j, o, VERDICT_FAIL, "encrypts its logs with %s, not with %s as before",
	    trails_key(t->kms_key_id), trails_key(t->changed_from));
}

static void
trails_look(const struct past_look *look, const struct world_trail *trail)
{
	struct past_trail *t = trails_find(look->past, trail->trail.arn);

	if (!reading_is_good(&trail->described))
		return;
	if (t == NULL) {
		trails_remember(look->past, &trail->trail);
		return;
	}
	if (!text_same(t->kms_key_id, trail->trail.kms_key_id))
		trails_change(look->past, t, trail->trail.kms_key_id, look->now_wall_ms);
	else if (trails_key_changed(t) &&
	    look->now_wall_ms - t->changed_wall_ms >= look->settings->key_changed_ms)
		trails_accept(look->past, t);
	if (trails_key_changed(t) && look->settings->rule[RULE_TRAIL_KEY_CHANGED].is_enabled)
		trails_say_changed(look, t, trail);
}

static const struct world_region *
trails_home(const struct world *world, const char *account, const char *region)
{
	const struct world_account *owner = world_find_account(world, account);

	return owner != NULL ? world_find_region(owner, region) : NULL;
}

bool
past_is_trail_gone(const struct world *world, const char *arn, const char *account,
    const char *region)
{
	const struct world_region *home = trails_home(world, account, region);
	const struct world_trail *trail = world_find_trail(world, arn);

	if (home == NULL || home->enabled == TRI_NO || !reading_is_good(&home->trails_reading))
		return false;
	return trail == NULL || (!world_region_lists(home, trail) &&
	    home->trails_reading.good.wall_ms > trail->described.good.wall_ms);
}

/* The command makes it again as far as it is remembered. */
static void
trails_say_deleted(const struct past_look *look, const struct past_trail *t)
{
	struct judge j;
	struct observation *o = past_observe(look, RULE_TRAIL_DELETED, VERDICT_FAIL, t->account,
	    t->home_region, t->arn, &j);
	char when[STAMP_ISO_SIZE];

	j.title = trails_title(&j, t);
	observe_source(o, &trails_home(look->world, t->account, t->home_region)->trails_reading);
	observe_fact(&j, o, "TrailARN", t->arn);
	observe_fact(&j, o, "KmsKeyId", t->kms_key_id);
	observe_fact_time(&j, o, "missed", t->missing_wall_ms);
	observe_remedy(&j, o, "aws cloudtrail create-trail --name <its name> --s3-bucket-name "
	    "<its bucket> --is-multi-region-trail --enable-log-file-validation --kms-key-id %s "
	    "--region %s && aws cloudtrail start-logging --name %s --region %s",
	    t->kms_key_id ? t->kms_key_id :
	    "<ARN of a customer managed key in the bucket's region>", t->home_region, t->arn,
	    t->home_region);
	observe(&j, o, VERDICT_FAIL, "does not exist any more: it was missed at %s",
	    stamp_format_iso(t->missing_wall_ms, when));
}

static void
trails_look_for(const struct past_look *look, struct past_trail *t)
{
	const struct world_region *home;

	if (!past_is_trail_gone(look->world, t->arn, t->account, t->home_region)) {
		home = trails_home(look->world, t->account, t->home_region);
		if (t->missing_wall_ms != STAMP_UNKNOWN && home != NULL &&
		    reading_is_good(&home->trails_reading)) {
			t->missing_wall_ms = STAMP_UNKNOWN;
			past_touch_trail(look->past, t);
		}
		return;
	}
	if (t->missing_wall_ms == STAMP_UNKNOWN) {
		t->missing_wall_ms = look->now_wall_ms;
		past_touch_trail(look->past, t);
	}
	if (look->now_wall_ms - t->missing_wall_ms >= look->settings->deleted_ms) {
		t->is_gone = true;
		past_touch_trail(look->past, t);
	} else if (look->settings->rule[RULE_TRAIL_DELETED].is_enabled) {
		trails_say_deleted(look, t);
	}
}

/* A key that may still be in use by a trail which was not seen yet. */
static void
trails_note_unseen(struct past_look *look, const struct past_trail *t)
{
	struct past_key *key;

	if (text_is_empty(t->kms_key_id) || world_find_trail(look->world, t->arn) != NULL)
		return;
	HASH_FIND_STR(look->unseen_keys, t->kms_key_id, key);
	if (key != NULL)
		return;
	key = arena_alloc(look->out->arena, sizeof(*key));
	HASH_ADD_KEYPTR(hh, look->unseen_keys, t->kms_key_id, strlen(t->kms_key_id), key);
}

void
past_look_at_trails(struct past_look *look)
{
	for (const struct world_trail *t = world_trails(look->world); t != NULL; t = t->hh.next)
		trails_look(look, t);
	for (struct past_trail *t = look->past->trails; t != NULL; t = t->hh.next) {
		if (t->is_gone)
			continue;
		trails_look_for(look, t);
		if (t->missing_wall_ms == STAMP_UNKNOWN)
			trails_note_unseen(look, t);
	}
}

/* Says nothing while the trail cannot be seen. */
void
past_review_key_changed(const struct past_look *look, const struct finding *f)
{
	const struct past_trail *t = trails_find(look->past, f->resource);
	const struct world_trail *trail = world_find_trail(look->world, f->resource);
	struct observation *o;
	struct judge j;

	if (t == NULL || t->missing_wall_ms != STAMP_UNKNOWN) {
		past_end(look, f);
		return;
	}
	if (trails_key_changed(t) || trail == NULL || !reading_is_good(&trail->described))
		return;
	o = past_observe(look, f->rule, VERDICT_PASS, f->account, f->region, f->resource, &j);
	j.title = trails_title(&j, t);
	observe_source(o, &trail->described);
	observe_fact(&j, o, "KmsKeyId", t->kms_key_id ? t->kms_key_id : "absent");
	observe(&j, o, VERDICT_PASS, "encrypts its logs with %s, which is accepted",
	    trails_key(t->kms_key_id));
}

/* One that has been missed for long is forgotten: nobody waits for it any more. */
void
past_review_deleted(const struct past_look *look, const struct finding *f)
{
	const struct past_trail *t = trails_find(look->past, f->resource);
	const struct world_region *home = trails_home(look->world, f->account, f->region);
	struct observation *o;
	struct judge j;

	if (t == NULL) {
		past_end(look, f);
		return;
	}
	if (t->missing_wall_ms != STAMP_UNKNOWN || home == NULL ||
	    !reading_is_good(&home->trails_reading))
		return;
	o = past_observe(look, f->rule, VERDICT_PASS, f->account, f->region, f->resource, &j);
	j.title = trails_title(&j, t);
	observe_source(o, &home->trails_reading);
	observe(&j, o, VERDICT_PASS, "exists again");
}
