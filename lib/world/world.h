/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The world: what trailseal believes of accounts, regions, trails, keys, stores and buckets, and
 * for each how it came to believe it. It lives long; answers arrive one by one in any order and
 * each replaces its own slot. There is no global snapshot: each slot has its own age. Only the
 * functions here change it; everybody else reads the structures.
 *
 * A trail is one object however many regions and accounts see it, and so is a key however many
 * trails use it. Objects that nothing refers to any more are forgotten.
 */
#ifndef TRAILSEAL_WORLD_WORLD_H
#define TRAILSEAL_WORLD_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include <uthash.h>

#include "base/err.h"
#include "model/account.h"
#include "model/bucket.h"
#include "model/key.h"
#include "model/reading.h"
#include "model/trail.h"

struct arena;
struct world;

/* What rules are judged about. */
enum subject_kind {
	SUBJECT_ACCOUNT = 1, SUBJECT_REGION, SUBJECT_TRAIL, SUBJECT_KEY, SUBJECT_BUCKET,
};

/* The common head of these objects. A touched one has changed since it was last judged. */
struct subject {
	enum subject_kind	 kind;
	bool			 touched;
	TAILQ_ENTRY(subject)	 link;		/* in the queue of touched ones */
};

struct world_account {
	struct subject		 subject;
	const char		*id;		/* interned */
	char			*name;		/* ours; NULL when not known */
	struct reading		 regions_reading;	/* of the list of regions */
	struct world_region	*regions;	/* watched or not enabled, by the order of their arrival */
	const char		*manages;	/* interned: the organization whose management account it
						 * is; NULL: none, or not known */
	bool			 is_partly_watched;	/* it has enabled regions that are left out */
	UT_hash_handle		 hh;
};

struct world_region {
	struct subject		 subject;
	struct world_account	*account;
	const char		*name;		/* interned */
	enum tri		 enabled;	/* NO: not enabled for the account; nothing is asked */
	struct reading		 trails_reading;
	struct reading		*events_reading;	/* ours: of CloudTrail's event history; NULL: not asked,
							 * as in nearly all */
	struct world_trail	**trails;	/* all that DescribeTrails showed here */
	size_t			 trail_count;
	struct world_region	*next;		/* of the account */
};

/* A trail in one region. */
struct world_status {
	const char		*region;	/* interned */
	struct trail_status	 status;
	struct arena		*arena;		/* of its texts; NULL when there are none */
	struct reading		 reading;
};

/*
 * What judges made of a policy for one trail, kept for them: valid for this version of the policy.
 * The world forgets it when something else changes that it came from.
 */
struct world_memo {
	uint64_t		 version;	/* 0: nothing */
	int			 verdict;
};

struct world_memos {
	struct world_memo	 key_policy, bucket_policy;
};

struct world_trail {
	struct subject		 subject;
	struct trail		 trail;
	struct arena		*arena;		/* of `trail` */
	const struct world_region *view;	/* where `trail` was read; NULL when not listed there now */
	struct reading		 described;	/* of that view */
	bool			 seen_at_home;	/* that view is its owner's, in the home region */
	size_t			 views;		/* region slots that list it */
	struct world_status	*statuses;	/* one per region that was asked, by its name */
	size_t			 status_count;
	struct trail_selectors	 selectors;
	struct arena		*selectors_arena;
	struct reading		 selectors_reading;
	struct world_key	*key;		/* NULL: the trail names none */
	struct world_bucket	*bucket;	/* NULL: the trail names none */
	struct world_memos	*memos;		/* ours; judges write it */
	TAILQ_ENTRY(world_trail) by_key, by_bucket;
	UT_hash_handle		 hh;
};

TAILQ_HEAD(world_trails, world_trail);

struct world_key {
	struct subject		 subject;
	const char		*id;		/* ours: KmsKeyId of the trails, an ARN if AWS is right */
	const char		*account;	/* interned; "" when `id` is no key ARN */
	const char		*region;	/* interned; "" likewise */
	struct key		 key;		/* zero until first described */
	struct arena		*arena;
	struct reading		 described;
	char			*policy;	/* ours; the text as KMS gave it, or NULL */
	size_t			 policy_len;
	uint64_t		 policy_version;	/* no two texts have the same; 0: none was read */
	struct reading		 policy_reading;
	char			*former_policy;	/* ours; the text before, or NULL ... */
	size_t			 former_policy_len;
	int64_t			 former_policy_wall_ms;	/* ... and when it was read last */
	struct key_rotation	 rotation;
	struct reading		 rotation_reading;
	struct key_store	 store;		/* of a key in a custom key store */
	struct arena		*store_arena;
	struct reading		 store_reading;
	struct world_trails	 trails;	/* that use it */
	UT_hash_handle		 hh;
};

struct world_bucket {
	struct subject		 subject;
	const char		*name;		/* ours */
	struct bucket		 bucket;	/* region interned */
	struct reading		 head_reading;
	char			*policy;	/* ours; NULL: none, or not read */
	size_t			 policy_len;
	uint64_t		 policy_version;	/* no two texts have the same; 0: none was read */
	struct reading		 policy_reading;
	struct world_trails	 trails;
	UT_hash_handle		 hh;
};

struct world	*world_new(void);
void		 world_free(struct world *);

/* A copy of a short text that lives as long as the world; equal texts give the same pointer. */
const char	*world_intern(struct world *, const char *);

/* Found or made. The name may be NULL; a later one replaces an earlier. */
struct world_account	*world_add_account(struct world *, const char *id, const char *name);
struct world_account	*world_find_account(const struct world *, const char *id);	/* or NULL */

/* Which organization the account manages, NULL for none; nothing when the account is not watched. */
void			 world_set_organization(struct world *, const char *account,
			    const char *organization);

/* The account is watched no more: it goes with its regions, and trails that nobody else lists. */
void			 world_remove_account(struct world *, struct world_account *);

/* A region that turns out not to be enabled forgets what was seen there. */
struct world_region	*world_add_region(struct world *, struct world_account *, const char *name,
			    enum tri enabled);
struct world_region	*world_find_region(const struct world_account *, const char *name);

/*
 * What an answer, or the failure to get one, says of its slot. Exactly one of the value and `err`
 * is NULL. Values are copied; after a failure the old value stays, marked as old.
 */
void	world_set_regions(struct world *, struct world_account *, const struct source *,
	    const struct err *);
void	world_set_trails(struct world *, struct world_region *, const struct trail *, size_t count,
	    const struct source *, const struct err *);
void	world_set_events(struct world_region *, const struct source *, const struct err *);
void	world_set_status(struct world *, struct world_trail *, const char *region,
	    const struct trail_status *, const struct source *, const struct err *);
void	world_set_selectors(struct world *, struct world_trail *, const struct trail_selectors *,
	    const struct source *, const struct err *);
void	world_set_key(struct world *, struct world_key *, const struct key *,
	    const struct source *, const struct err *);
void	world_set_key_policy(struct world *, struct world_key *, const char *policy, size_t len,
	    const struct source *, const struct err *);
void	world_set_key_rotation(struct world *, struct world_key *, const struct key_rotation *,
	    const struct source *, const struct err *);
void	world_set_key_store(struct world *, struct world_key *, const struct key_store *,
	    const struct source *, const struct err *);
void	world_set_bucket(struct world *, struct world_bucket *, const struct bucket *,
	    const struct source *, const struct err *);
void	world_set_bucket_policy(struct world *, struct world_bucket *, const char *policy,
	    size_t len, const struct source *, const struct err *);

struct world_trail	*world_find_trail(const struct world *, const char *arn);	/* or NULL */
struct world_key	*world_find_key(const struct world *, const char *id);
struct world_bucket	*world_find_bucket(const struct world *, const char *name);

bool	world_region_lists(const struct world_region *, const struct world_trail *);

/* Its status in a region, or NULL when that was never asked. */
const struct world_status	*world_find_status(const struct world_trail *, const char *region);

/*
 * Whether a key is there, and whether its state lets CloudTrail use it. NO for a missing one only
 * by the word of its own account's KMS: others may be told so for want of permission.
 */
enum tri	world_key_exists(const struct world_key *);
enum tri	world_key_is_usable(const struct world_key *);

/* All objects, for walks: start with these, go on with `->hh.next`. */
struct world_account	*world_accounts(const struct world *);
struct world_trail	*world_trails(const struct world *);
struct world_key	*world_keys(const struct world *);
struct world_bucket	*world_buckets(const struct world *);

/* Takes the next subject to judge off the queue; NULL when all are judged. */
struct subject	*world_take_touched(struct world *);

/* Time alone changes verdicts too: touches every subject. */
void	world_touch_all(struct world *);

#endif
