/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kinds of receivers: one table, a row for each, written in the file of its kind. A kind knows how
 * alerts become a message and when an answer of 2xx means that it was taken; when, how often and in
 * which order is none of its business. Private to lib/notify.
 */
#ifndef TRAILSEAL_NOTIFY_RECEIVER_H
#define TRAILSEAL_NOTIFY_RECEIVER_H

#include "base/buf.h"
#include "loop/http.h"
#include "notify/notify.h"

#define MESSAGE_MAX		(1024 * 1024)	/* bytes of a body */
#define MESSAGE_HEADERS		4
#define MESSAGE_HEADER_MAX	256

struct message {
	struct buf	body;
	char		headers[MESSAGE_HEADERS][MESSAGE_HEADER_MAX];
	size_t		header_count;
};

void	message_init(struct message *);
void	message_done(struct message *);
void	message_add_header(struct message *, const char *fmt, ...)
	    __attribute__((format(printf, 2, 3)));

struct receiver_type {
	const char	*name;		/* "slack" */
	bool		 takes_many;	/* several alerts in one message, for people */
	int64_t		 pause_ms;	/* between two messages */

	/* Fills the message; -1 when a secret cannot be had. `count` is 1 unless it takes many. */
	int		(*compose)(struct message *, const struct receiver_settings *,
			    const struct alert *const *, size_t count, int64_t now_wall_ms,
			    struct err *);
	bool		(*has_taken)(const struct http_reply *);	/* NULL: any 2xx */
};

extern const struct receiver_type	webhook_receiver, slack_receiver;

enum receiver_kind		 receiver_kind(const struct receiver_settings *);
const struct receiver_type	*receiver_type(enum receiver_kind);
const struct receiver_target	*receiver_target(const struct receiver_settings *);

#endif
