/* SPDX-License-Identifier: Apache-2.0 */
/* Who is told what, and when it may go; see notify.h. What one receiver does is in queue.c. */
#include "notify/notify.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "notify/journal.h"
#include "notify/notify_private.h"

#define NOTIFY_FLUSH_MS	100		/* rows of deliveries gather this long */
#define NOTIFY_HOLD_MS	INT64_C(600000)	/* a digest is in the making this long at most */

static const struct notify_settings notify_no_settings = { .receiver_count = 0 };

static void	notify_on_flush(void *);
static void	notify_on_hold_end(void *);
static void	notify_on_test_end(void *);

struct notify *
notify_new(struct loop *loop, struct http *http, struct store *store)
{
	struct notify *n = mem_alloc(1, sizeof(*n));

	n->loop = loop;
	n->http = http;
	n->store = store;
	n->settings = &notify_no_settings;
	LIST_INIT(&n->commits);
	loop_timer_init(&n->flush, loop, notify_on_flush, n);
	loop_timer_init(&n->hold, loop, notify_on_hold_end, n);
	loop_timer_init(&n->test_end, loop, notify_on_test_end, n);
	return n;
}

void
notify_free(struct notify *n)
{
	struct notify_commit *c;

	if (n == NULL)
		return;
	LIST_FOREACH(c, &n->commits, link)
		c->notify = NULL;
	for (size_t i = 0; i < n->queue_count; i++)
		queue_free(n->queues[i]);
	notify_on_flush(n);
	loop_timer_stop(&n->flush);
	loop_timer_stop(&n->hold);
	loop_timer_stop(&n->test_end);
	free(n->queues);
	free(n);
}

/* ---- rows of the outbox ---- */

struct store_batch *
notify_rows(struct notify *n)
{
	if (n->store == NULL)
		return NULL;
	if (n->rows == NULL) {
		n->rows = store_batch_new();
		loop_timer_set(&n->flush, NOTIFY_FLUSH_MS);
	}
	return n->rows;
}

static void
notify_on_flush(void *arg)
{
	struct notify *n = arg;

	if (n->rows != NULL)
		store_commit(n->store, n->rows, NULL, NULL);
	n->rows = NULL;
}

/* ---- receivers ---- */

static struct queue *
notify_find_queue(const struct notify *n, const char *name)
{
	for (size_t i = 0; i < n->queue_count; i++)
		if (strcmp(n->queues[i]->name, name) == 0)
			return n->queues[i];
	return NULL;
}

static bool
notify_has_receiver(const struct notify_settings *s, const char *name)
{
	for (size_t i = 0; i < s->receiver_count; i++)
		if (strcmp(s->receivers[i].name, name) == 0)
			return true;
	return false;
}

/* A test of a receiver has ended. */
static void
notify_count_test(struct notify *n, bool has_failed)
{
	n->tests_failed += has_failed;
	if (--n->tests_running == 0)
		loop_timer_set(&n->test_end, 0);
}

static void
notify_remove(struct notify *n, struct queue *q)
{
	size_t dropped = queue_drop_all(q);

	if (dropped > 0)
		log_warning(NULL, "receiver %s: not configured any more, its %zu alert%s dropped",
		    q->name, dropped, dropped == 1 ? " is" : "s are");
	if (q->test != NULL)
		notify_count_test(n, true);
	queue_free(q);
}

static bool
notify_has_route(const struct notify_settings *s, const char *name, enum severity severity)
{
	for (size_t i = 0; i < s->route_count; i++)
		if (strcmp(s->routes[i].receiver, name) == 0 && severity >= s->routes[i].severity)
			return true;
	return s->route_count == 0;
}

void
notify_configure(struct notify *n, const struct notify_settings *s)
{
	struct queue **queues = mem_alloc(s->receiver_count + 1, sizeof(*queues));

	for (size_t i = 0; i < s->receiver_count; i++) {
		const struct receiver_settings *r = &s->receivers[i];

		queues[i] = notify_find_queue(n, r->name);
		if (queues[i] != NULL)
			queue_configure(queues[i], r);
		else
			queues[i] = queue_new(n, r);
		if (!notify_has_route(s, r->name, SEVERITY_CRITICAL))
			log_warning(NULL, "receiver %s: no route leads there, it is told nothing", r->name);
	}
	for (size_t i = 0; i < n->queue_count; i++)
		if (!notify_has_receiver(s, n->queues[i]->name))
			notify_remove(n, n->queues[i]);
	free(n->queues);
	n->queues = queues;
	n->queue_count = s->receiver_count;
	n->settings = s;
	for (size_t i = 0; i < n->queue_count; i++)
		queue_send(n->queues[i]);
}

void
notify_load(struct notify *n, struct outbox_entry *entries, size_t count)
{
	size_t dropped = 0;

	for (size_t i = 0; i < count; i++) {
		struct outbox_entry *e = &entries[i];
		struct queue *q = notify_find_queue(n, e->receiver);

		if (q != NULL) {
			queue_add(q, e, 0);
			continue;
		}
		dropped++;
		store_drop_alert(notify_rows(n), e->alert.delivery_id, e->receiver);
		outbox_entry_done(e);
	}
	if (dropped > 0)
		log_warning(NULL, "%zu alert%s for receivers that are not configured any more", dropped,
		    dropped == 1 ? " is dropped: it was" : "s are dropped: they were");
	for (size_t i = 0; i < n->queue_count; i++) {
		queue_resume(n->queues[i]);
		queue_send(n->queues[i]);
	}
	free(entries);
}

/* ---- alerts ---- */

/* What this version does not know is not kept from anybody. */
static enum severity
notify_severity(const struct alert *a)
{
	enum severity severity;

	return a->severity != NULL && severity_parse(a->severity, &severity) ? severity :
	    SEVERITY_CRITICAL;
}

void
notify_enqueue(struct notify *n, const struct alert *alert, struct store_batch *batch)
{
	enum severity severity = notify_severity(alert);

	journal_tell(alert);
	n->enqueued++;
	for (size_t i = 0; i < n->queue_count; i++) {
		struct outbox_entry entry = { .alert = *alert };
		struct queue *q = n->queues[i];

		if (!notify_has_route(n->settings, q->name, severity))
			continue;
		entry.receiver = mem_strdup(q->name);
		entry.memory = alert_keep_texts(&entry.alert);
		store_put_alert(batch, alert, q->name);
		queue_add(q, &entry, n->enqueued);
	}
}

static void
notify_on_committed(void *arg, const struct err *err)
{
	struct notify_commit *c = arg;
	struct notify *n = c->notify;

	if (n != NULL) {
		LIST_REMOVE(c, link);
		n->released = c->up_to > n->released ? c->up_to : n->released;
		for (size_t i = 0; i < n->queue_count; i++)
			queue_send(n->queues[i]);
	}
	if (c->done != NULL)
		c->done(c->arg, err);
	free(c);
}

void
notify_commit(struct notify *n, struct store_batch *batch, store_done_fn done, void *arg)
{
	struct notify_commit *c = mem_alloc(1, sizeof(*c));

	*c = (struct notify_commit){
		.notify = n, .up_to = n->enqueued, .done = done, .arg = arg,
	};
	LIST_INSERT_HEAD(&n->commits, c, link);
	store_commit(n->store, batch, notify_on_committed, c);
}

/* ---- digests ---- */

void
notify_begin_digest(struct notify *n)
{
	n->is_holding = true;
	loop_timer_set(&n->hold, NOTIFY_HOLD_MS);
}

void
notify_end_digest(struct notify *n)
{
	loop_timer_stop(&n->hold);
	notify_on_hold_end(n);
}

static void
notify_on_hold_end(void *arg)
{
	struct notify *n = arg;

	n->is_holding = false;
	for (size_t i = 0; i < n->queue_count; i++)
		queue_send(n->queues[i]);
}

/* ---- tests ---- */

static void
notify_on_test_end(void *arg)
{
	struct notify *n = arg;
	void (*tested)(void *, unsigned) = n->tested;

	n->tested = NULL;
	tested(n->tested_arg, n->tests_failed);
}

static void
notify_on_tested(void *arg, const struct delivery_result *r)
{
	struct queue *q = arg;

	q->test = NULL;
	memcpy(q->status.last_error, r->error, sizeof(r->error));
	notify_count_test(q->notify, r->outcome != DELIVERY_TAKEN);
}

static struct delivery *
notify_start_test(struct queue *q)
{
	struct notify *n = q->notify;
	struct alert alert = {
		.id = "test", .kind = "test", .is_firing = true, .rule = "test", .severity = "low",
		.summary = "This is a test: trailseal's alerts will arrive here.",
		.since_wall_ms = loop_wall_ms(n->loop), .told_wall_ms = loop_wall_ms(n->loop),
	};
	const struct alert *alerts = &alert;
	char uuid[CRYPTO_UUID_SIZE];

	snprintf(alert.delivery_id, sizeof(alert.delivery_id), "test-%s", crypto_uuid(uuid));
	return delivery_start(n->loop, n->http, q->settings, &alerts, 1, notify_on_tested, q);
}

void
notify_test(struct notify *n, void (*done)(void *arg, unsigned failures), void *arg)
{
	assert(n->tested == NULL && done != NULL);
	n->tested = done;
	n->tested_arg = arg;
	n->tests_failed = 0;
	n->tests_running = (unsigned)n->queue_count;
	for (size_t i = 0; i < n->queue_count; i++)
		n->queues[i]->test = notify_start_test(n->queues[i]);
	if (n->queue_count == 0)
		loop_timer_set(&n->test_end, 0);
}

/* ---- for those who show it ---- */

size_t
notify_get_status(const struct notify *n, struct receiver_status *rows, size_t most)
{
	for (size_t i = 0; i < n->queue_count && i < most; i++) {
		rows[i] = n->queues[i]->status;
		rows[i].name = n->queues[i]->name;
		rows[i].pending = n->queues[i]->count;
	}
	return n->queue_count;
}
