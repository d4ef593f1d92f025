/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The collectors: each asks AWS one group of questions about one thing and writes what was said,
 * or why nothing was, into its slots of the world. They decide how to ask; what is asked, when
 * and in whose name is the sweep's business.
 */
#ifndef TRAILSEAL_COLLECT_COLLECT_H
#define TRAILSEAL_COLLECT_COLLECT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "job/job.h"
#include "model/account.h"
#include "parse/messages.h"
#include "parse/record.h"
#include "world/world.h"

struct collect {
	struct job_pool	*jobs;
	struct world	*world;
	int64_t		 denied_again_ms;	/* what was denied is asked again after; 0: it is always asked */
};

/*
 * Runs exactly once, when the world holds the answers; `err` is the failure that ended the work,
 * already in the world as well, or NULL. Denied parts of a whole are no failure of it.
 */
typedef void (*collect_done_fn)(void *arg, const struct err *err);

/* Who the credentials of the target are: sts:GetCallerIdentity. */
struct collect_identity {
	const char	*account;	/* valid during the call; NULL on failure */
	const char	*arn;
};
typedef void (*collect_identity_fn)(void *arg, const struct collect_identity *, const struct err *);
void	collect_identity(struct collect *, const struct job_target *, collect_identity_fn, void *arg);

/* The accounts of the target's organization, one by one, its management account among them. */
typedef void (*collect_account_fn)(void *arg, const struct account *);
void	collect_accounts(struct collect *, const struct job_target *, collect_account_fn,
	    collect_done_fn, void *arg);

/*
 * The regions of the target's account, one by one, by Account ListRegions or, failing that, by
 * EC2. The asker puts those it wants into the world.
 */
typedef void (*collect_region_fn)(void *arg, const struct region *);
void	collect_regions(struct collect *, const struct job_target *, collect_region_fn,
	    collect_done_fn, void *arg);

/* The trails of the target's account and region. */
void	collect_trails(struct collect *, const struct job_target *, collect_done_fn, void *arg);

/* A trail's status in the target's region; at home also its selectors. For its owner only. */
void	collect_status(struct collect *, const struct job_target *, const char *trail_arn,
	    bool with_selectors, collect_done_fn, void *arg);

/*
 * A key by its ARN, with what applies of policy, rotation and custom key store. The policy and
 * the store are for the key's own account only.
 */
void	collect_key(struct collect *, const struct job_target *, const char *key_arn,
	    collect_done_fn, void *arg);

/*
 * A bucket. The target's region is where it is looked for first; S3 tells where it is. Its policy
 * is read where the target's account owns it.
 */
void	collect_bucket(struct collect *, const struct job_target *, const char *name,
	    collect_done_fn, void *arg);

/*
 * One page of cloudtrail:LookupEvents in the target's account and region: of what was recorded in
 * a time, by one attribute. Whoever pages on asks the same with the token. The page is valid during
 * the call; NULL on failure. `was_asked` is false when it never came to asking, as there were no
 * credentials.
 */
struct lookup_question {
	const char	*attribute;	/* "ReadOnly", "EventName", "ResourceName", ... */
	const char	*value;
	int64_t		 from_wall_ms, to_wall_ms;
	const char	*token;		/* NULL: the first page */
};
typedef void (*collect_lookup_fn)(void *arg, const struct record_page *, bool was_asked,
		const struct err *);
void	collect_lookup(struct collect *, const struct job_target *, const struct lookup_question *,
	    collect_lookup_fn, void *arg);

/*
 * Up to MESSAGES_MAX messages of a queue in the target's region: waits for the first for 20 seconds,
 * then there are none. They are valid during the call; NULL on failure.
 */
typedef void (*collect_messages_fn)(void *arg, const struct queue_message *, size_t count,
		const struct err *);
void	collect_receive(struct collect *, const struct job_target *, const char *queue_url,
	    collect_messages_fn, void *arg);

/* Deletes messages by what they were received with. NULL on failure of all; else one for each. */
typedef void (*collect_deletions_fn)(void *arg, const struct queue_deletion *, const struct err *);
void	collect_delete(struct collect *, const struct job_target *, const char *queue_url,
	    char *const *receipts, size_t count, collect_deletions_fn, void *arg);

#endif
