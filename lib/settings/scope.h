/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the settings mean to the sweep and to the rules, in their own words. The external ids are
 * read from their files here, once.
 */
#ifndef TRAILSEAL_SETTINGS_SCOPE_H
#define TRAILSEAL_SETTINGS_SCOPE_H

#include "base/err.h"
#include "base/secret.h"
#include "rules/rules.h"
#include "settings/settings.h"
#include "sweep/sweep.h"

struct arena;

struct scope {
	struct sweep_scope	 sweep;
	struct rules_settings	 rules;
	struct sweep_account	*accounts;	/* ours */
	struct sweep_queue	*queues;	/* ours; their texts are the arena's or the settings' */
	struct secret		*external_ids;	/* ours: of the accounts and queues, then the organization's */
	size_t			 external_id_count;
	struct rules_role	*roles;		/* ours: those that the settings name */
	struct arena		*arena;		/* of their texts */
};

/* The settings must outlive the scope. -1 when an external id cannot be read. */
int	scope_init(struct scope *, const struct settings *, struct err *);
void	scope_done(struct scope *);

#endif
