/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an event changed, for those that say more than their name. What was before is known where
 * the world was read before the event; what was read since may be its result.
 */
#include <string.h>

#include "base/arena.h"
#include "base/names.h"
#include "base/text.h"
#include "policy/cloudtrail.h"
#include "rules/events_private.h"

static const char *
change_request(const struct events_look *look, const char *name)
{
	return event_text(look->event, EVENT_REQUEST, name);
}

static bool
change_is_done(const struct events_look *look)
{
	return look->match.outcome == EVENT_DONE;
}

/* ---- keys ---- */

/* The event has the date as a text for people, in changing forms: DescribeKey has it. */
void
events_describe_deletion(struct events_look *look, struct buf *words)
{
	const char *days = change_request(look, "pendingWindowInDays");

	if (!text_is_empty(days))
		buf_addf(words, "with a waiting time of %s days", days);
}

void
events_describe_cancelled(struct events_look *look, struct buf *words)
{
	if (change_is_done(look))
		buf_adds(words, "it stays disabled until somebody enables it");
}

void
events_describe_store(struct events_look *look, struct buf *words)
{
	const char *id = change_request(look, look->row->members[0]);
	const struct world_key *of = look->judge.key;
	struct names keys = { .count = 0 };

	for (const struct world_key *key = world_keys(look->judge.world); key; key = key->hh.next)
		if (text_same(key->key.store_id, id) && key->account == of->account &&
		    key->region == of->region)
			names_add(&keys, key->id);
	buf_addf(words, "custom key store %s", id);
	events_fact(look, "keys of the store", names_text(&keys));
}

/* ---- the policy of a key ---- */

struct change_policy {
	const char	*text;		/* NULL: not known */
	size_t		 len;
};

/* The policy as it was read last before the event. */
static struct change_policy
policy_before(const struct world_key *key, int64_t wall_ms)
{
	if (key->policy != NULL && key->policy_reading.good.wall_ms < wall_ms)
		return (struct change_policy){ key->policy, key->policy_len };
	if (key->former_policy != NULL && key->former_policy_wall_ms < wall_ms)
		return (struct change_policy){ key->former_policy, key->former_policy_len };
	return (struct change_policy){ NULL, 0 };
}

static bool
policy_judge(const struct events_look *look, const struct change_policy *policy,
    const struct world_trail *trail, struct policy_judgement *ret)
{
	struct err err;

	return policy->text != NULL && policy_judge_key(look->judge.arena, policy->text,
	    policy->len, look->judge.key->id, trail->trail.arn, ret, &err) == 0;
}

/* The new policy and the one before, judged for each trail. The worst one's reason is told. */
struct change_verdicts {
	struct change_policy	 before, after;
	struct events_verdict	*rows;
	size_t			 count;
	size_t			 worst;
	const char		*why;		/* of the worst */
	struct names		 kept_out, in_doubt;
};

static void
policy_judge_trail(struct events_look *look, const struct world_trail *trail,
    struct change_verdicts *v)
{
	struct events_verdict *row = &v->rows[v->count];
	struct policy_judgement after, before;

	if (!policy_judge(look, &v->after, trail, &after))
		return;
	row->trail_arn = arena_strdup(look->judge.arena, trail->trail.arn);
	row->after = after.verdict;
	if (policy_judge(look, &v->before, trail, &before)) {
		row->before = before.verdict;
		row->change = policy_describe_change(look->judge.arena, &before, &after);
	}
	if (row->after == POLICY_DENIED)
		names_add(&v->kept_out, trail->trail.name);
	else if (row->after == POLICY_INDETERMINATE)
		names_add(&v->in_doubt, trail->trail.name);
	if (v->why == NULL || (row->after != v->rows[v->worst].after &&
	    policy_verdict_worse(row->after, v->rows[v->worst].after) == row->after)) {
		v->worst = v->count;
		v->why = after.why;
	}
	v->count++;
}

static const char *
policy_name_verdict(enum policy_verdict verdict)
{
	return verdict == 0 ? "not known" : policy_verdict_name(verdict);
}

static void
policy_say(struct events_look *look, struct change_verdicts *v, struct buf *words)
{
	const struct events_verdict *worst = &v->rows[v->worst];

	if (v->kept_out.count > 0)
		buf_addf(words, "under this policy CloudTrail may not use the key for %s",
		    names_text(&v->kept_out));
	if (v->in_doubt.count > 0)
		buf_addf(words, "%s whether it lets CloudTrail use the key for %s cannot be told",
		    v->kept_out.count > 0 ? ";" : "", names_text(&v->in_doubt));
	if (words->len == 0)
		buf_adds(words, "under this policy CloudTrail may use the key");
	buf_addf(words, " (before: %s): %s", policy_name_verdict(worst->before), v->why);
	events_fact(look, "policy before", policy_name_verdict(worst->before));
	events_fact(look, "policy after", policy_name_verdict(worst->after));
	for (size_t i = 0; i < v->count; i++)
		if (v->rows[i].change != NULL)
			events_fact(look, arena_printf(look->judge.arena, "change for %s",
			    v->rows[i].trail_arn), v->rows[i].change);
}

/* A command is offered where CloudTrail is kept out: for the worst trail. */
static void
policy_offer_remedy(struct events_look *look, const struct change_verdicts *v)
{
	struct judge judge = look->judge;

	judge.trail = world_find_trail(judge.world, v->rows[v->worst].trail_arn);
	if (change_is_done(look) && v->rows[v->worst].after != POLICY_ALLOWED)
		judge_remedy_key_policy(&judge, &look->place);
}

void
events_describe_policy(struct events_look *look, struct buf *words)
{
	const struct event_value *policy = event_find(look->event, EVENT_REQUEST, "policy");
	const struct world_key *key = look->judge.key;
	struct change_verdicts v = { .count = 0 };
	const struct world_trail *trail;

	if (policy == NULL) {
		buf_adds(words, "the event does not hold the policy");
		return;
	}
	if (key == NULL)
		return;
	v.after = (struct change_policy){ policy->text, policy->len };
	v.before = policy_before(key, look->event->wall_ms);
	v.rows = arena_alloc(look->judge.arena, EVENTS_TRAILS * sizeof(*v.rows));
	TAILQ_FOREACH(trail, &key->trails, by_key)
		if (v.count < EVENTS_TRAILS)
			policy_judge_trail(look, trail, &v);
	if (v.count == 0)
		return;
	policy_say(look, &v, words);
	policy_offer_remedy(look, &v);
	look->match.verdicts = v.rows;
	look->match.verdict_count = v.count;
}

/* ---- UpdateTrail ---- */

/* Parts of one sentence. */
static void
update_add(struct buf *words, const char *text)
{
	buf_addf(words, "%s%s", words->len > 0 ? "; " : "", text);
}

/* The trail as it was described last before the event, or NULL. */
static const struct trail *
update_before(const struct events_look *look)
{
	const struct world_trail *trail = look->judge.trail;

	return trail != NULL && reading_is_good(&trail->described) &&
	    trail->described.good.wall_ms < look->event->wall_ms ? &trail->trail : NULL;
}

/*
 * The console sends "" for none; the answer of a call that succeeded has no kmsKeyId then, which
 * says the same of a trail that had one.
 */
static bool
update_removes_key(const struct events_look *look, const struct trail *before)
{
	const char *key = change_request(look, "kmsKeyId");

	if (key != NULL)
		return key[0] == '\0';
	return change_is_done(look) && before != NULL && before->kms_key_id != NULL &&
	    event_find(look->event, EVENT_RESPONSE, "trailARN") != NULL &&
	    event_find(look->event, EVENT_RESPONSE, "kmsKeyId") == NULL;
}

static void
update_say_removal(struct events_look *look, const struct trail *before, struct buf *words)
{
	events_fact(look, "encryption", change_is_done(look) ? "removed" : "to be removed");
	if (before != NULL)
		events_fact(look, "key before", before->kms_key_id ? before->kms_key_id : "none");
	update_add(words, change_is_done(look) ? "its encryption was removed" :
	    "its encryption was to be removed");
	if (change_is_done(look) && before != NULL && before->kms_key_id != NULL &&
	    look->judge.trail->key->account[0] != '\0')
		observe_remedy(&look->judge, &look->place,
		    "aws cloudtrail update-trail --name %s --kms-key-id %s --region %s",
		    before->arn, before->kms_key_id, before->home_region);
}

/* What a key's ARN says of its owner; a bare id or alias is one of the caller's account. */
static const char *
update_key_account(const struct events_look *look, const char *key)
{
	struct arn arn;

	if (!arn_parse(key, &arn) || !name_part_is(arn.service, "kms"))
		return look->event->actor.account;
	return arena_strndup(look->judge.arena, arn.account.text, arn.account.len);
}

static void
update_say_key(struct events_look *look, const struct trail *before, const char *key,
    struct buf *words)
{
	const char *account = update_key_account(look, key), *was = NULL;
	bool is_other = account != NULL && strcmp(account, look->place.account) != 0;
	const char *verb = change_is_done(look) ? "was" : "was to be";

	if (before != NULL) {
		was = before->kms_key_id;
		events_fact(look, "key before", was ? was : "none");
	}
	events_fact(look, "key after", key);
	if (text_same(was, key))
		return;
	buf_addf(words, "%sits key %s set to %s", words->len > 0 ? "; " : "", verb, key);
	if (was != NULL && account != NULL)
		is_other = strcmp(account, update_key_account(look, was)) != 0;
	if (is_other)
		buf_addf(words, ", of another account, %s", account);
	events_fact(look, "key is of another account", account == NULL ? NULL :
	    is_other ? "true" : "false");
}

static void
update_say_settings(struct events_look *look, struct buf *words)
{
	const struct event *event = look->event;
	struct names settings = { .count = 0 };

	for (size_t i = 0; i < event->value_count; i++)
		if (event->values[i].part == EVENT_REQUEST &&
		    strcmp(event->values[i].name, look->row->members[0]) != 0)
			names_add(&settings, event->values[i].name);
	if (settings.count == 0)
		return;
	events_fact(look, "settings", names_text(&settings));
	update_add(words, arena_printf(look->judge.arena, "the call names %s", settings.text));
}

void
events_describe_update(struct events_look *look, struct buf *words)
{
	const char *key = event_text(look->event, EVENT_RESPONSE, "kmsKeyId");
	const struct trail *before = update_before(look);
	const char *asked = change_request(look, "kmsKeyId");

	if (update_removes_key(look, before))
		update_say_removal(look, before, words);
	else if (asked != NULL)
		update_say_key(look, before, text_is_empty(key) ? asked : key, words);
	update_say_settings(look, words);
}
