/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One try to deliver one message, and what came of it. Knows nothing of queues and of trying again.
 * Private to lib/notify.
 */
#ifndef TRAILSEAL_NOTIFY_DELIVERY_H
#define TRAILSEAL_NOTIFY_DELIVERY_H

#include "notify/receiver.h"

enum delivery_outcome {
	DELIVERY_TAKEN = 1,
	DELIVERY_FAILED,	/* a later try may succeed: no connection, 429, 5xx */
	DELIVERY_REFUSED,	/* the same message will hardly be taken: other 4xx */
	DELIVERY_OUTCOMES
};

const char	*delivery_outcome_name(enum delivery_outcome);

struct delivery_result {
	enum delivery_outcome	 outcome;
	int64_t			 retry_after_ms;	/* that the far side asks for; 0: none */
	char			 error[256];		/* one line without URL and secret; "" when taken */
};

struct delivery;

/* Runs once, in a later turn than delivery_start(), not after a cancel. Ends the delivery. */
typedef void (*delivery_done_fn)(void *arg, const struct delivery_result *);

/* Everything that is given is copied, or not needed any more afterwards. */
struct delivery	*delivery_start(struct loop *, struct http *, const struct receiver_settings *,
		    const struct alert *const *, size_t count, delivery_done_fn, void *arg);
void		 delivery_cancel(struct delivery *);	/* NULL is fine */

/*
 * What the far side says about itself, for an error: a short word or line of its answer, "" when
 * there is none. Answers may echo what was asked, so one that has anything of the URL in it, or
 * more than plain words, is not shown.
 */
char	*delivery_quote(const char *body, size_t len, const char *url, char *out, size_t size);

#endif
