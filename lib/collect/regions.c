/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The regions of an account: Account ListRegions and, where that fails, EC2 DescribeRegions, which
 * older roles may call and emulators know.
 */
#include "collect/collector.h"

#include "base/mem.h"
#include "parse/parse.h"

struct regions_ask {
	struct collector	 head;
	collect_region_fn	 tell;
	const char		*next;		/* token of the next page, in the arena */
	bool			 listed;	/* the first way succeeded */
	struct err		 first;		/* why it did not */
};

static struct world_account *
regions_account(const struct collector *c)
{
	return world_find_account(c->collect->world, c->target.account);
}

static void
regions_tell(const struct regions_ask *r, const struct region *regions, size_t count)
{
	for (size_t i = 0; i < count; i++)
		r->tell(r->head.arg, &regions[i]);
}

static enum job_asking
regions_ask(void *ctx, struct job_question *q)
{
	const struct regions_ask *r = ctx;

	if (r->next != NULL)
		collector_ask_for(q, "NextToken", r->next);
	return JOB_ASK;
}

static enum job_verdict
regions_take(struct job *job, void *ctx, const struct aws_reply *reply, const struct err *failure,
    struct err *err)
{
	struct regions_ask *r = ctx;
	struct collector *c = &r->head;
	const struct region *regions;
	struct source source;
	size_t count;

	r->next = NULL;
	if (failure == NULL &&
	    parse_list_regions(c->arena, reply->json, &regions, &count, &r->next, err) < 0)
		failure = err;
	if (failure != NULL) {
		r->first = *failure;
		return JOB_NEXT;
	}
	regions_tell(r, regions, count);
	r->next = arena_strdup(c->arena, r->next);
	if (r->next != NULL)
		return JOB_AGAIN;
	collector_source(c, job, reply, &source);
	world_set_regions(c->collect->world, regions_account(c), &source, NULL);
	c->has_answer = r->listed = true;
	return JOB_NEXT;
}

static enum job_asking
regions_ask_ec2(void *ctx, struct job_question *q)
{
	const struct regions_ask *r = ctx;

	if (r->listed)
		return JOB_SKIP;
	buf_adds(&q->body, "AllRegions=true");
	return JOB_ASK;
}

static enum job_verdict
regions_take_ec2(struct job *job, void *ctx, const struct aws_reply *reply,
    const struct err *failure, struct err *err)
{
	struct regions_ask *r = ctx;
	struct collector *c = &r->head;
	const struct region *regions;
	struct source source;
	size_t count = 0;

	if (failure == NULL && parse_describe_regions(c->arena, reply->xml, &regions, &count, err) < 0)
		failure = err;
	if (failure != NULL) {
		err_set(err, failure->kind, "account:ListRegions: %s; ec2:DescribeRegions: %s",
		    r->first.text, failure->text);
		return JOB_FAIL;
	}
	regions_tell(r, regions, count);
	collector_source(c, job, reply, &source);
	world_set_regions(c->collect->world, regions_account(c), &source, NULL);
	c->has_answer = true;
	return JOB_NEXT;
}

static void
regions_done(void *ctx, const struct err *err)
{
	struct collector *c = ctx;
	struct source source;

	if (!c->has_answer) {
		collector_source_unsent(c, ACCOUNT_LIST_REGIONS, &source);
		world_set_regions(c->collect->world, regions_account(c), &source, err);
	}
	collector_end(c, err);
}

static const struct job_step regions_steps[] = {
	{ ACCOUNT_LIST_REGIONS, regions_ask, regions_take, .takes_errors = true },
	{ EC2_DESCRIBE_REGIONS, regions_ask_ec2, regions_take_ec2, .takes_errors = true },
};

static const struct job_recipe regions_recipe = {
	"regions", regions_steps, sizeof(regions_steps) / sizeof(regions_steps[0]), regions_done,
};

void
collect_regions(struct collect *collect, const struct job_target *target, collect_region_fn tell,
    collect_done_fn done, void *arg)
{
	struct regions_ask *r = mem_alloc(1, sizeof(*r));

	collector_init(&r->head, collect, target, NULL, done, arg);
	r->tell = tell;
	job_start(collect->jobs, &regions_recipe, target, r);
}
