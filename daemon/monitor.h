/* SPDX-License-Identifier: Apache-2.0 */
/* What trailseald tells of itself: its start, and what it found of its own state then. */
#ifndef TRAILSEAL_DAEMON_MONITOR_H
#define TRAILSEAL_DAEMON_MONITOR_H

#include "daemon/daemon.h"

/*
 * Records the start. A database that was set aside and a ledger that was altered are alerts of the
 * kind "monitor", stored and delivered as all are. They are told once and never resolved.
 */
void	monitor_tell_start(struct daemon *, const struct store_start *);

#endif
