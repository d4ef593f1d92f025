/* SPDX-License-Identifier: Apache-2.0 */
/* TLS for the listener. */
#ifndef AWSSIM_TLS_H
#define AWSSIM_TLS_H

#include <stdbool.h>

#include "base/err.h"

struct bufferevent;
struct event_base;
struct tls;

struct tls	*tls_new(const char *cert_file, const char *key_file, struct err *);
void		 tls_free(struct tls *);

/* The connection to be; a broken one has no certificate to show, so its handshake fails. */
struct bufferevent	*tls_accept(struct tls *, struct event_base *, bool is_broken);

#endif
