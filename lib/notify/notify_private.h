/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this folder share of the notifier: the queue of one receiver, and the whole. */
#ifndef TRAILSEAL_NOTIFY_NOTIFY_PRIVATE_H
#define TRAILSEAL_NOTIFY_NOTIFY_PRIVATE_H

#include <sys/queue.h>

#include "notify/delivery.h"
#include "notify/notify.h"

/* An alert on its way to one receiver. */
struct queue_entry {
	TAILQ_ENTRY(queue_entry) link;
	struct outbox_entry	 outbox;
	uint64_t		 sequence;	/* may go once notify->released has reached it */
	unsigned		 refusals;
};

/* One receiver. It waits (`due` is set), or a message is in flight, or there is nothing to send. */
struct queue {
	struct notify		*notify;
	char			*name;		/* ours */
	const struct receiver_settings *settings;
	TAILQ_HEAD(, queue_entry) entries;
	size_t			 count;
	struct delivery		*delivery;	/* in flight, or NULL */
	size_t			 in_flight;	/* so many entries from the first */
	struct loop_timer	 due;
	unsigned		 failures;	/* in a row */
	struct delivery		*test;		/* of notify_test(), or NULL */
	struct receiver_status	 status;
};

/* A batch whose alerts wait for it. */
struct notify_commit {
	LIST_ENTRY(notify_commit) link;
	struct notify		*notify;	/* NULL: it has gone */
	uint64_t		 up_to;
	store_done_fn		 done;
	void			*arg;
};

struct notify {
	struct loop		*loop;
	struct http		*http;
	struct store		*store;		/* or NULL */
	const struct notify_settings *settings;
	struct queue		**queues;	/* ours, as they stand in the settings */
	size_t			 queue_count;
	uint64_t		 enqueued, released;	/* alerts so far: may be sent */
	LIST_HEAD(, notify_commit) commits;
	struct store_batch	*rows;		/* what deliveries change in the outbox, or NULL */
	struct loop_timer	 flush;		/* hands it over */
	bool			 is_holding;	/* a digest is in the making */
	struct loop_timer	 hold;
	unsigned		 tests_running, tests_failed;
	void			(*tested)(void *arg, unsigned failures);	/* NULL: no test */
	void			*tested_arg;
	struct loop_timer	 test_end;
};

/* The batch for changes of the outbox, which is handed over soon; NULL without a store. */
struct store_batch	*notify_rows(struct notify *);

struct queue	*queue_new(struct notify *, const struct receiver_settings *);
void		 queue_free(struct queue *);	/* its entries stay in the store */

/* Takes the entry. */
void	 queue_add(struct queue *, struct outbox_entry *, uint64_t sequence);

/* New settings for the same name; tries at once. */
void	 queue_configure(struct queue *, const struct receiver_settings *);

/* Sends what may go, unless a message is in flight or a wait is not over. */
void	 queue_send(struct queue *);

/* Goes on with the wait that was left of the run before. */
void	 queue_resume(struct queue *);

/* Drops all entries, in the store as well; returns how many there were. */
size_t	 queue_drop_all(struct queue *);

#endif
