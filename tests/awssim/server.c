/* SPDX-License-Identifier: Apache-2.0 */
/* The listener; see server.h. */
#include "awssim/server.h"

#include <assert.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <event2/util.h>

#include "awssim/answer.h"
#include "awssim/call.h"
#include "awssim/control.h"
#include "awssim/faults.h"
#include "awssim/tls.h"
#include "base/mem.h"
#include "base/stamp.h"
#include "base/text.h"
#include "loop/loop.h"

#define SERVER_BACKLOG		1024
#define SERVER_IDLE_S		300
#define SERVER_HANG_MS		(10LL * 60 * 1000)
#define SERVER_CHUNK		65536
#define SERVER_RECORD		16384	/* the most that a TLS record holds */

struct server {
	struct sim		*sim;
	struct evhttp		*http;
	struct tls		*tls;		/* NULL: plain HTTP */
	char			 url[128];
	char			 date[40];	/* of the Date header, and its second */
	int64_t			 date_s;
	LIST_HEAD(, pending)	 pending;
};

#define SERVER_LATER_MS		20	/* how often an answer that waits is looked at */

/* An answer that waits, or a connection that is about to be closed. */
struct pending {
	struct server			*server;
	struct evhttp_request		*http;
	struct evhttp_connection	*conn;
	struct evbuffer			*body;		/* ours; NULL: close without an answer */
	int				 status;
	struct later			*later;		/* ours, or NULL: the rest of the body */
	int64_t				 until_mono_ms;	/* while that waits */
	struct loop_timer		 timer;
	LIST_ENTRY(pending)		 next;
};

static const struct {
	enum evhttp_cmd_type	 type;
	const char		*name;
} server_methods[] = {
	{ EVHTTP_REQ_GET, "GET" }, { EVHTTP_REQ_POST, "POST" }, { EVHTTP_REQ_PUT, "PUT" },
	{ EVHTTP_REQ_HEAD, "HEAD" }, { EVHTTP_REQ_DELETE, "DELETE" },
};

static const char *
server_method(const struct evhttp_request *http)
{
	for (size_t i = 0; i < sizeof(server_methods) / sizeof(server_methods[0]); i++)
		if (server_methods[i].type == evhttp_request_get_command(http))
			return server_methods[i].name;
	return "OTHER";
}

static void
pending_free(struct pending *p)
{
	loop_timer_stop(&p->timer);
	LIST_REMOVE(p, next);
	if (p->body != NULL)
		evbuffer_free(p->body);
	if (p->later != NULL)
		p->later->drop(p->later);
	free(p);
}

/* The client went away first; its request goes with the connection. */
static void
pending_on_close(struct evhttp_connection *conn, void *arg)
{
	(void)conn;
	pending_free(arg);
}

/* Closing with unread data or with a linger time of 0 sends a reset. */
static void
server_reset_connection(struct evhttp_connection *conn)
{
	struct linger linger = { .l_onoff = 1, .l_linger = 0 };
	evutil_socket_t fd = bufferevent_getfd(evhttp_connection_get_bufferevent(conn));

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
	evhttp_connection_free(conn);
}

/*
 * Sends the answer. evhttp leaves head and body in two pieces, which TLS would write as two
 * records in two packets: join them when they fit into one.
 */
static void
server_reply(struct server *s, struct evhttp_request *http, int status, struct evbuffer *body)
{
	struct evhttp_connection *conn = evhttp_request_get_connection(http);
	struct evbuffer *output = bufferevent_get_output(evhttp_connection_get_bufferevent(conn));

	evhttp_send_reply(http, status, NULL, body);
	if (s->tls != NULL && evbuffer_get_length(output) <= SERVER_RECORD)
		evbuffer_pullup(output, -1);
}

/* While an answer is due evhttp does not read, and so does not see that the client went away. */
static bool
pending_is_left(const struct pending *p)
{
	evutil_socket_t fd = bufferevent_getfd(evhttp_connection_get_bufferevent(p->conn));
	char byte;

	return recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

/* Takes the rest into the body; false when it is to be waited for. */
static bool
pending_take_later(struct pending *p)
{
	struct buf *text = sim_body(p->server->sim);
	bool is_over = loop_mono_ms(p->server->sim->loop) >= p->until_mono_ms;

	if (!p->later->take(p->later, p->server->sim, text) && !is_over) {
		loop_timer_set(&p->timer, SERVER_LATER_MS);
		return false;
	}
	evbuffer_drain(p->body, evbuffer_get_length(p->body));
	evbuffer_add(p->body, buf_text(text), text->len);
	return true;
}

static void
pending_on_time(void *arg)
{
	struct pending *p = arg;
	struct evhttp_request *http = p->http;
	struct evhttp_connection *conn = p->conn;
	struct evbuffer *body = p->body;
	struct server *s = p->server;
	int status = p->status;

	if (p->later != NULL && pending_is_left(p)) {
		evbuffer_free(body);	/* a message must not go to nobody */
		body = NULL;
	} else if (p->later != NULL && !pending_take_later(p)) {
		return;
	}
	p->body = NULL;
	evhttp_connection_set_closecb(conn, NULL, NULL);
	pending_free(p);
	if (body == NULL) {
		server_reset_connection(conn);
		return;
	}
	server_reply(s, http, status, body);
	evbuffer_free(body);
}

static struct pending *
server_wait(
    struct server *s, struct evhttp_request *http, int64_t ms, int status, struct evbuffer *body)
{
	struct pending *p = mem_alloc(1, sizeof(*p));

	p->server = s;
	p->http = http;
	p->conn = evhttp_request_get_connection(http);
	p->body = body;
	p->status = status;
	loop_timer_init(&p->timer, s->sim->loop, pending_on_time, p);
	loop_timer_set(&p->timer, ms);
	LIST_INSERT_HEAD(&s->pending, p, next);
	evhttp_connection_set_closecb(p->conn, pending_on_close, p);
	return p;
}

static void
server_wait_for(struct server *s, struct call *c, struct later *later, struct evbuffer *body)
{
	struct pending *p = server_wait(s, c->http, SERVER_LATER_MS, c->answer.status, body);

	p->later = later;
	p->until_mono_ms = loop_mono_ms(s->sim->loop) + later->wait_ms;
}

/* The date of the answer's second, formatted once. */
static const char *
server_date(struct server *s, int64_t wall_ms)
{
	time_t t = (time_t)(wall_ms / 1000);
	struct tm tm;

	if (s->date_s != t) {
		gmtime_r(&t, &tm);
		strftime(s->date, sizeof(s->date), "%a, %d %b %Y %H:%M:%S GMT", &tm);
		s->date_s = t;
	}
	return s->date;
}

static void
server_add_headers(struct server *s, const struct call *c, const char *content_type)
{
	struct evkeyvalq *out = evhttp_request_get_output_headers(c->http);

	for (unsigned i = 0; i < c->answer.headers; i++)
		evhttp_add_header(out, c->answer.header[i].name, c->answer.header[i].value);
	evhttp_add_header(out, "Content-Type", content_type ? content_type : "text/plain");
	evhttp_add_header(out, "Date", server_date(s, c->answer.date_ms));
	if (c->world->style == STYLE_EMULATOR)
		evhttp_add_header(out, "Connection", "close");
}

/* Half of the bytes, announced as all. */
static void
server_cut(struct evhttp_request *http, struct evbuffer *body)
{
	struct evkeyvalq *out = evhttp_request_get_output_headers(http);
	size_t len = evbuffer_get_length(body);
	struct evbuffer *half = evbuffer_new();
	char text[24];

	snprintf(text, sizeof(text), "%zu", len);
	evhttp_add_header(out, "Content-Length", text);
	evhttp_add_header(out, "Connection", "close");
	evbuffer_remove_buffer(body, half, len / 2);
	evbuffer_drain(body, evbuffer_get_length(body));
	evbuffer_add_buffer(body, half);
	evbuffer_free(half);
}

/* The same chunk again and again, by reference. */
static void
server_fill(struct evbuffer *body, int64_t bytes)
{
	static const char chunk[SERVER_CHUNK] = "{\"trailList\": [";

	for (; bytes > 0; bytes -= SERVER_CHUNK)
		evbuffer_add_reference(
		    body, chunk, bytes < SERVER_CHUNK ? (size_t)bytes : SERVER_CHUNK, NULL, NULL);
}

static void
server_send(struct server *s, struct call *c, const struct fault *fault)
{
	static const char garbage[] = "\x1f\x8b\0\xff\xfe{]<?xml \x80\x81 not an answer";
	enum fault_wire wire = fault ? fault_wire(fault) : WIRE_PLAIN;
	struct later *later = c->answer.later;
	struct evbuffer *body;

	/* What is spoilt need not be waited for. */
	if (later != NULL && wire != WIRE_PLAIN) {
		later->drop(later);
		later = NULL;
	}

	if (wire == WIRE_HANG || wire == WIRE_CLOSE) {
		server_wait(s, c->http, wire == WIRE_HANG ? SERVER_HANG_MS : 0, 0, NULL);
		return;
	}
	body = evbuffer_new();
	assert(body != NULL);
	server_add_headers(s, c, wire == WIRE_WRONG_TYPE ? "image/png" : c->answer.content_type);
	if (wire == WIRE_GARBAGE)
		evbuffer_add(body, garbage, sizeof(garbage) - 1);
	else if (wire == WIRE_HUGE_BODY)
		server_fill(body, fault_bytes(fault));
	else
		evbuffer_add(body, buf_text(c->answer.body), c->answer.body->len);
	if (wire == WIRE_CUT_BODY)
		server_cut(c->http, body);
	if (later != NULL) {
		server_wait_for(s, c, later, body);
		return;
	}
	if (wire == WIRE_SLOW) {
		server_wait(s, c->http, fault_ms(fault), c->answer.status, body);
		return;
	}
	server_reply(s, c->http, c->answer.status, body);
	evbuffer_free(body);
}

/* Splits "[http://host]/path[?query]", as it came, into the call's path and query. */
static void
server_split_uri(struct call *c, const char *uri)
{
	char *path, *query;

	if (text_has_prefix(uri, "http://") || text_has_prefix(uri, "https://")) {
		uri = strchr(uri, ':') + 3;
		uri += strcspn(uri, "/?");
	}
	path = arena_strdup(c->arena, uri);
	query = strchr(path, '?');
	if (query != NULL)
		*query++ = '\0';
	c->path = path;
	c->query = query;
}

static void
server_on_request(struct evhttp_request *http, void *arg)
{
	struct server *s = arg;
	struct evbuffer *input = evhttp_request_get_input_buffer(http);
	const struct fault *fault = NULL;
	struct call c = {
		.sim = s->sim, .world = s->sim->world, .arena = s->sim->scratch, .http = http
	};

	arena_reset(c.arena);
	c.now_ms = sim_now_ms(s->sim);
	c.method = server_method(http);
	server_split_uri(&c, evhttp_request_get_uri(http));
	c.body_len = evbuffer_get_length(input);
	c.body = c.body_len > 0 ? (const char *)evbuffer_pullup(input, -1) : "";
	if (text_has_prefix(c.path, "/_awssim/") &&
	    strcmp(c.path, "/_awssim/container-credentials") != 0)
		control_run(&c);
	else
		fault = call_run(&c);
	server_send(s, &c, fault);
}

/* "127.0.0.1:8080", "[::1]:0"; the result is for freeaddrinfo(), or NULL. */
static struct addrinfo *
server_parse_address(const char *text)
{
	struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
		.ai_socktype = SOCK_STREAM }, *found = NULL;
	const char *colon = strrchr(text, ':');
	char host[64] = "";

	if (colon == NULL || colon == text)
		return NULL;
	if (text[0] == '[' && colon[-1] == ']')
		snprintf(host, sizeof(host), "%.*s", (int)(colon - text - 2), text + 1);
	else
		snprintf(host, sizeof(host), "%.*s", (int)(colon - text), text);
	return getaddrinfo(host, colon + 1, &hints, &found) == 0 ? found : NULL;
}

/* Accepted sockets inherit the option from the listening one. */
static int
server_listen(struct server *s, const char *listen_on, struct err *e)
{
	struct addrinfo *address = server_parse_address(listen_on);
	struct evconnlistener *listener;
	struct evhttp_bound_socket *bound;
	int on = 1;

	if (address == NULL)
		return err_set(e, ERR_USAGE, "--listen: \"%s\" is no ADDRESS:PORT", listen_on);
	listener = evconnlistener_new_bind(loop_event_base(s->sim->loop), NULL, NULL,
	    LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC | LEV_OPT_REUSEABLE, SERVER_BACKLOG,
	    address->ai_addr, (int)address->ai_addrlen);
	freeaddrinfo(address);
	if (listener == NULL)
		return err_set(e, ERR_USAGE, "--listen %s: %s", listen_on, strerror(errno));
	setsockopt(evconnlistener_get_fd(listener), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	bound = evhttp_bind_listener(s->http, listener);
	assert(bound != NULL);
	return 0;
}

static void
server_note_url(struct server *s, evutil_socket_t fd)
{
	struct sockaddr_storage address;
	socklen_t len = sizeof(address);
	char text[64] = "";
	int port;

	getsockname(fd, (struct sockaddr *)&address, &len);
	if (address.ss_family == AF_INET6) {
		const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&address;

		evutil_inet_ntop(AF_INET6, &in6->sin6_addr, text, sizeof(text));
		port = ntohs(in6->sin6_port);
	} else {
		const struct sockaddr_in *in = (const struct sockaddr_in *)&address;

		evutil_inet_ntop(AF_INET, &in->sin_addr, text, sizeof(text));
		port = ntohs(in->sin_port);
	}
	snprintf(s->url, sizeof(s->url), "%s://%s%s%s:%d", s->tls ? "https" : "http",
	    address.ss_family == AF_INET6 ? "[" : "", text,
	    address.ss_family == AF_INET6 ? "]" : "", port);
}

static void
server_note_listener(struct evhttp_bound_socket *bound, void *arg)
{
	server_note_url(arg, evhttp_bound_socket_get_fd(bound));
}

static struct bufferevent *
server_new_connection(struct event_base *base, void *arg)
{
	struct server *s = arg;

	return tls_accept(s->tls, base, fault_take_tls(s->sim->faults));
}

struct server *
server_new(struct sim *sim, const char *listen_on, const char *cert_file, const char *key_file,
    struct err *e)
{
	struct server *s = mem_alloc(1, sizeof(*s));

	s->sim = sim;
	s->date_s = -1;
	LIST_INIT(&s->pending);
	s->http = evhttp_new(loop_event_base(sim->loop));
	assert(s->http != NULL);
	evhttp_set_max_headers_size(s->http, SERVER_MAX_HEADERS);
	evhttp_set_max_body_size(s->http, SERVER_MAX_BODY);
	evhttp_set_timeout(s->http, SERVER_IDLE_S);
	evhttp_set_allowed_methods(s->http, EVHTTP_REQ_GET | EVHTTP_REQ_POST | EVHTTP_REQ_PUT |
	    EVHTTP_REQ_HEAD | EVHTTP_REQ_DELETE);
	evhttp_set_gencb(s->http, server_on_request, s);
	if (cert_file != NULL && (s->tls = tls_new(cert_file, key_file, e)) == NULL) {
		server_free(s);
		return NULL;
	}
	if (s->tls != NULL)
		evhttp_set_bevcb(s->http, server_new_connection, s);
	if (server_listen(s, listen_on, e) != 0) {
		server_free(s);
		return NULL;
	}
	evhttp_foreach_bound_socket(s->http, server_note_listener, s);
	return s;
}

void
server_free(struct server *s)
{
	struct pending *p;

	if (s == NULL)
		return;
	while ((p = LIST_FIRST(&s->pending)) != NULL) {
		evhttp_connection_set_closecb(p->conn, NULL, NULL);
		pending_free(p);
	}
	evhttp_free(s->http);
	tls_free(s->tls);
	free(s);
}

const char *
server_url(const struct server *s)
{
	return s->url;
}
