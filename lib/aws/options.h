/* SPDX-License-Identifier: Apache-2.0 */
/* What the configuration may say about calls to AWS. */
#ifndef TRAILSEAL_AWS_OPTIONS_H
#define TRAILSEAL_AWS_OPTIONS_H

#include "config/option.h"

/* For struct aws_options (call.h); its other members are not the configuration's. */
extern const struct config_option	aws_option_rows[];

#endif
