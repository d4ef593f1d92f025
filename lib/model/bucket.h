/* SPDX-License-Identifier: Apache-2.0 */
/* A trail's S3 bucket as HeadBucket tells. Plain data; texts belong to the arena of the reading. */
#ifndef TRAILSEAL_MODEL_BUCKET_H
#define TRAILSEAL_MODEL_BUCKET_H

#include <stdbool.h>

#include "base/tri.h"

struct bucket {
	const char	*name;
	const char	*region;	/* x-amz-bucket-region; NULL when not told */
	enum tri	 exists;	/* a 403 with a region is an answer: it does */
	bool		 is_closed;	/* that answer: whoever asked may not enter it */
};

#endif
