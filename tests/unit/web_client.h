/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client that says what it is told, byte for byte, on the loop of the server that it talks to.
 * Included by each of these tests once.
 */
#ifndef TRAILSEAL_UNIT_WEB_CLIENT_H
#define TRAILSEAL_UNIT_WEB_CLIENT_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "loop/loop.h"

#define CLIENT_PATIENCE_MS	60000
#define CLIENT_BYTES		(64 * 1024 * 1024)

struct client {
	struct loop		*loop;
	int			 fd;
	struct loop_watch	*watch;
	struct loop_timer	 patience;
	struct buf		 heard;
	bool			 is_closed;
	bool			 is_late;
};

static bool
client_has_heard(const struct client *c, const char *want)
{
	return want != NULL ? strstr(buf_text(&c->heard), want) != NULL : c->is_closed;
}

static void
client_on_readable(void *arg)
{
	struct client *c = arg;
	char data[65536];
	ssize_t n = recv(c->fd, data, sizeof(data), MSG_DONTWAIT);

	if (n > 0) {
		buf_add(&c->heard, data, (size_t)n);
	} else {
		c->is_closed = true;
		loop_watch_free(c->watch);
		c->watch = NULL;
	}
	loop_stop(c->loop);
}

static void
client_on_late(void *arg)
{
	struct client *c = arg;

	c->is_late = true;
	loop_stop(c->loop);
}

static void
client_connect(struct client *c, struct loop *loop, const struct sockaddr *address, socklen_t len)
{
	*c = (struct client){ .loop = loop,
	    .fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0) };
	buf_init(&c->heard, CLIENT_BYTES);
	loop_timer_init(&c->patience, loop, client_on_late, c);
	assert_int_equal(connect(c->fd, address, len), 0);
	c->watch = loop_watch_new(loop, c->fd, client_on_readable, c);
}

static inline void
client_open(struct client *c, struct loop *loop, const char *url)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons((uint16_t)atoi(strrchr(url, ':') + 1)) };

	client_connect(c, loop, (struct sockaddr *)&address, sizeof(address));
}

static void
client_close(struct client *c)
{
	loop_timer_stop(&c->patience);
	loop_watch_free(c->watch);
	close(c->fd);
	buf_done(&c->heard);
}

/* A server that has closed is no error of the client's. */
static void
client_say(struct client *c, const char *text)
{
	assert_true(send(c->fd, text, strlen(text), MSG_NOSIGNAL) >= 0 || c->is_closed);
}

/* Runs the loop until the text was heard; NULL: until the server closes. */
static const char *
client_hear(struct client *c, const char *want)
{
	loop_timer_set(&c->patience, CLIENT_PATIENCE_MS);
	while (!client_has_heard(c, want) && !c->is_closed && !c->is_late)
		loop_run(c->loop);
	loop_timer_stop(&c->patience);
	if (!client_has_heard(c, want))
		fail_msg("waited for \"%s\", heard \"%.300s\"", want ? want : "the end",
		    buf_text(&c->heard));
	return buf_text(&c->heard);
}

static inline void
client_on_time(void *loop)
{
	loop_stop(loop);
}

/* Lets the time pass. */
static inline void
client_wait(struct client *c, int64_t ms)
{
	struct loop_timer timer;

	loop_timer_init(&timer, c->loop, client_on_time, c->loop);
	loop_timer_set(&timer, ms);
	while (loop_timer_is_set(&timer))
		loop_run(c->loop);
}

#endif
