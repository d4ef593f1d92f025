/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Days of the daemon's life in milliseconds: the whole of it but its sockets, on a virtual loop,
 * with a real database. AWS and the receiver are functions (fake_aws.h); AWS is strict, so that a
 * request that is signed with a wrong time or an old session is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/stamp.h"
#include "daemon/life.h"
#include "sim/sim.h"
#include "store/ledger.h"
#include "wire/json.h"

#define MINUTE	INT64_C(60000)
#define HOUR	(60 * MINUTE)
#define DAY	(24 * HOUR)

#define MANAGEMENT	"111122223333"
#define PRODUCTION	"444455556666"
#define KEY	"arn:aws:kms:us-east-1:" MANAGEMENT ":key/1234abcd-12ab-34cd-56ef-1234567890ab"
#define TRAIL	"arn:aws:cloudtrail:us-east-1:" MANAGEMENT ":trail/main"
#define HOOK	"http://127.0.0.1:9/hook"

static const char days_config[] =
	"organization: { role: trailseal }\n"
	"state_directory: %s\n"
	"evidence: { signing_key: \"-----BEGIN PRIVATE KEY-----\\n"
	"MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\\n"	/* RFC 8032 */
	"-----END PRIVATE KEY-----\" }\n"
	"receivers: [ { name: hook, webhook: { url: \"" HOOK "\" } } ]\n";

/* An alert as the receiver got it. */
struct told {
	int64_t	mono_ms;
	char	rule[64], account[16], resource[128];
	bool	is_firing, is_reminder;
};

struct days {
	struct daemon		 daemon;
	struct fake_aws		*fake;
	struct loop		*loop;
	char			 folder[64], database[96];
	struct loop_timer	 end;		/* of days_pass() */
	struct loop_timer	 delivery;	/* CloudTrail delivers */
	struct told		*told;		/* ours */
	size_t			 told_count, told_cap;
	unsigned		 most_in_flight;
};

/* ---- the far side ---- */

static void
days_hear(struct days *t, const struct http_request *request)
{
	struct arena *arena = arena_new();
	const struct json *root, *alert;
	const char *rule = "", *account = "", *resource = "", *status = "";
	struct told *told;
	struct err err;

	assert_int_equal(json_parse(arena, request->body, request->body_len, &root, &err), 0);
	alert = json_member(root, "alerts")->child;
	t->told = mem_grow(t->told, t->told_count, &t->told_cap, sizeof(*t->told));
	told = &t->told[t->told_count++];
	*told = (struct told){ .mono_ms = loop_mono_ms(t->loop) };
	assert_int_equal(json_get_string(alert, "rule", &rule, &err), 0);
	assert_int_equal(json_get_string(alert, "account", &account, &err), 0);
	assert_int_equal(json_get_string(alert, "resource", &resource, &err), 0);
	assert_int_equal(json_get_string(alert, "status", &status, &err), 0);
	told->is_reminder = json_member(alert, "reminder")->boolean;
	snprintf(told->rule, sizeof(told->rule), "%s", rule);
	snprintf(told->account, sizeof(told->account), "%s", account);
	snprintf(told->resource, sizeof(told->resource), "%s", resource);
	told->is_firing = strcmp(status, "firing") == 0;
	arena_free(arena);
}

static int
days_answer(void *arg, const struct http_request *request, struct http_reply *reply,
    int64_t *ret_delay_ms, struct err *err)
{
	struct days *t = arg;
	unsigned in_flight = t->daemon.aws ? aws_counters(t->daemon.aws)->in_flight : 0;

	if (in_flight > t->most_in_flight)
		t->most_in_flight = in_flight;
	if (strcmp(request->url, HOOK) != 0)
		return fake_aws_answer(t->fake, request, reply, ret_delay_ms, err);
	days_hear(t, request);
	*ret_delay_ms = 20;
	reply->status = 200;
	reply->headers = reply->body = "";
	return 0;
}

/* The trail delivers every five minutes, with a digest each hour. */
static void
days_on_delivery(void *arg)
{
	struct days *t = arg;
	int64_t aws_s = (SIM_NOW_MS + loop_mono_ms(t->loop)) / 1000;
	char line[512];

	snprintf(line, sizeof(line), "{\"op\": \"cloudtrail:GetTrailStatus\", \"account\": \"" MANAGEMENT
	    "\", \"for\": \"" TRAIL "\", \"body\": {\"IsLogging\": true, \"StartLoggingTime\": 1759547045, "
	    "\"LatestDeliveryTime\": %lld, \"LatestDigestDeliveryTime\": %lld}}",
	    (long long)aws_s - 120, (long long)(aws_s - aws_s % 3600));
	fake_aws_put(t->fake, line);
	loop_timer_set(&t->delivery, 5 * MINUTE);
}

static void
days_set_key(struct days *t, const char *state)
{
	char line[512];

	snprintf(line, sizeof(line), "{\"op\": \"kms:DescribeKey\", \"account\": \"" MANAGEMENT
	    "\", \"region\": \"us-east-1\", \"for\": \"" KEY "\", \"body\": {\"KeyMetadata\": {\"Arn\": "
	    "\"" KEY "\", \"KeyId\": \"1234abcd-12ab-34cd-56ef-1234567890ab\", \"AWSAccountId\": \""
	    MANAGEMENT "\", \"KeyState\": \"%s\", \"KeyManager\": \"CUSTOMER\", \"Origin\": \"AWS_KMS\", "
	    "\"KeySpec\": \"SYMMETRIC_DEFAULT\", \"KeyUsage\": \"ENCRYPT_DECRYPT\"}}}", state);
	fake_aws_put(t->fake, line);
}

/* The production account trusts the monitor no more, or again. */
static void
days_trust(struct days *t, bool trusts)
{
	fake_aws_put(t->fake, trusts ?
	    "{\"op\": \"sts:AssumeRole\", \"for\": \"arn:aws:iam::" PRODUCTION ":role/trailseal\", "
	    "\"status\": 0}" :
	    "{\"op\": \"sts:AssumeRole\", \"for\": \"arn:aws:iam::" PRODUCTION ":role/trailseal\", "
	    "\"status\": 403, \"body\": \"<ErrorResponse><Error><Code>AccessDenied</Code><Message>not "
	    "authorized to perform: sts:AssumeRole</Message></Error></ErrorResponse>\"}");
}

/* ---- the daemon ---- */

static void
days_on_end(void *arg)
{
	loop_stop(arg);
}

static void
days_pass(struct days *t, int64_t ms)
{
	loop_timer_set(&t->end, ms);
	loop_run(t->loop);
}

static void
days_start(struct days *t)
{
	char path[128], config[512];
	struct settings *settings;
	struct scope scope;
	struct err err;
	FILE *file;

	snprintf(path, sizeof(path), "%s/trailseal.yaml", t->folder);
	snprintf(config, sizeof(config), days_config, t->folder);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(config, file);
	fclose(file);
	assert_true(life_read_settings(path, &settings, &scope));
	t->daemon = (struct daemon){
		.loop = t->loop, .http = http_new_stub(t->loop, days_answer, t),
	};
	if (life_begin(&t->daemon, NULL, settings, &scope, &err) < 0)
		fail_msg("%s", err.text);
}

static void
days_init(struct days *t)
{
	char path[4096];
	const char *top = getenv("top_srcdir");

	*t = (struct days){ .folder = "/tmp/trailseal-days-XXXXXX" };
	assert_non_null(mkdtemp(t->folder));
	snprintf(t->database, sizeof(t->database), "%s/trailseal.db", t->folder);
	snprintf(path, sizeof(path), "%s/tests/sim/cases/organization.jsonl", top ? top : ".");
	sim_set_environment();
	t->loop = loop_new_virtual(SIM_NOW_MS);
	t->fake = fake_aws_new(path);
	fake_aws_set_loop(t->fake, t->loop);
	fake_aws_be_strict(t->fake);
	loop_timer_init(&t->end, t->loop, days_on_end, t->loop);
	loop_timer_init(&t->delivery, t->loop, days_on_delivery, t);
	days_on_delivery(t);
	days_start(t);
	days_pass(t, 10 * MINUTE);
	assert_true(t->daemon.has_swept);
	assert_int_equal(t->told_count, 0);
}

/* In order: all that was said is on disk afterwards. */
static void
days_stop(struct days *t)
{
	loop_timer_stop(&t->delivery);
	loop_timer_stop(&t->end);
	t->loop = NULL;
	life_end(&t->daemon);
}

static void
days_done(struct days *t)
{
	char command[128];

	if (t->loop != NULL)
		days_stop(t);
	fake_aws_free(t->fake);
	free(t->told);
	snprintf(command, sizeof(command), "rm -rf %s", t->folder);
	assert_int_equal(system(command), 0);
}

/* ---- what is expected of it ---- */

static int64_t
days_now(const struct days *t)
{
	return loop_mono_ms(t->loop);
}

/* The alerts about a rule; NULL: about all. Reminders count only when they are asked for. */
static size_t
days_count_told(const struct days *t, const char *rule, bool is_firing, bool is_reminder)
{
	size_t count = 0;

	for (size_t i = 0; i < t->told_count; i++)
		count += (rule == NULL || strcmp(t->told[i].rule, rule) == 0) &&
		    t->told[i].is_firing == is_firing && t->told[i].is_reminder == is_reminder;
	return count;
}

/* The only alert since there were `before` of them. */
static const struct told *
days_the_one(const struct days *t, size_t before)
{
	for (size_t i = before + 1; i < t->told_count; i++)
		print_error("also: %s %s %s\n", t->told[i].rule, t->told[i].resource,
		    t->told[i].is_firing ? "fires" : "is over");
	assert_int_equal(t->told_count, before + 1);
	return &t->told[before];
}

static void
days_expect_told(const struct told *told, const char *rule, const char *resource, bool is_firing)
{
	assert_string_equal(told->rule, rule);
	assert_string_equal(told->resource, resource);
	assert_int_equal(told->is_firing, is_firing);
}

/* Calls a day as the client counted them for the metrics. */
static uint64_t
days_tally(const struct days *t, const char *account)
{
	for (const struct tally *row = aws_tallies(t->daemon.aws); row != NULL; row = row->hh.next)
		if (strcmp(row->account, account) == 0)
			return row->calls;
	return 0;
}

/* ---- a key that stays disabled ---- */

static void
a_failure_is_told_once_and_reminded_of_daily(void **state)
{
	const struct told *told;
	struct days t;
	int64_t since;

	(void)state;
	days_init(&t);
	days_set_key(&t, "Disabled");
	since = days_now(&t);
	days_pass(&t, 10 * MINUTE);
	told = days_the_one(&t, 0);
	days_expect_told(told, "key-disabled", KEY, true);
	assert_true(told->mono_ms - since <= 5 * MINUTE + 10000);
	since = told->mono_ms;
	days_pass(&t, 3 * DAY + HOUR);
	assert_int_equal(t.told_count, 4);
	for (size_t i = 1; i < 4; i++) {
		days_expect_told(&t.told[i], "key-disabled", KEY, true);
		assert_true(t.told[i].is_reminder);
		assert_in_range(t.told[i].mono_ms - since, i * DAY, i * (DAY + MINUTE) + MINUTE);
	}
	days_set_key(&t, "Enabled");
	days_pass(&t, 10 * MINUTE);
	days_expect_told(days_the_one(&t, 4), "key-disabled", KEY, false);
	days_pass(&t, DAY + HOUR);
	assert_int_equal(t.told_count, 5);
	days_done(&t);
}

/* ---- a key that goes to and fro ---- */

static void
flapping_is_damped(void **state)
{
	struct days t;

	(void)state;
	days_init(&t);
	for (unsigned i = 0; i < 36; i++) {
		days_set_key(&t, i % 2 ? "Enabled" : "Disabled");
		days_pass(&t, 20 * MINUTE);
	}
	assert_int_equal(days_count_told(&t, "key-disabled", true, false), 3);
	assert_int_equal(days_count_told(&t, "key-disabled", false, false), 2);
	days_pass(&t, HOUR);
	assert_int_equal(days_count_told(&t, "key-disabled", false, false), 3);	/* quiet for long */
	days_pass(&t, HOUR);
	days_set_key(&t, "Disabled");
	days_pass(&t, 10 * MINUTE);
	days_set_key(&t, "Enabled");
	days_pass(&t, 10 * MINUTE);
	assert_int_equal(days_count_told(&t, "key-disabled", true, false), 4);
	assert_int_equal(days_count_told(&t, "key-disabled", false, false), 4);
	assert_int_equal(t.told_count, 8);
	days_done(&t);
}

/* ---- blind periods ---- */

static void
an_account_that_cannot_be_seen_is_told_once(void **state)
{
	const struct told *told;
	struct days t;
	int64_t since;

	(void)state;
	days_init(&t);
	days_trust(&t, false);
	since = days_now(&t);
	days_pass(&t, 20 * HOUR);
	told = days_the_one(&t, 0);
	days_expect_told(told, "visibility-lost", PRODUCTION, true);
	/* The session may last an hour more, the quiet regions are asked hourly, and then 30 minutes. */
	assert_in_range(told->mono_ms - since, 30 * MINUTE, 2 * HOUR + 35 * MINUTE);
	days_trust(&t, true);
	since = days_now(&t);
	days_pass(&t, 8 * HOUR);
	told = days_the_one(&t, 1);
	days_expect_told(told, "visibility-lost", PRODUCTION, false);
	assert_true(told->mono_ms - since <= 6 * HOUR + 5 * MINUTE);
	days_done(&t);
}

/* All is dark, while a key is disabled: that finding stands, and the dark is one alert. */
static void
an_outage_is_told_once_and_ends_nothing(void **state)
{
	struct days t;

	(void)state;
	days_init(&t);
	days_set_key(&t, "Disabled");
	days_pass(&t, 10 * MINUTE);
	days_expect_told(days_the_one(&t, 0), "key-disabled", KEY, true);
	fake_aws_fail(t.fake, FAKE_FAULT_CONNECTION, 1, 0);
	days_pass(&t, 20 * MINUTE);
	assert_int_equal(t.told_count, 1);
	days_pass(&t, 5 * HOUR);
	days_expect_told(days_the_one(&t, 1), "visibility-lost", "trailseal", true);
	fake_aws_fail(t.fake, FAKE_FAULT_NONE, 1, 0);
	days_pass(&t, 2 * HOUR);
	days_expect_told(days_the_one(&t, 2), "visibility-lost", "trailseal", false);
	days_set_key(&t, "Enabled");
	days_pass(&t, 10 * MINUTE);
	days_expect_told(days_the_one(&t, 3), "key-disabled", KEY, false);
	days_done(&t);
}

/* A short one is nobody's business. */
static void
a_short_outage_is_not_told(void **state)
{
	struct days t;

	(void)state;
	days_init(&t);
	for (unsigned i = 0; i < 12; i++) {
		fake_aws_fail(t.fake, FAKE_FAULT_UNAVAILABLE, 1, 0);
		days_pass(&t, 15 * MINUTE);
		fake_aws_fail(t.fake, FAKE_FAULT_NONE, 1, 0);
		days_pass(&t, 2 * HOUR);
	}
	assert_int_equal(t.told_count, 0);
	days_done(&t);
}

/* ---- clocks ---- */

static void
the_wall_clock_may_jump_either_way(void **state)
{
	static const int64_t jumps[] = { 3 * HOUR, -6 * HOUR, 40 * DAY, -37 * DAY - HOUR, -20 * MINUTE,
	    26 * HOUR, -5 * DAY };
	struct days t;

	(void)state;
	days_init(&t);
	for (size_t i = 0; i < sizeof(jumps) / sizeof(jumps[0]); i++) {
		loop_shift_wall(t.loop, jumps[i]);
		days_pass(&t, 7 * HOUR + 13 * MINUTE);
		if (t.told_count > 0)
			fail_msg("after a jump of %lld ms: %s", (long long)jumps[i], t.told[0].rule);
	}
	/* It goes on looking by its own clock, and has its time from AWS. */
	days_set_key(&t, "Disabled");
	days_pass(&t, 6 * MINUTE);
	days_expect_told(days_the_one(&t, 0), "key-disabled", KEY, true);
	for (size_t i = 0; i < sizeof(jumps) / sizeof(jumps[0]); i++) {
		loop_shift_wall(t.loop, jumps[i]);
		days_pass(&t, 3 * HOUR);
		assert_int_equal(t.told_count, 1);	/* no early reminder, no false end */
	}
	days_pass(&t, 4 * HOUR);
	assert_int_equal(t.told_count, 2);
	assert_true(t.told[1].is_reminder);
	days_done(&t);
}

static void
a_suspended_machine_catches_up_once(void **state)
{
	size_t start_calls, calls;
	struct days t;
	int64_t since;

	(void)state;
	days_init(&t);
	start_calls = fake_aws_calls(t.fake);
	days_pass(&t, 3 * HOUR);
	t.most_in_flight = 0;
	since = days_now(&t);
	loop_suspend(t.loop, 14 * HOUR);
	days_set_key(&t, "Disabled");
	days_pass(&t, 2 * MINUTE);
	days_expect_told(days_the_one(&t, 0), "key-disabled", KEY, true);
	assert_true(t.told[0].mono_ms - since - 14 * HOUR <= MINUTE);
	/* Each question once: what was missed is not asked for each time that it was. */
	calls = fake_aws_asked(t.fake, NULL, NULL, NULL, since);
	if (calls > start_calls + 8)
		fail_msg("%zu calls after the suspend, %zu after the start", calls, start_calls);
	assert_true(t.most_in_flight <= 16);	/* a quarter of 64 for one account */
	/* Afterwards everybody has its old place in the interval. */
	since = days_now(&t);
	days_pass(&t, 4 * HOUR);
	assert_in_range(fake_aws_asked(t.fake, "cloudtrail:DescribeTrails", MANAGEMENT, "us-east-1",
	    since), 47, 49);
	assert_in_range(fake_aws_asked(t.fake, "cloudtrail:DescribeTrails", PRODUCTION, "eu-west-1",
	    since), 3, 4);
	assert_int_equal(t.told_count, 1);
	days_done(&t);
}

/* ---- sessions, courtesy, heartbeats ---- */

static void
sessions_are_renewed_before_they_end(void **state)
{
	struct days t;
	size_t sessions;
	int64_t since;

	(void)state;
	days_init(&t);
	since = days_now(&t);
	days_pass(&t, DAY);
	assert_int_equal(t.told_count, 0);
	assert_int_equal(fake_aws_refused(t.fake), 0);
	sessions = fake_aws_asked(t.fake, "sts:AssumeRole", NULL, NULL, since);
	assert_in_range(sessions, 48, 70);	/* two roles; each lasts for 45 to 60 minutes */
	days_done(&t);
}

static void
quiet_places_are_asked_rarely(void **state)
{
	uint64_t management, production, ambient;
	struct days t;
	int64_t since;

	(void)state;
	days_init(&t);
	days_pass(&t, HOUR);
	since = days_now(&t);
	management = days_tally(&t, MANAGEMENT);
	production = days_tally(&t, PRODUCTION);
	ambient = days_tally(&t, "");
	days_pass(&t, DAY);
#define asked(op, account, region) fake_aws_asked(t.fake, op, account, region, since)
	assert_in_range(asked("cloudtrail:DescribeTrails", MANAGEMENT, "us-east-1"), 287, 289);
	assert_in_range(asked("cloudtrail:DescribeTrails", MANAGEMENT, "eu-west-1"), 23, 25);
	assert_in_range(asked("cloudtrail:DescribeTrails", PRODUCTION, "us-east-1"), 23, 25);
	assert_in_range(asked("kms:DescribeKey", NULL, NULL), 280, 320);
	assert_in_range(asked("s3:HeadBucket", NULL, NULL), 23, 27);
	assert_in_range(asked("account:ListRegions", MANAGEMENT, NULL), 23, 25);
	assert_int_equal(asked("cloudtrail:DescribeTrails", NULL, "ap-east-1"), 0);
	assert_in_range(asked("cloudtrail:LookupEvents", PRODUCTION, NULL), 23, 25);
	assert_in_range(asked("cloudtrail:LookupEvents", MANAGEMENT, "us-east-1"), 1440, 1490);
	assert_in_range(asked(NULL, PRODUCTION, NULL), 94, 104);
	management = days_tally(&t, MANAGEMENT) - management;
	production = days_tally(&t, PRODUCTION) - production;
	print_message("calls a day: %llu in the account of the trail, %llu in the other\n",
	    (unsigned long long)management, (unsigned long long)production);
	/*
	 * What the metrics say is what was asked. A role that is assumed shows in the history of its
	 * account, and in that of the ambient credentials, which list the accounts, too.
	 */
	ambient = days_tally(&t, "") - ambient;
	assert_int_equal(ambient, asked("sts:AssumeRole", NULL, NULL) +
	    asked("organizations:ListAccounts", NULL, NULL));
	assert_int_equal(management + production + ambient, asked(NULL, NULL, NULL) +
	    asked("sts:AssumeRole", NULL, NULL));
	assert_in_range(management, 3000, 3500);
	assert_in_range(production, 115, 125);
#undef asked
	days_done(&t);
}

static void
the_ledger_has_a_signed_heartbeat_each_hour(void **state)
{
	struct crypto_key *key = crypto_read_public_key("-----BEGIN PUBLIC KEY-----\n"
	    "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n"
	    "-----END PUBLIC KEY-----");
	struct ledger_proof proof = { .keys = &key, .key_count = 1 };
	struct arena *arena = arena_new();
	const struct ledger_record *rows;
	struct ledger_verdict verdict;
	struct ledger *ledger;
	unsigned beats = 0;
	int64_t last_ms = 0;
	struct err err;
	struct days t;
	size_t count;

	(void)state;
	days_init(&t);
	days_pass(&t, DAY);
	days_stop(&t);
	assert_int_equal(ledger_open(t.database, &ledger, &err), 0);
	assert_int_equal(ledger_verify(ledger, &proof, &verdict, &err), 0);
	assert_true(verdict.is_whole);
	assert_int_equal(verdict.seals, 24 + 1);	/* and the end */
	assert_int_equal(ledger_read(ledger, 0, arena, &rows, &count, &err), 0);
	for (size_t i = 0; i < count; i++) {
		if (strcmp(rows[i].kind, "heartbeat") != 0)
			continue;
		if (beats++ > 0)
			assert_in_range(rows[i].wall_ms - last_ms, HOUR - 2000, HOUR + 2000);
		last_ms = rows[i].wall_ms;
	}
	assert_int_equal(beats, 24);
	assert_in_range(verdict.sealed_seq, count - 5, count - 1);
	ledger_close(ledger);
	crypto_key_free(key);
	arena_free(arena);
	days_done(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_failure_is_told_once_and_reminded_of_daily),
		cmocka_unit_test(flapping_is_damped),
		cmocka_unit_test(an_account_that_cannot_be_seen_is_told_once),
		cmocka_unit_test(an_outage_is_told_once_and_ends_nothing),
		cmocka_unit_test(a_short_outage_is_not_told),
		cmocka_unit_test(the_wall_clock_may_jump_either_way),
		cmocka_unit_test(a_suspended_machine_catches_up_once),
		cmocka_unit_test(sessions_are_renewed_before_they_end),
		cmocka_unit_test(quiet_places_are_asked_rarely),
		cmocka_unit_test(the_ledger_has_a_signed_heartbeat_each_hour),
	};

	log_set_level(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
