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
	*out = (struct observations){ .arena = arena };
}

void
observations_done(struct observations *out)
{
	free(out->row);
	*out = (struct observations){ .arena = NULL };
}

static const char *
judge_clean(const struct judge *j, const char *text)
{
	char clean[JUDGE_NAME_MAX];

	return arena_strdup(j->arena, text_clean(clean, sizeof(clean), text, strlen(text)));
}

/* "prod 111122223333" where the name is known. */
static const char *
judge_account_title(const struct judge *j, const char *id)
{
	const struct world_account *account = world_find_account(j->world, id);

	if (account == NULL || text_is_empty(account->name))
		return id;
	return arena_printf(j->arena, "%s %s", judge_clean(j, account->name), id);
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

/* Who and where a subject is, and its name; texts that are no names of ours are cleaned. */

static void
judge_name_account(struct judge *j, struct observation *o)
{
	o->account = j->account->id;
	o->region = "";
	o->resource = j->account->id;
	j->title = arena_printf(j->arena, "account %s", judge_account_title(j, j->account->id));
}

static void
judge_name_region(struct judge *j, struct observation *o)
{
	j->account = j->region->account;
	o->account = j->account->id;
	o->region = o->resource = j->region->name;
	j->title = arena_printf(j->arena, "region %s of account %s", j->region->name,
	    judge_account_title(j, j->account->id));
}

static void
judge_name_trail(struct judge *j, struct observation *o)
{
	const struct trail *trail = &j->trail->trail;

	j->key = j->trail->key;
	j->bucket = j->trail->bucket;
	o->account = arena_strdup(j->arena, trail->account);
	o->region = arena_strdup(j->arena, trail->home_region);
	o->resource = arena_strdup(j->arena, trail->arn);
	j->title = arena_printf(j->arena, "trail %s (%s, %s)", trail->name,
	    judge_account_title(j, trail->account), trail->home_region);
	judge_collect_views(j);
}

/* A KmsKeyId that is no key ARN has no place of its own: it stands where the trail does. */
static void
judge_name_key(struct judge *j, struct observation *o)
{
	const struct trail *trail = &judge_key_trail(j->key)->trail;
	bool is_arn = j->key->account[0] != '\0';
	struct arn arn;

	o->account = is_arn ? j->key->account : arena_strdup(j->arena, trail->account);
	o->region = is_arn ? j->key->region : arena_strdup(j->arena, trail->home_region);
	o->resource = judge_clean(j, j->key->id);
	if (is_arn && arn_parse_key(j->key->id, &arn)) {
		struct name_part id = name_after_slash(arn.resource);

		j->title = arena_printf(j->arena, "key %.*s (%s, %s)", (int)id.len, id.text,
		    judge_account_title(j, j->key->account), j->key->region);
	} else {
		j->title = arena_printf(j->arena, "key %s of trail %s (%s, %s)", o->resource,
		    trail->name, judge_account_title(j, trail->account), trail->home_region);
	}
}

/*
 * A bucket's name is its own in the whole partition, and whose it is or where cannot be told once
 * it has gone: it stands where its trail does, so that its finding is the same before and after.
 */
static void
judge_name_bucket(struct judge *j, struct observation *o)
{
	const struct trail *trail = &judge_bucket_trail(j->bucket)->trail;
	struct arn arn;
	bool good = arn_parse_trail(trail->arn, &arn);

	assert(good);
	o->account = arena_strdup(j->arena, trail->account);
	o->region = arena_strdup(j->arena, trail->home_region);
	o->resource = judge_clean(j, arena_printf(j->arena, "arn:%.*s:s3:::%s",
	    (int)arn.partition.len, arn.partition.text, j->bucket->name));
	j->title = arena_printf(j->arena, "bucket %s of trail %s (%s, %s)",
	    judge_clean(j, j->bucket->name), trail->name, judge_account_title(j, trail->account),
	    trail->home_region);
}

/* The subject is the head of its object: the kind says of which. */
static void
judge_name(struct judge *j, const struct subject *subject, struct observation *o)
{
	const void *object = subject;

	switch (subject->kind) {
	case SUBJECT_ACCOUNT:
		j->account = object;
		judge_name_account(j, o);
		return;
	case SUBJECT_REGION:
		j->region = object;
		judge_name_region(j, o);
		return;
	case SUBJECT_TRAIL:
		j->trail = object;
		judge_name_trail(j, o);
		return;
	case SUBJECT_KEY:
		j->key = object;
		judge_name_key(j, o);
		return;
	case SUBJECT_BUCKET:
		j->bucket = object;
		judge_name_bucket(j, o);
		return;
	}
	assert(!"subject without a kind");
}

static void
judge_subject(struct judge *j, const struct subject *subject, struct observations *out)
{
	struct observation named = { .region = "" };

	judge_name(j, subject, &named);
	for (enum rule_id rule = 0; rule < RULES; rule++) {
		struct observation o = named;

		if (rule_subject(rule) != subject->kind || !j->settings->rule[rule].is_enabled)
			continue;
		o.rule = rule;
		o.severity = j->settings->rule[rule].severity;
		o.verdict = rule_judge(rule)(j, &o);
		if (o.verdict == VERDICT_NOT_APPLICABLE)
			continue;
		assert(o.summary != NULL);
		out->row = mem_grow(out->row, out->count, &out->cap, sizeof(*out->row));
		out->row[out->count++] = o;
	}
}

void
rules_judge(const struct rules_settings *settings, struct world *world, int64_t now_wall_ms,
    struct observations *out)
{
	struct subject *subject;

	while ((subject = world_take_touched(world)) != NULL) {
		struct judge j = {
			.settings = settings, .world = world, .now_wall_ms = now_wall_ms,
			.arena = out->arena,
		};

		judge_subject(&j, subject, out);
	}
}
