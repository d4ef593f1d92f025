/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by history.c, which reads a place, and places.c, which says where to look. */
#ifndef TRAILSEAL_SWEEP_HISTORY_PRIVATE_H
#define TRAILSEAL_SWEEP_HISTORY_PRIVATE_H

#include <uthash.h>

#include "loop/loop.h"
#include "rules/events.h"
#include "sweep/history.h"

/* A time that is being read, page by page. */
struct history_span {
	bool		 is_open;
	int64_t		 from_wall_ms, to_wall_ms;
	size_t		 name;		/* which of the names is asked for */
	unsigned	 pages;
	char		*token;		/* ours; of the next page */
};

struct history_place {
	struct history		*history;
	struct event_cursor	*cursor;	/* the table's; names the place: interned texts never change */
	struct event_cursor	 next;		/* what it is when the present page is kept */
	unsigned		 where;		/* enum events_place */
	struct history_span	 latest, backlog;
	bool			 is_by_name;
	int64_t			 by_name_until_mono_ms;
	bool			 is_open;	/* a page is on its way, or not kept yet */
	bool			 is_whole;	/* the present page ends its span */
	int64_t			 due_mono_ms;
	struct loop_timer	 timer;
	struct sweep_member	*member;	/* whose page is on its way; NULL: none */
	uint64_t		 review;	/* the last one that wanted it */
	UT_hash_handle		 hh;		/* by the cursor's address */
};

struct history {
	struct sweep		*sweep;
	struct history_settings	 settings;
	struct history_place	*places;
	uint64_t		 reviews;
	struct loop_timer	 timer;
};

/* places.c: goes over the world for places to look at, and drops those that are none any more. */
void	places_review(struct history *);

/* history.c */
struct history_place	*history_add(struct history *, struct event_cursor *);
void	history_drop(struct history *, struct history_place *);

#endif
