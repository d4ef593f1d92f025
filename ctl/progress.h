/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One line on standard error that tells how far a sweep is, redrawn a few times a second and
 * erased at the end. On a terminal only.
 */
#ifndef TRAILSEAL_CTL_PROGRESS_H
#define TRAILSEAL_CTL_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "aws/call.h"
#include "loop/loop.h"
#include "sweep/sweep.h"

struct progress {
	struct loop		*loop;
	struct loop_timer	 timer;
	const struct aws	*aws;
	const struct sweep	*sweep;
	int64_t			 started_mono_ms;
	bool			 is_shown;	/* the line stands there and must be erased */
};

/* The first line comes a little later: a short sweep shows none. */
void	progress_start(struct progress *, struct loop *, const struct aws *, const struct sweep *);
void	progress_stop(struct progress *);	/* one never started, but zeroed, is fine */

#endif
