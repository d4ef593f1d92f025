/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What somebody did: events of CloudTrail, however they come, become alerts. An event makes what it
 * touched due at once and waits a moment for the answer, so that its alert says whether the state
 * that it leads to was seen. Then alert, evidence, cursor and the memory that it was told are one
 * transaction, and only after that its source may forget it.
 */
#ifndef TRAILSEAL_DAEMON_EVENTS_H
#define TRAILSEAL_DAEMON_EVENTS_H

#include "daemon/daemon.h"
#include "findings/incidents.h"
#include "model/event.h"

struct events	*events_new(struct daemon *);
void		 events_free(struct events *);	/* after store_close(); NULL is fine */

/* At start, before events_watch(): what was told, and how far was read. */
int		 events_load(struct events *, struct err *);

/* Reads the event history from where it was left, and queues, with the sweep that the daemon has now. */
void		 events_watch(struct events *);

/*
 * Before the sweep goes: what waits is forgotten, and its source not told, so that it comes again.
 */
void		 events_forget(struct events *);

/*
 * Newest first, as AWS lists them. `cursor` moves with them, or is NULL. `kept` runs once, at once
 * or later: all that they lead to is stored, or needs no storing. Events of an incident that was
 * told, or waits, lead to nothing. `is_stored` is false while nothing can be stored: alerts have
 * gone out from memory, and a crash would forget that they have.
 */
typedef void (*events_kept_fn)(void *arg, bool is_stored);
void		 events_take(struct events *, enum events_source, const struct event *, size_t count,
		    const struct event_cursor *cursor, events_kept_fn kept, void *arg);

/* Stores what is no event but came from a source of them; takes the batch. `kept` runs as above. */
void		 events_keep(struct events *, struct store_batch *, events_kept_fn kept, void *arg);

/* A record that could not be read is counted and logged, and lost. */
void		 events_note_malformed(struct events *, enum events_source, const char *account,
		    const char *region, const char *why);

/* The world was judged anew. */
void		 events_judged(struct events *);

/* The event that led to the finding, or NULL. */
const struct incident	*events_cause(const struct events *, const struct finding *);

#endif
