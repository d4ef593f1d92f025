/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One connection: reads a request, sends the answer, and again. libevent's callbacks only ask for
 * a turn; all is done, and freed, in the loop's own turn. Each state has a time that it may last.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>

#include "base/mem.h"
#include "daemon/web_private.h"

/*
 * A page of many megabytes needs that many turns of a loop that has other work; libevent's 16 KiB
 * took a second for what is sent in a hundredth.
 */
#define CONN_WRITE_BYTES	((size_t)1024 * 1024)
#define CONN_INPUT_BYTES	(WEB_HEAD_BYTES + WEB_BODY_BYTES)
#define CONN_LEAVE_MS		1000
#define CONN_HEAD_BYTES		16384	/* of an answer; the operator's header lines are among it */

enum web_state {
	WEB_READING = 1,	/* a request is awaited, or has begun */
	WEB_CHECKING,		/* its password is */
	WEB_ANSWERING,
	WEB_IDLE,		/* between an answer and the next request */
	WEB_LEAVING,		/* all is sent; the other side may still be sending */
	WEB_STATES
};

struct web_conn {
	struct web		*web;
	enum web_state		 state;
	struct bufferevent	*bev;
	bool			 is_tls;
	bool			 is_broken;	/* nothing can be sent any more */
	bool			 has_ended;	/* the other side sends no more */
	bool			 keeps;		/* after the present answer */
	bool			 is_head;	/* the present request */
	unsigned		 requests;
	char			*path;		/* ours; asked for, while the password is checked */
	struct web_auth_job	*job;		/* while WEB_CHECKING */
	struct loop_timer	 turn;
	struct loop_timer	 deadline;
	TAILQ_ENTRY(web_conn)	 link;
};

/* ---- states ---- */

static int64_t
conn_lasts_ms(const struct web_conn *c, enum web_state state)
{
	return state == WEB_IDLE ? c->web->limits.idle_ms :
	    state == WEB_LEAVING ? CONN_LEAVE_MS : c->web->limits.request_ms;
}

/* One deadline holds from the beginning of a request to the end of its answer. */
static void
conn_set_state(struct web_conn *c, enum web_state state)
{
	bool goes_on = state == WEB_CHECKING || state == WEB_ANSWERING;

	c->state = state;
	if (!goes_on)
		loop_timer_set(&c->deadline, conn_lasts_ms(c, state));
	TAILQ_REMOVE(&c->web->conns, c, link);
	TAILQ_INSERT_TAIL(&c->web->conns, c, link);
}

static void
conn_free(struct web_conn *c)
{
	struct web *web = c->web;

	loop_timer_stop(&c->turn);
	loop_timer_stop(&c->deadline);
	if (c->job != NULL)
		web_auth_cancel(c->job);
	bufferevent_free(c->bev);
	TAILQ_REMOVE(&web->conns, c, link);
	web->counters.connections--;
	free(c->path);
	free(c);
	web_note_room(web);
}

static void
conn_leave(struct web_conn *c)
{
	if (c->is_tls)
		web_tls_end(c->bev);
	shutdown(bufferevent_getfd(c->bev), SHUT_WR);
	conn_set_state(c, WEB_LEAVING);
}

/* ---- answers ---- */

static void
conn_add_date(struct evbuffer *out, int64_t wall_ms)
{
	time_t seconds = (time_t)(wall_ms / 1000);
	char text[40];
	struct tm tm;

	gmtime_r(&seconds, &tm);
	strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S GMT", &tm);
	evbuffer_add_printf(out, "Date: %s\r\n", text);
}

static void
conn_add_header(struct evbuffer *out, const char *name, const char *value)
{
	if (value != NULL)
		evbuffer_add_printf(out, "%s: %s\r\n", name, value);
}

static void
conn_add_headers(const struct web_conn *c, struct evbuffer *out, enum web_status status)
{
	const struct web_headers *h = &c->web->rules.config->headers;

	conn_add_header(out, "Cache-Control", "no-store");
	conn_add_header(out, "Referrer-Policy", "no-referrer");
	conn_add_header(out, "Strict-Transport-Security", h->hsts);
	conn_add_header(out, "X-Frame-Options", h->frame);
	conn_add_header(out, "X-Content-Type-Options", h->content_type);
	conn_add_header(out, "X-XSS-Protection", h->xss);
	conn_add_header(out, "Content-Security-Policy", h->policy);
	if (status == WEB_UNAUTHORIZED)
		conn_add_header(out, "WWW-Authenticate", "Basic realm=\"trailseal\", charset=\"UTF-8\"");
	if (status == WEB_METHOD_NOT_ALLOWED)
		conn_add_header(out, "Allow", "GET, HEAD");
	if (!c->keeps)
		conn_add_header(out, "Connection", "close");
}

static void
conn_on_sent(const void *data, size_t len, void *arg)
{
	(void)data;
	(void)len;
	web_page_drop(arg);
}

/* Takes the page. */
static void
conn_answer(struct web_conn *c, struct web_page *page)
{
	struct evbuffer *out = bufferevent_get_output(c->bev);
	enum web_status status = page->status;

	c->web->counters.answers[status]++;
	c->keeps = c->keeps && ++c->requests < c->web->limits.requests;
	evbuffer_add_printf(out, "HTTP/1.1 %d %s\r\n", web_status_code(status),
	    web_status_name(status));
	conn_add_date(out, loop_wall_ms(c->web->loop));
	evbuffer_add_printf(out, "Content-Type: %s\r\nContent-Length: %zu\r\n", page->type,
	    page->text.len);
	conn_add_headers(c, out, status);
	evbuffer_add(out, "\r\n", 2);
	conn_set_state(c, WEB_ANSWERING);
	if (c->is_head || page->text.len == 0)
		web_page_drop(page);
	else
		evbuffer_add_reference(out, page->text.data, page->text.len, conn_on_sent, page);
}

/* Where the next request would begin is not known. */
static void
conn_refuse(struct web_conn *c, enum web_status status)
{
	c->keeps = false;
	conn_answer(c, web_page_of_status(status));
}

/* ---- requests ---- */

static void
conn_on_judged(void *arg, bool is_good)
{
	struct web_conn *c = arg;

	c->job = NULL;
	if (is_good)
		conn_answer(c, web_page_find(c->web, c->path));
	else
		conn_answer(c, web_page_of_status(WEB_UNAUTHORIZED));
	free(c->path);
	c->path = NULL;
}

static void
conn_serve(struct web_conn *c, const struct web_request *r)
{
	struct web *web = c->web;
	enum web_auth_answer answer;

	c->is_head = r->is_head;
	c->keeps = r->keeps;
	if (!web_rate_take(web->rules.rate, loop_mono_ms(web->loop))) {
		conn_answer(c, web_page_of_status(WEB_TOO_MANY_REQUESTS));
		return;
	}
	answer = web_auth_judge(web->auth, r->authorization, conn_on_judged, c, &c->job);
	if (answer == WEB_AUTH_LATER) {
		c->path = mem_strdup(r->path);
		conn_set_state(c, WEB_CHECKING);
	} else if (answer == WEB_AUTH_GOOD) {
		conn_answer(c, web_page_find(web, r->path));
	} else {
		conn_answer(c, web_page_of_status(answer == WEB_AUTH_BUSY ? WEB_UNAVAILABLE :
		    WEB_UNAUTHORIZED));
	}
}

/* A request whose head is whole; it waits for its body, which nobody reads. */
static void
conn_read_request(struct web_conn *c, size_t head_bytes)
{
	struct evbuffer *in = bufferevent_get_input(c->bev);
	char head[WEB_HEAD_BYTES];
	struct web_request request;
	enum web_status status;

	evbuffer_copyout(in, head, head_bytes);
	status = web_request_read(head, head_bytes, &request);
	if (status != WEB_OK) {
		evbuffer_drain(in, evbuffer_get_length(in));
		conn_refuse(c, status);
	} else if (evbuffer_get_length(in) >= head_bytes + request.body_bytes) {
		evbuffer_drain(in, head_bytes + request.body_bytes);
		conn_serve(c, &request);
	}
	explicit_bzero(head, head_bytes);
}

/* ---- steps: what a turn does in each state ---- */

static void
conn_step_reading(struct web_conn *c)
{
	struct evbuffer *in = bufferevent_get_input(c->bev);
	struct evbuffer_ptr end = evbuffer_search(in, "\r\n\r\n", 4, NULL);
	bool is_whole = end.pos >= 0 && end.pos + 4 <= WEB_HEAD_BYTES;

	if (is_whole)
		conn_read_request(c, (size_t)end.pos + 4);
	else if (evbuffer_get_length(in) >= WEB_HEAD_BYTES)
		conn_refuse(c, WEB_HEAD_TOO_LARGE);
	if (c->state == WEB_READING && c->has_ended)
		conn_free(c);
}

static void
conn_step_idle(struct web_conn *c)
{
	if (evbuffer_get_length(bufferevent_get_input(c->bev)) > 0) {
		conn_set_state(c, WEB_READING);
		conn_step_reading(c);
	} else if (c->has_ended) {
		conn_free(c);
	}
}

static void
conn_step_answering(struct web_conn *c)
{
	if (evbuffer_get_length(bufferevent_get_output(c->bev)) > 0)
		return;
	if (!c->keeps) {
		conn_leave(c);
		loop_timer_set(&c->turn, 0);
		return;
	}
	conn_set_state(c, WEB_IDLE);
	bufferevent_enable(c->bev, EV_READ);
	web_note_room(c->web);
	loop_timer_set(&c->turn, 0);	/* the next request may be here already */
}

/* Closing with unread input would take the answer from the other side. */
static void
conn_step_leaving(struct web_conn *c)
{
	struct evbuffer *in = bufferevent_get_input(c->bev);

	evbuffer_drain(in, evbuffer_get_length(in));
	bufferevent_enable(c->bev, EV_READ);
	if (c->has_ended)
		conn_free(c);
}

static void
conn_step_checking(struct web_conn *c)
{
	(void)c;	/* the password's judge goes on */
}

static void
conn_on_turn(void *arg)
{
	static void (*const steps[WEB_STATES])(struct web_conn *) = {
		[WEB_READING] = conn_step_reading, [WEB_CHECKING] = conn_step_checking,
		[WEB_ANSWERING] = conn_step_answering, [WEB_IDLE] = conn_step_idle,
		[WEB_LEAVING] = conn_step_leaving,
	};
	struct web_conn *c = arg;

	if (c->is_broken)
		conn_free(c);
	else
		steps[c->state](c);
}

static void
conn_on_deadline(void *arg)
{
	struct web_conn *c = arg;

	c->web->counters.timed_out += c->state != WEB_IDLE && c->state != WEB_LEAVING;
	conn_free(c);
}

/* ---- libevent's callbacks ---- */

/*
 * A whole request fits into what may wait; more is not read before that was served. A watermark
 * is not the means: libevent calls again and again while it is reached, and our turn never comes.
 */
static void
conn_on_data(struct bufferevent *bev, void *arg)
{
	struct web_conn *c = arg;

	if (evbuffer_get_length(bufferevent_get_input(bev)) >= CONN_INPUT_BYTES)
		bufferevent_disable(bev, EV_READ);
	loop_timer_set(&c->turn, 0);
}

static void
conn_on_event(struct bufferevent *bev, short what, void *arg)
{
	struct web_conn *c = arg;

	(void)bev;
	c->is_broken |= (what & BEV_EVENT_ERROR) != 0;
	c->has_ended |= (what & BEV_EVENT_EOF) != 0;
	loop_timer_set(&c->turn, 0);
}

void
web_conn_new(struct web *web, int fd)
{
	struct web_conn *c = mem_alloc(1, sizeof(*c));

	c->web = web;
	c->is_tls = web->rules.tls != NULL;
	if (c->is_tls)
		c->bev = web_tls_accept(web->rules.tls, loop_event_base(web->loop), fd);
	else
		c->bev = bufferevent_socket_new(loop_event_base(web->loop), fd,
		    BEV_OPT_CLOSE_ON_FREE);
	assert(c->bev != NULL);
	loop_timer_init(&c->turn, web->loop, conn_on_turn, c);
	loop_timer_init(&c->deadline, web->loop, conn_on_deadline, c);
	TAILQ_INSERT_TAIL(&web->conns, c, link);
	web->counters.connections++;
	web->counters.accepted++;
	conn_set_state(c, WEB_READING);
	bufferevent_setcb(c->bev, conn_on_data, conn_on_data, conn_on_event, c);
	bufferevent_set_max_single_write(c->bev, CONN_WRITE_BYTES);
	bufferevent_enable(c->bev, EV_READ | EV_WRITE);
}

struct web_conn *
web_conns_find_idle(const struct web *web)
{
	struct web_conn *c;

	TAILQ_FOREACH(c, &web->conns, link)
		if (c->state == WEB_IDLE && evbuffer_get_length(bufferevent_get_input(c->bev)) == 0)
			return c;
	return NULL;
}

void
web_conn_give_up(struct web_conn *c)
{
	c->web->counters.given_up++;
	conn_free(c);
}

void
web_conns_free(struct web *web)
{
	while (!TAILQ_EMPTY(&web->conns))
		conn_free(TAILQ_FIRST(&web->conns));
}
