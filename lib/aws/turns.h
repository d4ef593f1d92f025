/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who comes next when places are few: a global cap of runners, and a queue that serves the owners
 * (accounts) in turns and each owner's members in the order of their coming. One owner has at most
 * a quarter of the places, so that one whose calls all hang leaves room for the others. Knows
 * nothing of calls: its members are embedded in whatever waits.
 */
#ifndef TRAILSEAL_AWS_TURNS_H
#define TRAILSEAL_AWS_TURNS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>

struct turns;
struct turns_owner;

struct turn {
	struct turns_owner	*owner;		/* NULL: neither waiting nor running */
	bool			 is_running;
	TAILQ_ENTRY(turn)	 in_queue;	/* while waiting */
};

struct turns	*turns_new(unsigned places);
void		 turns_free(struct turns *);	/* nobody waits or runs */

/* Waits at the end of its owner's queue. */
void	turns_wait(struct turns *, struct turn *, const char *owner);

/* The next one, which now has a place; NULL when nobody waits or no place is free. */
struct turn	*turns_next(struct turns *);

/* Gives up the waiting or the place; one that does neither is fine. */
void	turns_leave(struct turns *, struct turn *);

#endif
