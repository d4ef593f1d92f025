/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TLS of the HTTP pages: what the web configuration file says, as OpenSSL wants it. The only user
 * of OpenSSL in the daemon.
 */
#ifndef TRAILSEAL_DAEMON_WEB_TLS_H
#define TRAILSEAL_DAEMON_WEB_TLS_H

#include <stddef.h>

#include "base/err.h"
#include "daemon/web_config.h"

struct bufferevent;
struct event_base;
struct web_tls;

/* Reads certificate, key and CA files. Connections hold what they need of it. */
struct web_tls	*web_tls_new(const struct web_tls_settings *, struct err *);
void		 web_tls_free(struct web_tls *);	/* NULL is fine */

/* A connection that is about to begin its handshake. It closes the socket when it is freed. */
struct bufferevent	*web_tls_accept(struct web_tls *, struct event_base *, int fd);

/* Says that nothing more will be sent. */
void	web_tls_end(struct bufferevent *);

#endif
