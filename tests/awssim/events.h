/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The event history: each changing call as a CloudTrail record, kept by account and region, and
 * found by LookupEvents some time later.
 */
#ifndef AWSSIM_EVENTS_H
#define AWSSIM_EVENTS_H

#include "awssim/call.h"

#define EVENTS_MAX	100000	/* in one account and region; then the oldest goes */

/* Records the call, unless it only read (and the world does not record reads) or is nobody's. */
void	events_record(struct call *);

/* A record as somebody else wrote it. Its eventTime is kept; it arrives now. */
int	events_add_record(struct world *, struct account *, const struct region *,
	    const struct json *record, int64_t now_ms, struct err *);

/* The operation LookupEvents. */
void	events_lookup(struct call *);

/* Frees an account's history. */
void	events_free(struct account *);

#endif
