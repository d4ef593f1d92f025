/* SPDX-License-Identifier: Apache-2.0 */
/* Which trails a caller sees, and how a trail is written: shared by CloudTrail's operations. */
#ifndef AWSSIM_TRAILS_H
#define AWSSIM_TRAILS_H

#include "awssim/call.h"

/* Whether the account sees the trail in the region: its own, shadows, the organization's. */
bool	trail_is_seen(const struct world *, const struct trail *, const struct account *,
	    const struct region *);

/*
 * The trail that the parameter names: an ARN of any trail that the caller sees, or the name of one
 * of its own, homed in this region. NULL, answered with TrailNotFoundException, when there is none.
 */
struct trail	*trail_named(struct call *, const char *parameter);

/* The same, for changes: only by the owner and in the home region. */
struct trail	*trail_to_change(struct call *, const char *parameter);

/* Members of one trail, as DescribeTrails has them. */
void	trail_write(struct call *, const struct trail *);

/* The answer of GetEventSelectors and PutEventSelectors. */
void	trail_write_selectors(struct call *, const struct trail *);

/* CloudTrail's changing operations, cloudtrail_change.c. */
void	trail_create(struct call *);
void	trail_update(struct call *);
void	trail_delete(struct call *);
void	trail_start(struct call *);
void	trail_stop(struct call *);
void	trail_put_selectors(struct call *);

#endif
