/* SPDX-License-Identifier: Apache-2.0 */
/* How time passes for what is remembered; see pace.h. */
#include "findings/pace.h"

int64_t
pace_shift(int64_t *last_wall_ms, int64_t now_wall_ms)
{
	int64_t passed_ms = *last_wall_ms == 0 ? 0 : now_wall_ms - *last_wall_ms;

	*last_wall_ms = now_wall_ms;
	if (passed_ms < 0)
		return passed_ms;
	return passed_ms > PACE_MOST_MS ? passed_ms - PACE_MOST_MS : 0;
}
