/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One set of AWS keys: immutable, shared by counting, wiped when the last user lets go. Where it
 * came from is for messages; the keys themselves are for the signer alone.
 */
#ifndef TRAILSEAL_AWS_CREDENTIALS_H
#define TRAILSEAL_AWS_CREDENTIALS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/secret.h"

struct aws_credentials {
	unsigned	 users;
	uint64_t	 id;			/* never used twice in a process: keys of caches */
	struct secret	 access_key_id;
	struct secret	 secret_access_key;
	struct secret	 session_token;		/* unset for long-lived keys */
	int64_t		 expires_wall_ms;	/* STAMP_UNKNOWN: never */
	bool		 is_role_session;	/* assuming a role with it is role chaining: 1 h at most */
	char		 source[80];		/* "environment", "profile audit", "role arn:aws:iam::..." */
};

/* Copies the texts; one user. NULL with `err` when a key is missing, too long or holds controls. */
struct aws_credentials	*aws_credentials_new(const char *access_key_id, const char *secret_access_key,
			    const char *session_token, int64_t expires_wall_ms, const char *source,
			    struct err *);
struct aws_credentials	*aws_credentials_hold(struct aws_credentials *);	/* one more user */
void			 aws_credentials_drop(struct aws_credentials *);	/* NULL is fine */

#endif
