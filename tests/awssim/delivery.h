/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a trail's delivery stands in one region: it follows from logging, the key and the bucket,
 * anew at every look.
 */
#ifndef AWSSIM_DELIVERY_H
#define AWSSIM_DELIVERY_H

#include "awssim/world.h"

struct delivery {
	const char	*error, *digest_error;		/* NULL: none */
	int64_t		 latest_ms, digest_ms;		/* STAMP_UNKNOWN: never yet */
};

void	delivery_look(struct world *, struct trail *, const struct region *, int64_t now_ms,
	    struct delivery *ret);

/* Starts and stops logging, with what that leaves behind. */
void	delivery_start(struct trail *, int64_t now_ms);
void	delivery_stop(struct world *, struct trail *, int64_t now_ms);

/* The override of this region (NULL: of all), made when there is none. */
struct delivery_override	*delivery_override(struct trail *, const struct region *);

#endif
