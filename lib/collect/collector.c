/* SPDX-License-Identifier: Apache-2.0 */
/* What the collectors share; see collector.h. */
#include "collect/collector.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
collector_init(struct collector *c, struct collect *collect, const struct job_target *target,
    const char *id, collect_done_fn done, void *arg)
{
	c->collect = collect;
	c->target = *target;
	c->arena = arena_new();
	c->id = arena_strdup(c->arena, id);
	c->done = done;
	c->arg = arg;
}

void
collector_end(struct collector *c, const struct err *err)
{
	collect_done_fn done = c->done;
	void *arg = c->arg;

	arena_free(c->arena);
	free(c);
	done(arg, err);
}

void
collector_source(const struct collector *c, const struct job *job, const struct aws_reply *reply,
    struct source *ret)
{
	*ret = (struct source){
		.call = aws_op_name(job_op(job)),
		.account = job_account(job),
		.region = world_intern(c->collect->world, job_region(job)),
		.wall_ms = reply ? reply->received_wall_ms : job_wall_ms(c->collect->jobs),
	};
	if (reply != NULL)
		snprintf(ret->request_id, sizeof(ret->request_id), "%.*s",
		    (int)sizeof(ret->request_id) - 1, reply->request_id);
}

void
collector_source_unsent(const struct collector *c, enum aws_op op, struct source *ret)
{
	*ret = (struct source){
		.call = aws_op_name(op),
		.account = c->target.account,
		.region = c->target.region,
		.wall_ms = job_wall_ms(c->collect->jobs),
	};
}

bool
collector_is_known_denied(const struct collector *c, const struct reading *reading)
{
	int64_t age_ms = job_wall_ms(c->collect->jobs) - reading_failed(reading)->wall_ms;

	return reading->state == READING_FAILED &&
	    (reading->failure == ERR_DENIED || reading->failure == ERR_DENIED_BY_SCP) &&
	    age_ms >= 0 && age_ms < c->collect->denied_again_ms;
}

enum job_verdict
collector_verdict(const struct err *failure, struct err *ret)
{
	if (failure == NULL)
		return JOB_NEXT;
	if (failure != ret)
		*ret = *failure;
	return JOB_FAIL;
}

void
collector_ask_for(struct job_question *q, const char *name, const char *value)
{
	struct json_writer *w = json_writer_new(&q->body, false);

	json_write_object(w);
	json_write_member(w, name, value);
	json_write_end_object(w);
	json_writer_free(w);
}
