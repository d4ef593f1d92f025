/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The control socket, where 'trailsealctl status' and 'silence' ask: a Unix stream socket of mode
 * 0660. A connection carries one request and its answer, each a JSON object on one line:
 *
 *	{"command": "status"}
 *	{"ok": true, "version": "0.1.0", ...}
 *	{"ok": false, "kind": "denied", "error": "only root and ..."}
 *
 * The kernel tells who asks (SO_PEERCRED). Root and the daemon's own user may do everything, the
 * socket's group may read, all others are kept out by the mode. Whoever is slow is given up, and
 * never waited for.
 */
#ifndef TRAILSEAL_DAEMON_CONTROL_H
#define TRAILSEAL_DAEMON_CONTROL_H

#include <stdint.h>

#include "base/err.h"

struct control;
struct daemon;

#define CONTROL_REQUEST_BYTES	16384

struct control_limits {
	unsigned	connections;	/* 16; beyond it, who has not asked for longest goes */
	int64_t		request_ms;	/* 5 s: for the whole request */
	int64_t		answer_ms;	/* 30 s from there on: for the disk, and for taking the answer */
};

void	control_limits_init(struct control_limits *);

struct control	*control_new(struct daemon *, const struct control_limits *);
void		 control_free(struct control *);	/* removes the socket; NULL is fine */

/*
 * Listens there, and no more where it did before. -1 when that cannot be; then nothing changes. A
 * socket that nobody listens on any more is replaced.
 */
int	control_listen(struct control *, const char *path, struct err *);

#endif
