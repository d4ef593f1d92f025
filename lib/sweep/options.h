/* SPDX-License-Identifier: Apache-2.0 */
/* The options of watching, as rows for the configuration: how often AWS is asked. */
#ifndef TRAILSEAL_SWEEP_OPTIONS_H
#define TRAILSEAL_SWEEP_OPTIONS_H

#include "config/option.h"

/* Bind into a struct sweep_intervals. */
extern const struct config_option	sweep_interval_rows[];

#endif
