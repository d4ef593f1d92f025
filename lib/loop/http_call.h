/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the HTTP client know of a call: http.c lets it fly, http_request.c tells
 * libcurl what to send, http_answer.c takes what comes back. For these files only.
 */
#ifndef TRAILSEAL_LOOP_HTTP_CALL_H
#define TRAILSEAL_LOOP_HTTP_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <curl/curl.h>

#include "base/buf.h"
#include "base/err.h"
#include "loop/http.h"
#include "loop/loop.h"

struct http_call {
	struct http		*http;
	CURL			*easy;		/* NULL: not, or no longer, with libcurl */
	bool			 flying;	/* counted as in flight */
	bool			 answered;	/* or failed: `err` or `reply` stands */
	http_done_fn		 done;
	void			*arg;
	struct loop_timer	 timer;		/* the deadline, and when answered the turn of `done` */
	int64_t			 timeout_ms;
	enum http_reach		 reach;
	bool			 is_long_poll;
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
	char			 why[CURL_ERROR_SIZE];	/* libcurl's text */
};

/* Reads scheme and host of the URL, and refuses what may not be sent: -1 with call->err. */
int	http_request_check(struct http_call *, const struct http_request *);

/* Keeps a copy of the request and sets the handle up for it. */
void	http_request_set(struct http_call *, const struct http_request *);

/* A handle with what never changes. */
CURL	*http_request_easy(const char *ca_file, const char *user_agent);

/* The transfer has ended: fills call->err, or measures the time on the wire. */
void	http_answer_end(struct http_call *, CURLcode);

/* libcurl's functions for what comes in; `arg` is the call. */
size_t	http_answer_take_header(char *, size_t size, size_t count, void *arg);
size_t	http_answer_take_body(char *, size_t size, size_t count, void *arg);

/* And for sockets to open; in http.c. */
curl_socket_t	http_open_socket(void *arg, curlsocktype, struct curl_sockaddr *);

#endif
