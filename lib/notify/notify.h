/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tells people and programs what was found. The journal hears every alert at once. Receivers are
 * served from the outbox: in order per receiver, one message in flight, again with pauses while it
 * fails, the same delivery id at every try. A dead receiver holds up nobody else. What a receiver
 * refuses (4xx) is dropped after a few tries, what cannot be delivered after a week; both are
 * logged and counted. One file per kind of receiver.
 *
 * URLs and secrets stand in no log line, status or error.
 */
#ifndef TRAILSEAL_NOTIFY_NOTIFY_H
#define TRAILSEAL_NOTIFY_NOTIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/secret.h"
#include "loop/http.h"
#include "loop/loop.h"
#include "model/alert.h"
#include "rules/rules.h"
#include "store/store.h"

enum receiver_kind { RECEIVER_WEBHOOK, RECEIVER_SLACK, RECEIVER_KINDS };

/* Texts and secrets are the settings'. Option rows: notify/options.c. */
struct receiver_target {
	const struct config_secret	*url;
	const struct config_secret	*secret;	/* webhook: of Standard Webhooks; or NULL */
};

struct receiver_settings {
	const char			*name;
	const struct receiver_target	*target[RECEIVER_KINDS];	/* one is not NULL */
};

struct route_settings {
	const char	*receiver;
	enum severity	 severity;	/* this or worse */
};

struct notify_settings {
	const struct receiver_settings	*receivers;
	size_t				 receiver_count;
	const struct route_settings	*routes;	/* none: everything goes to every receiver */
	size_t				 route_count;
};

struct notify;

/* Without a store (NULL) nothing is kept: for notify_test() alone. */
struct notify	*notify_new(struct loop *, struct http *, struct store *);

/* Before store_close(). What was not delivered stays in the store. */
void		 notify_free(struct notify *);

/*
 * New settings, which must live until the next ones. Deliveries of receivers that are gone are
 * dropped and logged; those of the others are tried at once.
 */
void		 notify_configure(struct notify *, const struct notify_settings *);

/* At start, once configured: what was not delivered yet. Takes the entries and their array. */
void		 notify_load(struct notify *, struct outbox_entry *, size_t count);

/*
 * A new alert, copied: adds an outbox row for every receiver whose route takes it to the batch, in
 * which the transition is stored too.
 */
void		 notify_enqueue(struct notify *, const struct alert *, struct store_batch *);

/*
 * store_commit() for batches with alerts: what was enqueued until now is sent when the batch is on
 * disk, or could not be written; then delivery goes ahead from memory.
 */
void		 notify_commit(struct notify *, struct store_batch *, store_done_fn done, void *arg);

/*
 * Many alerts at once, as at a first start: until the end, but for ten minutes at most, chat
 * receivers are told nothing; then they get one digest.
 */
void		 notify_begin_digest(struct notify *);
void		 notify_end_digest(struct notify *);

/*
 * Sends a test alert to every receiver, once each and past those that wait; why one failed is its
 * `last_error`. `done` runs once in a later turn with the number of failures, unless notify_free()
 * comes first. One test at a time.
 */
void		 notify_test(struct notify *, void (*done)(void *arg, unsigned failures), void *arg);

struct receiver_status {
	const char	*name;			/* until the next notify_configure() */
	size_t		 pending;		/* alerts */
	uint64_t	 delivered, dropped;	/* alerts */
	uint64_t	 failed;		/* tries */
	char		 last_error[256];	/* "" after a success */
};

/* Fills at most `most` rows; returns how many receivers there are. */
size_t		 notify_get_status(const struct notify *, struct receiver_status *rows, size_t most);

#endif
