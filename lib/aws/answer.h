/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads an answer of AWS: its body by the protocol of the operation, whatever its Content-Type
 * says, and what its headers tell of clocks and of waiting. Pure.
 */
#ifndef TRAILSEAL_AWS_ANSWER_H
#define TRAILSEAL_AWS_ANSWER_H

#include <stdbool.h>
#include <stdint.h>

#include "aws/call.h"

/*
 * Fills `ret` in any case, with views into the answer and the arena. -1 with `err` when the answer
 * is an error, or a success that is not what the operation promises (ERR_MALFORMED).
 */
int	answer_read(enum aws_op, const struct http_reply *, struct arena *, struct aws_reply *ret,
	    struct err *);

/* AWS's clock minus ours, from the Date header: right within a second. False without one. */
bool	answer_clock_offset(const struct http_reply *, int64_t *ret_offset_ms);

/*
 * How long to wait before asking again, when the answer says so: `most_ms` at most, `wait_ms` at
 * least, which is also returned when it does not.
 */
int64_t	answer_retry_wait(const struct http_reply *, int64_t wait_ms, int64_t most_ms);

#endif
