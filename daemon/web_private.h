/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the HTTP server share: web.c listens and reads the configuration, web_conn.c
 * serves one connection, web_pages.c knows what can be asked for.
 */
#ifndef TRAILSEAL_DAEMON_WEB_PRIVATE_H
#define TRAILSEAL_DAEMON_WEB_PRIVATE_H

#include <sys/queue.h>
#include <sys/types.h>
#include <time.h>

#include "base/buf.h"
#include "daemon/web.h"
#include "daemon/web_auth.h"
#include "daemon/web_config.h"
#include "daemon/web_rate.h"
#include "daemon/web_tls.h"
#include "loop/loop.h"

/* A rendered page; each answer that is under way holds it. */
struct web_page {
	unsigned		 users;
	enum web_status		 status;
	const char		*type;		/* constant */
	struct buf		 text;
};

void	web_page_drop(struct web_page *);	/* NULL is fine */

/* What can be asked for. */
struct web_route {
	const char	*path;
	const char	*type;		/* of its content */
	const char	*title;		/* for the front page */
	bool		 is_kept;	/* rendered once for all who ask within a second */
	enum web_status	(*render)(const struct daemon *, struct buf *out);
};

#define WEB_ROUTES	7

extern const struct web_route	web_routes[WEB_ROUTES];

/* The page to send, held for the caller. */
struct web_page	*web_page_find(struct web *, const char *path);
struct web_page	*web_page_of_status(enum web_status);

/* Forgets all kept pages, or those whose time is over. */
void	web_pages_forget(struct web *, bool all);

struct web_conn;

struct web_kept {
	struct web_page	*page;		/* or NULL */
	int64_t		 until_mono_ms;
};

/* One version of a file: another one differs in some of these. */
struct web_file {
	char		*path;		/* ours */
	dev_t		 device;
	ino_t		 number;
	off_t		 bytes;
	struct timespec	 changed;
};

#define WEB_FILES	4	/* the web configuration file, certificate, key, CA */

/* What the web configuration file made: replaced whole. */
struct web_rules {
	struct web_config	*config;
	struct web_tls		*tls;		/* NULL: plain HTTP */
	struct web_rate		*rate;		/* NULL: no bound */
	struct web_file		 files[WEB_FILES];
	size_t			 file_count;
};

TAILQ_HEAD(web_conns, web_conn);

struct web {
	struct daemon		*daemon;
	struct loop		*loop;
	struct web_limits	 limits;
	struct web_counters	 counters;
	char			*listen;	/* ours; as configured */
	bool			 is_passed;	/* the socket came from systemd */
	int			 fd;
	struct loop_watch	*watch;		/* on fd; NULL while nobody is let in */
	struct loop_timer	 retry;		/* when a lack of descriptors may be over */
	char			 url[96];
	char			*config_path;	/* ours; NULL: none */
	struct web_rules	 rules;
	int64_t			 looked_mono_ms;	/* at the files */
	struct web_auth		*auth;
	struct web_conns	 conns;		/* the longest in its state first */
	struct web_kept		 kept[WEB_ROUTES];
	struct loop_timer	 forget;
};

/* web_conn.c: takes the socket. */
void	web_conn_new(struct web *, int fd);
void	web_conns_free(struct web *);

/* The connection that has been idle for longest, or NULL; and its end. */
struct web_conn	*web_conns_find_idle(const struct web *);
void		 web_conn_give_up(struct web_conn *);

/* web.c: a connection has ended, or is idle and may be given up. */
void	web_note_room(struct web *);

#endif
