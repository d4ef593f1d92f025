/* SPDX-License-Identifier: Apache-2.0 */
/* The generic webhook: what its secret looks like. Private to lib/notify. */
#ifndef TRAILSEAL_NOTIFY_WEBHOOK_H
#define TRAILSEAL_NOTIFY_WEBHOOK_H

#include <stdbool.h>

/* "whsec_" and 24 to 64 bytes in base64. */
bool	webhook_is_secret(const char *);

#endif
