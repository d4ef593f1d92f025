/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The HTTP client against far sides that live in this process, on the same loop: a scripted one,
 * which says word for word what a case wants to be said, and evhttp for ordinary talk. TLS is
 * asked of `openssl s_server`, where there is one.
 */
#include "loop/http.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/listener.h>

#include "base/buf.h"
#include "base/text.h"
#include "loop/http_reach.h"

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))
#define WALL_MS		INT64_C(1767323045000)

/* ---- the far sides ---- */

struct far {
	struct loop		*loop;
	struct http		*http;
	struct loop_timer	 watchdog;
	struct evconnlistener	*listener;
	unsigned		 port;		/* of the scripted one */
	const char		*script;	/* what it says to a whole header */
	size_t			 script_len;
	bool			 script_ends;	/* and closes then */
	bool			 hangs_up, resets;	/* at the first byte that it hears */
	struct buf		 heard;
	unsigned		 accepted;
	struct bufferevent	*talks[64];
	struct evhttp		*server;
	unsigned		 server_port;
	unsigned		 served;
};

static void
far_on_written(struct bufferevent *talk, void *arg)
{
	(void)arg;
	if (evbuffer_get_length(bufferevent_get_output(talk)) == 0)
		shutdown(bufferevent_getfd(talk), SHUT_WR);
}

static void
far_on_heard(struct bufferevent *talk, void *arg)
{
	struct far *far = arg;
	char data[4096];
	size_t n;

	while ((n = bufferevent_read(talk, data, sizeof(data))) > 0)
		buf_add(&far->heard, data, n);
	if (far->resets)
		setsockopt(bufferevent_getfd(talk), SOL_SOCKET, SO_LINGER, &(struct linger){ 1, 0 },
		    sizeof(struct linger));
	if (far->hangs_up) {
		bufferevent_free(talk);
		far->talks[--far->accepted] = NULL;
		return;
	}
	if (strstr(buf_text(&far->heard), "\r\n\r\n") == NULL)
		return;
	if (far->script_len > 0)
		bufferevent_write(talk, far->script, far->script_len);
	if (far->script_ends && far->script_len == 0)
		shutdown(bufferevent_getfd(talk), SHUT_WR);
	else if (far->script_ends)
		bufferevent_setcb(talk, far_on_heard, far_on_written, NULL, far);
}

static void
far_on_accepted(struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *address,
    int len, void *arg)
{
	struct far *far = arg;
	struct bufferevent *talk;

	(void)address;
	(void)len;
	assert_true(far->accepted < COUNT(far->talks));
	talk = bufferevent_socket_new(evconnlistener_get_base(listener), fd, BEV_OPT_CLOSE_ON_FREE);
	far->talks[far->accepted++] = talk;
	bufferevent_setcb(talk, far_on_heard, NULL, NULL, far);
	bufferevent_enable(talk, EV_READ | EV_WRITE);
}

static void
far_on_request(struct evhttp_request *request, void *arg)
{
	const char *uri = evhttp_request_get_uri(request);
	struct evbuffer *out = evbuffer_new();
	struct far *far = arg;
	int code = 200;

	far->served++;
	if (strcmp(uri, "/wait") == 0) {	/* for what does not happen in this test */
		evbuffer_free(out);
		return;
	}
	if (text_has_prefix(uri, "/status/"))
		code = atoi(uri + strlen("/status/"));
	if (strcmp(uri, "/redirect") == 0) {
		code = 302;
		evhttp_add_header(evhttp_request_get_output_headers(request), "Location", "/status/200");
	}
	evbuffer_add_printf(out, "answer %u", far->served);
	evhttp_add_header(evhttp_request_get_output_headers(request), "X-Request-Id", "  abc def ");
	evhttp_send_reply(request, code, "as asked", out);
	evbuffer_free(out);
}

static void
far_on_watchdog(void *arg)
{
	(void)arg;
	fprintf(stderr, "a case did not end within 20 s\n");
	abort();
}

static void
far_open_script(struct far *far)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t len = sizeof(in);

	far->listener = evconnlistener_new_bind(loop_event_base(far->loop), far_on_accepted, far,
	    LEV_OPT_CLOSE_ON_FREE, -1, (struct sockaddr *)&in, sizeof(in));
	assert_non_null(far->listener);
	assert_int_equal(getsockname(evconnlistener_get_fd(far->listener), (struct sockaddr *)&in,
	    &len), 0);
	far->port = ntohs(in.sin_port);
}

static void
far_open_server(struct far *far)
{
	struct evhttp_bound_socket *bound;
	struct sockaddr_in in;
	socklen_t len = sizeof(in);

	far->server = evhttp_new(loop_event_base(far->loop));
	bound = evhttp_bind_socket_with_handle(far->server, "127.0.0.1", 0);
	assert_non_null(bound);
	assert_int_equal(getsockname(evhttp_bound_socket_get_fd(bound), (struct sockaddr *)&in, &len),
	    0);
	far->server_port = ntohs(in.sin_port);
	evhttp_set_gencb(far->server, far_on_request, far);
}

static int
far_setup(void **state)
{
	struct far *far = calloc(1, sizeof(*far));

	far->loop = loop_new();
	buf_init(&far->heard, 1 << 20);
	far->http = http_new(far->loop, &(struct http_options){ .user_agent = "test/1",
	    .max_host_connections = 4 });
	far_open_script(far);
	far_open_server(far);
	loop_timer_init(&far->watchdog, far->loop, far_on_watchdog, NULL);
	loop_timer_set(&far->watchdog, 20000);
	*state = far;
	return 0;
}

static int
far_teardown(void **state)
{
	struct far *far = *state;

	http_free(far->http);
	for (unsigned i = 0; i < far->accepted; i++)
		bufferevent_free(far->talks[i]);
	evconnlistener_free(far->listener);
	evhttp_free(far->server);
	loop_timer_stop(&far->watchdog);
	loop_free(far->loop);
	buf_done(&far->heard);
	free(far);
	return 0;
}

/* ---- asking ---- */

struct answer {
	struct loop	*loop;
	unsigned	*left;		/* to stop the loop with the last one, or NULL */
	unsigned	 runs;
	bool		 inside;	/* http_send() has not returned yet */
	int		 status;
	struct err	 err;
	char		 headers[4096], body[4096];
	size_t		 body_len;
	char		 request_id[32];
	int64_t		 duration_ms, sent_wall_ms, received_wall_ms;
};

static void
answer_take(void *arg, const struct http_reply *reply, const struct err *err)
{
	struct answer *answer = arg;

	assert_false(answer->inside);
	assert_int_equal(answer->runs, 0);
	assert_true((reply == NULL) != (err == NULL));
	answer->runs++;
	if (err != NULL) {
		answer->err = *err;
	} else {
		answer->status = reply->status;
		assert_int_equal(reply->body[reply->body_len], '\0');
		answer->body_len = reply->body_len;
		snprintf(answer->body, sizeof(answer->body), "%s", reply->body);
		assert_true(reply->headers_len < sizeof(answer->headers));
		memcpy(answer->headers, reply->headers, reply->headers_len);
		http_reply_header(reply, "x-request-ID", answer->request_id, sizeof(answer->request_id));
		answer->duration_ms = reply->duration_ms;
		answer->sent_wall_ms = reply->sent_wall_ms;
		answer->received_wall_ms = reply->received_wall_ms;
	}
	if (answer->left == NULL || --*answer->left == 0)
		loop_stop(answer->loop);
}

static struct http_call *
answer_ask(struct answer *answer, struct loop *loop, struct http *http,
    const struct http_request *request)
{
	struct http_call *call;

	answer->loop = loop;
	answer->inside = true;
	call = http_send(http, request, answer_take, answer);
	answer->inside = false;
	return call;
}

static void
far_ask(struct far *far, const struct http_request *request, struct answer *ret)
{
	memset(ret, 0, sizeof(*ret));
	answer_ask(ret, far->loop, far->http, request);
	loop_run(far->loop);
	assert_int_equal(ret->runs, 1);
	assert_int_equal(http_counters(far->http)->in_flight, 0);
}

static const char *
far_url(unsigned port, const char *path)
{
	static char url[128];

	snprintf(url, sizeof(url), "http://127.0.0.1:%u%s", port, path);
	return url;
}

static struct http_request
get(unsigned port, const char *path)
{
	return (struct http_request){ .method = "GET", .url = far_url(port, path),
	    .timeout_ms = 10000, .reach = HTTP_REACH_LOOPBACK };
}

/* ---- cases ---- */

static void
answers_are_told_from_failures(void **state)
{
#define SCRIPT(text)	text, sizeof(text) - 1
	static const struct {
		const char	*name, *script;
		size_t		 len;
		bool		 ends;
		int		 status;
		enum err_kind	 kind;
		const char	*body, *headers;
	} cases[] = {
		{ "a plain answer", SCRIPT("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nA: b\r\n\r\nhi"), false,
		    200, ERR_NONE, "hi", "Content-Length: 2\r\nA: b\r\n" },
		{ "lines that end in a bare newline", SCRIPT("HTTP/1.1 200 OK\nContent-Length: 2\n\nhi"),
		    false, 200, ERR_NONE, "hi", "Content-Length: 2\r\n" },
		{ "no reason phrase", SCRIPT("HTTP/1.1 404 \r\nContent-Length: 0\r\n\r\n"), false,
		    404, ERR_NONE, "", "Content-Length: 0\r\n" },
		{ "HTTP/1.0, ended by closing", SCRIPT("HTTP/1.0 500 no\r\nA: b\r\n\r\nhi"), true,
		    500, ERR_NONE, "hi", "A: b\r\n" },
		{ "interim answers", SCRIPT("HTTP/1.1 100 Continue\r\nA: 1\r\n\r\nHTTP/1.1 103 Hints\r\n"
		    "A: 2\r\n\r\nHTTP/1.1 200 OK\r\nA: 3\r\nContent-Length: 2\r\n\r\nhi"), false,
		    200, ERR_NONE, "hi", "A: 3\r\nContent-Length: 2\r\n" },
		{ "chunks", SCRIPT("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nh\r\n1\r\n"
		    "i\r\n0\r\n\r\n"), false,
		    200, ERR_NONE, "hi", "Transfer-Encoding: chunked\r\n" },
		{ "trailers, one of which looks like a status", SCRIPT("HTTP/1.1 200 OK\r\n"
		    "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nHTTP/1.1 500: x\r\nA: b\r\n\r\n"), false,
		    200, ERR_NONE, "hi", "Transfer-Encoding: chunked\r\n" },
		{ "no content", SCRIPT("HTTP/1.1 204 None\r\n\r\n"), false, 204, ERR_NONE, "", "" },
		{ "not modified", SCRIPT("HTTP/1.1 304 Same\r\nContent-Length: 9\r\n\r\n"), false,
		    304, ERR_NONE, "", "Content-Length: 9\r\n" },
		{ "compressed, which was not asked for", SCRIPT("HTTP/1.1 200 OK\r\nContent-Encoding: gzip"
		    "\r\nContent-Length: 2\r\n\r\n\x1f\x8b"), false,
		    200, ERR_NONE, "\x1f\x8b", "Content-Encoding: gzip\r\nContent-Length: 2\r\n" },
		{ "nothing", SCRIPT(""), true, 0, ERR_NETWORK, NULL, NULL },
		{ "a cut header", SCRIPT("HTTP/1.1 200 OK\r\nConte"), true, 0, ERR_NETWORK, NULL, NULL },
		{ "a cut body", SCRIPT("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi"), true,
		    0, ERR_NETWORK, NULL, NULL },
		{ "cut chunks", SCRIPT("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhi"), true,
		    0, ERR_NETWORK, NULL, NULL },
		{ "chunks without their end", SCRIPT("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
		    "2\r\nhi\r\n"), true, 0, ERR_NETWORK, NULL, NULL },
		{ "chunks of no size", SCRIPT("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"),
		    true, 0, ERR_NETWORK, NULL, NULL },
		{ "another protocol", SCRIPT("SSH-2.0-OpenSSH_9.2\r\n"), true, 0, ERR_MALFORMED, NULL, NULL },
		{ "HTTP/0.9", SCRIPT("<html>hi</html>"), true, 0, ERR_MALFORMED, NULL, NULL },
		{ "bytes", SCRIPT("\x16\x03\x01\0\0\0\r\n\r\n"), true, 0, ERR_MALFORMED, NULL, NULL },
		{ "a version to come", SCRIPT("HTTP/9.9 200 OK\r\n\r\n"), true,
		    0, ERR_MALFORMED, NULL, NULL },
		{ "a NUL in a header", SCRIPT("HTTP/1.1 200 OK\r\nA: b\0c\r\nContent-Length: 0\r\n\r\n"), true,
		    0, ERR_MALFORMED, NULL, NULL },
		{ "a length that is no number", SCRIPT("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nhi"), true,
		    0, ERR_MALFORMED, NULL, NULL },
		{ "a negative length", SCRIPT("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nhi"), true,
		    0, ERR_MALFORMED, NULL, NULL },
	};
	struct far *far = *state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct http_request request = get(far->port, "/secret?token=secret");
		struct answer answer;

		far->script = cases[i].script;
		far->script_len = cases[i].len;
		far->script_ends = cases[i].ends;
		buf_reset(&far->heard);
		far_ask(far, &request, &answer);
		if (answer.status != cases[i].status || answer.err.kind != cases[i].kind)
			fail_msg("%s: %d %s %s", cases[i].name, answer.status, err_kind_name(answer.err.kind),
			    answer.err.text);
		assert_null(strstr(answer.err.text, "secret"));
		if (cases[i].kind == ERR_NONE) {
			assert_string_equal(answer.body, cases[i].body);
			assert_string_equal(answer.headers, cases[i].headers);
		} else {
			assert_true(text_has_prefix(answer.err.text, "127.0.0.1:"));
		}
	}
}

static void
requests_go_out_as_they_were_given(void **state)
{
	static const char *const headers[] = { "X-Amz-Date: 20260102T030405Z", "Authorization: a, b=c" };
	static const char *const typed[] = { "content-type: application/x-amz-json-1.1", "accept: a/b" };
	static const struct {
		const char		*method, *body;
		const char *const	*headers;
		size_t			 header_count;
		const char		*heard;		/* in front of and behind the host's line */
		const char		*rest;
	} cases[] = {
		{ "GET", NULL, headers, 2, "GET /a/../b//c?d=%2F HTTP/1.1\r\n",
		    "User-Agent: test/1\r\nX-Amz-Date: 20260102T030405Z\r\nAuthorization: a, b=c\r\n\r\n" },
		{ "GET", NULL, NULL, 0, "GET /a/../b//c?d=%2F HTTP/1.1\r\n", "User-Agent: test/1\r\n\r\n" },
		{ "POST", "a=b", headers, 2, "POST /a/../b//c?d=%2F HTTP/1.1\r\n",
		    "User-Agent: test/1\r\nX-Amz-Date: 20260102T030405Z\r\nAuthorization: a, b=c\r\n"
		    "Content-Length: 3\r\n\r\na=b" },
		{ "POST", "{}", typed, 2, "POST /a/../b//c?d=%2F HTTP/1.1\r\n",
		    "User-Agent: test/1\r\ncontent-type: application/x-amz-json-1.1\r\naccept: a/b\r\n"
		    "Content-Length: 2\r\n\r\n{}" },
		{ "PUT", NULL, NULL, 0, "PUT /a/../b//c?d=%2F HTTP/1.1\r\n",
		    "User-Agent: test/1\r\nContent-Length: 0\r\n\r\n" },
		{ "HEAD", NULL, NULL, 0, "HEAD /a/../b//c?d=%2F HTTP/1.1\r\n", "User-Agent: test/1\r\n\r\n" },
		{ "PUT", "x", NULL, 0, "PUT /a/../b//c?d=%2F HTTP/1.1\r\n",
		    "User-Agent: test/1\r\nContent-Length: 1\r\n\r\nx" },
		{ "GET", NULL, NULL, 0, "GET /a/../b//c?d=%2F HTTP/1.1\r\n", "User-Agent: test/1\r\n\r\n" },
	};
	struct far *far = *state;

	far->script = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
	far->script_len = strlen(far->script);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct http_request request = get(far->port, "/a/../b//c?d=%2F#fragment");
		struct answer answer;
		char expected[1024];

		request.method = cases[i].method;
		request.body = cases[i].body;
		request.body_len = cases[i].body ? strlen(cases[i].body) : 0;
		request.headers = cases[i].headers;
		request.header_count = cases[i].header_count;
		buf_reset(&far->heard);
		far_ask(far, &request, &answer);
		assert_int_equal(answer.status, 200);
		snprintf(expected, sizeof(expected), "%sHost: 127.0.0.1:%u\r\n%s", cases[i].heard, far->port,
		    cases[i].rest);
		assert_string_equal(buf_text(&far->heard), expected);
	}
	assert_int_equal(far->accepted, 1);	/* one handle and one connection served them all */
}

static void
headers_that_could_end_their_line_are_refused(void **state)
{
	static const char *const bad[] = { "A: b\r\nC: d", "A: b\nC: d", "A: b\r", "A:", "A:  \t", "A",
		": b", "" };
	struct far *far = *state;

	for (size_t i = 0; i < COUNT(bad); i++) {
		struct http_request request = get(far->port, "/");
		struct answer answer;

		request.headers = &bad[i];
		request.header_count = 1;
		far_ask(far, &request, &answer);
		assert_int_equal(answer.err.kind, ERR_CONFIG);
	}
	assert_int_equal(far->accepted, 0);
}

/* Says `total` bytes in all, of which `body` are the body's, declared or in a closed connection. */
static char *
far_say_much(struct far *far, size_t header, size_t body, bool declared)
{
	struct buf b;
	char *text;

	buf_init(&b, 1 << 20);
	buf_adds(&b, "HTTP/1.1 200 OK\r\nA: ");
	for (size_t i = 0; i < header; i++)
		buf_addc(&b, 'a');
	buf_adds(&b, "\r\n");
	if (declared)
		buf_addf(&b, "Content-Length: %zu\r\n", body);
	buf_adds(&b, "\r\n");
	for (size_t i = 0; i < body; i++)
		buf_addc(&b, 'b');
	far->script_len = b.len;
	far->script_ends = true;
	text = buf_steal(&b);
	far->script = text;
	return text;
}

static void
answers_are_capped(void **state)
{
	static const struct {
		size_t		 header, body, cap;
		bool		 declared;
		enum err_kind	 kind;
	} cases[] = {
		{ 1,      100000, 100000, true,  ERR_NONE },
		{ 1,      100000, 100000, false, ERR_NONE },
		{ 1,      100001, 100000, true,  ERR_TOO_LARGE },
		{ 1,      100001, 100000, false, ERR_TOO_LARGE },
		{ 1,      500000, 1,      false, ERR_TOO_LARGE },
		{ 66000,  1,      1,      true,  ERR_TOO_LARGE },
		{ 200000, 1,      1,      true,  ERR_TOO_LARGE },
	};
	struct far *far = *state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		char *text = far_say_much(far, cases[i].header, cases[i].body, cases[i].declared);
		struct http_request request = get(far->port, "/");
		struct answer answer;

		request.max_body_bytes = cases[i].cap;
		buf_reset(&far->heard);
		far_ask(far, &request, &answer);
		if (answer.err.kind != cases[i].kind)
			fail_msg("case %zu: %s %s", i, err_kind_name(answer.err.kind), answer.err.text);
		if (answer.err.kind == ERR_NONE)
			assert_int_equal(answer.body_len, cases[i].body);
		free(text);
	}
}

/* The length in the answer to a HEAD is of a body that does not come. */
static void
a_head_is_not_too_large(void **state)
{
	struct far *far = *state;
	struct http_request request = get(far->port, "/");
	struct answer answer;

	far->script = "HTTP/1.1 403 No\r\nContent-Length: 99999999999\r\nx-amz-bucket-region: a\r\n\r\n";
	far->script_len = strlen(far->script);
	request.method = "HEAD";
	request.max_body_bytes = 10;
	far_ask(far, &request, &answer);
	assert_int_equal(answer.status, 403);
	assert_non_null(strstr(answer.headers, "x-amz-bucket-region: a\r\n"));
	request.method = "GET";	/* and the handle's next call is capped again */
	buf_reset(&far->heard);
	far_ask(far, &request, &answer);
	assert_int_equal(answer.err.kind, ERR_TOO_LARGE);
}

static void
silence_times_out(void **state)
{
	static const char *const scripts[] = {
		"",
		"HTTP/1.1 100 Continue\r\n\r\n",
		"HTTP/1.1 200 OK\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi",
	};
	struct far *far = *state;

	for (size_t i = 0; i < COUNT(scripts); i++) {
		struct http_request request = get(far->port, "/");
		int64_t before_ms = loop_mono_ms(far->loop);
		struct answer answer;

		far->script = scripts[i];
		far->script_len = strlen(scripts[i]);
		request.timeout_ms = 60;
		buf_reset(&far->heard);
		far_ask(far, &request, &answer);
		assert_int_equal(answer.err.kind, ERR_TIMEOUT);
		assert_in_range(loop_mono_ms(far->loop) - before_ms, 55, 5000);
	}
	assert_int_equal(far->accepted, COUNT(scripts));	/* none of them was used again */
}

/* libcurl lets a transfer without a connection wait for ever: the deadline is ours. */
static void
waiting_for_a_connection_times_out(void **state)
{
	struct far *far = *state;
	struct http_request request = get(far->port, "/");
	struct answer answers[6] = { { .status = 0 } };
	unsigned left = COUNT(answers);

	far->script = "";
	for (size_t i = 0; i < COUNT(answers); i++) {
		request.timeout_ms = i < 4 ? 5000 : 50;
		answers[i].left = &left;
		answer_ask(&answers[i], far->loop, far->http, &request);
	}
	left = 2;
	loop_run(far->loop);
	for (size_t i = 4; i < COUNT(answers); i++)
		assert_int_equal(answers[i].err.kind, ERR_TIMEOUT);
	assert_int_equal(far->accepted, 4);
	far->script = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
	for (size_t i = 0; i < 4; i++)
		bufferevent_write(far->talks[i], far->script, strlen(far->script));
	left = 4;
	loop_run(far->loop);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(answers[i].status, 200);
}

static void
ordinary_talk_keeps_its_connection(void **state)
{
	static const int codes[] = { 200, 400, 403, 404, 429, 500, 503, 200 };
	struct far *far = *state;

	for (size_t i = 0; i < COUNT(codes); i++) {
		char path[32], expected[32];
		struct http_request request;
		struct answer answer;

		snprintf(path, sizeof(path), "/status/%d", codes[i]);
		snprintf(expected, sizeof(expected), "answer %zu", i + 1);
		request = get(far->server_port, path);
		far_ask(far, &request, &answer);
		assert_int_equal(answer.status, codes[i]);
		assert_string_equal(answer.body, expected);
		assert_string_equal(answer.request_id, "abc def");
		assert_in_range(answer.duration_ms, 0, 5000);
		assert_int_equal(answer.received_wall_ms - answer.sent_wall_ms, answer.duration_ms);
	}
	assert_int_equal(http_counters(far->http)->connections, 1);
	assert_int_equal(http_counters(far->http)->calls, COUNT(codes));
}

static void
redirects_are_answers(void **state)
{
	struct far *far = *state;
	struct http_request request = get(far->server_port, "/redirect");
	struct answer answer;

	far_ask(far, &request, &answer);
	assert_int_equal(answer.status, 302);
	assert_int_equal(far->served, 1);
}

static void
many_calls_share_few_connections(void **state)
{
	struct far *far = *state;
	struct answer *answers = calloc(200, sizeof(*answers));
	uint64_t before = http_counters(far->http)->connections;
	unsigned left = 200;

	for (size_t i = 0; i < 200; i++) {
		struct http_request request = get(far->server_port, "/");

		answers[i].left = &left;
		answer_ask(&answers[i], far->loop, far->http, &request);
	}
	assert_int_equal(http_counters(far->http)->in_flight, 200);
	loop_run(far->loop);
	for (size_t i = 0; i < 200; i++)
		assert_int_equal(answers[i].status, 200);
	assert_in_range(http_counters(far->http)->connections - before, 1, 4);
	assert_int_equal(http_counters(far->http)->in_flight, 0);
	free(answers);
}

/* What waits on the far side has connections of its own, which go when it ends. */
static void
long_polls_leave_connections_to_others(void **state)
{
	struct far *far = *state;
	struct http_request request = get(far->server_port, "/wait");
	struct answer answer, waiting[6] = { 0 };
	struct http_call *calls[6];

	request.is_long_poll = true;
	for (size_t i = 0; i < COUNT(waiting); i++)
		calls[i] = answer_ask(&waiting[i], far->loop, far->http, &request);
	request = get(far->server_port, "/");
	for (int i = 0; i < 10; i++) {
		memset(&answer, 0, sizeof(answer));
		answer_ask(&answer, far->loop, far->http, &request);
		loop_run(far->loop);
		assert_int_equal(answer.status, 200);
	}
	assert_in_range(http_counters(far->http)->connections, 7, 10);
	for (size_t i = 0; i < COUNT(waiting); i++) {
		assert_int_equal(waiting[i].runs, 0);
		http_cancel(calls[i]);
	}
	assert_int_equal(http_counters(far->http)->in_flight, 0);
	many_calls_share_few_connections(state);
}

/* A kept connection that the far side has closed meanwhile is no failure. */
static void
a_closed_connection_is_replaced(void **state)
{
	struct far *far = *state;
	struct http_request request = get(far->port, "/");
	struct answer answer;

	far->script = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
	far->script_len = strlen(far->script);
	far->script_ends = true;
	for (int i = 0; i < 3; i++) {
		buf_reset(&far->heard);
		far_ask(far, &request, &answer);
		assert_int_equal(answer.status, 200);
	}
	assert_int_equal(far->accepted, 3);
}

static void
refusals_never_leave_the_machine(void **state)
{
	static const struct {
		const char	*url;
		enum http_reach	 reach;
		const char	*text;
	} cases[] = {
		{ "http://127.0.0.1:9/x?y", HTTP_REACH_TLS, "127.0.0.1:9: plain http is refused, use https" },
		{ "HTTP://h/x", HTTP_REACH_TLS, "h: plain http is refused, use https" },
		{ "ftp://127.0.0.1/", HTTP_REACH_LOOPBACK, "an URL that is neither http nor https" },
		{ "file:///etc/passwd", HTTP_REACH_LOOPBACK, "an URL that is neither http nor https" },
		{ "127.0.0.1/", HTTP_REACH_LOOPBACK, "an URL that is neither http nor https" },
		{ "", HTTP_REACH_LOOPBACK, "an URL that is neither http nor https" },
		{ "http:/127.0.0.1/", HTTP_REACH_LOOPBACK, "an URL that is neither http nor https" },
		{ "https://127.0.0.1:99999/", HTTP_REACH_TLS, "127.0.0.1:99999: not a usable URL" },
		{ "http:///x", HTTP_REACH_LOOPBACK, "an URL without a host, or with a user's name" },
		{ "https://me:secret@127.0.0.1:9/", HTTP_REACH_TLS,
		    "an URL without a host, or with a user's name" },
		{ "http://192.0.2.1/x?y", HTTP_REACH_LOOPBACK,
		    "192.0.2.1: plain http may not reach its address" },
		{ "http://192.0.2.1/", HTTP_REACH_METADATA,
		    "192.0.2.1: plain http may not reach its address" },
		{ "http://0.0.0.0:9/", HTTP_REACH_LOOPBACK,
		    "0.0.0.0:9: plain http may not reach its address" },
		{ "http://3221225985/", HTTP_REACH_METADATA,
		    "3221225985: plain http may not reach its address" },
		{ "http://169.254.169.254/", HTTP_REACH_LOOPBACK,
		    "169.254.169.254: plain http may not reach its address" },
		{ "http://169.254.169.253/", HTTP_REACH_METADATA,
		    "169.254.169.253: plain http may not reach its address" },
		{ "http://[::ffff:192.0.2.1]:80/", HTTP_REACH_LOOPBACK,
		    "[::ffff:192.0.2.1]:80: plain http may not reach its address" },
	};
	struct far *far = *state;

	setenv("http_proxy", far_url(far->port, ""), 1);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct http_request request = { .method = "GET", .url = cases[i].url, .timeout_ms = 5000,
			.reach = cases[i].reach };
		struct answer answer;

		far_ask(far, &request, &answer);
		assert_string_equal(answer.err.text, cases[i].text);
		assert_int_equal(answer.err.kind, ERR_CONFIG);
	}
	unsetenv("http_proxy");
	assert_int_equal(http_counters(far->http)->connections, 0);
	assert_int_equal(far->accepted, 0);
}

static void
reach_is_judged_by_address(void **state)
{
	static const struct {
		const char	*address;
		bool		 loopback, metadata;
	} cases[] = {
		{ "127.0.0.1",			true,  true },
		{ "127.255.255.254",		true,  true },
		{ "128.0.0.1",			false, false },
		{ "0.0.0.0",			false, false },
		{ "10.0.0.1",			false, false },
		{ "169.254.169.254",		false, true },
		{ "169.254.170.2",		false, true },
		{ "169.254.170.23",		false, true },
		{ "169.254.170.3",		false, false },
		{ "::1",			true,  true },
		{ "::",				false, false },
		{ "::2",			false, false },
		{ "::127.0.0.1",		false, false },
		{ "::ffff:127.0.0.1",		true,  true },
		{ "::ffff:192.0.2.1",		false, false },
		{ "::ffff:169.254.169.254",	false, true },
		{ "fd00:ec2::254",		false, true },
		{ "fd00:ec2::23",		false, true },
		{ "fd00:ec2::253",		false, false },
		{ "fe80::1",			false, false },
	};
	struct sockaddr_storage other = { .ss_family = AF_UNIX };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
		struct sockaddr_in in = { .sin_family = AF_INET };
		const struct sockaddr *address = (struct sockaddr *)&in;

		if (inet_pton(AF_INET, cases[i].address, &in.sin_addr) != 1) {
			assert_int_equal(inet_pton(AF_INET6, cases[i].address, &in6.sin6_addr), 1);
			address = (struct sockaddr *)&in6;
		}
		assert_false(http_reach_allows(HTTP_REACH_TLS, address));
		assert_int_equal(http_reach_allows(HTTP_REACH_LOOPBACK, address), cases[i].loopback);
		assert_int_equal(http_reach_allows(HTTP_REACH_METADATA, address), cases[i].metadata);
	}
	assert_false(http_reach_allows(HTTP_REACH_METADATA, (struct sockaddr *)&other));
}

/* A connection made for a call that may reach more is not kept for others. */
static void
metadata_connections_are_not_shared(void **state)
{
	struct far *far = *state;
	struct http_request request = get(far->server_port, "/");
	struct answer answer;

	request.reach = HTTP_REACH_METADATA;
	far_ask(far, &request, &answer);
	assert_int_equal(answer.status, 200);
	request.reach = HTTP_REACH_LOOPBACK;
	far_ask(far, &request, &answer);
	assert_int_equal(answer.status, 200);
	assert_int_equal(http_counters(far->http)->connections, 2);
}

static void
proxies_are_for_https_only(void **state)
{
	struct far *far = *state;
	struct http_request request = { .method = "GET", .url = "https://127.0.0.1:1/", .timeout_ms = 5000 };
	struct answer answer;

	setenv("https_proxy", far_url(far->port, ""), 1);
	far->script = "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n";
	far->script_len = strlen(far->script);
	far_ask(far, &request, &answer);
	assert_int_equal(answer.err.kind, ERR_NETWORK);
	assert_true(text_has_prefix(buf_text(&far->heard), "CONNECT 127.0.0.1:1 HTTP/1.1\r\n"));
	request.reach = HTTP_REACH_METADATA;
	far_ask(far, &request, &answer);
	assert_int_equal(answer.err.kind, ERR_NETWORK);
	unsetenv("https_proxy");
	assert_int_equal(far->accepted, 1);
}

static void
a_closed_port_refuses(void **state)
{
	struct far *far = *state;
	struct http_request request = get(1, "/");
	struct answer answer;

	far_ask(far, &request, &answer);
	assert_int_equal(answer.err.kind, ERR_NETWORK);
	assert_string_equal(answer.err.text, "127.0.0.1:1: cannot connect: Connection refused");
	request.url = "https://127.0.0.1:1/";
	request.reach = HTTP_REACH_TLS;
	far_ask(far, &request, &answer);
	assert_int_equal(answer.err.kind, ERR_NETWORK);
}

/* ---- cancelling ---- */

struct cancel {
	struct http_call	*other;
	struct loop		*loop;
	unsigned		 runs;
};

static void
cancel_other(void *arg, const struct http_reply *reply, const struct err *err)
{
	struct cancel *cancel = arg;

	(void)reply;
	(void)err;
	cancel->runs++;
	if (cancel->other != NULL)
		http_cancel(cancel->other);
	loop_stop(cancel->loop);
}

static void
cancel_never(void *arg, const struct http_reply *reply, const struct err *err)
{
	(void)arg;
	(void)reply;
	(void)err;
	fail_msg("a cancelled call was answered");
}

static void
cancelled_calls_end_silently(void **state)
{
	struct far *far = *state;
	struct http_request request = get(far->port, "/"), refused = get(far->port, "/");
	struct cancel cancel = { .loop = far->loop };

	far->script = "";
	refused.reach = HTTP_REACH_TLS;
	/* before anything happened */
	http_cancel(http_send(far->http, &request, cancel_never, NULL));
	/* ended, but not told yet */
	http_cancel(http_send(far->http, &refused, cancel_never, NULL));
	assert_int_equal(http_counters(far->http)->in_flight, 0);
	/* from another's `done`: in flight */
	cancel.other = http_send(far->http, &request, cancel_never, NULL);
	request.timeout_ms = 50;
	http_send(far->http, &request, cancel_other, &cancel);
	loop_run(far->loop);
	assert_int_equal(cancel.runs, 1);
	/* from another's `done`: ended in the same turn, its own `done` due next */
	http_send(far->http, &refused, cancel_other, &cancel);
	cancel.other = http_send(far->http, &refused, cancel_never, NULL);
	loop_run(far->loop);
	assert_int_equal(cancel.runs, 2);
	assert_int_equal(http_counters(far->http)->in_flight, 0);
	/* and one in flight just before the teardown frees the client */
	cancel.other = http_send(far->http, &request, cancel_never, NULL);
	cancel.runs = 0;
	refused.timeout_ms = 50;
	http_send(far->http, &refused, cancel_other, &cancel);
	loop_run(far->loop);
}

struct chain {
	struct far	*far;
	unsigned	 left;
	bool		 inside;
};

/* `done` may send again, also after its client's last call. */
static void
chain_next(void *arg, const struct http_reply *reply, const struct err *err)
{
	struct chain *chain = arg;
	struct http_request request = get(chain->far->server_port, "/");

	assert_non_null(reply);
	assert_null(err);
	assert_false(chain->inside);
	if (--chain->left == 0) {
		loop_stop(chain->far->loop);
		return;
	}
	chain->inside = true;
	http_send(chain->far->http, &request, chain_next, chain);
	chain->inside = false;
}

static void
done_may_send_again(void **state)
{
	struct far *far = *state;
	struct http_request request = get(far->server_port, "/");
	struct chain chain = { far, 50, false };

	http_send(far->http, &request, chain_next, &chain);
	loop_run(far->loop);
	assert_int_equal(chain.left, 0);
	assert_int_equal(http_counters(far->http)->connections, 1);
}

/* ---- TLS ---- */

struct tls {
	char	 folder[32], cert[64], key[64];
	pid_t	 pid;
	unsigned port;
};

/* A certificate for 127.0.0.1 that nobody has signed, and a server that shows it. */
static bool
tls_start(struct tls *tls, const char *option)
{
	char command[512], line[256], port[16];
	int out[2];
	FILE *f;

	snprintf(tls->folder, sizeof(tls->folder), "/tmp/loop_http.XXXXXX");
	assert_non_null(mkdtemp(tls->folder));
	snprintf(tls->cert, sizeof(tls->cert), "%s/cert.pem", tls->folder);
	snprintf(tls->key, sizeof(tls->key), "%s/key.pem", tls->folder);
	snprintf(command, sizeof(command), "openssl req -x509 -newkey ec -pkeyopt "
	    "ec_paramgen_curve:P-256 -nodes -keyout %s -out %s -days 2 -subj /CN=test "
	    "-addext subjectAltName=IP:127.0.0.1 >/dev/null 2>&1", tls->key, tls->cert);
	if (system(command) != 0)
		return false;
	assert_int_equal(pipe(out), 0);
	tls->pid = fork();
	if (tls->pid == 0) {
		dup2(out[1], STDOUT_FILENO);
		close(STDERR_FILENO);
		execlp("openssl", "openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", tls->cert,
		    "-key", tls->key, "-www", option, NULL);
		_exit(127);
	}
	close(out[1]);
	f = fdopen(out[0], "r");
	while (fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "ACCEPT 127.0.0.1:%15[0-9]", port) == 1)
			break;
	fclose(f);
	tls->port = (unsigned)atoi(port);
	return true;
}

static void
tls_stop(struct tls *tls)
{
	if (tls->pid > 0) {
		kill(tls->pid, SIGKILL);
		waitpid(tls->pid, NULL, 0);
	}
	unlink(tls->cert);
	unlink(tls->key);
	rmdir(tls->folder);
}

static void
tls_ask(struct far *far, const char *ca_file, const char *host, unsigned port, struct answer *ret)
{
	struct http *http = http_new(far->loop, &(struct http_options){ .ca_file = ca_file,
	    .user_agent = "test/1" });
	struct http_request request = { .method = "GET", .timeout_ms = 10000 };
	char url[128];

	snprintf(url, sizeof(url), "https://%s:%u/secret", host, port);
	request.url = url;
	memset(ret, 0, sizeof(*ret));
	answer_ask(ret, far->loop, http, &request);
	loop_run(far->loop);
	assert_int_equal(ret->runs, 1);
	assert_null(strstr(ret->err.text, "secret"));
	http_free(http);
}

static void
certificates_are_verified(void **state)
{
	struct far *far = *state;
	struct tls tls = { .pid = 0 };
	struct answer answer;

	if (!tls_start(&tls, "-tls1_2")) {
		tls_stop(&tls);
		print_message("skipped: no openssl command\n");
		skip();
	}
	tls_ask(far, tls.cert, "127.0.0.1", tls.port, &answer);
	assert_string_equal(answer.err.text, "");
	assert_int_equal(answer.status, 200);
	tls_ask(far, NULL, "127.0.0.1", tls.port, &answer);	/* nobody we trust has signed it */
	assert_int_equal(answer.err.kind, ERR_TLS);
	tls_ask(far, tls.cert, "localhost", tls.port, &answer);	/* it is not for this name */
	assert_int_equal(answer.err.kind, ERR_TLS);
	tls_ask(far, "/nonexistent/ca.pem", "127.0.0.1", tls.port, &answer);
	assert_int_equal(answer.err.kind, ERR_TLS);
	tls_ask(far, tls.cert, "127.0.0.1", far->server_port, &answer);	/* not TLS at all */
	assert_int_equal(answer.err.kind, ERR_TLS);
	tls_stop(&tls);
}

static void
old_tls_is_refused(void **state)
{
	struct far *far = *state;
	struct tls tls = { .pid = 0 };
	struct answer answer;

	if (!tls_start(&tls, "-tls1_1")) {
		tls_stop(&tls);
		print_message("skipped: no openssl command\n");
		skip();
	}
	tls_ask(far, tls.cert, "127.0.0.1", tls.port, &answer);
	assert_int_equal(answer.err.kind, ERR_TLS);
	tls_stop(&tls);
}

/* A load balancer that closes during the handshake is a network's trouble: it may pass. */
static void
a_handshake_cut_short_is_no_verdict(void **state)
{
	struct far *far = *state;
	struct answer answer;

	far->hangs_up = true;
	tls_ask(far, NULL, "127.0.0.1", far->port, &answer);
	assert_int_equal(answer.err.kind, ERR_NETWORK);
	far->resets = true;
	tls_ask(far, NULL, "127.0.0.1", far->port, &answer);
	assert_int_equal(answer.err.kind, ERR_NETWORK);
}

/* ---- stubs ---- */

struct stub {
	int		 answer;
	int64_t		 delay_ms;
	struct http_reply reply;
	unsigned	 asked;
	char		 seen[128];
};

static int
stub_answer(void *arg, const struct http_request *request, struct http_reply *reply,
    int64_t *ret_delay_ms, struct err *err)
{
	struct stub *stub = arg;

	stub->asked++;
	snprintf(stub->seen, sizeof(stub->seen), "%s %s %.*s", request->method, request->url,
	    (int)request->body_len, request->body ? request->body : "");
	*ret_delay_ms = stub->delay_ms;
	*reply = stub->reply;
	if (stub->answer < 0)
		return err_set(err, ERR_TLS, "as asked");
	return stub->answer;
}

static void
stubs_answer_on_virtual_time(void **state)
{
	static const struct {
		int		 answer;
		int64_t		 delay_ms;
		const char	*body;
		int64_t		 timeout_ms;
		int		 status;
		enum err_kind	 kind;
		int64_t		 took_ms;
	} cases[] = {
		{ 0,  0,         "hi",         0,    200, ERR_NONE,      0 },
		{ 0,  250,       "hi",         0,    200, ERR_NONE,      250 },
		{ 0,  59999,     "hi",         0,    200, ERR_NONE,      59999 },
		{ 0,  60000,     "hi",         0,    0,   ERR_TIMEOUT,   60000 },
		{ 0,  86400000,  "hi",         5000, 0,   ERR_TIMEOUT,   5000 },
		{ -1, 10,        "hi",         0,    0,   ERR_TLS,       10 },
		{ 1,  0,         "hi",         100,  0,   ERR_TIMEOUT,   100 },
		{ 0,  5,         "0123456789", 0,    200, ERR_NONE,      5 },
		{ 0,  5,         "0123456789x", 0,   0,   ERR_TOO_LARGE, 5 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct stub stub = { .answer = cases[i].answer, .delay_ms = cases[i].delay_ms,
			.reply = { .status = 200, .headers = "X-Request-Id: r\r\n", .headers_len = 17,
			    .body = cases[i].body, .body_len = strlen(cases[i].body) } };
		struct loop *loop = loop_new_virtual(WALL_MS);
		struct http *http = http_new_stub(loop, stub_answer, &stub);
		struct http_request request = { .method = "POST", .url = "https://kms/", .body = "abc",
			.body_len = 3, .timeout_ms = cases[i].timeout_ms, .max_body_bytes = 10 };
		struct answer answer = { .status = 0 };

		answer_ask(&answer, loop, http, &request);
		loop_run(loop);
		assert_int_equal(answer.runs, 1);
		assert_int_equal(answer.err.kind, cases[i].kind);
		assert_int_equal(answer.status, cases[i].status);
		assert_int_equal(loop_wall_ms(loop) - WALL_MS, cases[i].took_ms);
		assert_string_equal(stub.seen, "POST https://kms/ abc");
		if (answer.status == 200) {
			assert_string_equal(answer.request_id, "r");
			assert_string_equal(answer.body, cases[i].body);
			assert_int_equal(answer.sent_wall_ms, WALL_MS);
			assert_int_equal(answer.duration_ms, cases[i].took_ms);
		}
		http_cancel(http_send(http, &request, cancel_never, NULL));
		assert_int_equal(http_counters(http)->in_flight, 0);
		http_free(http);
		loop_free(loop);
	}
}

static void
stubs_are_not_asked_what_is_refused(void **state)
{
	struct stub stub = { .answer = 0 };
	struct loop *loop = loop_new_virtual(WALL_MS);
	struct http *http = http_new_stub(loop, stub_answer, &stub);
	struct http_request request = { .method = "GET", .url = "http://127.0.0.1/" };
	struct answer answer = { .status = 0 };

	(void)state;
	answer_ask(&answer, loop, http, &request);
	loop_run(loop);
	assert_int_equal(answer.err.kind, ERR_CONFIG);
	assert_int_equal(stub.asked, 0);
	http_free(http);
	loop_free(loop);
}

static void
header_values_are_found(void **state)
{
	static const char text[] = "Date: Sun\r\nX-A:  b c\t\r\nx-a: second\r\nX-Ab: d\r\nEmpty:\r\n"
	    "Bare\r\nLast: e";
	static const struct {
		const char	*name;
		size_t		 size;
		bool		 found;
		const char	*value;
	} cases[] = {
		{ "date",  16, true,  "Sun" },
		{ "X-A",   16, true,  "b c" },
		{ "x-ab",  16, true,  "d" },
		{ "EMPTY", 16, true,  "" },
		{ "Last",  16, true,  "e" },
		{ "X-A",   4,  true,  "b c" },
		{ "X-A",   3,  false, "" },
		{ "X-",    16, false, "" },
		{ "Bare",  16, false, "" },
		{ "Sun",   16, false, "" },
		{ "",      16, false, "" },
	};
	struct http_reply reply = { .headers = text, .headers_len = sizeof(text) - 1 };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char out[16] = "left over";

		assert_int_equal(http_reply_header(&reply, cases[i].name, out, cases[i].size),
		    cases[i].found);
		assert_string_equal(out, cases[i].value);
	}
}

static void
retry_after_is_read(void **state)
{
	static const struct {
		const char	*text;
		int64_t		 ms;
	} cases[] = {
		{ "", 0 }, { "Retry-After:\r\n", 0 }, { "Retry-After: 0\r\n", 0 },
		{ "Retry-After: 30\r\n", 30000 }, { "retry-after: -1\r\n", 0 },
		{ "Retry-After: 86399\r\n", 86399000 }, { "Retry-After: 86400\r\n", 0 },
		{ "Retry-After: 1.5\r\n", 0 }, { "Retry-After: soon\r\n", 0 },
		{ "Retry-After: Fri, 02 Jan 2026 03:04:15 GMT\r\n", 10000 },
		{ "Retry-After: Fri, 02 Jan 2026 03:04:05 GMT\r\n", 0 },
		{ "Retry-After: Fri, 02 Jan 2037 03:04:05 GMT\r\n", 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct http_reply reply = { .headers = cases[i].text,
			.headers_len = strlen(cases[i].text), .received_wall_ms = WALL_MS };

		assert_int_equal(http_reply_retry_after_ms(&reply), cases[i].ms);
	}
}

#define far_test(f)	cmocka_unit_test_setup_teardown(f, far_setup, far_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		far_test(answers_are_told_from_failures),
		far_test(requests_go_out_as_they_were_given),
		far_test(headers_that_could_end_their_line_are_refused),
		far_test(answers_are_capped),
		far_test(a_head_is_not_too_large),
		far_test(silence_times_out),
		far_test(waiting_for_a_connection_times_out),
		far_test(ordinary_talk_keeps_its_connection),
		far_test(redirects_are_answers),
		far_test(many_calls_share_few_connections),
		far_test(long_polls_leave_connections_to_others),
		far_test(a_closed_connection_is_replaced),
		far_test(refusals_never_leave_the_machine),
		cmocka_unit_test(reach_is_judged_by_address),
		far_test(metadata_connections_are_not_shared),
		far_test(proxies_are_for_https_only),
		far_test(a_closed_port_refuses),
		far_test(cancelled_calls_end_silently),
		far_test(done_may_send_again),
		far_test(certificates_are_verified),
		far_test(old_tls_is_refused),
		far_test(a_handshake_cut_short_is_no_verdict),
		cmocka_unit_test(stubs_answer_on_virtual_time),
		cmocka_unit_test(stubs_are_not_asked_what_is_refused),
		cmocka_unit_test(header_values_are_found),
		cmocka_unit_test(retry_after_is_read),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
