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
 * says, then takes the status. Codes are cut at ':' and behind '#'. Returns -1.
 */
int	aws_error_read(enum aws_op, const struct http_reply *, struct err *);

/* The kind of a sanitised code; `message` tells a denial by a service control policy apart. */
enum err_kind	aws_error_kind(const char *code, const char *message, int status);

#endif
