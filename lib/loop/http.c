/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The HTTP client; see http.h. Here a call flies: libcurl drives it, an event or a timer of the
 * loop drives libcurl. Whatever ends a call copies the result, takes the handle away from libcurl
 * and sets the call's timer to zero, so that `done` runs in a turn of its own.
 */
#include "loop/http.h"

#include <assert.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <curl/curl.h>
#include <event2/event.h>
#include <event2/event_struct.h>

#include "base/buf.h"
#include "base/mem.h"
#include "loop/http_call.h"
#include "loop/http_reach.h"

#define HTTP_CONNECTIONS	64
#define HTTP_HOST_CONNECTIONS	16
#define HTTP_TIMEOUT_MS		60000
#define HTTP_BODY_BYTES		(1024 * 1024)
#define HTTP_HEADER_BYTES	(64 * 1024)	/* of an answer */

struct http {
	struct loop		*loop;
	CURLM			*multi;		/* NULL: a stub answers */
	struct loop_timer	 alarm;		/* libcurl's one timer */
	CURL			**idle;		/* handles that wait for their next call */
	size_t			 idle_count, idle_cap;
	char			*ca_file, *user_agent;
	unsigned		 max_connections, max_host_connections;
	unsigned		 long_polls;	/* with libcurl now */
	http_stub_fn		 stub;
	void			*stub_arg;
	struct http_counters	 counters;
};

/* A socket of libcurl's that the loop watches. */
struct http_socket {
	struct http	*http;
	struct event	 event;
	int		 watched;	/* CURL_POLL_IN and so on */
};

/* ---- what libcurl calls: bookkeeping alone, nobody else's code runs from here ---- */

static int
http_want_timer(CURLM *multi, long timeout_ms, void *arg)
{
	struct http *http = arg;

	(void)multi;
	if (timeout_ms < 0)
		loop_timer_stop(&http->alarm);
	else
		loop_timer_set(&http->alarm, timeout_ms);
	return 0;
}

static void	http_on_event(evutil_socket_t, short, void *);

/* When libcurl takes its hands off, the number may name another socket at once. */
static int
http_want_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *socket_arg)
{
	struct http *http = arg;
	struct http_socket *s = socket_arg;
	short events = (short)((what & CURL_POLL_IN ? EV_READ : 0) |
	    (what & CURL_POLL_OUT ? EV_WRITE : 0) | EV_PERSIST);

	(void)easy;
	if (s != NULL && s->watched == what)
		return 0;
	if (s != NULL)
		event_del(&s->event);
	if (what == CURL_POLL_REMOVE) {
		free(s);
		return 0;
	}
	if (s == NULL) {
		s = mem_alloc(1, sizeof(*s));
		s->http = http;
		curl_multi_assign(http->multi, fd, s);
	}
	s->watched = what;
	event_assign(&s->event, loop_event_base(http->loop), fd, events, http_on_event, s);
	event_add(&s->event, NULL);
	return 0;
}

curl_socket_t
http_open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct http_call *call = arg;

	(void)purpose;
	if (call->plain && !http_reach_allows(call->reach, &address->addr)) {
		call->refused = true;
		return CURL_SOCKET_BAD;
	}
	call->http->counters.connections++;
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* Those that mostly wait take none of the connections that all others share. */
static void
http_set_most(struct http *http)
{
	long all = (long)(http->max_connections + http->long_polls);

	curl_multi_setopt(http->multi, CURLMOPT_MAXCONNECTS, all);
	curl_multi_setopt(http->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, all);
	curl_multi_setopt(http->multi, CURLMOPT_MAX_HOST_CONNECTIONS,
	    (long)(http->max_host_connections + http->long_polls));
}

/* Takes the handle back from libcurl. Its connection stays, if the transfer was complete. */
static void
http_leave(struct http_call *call)
{
	struct http *http = call->http;

	if (!call->flying)
		return;
	call->flying = false;
	http->counters.in_flight--;
	if (call->easy == NULL)
		return;
	curl_multi_remove_handle(http->multi, call->easy);
	if (call->is_long_poll) {
		http->long_polls--;
		http_set_most(http);
	}
	http->idle = mem_grow(http->idle, http->idle_count, &http->idle_cap, sizeof(*http->idle));
	http->idle[http->idle_count++] = call->easy;
	call->easy = NULL;
}

/* The answer or the error stands. */
static void
http_land(struct http_call *call)
{
	http_leave(call);
	call->answered = true;
	loop_timer_set(&call->timer, 0);
}

/* libcurl has ended transfers: its messages are gone once their handles are removed. */
static void
http_drive(struct http *http, curl_socket_t fd, int what)
{
	struct http_call *call;
	int running, left;
	CURLMcode status = curl_multi_socket_action(http->multi, fd, what, &running);
	CURLMsg *message;

	assert(status == CURLM_OK);
	while ((message = curl_multi_info_read(http->multi, &left)) != NULL) {
		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &call);
		http_answer_end(call, message->data.result);
		http_land(call);
	}
}

static void
http_on_event(evutil_socket_t fd, short what, void *arg)
{
	struct http_socket *s = arg;	/* may be gone when libcurl returns */

	http_drive(s->http, fd, (what & EV_READ ? CURL_CSELECT_IN : 0) |
	    (what & EV_WRITE ? CURL_CSELECT_OUT : 0));
}

static void
http_on_alarm(void *arg)
{
	http_drive(arg, CURL_SOCKET_TIMEOUT, 0);
}

static void
http_call_free(struct http_call *call)
{
	loop_timer_stop(&call->timer);
	if (call->sent != NULL)
		explicit_bzero(call->sent, call->sent_bytes);
	free(call->sent);
	buf_wipe(&call->headers);
	buf_wipe(&call->body);
	free(call);
}

/* A stub's time on the wire is what it asked for; libcurl's was measured. */
static void
http_finish(struct http_call *call)
{
	struct http_reply *reply = &call->reply;

	reply->headers = buf_text(&call->headers);
	reply->headers_len = call->headers.len;
	reply->body = buf_text(&call->body);
	reply->body_len = call->body.len;
	reply->received_wall_ms = loop_wall_ms(call->http->loop);
	reply->sent_wall_ms = reply->received_wall_ms - reply->duration_ms;
	if (call->err.kind != ERR_NONE)
		call->done(call->arg, NULL, &call->err);
	else
		call->done(call->arg, reply, NULL);
	http_call_free(call);
}

static void
http_on_timer(void *arg)
{
	struct http_call *call = arg;

	if (!call->answered)
		err_set(&call->err, ERR_TIMEOUT, "%s: no answer within %" PRId64 " ms", call->host,
		    call->timeout_ms);
	http_leave(call);
	http_finish(call);
}

void
http_cancel(struct http_call *call)
{
	http_leave(call);
	http_call_free(call);
}

static void
http_fly(struct http_call *call, const struct http_request *request)
{
	struct http *http = call->http;
	CURLMcode status;

	call->easy = http->idle_count > 0 ? http->idle[--http->idle_count] :
	    http_request_easy(http->ca_file, http->user_agent);
	http_request_set(call, request);
	if (call->is_long_poll) {
		http->long_polls++;
		http_set_most(http);
	}
	status = curl_multi_add_handle(http->multi, call->easy);
	assert(status == CURLM_OK);
}

/* The stub's answer is copied now and arrives when it said. */
static void
http_ask_stub(struct http_call *call, const struct http_request *request)
{
	struct http_reply reply = { .status = 0 };
	struct err err = { .kind = ERR_NONE };
	int64_t delay_ms = 0;
	int answer = call->http->stub(call->http->stub_arg, request, &reply, &delay_ms, &err);

	if (answer > 0 || delay_ms >= call->timeout_ms)
		return;
	call->answered = true;
	call->reply.status = reply.status;
	call->reply.duration_ms = delay_ms;
	buf_add(&call->headers, reply.headers, reply.headers_len);
	buf_add(&call->body, reply.body, reply.body_len);
	if (answer < 0)
		call->err = err;
	else if (call->headers.overflowed || call->body.overflowed)
		http_answer_end(call, CURLE_FILESIZE_EXCEEDED);
	loop_timer_set(&call->timer, delay_ms);
}

struct http_call *
http_send(struct http *http, const struct http_request *request, http_done_fn done, void *arg)
{
	struct http_call *call = mem_alloc(1, sizeof(*call));

	call->http = http;
	call->done = done;
	call->arg = arg;
	call->reach = request->reach;
	call->is_long_poll = request->is_long_poll;
	call->timeout_ms = request->timeout_ms > 0 ? request->timeout_ms : HTTP_TIMEOUT_MS;
	buf_init(&call->headers, HTTP_HEADER_BYTES);
	buf_init(&call->body, request->max_body_bytes > 0 ? request->max_body_bytes : HTTP_BODY_BYTES);
	call->flying = true;
	http->counters.calls++;
	http->counters.in_flight++;
	/* libcurl's own clock for a transfer stands still while it waits for a free connection. */
	loop_timer_init(&call->timer, http->loop, http_on_timer, call);
	loop_timer_set(&call->timer, call->timeout_ms);
	if (http_request_check(call, request) < 0)
		http_land(call);
	else if (http->stub != NULL)
		http_ask_stub(call, request);
	else
		http_fly(call, request);
	return call;
}

/* ---- the client ---- */

static void
http_start_curl(void)
{
	CURLcode status = curl_global_init(CURL_GLOBAL_DEFAULT);

	assert(status == CURLE_OK);
}

/* Where the systems that we know keep the bundle; libcurl knows it better, where it says so. */
static const char *
http_system_ca_file(void)
{
	static const char *const files[] = {
		"/etc/ssl/certs/ca-certificates.crt",	/* Debian, Ubuntu, Arch */
		"/etc/pki/tls/certs/ca-bundle.crt",	/* Fedora, RHEL */
		"/etc/ssl/ca-bundle.pem",		/* SUSE */
		"/etc/ssl/cert.pem",			/* Alpine */
	};
	const curl_version_info_data *info = curl_version_info(CURLVERSION_NOW);

	if (info->age >= CURLVERSION_SEVENTH && info->cainfo != NULL && access(info->cainfo, R_OK) == 0)
		return info->cainfo;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (access(files[i], R_OK) == 0)
			return files[i];
	return files[0];	/* each https call will say that it cannot be read */
}

static void
http_start_multi(struct http *http, const struct http_options *options)
{
	http->max_connections = options->max_connections ? options->max_connections :
	    HTTP_CONNECTIONS;
	http->max_host_connections = options->max_host_connections ? options->max_host_connections :
	    HTTP_HOST_CONNECTIONS;
	http->multi = curl_multi_init();
	assert(http->multi != NULL);
	curl_multi_setopt(http->multi, CURLMOPT_SOCKETFUNCTION, http_want_socket);
	curl_multi_setopt(http->multi, CURLMOPT_SOCKETDATA, http);
	curl_multi_setopt(http->multi, CURLMOPT_TIMERFUNCTION, http_want_timer);
	curl_multi_setopt(http->multi, CURLMOPT_TIMERDATA, http);
	curl_multi_setopt(http->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
	http_set_most(http);
}

struct http *
http_new(struct loop *loop, const struct http_options *options)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct http *http = mem_alloc(1, sizeof(*http));

	assert(loop_event_base(loop) != NULL);
	pthread_once(&once, http_start_curl);
	http->loop = loop;
	http->ca_file = mem_strdup(options->ca_file ? options->ca_file : http_system_ca_file());
	http->user_agent = mem_strdup(options->user_agent);
	loop_timer_init(&http->alarm, loop, http_on_alarm, http);
	http_start_multi(http, options);
	return http;
}

struct http *
http_new_stub(struct loop *loop, http_stub_fn stub, void *arg)
{
	struct http *http = mem_alloc(1, sizeof(*http));

	assert(stub != NULL);
	http->loop = loop;
	http->stub = stub;
	http->stub_arg = arg;
	loop_timer_init(&http->alarm, loop, http_on_alarm, http);
	return http;
}

/* Closing the kept connections calls back for their sockets, and may set the alarm. */
void
http_free(struct http *http)
{
	if (http == NULL)
		return;
	assert(http->counters.in_flight == 0);
	while (http->idle_count > 0)
		curl_easy_cleanup(http->idle[--http->idle_count]);
	if (http->multi != NULL)
		curl_multi_cleanup(http->multi);
	loop_timer_stop(&http->alarm);
	free(http->idle);
	free(http->ca_file);
	free(http->user_agent);
	free(http);
}

const struct http_counters *
http_counters(const struct http *http)
{
	return &http->counters;
}

