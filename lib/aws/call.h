/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One call to AWS with ready keys: paced by a token bucket per account, region and quota, bounded
 * by a global cap of calls in flight, signed at every attempt, retried as AWS's standard mode says
 * (3 attempts, full jitter, retry quota per account and region), read by the rules of its
 * protocol. States: TOKENS -> PLACE -> FLIGHT -> (BACKOFF -> TOKENS) -> ENDED; each has a timer,
 * and the whole a deadline. A wrong clock of ours is found out and corrected on the way; expired
 * and rejected keys are only reported.
 */
#ifndef TRAILSEAL_AWS_CALL_H
#define TRAILSEAL_AWS_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aws/credentials.h"
#include "aws/endpoint.h"
#include "aws/op.h"
#include "aws/tally.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "loop/http.h"
#include "loop/loop.h"
#include "wire/json.h"
#include "wire/xml.h"

struct aws;		/* the client: endpoints, buckets, clock offset, signer, counters */
struct aws_call;

struct aws_options {
	struct aws_endpoint_options	 endpoints;	/* moved into the client */
	unsigned			 max_in_flight;	/* 0: 64; one account has a quarter at most; long
							 * polls are not among them */
	unsigned			 max_attempts;	/* 0: 3 */
	int64_t				 attempt_timeout_ms;	/* 0: 20 s */
	int64_t				 deadline_ms;	/* of a call, waiting included; 0: 5 min */
	double				 quota_share;	/* of AWS's limits that we use; 0: 0.5 */
};

struct aws	*aws_new(struct loop *, struct http *, struct aws_options *);
void		 aws_free(struct aws *);	/* all calls must have ended */

struct aws_request {
	enum aws_op			 op;
	const char			*account;	/* whose limits it counts against; "" when not known */
	const char			*role_account;	/* that of the role which is assumed: its history
							 * shows the call, too; NULL for all else */
	const char			*region;
	struct aws_credentials		*credentials;	/* held by the call; NULL for unsigned operations */
	const char			*body;		/* JSON text or form; copied; NULL: "{}" or "" by protocol.
							 * Query forms come without Action and Version. */
	const char			*bucket;	/* S3, and there always */
	const char			*query;		/* S3: "policy" */
	const char			*bucket_owner;	/* S3: x-amz-expected-bucket-owner, or NULL */
};

struct aws_reply {
	enum aws_op		 op;
	int			 status;
	char			 request_id[80];	/* "" when the answer carried none */
	const struct json	*json;		/* of JSON protocols, on success */
	const struct xml	*xml;		/* of XML answers, on success: the root element */
	const char		*body;		/* as received */
	size_t			 body_len;
	char			 bucket_region[32];	/* S3: x-amz-bucket-region, also on 301 and 403 */
	int64_t			 received_wall_ms;	/* AWS's time: our clock plus the correction */
	struct arena		*arena;		/* the trees' memory: gone when `done` returns */
};

/*
 * Runs exactly once, last, in a later turn than the start; not after a cancel. Success: `err` is
 * NULL. Failure: `err` says why, and `reply` is the answer that said so or NULL when there was
 * none.
 */
typedef void (*aws_done_fn)(void *arg, const struct aws_reply *reply, const struct err *err);

struct aws_call	*aws_call_start(struct aws *, const struct aws_request *, aws_done_fn, void *arg);
void		 aws_call_cancel(struct aws_call *);

/* Whether an endpoint override serves this service: emulators lack some operations. */
bool	aws_is_overridden(const struct aws *, enum aws_service);

struct loop	*aws_loop(struct aws *);
struct http	*aws_http(struct aws *);

/* Our wall clock corrected by what AWS's answers said. */
int64_t	aws_wall_ms(const struct aws *);

/* How long attempts took that were answered: each counts in the first row that it is within. */
#define AWS_DURATIONS	9

struct aws_durations {
	uint64_t	count[AWS_DURATIONS];
	uint64_t	sum_ms;
};

int64_t	aws_duration_within_ms(unsigned row);	/* INT64_MAX: of the last one */

struct aws_counters {
	uint64_t	calls[AWS_OPS];		/* attempts sent */
	uint64_t	outcomes[AWS_OPS][ERR_KINDS];	/* attempts that ended, ERR_NONE: well */
	struct aws_durations durations[AWS_OPS];
	uint64_t	failures[AWS_OPS];	/* calls that ended with an error */
	uint64_t	throttles[AWS_OPS];
	uint64_t	retries;
	unsigned	waiting, in_flight;	/* now: for a token, a place or the
						 * end of a pause; on the wire */
};
const struct aws_counters	*aws_counters(const struct aws *);

/*
 * Attempts sent per account whose history shows them: the first row; go on with ->hh.next. NULL:
 * none. That of "" stands for the account of ambient credentials where it is not known.
 */
const struct tally	*aws_tallies(const struct aws *);

/* The largest part of AWS's limit that calls of one second used, in any account and region, over
 * the last one to two minutes. More than 1: AWS throttles. */
double	aws_quota_peak(const struct aws *, enum aws_quota);

#endif
