/* SPDX-License-Identifier: Apache-2.0 */
/* One event on its way to people: its alert, its evidence, and what was seen since. */
#ifndef TRAILSEAL_DAEMON_TOLD_H
#define TRAILSEAL_DAEMON_TOLD_H

#include "daemon/daemon.h"
#include "findings/incidents.h"
#include "model/event.h"
#include "rules/events.h"

/* Texts are the arena's that it was made in. */
struct told {
	struct events_match	 match;
	const char		*event_id;
	const char		*user_agent;
	int64_t			 event_wall_ms;
	const char		*finding_ids;	/* of its links; NULL: none */
	const struct incident	*incident;	/* that remembers it */
};

void	told_init(struct told *, struct arena *, const struct event *, const struct events_match *);

/* Everything that it leads to was answered since. */
bool	told_was_seen(const struct told *, const struct world *, int64_t asked_wall_ms);

/*
 * The alert; its texts are the arena's and the world's. It is confirmed when a finding that it
 * leads to is there, and refuted when everything was seen since and none is.
 */
void	told_alert(const struct told *, const struct daemon *, struct arena *, int64_t asked_wall_ms,
	    struct alert *ret);

/* What the ledger keeps of it. */
void	told_record(const struct told *, const struct alert *, bool is_told, struct store_batch *);

#endif
