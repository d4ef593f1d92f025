/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the control socket share: control.c listens, control_conn.c serves one
 * connection, control_commands.c knows what can be asked.
 */
#ifndef TRAILSEAL_DAEMON_CONTROL_PRIVATE_H
#define TRAILSEAL_DAEMON_CONTROL_PRIVATE_H

#include <sys/queue.h>
#include <sys/types.h>

#include "daemon/control.h"
#include "daemon/daemon.h"
#include "wire/json.h"
#include "wire/json_write.h"

struct control_conn;

TAILQ_HEAD(control_conns, control_conn);

struct control {
	struct daemon		*daemon;
	struct loop		*loop;
	struct control_limits	 limits;
	char			*path;		/* ours; NULL: it listens nowhere */
	dev_t			 device;	/* of the socket's file, ... */
	ino_t			 number;	/* ... which may be another one's by now */
	int			 fd;
	struct loop_watch	*watch;		/* on fd; NULL while nobody is let in */
	struct loop_timer	 retry;		/* when a lack of descriptors may be over */
	struct control_conns	 conns;		/* the longest in its state first */
	unsigned		 count;		/* of them */
};

/* Takes the socket of a client. */
void	control_conn_new(struct control *, int fd);
void	control_conns_free(struct control *);

/* The connection that has not asked for longest, or NULL: all have; and its end. */
struct control_conn	*control_conns_find_reading(const struct control *);
void			 control_conn_give_up(struct control_conn *);

/* control.c: a connection has ended. */
void	control_note_room(struct control *);

/* A request that is being answered. */
struct control_ask {
	struct daemon			*daemon;
	const struct json		*request;
	struct json_writer		*answer;	/* within its object, behind "ok" */
	const struct daemon_asker	*asker;		/* these for commands that change something */
	store_done_fn			 done;
	void				*arg;
};

struct control_command {
	const char		*name;
	bool			 changes;	/* for root and our own user only; `done` runs once */
	const char *const	*members;	/* that the request may have besides; NULL ends them */
	int			(*run)(const struct control_ask *, struct err *);	/* writes the answer */
};

/* The command that the request names; NULL with `err`, also when it has members that are no such. */
const struct control_command	*control_find_command(const struct json *request, struct err *);

/* control_status.c */
void	control_write_status(struct daemon *, struct json_writer *);

#endif
