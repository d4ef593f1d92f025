/* SPDX-License-Identifier: Apache-2.0 */
/* Metrics about events of CloudTrail: how far they were read, and how many. */
#include "base/stamp.h"
#include "daemon/daemon.h"
#include "daemon/metrics_page.h"

static const char *const events_source_names[EVENTS_SOURCES] = {
	[EVENTS_LOOKUP] = "lookup", [EVENTS_QUEUE] = "queue",
};

static void
events_write_seen(struct metrics_page *p, const struct metrics_source *s)
{
	for (enum events_source source = EVENTS_LOOKUP; source < EVENTS_SOURCES; source++)
		metrics_add_count(p, s->daemon->event_counters.seen[source],
		    "source", events_source_names[source], NULL);
}

static void
events_write_malformed(struct metrics_page *p, const struct metrics_source *s)
{
	for (enum events_source source = EVENTS_LOOKUP; source < EVENTS_SOURCES; source++)
		metrics_add_count(p, s->daemon->event_counters.malformed[source],
		    "source", events_source_names[source], NULL);
}

static void
events_write_told(struct metrics_page *p, const struct metrics_source *s)
{
	metrics_add_count(p, s->daemon->event_counters.told, NULL);
}

static void
events_write_held_back(struct metrics_page *p, const struct metrics_source *s)
{
	metrics_add_count(p, s->daemon->event_counters.held_back, NULL);
}

/* ---- places ---- */

struct events_writer {
	struct metrics_page	*page;
	int64_t			 now_wall_ms;
	size_t			 count;
};

/* Only for places that are asked for all changes: the others are asked hourly. */
static bool
events_is_place(const struct event_cursor *c)
{
	return c->is_watched && c->resource[0] == '\0' && c->through_wall_ms != STAMP_UNKNOWN;
}

static void
events_write_one_lag(void *arg, struct event_cursor *c)
{
	const struct events_writer *w = arg;

	if (events_is_place(c))
		metrics_add(w->page, (double)(w->now_wall_ms - c->through_wall_ms) / 1000,
		    "account", c->account, "region", c->region, NULL);
}

static void
events_write_one_backlog(void *arg, struct event_cursor *c)
{
	const struct events_writer *w = arg;
	bool has_backlog = c->backlog_to_wall_ms != STAMP_UNKNOWN;

	if (events_is_place(c))
		metrics_add(w->page, has_backlog ?
		    (double)(c->backlog_to_wall_ms - c->backlog_from_wall_ms) / 1000 : 0,
		    "account", c->account, "region", c->region, NULL);
}

static void
events_count_one(void *arg, struct event_cursor *c)
{
	((struct events_writer *)arg)->count += events_is_place(c);
}

static size_t
events_count(const struct metrics_source *s)
{
	struct events_writer w = { .count = 0 };

	cursors_each(s->daemon->cursors, events_count_one, &w);
	return w.count;
}

static void
events_write_lag(struct metrics_page *p, const struct metrics_source *s)
{
	struct events_writer w = { .page = p, .now_wall_ms = s->now_wall_ms };

	cursors_each(s->daemon->cursors, events_write_one_lag, &w);
}

static void
events_write_backlog(struct metrics_page *p, const struct metrics_source *s)
{
	struct events_writer w = { .page = p };

	cursors_each(s->daemon->cursors, events_write_one_backlog, &w);
}

const struct metric metrics_events[] = {
	{ "events_seen_total", METRIC_COUNTER,
	    "Events of CloudTrail that were read; those of an overlap are read again and again.",
	    .write = events_write_seen },
	{ "events_malformed_total", METRIC_COUNTER, "Events that could not be read, and are lost.",
	    .write = events_write_malformed },
	{ "event_alerts_total", METRIC_COUNTER, "Events that were told, each once.",
	    .write = events_write_told },
	{ "event_alerts_held_back_total", METRIC_COUNTER,
	    "Events that were kept as evidence and told to nobody: silenced, or by expected principals.",
	    .write = events_write_held_back },
	{ "event_lag_seconds", METRIC_GAUGE,
	    "How long ago the event history of a place was read to its end.",
	    .write = events_write_lag, .count = events_count },
	{ "event_backlog_seconds", METRIC_GAUGE,
	    "How much of the event history of a place, from a time when it was not watched, is still "
	    "to be read.", .write = events_write_backlog, .count = events_count },
	{ .name = NULL },
};
