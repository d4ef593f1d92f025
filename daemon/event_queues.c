/* SPDX-License-Identifier: Apache-2.0 */
/* What queues bring; see event_queues.h. */
#include "daemon/event_queues.h"

#include <stdio.h>

#include "base/text.h"
#include "daemon/events.h"
#include "sweep/queues.h"
#include "wire/json_write.h"

#define EVENT_QUEUES_KEPT_MAX	((size_t)16 * 1024)	/* bytes of a message that is set aside */

static void
event_queues_on_kept(void *arg, bool is_stored)
{
	if (is_stored)
		queues_kept(arg);
	else
		queues_left(arg);
}

static void
event_queues_take(void *arg, const struct event *newest_first, size_t count, struct queue_lot *lot)
{
	const struct daemon *d = arg;

	events_take(d->events, EVENTS_QUEUE, newest_first, count, NULL, event_queues_on_kept, lot);
}

/* The message as it came, as far as a ledger wants it. */
static void
event_queues_record(const struct daemon *d, const struct sweep_queue *queue,
    const struct queue_poison *p, struct store_batch *batch)
{
	size_t len = p->body_len;
	struct json_writer *w;
	struct buf body;

	if (len > EVENT_QUEUES_KEPT_MAX)
		len = text_utf8_prefix(p->body, EVENT_QUEUES_KEPT_MAX);
	buf_init(&body, 8 * EVENT_QUEUES_KEPT_MAX);
	w = json_writer_new(&body, false);
	json_write_object(w);
	json_write_member(w, "queue", queue->url);
	json_write_member(w, "message", p->id);
	json_write_member_i64(w, "receives", p->receives);
	json_write_member(w, "reason", p->why);
	json_write_member_i64(w, "bytes", (int64_t)p->body_len);
	json_write_key(w, "body");
	json_write_string_n(w, p->body, len);
	json_write_end_object(w);
	json_writer_free(w);
	store_add_evidence(batch, aws_wall_ms(d->aws), "set-aside", buf_text(&body));
	buf_done(&body);
}

static void
event_queues_set_aside(void *arg, const struct sweep_queue *queue, const struct queue_poison *poison,
    size_t count, struct queue_lot *lot)
{
	const struct daemon *d = arg;
	struct store_batch *batch = store_batch_new();
	char why[640];

	for (size_t i = 0; i < count; i++) {
		snprintf(why, sizeof(why), "message %.100s of queue %.200s: %.300s", poison[i].id,
		    queue->url, poison[i].why);
		events_note_malformed(d->events, EVENTS_QUEUE, queue->account, queue->region, why);
		event_queues_record(d, queue, &poison[i], batch);
	}
	events_keep(d->events, batch, event_queues_on_kept, lot);
}

void
event_queues_watch(struct daemon *d)
{
	queues_watch(d->sweep, &(struct queues_settings){
		.take = event_queues_take, .set_aside = event_queues_set_aside, .arg = d,
	});
}
