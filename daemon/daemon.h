/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The daemon's parts in one place, for those who show them: metrics, the HTTP pages, the control
 * socket. Only main.c makes and frees them, only cycle.c and schedule-driven answers change them.
 */
#ifndef TRAILSEAL_DAEMON_DAEMON_H
#define TRAILSEAL_DAEMON_DAEMON_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "aws/call.h"
#include "aws/creds.h"
#include "findings/findings.h"
#include "findings/past.h"
#include "findings/silence.h"
#include "loop/http.h"
#include "loop/loop.h"
#include "notify/notify.h"
#include "settings/scope.h"
#include "settings/settings.h"
#include "store/store.h"
#include "sweep/cursors.h"
#include "sweep/sweep.h"
#include "wire/json_write.h"
#include "world/world.h"

struct control;
struct web;
struct events;

/* Where events of CloudTrail come from. */
enum events_source { EVENTS_LOOKUP = 0, EVENTS_QUEUE, EVENTS_SOURCES };

struct events_counters {
	uint64_t	seen[EVENTS_SOURCES];
	uint64_t	malformed[EVENTS_SOURCES];	/* records that could not be read */
	uint64_t	told;		/* alerts */
	uint64_t	held_back;	/* by a silence, or since who did it is expected: evidence only */
};

struct daemon {
	struct loop		*loop;
	struct http		*http;
	struct aws		*aws;
	struct creds		*creds;
	struct world		*world;
	struct sweep		*sweep;
	struct findings		*findings;
	struct past		 past;
	struct silences		 silences;
	struct store		*store;
	struct notify		*notify;
	struct events		*events;
	struct cursors		*cursors;
	struct events_counters	 event_counters;
	struct web		*web;		/* NULL until it listens */
	struct control		*control;	/* NULL: as the web */
	struct settings		*settings;	/* replaced whole at a reload, with its scope */
	struct scope		 scope;
	const char		*config_path;	/* NULL: none */
	bool			 has_begun;	/* the ledger says so, and must say that it ended */
	bool			 is_serving;	/* all parts are there */
	int64_t			 started_wall_ms, started_mono_ms;
	struct loop_timer	 confirm;	/* cycle_confirm() is wanted */
	struct loop_timer	 tick, heartbeat, status, watchdog;
	int64_t			 watchdog_ms;	/* half of what systemd asks for */
	uint64_t		 accounts_version;	/* of the sweep's accounts that were looked at */
	bool			 is_digesting;	/* findings of new accounts gather to one digest */
	int64_t			 walked_mono_ms;	/* when all of these were looked at; 0: not yet */
	int64_t			 past_mono_ms;	/* when the past was last looked at */
	bool			 has_swept;	/* everything was looked at once */
	int64_t			 first_sweep_ms;	/* how long that took */
	bool			 last_reload_good;
	int64_t			 last_reload_wall_ms;	/* of the last good one */
	uint64_t		 judgements;	/* batches of answers that were judged */
};

/* Who wants a change, for the evidence. */
struct daemon_asker {
	uid_t	uid;
	char	name[64];	/* of the user; "uid 1000" when there is none */
};

/*
 * A silence as the operator wants it, from the control socket: checked, in force at once, and
 * stored with evidence of who asked; `done` tells what came of that, as store_commit() does. Its
 * texts are taken, and its id is given, unless it is refused. With an author, that is kept beside
 * who asked; without one, it is who asked.
 */
int	daemon_add_silence(struct daemon *, struct silence *, const struct daemon_asker *,
	    store_done_fn done, void *arg, struct err *);
int	daemon_expire_silence(struct daemon *, int64_t id, const struct daemon_asker *,
	    store_done_fn done, void *arg, struct err *);

/* Forgets silences whose time is over. */
void	daemon_end_silences(struct daemon *);

/* silences.c: what a silence is but for its id, as members of an object. */
void	silence_write(struct json_writer *, const struct silence *);

#endif
