/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How we came to believe something: which call said it, whom we asked, when, and what the latest
 * attempt to ask again came to. Every fact that trailseal holds carries one of these, so that no
 * verdict is without evidence and an old answer never passes for a new one.
 */
#ifndef TRAILSEAL_MODEL_READING_H
#define TRAILSEAL_MODEL_READING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

#define READING_REQUEST_ID	40	/* AWS's are 36 characters, S3's 16 */

/* One question that was answered, well or badly. Texts are interned by the world. */
struct source {
	const char	*call;		/* "kms:DescribeKey" */
	const char	*account;	/* whose credentials asked; "" when not known */
	const char	*region;
	int64_t		 wall_ms;	/* AWS's time at the answer */
	char		 request_id[READING_REQUEST_ID];	/* "" when there was none */
};

enum reading_state {
	READING_NONE = 0,	/* never asked */
	READING_GOOD,		/* the latest attempt succeeded: the value is current */
	READING_FAILED,		/* the latest attempt failed; an earlier value, if any, is old */
};

struct reading {
	enum reading_state	 state;
	enum err_kind		 failure;	/* ERR_NONE unless FAILED */
	struct source		 good;		/* the latest good answer; call NULL: none yet */
	struct source		*failed;	/* ours: reading_failed(); NULL: never, as of nearly all */
	char			*reason;	/* ours; one line, NULL unless FAILED */
};

void	reading_done(struct reading *);

/* The latest attempt, successful when `err` is NULL. */
void	reading_set(struct reading *, const struct source *, const struct err *);

/* For a question that cannot be asked: FAILED with this reason, without a call. */
void	reading_refuse(struct reading *, enum err_kind, const char *reason);

/* Of the latest failure, which may be over; zero when there was none. */
const struct source	*reading_failed(const struct reading *);

bool		 reading_is_good(const struct reading *);
const char	*reading_reason(const struct reading *);	/* "not asked", or why it failed; never NULL */

#endif
