/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Queues on a virtual clock, against an SQS of this test: messages come again until they are
 * deleted, deleting fails in parts, and none is deleted before it was kept.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/stamp.h"
#include "sim/fake_aws.h"
#include "sim/sim.h"
#include "sweep/queues.h"
#include "wire/json.h"
#include "wire/json_write.h"

#define SECOND_MS	INT64_C(1000)
#define MINUTE_MS	(60 * SECOND_MS)
#define HIDDEN_MS	(30 * SECOND_MS)	/* SQS's default visibility timeout */
#define POLL_MS		(20 * SECOND_MS)
#define MESSAGES	64
#define LOTS		64
#define URL		"https://sqs.us-east-1.amazonaws.com/111122223333/trailseal"
#define OTHER_URL	"https://sqs.eu-west-1.amazonaws.com/444455556666/other"

struct message {
	const char	*body;
	int64_t		 visible_mono_ms;
	unsigned	 receives;
	bool		 is_gone;
	bool		 is_kept;	/* by whom it was handed to */
};

struct scene {
	struct loop		*loop;
	struct fake_aws		*fake;
	struct http		*http;
	struct aws		*aws;
	struct creds		*creds;
	struct world		*world;
	struct sweep		*sweep;
	struct sweep_queue	 queues[2];
	size_t			 queue_count;
	struct loop_timer	 until;
	struct message		 message[MESSAGES];
	size_t			 messages;
	struct buf		 body;
	struct arena		*arena;
	unsigned		 receives, deletes;	/* calls */
	int64_t			 received_mono_ms[512];
	bool			 tells_no_count;	/* of receives */
	int			 refuse_receives, refuse_deletes;	/* calls left that are refused */
	int			 fail_entries;		/* of deletes, left */
	bool			 fails_for_good;	/* these are the sender's fault */
	bool			 holds;		/* what is taken is kept later */
	struct queue_lot	*held[LOTS];
	size_t			 held_count;
	unsigned		 events, poisons;	/* that were taken */
	char			 order[256];		/* of the events of the last receive */
	char			 why[128];
};

/* ---- SQS ---- */

static const char *
header(const struct http_request *request, const char *name)
{
	for (size_t i = 0; i < request->header_count; i++)
		if (strncasecmp(request->headers[i], name, strlen(name)) == 0)
			return request->headers[i];
	return "";
}

static void
write_message(struct scene *s, struct json_writer *w, size_t number)
{
	const struct message *m = &s->message[number];
	char text[64];

	json_write_object(w);
	snprintf(text, sizeof(text), "m-%zu", number);
	json_write_member(w, "MessageId", text);
	snprintf(text, sizeof(text), "%zu.%u", number, m->receives);
	json_write_member(w, "ReceiptHandle", text);
	json_write_member(w, "Body", m->body);
	if (!s->tells_no_count) {
		json_write_key(w, "Attributes");
		json_write_object(w);
		snprintf(text, sizeof(text), "%u", m->receives);
		json_write_member(w, "ApproximateReceiveCount", text);
		json_write_end_object(w);
	}
	json_write_end_object(w);
}

static void
expect_question(const struct json *q)
{
	int64_t n = 0;
	struct err err;

	assert_int_equal(json_get_i64(q, "WaitTimeSeconds", &n, &err), 0);
	assert_int_equal(n, 20);
	assert_int_equal(json_get_i64(q, "MaxNumberOfMessages", &n, &err), 0);
	assert_int_equal(n, 10);
	assert_true(json_is(json_member(q, "MessageSystemAttributeNames")->child,
	    "ApproximateReceiveCount"));
	assert_true(json_is(json_member(q, "AttributeNames")->child, "ApproximateReceiveCount"));
}

/* With nothing to give it waits as long as it may; what comes meanwhile is for the next one. */
static void
receive(struct scene *s, const struct json *q, int64_t *ret_delay_ms)
{
	struct json_writer *w = json_writer_new(&s->body, false);
	int64_t now = loop_mono_ms(s->loop);
	unsigned count = 0;

	expect_question(q);
	s->received_mono_ms[s->receives++ % 512] = now;
	json_write_object(w);
	for (size_t i = 0; i < s->messages && count < 10; i++) {
		struct message *m = &s->message[i];

		if (m->is_gone || m->visible_mono_ms > now)
			continue;
		if (count++ == 0) {
			json_write_key(w, "Messages");
			json_write_array(w);
		}
		m->receives++;
		m->visible_mono_ms = now + HIDDEN_MS;
		write_message(s, w, i);
	}
	if (count > 0)
		json_write_end_array(w);
	else
		*ret_delay_ms = POLL_MS;
	json_write_end_object(w);
	json_writer_free(w);
}

static void
write_entry(struct scene *s, struct json_writer *w, const struct json *entry, bool good)
{
	bool fails = s->fail_entries > 0;

	if (good == fails)
		return;
	json_write_object(w);
	json_write_member(w, "Id", json_member(entry, "Id")->text);
	if (!good) {
		json_write_member_bool(w, "SenderFault", s->fails_for_good);
		json_write_member(w, "Code", "InternalError");
		s->fail_entries--;
	} else {
		struct message *m = &s->message[atoi(json_member(entry, "ReceiptHandle")->text)];

		assert_true(m->is_kept);	/* never before */
		m->is_gone = true;
	}
	json_write_end_object(w);
}

/* The first entries fail, as many as are to. */
static void
delete(struct scene *s, const struct json *q)
{
	struct json_writer *w = json_writer_new(&s->body, false);
	const struct json *entries = json_member(q, "Entries");
	unsigned skip = s->fail_entries > 0 ? (unsigned)s->fail_entries : 0, i = 0;

	s->deletes++;
	assert_in_range(entries->count, 1, 10);
	json_write_object(w);
	json_write_key(w, "Failed");
	json_write_array(w);
	json_foreach(entry, entries)
		write_entry(s, w, entry, false);
	json_write_end_array(w);
	json_write_key(w, "Successful");
	json_write_array(w);
	json_foreach(entry, entries)
		if (i++ >= skip)
			write_entry(s, w, entry, true);
	json_write_end_array(w);
	json_write_end_object(w);
	json_writer_free(w);
}

static bool
take_one(int *left)
{
	if (*left == 0)
		return false;
	--*left;
	return true;
}

static int
answer(void *arg, const struct http_request *request, struct http_reply *reply,
    int64_t *ret_delay_ms, struct err *err)
{
	const char *target = header(request, "x-amz-target");
	bool receives = strstr(target, "AmazonSQS.ReceiveMessage") != NULL;
	const struct json *q;
	struct scene *s = arg;

	if (strstr(target, "AmazonSQS.") == NULL)
		return fake_aws_answer(s->fake, request, reply, ret_delay_ms, err);
	*ret_delay_ms = 10;
	*reply = (struct http_reply){ .status = 200, .headers = "" };
	buf_reset(&s->body);
	arena_reset(s->arena);
	assert_int_equal(json_parse(s->arena, request->body, request->body_len, &q, err), 0);
	if (json_is(json_member(q, "QueueUrl"), URL) &&
	    take_one(receives ? &s->refuse_receives : &s->refuse_deletes)) {
		if (receives)
			s->received_mono_ms[s->receives++ % 512] = loop_mono_ms(s->loop);
		reply->status = 400;
		buf_adds(&s->body, "{\"__type\":\"com.amazonaws.sqs#QueueDoesNotExist\",\"message\":\"no\"}");
	} else if (!json_is(json_member(q, "QueueUrl"), URL)) {
		buf_adds(&s->body, "{}");
		*ret_delay_ms = POLL_MS;
	} else if (receives) {
		receive(s, q, ret_delay_ms);
	} else {
		delete(s, q);
	}
	reply->body = buf_text(&s->body);
	reply->body_len = s->body.len;
	return 0;
}

/* ---- who takes it ---- */

/* Everything that is hidden now was handed over. */
static void
keep(struct scene *s, struct queue_lot *lot)
{
	for (size_t i = 0; i < s->messages; i++)
		s->message[i].is_kept = s->message[i].is_kept || s->message[i].receives > 0;
	queues_kept(lot);
}

static void
hold_or_keep(struct scene *s, struct queue_lot *lot)
{
	assert_true(s->held_count < LOTS);
	if (s->holds)
		s->held[s->held_count++] = lot;
	else
		keep(s, lot);
}

static void
take(void *arg, const struct event *events, size_t count, struct queue_lot *lot)
{
	struct scene *s = arg;

	s->order[0] = '\0';
	for (size_t i = 0; i < count; i++) {
		assert_true(i == 0 || events[i].wall_ms <= events[i - 1].wall_ms);
		strncat(s->order, events[i].id, sizeof(s->order) - strlen(s->order) - 1);
	}
	s->events += (unsigned)count;
	hold_or_keep(s, lot);
}

static void
set_aside(void *arg, const struct sweep_queue *queue, const struct queue_poison *poison,
    size_t count, struct queue_lot *lot)
{
	struct scene *s = arg;

	assert_string_equal(queue->url, URL);
	s->poisons += (unsigned)count;
	snprintf(s->why, sizeof(s->why), "%s after %u: %s", poison[0].id, poison[0].receives,
	    poison[0].why);
	hold_or_keep(s, lot);
}

static void
on_answered(void *arg)
{
	(void)arg;
}

static void
on_until(void *arg)
{
	loop_stop(((struct scene *)arg)->loop);
}

static void
run(struct scene *s, int64_t ms)
{
	loop_timer_set(&s->until, ms);
	loop_run(s->loop);
}

static void
start(struct scene *s)
{
	struct sweep_scope scope = { .has_organization = true, .role = "trailseal",
	    .queues = s->queues, .queue_count = s->queue_count };
	struct aws_options options = { .max_in_flight = 8 };
	struct creds_options creds_options = { .session_name = NULL };
	struct sweep_intervals intervals;

	sweep_intervals_init(&intervals);
	s->http = http_new_stub(s->loop, answer, s);
	s->aws = aws_new(s->loop, s->http, &options);
	s->creds = creds_new(s->aws, &creds_options);
	s->world = world_new();
	s->sweep = sweep_new(s->aws, s->creds, s->world, &scope);
	sweep_watch(s->sweep, &intervals, on_answered, s);
	queues_watch(s->sweep, &(struct queues_settings){
		.take = take, .set_aside = set_aside, .arg = s });
}

static void
stop(struct scene *s)
{
	sweep_free(s->sweep);
	world_free(s->world);
	creds_free(s->creds);
	aws_free(s->aws);
	http_free(s->http);
	s->held_count = 0;
}

static void
scene_init(struct scene *s)
{
	char path[4096];

	setenv("AWS_ACCESS_KEY_ID", "AKIA111122223333", 1);
	setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", 1);
	setenv("AWS_REGION", "us-east-1", 1);
	setenv("AWS_CONFIG_FILE", "/dev/null", 1);
	setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null", 1);
	*s = (struct scene){ .loop = loop_new_virtual(SIM_NOW_MS), .queue_count = 1 };
	s->queues[0] = (struct sweep_queue){ .url = URL, .account = "111122223333",
	    .region = "us-east-1", .poison_receives = 3 };
	s->queues[1] = (struct sweep_queue){ .url = OTHER_URL, .account = "444455556666",
	    .region = "eu-west-1", .poison_receives = 3,
	    .role_arn = "arn:aws:iam::444455556666:role/trailseal" };
	snprintf(path, sizeof(path), "%s/tests/sim/cases/organization.jsonl",
	    getenv("top_srcdir") ? getenv("top_srcdir") : ".");
	s->fake = fake_aws_new(path);
	fake_aws_set_loop(s->fake, s->loop);
	loop_timer_init(&s->until, s->loop, on_until, s);
	buf_init(&s->body, 16 * 1024 * 1024);
	s->arena = arena_new();
}

static void
scene_done(struct scene *s)
{
	stop(s);
	loop_timer_stop(&s->until);
	fake_aws_free(s->fake);
	buf_done(&s->body);
	arena_free(s->arena);
	loop_free(s->loop);
}

static struct message *
send(struct scene *s, const char *body)
{
	struct message *m = &s->message[s->messages++];

	assert_true(s->messages <= MESSAGES);
	*m = (struct message){ .body = body };
	return m;
}

/* An envelope of EventBridge around a record with this id and second. */
static const char *
envelope(struct scene *s, char id, int second)
{
	static char text[MESSAGES][400];

	snprintf(text[s->messages], sizeof(text[0]), "{\"version\":\"0\",\"detail-type\":"
	    "\"AWS API Call via CloudTrail\",\"source\":\"aws.kms\",\"detail\":{\"eventID\":\"%c\","
	    "\"eventTime\":\"2026-01-02T03:04:%02dZ\",\"eventSource\":\"kms.amazonaws.com\","
	    "\"eventName\":\"DisableKey\"}}", id, second);
	return text[s->messages];
}

static void
on_status(void *arg, const struct queue_status *status)
{
	struct queue_status *ret = arg;

	if (strcmp(status->queue->url, URL) == 0)
		*ret = *status;
}

static struct queue_status
status(const struct scene *s)
{
	struct queue_status ret = { .queue = NULL };

	queues_each(s->sweep, on_status, &ret);
	assert_non_null(ret.queue);
	return ret;
}

static unsigned
count_left(const struct scene *s)
{
	unsigned n = 0;

	for (size_t i = 0; i < s->messages; i++)
		n += !s->message[i].is_gone;
	return n;
}

/* ---- the cases ---- */

static void
test_messages_come_and_go(void **state)
{
	struct queue_status st;
	struct scene s;

	(void)state;
	scene_init(&s);
	start(&s);
	send(&s, envelope(&s, 'b', 2));
	send(&s, envelope(&s, 'c', 3));
	send(&s, envelope(&s, 'a', 1));
	run(&s, MINUTE_MS);
	assert_int_equal(s.events, 3);
	assert_string_equal(s.order, "cba");	/* newest first, as LookupEvents has them */
	assert_int_equal(s.deletes, 1);
	assert_int_equal(count_left(&s), 0);
	st = status(&s);
	assert_int_equal(st.received, 3);
	assert_int_equal(st.deleted, 3);
	assert_int_equal(st.malformed + st.undeleted + st.failures, 0);
	assert_true(st.good_wall_ms > SIM_NOW_MS);
	scene_done(&s);
}

/* A queue is asked at once when it gave something, and waits on SQS's side when it is empty. */
static void
test_rhythm(void **state)
{
	struct scene s;
	unsigned before;

	(void)state;
	scene_init(&s);
	for (int i = 0; i < 35; i++)
		send(&s, envelope(&s, 'x', 1));
	start(&s);
	run(&s, 5 * MINUTE_MS);
	assert_int_equal(count_left(&s), 0);
	assert_int_equal(s.deletes, 4);
	assert_true(s.received_mono_ms[3] - s.received_mono_ms[0] < 200);
	before = s.receives;
	run(&s, 10 * POLL_MS);
	assert_in_range(s.receives - before, 9, 11);
	scene_done(&s);
}

/* Before anybody can say what an event is about, it stays in the queue. */
static void
test_accounts_come_first(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s);
	fake_aws_fail(s.fake, FAKE_FAULT_TIMEOUT, 1, 0);
	send(&s, envelope(&s, 'a', 1));
	start(&s);
	run(&s, MINUTE_MS);
	assert_int_equal(s.receives, 0);
	fake_aws_reset(s.fake);
	run(&s, 120 * MINUTE_MS);
	assert_int_equal(s.events, 1);
	scene_done(&s);
}

/* Nothing is deleted before it is kept; other messages are received meanwhile, up to a bound. */
static void
test_held(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s);
	s.holds = true;
	send(&s, envelope(&s, 'a', 1));
	start(&s);
	run(&s, 20 * SECOND_MS);
	assert_int_equal(s.held_count, 1);
	send(&s, envelope(&s, 'b', 2));
	run(&s, 21 * SECOND_MS);
	assert_int_equal(s.held_count >= 2, true);
	run(&s, 30 * MINUTE_MS);	/* hidden for 30 s: they come again and again */
	assert_int_equal(s.held_count, 8);
	assert_int_equal(s.deletes, 0);
	assert_int_equal(count_left(&s), 2);
	s.holds = false;
	for (size_t i = 0; i < 8; i++)
		keep(&s, s.held[i]);
	run(&s, 2 * MINUTE_MS);
	assert_int_equal(count_left(&s), 0);
	scene_done(&s);
}

/* Kept and killed before they could be deleted: they come again, and are handed over again. */
static void
test_redelivery(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s);
	send(&s, envelope(&s, 'a', 1));
	s.refuse_deletes = 1;
	s.holds = true;
	start(&s);
	run(&s, 20 * SECOND_MS);
	assert_int_equal(s.events, 1);
	stop(&s);	/* with the lot in hand, as a restart or a reload does */
	s.holds = false;
	s.refuse_deletes = 0;
	start(&s);
	run(&s, 2 * MINUTE_MS);
	assert_int_equal(s.events, 2);
	assert_int_equal(s.message[0].receives, 2);
	assert_int_equal(count_left(&s), 0);
	scene_done(&s);
}

/* What cannot be stored stays in the queue, and comes again until it can. */
static void
test_left(void **state)
{
	struct scene s;
	size_t left = 0;

	(void)state;
	scene_init(&s);
	s.holds = true;
	send(&s, envelope(&s, 'a', 1));
	start(&s);
	for (; left < 20; left++) {
		while (s.held_count <= left)
			run(&s, 20 * SECOND_MS);
		queues_left(s.held[left]);
	}
	run(&s, SECOND_MS);
	assert_int_equal(s.deletes, 0);
	assert_int_equal(count_left(&s), 1);
	s.holds = false;
	run(&s, 2 * MINUTE_MS);
	assert_int_equal(count_left(&s), 0);
	assert_int_equal(s.events, left + 1);
	scene_done(&s);
}

/* Some of a batch cannot be deleted: only these are tried again. */
static void
test_partial_failure(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s);
	for (int i = 0; i < 5; i++)
		send(&s, envelope(&s, 'x', i));
	s.fail_entries = 2;
	start(&s);
	run(&s, 25 * SECOND_MS);
	assert_int_equal(s.deletes, 2);
	assert_int_equal(count_left(&s), 0);
	assert_int_equal(status(&s).deleted, 5);
	assert_int_equal(s.events, 5);

	/* The whole call, and for long: given up, and it comes again when it is visible. */
	s.deletes = 0;
	s.refuse_deletes = 4;
	send(&s, envelope(&s, 'y', 1));
	run(&s, 2 * MINUTE_MS);
	assert_int_equal(count_left(&s), 0);
	assert_int_equal(s.deletes, 1);
	assert_int_equal(s.message[5].receives, 2);
	assert_int_equal(status(&s).undeleted, 1);

	/* What can never succeed is not tried again. */
	s.deletes = 0;
	s.fails_for_good = true;
	s.fail_entries = 1;
	send(&s, envelope(&s, 'z', 1));
	run(&s, 2 * MINUTE_MS);
	assert_int_equal(s.deletes, 2);
	assert_int_equal(s.message[6].receives, 2);
	assert_int_equal(status(&s).undeleted, 2);
	scene_done(&s);
}

/* What is no event goes back until it was received three times, and holds up nothing. */
static void
test_poison(void **state)
{
	static const char *const bodies[] = {
		"not JSON", "", "{}", "{\"detail-type\":\"x\"}", "[]", "{\"eventSource\":\"x\"}",
		"{\"Type\":\"SubscriptionConfirmation\",\"TopicArn\":\"x\"}",
		"{\"Type\":\"Notification\",\"TopicArn\":\"x\",\"Message\":\"{\"}",
	};
	struct queue_status st;
	struct scene s;

	(void)state;
	scene_init(&s);
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++)
		send(&s, bodies[i]);
	send(&s, envelope(&s, 'a', 1));
	start(&s);
	run(&s, 20 * SECOND_MS);
	assert_int_equal(s.events, 1);
	assert_int_equal(s.poisons, 0);
	assert_int_equal(count_left(&s), 8);
	run(&s, 5 * MINUTE_MS);
	assert_int_equal(s.poisons, 8);
	assert_int_equal(count_left(&s), 0);
	for (int i = 0; i < 8; i++)
		assert_int_equal(s.message[i].receives, 3);
	assert_non_null(strstr(s.why, "m-0 after 3: no JSON"));
	st = status(&s);
	assert_int_equal(st.malformed, 24);
	assert_int_equal(st.set_aside, 8);

	/* Where it is not told how often, it cannot be waited for. */
	s.tells_no_count = true;
	send(&s, "once more");
	run(&s, 25 * SECOND_MS);
	assert_int_equal(s.poisons, 9);
	assert_int_equal(s.message[9].receives, 1);
	assert_true(s.message[9].is_gone);
	scene_done(&s);
}

/* Pauses grow to five minutes and end with the trouble; other queues do not notice. */
static void
test_failures(void **state)
{
	struct scene s;
	int64_t longest_ms = 0;

	(void)state;
	scene_init(&s);
	s.queue_count = 2;
	s.refuse_receives = 40;
	start(&s);
	run(&s, 60 * MINUTE_MS);
	assert_in_range(s.receives, 15, 25);
	for (unsigned i = 1; i < s.receives; i++)
		if (s.received_mono_ms[i] - s.received_mono_ms[i - 1] > longest_ms)
			longest_ms = s.received_mono_ms[i] - s.received_mono_ms[i - 1];
	assert_in_range(longest_ms, 299000, 301000);
	assert_int_equal(status(&s).good_wall_ms, STAMP_UNKNOWN);
	assert_true(status(&s).failures > 10);
	s.refuse_receives = 0;
	send(&s, envelope(&s, 'a', 1));
	run(&s, 6 * MINUTE_MS);
	assert_int_equal(s.events, 1);
	assert_true(status(&s).good_wall_ms != STAMP_UNKNOWN);
	scene_done(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_messages_come_and_go),
		cmocka_unit_test(test_rhythm),
		cmocka_unit_test(test_accounts_come_first),
		cmocka_unit_test(test_held),
		cmocka_unit_test(test_redelivery),
		cmocka_unit_test(test_left),
		cmocka_unit_test(test_partial_failure),
		cmocka_unit_test(test_poison),
		cmocka_unit_test(test_failures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
