/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The URL of an SQS queue, which names its account and region. It names the queue in calls and is
 * never opened itself: those go where all calls of the region go.
 */
#ifndef TRAILSEAL_AWS_QUEUE_URL_H
#define TRAILSEAL_AWS_QUEUE_URL_H

#include <stdbool.h>

#include "base/names.h"

struct aws_queue_url {
	char		 region[NAME_REGION_MAX];
	char		 account[NAME_ACCOUNT_MAX];
	const char	*name;		/* inside the text */
};

/*
 * https://[VPCE.]sqs[-fips].REGION.SUFFIX/ACCOUNT/NAME with a suffix of the region's partition; for
 * emulators also http[s]://sqs.REGION.localhost[:PORT]/ACCOUNT/NAME and LocalStack's name for that.
 */
bool	aws_queue_url_parse(const char *text, struct aws_queue_url *ret);

#endif
