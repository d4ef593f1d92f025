/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules that need the past: they compare the world with what was remembered of it. The memory
 * is small: per trail its key and place, per blind spot since when. Pure, as all findings are.
 */
#ifndef TRAILSEAL_FINDINGS_PAST_H
#define TRAILSEAL_FINDINGS_PAST_H

#include <stdint.h>

#include <uthash.h>

#include "rules/rules.h"
#include "world/coverage.h"
#include "world/world.h"

/* What is remembered of one trail; texts are ours. */
struct past_trail {
	char		*arn, *account, *home_region;
	char		*kms_key_id;		/* the accepted one; NULL: none */
	char		*changed_from;		/* while trail-key-changed stands: the one before, or NULL */
	int64_t		 changed_wall_ms;
	int64_t		 missing_wall_ms;	/* gone since; STAMP_UNKNOWN: it is there */
	bool		 is_dirty;
	UT_hash_handle	 hh;
};

/* A place that cannot be seen: account and region ("" for a whole account). */
struct past_blind {
	char		*key;			/* account, blank, region, blank, collector */
	int64_t		 since_wall_ms;
	bool		 is_dirty;
	UT_hash_handle	 hh;
};

struct past {
	struct past_trail	*trails;	/* by ARN */
	struct past_blind	*blinds;	/* by key */
};

struct past_settings {
	int64_t	key_changed_ms;		/* trail-key-changed stands this long, then the new key counts: 24 h */
	int64_t	deleted_ms;		/* trail-deleted stands this long: 7 d */
	int64_t	blind_ms;		/* visibility-lost from here: 30 min */
};

void	past_settings_init(struct past_settings *);
void	past_done(struct past *);

/*
 * Compares and remembers; adds observations of trail-key-changed, trail-deleted and
 * visibility-lost. Gaps with one cause become one observation. The first look at a trail remembers
 * and says nothing.
 */
void	past_judge(struct past *, const struct past_settings *, const struct rules_settings *,
	    const struct world *, const struct coverage *, int64_t now_wall_ms,
	    struct observations *);

#endif
