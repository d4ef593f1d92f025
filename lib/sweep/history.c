/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the event history of places, page by page; see history.h. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/stamp.h"
#include "sweep/history_private.h"
#include "sweep/sweep_private.h"

#define HISTORY_REVIEW_MS	5000
#define HISTORY_SLICE_MS	(INT64_C(6) * 3600 * 1000)	/* of the backlog: lost when we crash in it */
#define HISTORY_BY_NAME_MS	(INT64_C(6) * 3600 * 1000)	/* then all at once is tried again */
#define HISTORY_PAGES_MAX	20000	/* of one span: a million events */

static void	history_step(struct history_place *);

static int64_t
history_mono(const struct history_place *p)
{
	return loop_mono_ms(aws_loop(p->history->sweep->aws));
}

static bool
history_has_resource(const struct history_place *p)
{
	return p->cursor->resource[0] != '\0';
}

static int64_t
history_interval(const struct history_place *p)
{
	const struct sweep_intervals *i = &p->history->sweep->intervals;

	return history_has_resource(p) ? i->names_ms : i->events_ms;
}

static bool
history_has_backlog(const struct history_place *p)
{
	return p->cursor->backlog_to_wall_ms != STAMP_UNKNOWN;
}

static bool
history_may_move(const struct history_place *p)
{
	return p->history->sweep->progress.was_walked;
}

/* ---- spans ---- */

static void
span_close(struct history_span *span)
{
	free(span->token);
	*span = (struct history_span){ .is_open = false };
}

static void
span_open(struct history_span *span, int64_t from_wall_ms, int64_t to_wall_ms)
{
	*span = (struct history_span){
		.is_open = true, .from_wall_ms = from_wall_ms, .to_wall_ms = to_wall_ms,
	};
}

static int64_t
history_later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/*
 * What was missed is left for later; with what was left before, it is one backlog. A slice of that
 * which was being read is not the end of it any more.
 */
static void
history_leave(struct history_place *p, int64_t from_wall_ms, int64_t to_wall_ms)
{
	struct event_cursor *c = &p->next;

	span_close(&p->backlog);
	if (c->backlog_to_wall_ms == STAMP_UNKNOWN || from_wall_ms < c->backlog_from_wall_ms)
		c->backlog_from_wall_ms = from_wall_ms;
	c->backlog_to_wall_ms = to_wall_ms;
}

/*
 * From before what was read, to now, or the end of that when it is long. The first look at a place
 * is not about what was long ago; and where the clock was ahead, nothing is skipped when it is set
 * right.
 */
static void
history_open_latest(struct history_place *p)
{
	struct event_cursor *c = p->cursor;
	int64_t now_ms = aws_wall_ms(p->history->sweep->aws);
	int64_t overlap_ms = now_ms - HISTORY_OVERLAP_MS;

	if (c->through_wall_ms == STAMP_UNKNOWN || c->through_wall_ms > now_ms)
		c->through_wall_ms = now_ms;
	span_open(&p->latest, c->through_wall_ms < overlap_ms ? overlap_ms :
	    c->through_wall_ms - HISTORY_OVERLAP_MS, now_ms);
}

static void
history_open_backlog(struct history_place *p)
{
	const struct event_cursor *c = p->cursor;

	span_open(&p->backlog, history_later(c->backlog_from_wall_ms,
	    c->backlog_to_wall_ms - HISTORY_SLICE_MS), c->backlog_to_wall_ms);
}

/* What is newest goes first, at each page. NULL: there is nothing to read now. */
static struct history_span *
history_choose(struct history_place *p)
{
	if (!p->latest.is_open && history_mono(p) >= p->due_mono_ms)
		history_open_latest(p);
	if (p->latest.is_open)
		return &p->latest;
	if (!history_has_backlog(p) || !history_may_move(p))
		return NULL;
	if (!p->backlog.is_open)
		history_open_backlog(p);
	return &p->backlog;
}

/* ---- one page ---- */

static size_t
history_names(const struct history_place *p, const char *names[EVENTS_NAMES_MAX])
{
	return events_names(p->history->settings.rules, p->where, false, names);
}

/* False when the span has nothing to ask: no rule of this place is on. */
static bool
history_question(const struct history_place *p, const struct history_span *span,
    struct lookup_question *q)
{
	const char *names[EVENTS_NAMES_MAX];
	size_t count = history_names(p, names);

	*q = (struct lookup_question){ .attribute = "ReadOnly", .value = "false",
	    .from_wall_ms = span->from_wall_ms, .to_wall_ms = span->to_wall_ms, .token = span->token };
	if (history_has_resource(p)) {
		q->attribute = "ResourceName";
		q->value = p->cursor->resource;
		return true;
	}
	if (p->is_by_name && span->name < count) {
		q->attribute = "EventName";
		q->value = names[span->name];
	}
	return count > 0 && (!p->is_by_name || span->name < count);
}

static void
history_finish_latest(struct history_place *p)
{
	const struct history_span *span = &p->latest;
	int64_t through_ms = p->next.through_wall_ms;

	if (!history_may_move(p))
		return;
	if (through_ms < span->from_wall_ms)
		history_leave(p, history_later(through_ms - HISTORY_OVERLAP_MS,
		    span->to_wall_ms - HISTORY_REACH_MS), span->from_wall_ms);
	p->next.through_wall_ms = span->to_wall_ms;
}

/* The span was read to its end: what the cursor is then. */
static void
history_finish(struct history_place *p, const struct history_span *span)
{
	if (span == &p->latest) {
		history_finish_latest(p);
		p->due_mono_ms = history_mono(p) + history_interval(p);
	} else if (span->from_wall_ms <= p->next.backlog_from_wall_ms) {
		p->next.backlog_from_wall_ms = p->next.backlog_to_wall_ms = STAMP_UNKNOWN;
	} else {
		p->next.backlog_to_wall_ms = span->from_wall_ms;
	}
}

/* Asking by name is cheaper where much else is going on. */
static void
history_choose_way(struct history_place *p, struct history_span *span)
{
	const char *names[EVENTS_NAMES_MAX];

	if (history_has_resource(p))
		return;
	if (!p->is_by_name && span->token != NULL && span->pages >= history_names(p, names)) {
		p->is_by_name = true;
		p->by_name_until_mono_ms = history_mono(p) + HISTORY_BY_NAME_MS;
	} else if (p->is_by_name && !span->is_open && history_mono(p) >= p->by_name_until_mono_ms) {
		p->is_by_name = false;
	} else {
		return;
	}
	/* The other span's place in the list of names, or its token, means nothing any more. */
	span_close(&p->latest);
	span_close(&p->backlog);
}

/* The next page, the next name, or the end. */
static void
history_advance(struct history_place *p, struct history_span *span, const char *token)
{
	const char *names[EVENTS_NAMES_MAX];

	span->pages++;
	free(span->token);
	span->token = mem_strdup(token);
	if (token != NULL)
		return;
	if (p->is_by_name && !history_has_resource(p) && ++span->name < history_names(p, names))
		return;
	history_finish(p, span);
	p->is_whole = true;
	span_close(span);
}

/*
 * Not now: what was read of the span is read again, and soon, as a place that is asked once an hour
 * would else be blind for as long. But a call that is denied is not worth making often.
 */
static void
history_fail(struct history_place *p, struct history_span *span, bool was_asked,
    const struct err *err)
{
	bool is_denied = was_asked && (err->kind == ERR_DENIED || err->kind == ERR_DENIED_BY_SCP);
	const struct sweep_intervals *i = &p->history->sweep->intervals;
	int64_t pause_ms = is_denied ? i->denied_ms : history_has_resource(p) ? i->trails_ms : i->events_ms;

	span_close(span);
	p->is_open = false;
	p->due_mono_ms = history_mono(p) + pause_ms;
	loop_timer_set(&p->timer, pause_ms);
}

static void
history_let_go(struct history_place *p)
{
	struct sweep_member *member = p->member;

	p->member = NULL;
	member->holds--;
	members_drop_if_left(p->history->sweep, member);
}

static void
history_on_page(void *arg, const struct record_page *page, bool was_asked, const struct err *err)
{
	struct history_place *p = arg;
	struct history_span *span = p->latest.is_open ? &p->latest : &p->backlog;
	const struct history_settings *s = &p->history->settings;
	struct err endless;

	if (err == NULL)
		watch_note_good(p->member);
	else if (!was_asked)
		watch_note_lost(p->member);
	history_let_go(p);
	if (err == NULL && span->pages >= HISTORY_PAGES_MAX) {
		err_set(&endless, ERR_TOO_LARGE, "more than %d pages", HISTORY_PAGES_MAX);
		err = &endless;
	}
	if (err != NULL) {
		history_fail(p, span, was_asked, err);
		return;
	}
	p->next = *p->cursor;
	p->is_whole = false;
	history_advance(p, span, page->next);
	history_choose_way(p, span);
	s->take(s->arg, page, &p->next, p->is_whole, p);
}

void
history_kept(struct history_place *p)
{
	assert(p->is_open && p->member == NULL);
	if (p->is_whole)
		cursors_put(p->history->settings.cursors, &p->next);
	p->is_open = false;
	loop_timer_set(&p->timer, 0);
}

/* For its next time, or for the accounts that its backlog waits for. */
static void
history_wait(struct history_place *p)
{
	int64_t ms = p->due_mono_ms - history_mono(p);

	loop_timer_set(&p->timer, history_has_backlog(p) && ms > HISTORY_REVIEW_MS ? HISTORY_REVIEW_MS :
	    ms);
}

static void
history_step(struct history_place *p)
{
	struct sweep *s = p->history->sweep;
	struct history_span *span;
	struct sweep_member *member = members_find(s, p->cursor->account);
	struct lookup_question question;
	struct job_target target;

	if (p->is_open || member == NULL)
		return;	/* goes on when the page is kept; or will be dropped */
	span = history_choose(p);
	if (span == NULL) {
		history_wait(p);
		return;
	}
	if (!history_question(p, span, &question)) {
		span_close(span);
		p->due_mono_ms = history_mono(p) + history_interval(p);
		loop_timer_set(&p->timer, history_interval(p));
		return;
	}
	p->is_open = true;
	p->member = member;
	member->holds++;
	target = (struct job_target){ .account = member->id, .role = member->role,
	    .region = world_intern(s->collect.world, p->cursor->region) };
	collect_lookup(&s->collect, &target, &question, history_on_page, p);
}

static void
history_on_time(void *arg)
{
	history_step(arg);
}

/* ---- places ---- */

/* The first look is spread over the interval, always at the same time of it. */
static int64_t
history_delay(const struct history_place *p)
{
	return (int64_t)(watch_hash(p->cursor->account, p->cursor->region) %
	    (uint64_t)history_interval(p));
}

struct history_place *
history_add(struct history *h, struct event_cursor *cursor)
{
	struct history_place *p = mem_alloc(1, sizeof(*p));

	p->history = h;
	p->cursor = cursor;
	cursor->is_watched = true;
	HASH_ADD_PTR(h->places, cursor, p);
	loop_timer_init(&p->timer, aws_loop(h->sweep->aws), history_on_time, p);
	p->due_mono_ms = history_mono(p) + history_delay(p);
	loop_timer_set(&p->timer, history_delay(p));
	return p;
}

void
history_drop(struct history *h, struct history_place *p)
{
	HASH_DEL(h->places, p);
	p->cursor->is_watched = false;
	loop_timer_stop(&p->timer);
	span_close(&p->latest);
	span_close(&p->backlog);
	free(p);
}

static void
history_on_review(void *arg)
{
	struct history *h = arg;

	places_review(h);
	loop_timer_set(&h->timer, HISTORY_REVIEW_MS);
}

void
history_watch(struct sweep *s, const struct history_settings *settings)
{
	struct history *h = mem_alloc(1, sizeof(*h));

	assert(s->is_watching && s->history == NULL);
	h->sweep = s;
	h->settings = *settings;
	loop_timer_init(&h->timer, aws_loop(s->aws), history_on_review, h);
	loop_timer_set(&h->timer, HISTORY_REVIEW_MS);
	s->history = h;
}

void
history_free(struct history *h)
{
	if (h == NULL)
		return;
	loop_timer_stop(&h->timer);
	while (h->places != NULL)
		history_drop(h, h->places);
	free(h);
}
