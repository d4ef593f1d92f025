/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one listener: HTTP or HTTPS, from bytes to calls and back, with the faults that spoil bytes.
 * The only user of evhttp and of TLS.
 */
#ifndef AWSSIM_SERVER_H
#define AWSSIM_SERVER_H

#include "awssim/sim.h"
#include "base/err.h"

#define SERVER_MAX_HEADERS	(64 * 1024)
#define SERVER_MAX_BODY		(4 * 1024 * 1024)

struct server;

/* `listen` is "ADDRESS:PORT", 0 for any free port. With a certificate and key it speaks TLS. */
struct server	*server_new(struct sim *, const char *listen, const char *cert_file,
		    const char *key_file, struct err *);
void		 server_free(struct server *);

const char	*server_url(const struct server *);

#endif
