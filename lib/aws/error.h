/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads AWS's error answers of every protocol and says what kind of failure a code is. Pure.
 * Always by code; the HTTP status only when an answer carries none (S3's HEAD).
 */
#ifndef TRAILSEAL_AWS_ERROR_H
#define TRAILSEAL_AWS_ERROR_H

#include "aws/op.h"
#include "base/err.h"
#include "loop/http.h"

/*
 * Fills `err` (kind, code, text) from an answer whose status is not 2xx. Looks for the code in
 * the x-amzn-errortype header, then in a JSON body, then in an XML body, whatever the content type
 * says. Codes are cut at ':' and behind '#'. Without one the status stands for it, but only where
 * AWS answers so (S3's HEAD) or where it blames the server: a 404 of some proxy must not say that
 * a key does not exist, so any other is ERR_MALFORMED. Returns -1.
 */
int	aws_error_read(enum aws_op, const struct http_reply *, struct err *);

/* The kind of a sanitised code; `message` tells a denial by a service control policy apart. */
enum err_kind	aws_error_kind(const char *code, const char *message, int status);

/* Whether a wrong clock may be behind a code. */
enum aws_clock_doubt {
	AWS_CLOCK_FINE = 0,
	AWS_CLOCK_DOUBTFUL,	/* wrong keys, or a clock that is far off */
	AWS_CLOCK_WRONG,
};
enum aws_clock_doubt	aws_error_clock_doubt(const char *code);

#endif
