/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules that need the past: they compare the world with what was remembered of it. The memory
 * is small: which accounts are watched, per trail its key and place, per blind spot since when.
 * Pure, as all findings are.
 */
#ifndef TRAILSEAL_FINDINGS_PAST_H
#define TRAILSEAL_FINDINGS_PAST_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include <uthash.h>

#include "findings/findings.h"
#include "rules/rules.h"
#include "world/coverage.h"
#include "world/world.h"

/* What is remembered of one trail; texts are ours. */
struct past_trail {
	char		*arn, *account, *home_region;
	char		*kms_key_id;		/* as it was seen last; NULL: none */
	int64_t		 changed_wall_ms;	/* since then trail-key-changed stands; STAMP_UNKNOWN: no */
	char		*changed_from;		/* and this was the accepted key before; or NULL */
	int64_t		 missing_wall_ms;	/* gone since; STAMP_UNKNOWN: it is there */
	bool		 is_dirty;		/* then it is in that list */
	bool		 is_gone;		/* for the store to drop, then for past_clean() */
	LIST_ENTRY(past_trail) dirty;
	UT_hash_handle	 hh;
};

/* What was told instead of a blind spot by itself, when all around it was blind, too. */
enum past_fold { FOLD_NONE = 0, FOLD_ACCOUNT, FOLD_WHOLE };

/* A place that cannot be seen: account and region ("" for a whole account). */
struct past_blind {
	char		*key;			/* account, blank, region, blank, collector */
	int64_t		 since_wall_ms;
	bool		 is_dirty;
	bool		 is_gone;		/* all three as above */
	LIST_ENTRY(past_blind) dirty;
	bool		 is_first_look;		/* it was never seen; these three are not stored */
	uint64_t	 listed;		/* the last look that had a row of it; 0: none yet */
	enum past_fold	 fold;
	UT_hash_handle	 hh;
};

/* A watched account. */
struct past_account {
	char		*id;
	bool		 is_dirty;
	bool		 is_gone;		/* all three as above */
	LIST_ENTRY(past_account) dirty;
	UT_hash_handle	 hh;
};

/* Zeroed at the start. */
struct past {
	struct past_trail	*trails;	/* by ARN */
	struct past_blind	*blinds;	/* by key */
	struct past_account	*accounts;	/* by id */
	LIST_HEAD(, past_trail)	 dirty_trails;	/* for the store, as are the next */
	LIST_HEAD(, past_blind)	 dirty_blinds;
	LIST_HEAD(, past_account) dirty_accounts;
	int64_t			 last_wall_ms;	/* as pace.h wants it */
	uint64_t		 looks;
};

void	past_done(struct past *);

/*
 * Compares and remembers; adds observations of trail-key-changed, trail-deleted and
 * visibility-lost, for findings_apply(). Gaps with one cause become one observation: all that is
 * blind in an account, and all accounts ("trailseal"). The first look at a trail remembers and
 * says nothing. Findings that are not resolved are told what became of their subject, which may
 * have left the world by good evidence: then nothing concerns it any more.
 *
 * It walks over the whole world, and is wanted once in PACE_MOST_MS (pace.h) or more often.
 */
void	past_judge(struct past *, const struct rules_settings *, const struct world *,
	    const struct coverage *, const struct findings *, int64_t now_wall_ms,
	    struct observations *);

/* Remembers the accounts of the world; returns how many of them are new. */
unsigned	past_note_accounts(struct past *, const struct world *);

/* The account is watched no more: what was remembered of it is gone. See findings_gone(), too. */
void	past_leave(struct past *, const char *account);

/* All that is dirty is stored: forgets what is gone. */
void	past_clean(struct past *);

#endif
