/* SPDX-License-Identifier: Apache-2.0 */
/* Events of CloudTrail become alerts; see events.h. */
#include "daemon/events.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/stamp.h"
#include "daemon/event_queues.h"
#include "daemon/told.h"
#include "findings/pace.h"
#include "sweep/history.h"

#define EVENTS_CURSOR_MS	(INT64_C(600) * 1000)	/* a cursor alone is stored this often */

/* What came together, and waits to be confirmed, or to be stored. */
struct held {
	struct events		*events;
	struct arena		*arena;		/* ours */
	struct told		*told;		/* the arena's */
	size_t			 count;
	bool			 has_known;	/* it brought what is told, or waits, already */
	const struct event_cursor *cursor;	/* a copy in the arena; NULL: none */
	int64_t			 asked_wall_ms;	/* what was answered since confirms */
	bool			 is_late;	/* it waited long enough */
	bool			 waits_for_others;	/* which hold what it brings: its source may not forget
						 * that before they are stored */
	struct loop_timer	 timer;
	events_kept_fn		 kept;		/* NULL: forgotten */
	void			*arg;
	TAILQ_ENTRY(held)	 link;
};

TAILQ_HEAD(held_list, held);

struct events {
	struct daemon		*daemon;
	struct incidents	*incidents;
	struct held_list	 waiting;	/* oldest first */
	struct held_list	 storing;
	int64_t			 last_wall_ms;	/* as pace.h wants it */
	int64_t			 uncounted_ms;	/* by which the clock jumped; nothing ages by that */
};

static int64_t
events_now(const struct events *e)
{
	return aws_wall_ms(e->daemon->aws);
}

/* From here on another record of it is nothing new. */
static void
events_remember(struct events *e, struct told *t)
{
	const struct events_match *m = &t->match;

	t->incident = incidents_add(e->incidents, &(struct incident){
		.id = (char *)m->incident, .event_id = (char *)t->event_id, .rule = m->rule,
		.account = (char *)m->account, .region = (char *)m->region,
		.resource = (char *)m->resource, .finding_ids = (char *)t->finding_ids,
		.actor = (char *)m->actor, .source_ip = (char *)m->source_ip,
		.user_agent = (char *)t->user_agent, .event_wall_ms = t->event_wall_ms,
		.told_wall_ms = events_now(e),
	});
}

static bool
events_is_silenced(const struct events *e, const struct told *t)
{
	struct finding like = {
		.rule = t->match.rule, .account = (char *)t->match.account,
		.region = (char *)t->match.region, .resource = (char *)t->match.resource,
	};

	return silences_find(&e->daemon->silences, &like, events_now(e)) != NULL;
}

static void
held_tell(struct held *h, const struct told *t, struct store_batch *batch)
{
	struct events *e = h->events;
	bool is_told = !t->match.is_expected && !events_is_silenced(e, t);
	struct log_scope scope = { .account = t->match.account, .region = t->match.region };
	struct alert alert;

	told_alert(t, e->daemon, h->arena, h->asked_wall_ms, &alert);
	told_record(t, &alert, is_told, batch);
	store_put_incident(batch, t->incident);
	if (is_told)
		notify_enqueue(e->daemon->notify, &alert, batch);
	else
		log_notice(&scope, "%s, %s: %s", alert.rule,
		    t->match.is_expected ? "expected" : "silenced", alert.summary);
	e->daemon->event_counters.told += is_told;
	e->daemon->event_counters.held_back += !is_told;
}

/* ---- what waits ---- */

static void
held_free(struct held *h)
{
	loop_timer_stop(&h->timer);
	arena_free(h->arena);
	free(h);
}

static void
held_stored(void *arg, const struct err *err)
{
	struct held *h = arg;
	events_kept_fn kept = h->kept;
	void *kept_arg = h->arg;

	if (err != NULL)
		log_error(NULL, "events cannot be stored, alerts go out from memory: %s", err->text);
	TAILQ_REMOVE(&h->events->storing, h, link);
	held_free(h);
	if (kept != NULL)
		kept(kept_arg, err == NULL);
}

/* The time by which what is remembered ages: wanted once in PACE_MOST_MS or more often. */
static int64_t
events_paced_now(struct events *e)
{
	e->uncounted_ms += pace_shift(&e->last_wall_ms, events_now(e));
	return events_now(e) - e->uncounted_ms;
}

/* Incidents that are long over make room, in the store, too. */
static void
events_forget_old(struct events *e, struct store_batch *batch)
{
	int64_t now_wall_ms = events_paced_now(e);
	struct incident *old;

	while ((old = incidents_take_old(e->incidents, now_wall_ms)) != NULL) {
		store_drop_incident(batch, old->id);
		incident_free(old);
	}
}

/* Takes the batch. */
static void
held_commit(struct held *h, struct store_batch *batch)
{
	struct events *e = h->events;

	TAILQ_REMOVE(&e->waiting, h, link);
	TAILQ_INSERT_TAIL(&e->storing, h, link);
	loop_timer_stop(&h->timer);
	notify_commit(e->daemon->notify, batch, held_stored, h);
}

static void
held_store_cursor(const struct held *h, struct store_batch *batch)
{
	const struct event_cursor *c = h->cursor;

	store_put_cursor(batch, c);
	cursors_get(h->events->daemon->cursors, c->account, c->region, c->resource)->stored_wall_ms =
	    c->through_wall_ms;
}

/* One transaction: the alerts, their evidence, that they were told, and how far was read. */
static void
held_store(struct held *h)
{
	struct events *e = h->events;
	struct store_batch *batch = store_batch_new();

	for (size_t i = 0; i < h->count; i++)
		held_tell(h, &h->told[i], batch);
	if (h->cursor != NULL)
		held_store_cursor(h, batch);
	events_forget_old(e, batch);
	held_commit(h, batch);
}

static bool
held_is_ready(const struct held *h)
{
	if (h->is_late)
		return true;
	if (h->waits_for_others && h != TAILQ_FIRST(&h->events->waiting))
		return false;
	for (size_t i = 0; i < h->count; i++)
		if (!told_was_seen(&h->told[i], h->events->daemon->world, h->asked_wall_ms))
			return false;
	return true;
}

void
events_judged(struct events *e)
{
	struct held *h, *next;

	events_paced_now(e);
	for (h = TAILQ_FIRST(&e->waiting); h != NULL; h = next) {
		next = TAILQ_NEXT(h, link);
		if (held_is_ready(h))
			held_store(h);
	}
}

static void
held_on_time(void *arg)
{
	struct held *h = arg;

	h->is_late = true;
	held_store(h);
}

static void
held_ask(const struct held *h)
{
	const char *last = "";

	for (size_t i = 0; i < h->count; i++) {
		const struct events_match *m = &h->told[i].match;

		for (size_t j = 0; j < m->link_count; j++) {
			const struct events_link *l = &m->links[j];

			if (strcmp(l->resource, last) != 0)
				sweep_look_again(h->events->daemon->sweep, l->account, l->region, l->resource);
			last = l->resource;
		}
	}
}

/* ---- taking ---- */

/* What was watched until a moment ago: its late events count, and a key still holds old logs. */
struct once {
	struct arena		*arena;
	struct events_once	*row;	/* the arena's */
	size_t			 count;
};

static void
once_add(struct once *o, enum subject_kind kind, const char *arn)
{
	if (arn == NULL)
		return;
	if (o->row != NULL)
		o->row[o->count] = (struct events_once){ kind, arena_strdup(o->arena, arn) };
	o->count++;
}

static void
once_collect(struct once *o, const struct past *past)
{
	o->count = 0;
	for (const struct past_trail *t = past->trails; t != NULL; t = t->hh.next) {
		if (t->missing_wall_ms != STAMP_UNKNOWN) {
			once_add(o, SUBJECT_TRAIL, t->arn);
			once_add(o, SUBJECT_KEY, t->kms_key_id);
		}
		if (t->changed_wall_ms != STAMP_UNKNOWN)
			once_add(o, SUBJECT_KEY, t->changed_from);
	}
}

/* Counts, then writes down. */
static size_t
events_once(const struct events *e, struct arena *arena, const struct events_once **ret)
{
	struct once o = { .arena = arena };

	once_collect(&o, &e->daemon->past);
	if (o.count > 0) {
		o.row = arena_alloc(arena, o.count * sizeof(*o.row));
		once_collect(&o, &e->daemon->past);
	}
	*ret = o.row;
	return o.count;
}

static void
held_add(struct held *h, const struct event *event, const struct events_match *m)
{
	struct told *t = &h->told[h->count++];

	told_init(t, h->arena, event, m);
	events_remember(h->events, t);
}

/* Oldest first: what was done first is told first. */
static void
held_match(struct held *h, const struct event *list, size_t count)
{
	const struct daemon *d = h->events->daemon;
	struct events_watched watched = { .world = d->world };
	struct events_match match;

	watched.once_count = events_once(h->events, h->arena, &watched.once);
	h->told = arena_alloc(h->arena, count * sizeof(*h->told));
	while (count-- > 0)
		if (!events_match(&d->scope.rules, &watched, &list[count], h->arena, &match))
			continue;
		else if (incidents_has(h->events->incidents, match.incident))
			h->has_known = true;
		else
			held_add(h, &list[count], &match);
}

static struct held *
held_new(struct events *e, events_kept_fn kept, void *arg)
{
	struct held *h = mem_alloc(1, sizeof(*h));

	h->events = e;
	h->arena = arena_new();
	h->kept = kept;
	h->arg = arg;
	h->asked_wall_ms = events_now(e);
	loop_timer_init(&h->timer, e->daemon->loop, held_on_time, h);
	TAILQ_INSERT_TAIL(&e->waiting, h, link);
	return h;
}

/* A cursor that leads to nothing is stored now and then: what it skips is read once more. */
static bool
events_must_store(const struct events *e, const struct event_cursor *cursor)
{
	const struct event_cursor *stored;

	if (cursor == NULL)
		return false;
	stored = cursors_get(e->daemon->cursors, cursor->account, cursor->region, cursor->resource);
	return cursor->backlog_to_wall_ms != stored->backlog_to_wall_ms ||
	    stored->stored_wall_ms == STAMP_UNKNOWN ||
	    cursor->through_wall_ms - stored->stored_wall_ms >= EVENTS_CURSOR_MS;
}

static void
held_keep_cursor(struct held *h, const struct event_cursor *cursor)
{
	struct event_cursor *copy = arena_alloc(h->arena, sizeof(*copy));

	*copy = *cursor;
	copy->account = arena_strdup(h->arena, cursor->account);
	copy->region = arena_strdup(h->arena, cursor->region);
	copy->resource = arena_strdup(h->arena, cursor->resource);
	h->cursor = copy;
}

static bool
events_can_store(const struct events *e)
{
	struct store_status status;

	store_get_status(e->daemon->store, &status);
	return !status.is_degraded;
}

void
events_take(struct events *e, enum events_source source, const struct event *list, size_t count,
    const struct event_cursor *cursor, events_kept_fn kept, void *arg)
{
	bool has_waiting = !TAILQ_EMPTY(&e->waiting) || !TAILQ_EMPTY(&e->storing);
	struct held *h = held_new(e, kept, arg);

	h->waits_for_others = source != EVENTS_LOOKUP && has_waiting;
	e->daemon->event_counters.seen[source] += count;
	if (count > 0)
		held_match(h, list, count);
	if (cursor != NULL && (h->count > 0 || events_must_store(e, cursor)))
		held_keep_cursor(h, cursor);
	if (h->count == 0 && h->cursor == NULL && !h->waits_for_others) {
		bool is_stored = !h->has_known || events_can_store(e);

		TAILQ_REMOVE(&e->waiting, h, link);
		held_free(h);
		kept(arg, is_stored);
		return;
	}
	held_ask(h);
	if (held_is_ready(h))
		held_store(h);
	else
		loop_timer_set(&h->timer, e->daemon->settings->findings.confirm_ms);
}

void
events_keep(struct events *e, struct store_batch *batch, events_kept_fn kept, void *arg)
{
	held_commit(held_new(e, kept, arg), batch);
}

void
events_note_malformed(struct events *e, enum events_source source, const char *account,
    const char *region, const char *why)
{
	struct log_scope scope = { .account = account, .region = region };

	e->daemon->event_counters.malformed[source]++;
	log_warning(&scope, "an event of CloudTrail could not be read and is left out: %s", why);
}

/* ---- the event history ---- */

static void
events_on_kept(void *arg, bool is_stored)
{
	(void)is_stored;	/* the cursor is stored with what it passed, and not before */
	history_kept(arg);
}

static void
events_on_page(void *arg, const struct record_page *page, const struct event_cursor *cursor,
    bool is_whole, struct history_place *place)
{
	struct events *e = arg;

	for (size_t i = 0; i < page->lost_count; i++)
		events_note_malformed(e, EVENTS_LOOKUP, cursor->account, cursor->region,
		    page->lost[i].why);
	events_take(e, EVENTS_LOOKUP, page->events, page->count, is_whole ? cursor : NULL,
	    events_on_kept, place);
}

/* Places that are long left: CloudTrail remembers no more than what would be read anew. */
struct leaving {
	struct events		*events;
	struct store_batch	*batch;
};

static void
events_leave(void *arg, struct event_cursor *cursor)
{
	const struct leaving *l = arg;

	if (cursor->through_wall_ms > events_now(l->events) - HISTORY_REACH_MS - HISTORY_OVERLAP_MS)
		return;
	store_drop_cursor(l->batch, cursor);
	cursors_drop(l->events->daemon->cursors, cursor);
}

static void
events_leave_old_places(struct events *e)
{
	struct leaving leaving = { .events = e, .batch = store_batch_new() };

	cursors_each(e->daemon->cursors, events_leave, &leaving);
	if (store_batch_is_empty(leaving.batch))
		store_batch_free(leaving.batch);
	else
		store_commit(e->daemon->store, leaving.batch, NULL, NULL);
}

void
events_watch(struct events *e)
{
	events_leave_old_places(e);
	history_watch(e->daemon->sweep, &(struct history_settings){
		.rules = &e->daemon->scope.rules, .past = &e->daemon->past, .cursors = e->daemon->cursors,
		.take = events_on_page, .arg = e,
	});
	event_queues_watch(e->daemon);
}

/* ---- the whole ---- */

struct events *
events_new(struct daemon *d)
{
	struct events *e = mem_alloc(1, sizeof(*e));

	e->daemon = d;
	e->incidents = incidents_new();
	TAILQ_INIT(&e->waiting);
	TAILQ_INIT(&e->storing);
	return e;
}

void
events_forget(struct events *e)
{
	struct held *h;

	while ((h = TAILQ_FIRST(&e->waiting)) != NULL) {
		for (size_t i = 0; i < h->count; i++)
			incidents_drop(e->incidents, h->told[i].incident);
		TAILQ_REMOVE(&e->waiting, h, link);
		held_free(h);
	}
	TAILQ_FOREACH(h, &e->storing, link)
		h->kept = NULL;
}

static void
events_on_cursor(void *arg, const struct event_cursor *cursor)
{
	struct events *e = arg;

	cursors_put(e->daemon->cursors, cursor);
	cursors_get(e->daemon->cursors, cursor->account, cursor->region, cursor->resource)->stored_wall_ms =
	    cursor->through_wall_ms;
}

int
events_load(struct events *e, struct err *err)
{
	if (store_load_incidents(e->daemon->store, e->incidents, err) < 0)
		return -1;
	return store_load_cursors(e->daemon->store, events_on_cursor, e, err);
}

/* The store is closed: what was being stored has ended. */
void
events_free(struct events *e)
{
	if (e == NULL)
		return;
	events_forget(e);
	assert(TAILQ_EMPTY(&e->storing));
	incidents_free(e->incidents);
	free(e);
}

const struct incident *
events_cause(const struct events *e, const struct finding *f)
{
	return incidents_find_cause(e->incidents, f);
}
