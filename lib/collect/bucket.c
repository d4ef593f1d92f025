/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A trail's bucket: HeadBucket says whether and where it is, even to those who may not enter
 * (403 with x-amz-bucket-region); GetBucketPolicy is for its owner.
 */
#include "collect/collector.h"

#include <string.h>

#include "base/mem.h"
#include "base/names.h"
#include "base/text.h"

struct bucket_ask {
	struct collector	 head;
	const char		*region;	/* where it is asked for now; interned */
	bool			 redirected;	/* once only */
	bool			 is_open;	/* HeadBucket succeeded: the target's account may enter */
};

static struct world_bucket *
bucket_slot(const struct collector *c)
{
	return world_find_bucket(c->collect->world, c->id);
}

static enum job_asking
bucket_ask(void *ctx, struct job_question *q)
{
	const struct bucket_ask *b = ctx;

	q->region = b->region;
	q->bucket = b->head.id;
	return JOB_ASK;
}

/*
 * A redirect, or the bare 400 of regions opened since 2019, means: ask in the region it names.
 * Only 404 means that the bucket is not there; 403 with a region means that it is.
 */
static const struct err *
bucket_read_head(const struct bucket_ask *b, const struct aws_reply *reply,
    const struct err *failure, struct bucket *ret)
{
	const char *region = reply != NULL && name_is_region(reply->bucket_region) ?
	    reply->bucket_region : NULL;

	*ret = (struct bucket){ .name = b->head.id, .region = region, .exists = TRI_YES };
	ret->is_closed = failure != NULL && reply != NULL && reply->status == 403;
	if (failure == NULL || (ret->is_closed && region != NULL))
		return NULL;
	if (reply != NULL && reply->status == 404) {
		ret->exists = TRI_NO;
		return NULL;
	}
	return failure;
}

static enum job_verdict
bucket_take(struct job *job, void *ctx, const struct aws_reply *reply, const struct err *failure,
    struct err *err)
{
	struct bucket_ask *b = ctx;
	struct collector *c = &b->head;
	struct source source;
	struct bucket bucket;

	if (failure != NULL && reply != NULL && !b->redirected && reply->status != 403 &&
	    name_is_region(reply->bucket_region) && strcmp(reply->bucket_region, b->region) != 0) {
		b->redirected = true;
		b->region = world_intern(c->collect->world, reply->bucket_region);
		return JOB_AGAIN;
	}
	b->is_open = failure == NULL;
	failure = bucket_read_head(b, reply, failure, &bucket);
	if (failure == NULL && bucket.region != NULL)
		b->region = world_intern(c->collect->world, bucket.region);
	collector_source(c, job, reply, &source);
	if (bucket_slot(c) != NULL)
		world_set_bucket(c->collect->world, bucket_slot(c), failure ? NULL : &bucket, &source,
		    failure);
	c->has_answer = true;
	return collector_verdict(failure, err);
}

static enum job_asking
bucket_ask_policy(void *ctx, struct job_question *q)
{
	const struct bucket_ask *b = ctx;

	const struct world_bucket *slot = bucket_slot(&b->head);

	if (!b->is_open || slot == NULL || collector_is_known_denied(&b->head, &slot->policy_reading))
		return JOB_SKIP;
	q->region = b->region;
	q->bucket = b->head.id;
	q->query = "policy";
	q->bucket_owner = b->head.target.account;
	return JOB_ASK;
}

static enum job_verdict
bucket_take_policy(struct job *job, void *ctx, const struct aws_reply *reply,
    const struct err *failure, struct err *err)
{
	struct collector *c = ctx;
	struct source source;
	bool none = failure != NULL && strcmp(failure->code, "NoSuchBucketPolicy") == 0;

	(void)err;
	collector_source(c, job, reply, &source);
	if (bucket_slot(c) != NULL)
		world_set_bucket_policy(c->collect->world, bucket_slot(c),
		    failure ? NULL : reply->body, failure ? 0 : reply->body_len, &source,
		    none ? NULL : failure);
	return JOB_NEXT;
}

static void
bucket_done(void *ctx, const struct err *err)
{
	struct collector *c = ctx;
	struct source source;

	if (!c->has_answer && bucket_slot(c) != NULL) {
		collector_source_unsent(c, S3_HEAD_BUCKET, &source);
		world_set_bucket(c->collect->world, bucket_slot(c), NULL, &source, err);
	}
	collector_end(c, err);
}

static const struct job_step bucket_steps[] = {
	{ S3_HEAD_BUCKET, bucket_ask, bucket_take, .takes_errors = true },
	{ S3_GET_BUCKET_POLICY, bucket_ask_policy, bucket_take_policy, .takes_errors = true },
};

static const struct job_recipe bucket_recipe = {
	"bucket", bucket_steps, sizeof(bucket_steps) / sizeof(bucket_steps[0]), bucket_done,
};

void
collect_bucket(struct collect *collect, const struct job_target *target, const char *name,
    collect_done_fn done, void *arg)
{
	struct bucket_ask *b = mem_alloc(1, sizeof(*b));

	collector_init(&b->head, collect, target, name, done, arg);
	b->region = target->region;
	job_start(collect->jobs, &bucket_recipe, target, b);
}
