/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A token bucket: at most `rate` a second over time, `burst` at once. Throttling halves the rate,
 * success creeps back to the full one. Pure: time is a parameter.
 */
#ifndef TRAILSEAL_LOOP_BUCKET_H
#define TRAILSEAL_LOOP_BUCKET_H

#include <stdint.h>

struct bucket {
	double	 full_rate;	/* tokens a second that were agreed */
	double	 rate;		/* tokens a second now: between a hundredth of the full rate and it */
	double	 burst;
	double	 tokens;	/* may be below zero: reserved ahead */
	int64_t	 at_mono_ms;	/* when `tokens` was right */
	int64_t	 throttled_mono_ms;	/* the last time that counted */
};

/* Begins full. */
void	bucket_init(struct bucket *, double rate, double burst, int64_t mono_ms);

/*
 * Takes one token and returns how many milliseconds its user must wait before using it: 0 when
 * there was one. Waiters are served in the order of their asking.
 */
int64_t	bucket_take(struct bucket *, int64_t mono_ms);

/* Gives back a token that will not be used. */
void	bucket_return(struct bucket *);

/*
 * The far side throttled, or answered well. Throttling spends what was saved up. Calls in flight
 * are throttled together, so a second time within a second does not halve again.
 */
void	bucket_throttled(struct bucket *, int64_t mono_ms);
void	bucket_succeeded(struct bucket *);

#endif
