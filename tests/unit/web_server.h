/* SPDX-License-Identifier: Apache-2.0 */
/* An HTTP server in this process, and one request after the other. Included by each test once. */
#ifndef TRAILSEAL_UNIT_WEB_SERVER_H
#define TRAILSEAL_UNIT_WEB_SERVER_H

#include "base/text.h"
#include "daemon/web.h"
#include "unit/daemon_parts.h"
#include "unit/web_client.h"

#define HOST	"Host: localhost\r\n"
#define CLOSE	HOST "Connection: close\r\n\r\n"

struct server {
	struct parts	 parts;
	struct loop	*loop;
	struct web	*web;
};

/* `config_file` and `limits` may be NULL. */
static void
server_init(struct server *s, const char *config_file, const struct web_limits *limits)
{
	struct web_limits usual;
	struct err err;

	memset(s, 0, sizeof(*s));
	web_limits_init(&usual);
	fixture_full(&s->parts.fixture);
	s->loop = loop_new();
	parts_init(&s->parts, s->loop);
	s->parts.settings.web.listen = "127.0.0.1:0";
	s->parts.settings.web.config_file = config_file;
	s->web = web_new(&s->parts.daemon, &s->parts.settings.web, limits ? limits : &usual, -1, &err);
	if (s->web == NULL)
		fail_msg("%s", err.text);
	s->parts.daemon.web = s->web;
}

static void
server_done(struct server *s)
{
	web_free(s->web);
	parts_done(&s->parts);
}

/* One request on a connection of its own; what was answered until its end. The caller frees it. */
static inline char *
ask(struct server *s, const char *request)
{
	struct client c;
	char *answer;

	client_open(&c, s->loop, web_url(s->web));
	client_say(&c, request);
	client_hear(&c, NULL);
	answer = buf_steal(&c.heard);
	client_close(&c);
	return answer;
}

static inline void
expect(struct server *s, const char *request, const char *begin, const char *holds)
{
	char *answer = ask(s, request);

	if (!text_has_prefix(answer, begin) || strstr(answer, holds) == NULL)
		fail_msg("%.60s: %.400s", request, answer);
	free(answer);
}

/* Lets so much time pass. */
static inline void
settle(struct server *s, int64_t ms)
{
	struct loop_timer timer;

	loop_timer_init(&timer, s->loop, client_on_time, s->loop);
	loop_timer_set(&timer, ms);
	while (loop_timer_is_set(&timer))
		loop_run(s->loop);
}

/* Waits until the server has noticed what its clients did. */
static inline void
expect_connections(struct server *s, unsigned count)
{
	struct web_counters counters;
	int64_t end_ms = loop_mono_ms(s->loop) + CLIENT_PATIENCE_MS;

	do {
		web_get_counters(s->web, &counters);
		if (counters.connections == count)
			return;
		settle(s, 10);
	} while (loop_mono_ms(s->loop) < end_ms);
	fail_msg("%u connections instead of %u", counters.connections, count);
}

#endif
