/* SPDX-License-Identifier: Apache-2.0 */
/* The daemon's life: it is put together, runs, takes new settings, and ends in order. */
#ifndef TRAILSEAL_DAEMON_LIFE_H
#define TRAILSEAL_DAEMON_LIFE_H

#include <stdbool.h>

#include "daemon/daemon.h"

/*
 * Reads the configuration (NULL: none, all defaults) and tells what is wrong with it on standard
 * error. On success both are the caller's.
 */
bool	life_read_settings(const char *config_path, struct settings **ret_settings,
	    struct scope *ret_scope);

/*
 * Takes settings and scope, and a loop and an HTTP client when the daemon has them already: those
 * of tests, which live through days on a virtual loop, without sockets. -1 with `err` when it cannot
 * start; life_end() cleans up either way.
 */
int	life_begin(struct daemon *, const char *config_path, struct settings *, struct scope *,
	    struct err *);

/* Tells systemd, once signals are heard: it may send one at once. */
void	life_tell_ready(const struct daemon *);

/* SIGHUP: a configuration that is good takes the place of the old one, a bad one changes nothing. */
void	life_reload(struct daemon *);

/*
 * Takes both; the world is built anew from them, findings and the past stay and are followed on.
 * What life_reload() does with a good configuration.
 */
void	life_take_settings(struct daemon *, struct settings *, const struct scope *);

void	life_end(struct daemon *);

#endif
