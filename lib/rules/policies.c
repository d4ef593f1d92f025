/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the policies of keys and buckets say to CloudTrail, for one trail. The verdict is remembered
 * with the trail until the policy changes, since trails are judged at every answer about them. A
 * policy is shared by many trails, so where its text is needed it is read once for all of them: by
 * the text's address in the world, which stands still while it is judged. A bounded number is
 * kept, as those that many share come often.
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

/* What CloudTrail needs of a key or of a bucket, and the policy that is to allow it. */
struct policies_question {
	const char		*text;
	size_t			 len;
	uint64_t		 version;
	struct world_memo	*memo;
	enum policy_use		 uses[POLICIES_USES];
	const char		*resources[POLICIES_USES];
};

/* The use with the worst verdict decides, and of those with the same the first. */
static void
policies_evaluate(const struct judge *j, const struct policies_question *q,
    const struct policy *policy, struct judge_ruling *ret)
{
	struct policy_request requests[POLICIES_USES];
	struct policy_decision decisions[POLICIES_USES];
	size_t worst = 0;

	for (size_t i = 0; i < POLICIES_USES; i++) {
		struct err err;
		int bad = policy_request_init(j->arena, q->uses[i], q->resources[i],
		    j->trail->trail.arn, &requests[i], &err);

		assert(bad == 0);	/* only names that the parsers let in */
		policy_evaluate(policy, &requests[i], &decisions[i]);
		if (policy_verdict_worse(decisions[worst].verdict, decisions[i].verdict) !=
		    decisions[worst].verdict)
			worst = i;
	}
	*ret = (struct judge_ruling){ .verdict = decisions[worst].verdict };
	if (j->is_silent)
		return;
	ret->why = policy_explain(j->arena, policy, &requests[worst], &decisions[worst]);
	ret->statement = policy_explained(policy, &requests[worst], &decisions[worst]);
	if (ret->statement > 0)
		ret->sid = policy_sid(j->arena, policy, ret->statement);
}

/* Without words the verdict is enough, which is remembered until the policy changes. */
static void
policies_rule(const struct judge *j, const struct policies_question *q, struct judge_ruling *ret)
{
	const struct policies_slot *slot = policies_read(j->policies, q->text, q->len);

	if (slot->policy != NULL)
		policies_evaluate(j, q, slot->policy, ret);
	else
		*ret = (struct judge_ruling){ POLICY_INDETERMINATE, .why = slot->refusal };
	*q->memo = (struct world_memo){ q->version, (int)ret->verdict };
}

static bool
policies_remember(const struct judge *j, const struct world_memo *memo, uint64_t version,
    struct judge_ruling *ret)
{
	if (!j->is_silent || memo->version != version)
		return false;
	*ret = (struct judge_ruling){ .verdict = (enum policy_verdict)memo->verdict };
	return true;
}

void
judge_key_policy(const struct judge *j, struct judge_ruling *ret)
{
	const struct world_key *key = j->key;
	struct world_memo *memo = &j->trail->memos->key_policy;

	if (!policies_remember(j, memo, key->policy_version, ret))
		policies_rule(j, &(struct policies_question){ key->policy, key->policy_len,
		    key->policy_version, memo, { POLICY_GENERATE_DATA_KEY, POLICY_DESCRIBE_KEY },
		    { key->id, key->id } }, ret);
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
	const struct world_bucket *bucket = j->bucket;
	struct world_memo *memo = &j->trail->memos->bucket_policy;
	const char *arn;
	struct arn trail;
	bool good;

	if (policies_remember(j, memo, bucket->policy_version, ret))
		return;
	good = arn_parse_trail(j->trail->trail.arn, &trail);
	assert(good);
	arn = arena_printf(j->arena, "arn:%.*s:s3:::%s", (int)trail.partition.len,
	    trail.partition.text, bucket->name);
	policies_rule(j, &(struct policies_question){ bucket->policy, bucket->policy_len,
	    bucket->policy_version, memo, { POLICY_PUT_OBJECT, POLICY_GET_BUCKET_ACL },
	    { arena_printf(j->arena, "%s/%s", arn, policies_folder(j)), arn } }, ret);
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
