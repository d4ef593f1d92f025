/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many alerts as one list: how things stand now, worst first. Of several alerts about one finding
 * only the last counts. Private to lib/notify.
 */
#ifndef TRAILSEAL_NOTIFY_DIGEST_H
#define TRAILSEAL_NOTIFY_DIGEST_H

#include <stddef.h>

#include "base/buf.h"
#include "model/alert.h"
#include "rules/rules.h"

struct digest_row {
	const struct alert	*alert;		/* the caller's */
	size_t			 order;		/* as it was given */
	int			 rank;		/* higher is worse; 0: resolved */
};

struct digest {
	struct digest_row	*row;		/* ours */
	size_t			 count;
	size_t			 ranks[SEVERITY_CRITICAL + 1];	/* how many of each */
};

void	digest_init(struct digest *, const struct alert *const *, size_t count);
void	digest_done(struct digest *);

/* "12 findings: 3 critical, 2 high, 7 resolved". */
void	digest_add_headline(const struct digest *, struct buf *);

#endif
