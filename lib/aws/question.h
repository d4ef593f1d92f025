/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes a question to AWS as a signed HTTP request. The texts of the request live in a composer
 * that is used again for every call, so that nothing is allocated for one once it has grown; what
 * held secrets is wiped by question_done().
 */
#ifndef TRAILSEAL_AWS_QUESTION_H
#define TRAILSEAL_AWS_QUESTION_H

#include <stddef.h>
#include <stdint.h>

#include "aws/credentials.h"
#include "aws/endpoint.h"
#include "aws/op.h"
#include "base/crypto.h"
#include "loop/http.h"

struct composer;

struct composer	*composer_new(void);
void		 composer_free(struct composer *);

struct question {
	enum aws_op			 op;
	const struct aws_credentials	*credentials;	/* NULL for unsigned operations */
	const char			*bucket, *query, *bucket_owner;	/* of S3, else NULL */
	const char			*body;		/* whole, as it is sent; "" when there is none */
	size_t				 body_len;
	const char			*payload_hash;	/* of the body */
};

/* The body of an operation: what its protocol wants around `given` (which may be NULL). */
void	question_add_body(enum aws_op, const char *given, struct buf *out);

/*
 * Signs for that time. The request's texts are the composer's until the next question; caps and
 * timeouts are the caller's to set.
 */
void	question_write(struct composer *, const struct question *, const struct aws_endpoint *,
	    int64_t wall_ms, struct http_request *ret);

/* The request has been handed on: wipes its texts. */
void	question_done(struct composer *);

#endif
