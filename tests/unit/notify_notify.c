/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whole lives of alerts, from a transition to their receivers: on a virtual clock with a real
 * store, so that hours of failing and a restart take no time. What goes over a real connection is
 * tested by notify_delivery.
 */
#include "unit/notify_scene.h"

#include <signal.h>
#include <sys/resource.h>

#include "notify/notify.h"

#define MINUTE_MS	INT64_C(60000)
#define HOUR_MS		(60 * MINUTE_MS)
#define DAY_MS		(24 * HOUR_MS)

#define CHAT	"  - { name: chat, slack: { url: " \
		"\"https://chat.example.com/services/T0HIDDEN/B0HIDDEN\" } }\n"
#define HOOK	"  - { name: hook, webhook: { url: \"https://hook.example.com/hookhidden\", " \
		"secret: " SCENE_SECRET " } }\n"

enum { FAR_CHAT, FAR_HOOK, FARS };

/* How a receiver answers. */
struct far_plan {
	unsigned	 failures_left;		/* then it takes everything */
	int		 status;		/* of a failure; 0: no connection */
	const char	*headers;		/* of a failure */
	const char	*refuses;		/* what has this in its body always fails so */
	int64_t		 delay_ms;
};

struct post {
	unsigned	 far;
	int64_t		 wall_ms;
	char		 id[128];
	char		 body[16384];
};

struct scene {
	struct loop		*loop;
	struct http		*http;
	struct store		*store;
	struct notify		*notify;
	struct settings		*settings;
	char			 folder[64];
	struct far_plan		 plan[FARS];
	struct post		*posts;
	unsigned		 post_count;
	struct loop_timer	 stop;
	unsigned		 commits, commit_failures;
	unsigned		 test_runs, test_failures;
	struct scene_stderr	 captured;
};

/* ---- the far side ---- */

static void
post_note(struct scene *s, unsigned far, const struct http_request *request)
{
	struct post *post;

	s->posts = realloc(s->posts, (s->post_count + 1) * sizeof(*s->posts));
	post = &s->posts[s->post_count++];
	*post = (struct post){ .far = far, .wall_ms = loop_wall_ms(s->loop) };
	snprintf(post->body, sizeof(post->body), "%.*s", (int)request->body_len, request->body);
	for (size_t i = 0; i < request->header_count; i++)
		if (text_has_prefix(request->headers[i], "webhook-id: "))
			snprintf(post->id, sizeof(post->id), "%s", request->headers[i] + 12);
}

static int
far_answer(void *arg, const struct http_request *request, struct http_reply *reply,
    int64_t *ret_delay_ms, struct err *err)
{
	struct scene *s = arg;
	unsigned far = strstr(request->url, "chat.example.com") != NULL ? FAR_CHAT : FAR_HOOK;
	struct far_plan *plan = &s->plan[far];
	bool fails = plan->failures_left > 0;

	post_note(s, far, request);
	*ret_delay_ms = plan->delay_ms;
	if (plan->refuses != NULL)
		fails = strstr(s->posts[s->post_count - 1].body, plan->refuses) != NULL;
	plan->failures_left -= plan->failures_left > 0;
	if (fails && plan->status == 0)
		return err_set(err, ERR_NETWORK, "example.com: cannot connect");
	*reply = (struct http_reply){ .status = fails ? plan->status : 200,
		.headers = fails && plan->headers ? plan->headers : "",
		.headers_len = fails && plan->headers ? strlen(plan->headers) : 0,
		.body = fails ? "no" : "ok", .body_len = 2 };
	return 0;
}

static unsigned
posts_to(const struct scene *s, unsigned far)
{
	unsigned count = 0;

	for (unsigned i = 0; i < s->post_count; i++)
		count += s->posts[i].far == far;
	return count;
}

/* The n-th post to a receiver, from 0. */
static const struct post *
post_to(const struct scene *s, unsigned far, unsigned n)
{
	for (unsigned i = 0; i < s->post_count; i++)
		if (s->posts[i].far == far && n-- == 0)
			return &s->posts[i];
	fail_msg("no such post");
	return NULL;
}

/* ---- the scene ---- */

static void
scene_on_stop(void *arg)
{
	loop_stop(((struct scene *)arg)->loop);
}

static void
scene_run(struct scene *s, int64_t ms)
{
	loop_timer_set(&s->stop, ms);
	loop_run(s->loop);
}

static void
scene_open(struct scene *s)
{
	struct outbox_entry *entries = NULL;
	struct store_start start;
	size_t count = 0;
	struct err err = { .text = "" };

	assert_int_equal(store_open(s->loop, s->folder, &s->store, &start, &err), 0);
	s->notify = notify_new(s->loop, s->http, s->store);
	notify_configure(s->notify, &s->settings->notify);
	assert_int_equal(store_load_outbox(s->store, &entries, &count, &err), 0);
	notify_load(s->notify, entries, count);
}

static void
scene_close(struct scene *s)
{
	notify_free(s->notify);
	store_close(s->store);
}

static void
scene_configure(struct scene *s, const char *text)
{
	struct settings *old = s->settings;

	s->settings = scene_settings(text);
	notify_configure(s->notify, &s->settings->notify);
	settings_free(old);
}

static int
scene_setup(void **state)
{
	struct scene *s = calloc(1, sizeof(*s));

	unsetenv("JOURNAL_STREAM");
	scene_stderr_begin(&s->captured);
	snprintf(s->folder, sizeof(s->folder), "/tmp/notify_notify.XXXXXX");
	assert_non_null(mkdtemp(s->folder));
	s->loop = loop_new_virtual(SCENE_WALL_MS);
	s->http = http_new_stub(s->loop, far_answer, s);
	s->settings = scene_settings("receivers:\n" CHAT HOOK);
	loop_timer_init(&s->stop, s->loop, scene_on_stop, s);
	scene_open(s);
	*state = s;
	return 0;
}

static int
scene_teardown(void **state)
{
	struct scene *s = *state;
	char command[128];

	scene_close(s);
	loop_timer_stop(&s->stop);
	http_free(s->http);
	loop_free(s->loop);
	settings_free(s->settings);
	snprintf(command, sizeof(command), "rm -r %s", s->folder);
	assert_int_equal(system(command), 0);
	scene_stderr_end(&s->captured);
	free(s->posts);
	free(s);
	return 0;
}

static void
scene_on_commit(void *arg, const struct err *err)
{
	struct scene *s = arg;

	s->commits++;
	s->commit_failures += err != NULL;
}

/* One transition: its alert, committed. */
static void
scene_tell(struct scene *s, const struct alert *alert)
{
	struct store_batch *batch = store_batch_new();

	notify_enqueue(s->notify, alert, batch);
	notify_commit(s->notify, batch, scene_on_commit, s);
}

static void
scene_tell_many(struct scene *s, unsigned count)
{
	struct store_batch *batch = store_batch_new();

	for (unsigned i = 0; i < count; i++) {
		struct alert alert = scene_alert_numbered(i, "high");

		alert.told_wall_ms = loop_wall_ms(s->loop);
		notify_enqueue(s->notify, &alert, batch);
	}
	notify_commit(s->notify, batch, scene_on_commit, s);
}

static struct receiver_status
scene_status(const struct scene *s, unsigned receiver)
{
	struct receiver_status rows[FARS];

	assert_true(notify_get_status(s->notify, rows, FARS) > receiver);
	return rows[receiver];
}

/* What the store would load. */
static size_t
scene_stored(struct scene *s)
{
	struct outbox_entry *entries = NULL;
	size_t count = 0, at_all;
	struct store_start start;
	struct store *store;
	struct err err;

	scene_close(s);
	assert_int_equal(store_open(s->loop, s->folder, &store, &start, &err), 0);
	assert_int_equal(store_load_outbox(store, &entries, &count, &err), 0);
	at_all = count;
	while (count > 0)
		outbox_entry_done(&entries[--count]);
	free(entries);
	store_close(store);
	scene_open(s);
	return at_all;
}

/* ---- the cases ---- */

static void
an_alert_reaches_every_receiver(void **state)
{
	struct alert alert = scene_alert();
	struct scene *s = *state;

	scene_tell(s, &alert);
	assert_int_equal(s->post_count, 0);	/* not before it is on disk */
	alert.summary = "overwritten";		/* it was copied */
	scene_run(s, MINUTE_MS);
	assert_int_equal(s->commits, 1);
	assert_int_equal(posts_to(s, FAR_CHAT), 1);
	assert_int_equal(posts_to(s, FAR_HOOK), 1);
	assert_string_equal(post_to(s, FAR_HOOK, 0)->id, SCENE_ID "-1767315845-1");
	assert_non_null(strstr(post_to(s, FAR_CHAT, 0)->body, "key 1234abcd of trail main"));
	for (unsigned i = 0; i < FARS; i++) {
		assert_int_equal(scene_status(s, i).delivered, 1);
		assert_int_equal(scene_status(s, i).pending, 0);
		assert_int_equal(scene_status(s, i).failed, 0);
	}
	assert_non_null(strstr(scene_stderr_read(&s->captured), "key-disabled (critical) firing: "));
	assert_int_equal(scene_stored(s), 0);
}

/* The second batch is not on disk when the first one is. */
static void
each_alert_waits_for_its_own_batch(void **state)
{
	struct alert first = scene_alert_numbered(1, "high"), second = scene_alert_numbered(2, "high");
	struct store_batch *batch = store_batch_new();
	struct scene *s = *state;

	scene_tell(s, &first);
	notify_enqueue(s->notify, &second, batch);
	scene_run(s, MINUTE_MS);
	assert_int_equal(posts_to(s, FAR_HOOK), 1);
	assert_int_equal(scene_status(s, FAR_HOOK).pending, 1);
	notify_commit(s->notify, batch, NULL, NULL);
	scene_run(s, MINUTE_MS);
	assert_int_equal(posts_to(s, FAR_HOOK), 2);
	assert_int_equal(posts_to(s, FAR_CHAT), 2);
}

static void
failures_are_tried_again_with_the_same_id(void **state)
{
	static const int64_t most_ms[] = { 5000, 10000, 20000, 40000 };
	struct alert alert = scene_alert();
	struct scene *s = *state;

	s->plan[FAR_HOOK] = (struct far_plan){ .failures_left = 4, .status = 503 };
	scene_tell(s, &alert);
	scene_run(s, HOUR_MS);
	assert_int_equal(posts_to(s, FAR_HOOK), 5);
	for (unsigned i = 0; i < 5; i++)
		assert_string_equal(post_to(s, FAR_HOOK, i)->id, alert.delivery_id);
	for (unsigned i = 0; i < COUNT(most_ms); i++) {
		int64_t waited = post_to(s, FAR_HOOK, i + 1)->wall_ms - post_to(s, FAR_HOOK, i)->wall_ms;

		assert_true(waited <= most_ms[i] + 10 && waited >= most_ms[i] * 3 / 4);
	}
	assert_int_equal(scene_status(s, FAR_HOOK).failed, 4);
	assert_int_equal(scene_status(s, FAR_HOOK).delivered, 1);
	assert_string_equal(scene_status(s, FAR_HOOK).last_error, "");
	assert_non_null(strstr(scene_stderr_read(&s->captured),
	    "receiver hook: failed, trying again: status 503: no\n"));
	assert_non_null(strstr(scene_stderr_read(&s->captured),
	    "receiver hook: takes alerts again, after 4 failures\n"));
	assert_int_equal(scene_stored(s), 0);
}

static void
retry_after_is_honoured(void **state)
{
	struct alert alert = scene_alert();
	struct scene *s = *state;
	int64_t waited;

	s->plan[FAR_CHAT] = (struct far_plan){ .failures_left = 1, .status = 429,
		.headers = "Retry-After: 1234\r\n" };
	scene_tell(s, &alert);
	scene_run(s, MINUTE_MS);
	assert_string_equal(scene_status(s, FAR_CHAT).last_error, "status 429: no");
	assert_int_equal(scene_status(s, FAR_CHAT).pending, 1);
	scene_run(s, HOUR_MS);
	assert_int_equal(posts_to(s, FAR_CHAT), 2);
	waited = post_to(s, FAR_CHAT, 1)->wall_ms - post_to(s, FAR_CHAT, 0)->wall_ms;
	assert_true(waited >= 1234000 && waited < 1234100);
}

static void
what_is_refused_is_dropped(void **state)
{
	struct alert bad = scene_alert_numbered(1, "high"), good = scene_alert_numbered(2, "high");
	struct scene *s = *state;

	bad.summary = "poison";
	s->plan[FAR_HOOK] = (struct far_plan){ .refuses = "poison", .status = 400 };
	scene_tell(s, &bad);
	scene_tell(s, &good);
	scene_run(s, HOUR_MS);
	assert_int_equal(posts_to(s, FAR_HOOK), 6);
	assert_string_equal(post_to(s, FAR_HOOK, 5)->id, good.delivery_id);
	assert_int_equal(scene_status(s, FAR_HOOK).dropped, 1);
	assert_int_equal(scene_status(s, FAR_HOOK).delivered, 1);
	assert_int_equal(scene_status(s, FAR_HOOK).failed, 5);
	assert_non_null(strstr(scene_stderr_read(&s->captured), "<3>receiver hook: refused, 1 alert "
	    "dropped (first 00000000000000000000000000000001-1767315845-1): status 400: no\n"));
	assert_int_equal(scene_stored(s), 0);
}

/* One alert that a channel refuses does not take the rest of its digest with it. */
static void
a_refused_digest_frees_the_others(void **state)
{
	struct scene *s = *state;

	s->plan[FAR_CHAT] = (struct far_plan){ .failures_left = 3, .status = 400 };
	scene_tell_many(s, 50);
	scene_run(s, HOUR_MS);
	assert_int_equal(posts_to(s, FAR_CHAT), 5);
	assert_non_null(strstr(post_to(s, FAR_CHAT, 0)->body, "*50 findings"));
	assert_null(strstr(post_to(s, FAR_CHAT, 1)->body, "findings:"));	/* the first alone */
	assert_null(strstr(post_to(s, FAR_CHAT, 3)->body, "findings:"));
	assert_non_null(strstr(post_to(s, FAR_CHAT, 4)->body, "*49 findings"));
	assert_int_equal(scene_status(s, FAR_CHAT).delivered, 50);
	assert_int_equal(scene_status(s, FAR_CHAT).dropped, 0);
}

static void
a_slow_or_dead_receiver_holds_up_nobody(void **state)
{
	struct scene *s = *state;

	s->plan[FAR_CHAT] = (struct far_plan){ .delay_ms = DAY_MS };	/* the timeout ends it */
	for (unsigned i = 0; i < 20; i++) {
		struct alert alert = scene_alert_numbered(i, "high");

		scene_tell(s, &alert);
	}
	scene_run(s, 1000);
	assert_int_equal(scene_status(s, FAR_HOOK).delivered, 20);
	assert_int_equal(scene_status(s, FAR_CHAT).pending, 20);
	for (unsigned i = 1; i < 20; i++)	/* in order */
		assert_true(strcmp(post_to(s, FAR_HOOK, i - 1)->id, post_to(s, FAR_HOOK, i)->id) < 0);
	assert_int_equal(posts_to(s, FAR_CHAT), 1);	/* one in flight */
	scene_run(s, 31000);
	assert_int_equal(scene_status(s, FAR_CHAT).failed, 1);
	s->plan[FAR_CHAT].delay_ms = 0;
	scene_run(s, MINUTE_MS);
	assert_int_equal(scene_status(s, FAR_CHAT).delivered, 20);
	assert_non_null(strstr(post_to(s, FAR_CHAT, 1)->body, "*20 findings: 20 high*"));
}

static void
chats_are_paced(void **state)
{
	struct scene *s = *state;

	scene_tell_many(s, 3);
	scene_run(s, MINUTE_MS);
	assert_int_equal(posts_to(s, FAR_CHAT), 3);
	assert_true(post_to(s, FAR_CHAT, 1)->wall_ms - post_to(s, FAR_CHAT, 0)->wall_ms >= 1000);
	assert_true(post_to(s, FAR_CHAT, 2)->wall_ms - post_to(s, FAR_CHAT, 1)->wall_ms >= 1000);
}

static void
a_digest_is_one_message(void **state)
{
	struct alert late = scene_alert_numbered(999, "critical");
	struct scene *s = *state;

	notify_begin_digest(s->notify);
	scene_tell_many(s, 100);
	scene_run(s, MINUTE_MS);
	scene_tell(s, &late);
	scene_run(s, MINUTE_MS);
	assert_int_equal(posts_to(s, FAR_CHAT), 0);
	assert_int_equal(posts_to(s, FAR_HOOK), 101);	/* programs get each by itself, at once */
	notify_end_digest(s->notify);
	scene_run(s, MINUTE_MS);
	assert_int_equal(posts_to(s, FAR_CHAT), 1);
	assert_non_null(strstr(post_to(s, FAR_CHAT, 0)->body, "*101 findings: 1 critical, 100 high*"));
	assert_int_equal(scene_status(s, FAR_CHAT).delivered, 101);
	assert_int_equal(scene_stored(s), 0);
}

static void
a_digest_that_nobody_ends_goes_out(void **state)
{
	struct scene *s = *state;

	notify_begin_digest(s->notify);
	scene_tell_many(s, 10);
	scene_run(s, 9 * MINUTE_MS);
	assert_int_equal(posts_to(s, FAR_CHAT), 0);
	scene_run(s, 2 * MINUTE_MS);
	assert_int_equal(posts_to(s, FAR_CHAT), 1);
	notify_end_digest(s->notify);
	scene_run(s, MINUTE_MS);
	assert_int_equal(posts_to(s, FAR_CHAT), 1);
}

static void
a_restart_goes_on(void **state)
{
	struct alert alert = scene_alert();
	struct scene *s = *state;
	int64_t closed_ms;
	unsigned before;

	s->plan[FAR_HOOK] = (struct far_plan){ .failures_left = 1000, .status = 0 };
	scene_tell(s, &alert);
	scene_run(s, HOUR_MS);
	before = posts_to(s, FAR_HOOK);
	assert_true(before >= 9 && before <= 11);
	assert_int_equal(scene_stored(s), 1);	/* closes and opens */
	closed_ms = loop_wall_ms(s->loop);
	s->plan[FAR_HOOK].failures_left = 0;
	scene_run(s, 2 * HOUR_MS);
	assert_int_equal(posts_to(s, FAR_HOOK), before + 1);
	assert_string_equal(post_to(s, FAR_HOOK, before)->id, alert.delivery_id);
	/* the wait was kept, too */
	assert_true(post_to(s, FAR_HOOK, before)->wall_ms - closed_ms > 5 * MINUTE_MS);
	assert_int_equal(posts_to(s, FAR_CHAT), 1);
	assert_string_equal(scene_at(post_to(s, FAR_HOOK, before)->body, "alerts.0.evidence.call"),
	    "DescribeKey");
	assert_int_equal(scene_stored(s), 0);
}

/* In flight when the end came: it is sent once more, with its id. */
static void
what_was_in_flight_is_repeated(void **state)
{
	struct alert alert = scene_alert();
	struct scene *s = *state;

	s->plan[FAR_HOOK].delay_ms = 20000;
	scene_tell(s, &alert);
	scene_run(s, 1000);
	assert_int_equal(posts_to(s, FAR_HOOK), 1);
	assert_int_equal(scene_stored(s), 1);
	scene_run(s, MINUTE_MS);
	assert_int_equal(posts_to(s, FAR_HOOK), 2);
	assert_string_equal(post_to(s, FAR_HOOK, 1)->id, alert.delivery_id);
	assert_int_equal(scene_status(s, FAR_HOOK).delivered, 1);
}

static void
after_a_week_alerts_are_given_up(void **state)
{
	struct alert fresh = scene_alert_numbered(77, "high");
	struct scene *s = *state;

	s->plan[FAR_HOOK] = (struct far_plan){ .failures_left = 100000, .status = 500 };
	scene_tell_many(s, 5);
	scene_run(s, 6 * DAY_MS);
	assert_int_equal(scene_status(s, FAR_HOOK).pending, 5);
	fresh.told_wall_ms = loop_wall_ms(s->loop);
	scene_tell(s, &fresh);
	scene_run(s, DAY_MS + 2 * HOUR_MS);
	assert_int_equal(scene_status(s, FAR_HOOK).dropped, 5);	/* all at once */
	assert_int_equal(scene_status(s, FAR_HOOK).pending, 1);
	assert_non_null(strstr(scene_stderr_read(&s->captured), "<3>receiver hook: not deliverable for a "
	    "week, 5 alerts dropped (first 00000000000000000000000000000000-1767315845-1): "
	    "status 500: no\n"));
	assert_true(posts_to(s, FAR_HOOK) < 7 * 24 * 2);
	s->plan[FAR_HOOK].failures_left = 0;
	scene_run(s, 2 * HOUR_MS);
	assert_int_equal(scene_status(s, FAR_HOOK).delivered, 1);
	assert_int_equal(scene_stored(s), 0);
}

static void
a_jump_of_the_clock_gives_nothing_up(void **state)
{
	struct alert alert = scene_alert();
	struct scene *s = *state;

	s->plan[FAR_HOOK] = (struct far_plan){ .failures_left = 10, .status = 500 };
	scene_tell(s, &alert);
	scene_run(s, MINUTE_MS);
	loop_shift_wall(s->loop, 400 * DAY_MS);
	scene_run(s, 5 * MINUTE_MS);
	loop_shift_wall(s->loop, -800 * DAY_MS);
	scene_run(s, 4 * HOUR_MS);
	assert_int_equal(scene_status(s, FAR_HOOK).delivered, 1);
	assert_int_equal(scene_status(s, FAR_HOOK).dropped, 0);
}

static void
routes_say_who_is_told(void **state)
{
	struct alert low = scene_alert_numbered(1, "low"), high = scene_alert_numbered(2, "high"),
		odd = scene_alert_numbered(3, "unheard-of");
	struct scene *s = *state;

	scene_configure(s, "receivers:\n" CHAT HOOK
	    "routes:\n  - { receiver: chat, severity: high }\n  - { receiver: hook }\n"
	    "  - { receiver: hook, severity: high }\n");
	scene_tell(s, &low);
	scene_tell(s, &high);
	scene_tell(s, &odd);
	scene_run(s, MINUTE_MS);
	assert_int_equal(posts_to(s, FAR_CHAT), 2);
	assert_int_equal(posts_to(s, FAR_HOOK), 3);	/* once each */
	scene_configure(s, "receivers:\n" CHAT HOOK "routes:\n  - { receiver: hook }\n");
	assert_non_null(strstr(scene_stderr_read(&s->captured),
	    "receiver chat: no route leads there, it is told nothing\n"));
	low = scene_alert_numbered(4, "critical");
	scene_tell(s, &low);
	scene_run(s, MINUTE_MS);
	assert_int_equal(posts_to(s, FAR_CHAT), 2);
	assert_int_equal(posts_to(s, FAR_HOOK), 4);
}

static void
a_reload_drops_what_is_gone_and_tries_the_rest(void **state)
{
	struct scene *s = *state;

	s->plan[FAR_HOOK] = s->plan[FAR_CHAT] = (struct far_plan){ .failures_left = 1000 };
	scene_tell_many(s, 2);
	scene_run(s, DAY_MS);
	s->plan[FAR_HOOK].failures_left = 0;
	s->plan[FAR_HOOK].delay_ms = 100;
	scene_configure(s, "receivers:\n" HOOK);
	assert_non_null(strstr(scene_stderr_read(&s->captured),
	    "receiver chat: not configured any more, its 2 alerts are dropped\n"));
	scene_run(s, 1000);
	assert_int_equal(scene_status(s, 0).delivered, 2);	/* at once, not in an hour */
	assert_string_equal(scene_status(s, 0).name, "hook");
	assert_int_equal(scene_stored(s), 0);
	/* and what the store still has for others at a start */
	scene_configure(s, "receivers:\n" CHAT);
	scene_tell_many(s, 2);
	scene_run(s, 500);
	s->plan[FAR_CHAT].failures_left = 1000;
	scene_close(s);
	settings_free(s->settings);
	s->settings = scene_settings("receivers:\n" HOOK);
	scene_open(s);
	assert_non_null(strstr(scene_stderr_read(&s->captured),
	    "2 alerts are dropped: they were for receivers that are not configured any more\n"));
	assert_int_equal(scene_stored(s), 0);
}

/* The name stays, the kind changes while a message is in flight. */
static void
a_receiver_may_change_its_kind(void **state)
{
	struct alert alert = scene_alert();
	struct scene *s = *state;

	s->plan[FAR_CHAT].delay_ms = 20000;
	scene_tell(s, &alert);
	scene_run(s, 1000);
	scene_configure(s, "receivers:\n"
	    "  - { name: chat, webhook: { url: \"https://hook.example.com/hookhidden\" } }\n");
	scene_run(s, MINUTE_MS);
	assert_int_equal(scene_status(s, 0).delivered, 1);
	assert_string_equal(scene_at(post_to(s, FAR_HOOK, 1)->body, "receiver"), "chat");
}

/* The disk is full: nothing can be stored, and everything is told, with the same ids. */
static void
without_a_disk_alerts_go_out_from_memory(void **state)
{
	struct rlimit before, small = { .rlim_cur = 4096 };
	struct alert alert = scene_alert();
	struct scene *s = *state;

	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &before);
	small.rlim_max = before.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	s->plan[FAR_CHAT] = (struct far_plan){ .failures_left = 1, .status = 500 };
	scene_tell(s, &alert);
	scene_run(s, MINUTE_MS);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(s->commits, 1);
	assert_int_equal(s->commit_failures, 1);
	assert_int_equal(scene_status(s, FAR_CHAT).delivered, 1);
	assert_int_equal(scene_status(s, FAR_HOOK).delivered, 1);
	assert_string_equal(post_to(s, FAR_HOOK, 0)->id, alert.delivery_id);
	/* with room again the store catches up: put, tried and dropped, in this order */
	scene_run(s, HOUR_MS);
	assert_int_equal(s->commits, 1);
	assert_int_equal(s->post_count, 3);
	assert_int_equal(scene_stored(s), 0);
}

static void
scene_on_tested(void *arg, unsigned failures)
{
	struct scene *s = arg;

	s->test_runs++;
	s->test_failures = failures;
}

static void
receivers_can_be_tested(void **state)
{
	struct scene *s = *state;

	s->plan[FAR_HOOK] = (struct far_plan){ .failures_left = 1, .status = 404 };
	notify_test(s->notify, scene_on_tested, s);
	assert_int_equal(s->test_runs, 0);
	scene_run(s, MINUTE_MS);
	assert_int_equal(s->test_runs, 1);
	assert_int_equal(s->test_failures, 1);
	assert_int_equal(s->post_count, 2);	/* no second try */
	assert_string_equal(scene_status(s, FAR_CHAT).last_error, "");
	assert_string_equal(scene_status(s, FAR_HOOK).last_error, "status 404: no");
	assert_non_null(strstr(post_to(s, FAR_CHAT, 0)->body, "This is a test"));
	assert_string_equal(scene_at(post_to(s, FAR_HOOK, 0)->body, "alerts.0.kind"), "test");
	/* without receivers, and with one that goes meanwhile */
	notify_test(s->notify, scene_on_tested, s);
	scene_configure(s, "receivers: []\n");
	scene_run(s, MINUTE_MS);
	assert_int_equal(s->test_runs, 2);
	assert_int_equal(s->test_failures, 2);
	notify_test(s->notify, scene_on_tested, s);
	scene_run(s, MINUTE_MS);
	assert_int_equal(s->test_runs, 3);
	assert_int_equal(s->test_failures, 0);
}

static void
a_test_needs_no_store(void **state)
{
	struct scene *s = *state;
	struct notify *n = notify_new(s->loop, s->http, NULL);

	notify_configure(n, &s->settings->notify);
	notify_test(n, scene_on_tested, s);
	scene_run(s, MINUTE_MS);
	assert_int_equal(s->test_runs, 1);
	assert_int_equal(s->test_failures, 0);
	notify_test(n, scene_on_tested, s);
	notify_free(n);	/* then nothing is told */
	scene_run(s, MINUTE_MS);
	assert_int_equal(s->test_runs, 1);
}

#define scene_test(f)	cmocka_unit_test_setup_teardown(f, scene_setup, scene_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		scene_test(an_alert_reaches_every_receiver),
		scene_test(each_alert_waits_for_its_own_batch),
		scene_test(failures_are_tried_again_with_the_same_id),
		scene_test(retry_after_is_honoured),
		scene_test(what_is_refused_is_dropped),
		scene_test(a_refused_digest_frees_the_others),
		scene_test(a_slow_or_dead_receiver_holds_up_nobody),
		scene_test(chats_are_paced),
		scene_test(a_digest_is_one_message),
		scene_test(a_digest_that_nobody_ends_goes_out),
		scene_test(a_restart_goes_on),
		scene_test(what_was_in_flight_is_repeated),
		scene_test(after_a_week_alerts_are_given_up),
		scene_test(a_jump_of_the_clock_gives_nothing_up),
		scene_test(routes_say_who_is_told),
		scene_test(a_reload_drops_what_is_gone_and_tries_the_rest),
		scene_test(a_receiver_may_change_its_kind),
		scene_test(without_a_disk_alerts_go_out_from_memory),
		scene_test(receivers_can_be_tested),
		scene_test(a_test_needs_no_store),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
