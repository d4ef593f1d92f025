/* SPDX-License-Identifier: Apache-2.0 */
/* An AWS account and its regions, as Organizations and Account describe them. Plain data. */
#ifndef TRAILSEAL_MODEL_ACCOUNT_H
#define TRAILSEAL_MODEL_ACCOUNT_H

#include <stdbool.h>

#include "base/tri.h"

struct account {
	const char	*id;
	const char	*name;		/* NULL when not known */
	const char	*state;		/* "ACTIVE", ...: State, or Status where that is absent */
	bool		 is_active;
	const char	*manages;	/* the organization whose management account it is, or NULL */
};

struct region {
	const char	*name;
	enum tri	 enabled;	/* ENABLING and DISABLING are unknown */
};

#endif
