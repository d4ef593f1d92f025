/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Partitions and the URLs of AWS's services in them: plain, FIPS, dual stack, or what the
 * environment puts in their place (AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_<SERVICE>).
 */
#ifndef TRAILSEAL_AWS_ENDPOINT_H
#define TRAILSEAL_AWS_ENDPOINT_H

#include <stdbool.h>

#include "aws/op.h"
#include "base/err.h"
#include "loop/http.h"

#define AWS_HOST_MAX	320
#define AWS_URL_MAX	2048

struct aws_partition {
	const char	*name;			/* "aws" */
	const char	*dns_suffix;
	const char	*dual_stack_suffix;
	const char	*global_region;		/* where Organizations, Account and IAM live */
};

const struct aws_partition	*aws_partition_of(const char *region);	/* name_partition(); never NULL */
const struct aws_partition	*aws_partition_find(const char *name);	/* or NULL */

struct aws_endpoint_options {
	bool	 use_fips;
	bool	 use_dual_stack;
	char	*url[AWS_SERVICES];		/* ours; override per service, or NULL */
	char	*url_all;			/* ours; override for all others, or NULL */
};

/*
 * From AWS_ENDPOINT_URL[_<SERVICE>], AWS_USE_FIPS_ENDPOINT, AWS_USE_DUALSTACK_ENDPOINT. An URL
 * that is no http(s) URL is ERR_CONFIG and named.
 */
int	aws_endpoint_options_read(struct aws_endpoint_options *, struct err *);
void	aws_endpoint_options_done(struct aws_endpoint_options *);

struct aws_endpoint {
	char		 url[AWS_URL_MAX];	/* scheme, host, port and path, without a slash at the end */
	char		 host[AWS_HOST_MAX];	/* as signed: with the port unless it is the scheme's own */
	char		 path[AWS_URL_MAX];	/* of the URL: what all paths begin with, mostly "" */
	char		 signing_region[64];
	bool		 is_override;
	enum http_reach	 reach;
};

/*
 * Where to call a service for a region. Organizations and Account go to their partition's one
 * host. `bucket` is for S3 only: part of the host where its name allows, else and under overrides
 * of the path. ERR_CONFIG or ERR_MALFORMED when region or bucket is no such name.
 */
int	aws_endpoint_find(const struct aws_endpoint_options *, enum aws_service, const char *region,
	    const char *bucket, struct aws_endpoint *ret, struct err *);

#endif
