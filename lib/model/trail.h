/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A CloudTrail trail as DescribeTrails, GetTrailStatus and GetEventSelectors describe it. Plain
 * data; texts belong to the arena of the reading. Absent texts are NULL: AWS leaves out what is
 * not configured. Times are STAMP_UNKNOWN when absent.
 */
#ifndef TRAILSEAL_MODEL_TRAIL_H
#define TRAILSEAL_MODEL_TRAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/tri.h"

struct trail {
	const char	*arn;		/* arn:aws:cloudtrail:HOME:OWNER:trail/NAME */
	const char	*name;
	const char	*account;	/* the owner, from the ARN */
	const char	*home_region;
	const char	*bucket;
	const char	*prefix;
	const char	*kms_key_id;	/* NULL: logs are not encrypted with a KMS key */
	enum tri	 multi_region;
	enum tri	 organization;
	enum tri	 validation;	/* log file validation: digests are written */
};

/* In one region. An empty error text means none, as an absent one does: both are NULL here. */
struct trail_status {
	enum tri	 logging;
	int64_t		 latest_delivery_ms;
	int64_t		 latest_digest_ms;
	int64_t		 start_logging_ms;
	int64_t		 stop_logging_ms;	/* stays after a restart */
	const char	*delivery_error;
	const char	*digest_error;
};

/* What basic or advanced selectors let through of management events. */
struct trail_selectors {
	enum tri	 management_reads;	/* all read-only management events are logged */
	enum tri	 management_writes;
	enum tri	 usual_reads;	/* those of a source and name that no selector names are: a
					   trail that logs them is never idle for long */
	const char	*narrowed;	/* what is left out, for people; NULL: nothing */
};

struct arena;

/* Deep copies. */
void	trail_copy(struct arena *, const struct trail *from, struct trail *to);
void	trail_status_copy(struct arena *, const struct trail_status *from, struct trail_status *to);
void	trail_selectors_copy(struct arena *, const struct trail_selectors *from,
	    struct trail_selectors *to);

#endif
