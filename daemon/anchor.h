/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the ledger stands is noted outside of the database, in the journal: who alters the one may
 * not reach the other. With a key in the settings it is signed besides.
 */
#ifndef TRAILSEAL_DAEMON_ANCHOR_H
#define TRAILSEAL_DAEMON_ANCHOR_H

#include "daemon/daemon.h"

/*
 * Notes the head that is on disk, and adds a record with its seal (store/seal.h) to the evidence:
 * "heartbeat" or "stop". Without a text of its own the record has that of the journal.
 */
void	anchor_record(struct daemon *, const char *kind, const char *text);

#endif
