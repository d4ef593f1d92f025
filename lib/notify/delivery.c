/* SPDX-License-Identifier: Apache-2.0 */
/* One try to deliver one message; see delivery.h. */
#include "notify/delivery.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/mem.h"
#include "base/text.h"
#include "wire/json.h"

#define DELIVERY_TIMEOUT_MS	30000
#define DELIVERY_ANSWER_MAX	16384	/* bytes */
#define DELIVERY_QUOTE_MAX	100	/* bytes of an answer that are shown */
#define DELIVERY_ECHO_LEAST	4	/* letters and digits that count as a part of the URL */

struct delivery {
	struct loop		*loop;
	const struct receiver_type *type;
	struct secret		 url;
	struct http_call	*call;		/* NULL: it was not even sent */
	struct loop_timer	 unsent;	/* then this tells */
	struct delivery_result	 result;
	delivery_done_fn	 done;
	void			*arg;
};

static const char *const delivery_outcome_names[DELIVERY_OUTCOMES] = {
	[DELIVERY_TAKEN]   = "taken",
	[DELIVERY_FAILED]  = "failed",
	[DELIVERY_REFUSED] = "refused",
};

const char *
delivery_outcome_name(enum delivery_outcome outcome)
{
	assert((unsigned)outcome < DELIVERY_OUTCOMES && delivery_outcome_names[outcome] != NULL);
	return delivery_outcome_names[outcome];
}

static void
delivery_free(struct delivery *d)
{
	loop_timer_stop(&d->unsent);
	secret_wipe(&d->url);
	free(d);
}

static void
delivery_end(struct delivery *d)
{
	struct delivery_result result = d->result;
	delivery_done_fn done = d->done;
	void *arg = d->arg;

	delivery_free(d);
	done(arg, &result);
}

/* ---- what came back ---- */

/* Any run of letters and digits of the URL, except its scheme, stands in the text. */
static bool
quote_is_echo(const char *text, const char *url)
{
	const char *p = strstr(url, "://");
	char run[256];

	for (p = p ? p + 3 : url; *p != '\0'; p++) {
		size_t len = 0;

		while (isalnum((unsigned char)p[len]) && len < sizeof(run) - 1)
			len++;
		memcpy(run, p, len);
		run[len] = '\0';
		if (len >= DELIVERY_ECHO_LEAST && strcasestr(text, run) != NULL)
			return true;
		p += len > 0 ? len - 1 : 0;
	}
	return false;
}

static bool
quote_is_plain(const char *text)
{
	for (const char *p = text; *p != '\0'; p++)
		if (!isalnum((unsigned char)*p) && strchr(" _-.,:'", *p) == NULL)
			return false;
	return true;
}

/* Mattermost answers in JSON, others in a word. */
static const char *
quote_find(struct arena *arena, const char *body, size_t len)
{
	const char *message = NULL;
	const struct json *root;
	struct err err;

	if (json_parse(arena, body, len, &root, &err) == 0 && root->type == JSON_OBJECT &&
	    json_get_string(root, "message", &message, &err) == 0 && message != NULL)
		return message;
	while (len > 0 && isspace((unsigned char)body[len - 1]))
		len--;
	return arena_strndup(arena, body, len);
}

char *
delivery_quote(const char *body, size_t len, const char *url, char *out, size_t size)
{
	struct arena *arena = arena_new();
	const char *text = quote_find(arena, body, len);

	out[0] = '\0';
	if (strlen(text) <= DELIVERY_QUOTE_MAX && strlen(text) < size && quote_is_plain(text) &&
	    !quote_is_echo(text, url))
		memcpy(out, text, strlen(text) + 1);
	arena_free(arena);
	return out;
}

static enum delivery_outcome
delivery_judge(const struct receiver_type *type, const struct http_reply *reply)
{
	int status = reply->status;

	if (status / 100 == 2 && (type->has_taken == NULL || type->has_taken(reply)))
		return DELIVERY_TAKEN;
	return status == 429 || status == 408 || status >= 500 ? DELIVERY_FAILED : DELIVERY_REFUSED;
}

static void
delivery_on_answer(void *arg, const struct http_reply *reply, const struct err *err)
{
	struct delivery *d = arg;
	struct delivery_result *r = &d->result;
	char quote[DELIVERY_QUOTE_MAX + 1];

	d->call = NULL;
	r->outcome = reply != NULL ? delivery_judge(d->type, reply) : DELIVERY_FAILED;
	if (reply == NULL)
		text_clean(r->error, sizeof(r->error), err->text, strlen(err->text));
	else if (r->outcome != DELIVERY_TAKEN) {
		r->retry_after_ms = http_reply_retry_after_ms(reply);
		delivery_quote(reply->body, reply->body_len, secret_text(&d->url), quote,
		    sizeof(quote));
		snprintf(r->error, sizeof(r->error), "status %d%s%s", reply->status,
		    quote[0] != '\0' ? ": " : "", quote);
	}
	delivery_end(d);
}

/* ---- what goes out ---- */

static void
delivery_send(struct delivery *d, struct http *http, const struct message *m)
{
	const char *headers[MESSAGE_HEADERS];
	struct http_request request = {
		.method = "POST", .url = secret_text(&d->url), .headers = headers,
		.header_count = m->header_count, .body = m->body.data, .body_len = m->body.len,
		.timeout_ms = DELIVERY_TIMEOUT_MS, .max_body_bytes = DELIVERY_ANSWER_MAX,
		.reach = HTTP_REACH_LOOPBACK,
	};

	for (size_t i = 0; i < m->header_count; i++)
		headers[i] = m->headers[i];
	d->call = http_send(http, &request, delivery_on_answer, d);
}

static int
delivery_compose(struct delivery *d, struct message *m, const struct receiver_settings *s,
    const struct alert *const *alerts, size_t count, struct err *err)
{
	if (config_secret_read(receiver_target(s)->url, &d->url, err) < 0)
		return err_prefix(err, "url");
	if (d->type->compose(m, s, alerts, count, loop_wall_ms(d->loop), err) < 0)
		return -1;
	if (m->body.overflowed)
		return err_set(err, ERR_TOO_LARGE, "a message of more than %d bytes", MESSAGE_MAX);
	return 0;
}

static void
delivery_on_unsent(void *arg)
{
	delivery_end(arg);
}

struct delivery *
delivery_start(struct loop *loop, struct http *http, const struct receiver_settings *s,
    const struct alert *const *alerts, size_t count, delivery_done_fn done, void *arg)
{
	struct delivery *d = mem_alloc(1, sizeof(*d));
	struct message m;
	struct err err;

	*d = (struct delivery){
		.loop = loop, .type = receiver_type(receiver_kind(s)), .done = done, .arg = arg,
	};
	loop_timer_init(&d->unsent, loop, delivery_on_unsent, d);
	message_init(&m);
	if (delivery_compose(d, &m, s, alerts, count, &err) == 0) {
		delivery_send(d, http, &m);
	} else {
		d->result.outcome = err.kind == ERR_TOO_LARGE ? DELIVERY_REFUSED : DELIVERY_FAILED;
		text_clean(d->result.error, sizeof(d->result.error), err.text, strlen(err.text));
		loop_timer_set(&d->unsent, 0);
	}
	message_done(&m);
	return d;
}

void
delivery_cancel(struct delivery *d)
{
	if (d == NULL)
		return;
	if (d->call != NULL)
		http_cancel(d->call);
	delivery_free(d);
}
