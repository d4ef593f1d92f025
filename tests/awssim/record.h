/* SPDX-License-Identifier: Apache-2.0 */
/* A call as a CloudTrail record, with all the members of a real one. */
#ifndef AWSSIM_RECORD_H
#define AWSSIM_RECORD_H

#include "awssim/call.h"

/* The record as JSON text, for the caller to free. The call is answered already. */
char	*record_make(struct call *, const char *event_id);

const char	*record_source(struct call *);		/* "kms.amazonaws.com" */
const char	*record_username(const struct call *);

#endif
