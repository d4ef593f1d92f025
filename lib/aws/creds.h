/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where keys come from: the ambient credentials of this process by one chain (environment, shared
 * files, web identity, container, instance metadata: aws-c-auth's order; see chain.h), and on top
 * of them the sessions of assumed roles. A cache: one request in flight per role however many ask,
 * refreshed ahead of Expiration while the old session still serves (until a minute before its
 * end), failures remembered for a short while (a minute, or five seconds when they may pass),
 * sessions dropped that nobody used for two hours.
 */
#ifndef TRAILSEAL_AWS_CREDS_H
#define TRAILSEAL_AWS_CREDS_H

#include <stdint.h>

#include "aws/call.h"
#include "aws/credentials.h"
#include "base/err.h"
#include "base/secret.h"

struct creds;
struct creds_wait;

struct creds_options {
	const char	*session_name;		/* of assumed roles; NULL: "trailseal" */
	const char	*sts_region;		/* whose STS is asked; NULL: the ambient region */
};

struct creds	*creds_new(struct aws *, const struct creds_options *);
void		 creds_free(struct creds *);	/* all waits must have ended */

/* The region of AWS_REGION, AWS_DEFAULT_REGION, or the profile's `region`; NULL when none says. */
const char	*creds_ambient_region(const struct creds *);

/* Which keys are wanted. All NULL: the ambient ones. A role and its external id name a session. */
struct creds_role {
	const char	*role_arn;
	const char	*external_id;		/* or NULL */
	int		 duration_s;		/* of the first who asks; 0: 3600. Cut to that for role chaining */
};

/*
 * Runs once, in a later turn; not after a cancel. The credentials are the cache's: hold them to
 * keep them. ERR_CREDENTIALS when the chain has none; of a role the error of AssumeRole, whose kind
 * never lets anybody claim that what lies behind the role is absent or does not apply.
 */
typedef void (*creds_done_fn)(void *arg, struct aws_credentials *, const struct err *);

struct creds_wait	*creds_get(struct creds *, const struct creds_role *, creds_done_fn, void *arg);
void			 creds_wait_cancel(struct creds_wait *);

/*
 * AWS refused these keys as expired or unknown: the next creds_get() fetches new ones, unless they
 * have been replaced already, or are less than a minute old, when new ones would be no better.
 */
void	creds_refuse(struct creds *, const struct aws_credentials *);

#endif
