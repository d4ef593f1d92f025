/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What of the world could be seen: one row per account, region and collector that had something
 * to ask. What was left out on purpose, and so was never asked for, has no row.
 */
#ifndef TRAILSEAL_WORLD_COVERAGE_H
#define TRAILSEAL_WORLD_COVERAGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/coverage.h"
#include "model/reading.h"
#include "world/world.h"

struct coverage_row {
	const char		*account;	/* "": the list of accounts */
	const char		*region;	/* "": a whole account */
	enum collector		 collector;
	enum coverage_state	 state;		/* the worst of all that the collector asked there */
	enum err_kind		 failure;	/* ERR_NONE while fresh */
	const char		*reason;	/* one line; "" while fresh */
	const struct source	*source;	/* the attempt that it tells of; NULL: there was none */
	int64_t			 seen_wall_ms;	/* the latest good answer there; STAMP_UNKNOWN: none */
};

/* By account, region and collector; none stands twice. Texts are the world's. */
struct coverage {
	struct coverage_row	*row;		/* ours */
	size_t			 count, cap;
};

/* `accounts` says how the list of accounts was learned. */
void	coverage_read(const struct world *, const struct reading *accounts,
	    struct coverage *ret_coverage);
void	coverage_done(struct coverage *);

#endif
