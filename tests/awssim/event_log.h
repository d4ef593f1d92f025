/* SPDX-License-Identifier: Apache-2.0 */
/* How the event history is kept: events.c writes it, lookup.c reads it. */
#ifndef AWSSIM_EVENT_LOG_H
#define AWSSIM_EVENT_LOG_H

#include "awssim/call.h"

struct event {
	int64_t		 time_ms, arrived_ms;
	bool		 is_read;
	char		*id, *name, *source, *username, *access_key;	/* ours; some NULL */
	char		*record;					/* ours */
	char		*type[CALL_MAX_RESOURCES], *resource[CALL_MAX_RESOURCES];
};

/* One account's events in one region, in the order of their time. */
struct event_log {
	const struct region	*region;
	struct event		**event;
	size_t			 count, cap;
	uint64_t		 dropped;	/* so that places in tokens stay true */
	struct event_log	*next;
};

/* The account's log of this region; NULL when there is none and none is to be made. */
struct event_log	*events_log(struct account *, const struct region *, bool make);

/* The place of the first event that is later than `time_ms`. */
size_t	events_place(const struct event_log *, int64_t time_ms);

#endif
