/* SPDX-License-Identifier: Apache-2.0 */
/* Kinds of receivers; see receiver.h. */
#include "notify/receiver.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

static const struct receiver_type *const receiver_types[RECEIVER_KINDS] = {
	[RECEIVER_WEBHOOK] = &webhook_receiver,
	[RECEIVER_SLACK]   = &slack_receiver,
};

enum receiver_kind
receiver_kind(const struct receiver_settings *s)
{
	enum receiver_kind kind = 0;

	while (s->target[kind] == NULL) {
		kind++;
		assert(kind < RECEIVER_KINDS);
	}
	return kind;
}

const struct receiver_type *
receiver_type(enum receiver_kind kind)
{
	assert(kind < RECEIVER_KINDS && receiver_types[kind] != NULL);
	return receiver_types[kind];
}

const struct receiver_target *
receiver_target(const struct receiver_settings *s)
{
	return s->target[receiver_kind(s)];
}

void
message_init(struct message *m)
{
	buf_init(&m->body, MESSAGE_MAX);
	m->header_count = 0;
	message_add_header(m, "Content-Type: application/json");
}

void
message_done(struct message *m)
{
	buf_done(&m->body);
}

void
message_add_header(struct message *m, const char *fmt, ...)
{
	va_list ap;
	int n;

	assert(m->header_count < MESSAGE_HEADERS);
	va_start(ap, fmt);
	n = vsnprintf(m->headers[m->header_count++], MESSAGE_HEADER_MAX, fmt, ap);
	va_end(ap);
	assert(n > 0 && n < MESSAGE_HEADER_MAX);
}
