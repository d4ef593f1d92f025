/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How time passes for what is remembered: a machine may sleep, and its clock may jump either way,
 * which must neither open a finding nor end one.
 */
#ifndef TRAILSEAL_FINDINGS_PACE_H
#define TRAILSEAL_FINDINGS_PACE_H

#include <stdint.h>

#define PACE_MOST_MS	INT64_C(300000)	/* between two looks; more does not count */

/*
 * What to add to remembered times so that the time since the last look, which is kept in
 * *last_wall_ms (0 before the first), counts as it should: mostly nothing.
 */
int64_t	pace_shift(int64_t *last_wall_ms, int64_t now_wall_ms);

#endif
