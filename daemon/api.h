/* SPDX-License-Identifier: Apache-2.0 */
/* What stands under /api/v1: JSON with the members that 'trailsealctl check' has, and more. */
#ifndef TRAILSEAL_DAEMON_API_H
#define TRAILSEAL_DAEMON_API_H

#include "base/buf.h"

struct daemon;

void	api_add_findings(const struct daemon *, struct buf *out);
void	api_add_trails(const struct daemon *, struct buf *out);
void	api_add_coverage(const struct daemon *, struct buf *out);

#endif
