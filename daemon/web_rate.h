/* SPDX-License-Identifier: Apache-2.0 */
/* How many requests are answered, when the web configuration file bounds them. */
#ifndef TRAILSEAL_DAEMON_WEB_RATE_H
#define TRAILSEAL_DAEMON_WEB_RATE_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/web_config.h"

struct web_rate;

/* NULL when there is no bound. */
struct web_rate	*web_rate_new(const struct web_rate_limit *, int64_t mono_ms);
void		 web_rate_free(struct web_rate *);

/* Whether one request more is answered; always, without a bound. */
bool	web_rate_take(struct web_rate *, int64_t mono_ms);

#endif
