/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What trailseal can see: per account, region and collector. Collectors are the questions that an
 * operator grants permission for; their names are public (interface.md).
 */
#ifndef TRAILSEAL_MODEL_COVERAGE_H
#define TRAILSEAL_MODEL_COVERAGE_H

enum collector {
	COLLECT_ACCOUNTS = 0,	/* the list of accounts */
	COLLECT_REGIONS,	/* the account's regions */
	COLLECT_TRAILS,		/* DescribeTrails in a region */
	COLLECT_STATUS,		/* GetTrailStatus, GetEventSelectors of trails owned there */
	COLLECT_KEYS,		/* KMS keys that live there */
	COLLECT_BUCKETS,	/* buckets that live there */
	COLLECT_EVENTS,		/* LookupEvents, where something that is watched lives */
	COLLECTORS
};

enum coverage_state {
	COVERAGE_NONE = 0,	/* nothing to ask */
	COVERAGE_FRESH,		/* the latest attempts succeeded */
	COVERAGE_STALE,		/* seen before, the latest attempt failed */
	COVERAGE_BLIND,		/* never seen */
	COVERAGE_NOT_APPLICABLE,	/* a region that is not enabled */
};

const char	*collector_name(enum collector);	/* "trails" */
const char	*coverage_state_name(enum coverage_state);	/* "fresh" */

#endif
