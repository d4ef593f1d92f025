/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One call to AWS; see call.h. It waits for a token of its limit, then for a place among the calls
 * in flight, flies, and begins again after a pause when that can help. Here it is decided when,
 * and whether once more; what goes over the wire is question.c's and answer.c's to know.
 */
#include "aws/call.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "aws/answer.h"
#include "aws/error.h"
#include "aws/question.h"
#include "aws/quota.h"
#include "aws/turns.h"
#include "base/buf.h"
#include "base/crypto.h"
#include "base/mem.h"
#include "base/stamp.h"

#define CALL_MAX_IN_FLIGHT	64
#define CALL_MAX_ATTEMPTS	3
#define CALL_ATTEMPT_MS		20000
#define CALL_DEADLINE_MS	(5 * 60 * 1000)
#define CALL_QUOTA_SHARE	0.5
#define CALL_BODY_MAX		((size_t)64 * 1024)	/* of a question */
#define CALL_BACKOFF_MS		1000			/* the first pause is shorter than this */
#define CALL_BACKOFF_MAX_MS	20000
#define CALL_RETRY_AFTER_MS	5000			/* more than our own pause AWS cannot ask for */
#define CALL_SKEW_DOUBT_MS	(4 * 60 * 1000)		/* from here on doubtful codes mean the clock */
#define CALL_SKEW_LEAST_MS	2000			/* a Date has whole seconds: less says nothing */
#define CALL_SKEW_REFRESH_MS	60000			/* good answers are looked at this often */

enum call_state { CALL_TOKENS = 1, CALL_PLACE, CALL_FLIGHT, CALL_BACKOFF, CALL_ENDED, CALL_STATES };

TAILQ_HEAD(call_list, aws_call);

struct aws_call {
	struct aws		*aws;
	enum call_state		 state;
	TAILQ_ENTRY(aws_call)	 in_state;
	struct turn		 turn;
	struct loop_timer	 timer;
	struct http_call	*http;		/* while CALL_FLIGHT */
	struct aws_request	 request;	/* its texts stand behind this struct */
	size_t			 body_len;
	char			 payload_hash[CRYPTO_HEX_SIZE];
	struct quota		*limit;		/* held, as is the next; NULL when there is nowhere to send it */
	struct quota		*retries;
	int			 retry_cost;	/* of the last retry, given back by success */
	unsigned		 attempts;
	int64_t			 due_mono_ms;
	int64_t			 offset_ms;	/* of the clock that signed the last attempt */
	bool			 has_reset_clock;
	bool			 is_over;	/* ends with `err` when its timer fires */
	struct err		 err;		/* of the last attempt */
	aws_done_fn		 done;
	void			*arg;
	size_t			 size;
	char			 texts[];
};

struct aws {
	struct loop		*loop;
	struct http		*http;
	struct aws_options	 options;
	struct composer		*composer;
	struct quotas		*quotas;
	struct turns		*turns;
	struct call_list	 calls[CALL_STATES];
	struct aws_endpoint	 endpoint;	/* of the call at hand */
	struct buf		 body;		/* of the call that begins */
	struct arena		*arena;		/* of the answer at hand */
	int64_t			 offset_ms;	/* AWS's clock minus ours */
	int64_t			 offset_mono_ms;	/* when a good answer last told it */
	struct aws_counters	 counters;
	struct tally		*tallies;
};

/* ---- the client ---- */

struct aws *
aws_new(struct loop *loop, struct http *http, struct aws_options *options)
{
	struct aws *aws = mem_alloc(1, sizeof(*aws));
	struct aws_options *o = &aws->options;

	*o = *options;
	options->endpoints = (struct aws_endpoint_options){ 0 };
	o->max_in_flight = o->max_in_flight ? o->max_in_flight : CALL_MAX_IN_FLIGHT;
	o->max_attempts = o->max_attempts ? o->max_attempts : CALL_MAX_ATTEMPTS;
	o->attempt_timeout_ms = o->attempt_timeout_ms ? o->attempt_timeout_ms : CALL_ATTEMPT_MS;
	o->deadline_ms = o->deadline_ms ? o->deadline_ms : CALL_DEADLINE_MS;
	aws->loop = loop;
	aws->http = http;
	aws->composer = composer_new();
	aws->quotas = quotas_new(o->quota_share > 0 ? o->quota_share : CALL_QUOTA_SHARE);
	aws->turns = turns_new(o->max_in_flight);
	aws->arena = arena_new();
	aws->offset_mono_ms = loop_mono_ms(loop) - CALL_SKEW_REFRESH_MS;
	buf_init(&aws->body, CALL_BODY_MAX);
	for (int state = 0; state < CALL_STATES; state++)
		TAILQ_INIT(&aws->calls[state]);
	return aws;
}

void
aws_free(struct aws *aws)
{
	if (aws == NULL)
		return;
	for (int state = 0; state < CALL_STATES; state++)
		assert(TAILQ_EMPTY(&aws->calls[state]));
	turns_free(aws->turns);
	quotas_free(aws->quotas);
	composer_free(aws->composer);
	tally_free(&aws->tallies);
	arena_free(aws->arena);
	buf_wipe(&aws->body);
	aws_endpoint_options_done(&aws->options.endpoints);
	free(aws);
}

bool
aws_is_overridden(const struct aws *aws, enum aws_service service)
{
	const struct aws_endpoint_options *o = &aws->options.endpoints;

	return o->url[service] != NULL || o->url_all != NULL;
}

struct loop *
aws_loop(struct aws *aws)
{
	return aws->loop;
}

struct http *
aws_http(struct aws *aws)
{
	return aws->http;
}

int64_t
aws_wall_ms(const struct aws *aws)
{
	return loop_wall_ms(aws->loop) + aws->offset_ms;
}

const struct aws_counters *
aws_counters(const struct aws *aws)
{
	return &aws->counters;
}

const struct tally *
aws_tallies(const struct aws *aws)
{
	return aws->tallies;
}

double
aws_quota_peak(const struct aws *aws, enum aws_quota which)
{
	return quotas_peak(aws->quotas, which, loop_mono_ms(aws->loop));
}

int64_t
aws_duration_within_ms(unsigned row)
{
	static const int64_t within_ms[AWS_DURATIONS] = {
		50, 100, 250, 500, 1000, 2500, 5000, 10000, INT64_MAX,
	};

	assert(row < AWS_DURATIONS);
	return within_ms[row];
}

/* ---- states ---- */

static const struct call_state_row {
	bool	is_waiting, is_in_flight;
} call_states[CALL_STATES] = {
	[CALL_TOKENS]  = { .is_waiting = true },
	[CALL_PLACE]   = { .is_waiting = true },
	[CALL_FLIGHT]  = { .is_in_flight = true },
	[CALL_BACKOFF] = { .is_waiting = true },
};

/* Alone writes the state. 0 on either side: a call that begins or is gone. */
static void
call_set_state(struct aws_call *c, enum call_state state)
{
	struct aws_counters *n = &c->aws->counters;

	if (c->state != 0)
		TAILQ_REMOVE(&c->aws->calls[c->state], c, in_state);
	n->waiting = n->waiting + call_states[state].is_waiting - call_states[c->state].is_waiting;
	n->in_flight =
	    n->in_flight + call_states[state].is_in_flight - call_states[c->state].is_in_flight;
	c->state = state;
	if (state != 0)
		TAILQ_INSERT_TAIL(&c->aws->calls[state], c, in_state);
}

static int64_t
call_now(const struct aws_call *c)
{
	return loop_mono_ms(c->aws->loop);
}

static int64_t
call_left_ms(const struct aws_call *c)
{
	return c->due_mono_ms - call_now(c);
}

/* Lets go of all that it holds or waits for; the call itself stays. */
static void
call_release(struct aws_call *c)
{
	loop_timer_stop(&c->timer);
	if (c->http != NULL)
		http_cancel(c->http);
	c->http = NULL;
	turns_leave(c->aws->turns, &c->turn);
	quota_drop(c->aws->quotas, c->limit, call_now(c));
	quota_drop(c->aws->quotas, c->retries, call_now(c));
	aws_credentials_drop(c->request.credentials);
}

/* The texts may hold a web identity token. */
static void
call_free(struct aws_call *c)
{
	call_set_state(c, 0);
	explicit_bzero(c, c->size);
	free(c);
}

/* `reply` is that of the last attempt, or NULL. */
static void
call_end(struct aws_call *c, const struct aws_reply *reply)
{
	bool has_failed = c->err.kind != ERR_NONE;

	c->aws->counters.failures[c->request.op] += has_failed;
	call_set_state(c, CALL_ENDED);
	call_release(c);
	c->done(c->arg, reply, has_failed ? &c->err : NULL);
	call_free(c);
}

/* ---- the way: token, place, flight, and perhaps again ---- */

static void	call_fill_places(struct aws *);
static void	call_fly(struct aws_call *);
static void	call_on_answer(void *, const struct http_reply *, const struct err *);

/* The last error tells more than that the time was over. */
static void
call_note_timeout(struct aws_call *c, const char *waiting_for)
{
	if (c->err.kind == ERR_NONE)
		err_set(&c->err, ERR_TIMEOUT, "no %s within the %" PRId64 " s of a call", waiting_for,
		    c->aws->options.deadline_ms / 1000);
}

/* What waits on AWS's side has a place of its own: many queues must not keep others from asking. */
static void
call_want_place(struct aws_call *c)
{
	call_set_state(c, CALL_PLACE);
	if (aws_op_row(c->request.op)->is_long_poll) {
		call_fly(c);
		return;
	}
	turns_wait(c->aws->turns, &c->turn, c->request.account);
	loop_timer_set(&c->timer, call_left_ms(c));
	call_fill_places(c->aws);
}

/* A wait that is longer than the call may last is not begun, but ends in a turn of its own. */
static void
call_want_token(struct aws_call *c)
{
	int64_t wait_ms = quota_take(c->limit, call_now(c));

	call_set_state(c, CALL_TOKENS);
	if (wait_ms == 0) {
		call_want_place(c);
	} else if (wait_ms < call_left_ms(c)) {
		loop_timer_set(&c->timer, wait_ms);
	} else {
		quota_return(c->limit);
		call_note_timeout(c, "token of the rate limit");
		c->is_over = true;
		loop_timer_set(&c->timer, 0);
	}
}

static void
call_on_timer(void *arg)
{
	struct aws_call *c = arg;

	if (c->is_over) {
		call_end(c, NULL);
	} else if (c->state == CALL_TOKENS) {
		call_want_place(c);
	} else if (c->state == CALL_BACKOFF) {
		call_want_token(c);
	} else {
		assert(c->state == CALL_PLACE);
		quota_return(c->limit);
		call_note_timeout(c, "place among the calls in flight");
		call_end(c, NULL);
	}
}

/* Each attempt is signed anew, for the time at which it is sent. */
static void
call_fly(struct aws_call *c)
{
	struct aws *aws = c->aws;
	const struct aws_op_row *row = aws_op_row(c->request.op);
	int64_t left_ms = call_left_ms(c);
	struct question question = {
		.op = c->request.op,
		.credentials = c->request.credentials,
		.bucket = c->request.bucket,
		.query = c->request.query,
		.bucket_owner = c->request.bucket_owner,
		.body = c->request.body,
		.body_len = c->body_len,
		.payload_hash = c->payload_hash,
	};
	struct http_request request;
	struct err err;
	int found;

	loop_timer_stop(&c->timer);
	call_set_state(c, CALL_FLIGHT);
	c->attempts++;
	c->offset_ms = aws->offset_ms;
	aws->counters.calls[c->request.op]++;
	tally_add(&aws->tallies, c->request.account);
	if (c->request.role_account != NULL)
		tally_add(&aws->tallies, c->request.role_account);
	found = aws_endpoint_find(&aws->options.endpoints, row->service, c->request.region,
	    c->request.bucket, &aws->endpoint, &err);
	assert(found == 0);	/* it was when the call began */
	question_write(aws->composer, &question, &aws->endpoint, aws_wall_ms(aws), &request);
	request.timeout_ms = row->attempt_ms > 0 ? row->attempt_ms : aws->options.attempt_timeout_ms;
	if (request.timeout_ms > left_ms)
		request.timeout_ms = left_ms;
	if (request.timeout_ms < 1)	/* a place came free at its deadline; 0 would mean a default */
		request.timeout_ms = 1;
	request.max_body_bytes = row->max_body_bytes;
	request.is_long_poll = row->is_long_poll;
	c->http = http_send(aws->http, &request, call_on_answer, c);
	question_done(aws->composer);
}

static void
call_fill_places(struct aws *aws)
{
	struct turn *turn;

	while ((turn = turns_next(aws->turns)) != NULL)
		call_fly((struct aws_call *)((char *)turn - offsetof(struct aws_call, turn)));
}

/* ---- after an attempt ---- */

static void
call_count_outcome(struct aws_call *c, const struct http_reply *http)
{
	struct aws_counters *n = &c->aws->counters;
	struct aws_durations *d = &n->durations[c->request.op];
	unsigned row = 0;

	n->outcomes[c->request.op][c->err.kind]++;
	if (http == NULL)
		return;
	while (http->duration_ms > aws_duration_within_ms(row))
		row++;
	d->count[row]++;
	d->sum_ms += http->duration_ms > 0 ? (uint64_t)http->duration_ms : 0;
}

/* Any answer but a refusal for haste says that the rate is right. */
static void
call_learn_rate(struct aws_call *c, bool has_answer)
{
	if (c->err.kind == ERR_THROTTLED) {
		c->aws->counters.throttles[c->request.op]++;
		quota_throttled(c->limit, call_now(c));
	} else if (has_answer && c->err.kind != ERR_SERVER) {
		quota_succeeded(c->limit);
	}
	if (c->err.kind == ERR_NONE)
		quota_refund_retry(c->retries, c->retry_cost > 0 ? c->retry_cost : 1);
}

static void
call_set_clock(struct aws *aws, int64_t offset_ms)
{
	int64_t change_ms = offset_ms - aws->offset_ms;
	char by[32];

	if (change_ms > -CALL_SKEW_LEAST_MS && change_ms < CALL_SKEW_LEAST_MS)
		return;
	if (offset_ms >= CALL_SKEW_DOUBT_MS || offset_ms <= -CALL_SKEW_DOUBT_MS)
		log_warning(NULL, "AWS's clock is %s %s ours: signing by AWS's",
		    duration_describe(offset_ms < 0 ? -offset_ms : offset_ms, by, sizeof(by)),
		    offset_ms > 0 ? "ahead of" : "behind");
	aws->offset_ms = offset_ms;
}

/* Good answers tell AWS's time, too; one a minute is enough. */
static void
call_refresh_clock(struct aws_call *c, const struct http_reply *reply)
{
	struct aws *aws = c->aws;
	int64_t offset_ms;

	if (call_now(c) - aws->offset_mono_ms < CALL_SKEW_REFRESH_MS ||
	    !answer_clock_offset(reply, &offset_ms))
		return;
	aws->offset_mono_ms = call_now(c);
	call_set_clock(aws, offset_ms);
}

/*
 * Whether the clock was behind this refusal and has been set: once in a call. Certain codes are
 * believed as soon as there is a difference at all, doubtful ones when it is large. With the right
 * time RequestExpired can only mean the session.
 */
static bool
call_mend_clock(struct aws_call *c, const struct http_reply *reply)
{
	enum aws_clock_doubt doubt = aws_error_clock_doubt(c->err.code);
	int64_t least_ms = doubt == AWS_CLOCK_WRONG ? CALL_SKEW_LEAST_MS : CALL_SKEW_DOUBT_MS;
	int64_t offset_ms, wrong_ms;

	if (doubt == AWS_CLOCK_FINE || c->has_reset_clock || !answer_clock_offset(reply, &offset_ms))
		return false;
	wrong_ms = offset_ms - c->offset_ms;
	if (wrong_ms > -least_ms && wrong_ms < least_ms) {
		if (strcmp(c->err.code, "RequestExpired") == 0)
			c->err.kind = ERR_EXPIRED;
		return false;
	}
	c->has_reset_clock = true;
	call_set_clock(c->aws, offset_ms);
	return true;
}

/* Full jitter: anything from none to all of a pause that doubles with every attempt. */
static int64_t
call_backoff_ms(const struct aws_call *c)
{
	int64_t most_ms = CALL_BACKOFF_MS;
	uint32_t random;

	for (unsigned i = 1; i < c->attempts && most_ms < CALL_BACKOFF_MAX_MS; i++)
		most_ms *= 2;
	if (most_ms > CALL_BACKOFF_MAX_MS)
		most_ms = CALL_BACKOFF_MAX_MS;
	crypto_random(&random, sizeof(random));
	return (int64_t)((uint64_t)random * (uint64_t)most_ms >> 32);
}

/* A success that cannot be read is like one that was cut on its way; an odd refusal is not. */
static bool
call_is_transient(const struct aws_call *c, const struct http_reply *reply)
{
	return err_is_transient(c->err.kind) ||
	    (c->err.kind == ERR_MALFORMED && (reply == NULL || reply->status / 100 == 2));
}

static bool
call_may_retry(struct aws_call *c, const struct http_reply *reply)
{
	int cost = c->err.kind == ERR_TIMEOUT ? QUOTA_TIMEOUT_COST : QUOTA_RETRY_COST;

	if (!call_is_transient(c, reply) || c->attempts >= c->aws->options.max_attempts ||
	    !quota_take_retry(c->retries, cost))
		return false;
	c->retry_cost = cost;
	return true;
}

/* Pauses before the next attempt; false when there is none. */
static bool
call_retry(struct aws_call *c, const struct http_reply *reply)
{
	int64_t wait_ms = 0;

	if (reply == NULL || !call_mend_clock(c, reply)) {
		if (!call_may_retry(c, reply))
			return false;
		wait_ms = call_backoff_ms(c);
		if (reply != NULL)
			wait_ms = answer_retry_wait(reply, wait_ms, wait_ms + CALL_RETRY_AFTER_MS);
	}
	if (wait_ms >= call_left_ms(c))
		return false;
	c->aws->counters.retries++;
	call_set_state(c, CALL_BACKOFF);
	loop_timer_set(&c->timer, wait_ms);
	return true;
}

/* STS's answers are keys: nothing of them stays in memory. */
static void
call_forget_answer(struct aws *aws, enum aws_op op)
{
	if (aws_op_row(op)->service != AWS_STS)
		return;
	arena_wipe(aws->arena);
	aws->arena = arena_new();
}

static void
call_on_answer(void *arg, const struct http_reply *http, const struct err *err)
{
	struct aws_call *c = arg;
	struct aws *aws = c->aws;
	struct aws_reply reply = { .op = c->request.op };

	c->http = NULL;
	turns_leave(aws->turns, &c->turn);
	err_clear(&c->err);
	arena_reset(aws->arena);
	if (http == NULL)
		c->err = *err;
	else
		answer_read(c->request.op, http, aws->arena, &reply, &c->err);
	call_count_outcome(c, http);
	call_learn_rate(c, http != NULL);
	if (c->err.kind == ERR_NONE)
		call_refresh_clock(c, http);
	if (c->err.kind == ERR_NONE || !call_retry(c, http)) {
		reply.received_wall_ms += aws->offset_ms;
		call_end(c, http != NULL ? &reply : NULL);
	}
	call_forget_answer(aws, reply.op);
	call_fill_places(aws);
}

/* ---- start and cancel ---- */

/* Copies a text behind the struct. */
static const char *
call_keep(char **at, const char *text)
{
	char *copy = *at;

	if (text == NULL)
		return NULL;
	*at = stpcpy(copy, text) + 1;
	return copy;
}

static size_t
call_size(const char *text)
{
	return text ? strlen(text) + 1 : 0;
}

static struct aws_call *
call_new(struct aws *aws, const struct aws_request *given)
{
	size_t size = sizeof(struct aws_call) + call_size(given->account) + call_size(given->role_account) +
	    call_size(given->region) + call_size(given->bucket) + call_size(given->query) + call_size(given->bucket_owner) +
	    aws->body.len + 1;
	struct aws_call *c = mem_alloc(1, size);
	unsigned char hash[CRYPTO_SHA256_BYTES];
	char *at = c->texts;

	c->aws = aws;
	c->size = size;
	c->request = *given;
	c->request.account = call_keep(&at, given->account);
	c->request.role_account = call_keep(&at, given->role_account);
	c->request.region = call_keep(&at, given->region);
	c->request.bucket = call_keep(&at, given->bucket);
	c->request.query = call_keep(&at, given->query);
	c->request.bucket_owner = call_keep(&at, given->bucket_owner);
	c->request.body = call_keep(&at, buf_text(&aws->body));
	c->body_len = aws->body.len;
	crypto_sha256(c->request.body, c->body_len, hash);
	crypto_hex(hash, sizeof(hash), c->payload_hash);
	if (given->credentials != NULL)
		aws_credentials_hold(given->credentials);
	loop_timer_init(&c->timer, aws->loop, call_on_timer, c);
	c->due_mono_ms = loop_mono_ms(aws->loop) + aws->options.deadline_ms;
	return c;
}

/* Its limits: those of the region that really answers. -1 when there is nowhere to send it. */
static int
call_find_limits(struct aws_call *c)
{
	struct aws *aws = c->aws;
	const struct aws_op_row *row = aws_op_row(c->request.op);

	if (aws->body.overflowed)
		return err_set(&c->err, ERR_TOO_LARGE, "a question of more than %zu bytes",
		    CALL_BODY_MAX);
	if (aws_endpoint_find(&aws->options.endpoints, row->service, c->request.region,
	    c->request.bucket, &aws->endpoint, &c->err) < 0)
		return -1;
	c->limit = quota_hold(aws->quotas, c->request.account, aws->endpoint.signing_region,
	    row->quota, call_now(c));
	c->retries = quota_hold(aws->quotas, c->request.account, aws->endpoint.signing_region,
	    AWS_QUOTAS, call_now(c));
	return 0;
}

struct aws_call *
aws_call_start(struct aws *aws, const struct aws_request *request, aws_done_fn done, void *arg)
{
	const struct aws_op_row *row = aws_op_row(request->op);
	struct aws_call *c;

	assert((request->credentials == NULL) == row->is_unsigned);
	assert((request->bucket != NULL) == (row->service == AWS_S3));
	buf_reset(&aws->body);
	question_add_body(request->op, request->body, &aws->body);
	c = call_new(aws, request);
	c->done = done;
	c->arg = arg;
	if (call_find_limits(c) < 0) {
		c->is_over = true;
		call_set_state(c, CALL_TOKENS);
		loop_timer_set(&c->timer, 0);
	} else {
		call_want_token(c);
	}
	return c;
}

void
aws_call_cancel(struct aws_call *c)
{
	struct aws *aws = c->aws;

	assert(c->state != CALL_ENDED);
	if (!c->is_over && (c->state == CALL_TOKENS || c->state == CALL_PLACE))
		quota_return(c->limit);
	call_set_state(c, CALL_ENDED);
	call_release(c);
	call_free(c);
	call_fill_places(aws);
}
