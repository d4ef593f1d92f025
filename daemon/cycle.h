/* SPDX-License-Identifier: Apache-2.0 */
/* One turn of the daemon's work: answers are judged, findings follow, what moved is kept and told. */
#ifndef TRAILSEAL_DAEMON_CYCLE_H
#define TRAILSEAL_DAEMON_CYCLE_H

#include "daemon/daemon.h"

/* Answers have reached the world: judges what they touched. For sweep_watch(). */
void	cycle_answered(void *daemon);

/* What time alone brings: reminders, deadlines that come nearer. Every minute. */
void	cycle_tick(struct daemon *);

/* Tells what is due: of it what a silence held that is over. */
void	cycle_tell_due(struct daemon *);

/* Asks again about what is not confirmed yet. A few seconds after cycle_answered() wants it. */
void	cycle_confirm(struct daemon *);

/*
 * What is found in accounts that are new, at a first start in all, goes to chat receivers as one
 * digest. It is closed when they were looked at, and what was found had the time to be confirmed.
 * Wanted every few seconds.
 */
void	cycle_close_digest(struct daemon *);

/* Adds a record about the daemon itself to the evidence: "start", ... */
void	cycle_add_record(const struct daemon *, const char *kind, const char *text,
	    struct store_batch *);

#endif
