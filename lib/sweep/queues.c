/* SPDX-License-Identifier: Apache-2.0 */
/* Reads queues; see queues.h. */
#include "sweep/queues.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/stamp.h"
#include "base/text.h"
#include "parse/messages.h"
#include "parse/record.h"
#include "sweep/sweep_private.h"

#define QUEUES_LOTS_MAX		8	/* of one queue, not deleted yet: then it waits for them */
#define QUEUES_READY_MS		1000	/* how often it is looked whether all accounts were */
#define QUEUES_EMPTY_MS		1000	/* an empty queue that does not wait is not asked more often */
#define QUEUES_PAUSE_MS		INT64_C(2000)	/* after a failure; doubled with each */
#define QUEUES_PAUSE_MAX_MS	INT64_C(300000)
#define QUEUES_DELETE_MS	INT64_C(1000)	/* before a second try to delete; doubled with each */
#define QUEUES_DELETE_TRIES	4

struct queue_lot {
	struct queue		*queue;
	char			*receipts[MESSAGES_MAX];	/* ours */
	size_t			 count;
	unsigned		 tries;		/* to delete them */
	bool			 is_kept;
	bool			 is_left;	/* and is not to be deleted */
	struct loop_timer	 timer;
	TAILQ_ENTRY(queue_lot)	 link;
};

struct queue {
	struct queues		*queues;
	struct job_target	 target;
	struct queue_status	 status;	/* names the queue, too */
	bool			 is_receiving;
	unsigned		 failures;	/* in a row */
	int64_t			 asked_mono_ms;
	struct loop_timer	 timer;
	TAILQ_HEAD(, queue_lot)	 lots;
	unsigned		 lot_count;
};

struct queues {
	struct sweep		*sweep;
	struct queues_settings	 settings;
	struct queue		*queue;		/* ours */
	size_t			 count;
};

static void	queue_step(struct queue *);
static void	lot_delete(struct queue_lot *);

static int64_t
queue_mono(const struct queue *q)
{
	return loop_mono_ms(aws_loop(q->queues->sweep->aws));
}

static struct log_scope
queue_scope(const struct queue *q)
{
	return (struct log_scope){ .account = q->target.account, .region = q->target.region };
}

static int64_t
queues_doubled(int64_t ms, unsigned times, int64_t most_ms)
{
	while (times-- > 0 && ms < most_ms)
		ms *= 2;
	return ms < most_ms ? ms : most_ms;
}

/* ---- lots ---- */

static struct queue_lot *
lot_new(struct queue *q, loop_timer_fn again)
{
	struct queue_lot *lot = mem_alloc(1, sizeof(*lot));

	lot->queue = q;
	loop_timer_init(&lot->timer, aws_loop(q->queues->sweep->aws), again, lot);
	TAILQ_INSERT_TAIL(&q->lots, lot, link);
	q->lot_count++;
	return lot;
}

static void
lot_free(struct queue_lot *lot)
{
	struct queue *q = lot->queue;

	TAILQ_REMOVE(&q->lots, lot, link);
	q->lot_count--;
	loop_timer_stop(&lot->timer);
	while (lot->count > 0)
		free(lot->receipts[--lot->count]);
	free(lot);
}

static void
lot_add(struct queue_lot *lot, const struct queue_message *message)
{
	assert(lot->count < MESSAGES_MAX);
	lot->receipts[lot->count++] = mem_strdup(message->receipt);
}

/* They come again, and are recognized then. */
static void
lot_give_up(struct queue_lot *lot, const char *why)
{
	struct log_scope scope = queue_scope(lot->queue);

	lot->queue->status.undeleted += lot->count;
	log_warning(&scope, "queue %s: messages could not be deleted (%zu) and come again: %s",
	    lot->queue->status.queue->url, lot->count, why);
}

/* Those that are left go on; returns why the last of these was not deleted. */
static const char *
lot_take_deletions(struct queue_lot *lot, const struct queue_deletion *deletions, bool *ret_is_final)
{
	const char *why = "";
	size_t left = 0;

	*ret_is_final = true;
	for (size_t i = 0; i < lot->count; i++) {
		if (deletions[i].is_deleted) {
			lot->queue->status.deleted++;
			free(lot->receipts[i]);
			continue;
		}
		why = deletions[i].why;
		*ret_is_final = *ret_is_final && deletions[i].is_final;
		lot->receipts[left++] = lot->receipts[i];
	}
	lot->count = left;
	return why;
}

static void
lot_on_deletions(void *arg, const struct queue_deletion *deletions, const struct err *err)
{
	struct queue_lot *lot = arg;
	struct queue *q = lot->queue;
	const char *why = err != NULL ? err->text : "";
	bool is_final = false;

	if (err != NULL && err->kind == ERR_CANCELLED)
		return;
	if (err == NULL)
		why = lot_take_deletions(lot, deletions, &is_final);
	if (lot->count > 0 && !is_final && ++lot->tries < QUEUES_DELETE_TRIES) {
		loop_timer_set(&lot->timer, QUEUES_DELETE_MS << (lot->tries - 1));
		return;
	}
	if (lot->count > 0)
		lot_give_up(lot, why);
	lot_free(lot);
	queue_step(q);
}

static void
lot_delete(struct queue_lot *lot)
{
	struct queue *q = lot->queue;

	collect_delete(&q->queues->sweep->collect, &q->target, q->status.queue->url, lot->receipts,
	    lot->count, lot_on_deletions, lot);
}

static void
lot_on_time(void *arg)
{
	struct queue_lot *lot = arg;
	struct queue *q = lot->queue;

	if (!lot->is_left) {
		lot_delete(lot);
		return;
	}
	lot_give_up(lot, "what they lead to could not be stored");
	lot_free(lot);
	queue_step(q);
}

void
queues_kept(struct queue_lot *lot)
{
	assert(!lot->is_kept);
	lot->is_kept = true;
	lot_delete(lot);
}

void
queues_left(struct queue_lot *lot)
{
	assert(!lot->is_kept);
	lot->is_kept = lot->is_left = true;
	loop_timer_set(&lot->timer, 0);
}

/* ---- what was received ---- */

/* What comes from one receive. Texts are the arena's. */
struct queue_catch {
	struct arena		*arena;
	struct event		 events[MESSAGES_MAX];
	size_t			 event_count;
	struct queue_poison	 poison[MESSAGES_MAX];
	size_t			 poison_count;
	struct queue_lot	*records, *others;	/* NULL while there are none */
};

static int
queue_compare_events(const void *pa, const void *pb)
{
	const struct event *a = pa, *b = pb;

	return (a->wall_ms < b->wall_ms) - (a->wall_ms > b->wall_ms);
}

static bool
queue_is_poison(const struct queue *q, const struct queue_message *m)
{
	return m->receives == 0 || m->receives >= q->status.queue->poison_receives;
}

/* One that goes back is told once, as far as can be known. */
static void
queue_take_malformed(struct queue *q, const struct queue_message *m, const struct err *err,
    struct queue_catch *c)
{
	struct log_scope scope = queue_scope(q);

	q->status.malformed++;
	if (!queue_is_poison(q, m)) {
		log_write(m->receives == 1 ? LOG_LEVEL_WARNING : LOG_LEVEL_DEBUG, &scope,
		    "message %s of queue %s is no record of CloudTrail, and goes back: %s", m->id,
		    q->status.queue->url, err->text);
		return;
	}
	if (c->others == NULL)
		c->others = lot_new(q, lot_on_time);
	lot_add(c->others, m);
	c->poison[c->poison_count++] = (struct queue_poison){
		.id = m->id, .why = arena_strdup(c->arena, err->text), .body = m->body,
		.body_len = m->body_len, .receives = m->receives,
	};
}

static void
queue_take_message(struct queue *q, const struct queue_message *m, struct queue_catch *c)
{
	struct err err;

	if (parse_event_message(c->arena, m->body, m->body_len, &c->events[c->event_count], &err) < 0) {
		queue_take_malformed(q, m, &err, c);
		return;
	}
	c->event_count++;
	if (c->records == NULL)
		c->records = lot_new(q, lot_on_time);
	lot_add(c->records, m);
}

static void
queue_take(struct queue *q, const struct queue_message *messages, size_t count)
{
	const struct queues_settings *s = &q->queues->settings;
	struct queue_catch c = { .arena = arena_new() };

	q->status.received += count;
	for (size_t i = 0; i < count; i++)
		queue_take_message(q, &messages[i], &c);
	q->status.set_aside += c.poison_count;
	qsort(c.events, c.event_count, sizeof(c.events[0]), queue_compare_events);
	if (c.records != NULL)
		s->take(s->arg, c.events, c.event_count, c.records);
	if (c.others != NULL)
		s->set_aside(s->arg, q->status.queue, c.poison, c.poison_count, c.others);
	arena_free(c.arena);
}

/* ---- receiving ---- */

static void
queue_note_good(struct queue *q)
{
	struct log_scope scope = queue_scope(q);

	if (q->failures > 0)
		log_notice(&scope, "queue %s is read again", q->status.queue->url);
	q->failures = 0;
	q->status.good_wall_ms = aws_wall_ms(q->queues->sweep->aws);
}

static void
queue_fail(struct queue *q, const struct err *err)
{
	struct log_scope scope = queue_scope(q);

	if (q->failures == 0)
		log_warning(&scope, "queue %s cannot be read, and is tried again: %s",
		    q->status.queue->url, err->text);
	q->status.failures++;
	loop_timer_set(&q->timer, queues_doubled(QUEUES_PAUSE_MS, q->failures++, QUEUES_PAUSE_MAX_MS));
}

static void
queue_on_messages(void *arg, const struct queue_message *messages, size_t count,
    const struct err *err)
{
	struct queue *q = arg;
	int64_t early_ms = QUEUES_EMPTY_MS - (queue_mono(q) - q->asked_mono_ms);

	q->is_receiving = false;
	if (err != NULL && err->kind == ERR_CANCELLED)
		return;
	if (err != NULL) {
		queue_fail(q, err);
		return;
	}
	queue_note_good(q);
	loop_timer_set(&q->timer, count == 0 && early_ms > 0 ? early_ms : 0);
	queue_take(q, messages, count);
}

static void
queue_on_time(void *arg)
{
	struct queue *q = arg;

	if (!q->queues->sweep->progress.was_walked) {
		loop_timer_set(&q->timer, QUEUES_READY_MS);
		return;
	}
	if (q->is_receiving || q->lot_count >= QUEUES_LOTS_MAX)
		return;	/* goes on when a lot is gone */
	q->is_receiving = true;
	q->asked_mono_ms = queue_mono(q);
	collect_receive(&q->queues->sweep->collect, &q->target, q->status.queue->url,
	    queue_on_messages, q);
}

/* There is room again. */
static void
queue_step(struct queue *q)
{
	if (!q->is_receiving && !loop_timer_is_set(&q->timer))
		loop_timer_set(&q->timer, 0);
}

/* ---- the whole ---- */

static void
queue_init(struct queue *q, struct queues *queues, const struct sweep_queue *settings)
{
	struct world *world = queues->sweep->collect.world;

	*q = (struct queue){ .queues = queues };
	q->status = (struct queue_status){ .queue = settings, .good_wall_ms = STAMP_UNKNOWN };
	q->target = (struct job_target){
		.account = world_intern(world, settings->account),
		.region = world_intern(world, settings->region),
		.role = { .role_arn = settings->role_arn, .external_id = settings->external_id },
	};
	TAILQ_INIT(&q->lots);
	loop_timer_init(&q->timer, aws_loop(queues->sweep->aws), queue_on_time, q);
	loop_timer_set(&q->timer, QUEUES_READY_MS);
}

void
queues_watch(struct sweep *s, const struct queues_settings *settings)
{
	struct queues *queues = mem_alloc(1, sizeof(*queues));

	assert(s->is_watching && s->queues == NULL);
	queues->sweep = s;
	queues->settings = *settings;
	queues->count = s->scope.queue_count;
	queues->queue = mem_alloc(queues->count + 1, sizeof(*queues->queue));
	for (size_t i = 0; i < queues->count; i++)
		queue_init(&queues->queue[i], queues, &s->scope.queues[i]);
	s->queues = queues;
}

void
queues_free(struct queues *queues)
{
	if (queues == NULL)
		return;
	for (size_t i = 0; i < queues->count; i++) {
		struct queue *q = &queues->queue[i];

		loop_timer_stop(&q->timer);
		while (!TAILQ_EMPTY(&q->lots))
			lot_free(TAILQ_FIRST(&q->lots));
	}
	free(queues->queue);
	free(queues);
}

void
queues_each(const struct sweep *s, queue_status_fn tell, void *arg)
{
	for (size_t i = 0; s->queues != NULL && i < s->queues->count; i++)
		tell(arg, &s->queues->queue[i].status);
}
