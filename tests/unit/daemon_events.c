/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events through the whole daemon on a virtual clock: each is told once, whatever way it comes and
 * however often, with what became of it; its source forgets it only when it is stored.
 */
#include "base/stamp.h"
#include "unit/daemon_life.h"

#define TEXT	"organization: { role: trailseal }\n" RECEIVERS
#define KEY	"arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
#define TRAIL	"arn:aws:cloudtrail:us-east-1:111122223333:trail/main"
#define EVENT	"\"kind\":\"event\""

/* An organization in good order, with one trail and its key. */
static void
begin(struct life *life)
{
	const char *top = getenv("top_srcdir");
	char path[4096];

	life_init(life, NULL, 0);
	fake_aws_free(life->aws);
	snprintf(path, sizeof(path), "%s/tests/sim/cases/organization.jsonl", top ? top : ".");
	life->aws = fake_aws_new(path);
	life_start(life, TEXT, loop_new_virtual(BEGIN_MS));
	life_pass(life, 5 * MINUTE_MS);
	assert_int_equal(life_count(life->hook, life->hooks, EVENT, ""), 0);
	life_forget_posts(life);
}

static void
end(struct life *life)
{
	life_stop(life);
	life_done(life);
}

/* ---- an event ---- */

struct record {
	struct event		event;
	struct event_value	value;
	struct event_resource	resource;
};

static void
make(struct record *r, const char *id, const char *name, const char *key, int64_t wall_ms)
{
	*r = (struct record){
		.value = { .part = EVENT_REQUEST, .name = "keyId", .text = key, .len = strlen(key) },
		.resource = { .arn = key, .account = MANAGER, .type = "AWS::KMS::Key" },
		.event = {
			.id = id, .wall_ms = wall_ms, .source = "kms.amazonaws.com", .name = name,
			.region = "us-east-1", .account = MANAGER, .type = "AwsApiCall",
			.category = "Management", .read_only = TRI_NO,
			.actor = { .type = "IAMUser", .arn = "arn:aws:iam::111122223333:user/operator",
			    .account = MANAGER, .user_name = "operator" },
			.source_ip = "192.0.2.1", .user_agent = "aws-cli/2.0",
		},
	};
	r->event.values = &r->value;
	r->event.value_count = 1;
	r->event.resources = &r->resource;
	r->event.resource_count = 1;
}

static void
on_kept(void *arg, bool is_stored)
{
	assert_true(is_stored);
	++*(unsigned *)arg;
}

static void
take(struct life *life, enum events_source source, const struct record *r, unsigned *kept)
{
	events_take(life->daemon.events, source, &r->event, 1, NULL, on_kept, kept);
}

static unsigned
count_events(const struct life *life, const char *text)
{
	return life_count(life->hook, life->hooks, EVENT, text);
}

/* ---- tests ---- */

/* It is told with what was seen since, once, and its source hears of it behind that. */
static void
test_told_once(void **state)
{
	struct record r;
	struct life life;
	unsigned kept = 0;

	(void)state;
	begin(&life);
	make(&r, "event-1", "DisableKey", KEY, loop_wall_ms(life.daemon.loop) - MINUTE_MS);
	take(&life, EVENTS_LOOKUP, &r, &kept);
	assert_int_equal(kept, 0);
	life_pass(&life, 30 * SECOND_MS);
	assert_int_equal(kept, 1);
	assert_int_equal(count_events(&life, "\"rule\":\"event-key-disabled\""), 1);
	assert_int_equal(count_events(&life, "\"confirmed\":false"), 1);	/* it is enabled, after all */
	assert_int_equal(count_events(&life, "\"actor\":\"arn:aws:iam::111122223333:user/operator\""), 1);
	assert_int_equal(count_events(&life, "\"resource\":\"" KEY "\""), 1);

	for (enum events_source source = EVENTS_LOOKUP; source < EVENTS_SOURCES; source++)
		for (int i = 0; i < 3; i++)
			take(&life, source, &r, &kept);
	life_pass(&life, 30 * SECOND_MS);
	assert_int_equal(kept, 1 + 3 * EVENTS_SOURCES);
	assert_int_equal(count_events(&life, ""), 1);
	assert_int_equal(life.daemon.event_counters.told, 1);
	end(&life);
}

/* The same record through both sources at once: neither may forget it before it is stored. */
static void
test_both_sources_at_once(void **state)
{
	struct record r;
	struct life life;
	unsigned by_lookup = 0, by_queue = 0;

	(void)state;
	begin(&life);
	make(&r, "event-1", "DisableKey", KEY, loop_wall_ms(life.daemon.loop));
	take(&life, EVENTS_LOOKUP, &r, &by_lookup);
	take(&life, EVENTS_QUEUE, &r, &by_queue);
	assert_int_equal(by_queue, 0);
	life_pass(&life, MINUTE_MS);
	assert_int_equal(by_lookup, 1);
	assert_int_equal(by_queue, 1);
	assert_int_equal(count_events(&life, ""), 1);
	end(&life);
}

static void
test_nothing_of_ours(void **state)
{
	struct record r;
	struct life life;
	unsigned kept = 0;

	(void)state;
	begin(&life);
	make(&r, "event-1", "DisableKey", "arn:aws:kms:us-east-1:111122223333:key/another",
	    loop_wall_ms(life.daemon.loop));
	take(&life, EVENTS_QUEUE, &r, &kept);
	assert_int_equal(kept, 1);	/* at once */
	make(&r, "event-2", "TagResource", KEY, loop_wall_ms(life.daemon.loop));
	take(&life, EVENTS_QUEUE, &r, &kept);
	assert_int_equal(kept, 2);
	life_pass(&life, MINUTE_MS);
	assert_int_equal(life.hooks, 0);
	end(&life);
}

/* What AWS refused leads to nothing, waits for nothing, and is told as an attempt. */
static void
test_attempt(void **state)
{
	struct record r;
	struct life life;
	unsigned kept = 0;

	(void)state;
	begin(&life);
	make(&r, "event-1", "ScheduleKeyDeletion", KEY, loop_wall_ms(life.daemon.loop));
	r.event.error_code = "AccessDenied";
	take(&life, EVENTS_LOOKUP, &r, &kept);
	life_pass(&life, SECOND_MS);
	assert_int_equal(kept, 1);
	assert_int_equal(count_events(&life, "\"attempt\":true"), 1);
	assert_int_equal(count_events(&life, "\"confirmed\":null"), 1);
	end(&life);
}

/* A crash before it was stored: it comes again, and is told. After: it is not told again. */
static void
test_restart(void **state)
{
	int64_t wall_ms;
	struct record r;
	struct life life;
	unsigned kept = 0;

	(void)state;
	begin(&life);
	make(&r, "event-1", "DisableKey", KEY, loop_wall_ms(life.daemon.loop));
	take(&life, EVENTS_QUEUE, &r, &kept);
	events_forget(life.daemon.events);
	life_pass(&life, MINUTE_MS);
	assert_int_equal(kept, 0);
	assert_int_equal(count_events(&life, ""), 0);
	take(&life, EVENTS_QUEUE, &r, &kept);
	life_pass(&life, MINUTE_MS);
	assert_int_equal(kept, 1);
	assert_int_equal(count_events(&life, ""), 1);
	wall_ms = life_stop(&life);
	life_start(&life, TEXT, loop_new_virtual(wall_ms));
	life_pass(&life, 5 * MINUTE_MS);
	take(&life, EVENTS_QUEUE, &r, &kept);
	life_pass(&life, MINUTE_MS);
	assert_int_equal(kept, 2);
	assert_int_equal(count_events(&life, ""), 1);
	end(&life);
}

/* A cursor that was forgotten with what it waited for is none that was stored. */
static void
test_forgotten_cursor(void **state)
{
	struct event_cursor cursor = {
		.account = MANAGER, .region = "us-west-2", .resource = "", .through_wall_ms = BEGIN_MS,
		.backlog_from_wall_ms = STAMP_UNKNOWN, .backlog_to_wall_ms = STAMP_UNKNOWN,
	};
	struct record r;
	struct life life;
	unsigned kept = 0;

	(void)state;
	begin(&life);
	make(&r, "event-1", "DisableKey", KEY, loop_wall_ms(life.daemon.loop));
	events_take(life.daemon.events, EVENTS_LOOKUP, &r.event, 1, &cursor, on_kept, &kept);
	events_forget(life.daemon.events);
	events_take(life.daemon.events, EVENTS_LOOKUP, NULL, 0, &cursor, on_kept, &kept);
	assert_int_equal(kept, 0);	/* it is being stored */
	life_pass(&life, MINUTE_MS);
	assert_int_equal(kept, 1);
	events_take(life.daemon.events, EVENTS_LOOKUP, NULL, 0, &cursor, on_kept, &kept);
	assert_int_equal(kept, 2);
	end(&life);
}

/* A clock that jumps ages nothing: what was told, or waits, stays known. */
static void
test_clock_jumps(void **state)
{
	struct record waits, attempt;
	struct life life;
	unsigned kept = 0;

	(void)state;
	begin(&life);
	make(&waits, "event-1", "DisableKey", KEY, loop_wall_ms(life.daemon.loop));
	make(&attempt, "event-2", "ScheduleKeyDeletion", KEY, loop_wall_ms(life.daemon.loop));
	attempt.event.error_code = "AccessDenied";
	take(&life, EVENTS_LOOKUP, &waits, &kept);
	loop_shift_wall(life.daemon.loop, 2 * INCIDENTS_KEPT_MS);
	take(&life, EVENTS_LOOKUP, &attempt, &kept);
	life_pass(&life, MINUTE_MS);
	assert_int_equal(kept, 2);
	loop_shift_wall(life.daemon.loop, -2 * INCIDENTS_KEPT_MS);
	take(&life, EVENTS_LOOKUP, &waits, &kept);
	take(&life, EVENTS_LOOKUP, &attempt, &kept);
	life_pass(&life, MINUTE_MS);
	assert_int_equal(kept, 4);
	assert_int_equal(count_events(&life, ""), 2);
	end(&life);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_told_once),
		cmocka_unit_test(test_both_sources_at_once),
		cmocka_unit_test(test_nothing_of_ours),
		cmocka_unit_test(test_attempt),
		cmocka_unit_test(test_restart),
		cmocka_unit_test(test_forgotten_cursor),
		cmocka_unit_test(test_clock_jumps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
