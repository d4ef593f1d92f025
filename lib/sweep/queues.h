/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Queues that bring events within seconds: EventBridge rules feed them. A queue only makes things
 * faster. Its rules need a logging trail, so its silence proves nothing, and the watch over the
 * event history goes on beside it as if there was none; who is told of events knows them by their
 * incident, from whichever source, and however often.
 *
 * A message is deleted when all that it leads to is stored, and not before. What is no record of
 * CloudTrail goes back to the queue until it was received often enough, then it is set aside and
 * deleted, so that nothing blocks.
 */
#ifndef TRAILSEAL_SWEEP_QUEUES_H
#define TRAILSEAL_SWEEP_QUEUES_H

#include <stddef.h>
#include <stdint.h>

#include "model/event.h"
#include "sweep/sweep.h"

#define QUEUES_MAX	100	/* each has a connection of its own */

/* Messages that were received together and have the same fate. */
struct queue_lot;

/* A message that is no record of CloudTrail. */
struct queue_poison {
	const char	*id;		/* of the message */
	const char	*why;		/* what it is instead */
	const char	*body;
	size_t		 body_len;
	unsigned	 receives;	/* 0: not told */
};

/* Both are valid during the call; queues_kept() or queues_left() must follow, at once or later. */
typedef void (*queues_events_fn)(void *arg, const struct event *newest_first, size_t count,
		struct queue_lot *);
typedef void (*queues_poison_fn)(void *arg, const struct sweep_queue *,
		const struct queue_poison *, size_t count, struct queue_lot *);

struct queues_settings {
	queues_events_fn	 take;
	queues_poison_fn	 set_aside;
	void			*arg;
};

/*
 * A sweep that watches reads the queues of its scope, too, once it has looked at every account:
 * before that, nobody could say what an event is about.
 */
void	queues_watch(struct sweep *, const struct queues_settings *);

/* All of the lot is stored, or needs no storing. */
void	queues_kept(struct queue_lot *);

/* It could not be stored: the messages stay in the queue, and come again. */
void	queues_left(struct queue_lot *);

/* How a queue stands. Counts are of messages. */
struct queue_status {
	const struct sweep_queue *queue;
	int64_t		 good_wall_ms;	/* when SQS last answered; STAMP_UNKNOWN: not yet */
	uint64_t	 received;	/* each time anew */
	uint64_t	 malformed;	/* ... of these, no records */
	uint64_t	 set_aside;
	uint64_t	 deleted;
	uint64_t	 undeleted;	/* could not be deleted: they come again */
	uint64_t	 failures;	/* receives that SQS refused or did not answer */
};

typedef void (*queue_status_fn)(void *arg, const struct queue_status *);
void	queues_each(const struct sweep *, queue_status_fn, void *arg);

#endif
