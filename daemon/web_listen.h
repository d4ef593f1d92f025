/* SPDX-License-Identifier: Apache-2.0 */
/* Listening sockets of the HTTP pages. */
#ifndef TRAILSEAL_DAEMON_WEB_LISTEN_H
#define TRAILSEAL_DAEMON_WEB_LISTEN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* "127.0.0.1:10117", "[::1]:0", "localhost:10117". The socket, or -1. */
int	web_listen(const char *address, struct err *);

/* Makes a socket that was passed to us fit for the loop; -1 when it does not listen. */
int	web_listen_adopt(int fd, struct err *);

/* Where the socket listens, as a URL. Returns `out`. */
char	*web_listen_url(int fd, bool is_tls, char *out, size_t size);

#endif
