/* SPDX-License-Identifier: Apache-2.0 */
/* Which addresses plain http may reach. Pure, and asked for the address really connected to. */
#ifndef TRAILSEAL_LOOP_HTTP_REACH_H
#define TRAILSEAL_LOOP_HTTP_REACH_H

#include <stdbool.h>
#include <sys/socket.h>

#include "loop/http.h"

/* IPv4 addresses mapped into IPv6 count as what they are. */
bool	http_reach_allows(enum http_reach, const struct sockaddr *);

#endif
