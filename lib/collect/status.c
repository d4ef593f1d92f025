/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cloudtrail:GetTrailStatus in one region and, at home, GetEventSelectors. Both by ARN, as a
 * shadow has no name of its own; for the owner's credentials only.
 */
#include "collect/collector.h"

#include "base/mem.h"
#include "parse/parse.h"

struct status {
	struct collector	 head;
	bool			 with_selectors;
};

/* The trail may have gone from the world while the question was on its way. */
static struct world_trail *
status_trail(const struct collector *c)
{
	return world_find_trail(c->collect->world, c->id);
}

static enum job_asking
status_ask(void *ctx, struct job_question *q)
{
	const struct collector *c = ctx;
	const struct world_trail *trail = status_trail(c);
	const struct world_status *known = trail ? world_find_status(trail, c->target.region) : NULL;

	if (trail == NULL || (known != NULL && collector_is_known_denied(c, &known->reading)))
		return JOB_SKIP;
	collector_ask_for(q, "Name", c->id);
	return JOB_ASK;
}

static enum job_verdict
status_take(struct job *job, void *ctx, const struct aws_reply *reply, const struct err *failure,
    struct err *err)
{
	struct collector *c = ctx;
	struct trail_status status;
	struct source source;

	if (failure == NULL && parse_trail_status(c->arena, reply->json, &status, err) < 0)
		failure = err;
	collector_source(c, job, reply, &source);
	if (status_trail(c) != NULL)
		world_set_status(c->collect->world, status_trail(c), c->target.region,
		    failure ? NULL : &status, &source, failure);
	c->has_answer = true;
	return JOB_NEXT;	/* the selectors may answer all the same */
}

static enum job_asking
status_ask_selectors(void *ctx, struct job_question *q)
{
	const struct status *s = ctx;

	if (!s->with_selectors || status_trail(&s->head) == NULL ||
	    collector_is_known_denied(&s->head, &status_trail(&s->head)->selectors_reading))
		return JOB_SKIP;
	collector_ask_for(q, "TrailName", s->head.id);
	return JOB_ASK;
}

static enum job_verdict
status_take_selectors(struct job *job, void *ctx, const struct aws_reply *reply,
    const struct err *failure, struct err *err)
{
	struct collector *c = ctx;
	struct trail_selectors selectors;
	struct source source;

	if (failure == NULL && parse_event_selectors(c->arena, reply->json, &selectors, err) < 0)
		failure = err;
	collector_source(c, job, reply, &source);
	if (status_trail(c) != NULL)
		world_set_selectors(c->collect->world, status_trail(c), failure ? NULL : &selectors,
		    &source, failure);
	return JOB_NEXT;
}

static void
status_done(void *ctx, const struct err *err)
{
	struct status *s = ctx;
	struct collector *c = &s->head;
	struct world_trail *trail = status_trail(c);
	struct source source;

	if (err != NULL && !c->has_answer && trail != NULL) {
		collector_source_unsent(c, CLOUDTRAIL_GET_TRAIL_STATUS, &source);
		world_set_status(c->collect->world, trail, c->target.region, NULL, &source, err);
	}
	if (err != NULL && trail != NULL && s->with_selectors) {
		collector_source_unsent(c, CLOUDTRAIL_GET_EVENT_SELECTORS, &source);
		world_set_selectors(c->collect->world, trail, NULL, &source, err);
	}
	collector_end(c, err);
}

static const struct job_step status_steps[] = {
	{ CLOUDTRAIL_GET_TRAIL_STATUS, status_ask, status_take, .takes_errors = true },
	{ CLOUDTRAIL_GET_EVENT_SELECTORS, status_ask_selectors, status_take_selectors,
	    .takes_errors = true },
};

static const struct job_recipe status_recipe = {
	"status", status_steps, sizeof(status_steps) / sizeof(status_steps[0]), status_done,
};

void
collect_status(struct collect *collect, const struct job_target *target, const char *trail_arn,
    bool with_selectors, collect_done_fn done, void *arg)
{
	struct status *s = mem_alloc(1, sizeof(*s));

	collector_init(&s->head, collect, target, trail_arn, done, arg);
	s->with_selectors = with_selectors;
	job_start(collect->jobs, &status_recipe, target, s);
}
