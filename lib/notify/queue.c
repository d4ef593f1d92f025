/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The alerts of one receiver, first in, first out: see notify_private.h. While the first cannot be
 * delivered those behind it wait with it. Chat receivers take all that has gathered as one digest.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/log.h"
#include "base/mem.h"
#include "notify/notify_private.h"
#include "notify/retry.h"

#define QUEUE_SINGLES	3	/* so many at once are still told one by one */
#define QUEUE_DIGEST	10000	/* alerts in one digest */

static const struct receiver_type *
queue_type(const struct queue *q)
{
	return receiver_type(receiver_kind(q->settings));
}

static int64_t
queue_now(const struct queue *q)
{
	return loop_wall_ms(q->notify->loop);
}

static void
queue_on_due(void *arg)
{
	queue_send(arg);
}

struct queue *
queue_new(struct notify *n, const struct receiver_settings *settings)
{
	struct queue *q = mem_alloc(1, sizeof(*q));

	q->notify = n;
	q->name = mem_strdup(settings->name);
	q->settings = settings;
	TAILQ_INIT(&q->entries);
	loop_timer_init(&q->due, n->loop, queue_on_due, q);
	return q;
}

/* Takes the first entry out, and out of the store when it `is_over`. */
static void
queue_take_first(struct queue *q, bool is_over)
{
	struct queue_entry *e = TAILQ_FIRST(&q->entries);
	struct store_batch *rows = is_over ? notify_rows(q->notify) : NULL;

	if (rows != NULL)
		store_drop_alert(rows, e->outbox.alert.delivery_id, q->name);
	TAILQ_REMOVE(&q->entries, e, link);
	q->count--;
	outbox_entry_done(&e->outbox);
	free(e);
}

void
queue_free(struct queue *q)
{
	delivery_cancel(q->delivery);
	delivery_cancel(q->test);
	loop_timer_stop(&q->due);
	while (q->count > 0)
		queue_take_first(q, false);
	free(q->name);
	free(q);
}

size_t
queue_drop_all(struct queue *q)
{
	size_t count = q->count;

	delivery_cancel(q->delivery);
	q->delivery = NULL;
	while (q->count > 0)
		queue_take_first(q, true);
	return count;
}

void
queue_add(struct queue *q, struct outbox_entry *entry, uint64_t sequence)
{
	struct queue_entry *e = mem_alloc(1, sizeof(*e));

	e->outbox = *entry;
	e->sequence = sequence;
	TAILQ_INSERT_TAIL(&q->entries, e, link);
	q->count++;
}

void
queue_configure(struct queue *q, const struct receiver_settings *settings)
{
	if (receiver_kind(settings) != receiver_kind(q->settings)) {
		delivery_cancel(q->delivery);
		q->delivery = NULL;
	}
	q->settings = settings;
	loop_timer_stop(&q->due);
}

void
queue_resume(struct queue *q)
{
	const struct queue_entry *first = TAILQ_FIRST(&q->entries);

	if (first == NULL || first->outbox.attempts == 0)
		return;
	q->failures = first->outbox.attempts;
	loop_timer_set(&q->due, retry_rest_ms(first->outbox.next_wall_ms, queue_now(q)));
}

/* ---- what came of a message ---- */

static void
queue_drop(struct queue *q, size_t count, const char *why)
{
	log_error(NULL, "receiver %s: %s, %zu alert%s dropped (first %s): %s", q->name, why, count,
	    count == 1 ? "" : "s", TAILQ_FIRST(&q->entries)->outbox.alert.delivery_id,
	    q->status.last_error);
	q->status.dropped += count;
	while (count-- > 0)
		queue_take_first(q, true);
}

static void
queue_on_taken(struct queue *q)
{
	if (q->failures > 0)
		log_notice(NULL, "receiver %s: takes alerts again, after %u failure%s", q->name,
		    q->failures, q->failures == 1 ? "" : "s");
	q->failures = 0;
	q->status.last_error[0] = '\0';
	q->status.delivered += q->in_flight;
	while (q->in_flight > 0) {
		queue_take_first(q, true);
		q->in_flight--;
	}
	loop_timer_set(&q->due, queue_type(q)->pause_ms);
}

static void
queue_drop_refused(struct queue *q)
{
	struct queue_entry *first = TAILQ_FIRST(&q->entries);

	if (++first->refusals >= RETRY_REFUSALS)
		queue_drop(q, 1, "refused");
}

static void
queue_drop_old(struct queue *q)
{
	size_t count = 0;
	struct queue_entry *e;

	TAILQ_FOREACH(e, &q->entries, link) {
		if (!retry_is_over(q->failures, e->outbox.alert.told_wall_ms, queue_now(q)))
			break;
		count++;
	}
	if (count > 0)
		queue_drop(q, count, "not deliverable for a week");
}

/*
 * Only the first entry remembers the wait: those behind it begin when it is gone. What comes after
 * all were dropped is tried at once.
 */
static void
queue_wait(struct queue *q, int64_t delay_ms)
{
	struct queue_entry *first = TAILQ_FIRST(&q->entries);
	struct store_batch *rows = notify_rows(q->notify);

	if (first == NULL)
		return;
	loop_timer_set(&q->due, delay_ms);
	first->outbox.attempts++;
	first->outbox.next_wall_ms = queue_now(q) + delay_ms;
	if (rows != NULL)
		store_alert_tried(rows, first->outbox.alert.delivery_id, q->name,
		    first->outbox.attempts, first->outbox.next_wall_ms);
}

static void
queue_on_failed(struct queue *q, const struct delivery_result *r)
{
	uint32_t random;

	if (strcmp(q->status.last_error, r->error) != 0)
		log_warning(NULL, "receiver %s: %s, trying again: %s", q->name,
		    delivery_outcome_name(r->outcome), r->error);
	memcpy(q->status.last_error, r->error, sizeof(r->error));
	q->status.failed++;
	q->failures++;
	q->in_flight = 0;
	if (r->outcome == DELIVERY_REFUSED)
		queue_drop_refused(q);
	queue_drop_old(q);
	crypto_random(&random, sizeof(random));
	queue_wait(q, retry_delay_ms(q->failures, r->retry_after_ms, random));
}

static void
queue_on_delivered(void *arg, const struct delivery_result *r)
{
	struct queue *q = arg;

	q->delivery = NULL;
	if (r->outcome == DELIVERY_TAKEN)
		queue_on_taken(q);
	else
		queue_on_failed(q, r);
}

/* ---- sending ---- */

/* What may go, from the first on; a message that was refused goes alone, to set the others free. */
static size_t
queue_pick(const struct queue *q, const struct alert **ret_alerts)
{
	size_t count = 0;
	struct queue_entry *e;

	TAILQ_FOREACH(e, &q->entries, link) {
		if (e->sequence > q->notify->released || count == QUEUE_DIGEST)
			break;
		ret_alerts[count++] = &e->outbox.alert;
		if (e->refusals > 0 || !queue_type(q)->takes_many)
			break;
	}
	return count > QUEUE_SINGLES || count == 0 ? count : 1;
}

void
queue_send(struct queue *q)
{
	struct notify *n = q->notify;
	size_t most = q->count < QUEUE_DIGEST ? q->count : QUEUE_DIGEST;
	const struct alert **alerts;

	if (q->delivery != NULL || loop_timer_is_set(&q->due) || most == 0 ||
	    (n->is_holding && queue_type(q)->takes_many))
		return;
	alerts = mem_alloc(most, sizeof(*alerts));
	q->in_flight = queue_pick(q, alerts);
	if (q->in_flight > 0)
		q->delivery = delivery_start(n->loop, n->http, q->settings, alerts, q->in_flight,
		    queue_on_delivered, q);
	free(alerts);
}
