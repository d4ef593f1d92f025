/* SPDX-License-Identifier: Apache-2.0 */
/* cloudtrail:DescribeTrails: the trails of one account and region, shadows included. */
#include "collect/collector.h"

#include "base/mem.h"
#include "parse/parse.h"

static struct world_region *
trails_region(const struct collector *c)
{
	struct world *world = c->collect->world;

	return world_find_region(world_find_account(world, c->target.account), c->target.region);
}

static enum job_asking
trails_ask(void *ctx, struct job_question *q)
{
	(void)ctx;
	(void)q;	/* {} : all trails, with shadows */
	return JOB_ASK;
}

static enum job_verdict
trails_take(struct job *job, void *ctx, const struct aws_reply *reply, const struct err *failure,
    struct err *err)
{
	struct collector *c = ctx;
	const struct trail *trails = NULL;
	struct source source;
	size_t count = 0;

	if (failure == NULL && parse_describe_trails(c->arena, reply->json, &trails, &count, err) < 0)
		failure = err;
	collector_source(c, job, reply, &source);
	world_set_trails(c->collect->world, trails_region(c), trails, count, &source, failure);
	c->has_answer = true;
	return collector_verdict(failure, err);
}

static void
trails_done(void *ctx, const struct err *err)
{
	struct collector *c = ctx;
	struct source source;

	if (!c->has_answer) {
		collector_source_unsent(c, CLOUDTRAIL_DESCRIBE_TRAILS, &source);
		world_set_trails(c->collect->world, trails_region(c), NULL, 0, &source, err);
	}
	collector_end(c, err);
}

static const struct job_step trails_steps[] = {
	{ CLOUDTRAIL_DESCRIBE_TRAILS, trails_ask, trails_take, .takes_errors = true },
};

static const struct job_recipe trails_recipe = {
	"trails", trails_steps, sizeof(trails_steps) / sizeof(trails_steps[0]), trails_done,
};

void
collect_trails(struct collect *collect, const struct job_target *target, collect_done_fn done,
    void *arg)
{
	struct collector *c = mem_alloc(1, sizeof(*c));

	collector_init(c, collect, target, NULL, done, arg);
	job_start(collect->jobs, &trails_recipe, target, c);
}
