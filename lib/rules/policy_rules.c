/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules about the policies of keys and buckets. Whether CloudTrail is let in depends on the
 * trail, so those are rules of trails, each with a finding of its own; whom else a key lets in is
 * a rule of keys. A policy that hangs on what cannot be known from outside is neither good nor bad:
 * it is uncertain, and does not end what was found before.
 */
#include <string.h>

#include "base/arena.h"
#include "base/names.h"
#include "base/stamp.h"
#include "policy/cloudtrail.h"
#include "rules/judge.h"

/* Of a missing key nothing is said here, and the policy of AWS's own keys is AWS's business. */
static bool
policy_concerns(const struct world_key *key)
{
	return key != NULL && world_key_exists(key) != TRI_NO &&
	    key->key.manager != KEY_MANAGER_AWS && strstr(key->id, "alias/aws/") == NULL;
}

/* KMS shows a policy to the key's own account only. */
static const char *
policy_reason(const struct judge *j)
{
	const struct world_key *key = j->key;

	if (key->policy_reading.state == READING_NONE &&
	    world_find_account(j->world, key->account) == NULL)
		return arena_printf(j->arena,
		    "KMS shows the policy to account %s only, which is not watched", key->account);
	return reading_reason(&key->policy_reading);
}

/* What the rules about a key's policy begin with; false when *ret is the whole answer. */
static bool
policy_is_read(const struct judge *j, struct observation *o, const char *question,
    enum verdict *ret)
{
	*ret = VERDICT_NOT_APPLICABLE;
	if (!policy_concerns(j->key))
		return false;
	if (j->trail != NULL && !reading_is_good(&j->trail->described)) {
		*ret = observe_unread(j, o, question, &j->trail->described);
		return false;
	}
	observe_fact(j, o, "key", j->key->id);
	if (!reading_is_good(&j->key->described)) {
		observe_source(o, &j->key->described);
		*ret = observe_unknown(j, o, question, judge_key_reason(j));
		return false;
	}
	observe_source(o, &j->key->policy_reading);
	if (judge_key_policy_is_read(j->key))
		return true;
	*ret = observe_unknown(j, o, question, policy_reason(j));
	return false;
}

static void
policy_fact_statement(const struct judge *j, struct observation *o,
    const struct judge_ruling *ruling)
{
	if (j->is_silent || ruling->statement == 0)
		return;
	observe_fact(j, o, "statement", arena_printf(j->arena, "%u", ruling->statement));
	observe_fact(j, o, "Sid", ruling->sid);
}

/* Where the policy was another one before: what CloudTrail lost or gained since. */
static void
policy_fact_change(const struct judge *j, struct observation *o)
{
	const struct world_key *key = j->key;
	struct policy_judgement before, after;
	const char *change;
	char stamp[STAMP_ISO_SIZE];
	struct err err;

	if (j->is_silent || key->former_policy == NULL ||
	    policy_judge_key(j->arena, key->former_policy, key->former_policy_len, key->id,
		j->trail->trail.arn, &before, &err) < 0 ||
	    policy_judge_key(j->arena, key->policy, key->policy_len, key->id, j->trail->trail.arn,
		&after, &err) < 0)
		return;
	change = policy_describe_change(j->arena, &before, &after);
	if (change != NULL)
		observe_fact(j, o, "change", arena_printf(j->arena, "%s (the policy before was read last "
		    "at %s)", change, stamp_format_iso(key->former_policy_wall_ms, stamp)));
}

/* The whole policy is replaced at once, so nobody should put one that they have not looked at. */
void
judge_remedy_key_policy(const struct judge *j, struct observation *o)
{
	observe_remedy(j, o, "trailsealctl policy --suggest --key-arn %s --trail-arn %s && "
	    "aws kms put-key-policy --key-id %s --policy-name default "
	    "--policy file://<the key's policy with these statements> --region %s",
	    j->key->id, j->trail->trail.arn, j->key->id, j->key->region);
}

enum verdict
judge_key_policy_blocks_cloudtrail(const struct judge *j, struct observation *o)
{
	struct judge_ruling ruling;
	enum verdict verdict;

	if (!policy_is_read(j, o, "its key's policy lets CloudTrail use the key", &verdict))
		return verdict;
	judge_key_policy(j, &ruling);
	switch (ruling.verdict) {
	case POLICY_ALLOWED:
		return observe(j, o, VERDICT_PASS, "has a key whose policy lets CloudTrail use it: %s",
		    ruling.why);
	case POLICY_INDETERMINATE:
		o->is_unsure = true;	/* key-policy-uncertain says so */
		return VERDICT_NOT_APPLICABLE;
	case POLICY_DENIED:
		break;
	}
	policy_fact_statement(j, o, &ruling);
	policy_fact_change(j, o);
	judge_remedy_key_policy(j, o);
	return observe(j, o, VERDICT_FAIL, "cannot encrypt, as the policy of %s keeps CloudTrail "
	    "out: %s", j->key->id, ruling.why);
}

enum verdict
judge_key_policy_uncertain(const struct judge *j, struct observation *o)
{
	struct judge_ruling ruling;
	enum verdict verdict;

	if (!policy_is_read(j, o, "its key's policy is clear", &verdict)) {
		o->is_unsure = verdict == VERDICT_UNKNOWN;
		return VERDICT_NOT_APPLICABLE;
	}
	judge_key_policy(j, &ruling);
	if (ruling.verdict != POLICY_INDETERMINATE)
		return observe(j, o, VERDICT_PASS, "has a key whose policy is clear: %s", ruling.why);
	policy_fact_statement(j, o, &ruling);
	policy_fact_change(j, o);
	judge_remedy_key_policy(j, o);
	return observe(j, o, VERDICT_FAIL, "may be unable to encrypt: whether the policy of %s lets "
	    "CloudTrail in cannot be told: %s", j->key->id, ruling.why);
}

enum verdict
judge_key_policy_too_open(const struct judge *j, struct observation *o)
{
	struct judge_ruling opening;
	enum verdict verdict;
	enum tri is_open;

	if (!policy_is_read(j, o, "strangers may use it", &verdict)) {
		o->is_unsure = verdict == VERDICT_UNKNOWN;
		return VERDICT_NOT_APPLICABLE;
	}
	is_open = judge_key_opening(j, &opening);
	if (is_open == TRI_UNKNOWN) {
		o->is_unsure = true;	/* no policy: key-policy-uncertain says so */
		return VERDICT_NOT_APPLICABLE;
	}
	if (is_open == TRI_NO)
		return observe(j, o, VERDICT_PASS, "has a policy that lets no stranger decrypt");
	policy_fact_statement(j, o, &opening);
	observe_remedy(j, o, "aws kms put-key-policy --key-id %s --policy-name default "
	    "--policy file://<the policy with a condition on the caller in statement %u> --region %s",
	    j->key->id, opening.statement, j->key->region);
	return observe(j, o, VERDICT_FAIL, "lets strangers read what it protects: %s", opening.why);
}

static void
policy_remedy_bucket(const struct judge *j, struct observation *o)
{
	if (name_is_bucket(j->bucket->name))
		observe_remedy(j, o, "aws s3api put-bucket-policy --bucket %s "
		    "--policy file://<policy that lets CloudTrail write>", j->bucket->name);
}

/*
 * A bucket that whoever asked may not enter belongs to an account that is not watched: its policy
 * was never asked for.
 */
static bool
policy_of_bucket_is_read(const struct judge *j, struct observation *o, const char *question,
    enum verdict *ret)
{
	const struct world_bucket *bucket = j->bucket;

	*ret = VERDICT_NOT_APPLICABLE;
	if (bucket == NULL || bucket->bucket.exists == TRI_NO)
		return false;
	observe_fact(j, o, "S3BucketName", bucket->name);
	if (!reading_is_good(&j->trail->described))
		*ret = observe_unread(j, o, question, &j->trail->described);
	else if (!reading_is_good(&bucket->head_reading))
		*ret = observe_unread(j, o, question, &bucket->head_reading);
	else if (bucket->policy_reading.state == READING_NONE && bucket->bucket.is_closed)
		o->is_unsure = true;
	else if (!reading_is_good(&bucket->policy_reading))
		*ret = observe_unread(j, o, question, &bucket->policy_reading);
	else
		return true;
	return false;
}

enum verdict
judge_bucket_policy_blocks_cloudtrail(const struct judge *j, struct observation *o)
{
	const char *question = "its bucket's policy lets CloudTrail write";
	struct judge_ruling ruling;
	enum verdict verdict;

	if (!policy_of_bucket_is_read(j, o, question, &verdict))
		return verdict;
	observe_source(o, &j->bucket->policy_reading);
	if (j->bucket->policy == NULL) {
		policy_remedy_bucket(j, o);
		return observe(j, o, VERDICT_FAIL, "cannot deliver, as its bucket %s has no policy that "
		    "lets CloudTrail write", j->bucket->name);
	}
	judge_bucket_policy(j, &ruling);
	if (ruling.verdict == POLICY_ALLOWED)
		return observe(j, o, VERDICT_PASS, "may write to its bucket: %s", ruling.why);
	if (ruling.verdict == POLICY_INDETERMINATE)
		return observe_unknown(j, o, question, ruling.why);
	policy_fact_statement(j, o, &ruling);
	policy_remedy_bucket(j, o);
	return observe(j, o, VERDICT_FAIL, "cannot deliver, as the policy of its bucket %s keeps "
	    "CloudTrail out: %s", j->bucket->name, ruling.why);
}
