/* SPDX-License-Identifier: Apache-2.0 */
/* What goes out with an HTTP call: libcurl's options; see http_call.h. */
#include "loop/http_call.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"

#define HTTP_CONNECT_MS		10000
#define HTTP_CONNECTION_LIFE_S	600	/* then its host's address is looked up anew */

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

/* One line with a value: libcurl takes a header without one for the wish to leave it out. */
static bool
http_request_is_header(const char *header)
{
	const char *colon = strchr(header, ':');

	return colon != NULL && colon > header && header[strcspn(header, "\r\n")] == '\0' &&
	    colon[1 + strspn(colon + 1, " \t")] != '\0';
}

/* One block: the list's nodes, the header lines, the body. */
static void
http_request_copy(struct http_call *call, const struct http_request *request)
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
http_request_read_url(struct http_call *call, const char *url)
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
	memcpy(call->host, host, len < sizeof(call->host) ? len : sizeof(call->host) - 1);
	if (call->plain && call->reach == HTTP_REACH_TLS)
		return err_set(&call->err, ERR_CONFIG, "%s: plain http is refused, use https",
		    call->host);
	return 0;
}

int
http_request_check(struct http_call *call, const struct http_request *request)
{
	if (http_request_read_url(call, request->url) < 0)
		return -1;
	for (size_t i = 0; i < request->header_count; i++)
		if (!http_request_is_header(request->headers[i]))
			return err_set(&call->err, ERR_CONFIG, "%s: a header without a value, or with a "
			    "line break in it", call->host);
	return 0;
}

static const struct http_method *
http_request_method(const char *name)
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

CURL *
http_request_easy(const char *ca_file, const char *user_agent)
{
	CURL *easy = curl_easy_init();

	assert(easy != NULL);
	for (size_t i = 0; i < sizeof(http_settings) / sizeof(http_settings[0]); i++)
		http_set(easy, http_settings[i].option, http_settings[i].value);
	http_set(easy, CURLOPT_CAINFO, ca_file);
	/* A folder of certificates makes each new connection twenty times as dear. */
	http_set(easy, CURLOPT_CAPATH, NULL);
	http_set(easy, CURLOPT_USERAGENT, user_agent);
	http_set(easy, CURLOPT_HEADERFUNCTION, http_answer_take_header);
	http_set(easy, CURLOPT_WRITEFUNCTION, http_answer_take_body);
	http_set(easy, CURLOPT_OPENSOCKETFUNCTION, http_open_socket);
	return easy;
}

static void
http_request_set_protocols(CURL *easy, bool plain)
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
http_request_set_reach(struct http_call *call)
{
	bool direct = call->plain || call->reach == HTTP_REACH_METADATA;
	bool alone = call->plain && call->reach == HTTP_REACH_METADATA;

	http_request_set_protocols(call->easy, call->plain);
	http_set(call->easy, CURLOPT_PROXY, direct ? "" : NULL);
	http_set(call->easy, CURLOPT_FORBID_REUSE, (long)alone);
}

static void
http_request_set_method(struct http_call *call, const struct http_request *request)
{
	const struct http_method *method = http_request_method(request->method);
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

void
http_request_set(struct http_call *call, const struct http_request *request)
{
	http_request_copy(call, request);
	http_set(call->easy, CURLOPT_ERRORBUFFER, call->why);
	http_set(call->easy, CURLOPT_PRIVATE, call);
	http_set(call->easy, CURLOPT_HEADERDATA, call);
	http_set(call->easy, CURLOPT_WRITEDATA, call);
	http_set(call->easy, CURLOPT_OPENSOCKETDATA, call);
	http_request_set_reach(call);
	http_request_set_method(call, request);
}
