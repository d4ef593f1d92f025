/* SPDX-License-Identifier: Apache-2.0 */
/* What the configuration may say about receivers. */
#ifndef TRAILSEAL_NOTIFY_OPTIONS_H
#define TRAILSEAL_NOTIFY_OPTIONS_H

#include "config/config.h"
#include "notify/notify.h"

extern const struct config_option	receiver_option_rows[];	/* for struct receiver_settings */
extern const struct config_option	route_option_rows[];	/* for struct route_settings */

/* Complains about routes that lead nowhere. */
void	notify_options_judge(struct config *, const struct notify_settings *);

#endif
