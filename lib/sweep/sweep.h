/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sweep: plans what to ask, runs the collectors, and so fills the world. It knows which account's
 * role may answer which question, asks each question once however many trails lead to it, and asks
 * none that is known to be denied. One account or region that fails leaves all others whole.
 *
 *	accounts -> regions of each -> trails of each region -> status, key and bucket of each trail
 */
#ifndef TRAILSEAL_SWEEP_SWEEP_H
#define TRAILSEAL_SWEEP_SWEEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aws/call.h"
#include "aws/creds.h"
#include "base/err.h"
#include "model/reading.h"
#include "world/world.h"

struct sweep;

struct sweep_account {
	const char	*id;
	const char	*name;		/* or NULL */
	const char	*role_arn;	/* NULL: the ambient credentials */
	const char	*external_id;	/* or NULL */
};

/* A queue of SQS that events come through, see queues.h. */
struct sweep_queue {
	const char	*url;
	const char	*account, *region;	/* as the URL names them */
	const char	*role_arn;		/* NULL: the ambient credentials */
	const char	*external_id;		/* or NULL */
	unsigned	 poison_receives;	/* then what is no event is set aside */
};

/* What to look at. All texts must outlive the sweep. Nothing at all: the ambient account. */
struct sweep_scope {
	bool			 has_organization;
	const char		*management_role_arn;	/* for ListAccounts; NULL: ambient credentials */
	const char		*role;			/* its name in each member account */
	const char		*external_id;		/* or NULL */
	const char *const	*exclude;		/* account ids */
	size_t			 exclude_count;
	const struct sweep_account *accounts;
	size_t			 account_count;
	const char *const	*regions;		/* none: all that an account has enabled */
	size_t			 region_count;
	const struct sweep_queue *queues;
	size_t			 queue_count;

	/* Narrowing by the command line; the roles of all others still answer for keys and buckets. */
	const char *const	*only_accounts;
	size_t			 only_account_count;
	const char *const	*only_regions;
	size_t			 only_region_count;
};

struct sweep_progress {
	unsigned	accounts_known, accounts_done;
	bool		was_walked;		/* all that were known once were looked at */
	unsigned	questions_waiting, questions_running;
	uint64_t	accounts_version;	/* grows when an account comes or leaves, and with
						 * each whole list of them */
	bool		is_list_whole;		/* who is not among the accounts is not watched */
};

struct sweep	*sweep_new(struct aws *, struct creds *, struct world *,
		    const struct sweep_scope *);
void		 sweep_free(struct sweep *);	/* cancels what still runs; nothing is told any more */

/*
 * Looks at everything once. `done` runs once, in a later turn, when nothing is left to ask; the
 * world holds what was learned.
 */
typedef void (*sweep_done_fn)(void *arg);
void		 sweep_start(struct sweep *, sweep_done_fn done, void *arg);

/*
 * How often things are looked at while watching. Each account and region has its own time within
 * the interval, always the same, so that the questions are spread.
 */
struct sweep_intervals {
	int64_t	trails_ms;	/* regions that hold a home trail, a watched key or a bucket: 5 min */
	int64_t	quiet_ms;	/* all others: 1 h */
	int64_t	keys_ms;	/* 5 min */
	int64_t	buckets_ms;	/* 1 h */
	int64_t	foreign_ms;	/* buckets that only HeadBucket may look at: 24 h */
	int64_t	accounts_ms;	/* the list of accounts, and each one's list of regions: 1 h */
	int64_t	events_ms;	/* the event history, where something that is watched lives: 1 min */
	int64_t	names_ms;	/* ... that of the monitor's roles, and of who uses keys: 1 h */
	int64_t	denied_ms;	/* what was denied is asked again after: 6 h */
};

void		 sweep_intervals_init(struct sweep_intervals *);

/*
 * Goes on looking, from a start on, until freed. `answered` runs in a later turn than answers that
 * have reached the world, once for all of a turn: it is time to judge. The intervals may be
 * changed by calling it again.
 */
typedef void (*sweep_answered_fn)(void *arg);
void		 sweep_watch(struct sweep *, const struct sweep_intervals *, sweep_answered_fn,
		    void *arg);

/* Watching: asks at once about what an observation was about, in front of all others. */
void		 sweep_look_again(struct sweep *, const char *account, const char *region,
		    const char *resource);

const struct sweep_progress	*sweep_progress(const struct sweep *);

/* How the list of accounts was learned. */
const struct reading	*sweep_accounts_reading(const struct sweep *);

#endif
