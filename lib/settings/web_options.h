/* SPDX-License-Identifier: Apache-2.0 */
/* What the configuration may say about the HTTP pages of trailseald. */
#ifndef TRAILSEAL_SETTINGS_WEB_OPTIONS_H
#define TRAILSEAL_SETTINGS_WEB_OPTIONS_H

#include "config/option.h"

struct web_settings {
	const char	*listen;
	const char	*config_file;	/* NULL: plain HTTP for everybody who can reach it */
	unsigned	 max_series;	/* of the metrics page */
};

extern const struct config_option	web_option_rows[];

#endif
