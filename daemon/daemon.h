/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The daemon's parts in one place, for those who show them: metrics, the HTTP pages, the control
 * socket. Only main.c makes and frees them, only cycle.c and schedule-driven answers change them.
 */
#ifndef TRAILSEAL_DAEMON_DAEMON_H
#define TRAILSEAL_DAEMON_DAEMON_H

#include <stdbool.h>
#include <stdint.h>

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
#include "sweep/sweep.h"
#include "world/world.h"

struct web;

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
	struct web		*web;		/* NULL until it listens */
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

/* A silence as the operator wants it, from the control socket: checked, stored, in force. */
int	daemon_add_silence(struct daemon *, struct silence *, struct err *);	/* takes the texts */
int	daemon_expire_silence(struct daemon *, int64_t id, struct err *);

#endif
