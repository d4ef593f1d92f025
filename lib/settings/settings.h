/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The whole configuration, put together from the rows of the modules: what trailseal.yaml may
 * hold, as one struct that never changes once it is loaded.
 */
#ifndef TRAILSEAL_SETTINGS_SETTINGS_H
#define TRAILSEAL_SETTINGS_SETTINGS_H

#include <stddef.h>

#include "aws/call.h"
#include "config/config.h"
#include "findings/findings.h"
#include "notify/notify.h"
#include "rules/rules.h"
#include "settings/web_options.h"
#include "sweep/sweep.h"

/* NULL members: not given. */
struct settings_organization {
	const char			*management_role_arn;	/* NULL: the ambient credentials */
	const char			*role;
	const struct config_secret	*external_id;
	const char *const		*exclude;
	size_t				 exclude_count;
};

struct settings_account {
	const char			*id;
	const char			*name;
	const char			*role_arn;		/* NULL: the ambient credentials */
	const struct config_secret	*external_id;		/* never without role_arn */
};

#define SETTINGS_CONTROL_SOCKET	"/run/trailseal/control"

struct settings_control {
	const char			*socket;	/* NULL: not given */
};

struct settings_queue {
	const char			*url;
	const char			*role_arn;		/* NULL: the ambient credentials */
	const struct config_secret	*external_id;		/* never without role_arn */
	unsigned			 poison_receives;
};

struct settings_evidence {
	const struct config_secret	*signing_key;	/* Ed25519 in PEM; NULL: heads are not signed */
};

struct settings {
	const struct settings_organization *organization;	/* NULL: not given */
	const struct settings_account	*accounts;
	size_t				 account_count;
	const char *const		*regions;
	size_t				 region_count;	/* 0: those that an account has enabled */
	const struct settings_queue	*queues;
	size_t				 queue_count;
	struct rules_settings		 rules;		/* what is expected, too */
	struct findings_settings	 findings;
	struct notify_settings		 notify;
	struct aws_options		 aws;		/* what aws/options.h has rows for */
	struct sweep_intervals		 intervals;
	struct web_settings		 web;
	struct settings_evidence	 evidence;
	struct settings_control		 control;
	const char			*state_directory;	/* NULL: not given */
	struct config			*config;	/* ours, and the memory of all this */
};

/* All rows, for the sample configuration and the man page. */
extern const struct config_option	settings_rows[];

/*
 * Reads the configuration; NULL: there is none, all options have their defaults. -1 with all that
 * is wrong with it among the errors.
 */
int	settings_load(const char *path, struct settings **ret_settings, struct config_errors *);

/* The same with a text; `path` is for messages and relative paths. */
int	settings_load_text(const char *path, const char *text, size_t len,
	    struct settings **ret_settings, struct config_errors *);

void	settings_free(struct settings *);	/* NULL is fine */

#endif
