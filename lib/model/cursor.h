/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How far CloudTrail's event history was read in one place. Plain data; texts belong to whoever
 * made it. Events arrive late and out of order, so that whoever reads on begins well before.
 */
#ifndef TRAILSEAL_MODEL_CURSOR_H
#define TRAILSEAL_MODEL_CURSOR_H

#include <stdbool.h>
#include <stdint.h>

struct event_cursor {
	const char	*account, *region;
	const char	*resource;		/* the one that was asked for by name; "": all changes */
	int64_t		 through_wall_ms;	/* all before was read, or lies in the backlog */
	int64_t		 backlog_from_wall_ms;	/* the backlog, which is read newest first; */
	int64_t		 backlog_to_wall_ms;	/* STAMP_UNKNOWN: there is none */
	bool		 is_watched;		/* at present; not stored, as is the next */
	int64_t		 stored_wall_ms;	/* `through` as the store has it; STAMP_UNKNOWN: not at all */
};

#endif
