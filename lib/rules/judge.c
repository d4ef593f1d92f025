/* SPDX-License-Identifier: Apache-2.0 */
/* Judges the touched subjects by their rules; see rules.h. What is judged is in the other files. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/mem.h"
#include "base/names.h"
#include "base/text.h"
#include "rules/judge.h"

#define JUDGE_NAME_MAX	200	/* bytes of a foreign name in a title */

void
observations_init(struct observations *out, struct arena *arena)
{
	*out = (struct observations){ .arena = arena, .policies = rules_policies_new() };
}

void
observations_done(struct observations *out)
{
	free(out->row);
	rules_policies_free(out->policies);
	*out = (struct observations){ .arena = NULL };
}

struct observation *
observations_add(struct observations *out)
{
	struct observation *o;

	out->row = mem_grow(out->row, out->count, &out->cap, sizeof(*out->row));
	o = &out->row[out->count++];
	memset(o, 0, sizeof(*o));
	return o;
}

static const char *
judge_clean(const struct judge *j, const char *text)
{
	char clean[JUDGE_NAME_MAX];

	return arena_strdup(j->arena, text_clean(clean, sizeof(clean), text, strlen(text)));
}

const char *
judge_account_title(const struct judge *j, const char *id)
{
	const struct world_account *account = world_find_account(j->world, id);

	if (account == NULL || text_is_empty(account->name))
		return id;
	return arena_printf(j->arena, "%s %s", judge_clean(j, account->name), id);
}

const char *
judge_trail_title(const struct judge *j, const char *name, const char *account, const char *region)
{
	return arena_printf(j->arena, "trail %s (%s, %s)", name, judge_account_title(j, account), region);
}

const struct world_trail *
judge_key_trail(const struct world_key *key)
{
	const struct world_trail *first = NULL, *trail;

	TAILQ_FOREACH(trail, &key->trails, by_key)
		if (first == NULL || strcmp(trail->trail.arn, first->trail.arn) < 0)
			first = trail;
	return first;
}

const struct world_trail *
judge_bucket_trail(const struct world_bucket *bucket)
{
	const struct world_trail *first = NULL, *trail;

	TAILQ_FOREACH(trail, &bucket->trails, by_bucket)
		if (first == NULL || strcmp(trail->trail.arn, first->trail.arn) < 0)
			first = trail;
	return first;
}

static void
judge_place_account(struct judge *j, struct observation *o)
{
	o->account = j->account->id;
	o->region = "";
	o->resource = j->account->id;
}

static void
judge_place_region(struct judge *j, struct observation *o)
{
	j->account = j->region->account;
	o->account = j->account->id;
	o->region = o->resource = j->region->name;
}

static void
judge_place_trail(struct judge *j, struct observation *o)
{
	const struct trail *trail = &j->trail->trail;

	j->key = j->trail->key;
	j->bucket = j->trail->bucket;
	o->account = arena_strdup(j->arena, trail->account);
	o->region = arena_strdup(j->arena, trail->home_region);
	o->resource = arena_strdup(j->arena, trail->arn);
	judge_collect_views(j);
}

/* A KmsKeyId that is no key ARN has no place of its own: it stands where the trail does. */
static void
judge_place_key(struct judge *j, struct observation *o)
{
	const struct trail *trail = &judge_key_trail(j->key)->trail;
	bool is_arn = j->key->account[0] != '\0';

	o->account = is_arn ? j->key->account : arena_strdup(j->arena, trail->account);
	o->region = is_arn ? j->key->region : arena_strdup(j->arena, trail->home_region);
	o->resource = judge_clean(j, j->key->id);
}

/*
 * A bucket's name is its own in the whole partition, and whose it is or where cannot be told once
 * it has gone: it stands where its trail does, so that its finding is the same before and after.
 */
static void
judge_place_bucket(struct judge *j, struct observation *o)
{
	const struct trail *trail = &judge_bucket_trail(j->bucket)->trail;
	struct arn arn;
	bool good = arn_parse_trail(trail->arn, &arn);

	assert(good);
	o->account = arena_strdup(j->arena, trail->account);
	o->region = arena_strdup(j->arena, trail->home_region);
	o->resource = judge_clean(j, arena_printf(j->arena, "arn:%.*s:s3:::%s",
	    (int)arn.partition.len, arn.partition.text, j->bucket->name));
}

/* The subject is the head of its object: the kind says of which. */
void
judge_place(struct judge *j, const struct subject *subject, struct observation *o)
{
	const void *object = subject;

	switch (subject->kind) {
	case SUBJECT_ACCOUNT:
		j->account = object;
		judge_place_account(j, o);
		return;
	case SUBJECT_REGION:
		j->region = object;
		judge_place_region(j, o);
		return;
	case SUBJECT_TRAIL:
		j->trail = object;
		judge_place_trail(j, o);
		return;
	case SUBJECT_KEY:
		j->key = object;
		judge_place_key(j, o);
		return;
	case SUBJECT_BUCKET:
		j->bucket = object;
		judge_place_bucket(j, o);
		return;
	}
	assert(!"subject without a kind");
}

static const char *
judge_key_title(const struct judge *j)
{
	const struct trail *trail = &judge_key_trail(j->key)->trail;
	struct arn arn;

	if (j->key->account[0] != '\0' && arn_parse_key(j->key->id, &arn)) {
		struct name_part id = name_after_slash(arn.resource);

		return arena_printf(j->arena, "key %.*s (%s, %s)", (int)id.len, id.text,
		    judge_account_title(j, j->key->account), j->key->region);
	}
	return arena_printf(j->arena, "key %s of %s", judge_clean(j, j->key->id),
	    judge_trail_title(j, trail->name, trail->account, trail->home_region));
}

static const char *
judge_bucket_title(const struct judge *j)
{
	const struct trail *trail = &judge_bucket_trail(j->bucket)->trail;

	return arena_printf(j->arena, "bucket %s of %s", judge_clean(j, j->bucket->name),
	    judge_trail_title(j, trail->name, trail->account, trail->home_region));
}

const char *
judge_title(const struct judge *j, enum subject_kind kind)
{
	switch (kind) {
	case SUBJECT_ACCOUNT:
		return arena_printf(j->arena, "account %s", judge_account_title(j, j->account->id));
	case SUBJECT_REGION:
		return arena_printf(j->arena, "region %s of account %s", j->region->name,
		    judge_account_title(j, j->account->id));
	case SUBJECT_TRAIL:
		return judge_trail_title(j, j->trail->trail.name, j->trail->trail.account,
		    j->trail->trail.home_region);
	case SUBJECT_KEY:
		return judge_key_title(j);
	case SUBJECT_BUCKET:
		return judge_bucket_title(j);
	}
	assert(!"subject without a kind");
	return "";
}

/*
 * Whether what the subject itself is can be seen now: only then is it sure that a rule does not
 * concern it. A monitor that was started anew, or lost its permission, knows no such thing.
 */
static bool
judge_is_seen(const struct judge *j, enum subject_kind kind)
{
	switch (kind) {
	case SUBJECT_ACCOUNT:
		return reading_is_good(&j->account->regions_reading);
	case SUBJECT_REGION:
		return judge_region_is_off(j->region) || reading_is_good(&j->region->trails_reading);
	case SUBJECT_TRAIL:
		return reading_is_good(&j->trail->described);
	case SUBJECT_KEY:
		return reading_is_good(&j->key->described) || world_key_exists(j->key) == TRI_NO;
	case SUBJECT_BUCKET:
		return reading_is_good(&j->bucket->head_reading);
	}
	assert(!"subject without a kind");
	return false;
}

/* What all observations of the subject begin with. */
static void
judge_begin_rule(const struct judge *j, enum rule_id rule, const struct observation *named,
    struct observation *o)
{
	*o = *named;
	o->rule = rule;
	o->severity = j->settings->rule[rule].severity;
}

static void
judge_aloud(struct judge *j, enum rule_id rule, const struct observation *named,
    struct observation *o)
{
	j->is_silent = false;
	if (j->title == NULL)
		j->title = judge_title(j, rule_subject(rule));
	judge_begin_rule(j, rule, named, o);
	o->verdict = rule_judge(rule)(j, o);
	assert(o->verdict == VERDICT_NOT_APPLICABLE || o->summary != NULL);
}

/* Looks silently first where passes need no words: the predicates are pure, and most pass. */
static void
judge_rule(struct judge *j, enum rule_id rule, bool is_brief, const struct observation *named,
    struct observation *o)
{
	if (is_brief) {
		j->is_silent = true;
		judge_begin_rule(j, rule, named, o);
		o->verdict = rule_judge(rule)(j, o);
		if (o->verdict == VERDICT_PASS || o->verdict == VERDICT_NOT_APPLICABLE)
			return;
	}
	judge_aloud(j, rule, named, o);
}

static void
judge_subject(struct judge *j, const struct subject *subject, struct observations *out)
{
	struct observation named = { .subject = subject };
	bool lists_inapplicable;

	judge_place(j, subject, &named);
	lists_inapplicable = out->lists_inapplicable && judge_is_seen(j, subject->kind);
	for (enum rule_id rule = 0; rule < STATE_RULES; rule++) {
		struct observation *o;

		if (rule_subject(rule) != subject->kind || rule_needs_past(rule))
			continue;
		o = observations_add(out);
		if (j->settings->rule[rule].is_enabled)
			judge_rule(j, rule, out->is_brief, &named, o);
		else
			judge_begin_rule(j, rule, &named, o);
		if (o->verdict == VERDICT_NOT_APPLICABLE && (!lists_inapplicable || o->is_unsure))
			out->count--;
	}
}

static struct judge
judge_begin(const struct observations *out)
{
	return (struct judge){ .settings = out->settings, .world = out->world,
	    .now_wall_ms = out->now_wall_ms, .arena = out->arena, .policies = out->policies };
}

bool
rules_judge(const struct rules_settings *settings, struct world *world, int64_t now_wall_ms,
    struct observations *out)
{
	struct subject *subject;

	out->settings = settings;
	out->world = world;
	out->now_wall_ms = now_wall_ms;
	rules_policies_reset(out->policies);
	while ((subject = world_take_touched(world)) != NULL) {
		struct judge j = judge_begin(out);

		judge_subject(&j, subject, out);
		if (out->most > 0 && out->count >= out->most)
			return true;
	}
	return false;
}

void
rules_say(struct observations *out, struct observation *o)
{
	struct observation named = { .subject = o->subject };
	enum verdict verdict = o->verdict;
	struct judge j = judge_begin(out);

	if (o->summary != NULL || o->subject == NULL || o->verdict == VERDICT_NOT_APPLICABLE)
		return;
	judge_place(&j, o->subject, &named);
	judge_aloud(&j, o->rule, &named, o);
	assert(o->verdict == verdict);
}
