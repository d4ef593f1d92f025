/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How far the event history of each place was read. The table outlives a sweep, since a reload
 * makes a new one, and a run, since the store keeps its rows.
 */
#ifndef TRAILSEAL_SWEEP_CURSORS_H
#define TRAILSEAL_SWEEP_CURSORS_H

#include "model/cursor.h"

struct cursors;

struct cursors	*cursors_new(void);
void		 cursors_free(struct cursors *);	/* NULL is fine */

/* Found or made, with every time STAMP_UNKNOWN. It stays where it is until cursors_drop(). */
struct event_cursor	*cursors_get(struct cursors *, const char *account, const char *region,
			    const char *resource);

/* Copies it into its row. */
void	cursors_put(struct cursors *, const struct event_cursor *);

/* In the order of their arrival; the one that is told may be dropped. */
typedef void (*cursors_fn)(void *arg, struct event_cursor *);
void	cursors_each(const struct cursors *, cursors_fn, void *arg);
void	cursors_drop(struct cursors *, struct event_cursor *);

#endif
