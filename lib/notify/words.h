/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What people are told about an alert, in plain text for every kind of chat: it must be understood
 * at night, without any other window open. Foreign text in it is cleaned. Private to lib/notify.
 */
#ifndef TRAILSEAL_NOTIFY_WORDS_H
#define TRAILSEAL_NOTIFY_WORDS_H

#include <stdint.h>

#include "base/buf.h"
#include "model/alert.h"

/* Parts may be empty. Each has a cap, beyond which it is cut at a line's end. */
struct words {
	struct buf	headline;	/* "CRITICAL: ..." */
	struct buf	facts;		/* lines: which account, which resource, since when */
	struct buf	meaning;	/* what it means */
	struct buf	command;	/* that mends it, or else ... */
	struct buf	advice;		/* ... how to mend it, in words */
	struct buf	reference;	/* where to read on */
};

void	words_init(struct words *, const struct alert *, int64_t now_wall_ms);
void	words_done(struct words *);

/* The same on one line, for a list. */
void	words_add_line(struct buf *, const struct alert *);

#endif
