/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Basic authentication against bcrypt hashes. A comparison takes a tenth of a second of one core
 * by design, so it is made on a thread of its own, one at a time; pairs that were found good are
 * remembered as a keyed hash. Unknown users are compared, too: time tells nothing about names.
 */
#ifndef TRAILSEAL_DAEMON_WEB_AUTH_H
#define TRAILSEAL_DAEMON_WEB_AUTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/option.h"
#include "loop/loop.h"

struct web_auth;
struct web_auth_job;

enum web_auth_answer {
	WEB_AUTH_GOOD = 1,
	WEB_AUTH_BAD,
	WEB_AUTH_LATER,		/* `done` will tell */
	WEB_AUTH_BUSY,		/* too many wait already */
};

struct web_auth	*web_auth_new(struct loop *);
void		 web_auth_free(struct web_auth *);	/* all jobs have ended; waits for the thread */

/* Replaces all users; the pairs are copied. None: everybody is good. */
void	web_auth_set_users(struct web_auth *, const struct config_pair *, size_t count);

/*
 * Judges an Authorization header's value (NULL: there was none). With WEB_AUTH_LATER a job is
 * returned, and `done` runs once in a later turn, unless it is cancelled.
 */
typedef void (*web_auth_done_fn)(void *arg, bool is_good);
enum web_auth_answer	web_auth_judge(struct web_auth *, const char *authorization,
			    web_auth_done_fn, void *arg, struct web_auth_job **ret_job);
void			web_auth_cancel(struct web_auth_job *);

/* Comparisons so far. */
uint64_t	web_auth_comparisons(const struct web_auth *);

#endif
