/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Delivers what stands in the outbox to the receivers that its routes name: once in order per
 * receiver, again with pauses while it fails, the same delivery id at every try. A dead receiver
 * holds up nobody else. One file per kind of receiver.
 */
#ifndef TRAILSEAL_NOTIFY_NOTIFY_H
#define TRAILSEAL_NOTIFY_NOTIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/secret.h"
#include "config/config.h"
#include "loop/http.h"
#include "loop/loop.h"
#include "model/alert.h"
#include "rules/rules.h"
#include "store/store.h"

enum receiver_kind { RECEIVER_JOURNAL = 1, RECEIVER_WEBHOOK, RECEIVER_SLACK };

/* As configured; texts and secrets are the settings'. Option rows: notify/options.c. */
struct receiver_settings {
	const char		*name;
	enum receiver_kind	 kind;
	struct config_secret	*url;		/* webhook and slack */
	struct config_secret	*secret;	/* webhook: of Standard Webhooks; may be NULL */
};

struct route_settings {
	const char	*receiver;
	enum severity	 severity;	/* this or worse */
};

struct notify_settings {
	struct receiver_settings	*receivers;
	size_t				 receiver_count;
	struct route_settings		*routes;	/* none: everything goes to every receiver */
	size_t				 route_count;
};

struct notify;

struct notify	*notify_new(struct loop *, struct http *, struct store *);
void		 notify_free(struct notify *);

/* New settings, also at a reload: deliveries of receivers that are gone are dropped and logged. */
void		 notify_configure(struct notify *, const struct notify_settings *);

/* At start: what was not delivered yet. Takes the entries. */
void		 notify_load(struct notify *, struct outbox_entry *, size_t count);

/*
 * A new alert: adds an outbox row for every receiver whose route takes it to the batch, in which
 * the transition is stored too; it is sent when notify_committed() says so.
 */
void		 notify_enqueue(struct notify *, const struct alert *, struct store_batch *);

/* The batch is on disk; or it could not be written: then delivery goes ahead from memory. */
void		 notify_committed(struct notify *);

/* Many alerts at once, as at a first start: chat receivers get them as one digest. */
void		 notify_begin_digest(struct notify *);
void		 notify_end_digest(struct notify *);

/* Sends a test alert to every receiver; `done` runs once with the number of failures. */
void		 notify_test(struct notify *, void (*done)(void *arg, unsigned failures), void *arg);

struct receiver_status {
	const char	*name;
	size_t		 pending;
	uint64_t	 delivered, failed;	/* failed: tries */
	char		 last_error[256];	/* "" after a success */
};
size_t		 notify_get_status(const struct notify *, struct receiver_status *rows, size_t most);

#endif
