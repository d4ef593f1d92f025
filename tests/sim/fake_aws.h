/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A far side for whole sweeps on a virtual loop: AWS as a list of answers, in the same process and
 * without sockets, so that days pass in milliseconds and any call can be made to fail. It checks
 * no signatures; tests/awssim does that.
 *
 * A case is a file of JSON lines, {"op", "account", "region", "for", "status", "headers", "body"}:
 * the answer to an operation ("kms:DescribeKey") asked with the credentials of an account in a
 * region about a thing (the trail, key, store or bucket, or a page's token). What is left out
 * matches all; the first line that matches answers. `body` is a JSON value, or a string with the
 * answer as it stands. Without a line, or with the status 0, roles can be assumed, callers are who
 * they are, regions hold no trails, nothing was recorded, and all else is denied.
 */
#ifndef SIM_FAKE_AWS_H
#define SIM_FAKE_AWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "loop/http.h"
#include "loop/loop.h"

struct fake_aws;

/* How a call can fail. */
enum fake_fault {
	FAKE_FAULT_NONE = 0,
	FAKE_FAULT_THROTTLED,
	FAKE_FAULT_SERVER_ERROR,
	FAKE_FAULT_UNAVAILABLE,
	FAKE_FAULT_CONNECTION,
	FAKE_FAULT_TIMEOUT,
	FAKE_FAULT_CUT_BODY,
	FAKE_FAULT_GARBAGE,
	FAKE_FAULT_EMPTY_BODY,
	FAKE_FAULT_WRONG_TYPE,
	FAKE_FAULT_HTML,
	FAKE_FAULT_HUGE,
	FAKE_FAULT_TLS,
	FAKE_FAULT_DENIED,
	FAKE_FAULT_DENIED_BY_SCP,
	FAKE_FAULT_EXPIRED,
	FAKE_FAULT_KEYS_REJECTED,
	FAKE_FAULT_CLOCK_SKEW,
	FAKE_FAULT_UNKNOWN_CODE,
	FAKE_FAULTS
};

const char	*fake_fault_name(enum fake_fault);

/* Reads a case; prints what is wrong with it and exits on failure. */
struct fake_aws	*fake_aws_new(const char *path);
void		 fake_aws_free(struct fake_aws *);

/* For http_new_stub(), with the fake_aws as its argument. */
int	fake_aws_answer(void *, const struct http_request *, struct http_reply *,
	    int64_t *ret_delay_ms, struct err *);

/* The calls from the n-th on (counted from 1) fail in this way, `count` of them; 0: all. */
void	fake_aws_fail(struct fake_aws *, enum fake_fault, size_t nth, size_t count);

/* Forgets faults and counts, for the next run. */
void	fake_aws_reset(struct fake_aws *);

/*
 * Which loop tells the time for the Date header. From here on AWS has a clock of its own: it does
 * not jump when the loop's wall clock does.
 */
void	fake_aws_set_loop(struct fake_aws *, struct loop *);

/* As AWS does, refuses requests that are signed with another time, and sessions that are over. */
void	fake_aws_be_strict(struct fake_aws *);

/* The world changes: a line takes the place of the one about the same, or stands before all. */
void	fake_aws_put(struct fake_aws *, const char *line);

size_t	fake_aws_calls(const struct fake_aws *);

/* What was asked since a time of the loop's monotonic clock; NULL matches all. */
size_t	fake_aws_asked(const struct fake_aws *, const char *op, const char *account,
	    const char *region, int64_t since_mono_ms);

/* Refusals for a wrong time or a session that is over. */
size_t	fake_aws_refused(const struct fake_aws *);

/* Calls that nobody should make: about AWS managed aliases, or to be denied by KMS for sure. */
size_t	fake_aws_forbidden_calls(const struct fake_aws *);

#endif
