/* SPDX-License-Identifier: Apache-2.0 */
/* What the configuration may say about the rules. All tables are for struct rules_settings. */
#ifndef TRAILSEAL_RULES_OPTIONS_H
#define TRAILSEAL_RULES_OPTIONS_H

#include "config/config.h"
#include "rules/rules.h"

/* A section for each rule, by its name, with the defaults of rules_settings_init(). */
const struct config_option	*rules_option_rows(void);

/* Which keys are expected. */
extern const struct config_option	rules_expect_rows[];

/* Whose events are expected. */
extern const struct config_option	rules_event_rows[];

/* Complains about values that do not go together. */
void	rules_options_judge(struct config *, const struct rules_settings *);

#endif
