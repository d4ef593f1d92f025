/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The HTTP client; see http.h. Here a call flies: libcurl drives it, an event or a timer of the
 * loop drives libcurl. Whatever ends a call copies the result, takes the handle away from libcurl
 * and sets the call's timer to zero, so that `done` runs in a turn of its own.
 */
#include "loop/http.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <curl/curl.h>
#include <event2/event.h>
#include <event2/event_struct.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "loop/http_reach.h"

#define HTTP_CONNECTIONS	64
#define HTTP_HOST_CONNECTIONS	16
#define HTTP_CONNECT_MS		10000
#define HTTP_TIMEOUT_MS		60000
#define HTTP_BODY_BYTES		(1024 * 1024)
#define HTTP_HEADER_BYTES	(64 * 1024)	/* of an answer */
#define HTTP_CONNECTION_LIFE_S	600		/* then its host's address is looked up anew */

struct http {
	struct loop		*loop;
	CURLM			*multi;		/* NULL: a stub answers */
	struct loop_timer	 alarm;		/* libcurl's one timer */
	CURL			**idle;		/* handles that wait for their next call */
	size_t			 idle_count, idle_cap;
	char			*ca_file, *user_agent;
	http_stub_fn		 stub;
	void			*stub_arg;
	struct http_counters	 counters;
};

struct http_call {
	struct http		*http;
	CURL			*easy;		/* NULL: not, or no longer, with libcurl */
	bool			 ended;
	http_done_fn		 done;
	void			*arg;
	struct loop_timer	 timer;		/* the deadline, and when ended the turn of `done` */
	int64_t			 timeout_ms;
	enum http_reach		 reach;
	bool			 plain;		/* http, not https */
	bool			 refused;	/* an address that may not be reached */
	bool			 headers_end;	/* of the final answer: what follows are trailers */
	char			 host[128];	/* and port, for error texts */
	void			*sent;		/* our copy of the request: list, headers and body */
	size_t			 sent_bytes;
	struct curl_slist	*sent_headers;
	const char		*sent_body;
	struct buf		 headers, body;	/* received */
	struct http_reply	 reply;
	struct err		 err;
	char			 why[CURL_ERROR_SIZE];
};

/* A socket of libcurl's that the loop watches. */
struct http_socket {
	struct http	*http;
	struct event	 event;
	int		 watched;	/* CURL_POLL_IN and so on */
};

/* What all transfers have in common. */
static const struct http_setting {
	CURLoption	option;
	long		value;
} http_settings[] = {
	{ CURLOPT_NOSIGNAL, 1 },
	{ CURLOPT_FOLLOWLOCATION, 0 },
	{ CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1 },
	{ CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2 },
	{ CURLOPT_SSL_VERIFYPEER, 1 },
	{ CURLOPT_SSL_VERIFYHOST, 2 },
	{ CURLOPT_TCP_NODELAY, 1 },
	{ CURLOPT_PATH_AS_IS, 1 },		/* the path was signed as it stands */
	{ CURLOPT_DISALLOW_USERNAME_IN_URL, 1 },
	{ CURLOPT_SUPPRESS_CONNECT_HEADERS, 1 },
#if LIBCURL_VERSION_NUM >= 0x075000
	{ CURLOPT_MAXLIFETIME_CONN, HTTP_CONNECTION_LIFE_S },
#endif
};

static const struct http_method {
	const char	*name;
	CURLoption	 option;
	const char	*custom;
} http_methods[] = {
	{ "GET",  CURLOPT_HTTPGET, NULL },
	{ "HEAD", CURLOPT_NOBODY,  NULL },
	{ "POST", CURLOPT_POST,    NULL },
	{ "PUT",  CURLOPT_POST,    "PUT" },	/* CURLOPT_UPLOAD would want a read function */
};

/* Headers that libcurl would add by itself: without a value they are left out. */
static char http_no_accept[] = "Accept:", http_no_expect[] = "Expect:", http_no_type[] = "Content-Type:";
static struct curl_slist http_unsent[] = {
	{ http_no_accept, &http_unsent[1] },
	{ http_no_expect, &http_unsent[2] },
	{ http_no_type,   NULL },
};

/* libcurl's own texts are used for TLS only: others may hold an URL. */
static const struct http_failure {
	CURLcode	 code;
	enum err_kind	 kind;
	const char	*text;		/* NULL: libcurl's */
} http_failures[] = {
	{ CURLE_COULDNT_RESOLVE_HOST,		ERR_NETWORK,	"its name cannot be resolved" },
	{ CURLE_COULDNT_RESOLVE_PROXY,		ERR_NETWORK,	"its proxy's name cannot be resolved" },
	{ CURLE_COULDNT_CONNECT,		ERR_NETWORK,	"cannot connect" },
	{ CURLE_GOT_NOTHING,			ERR_NETWORK,	"closed the connection without an answer" },
	{ CURLE_PARTIAL_FILE,			ERR_NETWORK,	"cut its answer short" },
	{ CURLE_SEND_ERROR,			ERR_NETWORK,	"the connection broke while sending" },
	{ CURLE_RECV_ERROR,			ERR_NETWORK,	"the connection broke while receiving" },
	{ CURLE_OPERATION_TIMEDOUT,		ERR_TIMEOUT,	"no connection in time" },
	{ CURLE_SSL_CONNECT_ERROR,		ERR_TLS,	NULL },
	{ CURLE_PEER_FAILED_VERIFICATION,	ERR_TLS,	NULL },
	{ CURLE_SSL_CACERT_BADFILE,		ERR_TLS,	NULL },
	{ CURLE_SSL_CIPHER,			ERR_TLS,	NULL },
	{ CURLE_SSL_ISSUER_ERROR,		ERR_TLS,	NULL },
	{ CURLE_SSL_ENGINE_INITFAILED,		ERR_TLS,	NULL },
	{ CURLE_USE_SSL_FAILED,			ERR_TLS,	NULL },
	{ CURLE_FILESIZE_EXCEEDED,		ERR_TOO_LARGE,	"its answer is too large" },
	{ CURLE_OUT_OF_MEMORY,			ERR_TOO_LARGE,	"a line of its answer is too large" },
	{ CURLE_UNSUPPORTED_PROTOCOL,		ERR_MALFORMED,	"its answer is not HTTP" },
	{ CURLE_WEIRD_SERVER_REPLY,		ERR_MALFORMED,	"its answer is not HTTP" },
	{ CURLE_BAD_CONTENT_ENCODING,		ERR_MALFORMED,	"its answer has an unknown encoding" },
	{ CURLE_WRITE_ERROR,			ERR_MALFORMED,	"its answer is not HTTP" },
	{ CURLE_URL_MALFORMAT,			ERR_CONFIG,	"not a usable URL" },
};

static void	http_on_timer(void *);

/* ---- what libcurl calls: none of these may run anything of ours but bookkeeping ---- */

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

static curl_socket_t
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

/* Interim answers (1xx) have headers of their own, which are forgotten with the next status. */
static size_t
http_take_header(char *data, size_t size, size_t count, void *arg)
{
	struct http_call *call = arg;
	size_t len = size * count, line = len;

	while (line > 0 && (data[line - 1] == '\n' || data[line - 1] == '\r'))
		line--;
	if (call->headers_end)
		return len;
	if (line >= 12 && memcmp(data, "HTTP/", 5) == 0) {
		const char *blank = memchr(data, ' ', line);

		buf_reset(&call->headers);
		call->reply.status = blank != NULL ? atoi(blank) : 0;
	} else if (line == 0) {
		call->headers_end = call->reply.status >= 200;
	} else {
		buf_add(&call->headers, data, line);
		buf_add(&call->headers, "\r\n", 2);
	}
	return call->headers.overflowed ? 0 : len;
}

static size_t
http_take_body(char *data, size_t size, size_t count, void *arg)
{
	struct http_call *call = arg;

	buf_add(&call->body, data, size * count);
	return call->body.overflowed ? 0 : size * count;
}

/* ---- the end of a call ---- */

/* A connection that broke during the handshake says nothing about TLS: OpenSSL saw no error. */
static bool
http_broke_in_handshake(const struct http_call *call, CURLcode code)
{
	return code == CURLE_SSL_CONNECT_ERROR && (strstr(call->why, "error:") == NULL ||
	    strstr(call->why, "unexpected eof") != NULL);
}

static int
http_fail(struct http_call *call, CURLcode code)
{
	const struct http_failure *row = http_failures;
	long number = 0;

	if (call->refused)
		return err_set(&call->err, ERR_CONFIG, "%s: plain http may not reach its address",
		    call->host);
	if (call->body.overflowed || call->headers.overflowed)
		code = CURLE_FILESIZE_EXCEEDED;
	if (http_broke_in_handshake(call, code))
		code = CURLE_GOT_NOTHING;
	while (row < http_failures + sizeof(http_failures) / sizeof(http_failures[0]) && row->code != code)
		row++;
	if (row == http_failures + sizeof(http_failures) / sizeof(http_failures[0]))
		return err_set(&call->err, ERR_NETWORK, "%s: the transfer failed (libcurl's error %d)",
		    call->host, (int)code);
	if (row->text == NULL)
		return err_set(&call->err, row->kind, "%s: %s", call->host, call->why);
	curl_easy_getinfo(call->easy, CURLINFO_OS_ERRNO, &number);
	if (row->kind == ERR_NETWORK && number != 0)
		return err_set(&call->err, row->kind, "%s: %s: %s", call->host, row->text,
		    strerror((int)number));
	return err_set(&call->err, row->kind, "%s: %s", call->host, row->text);
}

/* The time on the wire alone: waiting for a connection does not count. */
static void
http_measure(struct http_call *call)
{
	curl_off_t total_us = 0, before_us = 0;

	curl_easy_getinfo(call->easy, CURLINFO_TOTAL_TIME_T, &total_us);
	curl_easy_getinfo(call->easy, CURLINFO_PRETRANSFER_TIME_T, &before_us);
	call->reply.duration_ms = (total_us - before_us) / 1000;
}

/* Takes the handle back from libcurl. Its connection stays, if the transfer was complete. */
static void
http_leave(struct http_call *call)
{
	struct http *http = call->http;

	http->counters.in_flight--;
	if (call->easy == NULL)
		return;
	curl_multi_remove_handle(http->multi, call->easy);
	http->idle = mem_grow(http->idle, http->idle_count, &http->idle_cap, sizeof(*http->idle));
	http->idle[http->idle_count++] = call->easy;
	call->easy = NULL;
}

static void
http_end(struct http_call *call)
{
	http_leave(call);
	call->ended = true;
	loop_timer_set(&call->timer, 0);
}

/* For libcurl a header that was cut short is a whole answer without a body. */
static void
http_land(struct http_call *call, CURLcode code)
{
	if (code == CURLE_OK && !call->headers_end)
		code = CURLE_PARTIAL_FILE;
	if (code == CURLE_OK)
		http_measure(call);
	else
		http_fail(call, code);
	http_end(call);
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
		http_land(call, message->data.result);
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

	if (!call->ended) {
		err_set(&call->err, ERR_TIMEOUT, "%s: no answer within %" PRId64 " ms", call->host,
		    call->timeout_ms);
		http_leave(call);
		call->ended = true;
	}
	http_finish(call);
}

void
http_cancel(struct http_call *call)
{
	if (!call->ended)
		http_leave(call);
	http_call_free(call);
}

/* ---- the start of a call ---- */

/* Nothing is formatted here: a header that could end its line is refused. */
static bool
http_header_is_good(const char *header)
{
	const char *colon = strchr(header, ':');

	return colon != NULL && colon > header && header[strcspn(header, "\r\n")] == '\0' &&
	    colon[1 + strspn(colon + 1, " \t")] != '\0';
}

/* One block: the list's nodes, the header lines, the body. */
static void
http_copy_request(struct http_call *call, const struct http_request *request)
{
	struct curl_slist *nodes;
	char *text;

	call->sent_bytes = request->header_count * sizeof(*nodes) + request->body_len;
	for (size_t i = 0; i < request->header_count; i++)
		call->sent_bytes += strlen(request->headers[i]) + 1;
	call->sent = nodes = mem_alloc(call->sent_bytes, 1);
	text = (char *)(nodes + request->header_count);
	for (size_t i = 0; i < request->header_count; i++) {
		nodes[i].data = text;
		nodes[i].next = i + 1 < request->header_count ? &nodes[i + 1] : http_unsent;
		text = stpcpy(text, request->headers[i]) + 1;
	}
	call->sent_headers = request->header_count > 0 ? nodes : http_unsent;
	call->sent_body = text;
	if (request->body_len > 0)
		memcpy(text, request->body, request->body_len);
}

/* Scheme and host of the URL; libcurl reads the rest. */
static int
http_read_url(struct http_call *call, const char *url)
{
	size_t scheme = strcspn(url, ":"), len;
	const char *host;

	call->plain = scheme == 4 && strncasecmp(url, "http", 4) == 0;
	if ((!call->plain && (scheme != 5 || strncasecmp(url, "https", 5) != 0)) ||
	    strncmp(url + scheme, "://", 3) != 0)
		return err_set(&call->err, ERR_CONFIG, "an URL that is neither http nor https");
	host = url + scheme + 3;
	len = strcspn(host, "/?#");
	if (len == 0 || memchr(host, '@', len) != NULL)
		return err_set(&call->err, ERR_CONFIG, "an URL without a host, or with a user's name");
	text_clean(call->host, sizeof(call->host), host, len);
	if (call->plain && call->reach == HTTP_REACH_TLS)
		return err_set(&call->err, ERR_CONFIG, "%s: plain http is refused, use https",
		    call->host);
	return 0;
}

static int
http_check_headers(struct http_call *call, const struct http_request *request)
{
	for (size_t i = 0; i < request->header_count; i++)
		if (!http_header_is_good(request->headers[i]))
			return err_set(&call->err, ERR_CONFIG, "%s: a header without a value, or with a "
			    "line break in it", call->host);
	return 0;
}

static const struct http_method *
http_method(const char *name)
{
	const struct http_method *method = http_methods;

	while (strcmp(method->name, name) != 0) {
		method++;
		assert(method < http_methods + sizeof(http_methods) / sizeof(http_methods[0]));
	}
	return method;
}

#define http_set(easy, option, value) do { \
	CURLcode http_set_code = curl_easy_setopt(easy, option, value); \
	assert(http_set_code == CURLE_OK); \
} while (0)

/* What never changes for a handle. */
static CURL *
http_easy_new(const struct http *http)
{
	CURL *easy = curl_easy_init();

	assert(easy != NULL);
	for (size_t i = 0; i < sizeof(http_settings) / sizeof(http_settings[0]); i++)
		http_set(easy, http_settings[i].option, http_settings[i].value);
	http_set(easy, CURLOPT_CAINFO, http->ca_file);
	/* A folder of certificates makes each new connection twenty times as dear. */
	http_set(easy, CURLOPT_CAPATH, NULL);
	http_set(easy, CURLOPT_USERAGENT, http->user_agent);
	http_set(easy, CURLOPT_HEADERFUNCTION, http_take_header);
	http_set(easy, CURLOPT_WRITEFUNCTION, http_take_body);
	http_set(easy, CURLOPT_OPENSOCKETFUNCTION, http_open_socket);
	return easy;
}

static void
http_set_protocols(CURL *easy, bool plain)
{
#if LIBCURL_VERSION_NUM >= 0x075500
	http_set(easy, CURLOPT_PROTOCOLS_STR, plain ? "http" : "https");
#else
	http_set(easy, CURLOPT_PROTOCOLS, (long)(plain ? CURLPROTO_HTTP : CURLPROTO_HTTPS));
#endif
}

/*
 * A proxy would be reached in place of the address that was checked. The connection of a call
 * that may reach more than others is not left for them to find.
 */
static void
http_set_reach(struct http_call *call)
{
	bool direct = call->plain || call->reach == HTTP_REACH_METADATA;
	bool alone = call->plain && call->reach == HTTP_REACH_METADATA;

	http_set_protocols(call->easy, call->plain);
	http_set(call->easy, CURLOPT_PROXY, direct ? "" : NULL);
	http_set(call->easy, CURLOPT_FORBID_REUSE, (long)alone);
}

static void
http_set_request(struct http_call *call, const struct http_request *request)
{
	const struct http_method *method = http_method(request->method);
	int64_t connect_ms = request->connect_timeout_ms > 0 ? request->connect_timeout_ms :
	    HTTP_CONNECT_MS;
	CURL *easy = call->easy;

	assert(request->body_len == 0 || method->option == CURLOPT_POST);
	http_set(easy, CURLOPT_HTTPGET, 1L);	/* undoes what the handle's last call was */
	http_set(easy, method->option, 1L);
	http_set(easy, CURLOPT_CUSTOMREQUEST, method->custom);
	if (method->option == CURLOPT_POST) {
		http_set(easy, CURLOPT_POSTFIELDS, call->sent_body);
		http_set(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_len);
	}
	http_set(easy, CURLOPT_URL, request->url);
	http_set(easy, CURLOPT_HTTPHEADER, call->sent_headers);
	http_set(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)connect_ms);
	/* A HEAD's answer tells a length that does not come. */
	http_set(easy, CURLOPT_MAXFILESIZE_LARGE, method->option == CURLOPT_NOBODY ? (curl_off_t)0 :
	    (curl_off_t)call->body.max_bytes);
}

static void
http_fly(struct http_call *call, const struct http_request *request)
{
	struct http *http = call->http;
	CURLMcode status;

	http_copy_request(call, request);
	call->easy = http->idle_count > 0 ? http->idle[--http->idle_count] : http_easy_new(http);
	http_set(call->easy, CURLOPT_ERRORBUFFER, call->why);
	http_set(call->easy, CURLOPT_PRIVATE, call);
	http_set(call->easy, CURLOPT_HEADERDATA, call);
	http_set(call->easy, CURLOPT_WRITEDATA, call);
	http_set(call->easy, CURLOPT_OPENSOCKETDATA, call);
	http_set_reach(call);
	http_set_request(call, request);
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
	call->ended = true;
	call->http->counters.in_flight--;
	call->reply.status = reply.status;
	call->reply.duration_ms = delay_ms;
	buf_add(&call->headers, reply.headers, reply.headers_len);
	buf_add(&call->body, reply.body, reply.body_len);
	if (answer < 0)
		call->err = err;
	else if (call->headers.overflowed || call->body.overflowed)
		http_fail(call, CURLE_FILESIZE_EXCEEDED);
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
	call->timeout_ms = request->timeout_ms > 0 ? request->timeout_ms : HTTP_TIMEOUT_MS;
	buf_init(&call->headers, HTTP_HEADER_BYTES);
	buf_init(&call->body, request->max_body_bytes > 0 ? request->max_body_bytes : HTTP_BODY_BYTES);
	http->counters.calls++;
	http->counters.in_flight++;
	/* libcurl's own clock for a transfer stands still while it waits for a free connection. */
	loop_timer_init(&call->timer, http->loop, http_on_timer, call);
	loop_timer_set(&call->timer, call->timeout_ms);
	if (http_read_url(call, request->url) < 0 || http_check_headers(call, request) < 0)
		http_end(call);
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
	unsigned all = options->max_connections ? options->max_connections : HTTP_CONNECTIONS;
	unsigned host = options->max_host_connections ? options->max_host_connections :
	    HTTP_HOST_CONNECTIONS;

	http->multi = curl_multi_init();
	assert(http->multi != NULL);
	curl_multi_setopt(http->multi, CURLMOPT_SOCKETFUNCTION, http_want_socket);
	curl_multi_setopt(http->multi, CURLMOPT_SOCKETDATA, http);
	curl_multi_setopt(http->multi, CURLMOPT_TIMERFUNCTION, http_want_timer);
	curl_multi_setopt(http->multi, CURLMOPT_TIMERDATA, http);
	curl_multi_setopt(http->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
	curl_multi_setopt(http->multi, CURLMOPT_MAXCONNECTS, (long)all);
	curl_multi_setopt(http->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)all);
	curl_multi_setopt(http->multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)host);
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

/* ---- answers ---- */

bool
http_reply_header(const struct http_reply *reply, const char *name, char *out, size_t size)
{
	const char *p = reply->headers, *end = p + reply->headers_len;
	size_t name_len = strlen(name);

	out[0] = '\0';
	while (p < end) {
		const char *stop = memchr(p, '\n', (size_t)(end - p)), *next = stop ? stop + 1 : end;

		stop = stop ? stop : end;
		if ((size_t)(stop - p) > name_len && p[name_len] == ':' &&
		    strncasecmp(p, name, name_len) == 0) {
			p += name_len + 1;
			while (p < stop && isspace((unsigned char)*p))
				p++;
			while (p < stop && isspace((unsigned char)stop[-1]))
				stop--;
			if ((size_t)(stop - p) >= size)
				return false;
			memcpy(out, p, (size_t)(stop - p));
			out[stop - p] = '\0';
			return true;
		}
		p = next;
	}
	return false;
}
