/* SPDX-License-Identifier: Apache-2.0 */
/* What comes back from an HTTP call: headers, body, or the reason why not; see http_call.h. */
#include "loop/http_call.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/stamp.h"
#include "base/text.h"

#define HTTP_RETRY_AFTER_MAX_S	INT64_C(86400)	/* a longer one is no sensible wish */

/* Interim answers (1xx) have headers of their own, which are forgotten with the next status. */
size_t
http_answer_take_header(char *data, size_t size, size_t count, void *arg)
{
	struct http_call *call = arg;
	size_t len = size * count, line = len;
	long status = 0;

	while (line > 0 && (data[line - 1] == '\n' || data[line - 1] == '\r'))
		line--;
	if (call->headers_end)
		return len;
	if (line == 0) {
		curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
		call->reply.status = (int)status;
		call->headers_end = status >= 200;
	} else if (line >= 5 && memcmp(data, "HTTP/", 5) == 0) {
		buf_reset(&call->headers);
	} else {
		buf_add(&call->headers, data, line);
		buf_add(&call->headers, "\r\n", 2);
	}
	return call->headers.overflowed ? 0 : len;
}

size_t
http_answer_take_body(char *data, size_t size, size_t count, void *arg)
{
	struct http_call *call = arg;

	buf_add(&call->body, data, size * count);
	return call->body.overflowed ? 0 : size * count;
}

/* libcurl's own texts are used for TLS only: others may hold an URL. */
static const struct http_answer_failure {
	CURLcode	 code;
	enum err_kind	 kind;
	const char	*text;		/* NULL: libcurl's */
} http_answer_failures[] = {
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

/* A connection that broke during the handshake says nothing about TLS: OpenSSL saw no error. */
static bool
http_answer_broke_in_handshake(const struct http_call *call, CURLcode code)
{
	return code == CURLE_SSL_CONNECT_ERROR && (strstr(call->why, "error:") == NULL ||
	    strstr(call->why, "unexpected eof") != NULL);
}

static int
http_answer_fail(struct http_call *call, CURLcode code)
{
	const struct http_answer_failure *row = http_answer_failures;
	long number = 0;

	if (call->refused)
		return err_set(&call->err, ERR_CONFIG, "%s: plain http may not reach its address",
		    call->host);
	if (call->body.overflowed || call->headers.overflowed)
		code = CURLE_FILESIZE_EXCEEDED;
	if (http_answer_broke_in_handshake(call, code))
		code = CURLE_GOT_NOTHING;
	while (row < http_answer_failures + sizeof(http_answer_failures) / sizeof(http_answer_failures[0]) && row->code != code)
		row++;
	if (row == http_answer_failures + sizeof(http_answer_failures) / sizeof(http_answer_failures[0]))
		return err_set(&call->err, ERR_NETWORK, "%s: the transfer failed (libcurl's error %d)",
		    call->host, (int)code);
	if (row->text == NULL)
		return err_set(&call->err, row->kind, "%s: %s", call->host, call->why);
	if (row->kind == ERR_NETWORK)
		curl_easy_getinfo(call->easy, CURLINFO_OS_ERRNO, &number);
	if (number != 0)
		return err_set(&call->err, row->kind, "%s: %s: %s", call->host, row->text,
		    strerror((int)number));
	return err_set(&call->err, row->kind, "%s: %s", call->host, row->text);
}

/* The time on the wire alone: waiting for a connection does not count. */
static void
http_answer_measure(struct http_call *call)
{
	curl_off_t total_us = 0, before_us = 0;

	curl_easy_getinfo(call->easy, CURLINFO_TOTAL_TIME_T, &total_us);
	curl_easy_getinfo(call->easy, CURLINFO_PRETRANSFER_TIME_T, &before_us);
	call->reply.duration_ms = (total_us - before_us) / 1000;
}

/* For libcurl a header that was cut short is a whole answer without a body. */
void
http_answer_end(struct http_call *call, CURLcode code)
{
	if (code == CURLE_OK && !call->headers_end)
		code = CURLE_PARTIAL_FILE;
	if (code == CURLE_OK)
		http_answer_measure(call);
	else
		http_answer_fail(call, code);
}

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

int64_t
http_reply_retry_after_ms(const struct http_reply *reply)
{
	char text[64];
	int64_t n;

	if (!http_reply_header(reply, "retry-after", text, sizeof(text)))
		return 0;
	if (text_to_i64(text, &n))
		return n > 0 && n < HTTP_RETRY_AFTER_MAX_S ? n * 1000 : 0;
	if (!stamp_parse_http(text, &n) || n <= reply->received_wall_ms)
		return 0;
	n -= reply->received_wall_ms;
	return n < HTTP_RETRY_AFTER_MAX_S * 1000 ? n : 0;
}
