/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A whole daemon but for its sockets: AWS answers from cases, receivers are remembered, the store
 * is real. On a virtual loop days and restarts take no time. Included by each test once.
 */
#ifndef TRAILSEAL_UNIT_DAEMON_LIFE_H
#define TRAILSEAL_UNIT_DAEMON_LIFE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/text.h"
#include "daemon/cycle.h"
#include "daemon/events.h"
#include "daemon/life.h"
#include "daemon/monitor.h"
#include "sim/fake_aws.h"

#define SECOND_MS	INT64_C(1000)
#define MINUTE_MS	(60 * SECOND_MS)
#define HOUR_MS		(60 * MINUTE_MS)
#define BEGIN_MS	INT64_C(1767323045000)	/* 2026-01-02T03:04:05Z */
#define MANAGER		"111122223333"
#define MEMBER		"444455556666"
#define COMER		"222233334444"
#define POSTS_MAX	256

#define RECEIVERS	"receivers:\n" \
	"  - { name: chat, slack: { url: \"https://chat.example.com/services/T0/B0\" } }\n" \
	"  - { name: hook, webhook: { url: \"https://hook.example.com/hook\" } }\n" \
	"intervals: { accounts: 10m }\n"

struct life {
	char			 folder[64];
	struct daemon		 daemon;
	struct fake_aws		*aws;		/* whoever answers now */
	struct loop_timer	 tick, status, stop;
	char			*chat[POSTS_MAX], *hook[POSTS_MAX];	/* bodies */
	unsigned		 chats, hooks;
};

/* ---- the far side ---- */

/* An organization of these accounts, in one region and without trails; none: it cannot be listed. */
static struct fake_aws *
life_organization(const struct life *life, const char *const *accounts, size_t count)
{
	struct fake_aws *aws;
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/case.jsonl", life->folder);
	file = fopen(path, "w");
	assert_non_null(file);
	fprintf(file, "{\"op\": \"account:ListRegions\", \"body\": {\"Regions\": [{\"RegionName\": "
	    "\"us-east-1\", \"RegionOptStatus\": \"ENABLED_BY_DEFAULT\"}]}}\n");
	if (count > 0)
		fprintf(file, "{\"op\": \"organizations:ListAccounts\", \"body\": {\"Accounts\": [");
	for (size_t i = 0; i < count; i++)
		fprintf(file, "%s{\"Id\": \"%s\", \"Arn\": \"arn:aws:organizations::" MANAGER
		    ":account/o-exampleorgid/%s\", \"Name\": \"a%zu\", \"Status\": \"ACTIVE\", "
		    "\"State\": \"ACTIVE\"}", i > 0 ? ", " : "", accounts[i], accounts[i], i);
	if (count > 0)
		fprintf(file, "]}}\n");
	fclose(file);
	aws = fake_aws_new(path);
	unlink(path);
	return aws;
}

static inline void
life_become(struct life *life, const char *const *accounts, size_t count)
{
	fake_aws_free(life->aws);
	life->aws = life_organization(life, accounts, count);
	fake_aws_set_loop(life->aws, life->daemon.loop);
}

static int
life_answer(void *arg, const struct http_request *request, struct http_reply *reply,
    int64_t *ret_delay_ms, struct err *err)
{
	struct life *life = arg;
	bool is_chat = strstr(request->url, "chat.example.com") != NULL;
	bool is_hook = strstr(request->url, "hook.example.com") != NULL;

	if (!is_chat && !is_hook)
		return fake_aws_answer(life->aws, request, reply, ret_delay_ms, err);
	if (is_chat && life->chats < POSTS_MAX)
		life->chat[life->chats++] = mem_strndup(request->body, request->body_len);
	if (is_hook && life->hooks < POSTS_MAX)
		life->hook[life->hooks++] = mem_strndup(request->body, request->body_len);
	*reply = (struct http_reply){ .status = 200, .body = "ok", .body_len = 2, .headers = "" };
	*ret_delay_ms = 5;
	return 0;
}

/* ---- the daemon ---- */

static void
life_read(const char *text, struct settings **ret_settings, struct scope *ret_scope)
{
	struct config_errors errors = { .list = NULL };
	struct err err;

	assert_int_equal(settings_load_text("x.yaml", text, strlen(text), ret_settings, &errors), 0);
	config_errors_done(&errors);
	assert_int_equal(scope_init(ret_scope, *ret_settings, &err), 0);
}

static void
life_on_minute(void *arg)
{
	struct life *life = arg;

	cycle_tick(&life->daemon);
	loop_timer_set(&life->tick, MINUTE_MS);
}

static void
life_on_look(void *arg)
{
	cycle_confirm(arg);
}

static void
life_on_ten_seconds(void *arg)
{
	struct life *life = arg;

	cycle_close_digest(&life->daemon);
	loop_timer_set(&life->status, 10 * SECOND_MS);
}

static void
life_on_end(void *arg)
{
	struct life *life = arg;

	loop_stop(life->daemon.loop);
}

static void
life_open_store(struct daemon *d, const char *folder)
{
	struct outbox_entry *entries = NULL;
	struct store_start start;
	size_t count = 0;
	struct err err;

	if (store_open(d->loop, folder, &d->store, &start, &err) < 0)
		fail_msg("%s", err.text);
	d->notify = notify_new(d->loop, d->http, d->store);
	notify_configure(d->notify, &d->settings->notify);
	assert_int_equal(store_load_findings(d->store, d->findings, &err), 0);
	assert_int_equal(store_load_past(d->store, &d->past, &err), 0);
	assert_int_equal(store_load_silences(d->store, &d->silences, &err), 0);
	assert_int_equal(events_load(d->events, &err), 0);
	assert_int_equal(store_load_outbox(d->store, &entries, &count, &err), 0);
	notify_load(d->notify, entries, count);
	monitor_tell_start(d, &start);
	d->has_begun = d->is_serving = true;
}

/* Takes the loop. */
static void
life_start(struct life *life, const char *text, struct loop *loop)
{
	static const struct creds_options creds = { .session_name = "test" };
	struct aws_options aws = { .max_attempts = 1 };
	struct daemon *d = &life->daemon;

	*d = (struct daemon){ .loop = loop };
	fake_aws_set_loop(life->aws, d->loop);
	life_read(text, &d->settings, &d->scope);
	d->http = http_new_stub(d->loop, life_answer, life);
	d->aws = aws_new(d->loop, d->http, &aws);
	d->creds = creds_new(d->aws, &creds);
	d->world = world_new();
	d->sweep = sweep_new(d->aws, d->creds, d->world, &d->scope.sweep);
	d->findings = findings_new();
	d->events = events_new(d);
	d->cursors = cursors_new();
	d->started_wall_ms = d->last_reload_wall_ms = loop_wall_ms(d->loop);
	d->started_mono_ms = loop_mono_ms(d->loop);
	d->last_reload_good = true;
	loop_timer_init(&d->confirm, d->loop, life_on_look, d);
	loop_timer_init(&life->tick, d->loop, life_on_minute, life);
	loop_timer_init(&life->status, d->loop, life_on_ten_seconds, life);
	loop_timer_init(&life->stop, d->loop, life_on_end, life);
	loop_timer_set(&life->tick, MINUTE_MS);
	loop_timer_set(&life->status, 0);
	life_open_store(d, life->folder);
	sweep_watch(d->sweep, &d->settings->intervals, cycle_answered, d);
	events_watch(d->events);
}

/* Returns the time of the end. */
static int64_t
life_stop(struct life *life)
{
	int64_t wall_ms = loop_wall_ms(life->daemon.loop);

	loop_timer_stop(&life->tick);
	loop_timer_stop(&life->status);
	life_end(&life->daemon);
	return wall_ms;
}

static void
life_init(struct life *life, const char *const *accounts, size_t count)
{
	setenv("AWS_ACCESS_KEY_ID", "AKIA" MANAGER, 1);
	setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", 1);
	setenv("AWS_REGION", "us-east-1", 1);
	setenv("AWS_CONFIG_FILE", "/dev/null", 1);
	setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null", 1);
	*life = (struct life){ .folder = "/tmp/trailseal-life-XXXXXX" };
	assert_non_null(mkdtemp(life->folder));
	life->aws = life_organization(life, accounts, count);
}

static void
life_forget_posts(struct life *life)
{
	while (life->chats > 0)
		free(life->chat[--life->chats]);
	while (life->hooks > 0)
		free(life->hook[--life->hooks]);
}

static void
life_done(struct life *life)
{
	char command[128];

	life_forget_posts(life);
	fake_aws_free(life->aws);
	snprintf(command, sizeof(command), "rm -rf -- %s", life->folder);
	assert_int_equal(system(command), 0);
}

static inline void
life_pass(struct life *life, int64_t ms)
{
	loop_timer_set(&life->stop, ms);
	while (loop_timer_is_set(&life->stop))
		loop_run(life->daemon.loop);
}

/* Posts whose body has both texts. */
static inline unsigned
life_count(char *const *posts, unsigned count, const char *a, const char *b)
{
	unsigned n = 0;

	for (unsigned i = 0; i < count; i++)
		n += strstr(posts[i], a) != NULL && strstr(posts[i], b) != NULL;
	return n;
}

#endif
