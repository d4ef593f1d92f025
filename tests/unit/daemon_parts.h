/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A daemon made by hand, for the tests of what shows it: the world of the reports, findings, and
 * what the store and the receivers would say of themselves. Included by each of these tests once.
 */
#ifndef TRAILSEAL_UNIT_DAEMON_PARTS_H
#define TRAILSEAL_UNIT_DAEMON_PARTS_H

#include "unit/report_world.h"

#include "daemon/daemon.h"

struct parts {
	struct fixture		 fixture;
	struct daemon		 daemon;
	struct settings		 settings;
};

/* The store's and the receivers' words, in place of theirs. */
static struct store_status	 parts_store;
static struct receiver_status	 parts_receivers[2];
static size_t			 parts_receiver_count;

void
store_get_status(const struct store *store, struct store_status *ret)
{
	(void)store;
	*ret = parts_store;
}

size_t
notify_get_status(const struct notify *notify, struct receiver_status *rows, size_t most)
{
	(void)notify;
	for (size_t i = 0; i < parts_receiver_count && i < most; i++)
		rows[i] = parts_receivers[i];
	return parts_receiver_count;
}

static int
parts_answer_nothing(void *arg, const struct http_request *q, struct http_reply *reply,
    int64_t *ret_delay_ms, struct err *err)
{
	(void)arg;
	(void)q;
	(void)reply;
	(void)ret_delay_ms;
	(void)err;
	return 1;
}

/* The counters are the client's own: tests set them as calls would. */
static inline struct aws_counters *
parts_aws(struct parts *p)
{
	return (struct aws_counters *)aws_counters(p->daemon.aws);
}

static inline struct sweep_progress *
parts_progress(struct parts *p)
{
	return (struct sweep_progress *)sweep_progress(p->daemon.sweep);
}

static inline struct finding *
parts_add_finding(struct parts *p, enum rule_id rule, enum finding_state state,
    enum severity severity, const char *resource)
{
	struct finding *f = mem_alloc(1, sizeof(*f));

	finding_id(rule, PROD, "us-east-1", resource, f->id);
	f->rule = rule;
	f->state = state;
	f->severity = severity;
	f->account = mem_strdup(PROD);
	f->region = mem_strdup("us-east-1");
	f->resource = mem_strdup(resource);
	f->summary = mem_strdup("it is so");
	f->evidence = mem_strdup("{\"call\":\"kms:DescribeKey\",\"facts\":{\"KeyState\":\"Disabled\"}}");
	f->since_wall_ms = NOW - 60000;
	findings_load(p->daemon.findings, f);
	return f;
}

/* The loop is taken. An empty world, unless the fixture is filled before. */
static void
parts_init(struct parts *p, struct loop *loop)
{
	static const struct creds_options options = { .session_name = "test" };
	struct aws_options aws = { .max_attempts = 0 };
	struct daemon *d = &p->daemon;

	setenv("AWS_EC2_METADATA_DISABLED", "true", 1);
	parts_store = (struct store_status){ .commits = 0 };
	parts_receiver_count = 0;
	rules_settings_init(&d->scope.rules);
	p->settings.web.max_series = 100000;
	d->loop = loop;
	d->settings = &p->settings;
	d->http = http_new_stub(loop, parts_answer_nothing, NULL);
	d->aws = aws_new(loop, d->http, &aws);
	d->creds = creds_new(d->aws, &options);
	d->world = p->fixture.world;
	d->sweep = sweep_new(d->aws, d->creds, d->world, &d->scope.sweep);
	d->findings = findings_new();
	d->cursors = cursors_new();
	d->started_wall_ms = NOW - 3600000;
	d->last_reload_good = true;
	d->last_reload_wall_ms = NOW - 3600000;
}

static void
parts_done(struct parts *p)
{
	struct daemon *d = &p->daemon;

	findings_free(d->findings);
	cursors_free(d->cursors);
	sweep_free(d->sweep);
	creds_free(d->creds);
	aws_free(d->aws);
	http_free(d->http);
	fixture_done(&p->fixture);
	loop_free(d->loop);
}

#endif
