/* SPDX-License-Identifier: Apache-2.0 */
/* The requests below /_awssim/: faults, clock, counters, and what no AWS operation can change. */
#ifndef AWSSIM_CONTROL_H
#define AWSSIM_CONTROL_H

#include "awssim/call.h"

/* Answers the request; it counts as no call. */
void	control_run(struct call *);

/* The table of requests, for --help. */
void	control_add_help(struct buf *);

#endif
