/* SPDX-License-Identifier: Apache-2.0 */
/* SQS's answers: messages as they are received, and which of them were deleted. */
#ifndef TRAILSEAL_PARSE_MESSAGES_H
#define TRAILSEAL_PARSE_MESSAGES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "wire/json.h"

#define MESSAGES_MAX	10	/* SQS gives and takes no more at once */

struct queue_message {
	const char	*id;
	const char	*receipt;	/* what deletes it */
	const char	*body;		/* of anybody who may send to the queue; "" when there is none */
	size_t		 body_len;
	unsigned	 receives;	/* this one counted; 0: SQS does not say */
};

/* sqs:ReceiveMessage; none when the queue is empty. Bodies are the tree's. */
int	parse_receive_message(struct arena *, const struct json *,
	    const struct queue_message **ret_messages, size_t *ret_count, struct err *);

/* What became of an entry. */
struct queue_deletion {
	bool		 is_deleted;
	bool		 is_final;	/* asking again does not help */
	const char	*why;		/* "" when it is deleted */
};

/* sqs:DeleteMessageBatch of entries with the ids "0", "1" ...; one that is not named was not deleted. */
int	parse_delete_batch(struct arena *, const struct json *, size_t count,
	    struct queue_deletion ret[MESSAGES_MAX], struct err *);

#endif
