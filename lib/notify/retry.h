/* SPDX-License-Identifier: Apache-2.0 */
/* How long to wait before the next try, and when to give up. Pure. Private to lib/notify. */
#ifndef TRAILSEAL_NOTIFY_RETRY_H
#define TRAILSEAL_NOTIFY_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#define RETRY_FIRST_MS		INT64_C(5000)
#define RETRY_MOST_MS		INT64_C(3600000)
#define RETRY_REFUSALS		5			/* of one message: then it is dropped */
#define RETRY_AGE_MS		(7 * INT64_C(86400000))	/* of an alert: then it is dropped ... */
#define RETRY_AGE_FAILURES	20			/* ... after so many failures in a row */

/*
 * The wait after so many failures in a row: doubled each time, up to a quarter less by chance
 * (`random` is any number), or what the far side asks for.
 */
int64_t	retry_delay_ms(unsigned failures, int64_t retry_after_ms, uint32_t random);

/* The wait that is left of one that began before a restart: the wall clock may have jumped. */
int64_t	retry_rest_ms(int64_t next_wall_ms, int64_t now_wall_ms);

/*
 * Whether an alert of that time has been tried for long enough. A number of failures must go with
 * the age, as the wall clock may jump; at full waits it takes half a day.
 */
bool	retry_is_over(unsigned failures, int64_t told_wall_ms, int64_t now_wall_ms);

#endif
