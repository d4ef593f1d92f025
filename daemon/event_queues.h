/* SPDX-License-Identifier: Apache-2.0 */
/* What queues bring: records go where all events go, what is none is kept as evidence. */
#ifndef TRAILSEAL_DAEMON_EVENT_QUEUES_H
#define TRAILSEAL_DAEMON_EVENT_QUEUES_H

#include "daemon/daemon.h"

/* Reads the queues of the configuration, with the sweep that the daemon has now. */
void	event_queues_watch(struct daemon *);

#endif
