/* SPDX-License-Identifier: Apache-2.0 */
/* Names of collectors and of what they see; see coverage.h. */
#include "model/coverage.h"

#include <assert.h>

const char *
collector_name(enum collector collector)
{
	static const char *const names[COLLECTORS] = {
		[COLLECT_ACCOUNTS] = "accounts", [COLLECT_REGIONS] = "regions",
		[COLLECT_TRAILS] = "trails", [COLLECT_STATUS] = "status",
		[COLLECT_KEYS] = "keys", [COLLECT_BUCKETS] = "buckets",
		[COLLECT_EVENTS] = "events",
	};

	assert((unsigned)collector < COLLECTORS);
	return names[collector];
}

const char *
coverage_state_name(enum coverage_state state)
{
	static const char *const names[] = {
		[COVERAGE_NONE] = "none", [COVERAGE_FRESH] = "fresh", [COVERAGE_STALE] = "stale",
		[COVERAGE_BLIND] = "blind", [COVERAGE_NOT_APPLICABLE] = "not-applicable",
	};

	assert((unsigned)state <= COVERAGE_NOT_APPLICABLE);
	return names[state];
}
