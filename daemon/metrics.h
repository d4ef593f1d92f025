/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The metrics page, in Prometheus's text format 0.0.4: what is known as facts, the verdicts beside
 * them, and how trailseal itself is. What is not known is absent.
 */
#ifndef TRAILSEAL_DAEMON_METRICS_H
#define TRAILSEAL_DAEMON_METRICS_H

#include "base/buf.h"

struct daemon;

void	metrics_render(const struct daemon *, struct buf *out);

#endif
