/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The watch over CloudTrail's event history: where something that is watched lives, LookupEvents is
 * asked again and again for what was changed. Events arrive late and out of order, so each time
 * begins HISTORY_OVERLAP_MS before what was read; who is told drops what was told already. After a
 * downtime the latest comes first, and the rest is a backlog, read newest first whenever nothing
 * newer is due.
 *
 * Most places are asked for all that is not read-only. Where that takes more pages than there are
 * event names, the names are asked for one by one for a while.
 *
 * A place asks for one page at a time, and goes on when that was kept: a cursor never moves past
 * an event that was not stored. Nor does it move before all accounts were looked at: until then it
 * is not known what an event may be about.
 */
#ifndef TRAILSEAL_SWEEP_HISTORY_H
#define TRAILSEAL_SWEEP_HISTORY_H

#include <stdint.h>

#include "findings/past.h"
#include "parse/record.h"
#include "rules/rules.h"
#include "sweep/cursors.h"
#include "sweep/sweep.h"

#define HISTORY_OVERLAP_MS	(INT64_C(2) * 3600 * 1000)	/* twice what was seen in the field */
#define HISTORY_REACH_MS	(INT64_C(90) * 24 * 3600 * 1000)	/* CloudTrail keeps no more */

struct history_place;

/*
 * A page was read. It is valid during the call; history_kept() must follow, at once or later.
 * `cursor` is the place's when the page is kept; `is_whole` says that it moves with it.
 */
typedef void (*history_page_fn)(void *arg, const struct record_page *,
		const struct event_cursor *cursor, bool is_whole, struct history_place *);

struct history_settings {
	const struct rules_settings	*rules;		/* say which event names matter */
	const struct past		*past;		/* says what was watched until lately */
	struct cursors			*cursors;	/* kept current; says which places are watched */
	history_page_fn			 take;
	void				*arg;
};

/* A sweep that watches does this, too, until it is freed. What is pointed to must live as long. */
void	history_watch(struct sweep *, const struct history_settings *);

/* All of the page is stored, or needs no storing. */
void	history_kept(struct history_place *);

#endif
