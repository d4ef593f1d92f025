/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Profiles of AWS's shared files, resolved to a plan. Pure: it knows the parsed texts and neither
 * the file system nor the environment. A property stands in the credentials file's section of the
 * profile or else in the configuration file's; an empty one is not set.
 */
#ifndef TRAILSEAL_AWS_PROFILE_H
#define TRAILSEAL_AWS_PROFILE_H

#include <stdbool.h>

#include "aws/plan.h"
#include "base/arena.h"
#include "base/err.h"
#include "wire/ini.h"

struct profile_files {
	struct ini	config;		/* "[profile NAME]", or "[default]" */
	struct ini	credentials;	/* "[NAME]" */
};

bool		 profile_exists(const struct profile_files *, const char *name);
const char	*profile_region(const struct profile_files *, const char *name);	/* or NULL */

/*
 * PLAN_NOTHING when the profile says nothing about keys. ERR_CREDENTIALS, naming the profile, when
 * it does not exist, is contradictory or incomplete, leads back to itself, or wants a person
 * (mfa_serial, SSO). Within a profile the order is aws-c-auth's: role_arn comes before its static
 * keys in the profile that was asked for, behind them in those that source_profile leads to; then
 * comes credential_process. The plan's texts are the arena's and the files'.
 */
int	profile_resolve(struct arena *, const struct profile_files *, const char *name,
	    struct plan *ret_plan, struct err *);

#endif
