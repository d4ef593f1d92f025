/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One HTTP request as it was received: strict, as whatever may be read in two ways is refused.
 * Pure: bytes in, what is asked for or the status of a refusal out.
 */
#ifndef TRAILSEAL_DAEMON_WEB_REQUEST_H
#define TRAILSEAL_DAEMON_WEB_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#define WEB_HEAD_BYTES	8192	/* request line and headers */
#define WEB_BODY_BYTES	1024	/* read, and never looked at */

enum web_status {
	WEB_OK = 0,
	WEB_BAD_REQUEST, WEB_UNAUTHORIZED, WEB_NOT_FOUND, WEB_METHOD_NOT_ALLOWED,
	WEB_BODY_TOO_LARGE, WEB_EXPECTATION_FAILED, WEB_TOO_MANY_REQUESTS, WEB_HEAD_TOO_LARGE,
	WEB_INTERNAL_ERROR, WEB_NOT_IMPLEMENTED, WEB_UNAVAILABLE, WEB_VERSION_NOT_SUPPORTED,
	WEB_STATUSES
};

int		 web_status_code(enum web_status);	/* 200 */
const char	*web_status_name(enum web_status);	/* "OK" */

/* Texts lie in the head that was read. */
struct web_request {
	bool		 is_head;	/* HEAD, else GET */
	const char	*path;		/* without query */
	const char	*authorization;	/* NULL: none was sent */
	size_t		 body_bytes;	/* that follow the head */
	bool		 keeps;		/* the connection may serve another request */
};

/*
 * Reads `len` bytes that end in an empty line; they are changed. WEB_OK, or why not: then the
 * request says nothing, and nobody knows where the next one would begin.
 */
enum web_status	web_request_read(char *head, size_t len, struct web_request *ret);

#endif
