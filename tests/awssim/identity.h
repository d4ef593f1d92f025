/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who may sign calls: the users' keys and the sessions that STS and the metadata services gave
 * out, found by access key; and what an identity may do.
 */
#ifndef AWSSIM_IDENTITY_H
#define AWSSIM_IDENTITY_H

#include "awssim/call.h"

#define IDENTITY_KEY_SIZE	21
#define IDENTITY_MAX_SESSIONS	200000	/* then the oldest ends */

struct identities;

struct identity {
	const char	*access_key, *secret;
	const char	*token;			/* NULL: a user's */
	const char	*arn;			/* as GetCallerIdentity and errors say it */
	const char	*principal_id;		/* likewise UserId */
	const char	*session_name;
	struct account	*account;
	const struct user *user;		/* one of the two */
	const struct role *role;
	int64_t		 created_ms, expires_ms;	/* STAMP_UNKNOWN: never */
	uint32_t	 serial;		/* never given twice */
	char		*memory;		/* ours: the texts of a session */
	TAILQ_ENTRY(identity) by_age;
	UT_hash_handle	 by_key;
};

struct identities	*identities_new(const struct world *);
void			 identities_free(struct identities *);

struct identity	*identity_find(const struct identities *, const char *access_key, size_t len);

/* A session of a role; it stays until it is long expired. */
struct identity	*identity_start_session(struct identities *, const struct role *,
		    const char *session_name, int64_t now_ms, int64_t seconds);

/* Whether its policies let it do the call's operation; else the call is answered. */
bool	identity_may(struct call *);

/* The same as a text for an error: "User: .. is not authorized to perform: ..", and why. */
const char	*identity_denial(struct call *, const char *why);

/* The ARN of what the call is about, or NULL. */
const char	*identity_resource(struct call *);

/* Whether the action is on the list; entries may end in '*'. */
bool	name_list_has_action(const struct name_list *, const char *action);

#endif
