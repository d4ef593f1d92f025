/* SPDX-License-Identifier: Apache-2.0 */
/* What the configuration may say about findings. The table is for struct findings_settings. */
#ifndef TRAILSEAL_FINDINGS_OPTIONS_H
#define TRAILSEAL_FINDINGS_OPTIONS_H

#include "config/config.h"
#include "findings/findings.h"

/* With the defaults of findings_settings_init(). */
extern const struct config_option	findings_option_rows[];

#endif
