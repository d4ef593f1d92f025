/* SPDX-License-Identifier: Apache-2.0 */
/* How long to wait before the next try, and when to give up; see retry.h. */
#include "notify/retry.h"

#include "base/stamp.h"

int64_t
retry_delay_ms(unsigned failures, int64_t retry_after_ms, uint32_t random)
{
	int64_t delay = RETRY_FIRST_MS;

	if (retry_after_ms > 0)
		return retry_after_ms;
	for (unsigned i = 1; i < failures && delay < RETRY_MOST_MS; i++)
		delay *= 2;
	delay = delay < RETRY_MOST_MS ? delay : RETRY_MOST_MS;
	return delay - (int64_t)(random % (uint64_t)(delay / 4 + 1));
}

int64_t
retry_rest_ms(int64_t next_wall_ms, int64_t now_wall_ms)
{
	if (next_wall_ms <= now_wall_ms)
		return 0;
	return next_wall_ms - now_wall_ms < RETRY_MOST_MS ? next_wall_ms - now_wall_ms :
	    RETRY_MOST_MS;
}

bool
retry_is_over(unsigned failures, int64_t told_wall_ms, int64_t now_wall_ms)
{
	return failures >= RETRY_AGE_FAILURES && told_wall_ms != STAMP_UNKNOWN &&
	    now_wall_ms - told_wall_ms > RETRY_AGE_MS;
}
