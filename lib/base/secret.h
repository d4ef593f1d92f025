/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A secret text: an access key, a session token, a webhook's URL. It lives in memory that stays
 * out of core files and is wiped when it goes. There is deliberately no way to print one; whoever
 * calls secret_text() must hand the text to a signer or a socket and to nothing else.
 */
#ifndef TRAILSEAL_BASE_SECRET_H
#define TRAILSEAL_BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

#define SECRET_MAX_BYTES	65536

struct secret {
	char	*data;		/* ours; NULL while unset */
	size_t	 len;
};

/* A copy of the text; an earlier secret is wiped first. Longer ones than the cap are refused. */
int	secret_set(struct secret *, const char *text, size_t len, struct err *);

/*
 * The content of a file without the white space at its end. Refused when others than its owner
 * and group may read it, when it is empty, or no regular file. The error names the file only.
 */
int	secret_read(struct secret *, const char *path, struct err *);

/* Moves the secret; `from` is unset afterwards. */
void	secret_move(struct secret *to, struct secret *from);
void	secret_copy(struct secret *to, const struct secret *from);

void	secret_wipe(struct secret *);	/* unset afterwards; an unset one is fine */
bool	secret_is_set(const struct secret *);

const char	*secret_text(const struct secret *);	/* "" while unset */

/*
 * Keeps this process's memory away from core files and debuggers of the same user: RLIMIT_CORE 0
 * and PR_SET_DUMPABLE 0. Called once, first thing in main().
 */
void	secret_protect_process(void);

#endif
