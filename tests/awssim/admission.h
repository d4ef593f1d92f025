/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether policies let CloudTrail in, by the evaluator of lib/policy. What cannot be told from
 * outside does not keep it out here. Judged when a policy has changed, not whenever it is asked.
 */
#ifndef AWSSIM_ADMISSION_H
#define AWSSIM_ADMISSION_H

#include "awssim/world.h"

bool	admission_by_key(const struct key *, const char *trail_arn);

/* Into the folder of a trail of this ARN and prefix (NULL: none). */
bool	admission_by_bucket(const struct world *, const struct bucket *, const char *trail_arn,
	    const char *prefix, bool is_organization);

/* The trail's own, brought up to the present policies of its key and bucket. */
const struct admission	*admission_look_at_key(struct trail *, const struct key *);
const struct admission	*admission_look_at_bucket(const struct world *, struct trail *,
			    const struct bucket *);

#endif
