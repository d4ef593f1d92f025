/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AWS's Signature Version 4, header variant (aws-facts section 7). Our own, as libcurl's is unfit
 * before 8.3. Signing keys are cached per secret, day, region and service in a table of fixed
 * size; it is not shared between threads.
 */
#ifndef TRAILSEAL_AWS_SIGV4_H
#define TRAILSEAL_AWS_SIGV4_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aws/credentials.h"
#include "base/buf.h"

struct sigv4;	/* the cache of signing keys */

struct sigv4	*sigv4_new(void);
void		 sigv4_free(struct sigv4 *);	/* wipes */

struct sigv4_header {
	const char	*name;		/* any case */
	const char	*value;
};

struct sigv4_request {
	const char			*method;
	const char			*path;		/* as it goes over the wire, "/" at least */
	const char			*query;		/* as it goes over the wire, without '?'; may be NULL */
	const struct sigv4_header	*headers;	/* all that is signed, host among them */
	size_t				 header_count;
	const char			*payload_hash;	/* hexadecimal SHA-256 of the body */
	const char			*region, *service;
	int64_t				 wall_ms;	/* must agree with the x-amz-date header */
	bool				 is_s3;		/* path as it is: no second encoding, no dots resolved */
};

/* Adds the value of the Authorization header. Headers that SigV4 skips are skipped. */
void	sigv4_sign(struct sigv4 *, const struct aws_credentials *, const struct sigv4_request *,
	    struct buf *out);

/* The steps, for the tests against AWS's vectors. */
void	sigv4_add_canonical_request(const struct sigv4_request *, struct buf *out);

#endif
