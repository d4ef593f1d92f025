/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A secret as the configuration gives it: as it stands (NAME) or in a file (NAME_file). What lives
 * long asks anew at each use, so that the file can be changed without a reload.
 */
#ifndef TRAILSEAL_CONFIG_SECRET_H
#define TRAILSEAL_CONFIG_SECRET_H

#include "base/err.h"
#include "base/secret.h"
#include "config/option.h"

struct config_secret {
	struct secret		 secret;	/* as it was when the configuration was loaded */
	const char		*path;		/* of the file, or NULL */
	const struct config_form *form;		/* or NULL */
	struct config_secret	*next;		/* the loader's */
};

/* What the secret is now; a copy. -1 when its file is refused, or it has not its form. */
int	config_secret_read(const struct config_secret *, struct secret *ret_secret, struct err *);

#endif
