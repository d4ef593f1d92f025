/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The HTTP pages: a small server of its own for GET and HEAD, with bounds on everything that a
 * client decides. libevent's evhttp has no limit of connections, no deadline for a whole request,
 * and takes requests without Host; what would have to be built around it is more than this.
 *
 * Pages are rendered at most once a second and sent by reference, however many ask for them.
 */
#ifndef TRAILSEAL_DAEMON_WEB_H
#define TRAILSEAL_DAEMON_WEB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "daemon/web_request.h"
#include "settings/web_options.h"

struct daemon;
struct web;

struct web_limits {
	unsigned	connections;	/* 64; beyond it the longest idle one goes, else nobody is let in */
	unsigned	requests;	/* 1000 on one connection */
	int64_t		request_ms;	/* 10 s: from the first byte, or from the connection's begin, to
					 * the last byte of the answer */
	int64_t		idle_ms;	/* 2 min from an answer to the next request */
};

void	web_limits_init(struct web_limits *);

/*
 * Listens, and serves pages that show the daemon. `fd` is a listening socket that systemd passed,
 * taken whatever happens; -1: none, `listen` of the settings says where.
 */
struct web	*web_new(struct daemon *, const struct web_settings *, const struct web_limits *,
		    int fd, struct err *);
void		 web_free(struct web *);	/* NULL is fine */

/*
 * New settings, also at a reload: the web configuration file is read anew, and a new address is
 * listened on before the old one is given up. -1 when something is wrong; then nothing changes.
 */
int		 web_configure(struct web *, const struct web_settings *, struct err *);

/* What web_configure() would find wrong with the web configuration file, for --check-config. */
int		 web_check(const struct web_settings *, struct err *);

/* "http://127.0.0.1:10117", with the port that the kernel chose. */
const char	*web_url(const struct web *);

struct web_counters {
	unsigned	connections;		/* now */
	uint64_t	accepted;
	uint64_t	timed_out;		/* connections whose request took too long */
	uint64_t	given_up;		/* idle ones that made room for others */
	uint64_t	answers[WEB_STATUSES];
	bool		is_config_good;		/* the web configuration file, when it was read last */
	uint64_t	comparisons;		/* of passwords */
};
void		 web_get_counters(const struct web *, struct web_counters *ret);

#endif
