/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the policies of keys and buckets say to CloudTrail, for one trail. A policy is shared by
 * many trails, so its text is read once for all of them: by the text's address in the world, which
 * stands still while it is judged. A bounded number is kept, as those that many share come often.
 */
#include <assert.h>
#include <stdlib.h>

#include <uthash.h>

#include "base/arena.h"
#include "base/mem.h"
#include "base/names.h"
#include "policy/cloudtrail.h"
#include "rules/judge.h"

#define POLICIES_KEPT	64
#define POLICIES_USES	2	/* that CloudTrail needs of a key, and of a bucket */

struct policies_slot {
	const char		*text;		/* the world's; the key of the hash */
	const struct policy	*policy;	/* NULL: the text is none */
	const char		*refusal;	/* then: why */
	UT_hash_handle		 hh;
};

struct rules_policies {
	struct arena		*arena;		/* of the policies and slots */
	struct policies_slot	*slots;
	const char		**accounts;	/* watched and expected ones; NULL: not gathered yet */
	size_t			 account_count;
};

struct rules_policies *
rules_policies_new(void)
{
	struct rules_policies *p = mem_alloc(1, sizeof(*p));

	p->arena = arena_new();
	return p;
}

void
rules_policies_reset(struct rules_policies *p)
{
	HASH_CLEAR(hh, p->slots);
	arena_reset(p->arena);
	free(p->accounts);
	p->accounts = NULL;
}

void
rules_policies_free(struct rules_policies *p)
{
	if (p == NULL)
		return;
	rules_policies_reset(p);
	arena_free(p->arena);
	free(p);
}

static const struct policies_slot *
policies_read(struct rules_policies *p, const char *text, size_t len)
{
	struct policies_slot *slot;
	struct err err;

	HASH_FIND_PTR(p->slots, &text, slot);
	if (slot != NULL)
		return slot;
	if (HASH_COUNT(p->slots) == POLICIES_KEPT) {
		HASH_CLEAR(hh, p->slots);
		arena_reset(p->arena);
	}
	slot = arena_alloc(p->arena, sizeof(*slot));
	slot->text = text;
	if (policy_parse(p->arena, text, len, &slot->policy, &err) < 0)
		slot->refusal = arena_printf(p->arena, "it is no policy: %s", err.text);
	HASH_ADD_PTR(p->slots, text, slot);
	return slot;
}

/* Of the uses that CloudTrail needs the one with the worst verdict decides, and of those the first. */
static void
policies_rule(const struct judge *j, const char *text, size_t len,
    const enum policy_use uses[POLICIES_USES], const char *const resources[POLICIES_USES],
    struct judge_ruling *ret)
{
	const struct policies_slot *slot = policies_read(j->policies, text, len);
	struct policy_request requests[POLICIES_USES];
	struct policy_decision decisions[POLICIES_USES];
	size_t worst = 0;

	*ret = (struct judge_ruling){ POLICY_INDETERMINATE, .why = slot->refusal };
	if (slot->policy == NULL)
		return;
	for (size_t i = 0; i < POLICIES_USES; i++) {
		struct err err;
		int bad = policy_request_init(j->arena, uses[i], resources[i], j->trail->trail.arn,
		    &requests[i], &err);

		assert(bad == 0);	/* only names that the parsers let in */
		policy_evaluate(slot->policy, &requests[i], &decisions[i]);
		if (policy_verdict_worse(decisions[worst].verdict, decisions[i].verdict) !=
		    decisions[worst].verdict)
			worst = i;
	}
	ret->verdict = decisions[worst].verdict;
	if (j->is_silent)
		return;
	ret->why = policy_explain(j->arena, slot->policy, &requests[worst], &decisions[worst]);
	ret->statement = policy_explained(slot->policy, &requests[worst], &decisions[worst]);
	if (ret->statement > 0)
		ret->sid = policy_sid(j->arena, slot->policy, ret->statement);
}

void
judge_key_policy(const struct judge *j, struct judge_ruling *ret)
{
	static const enum policy_use uses[] = { POLICY_GENERATE_DATA_KEY, POLICY_DESCRIBE_KEY };
	const char *resources[] = { j->key->id, j->key->id };

	policies_rule(j, j->key->policy, j->key->policy_len, uses, resources, ret);
}

/*
 * What all log files of the trail begin with. Those of an organization lie below its id, which
 * only its list of accounts tells; without that, below any organization's.
 */
static const char *
policies_folder(const struct judge *j)
{
	const struct trail *trail = &j->trail->trail;
	const char *prefix = trail->prefix ? trail->prefix : "", *slash = *prefix ? "/" : "";
	const struct world_account *owner;

	if (trail->organization != TRI_YES)
		return arena_printf(j->arena, "%s%sAWSLogs/%s/CloudTrail/", prefix, slash,
		    trail->account);
	owner = world_find_account(j->world, trail->account);
	if (owner == NULL || owner->manages == NULL)
		return arena_printf(j->arena, "%s%sAWSLogs/o-", prefix, slash);
	return arena_printf(j->arena, "%s%sAWSLogs/%s/", prefix, slash, owner->manages);
}

void
judge_bucket_policy(const struct judge *j, struct judge_ruling *ret)
{
	static const enum policy_use uses[] = { POLICY_PUT_OBJECT, POLICY_GET_BUCKET_ACL };
	const char *resources[POLICIES_USES];
	struct arn trail;
	bool good = arn_parse_trail(j->trail->trail.arn, &trail);

	assert(good);
	resources[1] = arena_printf(j->arena, "arn:%.*s:s3:::%s", (int)trail.partition.len,
	    trail.partition.text, j->bucket->name);
	resources[0] = arena_printf(j->arena, "%s/%s", resources[1], policies_folder(j));
	policies_rule(j, j->bucket->policy, j->bucket->policy_len, uses, resources, ret);
}

/* The accounts that may use a key without being strangers. */
static void
policies_gather_accounts(struct rules_policies *p, const struct judge *j)
{
	const struct rules_settings *s = j->settings;
	size_t cap = HASH_COUNT(world_accounts(j->world)) + s->expected_account_count;

	p->accounts = mem_alloc(cap + 1, sizeof(*p->accounts));
	p->account_count = 0;
	for (const struct world_account *a = world_accounts(j->world); a != NULL; a = a->hh.next)
		p->accounts[p->account_count++] = a->id;
	for (size_t i = 0; i < s->expected_account_count; i++)
		p->accounts[p->account_count++] = s->expected_accounts[i];
}

enum tri
judge_key_opening(const struct judge *j, struct judge_ruling *ret)
{
	struct rules_policies *p = j->policies;
	const struct policies_slot *slot = policies_read(p, j->key->policy, j->key->policy_len);
	struct policy_opening opening;

	if (slot->policy == NULL)
		return TRI_UNKNOWN;
	if (p->accounts == NULL)
		policies_gather_accounts(p, j);
	if (!policy_find_open(j->arena, slot->policy, j->key->id, p->accounts, p->account_count,
	    &opening))
		return TRI_NO;
	*ret = (struct judge_ruling){ .why = opening.why, .statement = opening.statement,
		.sid = policy_sid(j->arena, slot->policy, opening.statement) };
	return TRI_YES;
}

bool
judge_key_policy_is_read(const struct world_key *key)
{
	return reading_is_good(&key->described) && key->key.manager != KEY_MANAGER_AWS &&
	    reading_is_good(&key->policy_reading);
}

const char *
rules_key_policy(struct rules_policies *policies, const struct world_trail *trail)
{
	struct judge j = { .arena = policies->arena, .policies = policies, .trail = trail,
		.key = trail->key, .is_silent = true };
	struct judge_ruling ruling;

	if (j.key == NULL || !reading_is_good(&trail->described) ||
	    !judge_key_policy_is_read(j.key))
		return NULL;
	judge_key_policy(&j, &ruling);
	return policy_verdict_name(ruling.verdict);
}
