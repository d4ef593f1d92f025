/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A KMS key: DescribeKey, and then what applies of GetKeyPolicy, GetKeyRotationStatus and
 * DescribeCustomKeyStores. Always by key ARN: describing "alias/aws/..." would create a key.
 */
#include "collect/collector.h"

#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "parse/parse.h"

/* The key may have gone from the world while the question was on its way. */
static struct world_key *
key_slot(const struct collector *c)
{
	return world_find_key(c->collect->world, c->id);
}

/* The slot, when it was just described well; NULL otherwise: then nothing more is asked. */
static const struct world_key *
key_described(const struct collector *c)
{
	const struct world_key *slot = key_slot(c);

	return slot != NULL && reading_is_good(&slot->described) ? slot : NULL;
}

static bool
key_is_own(const struct collector *c, const struct world_key *slot)
{
	return strcmp(slot->account, c->target.account) == 0;
}

static enum job_asking
key_ask(void *ctx, struct job_question *q)
{
	const struct collector *c = ctx;

	collector_ask_for(q, "KeyId", c->id);
	return JOB_ASK;
}

static enum job_verdict
key_take(struct job *job, void *ctx, const struct aws_reply *reply, const struct err *failure,
    struct err *err)
{
	struct collector *c = ctx;
	struct source source;
	struct key key;

	if (failure == NULL && parse_describe_key(c->arena, reply->json, c->id, &key, err) < 0)
		failure = err;
	collector_source(c, job, reply, &source);
	if (key_slot(c) != NULL)
		world_set_key(c->collect->world, key_slot(c), failure ? NULL : &key, &source, failure);
	c->has_answer = true;
	return collector_verdict(failure, err);
}

/* KMS lets no other account read a policy, and that of an AWS managed key is AWS's business. */
static enum job_asking
key_ask_policy(void *ctx, struct job_question *q)
{
	const struct collector *c = ctx;
	const struct world_key *slot = key_described(c);

	if (slot == NULL || !key_is_own(c, slot) || slot->key.manager == KEY_MANAGER_AWS ||
	    collector_is_known_denied(c, &slot->policy_reading))
		return JOB_SKIP;
	collector_ask_for(q, "KeyId", c->id);
	return JOB_ASK;
}

static enum job_verdict
key_take_policy(struct job *job, void *ctx, const struct aws_reply *reply,
    const struct err *failure, struct err *err)
{
	struct collector *c = ctx;
	const char *policy = NULL;
	struct source source;
	size_t len = 0;

	if (failure == NULL && parse_key_policy(reply->json, &policy, &len, err) < 0)
		failure = err;
	collector_source(c, job, reply, &source);
	if (key_slot(c) != NULL)
		world_set_key_policy(c->collect->world, key_slot(c), failure ? NULL : policy, len,
		    &source, failure);
	return JOB_NEXT;
}

/* Only symmetric keys with KMS's own material rotate, and a key pending deletion does not. */
static enum job_asking
key_ask_rotation(void *ctx, struct job_question *q)
{
	const struct collector *c = ctx;
	const struct world_key *slot = key_described(c);

	if (slot == NULL || slot->key.manager == KEY_MANAGER_AWS || slot->key.state != KEY_ENABLED ||
	    !text_same(slot->key.origin, "AWS_KMS") ||
	    !text_same(slot->key.spec, "SYMMETRIC_DEFAULT") ||
	    collector_is_known_denied(c, &slot->rotation_reading))
		return JOB_SKIP;
	collector_ask_for(q, "KeyId", c->id);
	return JOB_ASK;
}

static enum job_verdict
key_take_rotation(struct job *job, void *ctx, const struct aws_reply *reply,
    const struct err *failure, struct err *err)
{
	struct collector *c = ctx;
	struct key_rotation rotation;
	struct source source;

	if (failure == NULL && parse_key_rotation(reply->json, &rotation, err) < 0)
		failure = err;
	collector_source(c, job, reply, &source);
	if (key_slot(c) != NULL)
		world_set_key_rotation(c->collect->world, key_slot(c), failure ? NULL : &rotation,
		    &source, failure);
	return JOB_NEXT;
}

static enum job_asking
key_ask_store(void *ctx, struct job_question *q)
{
	const struct collector *c = ctx;
	const struct world_key *slot = key_described(c);

	if (slot == NULL || !key_is_own(c, slot) || text_is_empty(slot->key.store_id) ||
	    collector_is_known_denied(c, &slot->store_reading))
		return JOB_SKIP;
	collector_ask_for(q, "CustomKeyStoreId", slot->key.store_id);
	return JOB_ASK;
}

static enum job_verdict
key_take_store(struct job *job, void *ctx, const struct aws_reply *reply,
    const struct err *failure, struct err *err)
{
	struct collector *c = ctx;
	struct world_key *slot = key_slot(c);
	struct key_store store;
	struct source source;

	if (slot == NULL)
		return JOB_NEXT;
	if (failure == NULL &&
	    parse_key_store(c->arena, reply->json, slot->key.store_id, &store, err) < 0)
		failure = err;
	collector_source(c, job, reply, &source);
	world_set_key_store(c->collect->world, slot, failure ? NULL : &store, &source, failure);
	return JOB_NEXT;
}

static void
key_done(void *ctx, const struct err *err)
{
	struct collector *c = ctx;
	struct source source;

	if (!c->has_answer && key_slot(c) != NULL) {
		collector_source_unsent(c, KMS_DESCRIBE_KEY, &source);
		world_set_key(c->collect->world, key_slot(c), NULL, &source, err);
	}
	collector_end(c, err);
}

static const struct job_step key_steps[] = {
	{ KMS_DESCRIBE_KEY, key_ask, key_take, .takes_errors = true },
	{ KMS_GET_KEY_POLICY, key_ask_policy, key_take_policy, .takes_errors = true },
	{ KMS_GET_KEY_ROTATION_STATUS, key_ask_rotation, key_take_rotation, .takes_errors = true },
	{ KMS_DESCRIBE_CUSTOM_KEY_STORES, key_ask_store, key_take_store, .takes_errors = true },
};

static const struct job_recipe key_recipe = {
	"key", key_steps, sizeof(key_steps) / sizeof(key_steps[0]), key_done,
};

void
collect_key(struct collect *collect, const struct job_target *target, const char *key_arn,
    collect_done_fn done, void *arg)
{
	struct collector *c = mem_alloc(1, sizeof(*c));

	collector_init(c, collect, target, key_arn, done, arg);
	job_start(collect->jobs, &key_recipe, target, c);
}
