/* SPDX-License-Identifier: Apache-2.0 */
/* The simulator as a whole: its world, clock, sessions, faults and counters. */
#ifndef AWSSIM_SIM_H
#define AWSSIM_SIM_H

#include <stdint.h>

#include "awssim/world.h"
#include "base/arena.h"
#include "base/buf.h"

struct loop;

struct sim {
	struct loop		*loop;
	struct world		*world;
	struct identities	*identities;
	struct verifier		*verifier;
	struct faults		*faults;
	struct ledger		*ledger;
	struct arena		*scratch;		/* of the call in work */
	struct buf		 body;			/* of its answer */
	unsigned char		 metadata_secret[32];	/* behind the metadata service's tokens */
	int64_t			 clock_offset_ms;	/* of AWS's clock against ours */
	int64_t			 event_delay_ms;	/* until LookupEvents shows an event */
};

/* Takes over the world. */
struct sim	*sim_new(struct loop *, struct world *, int64_t event_delay_ms);
void		 sim_free(struct sim *);

int64_t		 sim_now_ms(const struct sim *);	/* AWS's clock */
struct buf	*sim_body(struct sim *);		/* emptied */

#endif
