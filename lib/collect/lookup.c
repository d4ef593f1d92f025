/* SPDX-License-Identifier: Apache-2.0 */
/* cloudtrail:LookupEvents: one page of the event history of an account and region. */
#include "collect/collector.h"

#include <stdlib.h>

#include "base/mem.h"

#define LOOKUP_SECOND_MS	1000

struct lookup {
	struct collector	 head;
	struct lookup_question	 question;	/* its texts are in the head's arena */
	struct record_page	 page;
	collect_lookup_fn	 taken;
	void			*arg;
};

/* Whole seconds, which AWS takes to include both ends. */
static enum job_asking
lookup_ask(void *ctx, struct job_question *q)
{
	const struct lookup_question *question = &((const struct lookup *)ctx)->question;
	struct json_writer *w = json_writer_new(&q->body, false);

	json_write_object(w);
	json_write_key(w, "LookupAttributes");
	json_write_array(w);
	json_write_object(w);
	json_write_member(w, "AttributeKey", question->attribute);
	json_write_member(w, "AttributeValue", question->value);
	json_write_end_object(w);
	json_write_end_array(w);
	json_write_member_i64(w, "StartTime", question->from_wall_ms / LOOKUP_SECOND_MS);
	json_write_member_i64(w, "EndTime",
	    (question->to_wall_ms + LOOKUP_SECOND_MS - 1) / LOOKUP_SECOND_MS);
	if (question->token != NULL)
		json_write_member(w, "NextToken", question->token);
	json_write_end_object(w);
	json_writer_free(w);
	return JOB_ASK;
}

/* The account may have left while the question was on its way. */
static void
lookup_note(const struct collector *c, const struct source *source, const struct err *err)
{
	struct world_account *account = world_find_account(c->collect->world, c->target.account);
	struct world_region *region = account ? world_find_region(account, c->target.region) : NULL;

	if (region != NULL)
		world_set_events(region, source, err);
}

static enum job_verdict
lookup_take(struct job *job, void *ctx, const struct aws_reply *reply, const struct err *failure,
    struct err *err)
{
	struct lookup *l = ctx;
	struct source source;

	if (failure == NULL && parse_lookup_events(l->head.arena, reply->json, &l->page, err) < 0)
		failure = err;
	collector_source(&l->head, job, reply, &source);
	lookup_note(&l->head, &source, failure);
	l->head.has_answer = true;
	return collector_verdict(failure, err);
}

static void
lookup_done(void *ctx, const struct err *err)
{
	struct lookup *l = ctx;
	struct source source;

	if (!l->head.has_answer) {
		collector_source_unsent(&l->head, CLOUDTRAIL_LOOKUP_EVENTS, &source);
		lookup_note(&l->head, &source, err);
	}
	l->taken(l->arg, err != NULL ? NULL : &l->page, l->head.has_answer, err);
	arena_free(l->head.arena);
	free(l);
}

static const struct job_step lookup_steps[] = {
	{ CLOUDTRAIL_LOOKUP_EVENTS, lookup_ask, lookup_take, .takes_errors = true },
};

static const struct job_recipe lookup_recipe = {
	"events", lookup_steps, sizeof(lookup_steps) / sizeof(lookup_steps[0]), lookup_done,
};

void
collect_lookup(struct collect *collect, const struct job_target *target,
    const struct lookup_question *question, collect_lookup_fn taken, void *arg)
{
	struct lookup *l = mem_alloc(1, sizeof(*l));

	collector_init(&l->head, collect, target, NULL, NULL, NULL);
	l->question = *question;
	l->question.attribute = arena_strdup(l->head.arena, question->attribute);
	l->question.value = arena_strdup(l->head.arena, question->value);
	l->question.token = arena_strdup(l->head.arena, question->token);
	l->taken = taken;
	l->arg = arg;
	job_start(collect->jobs, &lookup_recipe, target, l);
}
