/* SPDX-License-Identifier: Apache-2.0 */
/* The engine of jobs; see job.h. */
#include "job/job.h"

#include <assert.h>
#include <stdlib.h>
#include <sys/queue.h>

#include "base/mem.h"

#define JOB_DEADLINE_MS	(15 * 60 * 1000)

enum job_state { JOB_CREDS = 1, JOB_CALL, JOB_ENDING, JOB_STATES };

struct job {
	struct job_pool			*pool;
	const struct job_recipe		*recipe;
	struct job_target		 target;
	void				*ctx;		/* the recipe's, until `done` */
	enum job_state			 state;
	size_t				 step;
	unsigned			 questions;	/* of this step */
	bool				 renewed;	/* the credentials, for this step */
	struct job_question		 question;
	struct creds_wait		*wait;		/* in CREDS */
	struct aws_call			*call;		/* in CALL */
	struct aws_credentials		*credentials;	/* held, in CALL */
	struct loop_timer		 deadline;
	struct loop_timer		 turn;		/* for what must happen in a later turn */
	TAILQ_ENTRY(job)		 link;
};

TAILQ_HEAD(job_list, job);

struct job_pool {
	struct aws	*aws;
	struct creds	*creds;
	struct job_list	 jobs;
	unsigned	 running;
};

static void	job_ask(void *);
static void	job_on_credentials(void *, struct aws_credentials *, const struct err *);

struct job_pool *
job_pool_new(struct aws *aws, struct creds *creds)
{
	struct job_pool *pool = mem_alloc(1, sizeof(*pool));

	pool->aws = aws;
	pool->creds = creds;
	TAILQ_INIT(&pool->jobs);
	return pool;
}

void
job_pool_free(struct job_pool *pool)
{
	if (pool == NULL)
		return;
	while (!TAILQ_EMPTY(&pool->jobs))
		job_cancel(TAILQ_FIRST(&pool->jobs));
	free(pool);
}

unsigned
job_pool_running(const struct job_pool *pool)
{
	return pool->running;
}

int64_t
job_wall_ms(const struct job_pool *pool)
{
	return aws_wall_ms(pool->aws);
}

/* Lets go of what the present state holds. */
static void
job_release(struct job *job)
{
	if (job->wait != NULL)
		creds_wait_cancel(job->wait);
	if (job->call != NULL)
		aws_call_cancel(job->call);
	aws_credentials_drop(job->credentials);
	job->wait = NULL;
	job->call = NULL;
	job->credentials = NULL;
}

static void
job_set_state(struct job *job, enum job_state state)
{
	job_release(job);
	job->state = state;
}

static void
job_end(struct job *job, const struct err *err)
{
	assert(job->state != JOB_ENDING);
	job_set_state(job, JOB_ENDING);
	loop_timer_stop(&job->deadline);
	loop_timer_stop(&job->turn);
	TAILQ_REMOVE(&job->pool->jobs, job, link);
	job->pool->running--;
	job->recipe->done(job->ctx, err);
	buf_done(&job->question.body);
	free(job);
}

static void
job_on_deadline(void *arg)
{
	struct job *job = arg;
	struct err err;

	err_set(&err, ERR_TIMEOUT, "not done after %d minutes", JOB_DEADLINE_MS / 60000);
	job_end(job, &err);
}

struct job *
job_start(struct job_pool *pool, const struct job_recipe *recipe, const struct job_target *target,
    void *ctx)
{
	struct job *job = mem_alloc(1, sizeof(*job));
	struct loop *loop = aws_loop(pool->aws);

	job->pool = pool;
	job->recipe = recipe;
	job->target = *target;
	job->ctx = ctx;
	job->state = JOB_CREDS;
	buf_init(&job->question.body, JOB_BODY_MAX);
	loop_timer_init(&job->deadline, loop, job_on_deadline, job);
	loop_timer_init(&job->turn, loop, job_ask, job);
	loop_timer_set(&job->deadline, JOB_DEADLINE_MS);
	loop_timer_set(&job->turn, 0);
	TAILQ_INSERT_TAIL(&pool->jobs, job, link);
	pool->running++;
	return job;
}

void
job_cancel(struct job *job)
{
	struct err err;

	err_set(&err, ERR_CANCELLED, "cancelled");
	job_end(job, &err);
}

static void
job_want_credentials(struct job *job)
{
	job_set_state(job, JOB_CREDS);
	job->wait = creds_get(job->pool->creds, &job->target.role, job_on_credentials, job);
}

/* Begins the present step, or ends the job behind the last one. */
static void
job_ask(void *arg)
{
	struct job *job = arg;

	for (; job->step < job->recipe->step_count; job->step++) {
		buf_reset(&job->question.body);
		job->question.region = job->target.region;
		job->question.bucket = job->question.query = job->question.bucket_owner = NULL;
		if (job->recipe->steps[job->step].ask(job->ctx, &job->question) == JOB_SKIP)
			continue;
		job->questions++;
		job_want_credentials(job);
		return;
	}
	job_end(job, NULL);
}

static void
job_go_on(struct job *job, enum job_verdict verdict, const struct err *err)
{
	struct err many;

	job->renewed = false;
	switch (verdict) {
	case JOB_FAIL:
		job_end(job, err);
		return;
	case JOB_AGAIN:
		if (job->questions < JOB_PAGES_MAX)
			break;
		err_set(&many, ERR_TOO_LARGE, "more than %d pages", JOB_PAGES_MAX);
		job_end(job, &many);
		return;
	case JOB_NEXT:
		job->step++;
		job->questions = 0;
		break;
	}
	job_ask(job);
}

/* Hands an answer or a failure to the step that asked. */
static void
job_take(struct job *job, const struct aws_reply *reply, const struct err *failure)
{
	const struct job_step *step = &job->recipe->steps[job->step];
	enum job_verdict verdict;
	struct err err;

	if (failure != NULL && !step->takes_errors) {
		job_end(job, failure);
		return;
	}
	err_clear(&err);
	verdict = step->take(job, job->ctx, reply, failure, &err);
	assert(verdict != JOB_FAIL || err.kind != ERR_NONE);
	job_go_on(job, verdict, &err);
}

static void
job_on_answer(void *arg, const struct aws_reply *reply, const struct err *err)
{
	struct job *job = arg;

	job->call = NULL;
	/* Keys that are rejected are not renewed: a region that is not enabled rejects good ones. */
	if (err != NULL && err->kind == ERR_EXPIRED)
		creds_refuse(job->pool->creds, job->credentials);
	if (err != NULL && err->kind == ERR_EXPIRED && !job->renewed) {
		job->renewed = true;
		job_want_credentials(job);
		return;
	}
	job_take(job, reply, err);
}

static void
job_on_credentials(void *arg, struct aws_credentials *credentials, const struct err *err)
{
	struct job *job = arg;
	struct aws_request request = {
		.op = job->recipe->steps[job->step].op,
		.account = job->target.account,
		.region = job->question.region,
		.credentials = credentials,
		.body = job->question.body.len > 0 ? buf_text(&job->question.body) : NULL,
		.bucket = job->question.bucket,
		.query = job->question.query,
		.bucket_owner = job->question.bucket_owner,
	};

	job->wait = NULL;
	if (err != NULL) {
		job_end(job, err);
		return;
	}
	job_set_state(job, JOB_CALL);
	job->credentials = aws_credentials_hold(credentials);
	job->call = aws_call_start(job->pool->aws, &request, job_on_answer, job);
}

enum aws_op
job_op(const struct job *job)
{
	return job->recipe->steps[job->step].op;
}

const char *
job_account(const struct job *job)
{
	return job->target.account;
}

const char *
job_region(const struct job *job)
{
	return job->question.region;
}
