/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The HTTP client: libcurl's multi interface on the loop. Connections are pooled by host and kept;
 * TLS is always verified; redirects are never followed; every answer is capped. Plain http is
 * refused unless the request says whom it may reach, and that is checked against the address that
 * is really connected to.
 */
#ifndef TRAILSEAL_LOOP_HTTP_H
#define TRAILSEAL_LOOP_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "loop/loop.h"

struct http;
struct http_call;

struct http_options {
	const char	*ca_file;		/* PEM bundle; NULL: the system's bundle file */
	const char	*user_agent;
	unsigned	 max_connections;	/* in all; 0: 64 */
	unsigned	 max_host_connections;	/* to one host and port; 0: 16 */
};

/* Whom a request may reach. */
enum http_reach {
	HTTP_REACH_TLS = 0,		/* anybody, by https only */
	HTTP_REACH_LOOPBACK,		/* also by http, to loopback addresses */
	HTTP_REACH_METADATA,		/* also by http, to loopback and to the metadata addresses
					 * 169.254.169.254, 169.254.170.2, 169.254.170.23,
					 * fd00:ec2::254 and fd00:ec2::23; never through a proxy */
};

struct http_request {
	const char		*method;	/* GET, HEAD, POST, PUT */
	const char		*url;
	const char *const	*headers;	/* "Name: value", copied */
	size_t			 header_count;
	const char		*body;		/* copied; NULL when there is none */
	size_t			 body_len;
	int64_t			 connect_timeout_ms;	/* 0: 10 s */
	int64_t			 timeout_ms;	/* for all of it; 0: 60 s */
	size_t			 max_body_bytes;	/* 0: 1 MiB */
	enum http_reach		 reach;
	bool			 is_long_poll;	/* mostly waits: its connection comes on top of the most */
};

struct http_reply {
	int		 status;
	const char	*headers;	/* "name: value\r\n" lines of the final answer */
	size_t		 headers_len;
	const char	*body;		/* never NULL; NUL behind the last byte */
	size_t		 body_len;
	int64_t		 sent_wall_ms, received_wall_ms;
	int64_t		 duration_ms;	/* from the sending to the last byte */
};

/*
 * Runs exactly once, in a later turn than http_send(), never inside libcurl, not after a cancel.
 * Either `reply` (any status) or `err` is NULL: ERR_NETWORK, ERR_TLS, ERR_TIMEOUT, ERR_TOO_LARGE,
 * ERR_MALFORMED (not HTTP), ERR_CONFIG (an address that may not be reached). Both end with the
 * call. Error texts hold the host at most, never a path, query or header.
 */
typedef void (*http_done_fn)(void *arg, const struct http_reply *reply, const struct err *err);

struct http	*http_new(struct loop *, const struct http_options *);
void		 http_free(struct http *);	/* all calls must have ended */

struct http_call	*http_send(struct http *, const struct http_request *, http_done_fn, void *arg);
void			 http_cancel(struct http_call *);

/* Copies a header's value, trimmed, into `out`; false (and "") when absent or too long. */
bool	http_reply_header(const struct http_reply *, const char *name, char *out, size_t size);

/* The wait that its Retry-After asks for, less than a day; 0: none that makes sense. */
int64_t	http_reply_retry_after_ms(const struct http_reply *);

/*
 * The far side as a function, for tests on a virtual loop: no socket is used, and the answer
 * arrives `delay_ms` later. The stub fills `reply` (its texts stay the stub's) and returns 0, or
 * fills `err` and returns -1, or returns 1 for no answer at all (the timeout ends the call).
 */
typedef int (*http_stub_fn)(void *arg, const struct http_request *, struct http_reply *,
	    int64_t *ret_delay_ms, struct err *);
struct http	*http_new_stub(struct loop *, http_stub_fn, void *arg);

struct http_counters {
	uint64_t	calls;
	uint64_t	connections;	/* opened */
	unsigned	in_flight;
};
const struct http_counters	*http_counters(const struct http *);

#endif
