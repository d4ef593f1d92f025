/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SQS's queues with their messages, and what EventBridge would put into them. Standard queues:
 * what is received is hidden for a while and comes again unless it is deleted. No dead-letter
 * queues, no FIFO.
 */
#ifndef AWSSIM_QUEUE_H
#define AWSSIM_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "awssim/world.h"
#include "base/crypto.h"

#define QUEUE_HIDDEN_S		30	/* SQS's default visibility timeout */
#define QUEUE_KEPT_MS		(4LL * 24 * 3600 * 1000)
#define QUEUE_BODY_MAX		(1024 * 1024)
#define QUEUE_RECEIPT_SIZE	64

struct queue_message {
	char		 id[CRYPTO_UUID_SIZE];
	char		 receipt[QUEUE_RECEIPT_SIZE];	/* of the last receive; "" before */
	char		*body;				/* ours */
	char		 md5[33];			/* of the body, hexadecimal */
	unsigned	 receives;
	int64_t		 sent_ms, first_received_ms, visible_ms;
	TAILQ_ENTRY(queue_message) link;
};

struct queue {
	struct account		*account;
	const struct region	*region;
	char			*url;		/* ours */
	const char		*name;		/* inside url */
	int64_t			 hidden_s;	/* visibility timeout */
	bool			 is_fed, is_wrapped;	/* by EventBridge; through SNS */
	const struct account	*from;		/* whose events; NULL: everybody's, over event buses */
	int64_t			 feed_delay_ms;
	TAILQ_HEAD(, queue_message) messages;	/* oldest first */
	LIST_ENTRY(queue)	 link;
};

/* Found by name, made when there is none. */
struct queue	*queue_add(struct world *, struct account *, const struct region *, const char *name);
struct queue	*queue_by_name(const struct world *, const struct account *,
		    const struct region *, const char *name);	/* or NULL */

/* By the end of an URL, /ACCOUNT/NAME, in the region; NULL: none. */
struct queue	*queue_by_url(const struct world *, const struct region *, const char *url);

void	queue_remove(struct queue *);
void	queues_remove_all(struct world *);

struct queue_message	*queue_send(struct queue *, const char *body, int64_t visible_ms,
			    int64_t now_ms);

/* The oldest one that is visible, now hidden for so long; NULL: none. */
struct queue_message	*queue_receive(struct queue *, int64_t hidden_ms, int64_t now_ms);

/* False when the handle is none of SQS's. Old handles delete nothing, which SQS calls success. */
bool	queue_delete(struct queue *, const char *receipt);

/* How many are visible, hidden. */
void	queue_count(const struct queue *, int64_t now_ms, size_t *ret_visible, size_t *ret_hidden);

/*
 * An event of this account and region, as a CloudTrail record: EventBridge puts it into all queues
 * that it feeds, while some trail logs there. It does not hear of events that only read.
 */
void	queues_feed(struct world *, const struct account *, const struct region *,
	    const char *record, int64_t now_ms);

#endif
