/* SPDX-License-Identifier: Apache-2.0 */
/* Alerts as JSON texts, as the outbox keeps them. No receiver sees this form. */
#ifndef TRAILSEAL_STORE_ALERT_TEXT_H
#define TRAILSEAL_STORE_ALERT_TEXT_H

#include "base/err.h"
#include "model/alert.h"

char	*alert_to_text(const struct alert *);	/* the caller's */

/* The alert's texts lie in *ret_memory, one block for free(). */
int	 alert_from_text(const char *text, struct alert *ret, void **ret_memory, struct err *);

#endif
