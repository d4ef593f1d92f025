/* SPDX-License-Identifier: Apache-2.0 */
/* Metrics about the queues that events come through. */
#include "base/stamp.h"
#include "daemon/daemon.h"
#include "daemon/metrics_page.h"
#include "sweep/queues.h"

/* More labels, in pairs, behind those that say which queue. */
#define queues_add_count(page, status, value, ...) \
	metrics_add_count(page, value, "queue", (status)->queue->url, \
	    "account", (status)->queue->account, "region", (status)->queue->region, __VA_ARGS__)

static void
queues_write_one_success(void *arg, const struct queue_status *q)
{
	if (q->good_wall_ms != STAMP_UNKNOWN)
		metrics_add_time(arg, q->good_wall_ms, "queue", q->queue->url,
		    "account", q->queue->account, "region", q->queue->region, NULL);
}

static void
queues_write_success(struct metrics_page *p, const struct metrics_source *s)
{
	queues_each(s->daemon->sweep, queues_write_one_success, p);
}

static void
queues_write_one_failures(void *arg, const struct queue_status *q)
{
	queues_add_count(arg, q, q->failures, NULL);
}

static void
queues_write_failures(struct metrics_page *p, const struct metrics_source *s)
{
	queues_each(s->daemon->sweep, queues_write_one_failures, p);
}

static void
queues_write_one_messages(void *arg, const struct queue_status *q)
{
	queues_add_count(arg, q, q->received, "fate", "received", NULL);
	queues_add_count(arg, q, q->malformed, "fate", "malformed", NULL);
	queues_add_count(arg, q, q->set_aside, "fate", "set-aside", NULL);
	queues_add_count(arg, q, q->deleted, "fate", "deleted", NULL);
	queues_add_count(arg, q, q->undeleted, "fate", "undeleted", NULL);
}

static void
queues_write_messages(struct metrics_page *p, const struct metrics_source *s)
{
	queues_each(s->daemon->sweep, queues_write_one_messages, p);
}

const struct metric metrics_queues[] = {
	{ "queue_last_receive_timestamp_seconds", METRIC_GAUGE,
	    "When SQS last answered for the queue, with or without messages.",
	    .write = queues_write_success },
	{ "queue_receive_failures_total", METRIC_COUNTER,
	    "Receives from the queue that SQS refused or did not answer.",
	    .write = queues_write_failures },
	{ "queue_messages_total", METRIC_COUNTER,
	    "Messages of the queue: received, each time anew; malformed, no records of CloudTrail "
	    "among these; set-aside, kept in the ledger; deleted; undeleted, come again.",
	    .write = queues_write_messages },
	{ .name = NULL },
};
