/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One connection to the control socket: a request is read, run, and answered, and then it ends.
 * What a command stores is waited for, as the answer tells whether it is on disk.
 */
#include <assert.h>
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "daemon/control_private.h"

#define CONN_ANSWER_BYTES	((size_t)64 * 1024 * 1024)	/* each silence was a request: all fit */
#define CONN_USER_BYTES		16384				/* what is known of a user */

enum conn_state { CONN_READING = 1, CONN_STORING, CONN_ANSWERING };

/* Outlives its connection when that ends first. */
struct conn_wait {
	struct control_conn	*conn;	/* or NULL */
};

struct control_conn {
	struct control		*control;
	enum conn_state		 state;
	int			 fd;
	struct loop_watch	*watch;		/* for reading or writing, by the state */
	struct loop_timer	 deadline;
	struct buf		 request, answer;
	struct json_writer	*writer;	/* of the answer, while CONN_STORING */
	struct conn_wait	*wait;		/* while CONN_STORING */
	size_t			 sent;
	TAILQ_ENTRY(control_conn) link;
};

static void
conn_free(struct control_conn *c)
{
	struct control *control = c->control;

	loop_timer_stop(&c->deadline);
	loop_watch_free(c->watch);
	if (c->wait != NULL)
		c->wait->conn = NULL;
	if (c->writer != NULL)
		json_writer_free(c->writer);
	close(c->fd);
	buf_done(&c->request);
	buf_done(&c->answer);
	TAILQ_REMOVE(&control->conns, c, link);
	control->count--;
	free(c);
	control_note_room(control);
}

static void
conn_on_deadline(void *arg)
{
	conn_free(arg);
}

/* ---- the answer ---- */

/* More than the socket takes at once is sent when it takes more. */
static void
conn_on_writable(void *arg)
{
	struct control_conn *c = arg;
	ssize_t n = send(c->fd, c->answer.data + c->sent, c->answer.len - c->sent,
	    MSG_NOSIGNAL | MSG_DONTWAIT);

	if (n < 0 && errno != EAGAIN && errno != EINTR) {
		conn_free(c);
		return;
	}
	c->sent += n > 0 ? (size_t)n : 0;
	if (c->sent == c->answer.len)
		conn_free(c);
}

static void
conn_set_state(struct control_conn *c, enum conn_state state)
{
	const struct control_limits *limits = &c->control->limits;

	if (state == CONN_READING || c->state == CONN_READING)
		loop_timer_set(&c->deadline, state == CONN_READING ? limits->request_ms :
		    limits->answer_ms);
	c->state = state;
	TAILQ_REMOVE(&c->control->conns, c, link);
	TAILQ_INSERT_TAIL(&c->control->conns, c, link);
}

/* The answer is whole. */
static void
conn_answer(struct control_conn *c)
{
	assert(!c->answer.overflowed);
	buf_addc(&c->answer, '\n');
	conn_set_state(c, CONN_ANSWERING);
	loop_watch_free(c->watch);
	c->watch = loop_watch_new_writing(c->control->loop, c->fd, conn_on_writable, c);
}

static void
conn_refuse(struct control_conn *c, const struct err *err)
{
	struct json_writer *w;

	buf_reset(&c->answer);
	w = json_writer_new(&c->answer, false);
	json_write_object(w);
	json_write_member_bool(w, "ok", false);
	json_write_member(w, "kind", err_kind_name(err->kind));
	json_write_member(w, "error", err->text);
	json_write_end_object(w);
	json_writer_free(w);
	conn_answer(c);
}

static void
conn_finish(struct control_conn *c)
{
	json_write_end_object(c->writer);
	json_writer_free(c->writer);
	c->writer = NULL;
	conn_answer(c);
}

static void
conn_on_stored(void *arg, const struct err *err)
{
	struct conn_wait *wait = arg;
	struct control_conn *c = wait->conn;

	free(wait);
	if (c == NULL)
		return;
	c->wait = NULL;
	json_write_member_bool(c->writer, "stored", err == NULL);
	json_write_member(c->writer, "reason", err != NULL ? err->text : NULL);
	conn_finish(c);
}

/* ---- the request ---- */

/* The user's name is asked for only then: a directory server may take its time. */
static int
conn_find_asker(const struct control_conn *c, struct daemon_asker *ret, struct err *err)
{
	char text[CONN_USER_BYTES];
	struct passwd user, *found = NULL;
	struct ucred peer;
	socklen_t len = sizeof(peer);

	if (getsockopt(c->fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) < 0)
		return err_set(err, ERR_DENIED, "nobody knows who asks: %s", strerror(errno));
	if (peer.uid != 0 && peer.uid != geteuid())
		return err_set(err, ERR_DENIED, "uid %u may look, but only root and trailseald's own "
		    "user may change anything", (unsigned)peer.uid);
	ret->uid = peer.uid;
	snprintf(ret->name, sizeof(ret->name), "uid %u", (unsigned)peer.uid);
	if (getpwuid_r(peer.uid, &user, text, sizeof(text), &found) == 0 && found != NULL)
		text_clean(ret->name, sizeof(ret->name), user.pw_name, strlen(user.pw_name));
	return 0;
}

/* A command that stores something: its answer waits for that. */
static int
conn_change(struct control_conn *c, const struct control_command *command,
    const struct control_ask *ask, struct err *err)
{
	struct conn_wait *wait = mem_alloc(1, sizeof(*wait));
	struct daemon_asker asker;
	struct control_ask change = *ask;

	change.asker = &asker;
	change.done = conn_on_stored;
	change.arg = wait;
	if (conn_find_asker(c, &asker, err) < 0 || command->run(&change, err) < 0) {
		free(wait);
		return -1;
	}
	wait->conn = c;
	c->wait = wait;
	return 0;
}

static int
conn_run(struct control_conn *c, const struct json *request, struct err *err)
{
	const struct control_command *command = control_find_command(request, err);
	const struct control_ask ask = { .daemon = c->control->daemon, .request = request,
	    .answer = c->writer };

	if (command == NULL)
		return -1;
	return command->changes ? conn_change(c, command, &ask, err) : command->run(&ask, err);
}

static int
conn_read_request(struct control_conn *c, size_t len, struct err *err)
{
	struct arena *arena = arena_new();
	const struct json *request;
	int result = -1;

	c->writer = json_writer_new(&c->answer, false);
	json_write_object(c->writer);
	json_write_member_bool(c->writer, "ok", true);
	if (len + 1 < c->request.len)
		err_set(err, ERR_MALFORMED, "a connection carries one request");
	else if (json_parse(arena, c->request.data, len, &request, err) == 0)
		result = conn_run(c, request, err);
	arena_free(arena);
	return result;
}

/* The line is whole. */
static void
conn_serve(struct control_conn *c, size_t len)
{
	struct err err;

	if (conn_read_request(c, len, &err) < 0) {
		json_writer_free(c->writer);
		c->writer = NULL;
		conn_refuse(c, &err);
	} else if (c->wait != NULL) {
		conn_set_state(c, CONN_STORING);
		loop_watch_free(c->watch);
		c->watch = NULL;
	} else {
		conn_finish(c);
	}
}

static void
conn_on_readable(void *arg)
{
	struct control_conn *c = arg;
	char bytes[4096], *end;
	ssize_t n = recv(c->fd, bytes, sizeof(bytes), MSG_DONTWAIT);
	struct err err;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		conn_free(c);
		return;
	}
	buf_add(&c->request, bytes, (size_t)n);
	end = c->request.len > 0 ? memchr(c->request.data, '\n', c->request.len) : NULL;
	if (c->request.overflowed) {
		err_set(&err, ERR_TOO_LARGE, "a request has at most %d bytes", CONTROL_REQUEST_BYTES);
		conn_refuse(c, &err);
	} else if (end != NULL) {
		conn_serve(c, (size_t)(end - c->request.data));
	}
}

/* ---- connections ---- */

void
control_conn_new(struct control *control, int fd)
{
	struct control_conn *c = mem_alloc(1, sizeof(*c));

	c->control = control;
	c->fd = fd;
	buf_init(&c->request, CONTROL_REQUEST_BYTES);
	buf_init(&c->answer, CONN_ANSWER_BYTES);
	loop_timer_init(&c->deadline, control->loop, conn_on_deadline, c);
	TAILQ_INSERT_TAIL(&control->conns, c, link);
	control->count++;
	conn_set_state(c, CONN_READING);
	c->watch = loop_watch_new(control->loop, fd, conn_on_readable, c);
}

struct control_conn *
control_conns_find_reading(const struct control *control)
{
	struct control_conn *c;

	TAILQ_FOREACH(c, &control->conns, link)
		if (c->state == CONN_READING)
			return c;
	return NULL;
}

void
control_conn_give_up(struct control_conn *c)
{
	conn_free(c);
}

void
control_conns_free(struct control *control)
{
	while (!TAILQ_EMPTY(&control->conns))
		conn_free(TAILQ_FIRST(&control->conns));
}
