/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What users read about the options, made from their rows: a sample configuration, in which every
 * option stands commented out with its default, and the list of options of a man page.
 */
#ifndef TRAILSEAL_CONFIG_SAMPLE_H
#define TRAILSEAL_CONFIG_SAMPLE_H

#include "base/buf.h"
#include "config/option.h"

/* YAML: prose behind "# ", options behind "#" alone. Required ones have their form's example. */
void	config_add_sample(struct buf *out, const struct config_option *rows);

/* mdoc(7): nested lists of tags, with no macro before or behind them. */
void	config_add_manual(struct buf *out, const struct config_option *rows);

#endif
