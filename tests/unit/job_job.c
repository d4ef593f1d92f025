/* SPDX-License-Identifier: Apache-2.0 */
/* The engine of jobs on a virtual loop: order of steps, paging, errors, renewal, every way to end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "job/job.h"

#define MINUTE_MS	INT64_C(60000)

/* The far side: answers the n-th call with the n-th of these; the last one goes on. */
struct answer {
	int		 status;
	const char	*body;
	int64_t		 delay_ms;	/* -1: never */
};

struct world {
	struct loop		*loop;
	struct http		*http;
	struct aws		*aws;
	struct creds		*creds;
	struct job_pool		*pool;
	const struct answer	*answers;
	size_t			 answer_count, calls;
	char			 bodies[8][128];	/* what was asked */
};

/* What a recipe of these tests keeps, and what became of it. */
struct work {
	unsigned	 asked, taken, done;
	unsigned	 pages;		/* to ask for more of */
	bool		 skips;		/* the second step */
	enum err_kind	 failure;	/* that a step was shown */
	enum err_kind	 end;
	struct job	*other;		/* to cancel in the midst of ours */
};

static int
world_answer(void *arg, const struct http_request *request, struct http_reply *reply,
    int64_t *ret_delay_ms, struct err *err)
{
	struct world *w = arg;
	size_t last = w->answer_count - 1, n = w->calls < last ? w->calls : last;

	(void)err;
	if (w->calls < 8)
		snprintf(w->bodies[w->calls], sizeof(w->bodies[0]), "%.*s", (int)request->body_len,
		    request->body ? request->body : "");
	w->calls++;
	if (w->answers[n].delay_ms < 0)
		return 1;
	reply->status = w->answers[n].status;
	reply->headers = "x-amzn-requestid: 11111111-2222-4333-8444-555555555555\r\n";
	reply->headers_len = strlen(reply->headers);
	reply->body = w->answers[n].body;
	reply->body_len = strlen(reply->body);
	*ret_delay_ms = w->answers[n].delay_ms;
	return 0;
}

static void
world_init(struct world *w, const struct answer *answers, size_t count)
{
	struct aws_options options = { .max_in_flight = 4 };
	struct creds_options creds_options = { .session_name = NULL };

	*w = (struct world){ .answers = answers, .answer_count = count };
	setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE", 1);
	setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", 1);
	w->loop = loop_new_virtual(INT64_C(1767323045000));
	w->http = http_new_stub(w->loop, world_answer, w);
	w->aws = aws_new(w->loop, w->http, &options);
	w->creds = creds_new(w->aws, &creds_options);
	w->pool = job_pool_new(w->aws, w->creds);
}

static void
world_done(struct world *w)
{
	job_pool_free(w->pool);
	creds_free(w->creds);
	aws_free(w->aws);
	http_free(w->http);
	loop_free(w->loop);
}

static enum job_asking
work_ask(void *ctx, struct job_question *q)
{
	struct work *work = ctx;

	buf_addf(&q->body, "{\"n\":%u}", work->asked++);
	return JOB_ASK;
}

static enum job_asking
work_ask_second(void *ctx, struct job_question *q)
{
	struct work *work = ctx;

	return work->skips ? JOB_SKIP : work_ask(ctx, q);
}

static enum job_verdict
work_take(struct job *job, void *ctx, const struct aws_reply *reply, const struct err *failure,
    struct err *err)
{
	struct work *work = ctx;

	(void)err;
	assert_string_equal(job_account(job), "111122223333");
	assert_string_equal(job_region(job), "eu-west-1");
	if (failure != NULL)
		work->failure = failure->kind;
	else
		assert_non_null(json_member(reply->json, "trailList"));
	if (work->other != NULL)
		job_cancel(work->other);
	work->other = NULL;
	work->taken++;
	if (work->pages > 0) {
		work->pages--;
		return JOB_AGAIN;
	}
	return JOB_NEXT;
}

static enum job_verdict
work_refuse(struct job *job, void *ctx, const struct aws_reply *reply, const struct err *failure,
    struct err *err)
{
	(void)job;
	(void)ctx;
	(void)reply;
	(void)failure;
	err_set(err, ERR_MALFORMED, "not what was asked for");
	return JOB_FAIL;
}

static void
work_done(void *ctx, const struct err *err)
{
	struct work *work = ctx;

	work->done++;
	work->end = err ? err->kind : ERR_NONE;
}

static const struct job_step two_steps[] = {
	{ CLOUDTRAIL_DESCRIBE_TRAILS, work_ask, work_take, .takes_errors = false },
	{ KMS_DESCRIBE_KEY, work_ask_second, work_take, .takes_errors = true },
};
static const struct job_step refusing_steps[] = {
	{ CLOUDTRAIL_DESCRIBE_TRAILS, work_ask, work_refuse, .takes_errors = false },
	{ KMS_DESCRIBE_KEY, work_ask_second, work_take, .takes_errors = true },
};
static const struct job_recipe two = { "two", two_steps, 2, work_done };
static const struct job_recipe refusing = { "refusing", refusing_steps, 2, work_done };
static const struct job_target target = { .account = "111122223333", .region = "eu-west-1" };

static const struct answer good = { 200, "{\"trailList\":[]}", 5 };
static const struct answer denied = { 400, "{\"__type\":\"AccessDeniedException\"}", 5 };
static const struct answer expired = { 400, "{\"__type\":\"ExpiredTokenException\"}", 5 };
static const struct answer silent = { 0, "", -1 };

/* Runs one job to its end; gives how many calls that took. */
static size_t
run(const struct job_recipe *recipe, const struct answer *answers, size_t count,
    struct work *work)
{
	struct world w;
	size_t calls;

	world_init(&w, answers, count);
	job_start(w.pool, recipe, &target, work);
	assert_int_equal(work->asked, 0);	/* nothing happens inside the start */
	loop_run(w.loop);
	assert_int_equal(work->done, 1);
	assert_int_equal(job_pool_running(w.pool), 0);
	calls = w.calls;
	world_done(&w);
	assert_int_equal(work->done, 1);
	return calls;
}

static void
test_steps_in_order(void **state)
{
	struct work work = { .asked = 0 }, skipping = { .skips = true };

	(void)state;
	assert_int_equal(run(&two, &good, 1, &work), 2);
	assert_int_equal(work.taken, 2);
	assert_int_equal(work.end, ERR_NONE);
	assert_int_equal(run(&two, &good, 1, &skipping), 1);
	assert_int_equal(skipping.end, ERR_NONE);
}

static void
test_pages(void **state)
{
	struct work three = { .pages = 3, .skips = true };
	struct work endless = { .pages = UINT32_MAX };

	(void)state;
	assert_int_equal(run(&two, &good, 1, &three), 4);
	assert_int_equal(three.end, ERR_NONE);
	run(&two, &good, 1, &endless);
	assert_int_equal(endless.taken, JOB_PAGES_MAX);
	assert_int_equal(endless.end, ERR_TOO_LARGE);
}

static void
test_errors(void **state)
{
	const struct answer then_denied[] = { good, denied };
	struct work first = { .asked = 0 }, second = { .asked = 0 }, refused = { .asked = 0 };

	(void)state;
	assert_int_equal(run(&two, &denied, 1, &first), 1);
	assert_int_equal(first.end, ERR_DENIED);
	assert_int_equal(first.taken, 0);
	assert_int_equal(run(&two, then_denied, 2, &second), 2);
	assert_int_equal(second.end, ERR_NONE);		/* that step takes errors */
	assert_int_equal(second.failure, ERR_DENIED);
	assert_int_equal(run(&refusing, &good, 1, &refused), 1);
	assert_int_equal(refused.end, ERR_MALFORMED);
}

static void
test_expired_credentials_are_renewed_once(void **state)
{
	const struct answer once[] = { expired, good };
	struct work renewed = { .asked = 0 }, hopeless = { .asked = 0 };

	(void)state;
	assert_int_equal(run(&two, once, 2, &renewed), 3);
	assert_int_equal(renewed.end, ERR_NONE);
	assert_int_equal(renewed.asked, 2);	/* the question was kept */
	assert_int_equal(run(&two, &expired, 1, &hopeless), 2);
	assert_int_equal(hopeless.end, ERR_EXPIRED);
}

static void
test_no_credentials(void **state)
{
	struct work work = { .asked = 0 };
	struct world w;

	(void)state;
	world_init(&w, &good, 1);
	unsetenv("AWS_ACCESS_KEY_ID");
	creds_free(w.creds);
	job_pool_free(w.pool);
	setenv("AWS_EC2_METADATA_DISABLED", "true", 1);
	w.creds = creds_new(w.aws, &(struct creds_options){ .session_name = NULL });
	w.pool = job_pool_new(w.aws, w.creds);
	job_start(w.pool, &two, &target, &work);
	loop_run(w.loop);
	assert_int_equal(work.done, 1);
	assert_int_equal(work.end, ERR_CREDENTIALS);
	assert_int_equal(w.calls, 0);
	world_done(&w);
}

static void
test_silence_ends(void **state)
{
	struct work work = { .asked = 0 };
	struct world w;
	int64_t begin;

	(void)state;
	world_init(&w, &silent, 1);
	begin = loop_mono_ms(w.loop);
	job_start(w.pool, &two, &target, &work);
	loop_run(w.loop);
	assert_int_equal(work.end, ERR_TIMEOUT);
	assert_true(loop_mono_ms(w.loop) - begin <= 16 * MINUTE_MS);
	world_done(&w);
}

static void
stop_loop(void *arg)
{
	loop_stop(arg);
}

/* Cancels after so many milliseconds, hence in each state a job can be in. */
static void
test_cancel_everywhere(void **state)
{
	static const int64_t moments[] = { 0, 1, 3, 5, 6, 8, 11, 30 };

	(void)state;
	for (size_t i = 0; i < sizeof(moments) / sizeof(moments[0]); i++) {
		struct work work = { .asked = 0 };
		struct loop_timer timer;
		struct world w;

		world_init(&w, &good, 1);
		loop_timer_init(&timer, w.loop, stop_loop, w.loop);
		job_start(w.pool, &two, &target, &work);
		loop_timer_set(&timer, moments[i]);
		loop_run(w.loop);
		loop_timer_stop(&timer);
		job_pool_free(w.pool);
		w.pool = NULL;
		assert_int_equal(work.done, 1);
		assert_true(work.end == ERR_CANCELLED || (work.end == ERR_NONE && work.taken == 2));
		world_done(&w);
	}
}

static void
test_cancel_another_from_within(void **state)
{
	struct work ours = { .asked = 0 }, theirs = { .asked = 0 };
	struct world w;

	(void)state;
	world_init(&w, &good, 1);
	job_start(w.pool, &two, &target, &ours);
	ours.other = job_start(w.pool, &two, &target, &theirs);
	loop_run(w.loop);
	assert_int_equal(ours.end, ERR_NONE);
	assert_int_equal(theirs.done, 1);
	assert_int_equal(theirs.end, ERR_CANCELLED);
	world_done(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_steps_in_order),
		cmocka_unit_test(test_pages),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_expired_credentials_are_renewed_once),
		cmocka_unit_test(test_no_credentials),
		cmocka_unit_test(test_silence_ends),
		cmocka_unit_test(test_cancel_everywhere),
		cmocka_unit_test(test_cancel_another_from_within),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
