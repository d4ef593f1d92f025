/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The watch over the event history, on a virtual clock: days of events that arrive late, a far side
 * that pages them, and nothing that may be missed.
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
#include "base/mem.h"
#include "base/stamp.h"
#include "sim/fake_aws.h"
#include "sim/sim.h"
#include "sweep/history.h"
#include "wire/json.h"
#include "wire/json_write.h"

#define MINUTE_MS	INT64_C(60000)
#define HOUR_MS		(60 * MINUTE_MS)
#define DAY_MS		(24 * HOUR_MS)
#define ACCOUNT		"111122223333"	/* where the organization's trail, key and bucket live */
#define MEMBER		"444455556666"
#define REGION		"us-east-1"
#define PAGE		50
#define CALLS_MAX	200000

/* Something that was recorded there. */
struct record {
	int64_t		wall_ms, arrives_ms;
	const char	*name;
	bool		is_read;
	unsigned	taken;		/* how often it was on a page */
	int64_t		taken_ms;	/* first */
};

struct scene {
	struct loop		*loop;
	struct fake_aws		*fake;
	struct http		*http;
	struct aws		*aws;
	struct creds		*creds;
	struct world		*world;
	struct sweep		*sweep;
	struct cursors		*cursors;
	struct rules_settings	 rules;
	struct past		 past;
	struct sweep_intervals	 intervals;
	struct loop_timer	 until;
	struct record		*record;
	size_t			 records, cap;
	struct buf		 body;
	int64_t			*calls;		/* when ACCOUNT was asked in REGION */
	size_t			 call_count, by_name, all_calls;
	int			 deny, fail_every;
	int64_t			 slow_ms;	/* all answers to MEMBER but those */
	bool			 holds;		/* pages are not kept */
	struct history_place	*held;
	size_t			 pages;		/* of the place that a trail, a key and a bucket make */
};

/* ---- the far side ---- */

static int
compare_newest(const void *pa, const void *pb)
{
	const struct record *a = *(struct record *const *)pa, *b = *(struct record *const *)pb;

	return a->wall_ms != b->wall_ms ? (a->wall_ms < b->wall_ms) - (a->wall_ms > b->wall_ms) :
	    (a < b) - (a > b);
}

static bool
record_matches(const struct record *r, const char *key, const char *value)
{
	if (strcmp(key, "ReadOnly") == 0)
		return r->is_read == (strcmp(value, "true") == 0);
	if (strcmp(key, "EventName") == 0)
		return strcmp(r->name, value) == 0;
	return false;
}

static void
write_record(struct json_writer *w, size_t number, const struct record *r)
{
	char text[1024], id[48], time[STAMP_ISO_SIZE];

	snprintf(id, sizeof(id), "00000000-0000-4000-8000-%012zu", number);
	snprintf(text, sizeof(text), "{\"eventVersion\":\"1.09\",\"eventID\":\"%s\",\"eventTime\":\"%s\","
	    "\"eventSource\":\"kms.amazonaws.com\",\"eventName\":\"%s\",\"awsRegion\":\"" REGION "\","
	    "\"recipientAccountId\":\"" ACCOUNT "\",\"eventType\":\"AwsApiCall\"}", id,
	    stamp_format_iso(r->wall_ms, time), r->name);
	json_write_object(w);
	json_write_member(w, "EventId", id);
	json_write_member(w, "EventName", r->name);
	json_write_member_i64(w, "EventTime", r->wall_ms / 1000);
	json_write_member(w, "CloudTrailEvent", text);
	json_write_end_object(w);
}

/* The token says where to go on, and of which question. */
static void
write_page(struct scene *s, const struct json *q)
{
	const struct json *attribute = json_member(q, "LookupAttributes")->child;
	const char *key = json_member(attribute, "AttributeKey")->text;
	const char *value = json_member(attribute, "AttributeValue")->text;
	const struct json *token = json_member(q, "NextToken");
	int64_t from = 0, to = 0, now = loop_wall_ms(s->loop);
	struct record **found = mem_alloc(s->records + 1, sizeof(*found));
	struct json_writer *w = json_writer_new(&s->body, false);
	size_t count = 0, begin = 0;
	char next[256], question[200];
	struct err err;

	assert_int_equal(json_get_i64(q, "StartTime", &from, &err), 0);
	assert_int_equal(json_get_i64(q, "EndTime", &to, &err), 0);
	snprintf(question, sizeof(question), "%s=%s/%lld-%lld", key, value, (long long)from,
	    (long long)to);
	if (token != NULL) {
		begin = strtoul(token->text, NULL, 10);
		assert_string_equal(strchr(token->text, ' ') + 1, question);
	}
	s->by_name += strcmp(key, "EventName") == 0;
	for (size_t i = 0; i < s->records; i++) {
		struct record *r = &s->record[i];

		if (r->arrives_ms <= now && r->wall_ms / 1000 >= from && r->wall_ms / 1000 <= to &&
		    record_matches(r, key, value))
			found[count++] = r;
	}
	qsort(found, count, sizeof(*found), compare_newest);
	json_write_object(w);
	json_write_key(w, "Events");
	json_write_array(w);
	for (size_t i = begin; i < count && i < begin + PAGE; i++)
		write_record(w, (size_t)(found[i] - s->record), found[i]);
	json_write_end_array(w);
	if (begin + PAGE < count) {
		snprintf(next, sizeof(next), "%zu %s", begin + PAGE, question);
		json_write_member(w, "NextToken", next);
	}
	json_write_end_object(w);
	json_writer_free(w);
	free(found);
}

static const char *
header(const struct http_request *request, const char *name)
{
	for (size_t i = 0; i < request->header_count; i++)
		if (strncasecmp(request->headers[i], name, strlen(name)) == 0)
			return request->headers[i];
	return "";
}

static int
answer_lookup(struct scene *s, const struct http_request *request, struct http_reply *reply)
{
	struct arena *arena = arena_new();
	const struct json *q;
	struct err err;

	s->all_calls++;
	if (strstr(header(request, "authorization"), ACCOUNT "/") != NULL &&
	    strstr(header(request, "authorization"), "/" REGION "/") != NULL) {
		assert_true(s->call_count < CALLS_MAX);
		s->calls[s->call_count++] = loop_mono_ms(s->loop);
	}
	buf_reset(&s->body);
	*reply = (struct http_reply){ .status = 200, .headers = "", .headers_len = 0 };
	if (s->deny > 0 || (s->fail_every > 0 && s->all_calls % (size_t)s->fail_every == 0)) {
		reply->status = 400;
		buf_adds(&s->body, s->deny > 0 ? "{\"__type\":\"AccessDeniedException\",\"message\":\"no\"}" :
		    "{\"__type\":\"InvalidNextTokenException\",\"message\":\"no\"}");
	} else {
		assert_int_equal(json_parse(arena, request->body, request->body_len, &q, &err), 0);
		write_page(s, q);
	}
	arena_free(arena);
	reply->body = buf_text(&s->body);
	reply->body_len = s->body.len;
	return 0;
}

static int
answer(void *arg, const struct http_request *request, struct http_reply *reply,
    int64_t *ret_delay_ms, struct err *err)
{
	struct scene *s = arg;

	if (strstr(header(request, "x-amz-target"), "LookupEvents") == NULL) {
		int status = fake_aws_answer(s->fake, request, reply, ret_delay_ms, err);

		if (strstr(header(request, "authorization"), MEMBER "/") != NULL)
			*ret_delay_ms += s->slow_ms;
		return status;
	}
	*ret_delay_ms = 30;
	return answer_lookup(s, request, reply);
}

/* ---- our side ---- */

static void
take(void *arg, const struct record_page *page, const struct event_cursor *cursor, bool is_whole,
    struct history_place *place)
{
	struct scene *s = arg;
	bool is_main = strcmp(cursor->account, ACCOUNT) == 0 && cursor->resource[0] == '\0';

	(void)is_whole;
	assert_int_equal(page->lost_count, 0);
	s->pages += is_main;
	for (size_t i = 0; i < page->count; i++) {
		size_t number = strtoul(strrchr(page->events[i].id, '-') + 1, NULL, 10);

		assert_true(number < s->records);
		if (s->record[number].taken++ == 0)
			s->record[number].taken_ms = loop_wall_ms(s->loop);
	}
	if (s->holds && is_main)
		s->held = place;
	else
		history_kept(place);
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

/* A daemon's life: what comes behind is another one, with the cursors of the first. */
static void
start(struct scene *s)
{
	struct sweep_scope scope = { .has_organization = true, .role = "trailseal" };
	struct aws_options options = { .max_in_flight = 8 };
	struct creds_options creds_options = { .session_name = NULL };

	s->http = http_new_stub(s->loop, answer, s);
	s->aws = aws_new(s->loop, s->http, &options);
	s->creds = creds_new(s->aws, &creds_options);
	s->world = world_new();
	s->sweep = sweep_new(s->aws, s->creds, s->world, &scope);
	sweep_watch(s->sweep, &s->intervals, on_answered, s);
	history_watch(s->sweep, &(struct history_settings){
		.rules = &s->rules, .past = &s->past, .cursors = s->cursors, .take = take, .arg = s,
	});
}

static void
stop(struct scene *s)
{
	sweep_free(s->sweep);
	world_free(s->world);
	creds_free(s->creds);
	aws_free(s->aws);
	http_free(s->http);
}

static void
scene_init(struct scene *s)
{
	char path[4096];

	setenv("AWS_ACCESS_KEY_ID", "AKIA111122223333", 1);
	setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", 1);
	setenv("AWS_REGION", REGION, 1);
	setenv("AWS_CONFIG_FILE", "/dev/null", 1);
	setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null", 1);
	*s = (struct scene){ .loop = loop_new_virtual(SIM_NOW_MS) };
	snprintf(path, sizeof(path), "%s/tests/sim/cases/organization.jsonl",
	    getenv("top_srcdir") ? getenv("top_srcdir") : ".");
	s->fake = fake_aws_new(path);
	fake_aws_set_loop(s->fake, s->loop);
	s->cursors = cursors_new();
	rules_settings_init(&s->rules);
	sweep_intervals_init(&s->intervals);
	loop_timer_init(&s->until, s->loop, on_until, s);
	buf_init(&s->body, 16 * 1024 * 1024);
	s->calls = mem_alloc(CALLS_MAX, sizeof(*s->calls));
}

static void
scene_done(struct scene *s)
{
	loop_timer_stop(&s->until);
	cursors_free(s->cursors);
	fake_aws_free(s->fake);
	buf_done(&s->body);
	loop_free(s->loop);
	free(s->record);
	free(s->calls);
}

static struct record *
add(struct scene *s, int64_t wall_ms, int64_t delay_ms, const char *name)
{
	s->record = mem_grow(s->record, s->records, &s->cap, sizeof(*s->record));
	s->record[s->records] = (struct record){
		.wall_ms = wall_ms - wall_ms % 1000, .arrives_ms = wall_ms + delay_ms, .name = name,
	};
	return &s->record[s->records++];
}

/* LookupEvents: 2 a second for an account and region, of which we take half. */
static void
expect_courtesy(const struct scene *s)
{
	for (size_t i = 1; i < s->call_count; i++)
		if (s->calls[i] - s->calls[i - 1] < 900 &&
		    (i < 2 || s->calls[i] - s->calls[i - 2] < 1800))
			fail_msg("call %zu came %lld ms behind the one before", i,
			    (long long)(s->calls[i] - s->calls[i - 1]));
}

static size_t
count_missed(const struct scene *s)
{
	size_t missed = 0;

	for (size_t i = 0; i < s->records; i++)
		missed += s->record[i].taken == 0;
	return missed;
}

/* ---- tests ---- */

/* Each change is read, however late it arrives within the overlap, soon after it did. */
static void
test_late_events(void **state)
{
	static const int64_t delays_ms[] = { 0, 2 * MINUTE_MS, 5 * MINUTE_MS, 85 * MINUTE_MS,
		119 * MINUTE_MS };
	struct scene s;

	(void)state;
	scene_init(&s);
	start(&s);
	run(&s, 10 * MINUTE_MS);
	for (int i = 0; i < 500; i++)
		add(&s, loop_wall_ms(s.loop) + i * 53 * 1000, delays_ms[i % 5], "DisableKey");
	run(&s, 12 * HOUR_MS);
	assert_int_equal(count_missed(&s), 0);
	for (size_t i = 0; i < s.records; i++)
		assert_true(s.record[i].taken_ms - s.record[i].arrives_ms <= 2 * MINUTE_MS);
	expect_courtesy(&s);
	assert_true(s.call_count < 14 * 60 * 2);	/* one page a minute, or a second one */
	assert_int_equal(s.by_name, 0);
	stop(&s);
	scene_done(&s);
}

/* The first look goes back as far as the overlap, and no further. */
static void
test_first_look(void **state)
{
	struct record *recent, *old;
	struct scene s;

	(void)state;
	scene_init(&s);
	add(&s, SIM_NOW_MS - HISTORY_OVERLAP_MS / 2, 0, "DisableKey");
	add(&s, SIM_NOW_MS - HISTORY_OVERLAP_MS * 2, 0, "DisableKey");
	recent = &s.record[0];
	old = &s.record[1];
	start(&s);
	run(&s, 5 * MINUTE_MS);
	assert_true(recent->taken > 0);
	assert_int_equal(old->taken, 0);
	stop(&s);
	scene_done(&s);
}

/* After days without us the present comes first, and the rest behind it, newest first. */
static void
test_catches_up(void **state)
{
	int64_t begin_ms, back_ms, last_ms = INT64_MAX;
	struct event_cursor *cursor;
	struct scene s;

	(void)state;
	scene_init(&s);
	start(&s);
	run(&s, 10 * MINUTE_MS);
	stop(&s);
	begin_ms = loop_wall_ms(s.loop);
	for (int i = 0; i < 6000; i++)
		add(&s, begin_ms + i * 72 * 1000, MINUTE_MS, "PutKeyPolicy");	/* five days */
	run(&s, 5 * DAY_MS);
	back_ms = loop_wall_ms(s.loop);
	for (int i = 0; i < 30; i++)
		add(&s, back_ms + i * MINUTE_MS, 0, "DisableKey");
	start(&s);
	run(&s, HOUR_MS);
	assert_int_equal(count_missed(&s), 0);
	for (size_t i = 6000; i < s.records; i++)	/* the backlog holds up nothing new */
		assert_true(s.record[i].taken_ms - s.record[i].arrives_ms <= 2 * MINUTE_MS);
	for (int hour = 5 * 24 - 4; hour > 0; hour -= 6) {	/* a slice behind the other */
		const struct record *r = &s.record[hour * 50];

		assert_true(last_ms == INT64_MAX || r->taken_ms >= last_ms);
		last_ms = r->taken_ms;
	}
	cursor = cursors_get(s.cursors, ACCOUNT, REGION, "");
	assert_true(cursor->backlog_to_wall_ms == STAMP_UNKNOWN);
	expect_courtesy(&s);
	stop(&s);
	scene_done(&s);
}

/* An outage within a backlog makes it longer: what was missed then is read, too. */
static void
test_backlog_grows(void **state)
{
	struct event_cursor *cursor;
	struct scene s;

	(void)state;
	scene_init(&s);
	start(&s);
	run(&s, 10 * MINUTE_MS);
	stop(&s);
	for (int i = 0; i < 15000; i++)
		add(&s, loop_wall_ms(s.loop) + i * 2500, 0, "PutKeyPolicy");
	run(&s, 12 * HOUR_MS);
	start(&s);
	cursor = cursors_get(s.cursors, ACCOUNT, REGION, "");
	run(&s, 2 * MINUTE_MS);
	assert_true(cursor->backlog_to_wall_ms != STAMP_UNKNOWN);
	assert_true(count_missed(&s) > 0 && count_missed(&s) < 15000);
	s.fail_every = 1;
	add(&s, loop_wall_ms(s.loop) + 10 * MINUTE_MS, 0, "DisableKey");
	run(&s, 5 * HOUR_MS);
	assert_int_equal(s.record[15000].taken, 0);
	assert_true(loop_wall_ms(s.loop) - cursor->through_wall_ms >= 5 * HOUR_MS);	/* the lag says so */
	s.fail_every = 0;
	run(&s, 2 * HOUR_MS);
	assert_true(cursor->backlog_to_wall_ms == STAMP_UNKNOWN);
	assert_int_equal(count_missed(&s), 0);
	stop(&s);
	scene_done(&s);
}

/* Where a trail was until lately its last events are still to come; not where it was long ago. */
static void
test_past_place(void **state)
{
	struct past_trail trail = {
		.arn = (char *)"arn:aws:cloudtrail:eu-west-1:" ACCOUNT ":trail/old",
		.account = (char *)ACCOUNT, .home_region = (char *)"eu-west-1",
		.missing_wall_ms = SIM_NOW_MS, .kms_key_id = (char *)"arn:aws:kms:eu-west-1:" MEMBER
		    ":key/1234abcd-12ab-34cd-56ef-1234567890ab", .changed_wall_ms = STAMP_UNKNOWN,
	};
	struct event_cursor *place, *key;
	struct scene s;

	(void)state;
	scene_init(&s);
	HASH_ADD_KEYPTR(hh, s.past.trails, trail.arn, strlen(trail.arn), &trail);
	start(&s);
	run(&s, 5 * MINUTE_MS);
	place = cursors_get(s.cursors, ACCOUNT, "eu-west-1", "");
	key = cursors_get(s.cursors, MEMBER, "eu-west-1", "");
	assert_true(place->is_watched && place->through_wall_ms > SIM_NOW_MS);
	assert_true(key->is_watched && key->through_wall_ms > SIM_NOW_MS);
	trail.missing_wall_ms = STAMP_UNKNOWN;
	run(&s, MINUTE_MS);
	assert_false(place->is_watched || key->is_watched);
	trail.changed_wall_ms = SIM_NOW_MS;
	trail.changed_from = trail.kms_key_id;
	run(&s, MINUTE_MS);
	assert_true(!place->is_watched && key->is_watched);
	stop(&s);
	HASH_DEL(s.past.trails, &trail);
	scene_done(&s);
}

/* What an event is about is known when all accounts were looked at: before, no cursor moves. */
static void
test_waits_for_accounts(void **state)
{
	struct event_cursor *cursor;
	struct scene s;
	int64_t read_ms;

	(void)state;
	scene_init(&s);
	start(&s);
	run(&s, 10 * MINUTE_MS);
	stop(&s);
	add(&s, loop_wall_ms(s.loop) + HOUR_MS, 0, "DisableKey");
	run(&s, 12 * HOUR_MS);
	cursor = cursors_get(s.cursors, ACCOUNT, REGION, "");
	read_ms = cursor->through_wall_ms;
	s.slow_ms = 100 * 1000;
	start(&s);
	run(&s, 90 * 1000);
	assert_true(s.call_count > 0 && !sweep_progress(s.sweep)->was_walked);
	assert_int_equal(cursor->through_wall_ms, read_ms);
	assert_int_equal(count_missed(&s), 1);
	run(&s, 10 * MINUTE_MS);
	assert_true(sweep_progress(s.sweep)->was_walked);
	assert_int_equal(count_missed(&s), 0);
	assert_true(cursor->through_wall_ms > loop_wall_ms(s.loop) - 2 * MINUTE_MS);
	stop(&s);
	scene_done(&s);
}

/* No further back than CloudTrail remembers. */
static void
test_reach(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s);
	start(&s);
	run(&s, 10 * MINUTE_MS);
	stop(&s);
	run(&s, 200 * DAY_MS);
	add(&s, loop_wall_ms(s.loop) - 89 * DAY_MS, 0, "DisableKey");
	start(&s);
	run(&s, 2 * HOUR_MS);
	assert_int_equal(count_missed(&s), 0);
	assert_true(s.call_count < 1000);	/* 90 days in slices of six hours, and two hours' minutes */
	stop(&s);
	scene_done(&s);
}

/* In a busy place the names are asked for, and what matters is found among all else. */
static void
test_busy_place(void **state)
{
	struct record *wanted;
	struct scene s;
	size_t i;

	(void)state;
	scene_init(&s);
	start(&s);
	run(&s, 10 * MINUTE_MS);
	for (i = 0; i < 40000; i++)
		add(&s, loop_wall_ms(s.loop) + (int64_t)i * 300, 0, "CreateLogStream");	/* 3.3 a second */
	add(&s, loop_wall_ms(s.loop) + 2 * HOUR_MS, 0, "ScheduleKeyDeletion");
	run(&s, 3 * HOUR_MS);
	wanted = &s.record[i];
	assert_true(s.by_name > 0);
	assert_true(wanted->taken > 0);
	assert_true(wanted->taken_ms - wanted->arrives_ms < 5 * MINUTE_MS);
	expect_courtesy(&s);
	stop(&s);
	scene_done(&s);
}

/* A page that is not kept holds its place, and no other. */
static void
test_page_is_held(void **state)
{
	struct event_cursor *cursor;
	struct scene s;
	(void)state;
	scene_init(&s);
	s.holds = true;
	add(&s, SIM_NOW_MS, 0, "DisableKey");
	start(&s);
	run(&s, 5 * MINUTE_MS);
	assert_non_null(s.held);
	assert_int_equal(s.pages, 1);
	cursor = cursors_get(s.cursors, ACCOUNT, REGION, "");
	run(&s, 10 * MINUTE_MS);
	assert_int_equal(s.pages, 1);
	s.holds = false;
	history_kept(s.held);
	run(&s, 5 * MINUTE_MS);
	assert_true(s.pages > 3);
	assert_true(cursor->through_wall_ms > SIM_NOW_MS);
	stop(&s);	/* what is held then is let go */
	scene_done(&s);
}

/* A failure loses nothing: what was read of the time is read again. */
static void
test_failures(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s);
	s.fail_every = 3;
	start(&s);
	run(&s, 10 * MINUTE_MS);
	for (int i = 0; i < 400; i++)
		add(&s, loop_wall_ms(s.loop) + i * 10 * 1000, 0, "DisableKey");
	run(&s, 4 * HOUR_MS);
	assert_int_equal(count_missed(&s), 0);
	expect_courtesy(&s);
	stop(&s);
	scene_done(&s);
}

/* A denial is coverage, and is not asked about each minute. */
static void
test_denied(void **state)
{
	const struct world_region *region;
	struct scene s;
	size_t calls;

	(void)state;
	scene_init(&s);
	s.deny = 1;
	add(&s, SIM_NOW_MS + 3 * HOUR_MS, 0, "DisableKey");
	start(&s);
	run(&s, 4 * HOUR_MS);
	region = world_find_region(world_find_account(s.world, ACCOUNT), REGION);
	assert_int_equal(region->events_reading->state, READING_FAILED);
	assert_int_equal(region->events_reading->failure, ERR_DENIED);
	calls = s.call_count;
	assert_true(calls <= 10);
	s.deny = 0;
	run(&s, 7 * HOUR_MS);
	assert_true(reading_is_good(region->events_reading));
	assert_int_equal(count_missed(&s), 0);
	stop(&s);
	scene_done(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_late_events),
		cmocka_unit_test(test_first_look),
		cmocka_unit_test(test_catches_up),
		cmocka_unit_test(test_backlog_grows),
		cmocka_unit_test(test_past_place),
		cmocka_unit_test(test_waits_for_accounts),
		cmocka_unit_test(test_reach),
		cmocka_unit_test(test_busy_place),
		cmocka_unit_test(test_page_is_held),
		cmocka_unit_test(test_failures),
		cmocka_unit_test(test_denied),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
