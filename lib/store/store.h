/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What must survive: findings, the memory of the past and of events, silences, alerts that are
 * still to be delivered, and the evidence ledger, in one SQLite database (WAL, synchronous=FULL). The writer
 * thread owns the database; the loop hands it batches and hears in a later turn how they ended.
 * Batches that wait are committed together. What belongs together goes into one batch: a crash
 * can neither lose an alert nor repeat a transition.
 */
#ifndef TRAILSEAL_STORE_STORE_H
#define TRAILSEAL_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "findings/findings.h"
#include "findings/incidents.h"
#include "findings/past.h"
#include "findings/silence.h"
#include "loop/loop.h"
#include "model/alert.h"
#include "model/cursor.h"

struct store;
struct store_batch;

/* An alert on its way to one receiver. */
struct outbox_entry {
	struct alert	 alert;		/* texts in `memory` */
	char		*receiver;	/* name; ours */
	unsigned	 attempts;
	int64_t		 next_wall_ms;	/* not before; 0 while it was never tried */
	void		*memory;	/* one block */
};

/* What was found at the start. */
struct store_start {
	bool	 is_new;		/* there was no database */
	char	 set_aside[256];	/* a damaged one was moved here; "" when not */
	char	 why[256];		/* and why */
	int64_t	 last_wall_ms;		/* the ledger's last record before this run; STAMP_UNKNOWN: none */
	bool	 was_clean;		/* the run before ended in order, or there was none */
	bool	 is_ledger_altered;	/* its end is not what was written last: see evidence verify */
};

/*
 * Opens or makes DIRECTORY/trailseal.db, checks and migrates it, starts the writer. A damaged
 * database is set aside and a new one begun, whose ledger names the head of the old one where that
 * can be read. -1 when the directory cannot be used at all: others may write in it, another process
 * uses it, a newer trailseal wrote it, the disk fails.
 *
 * A new ledger's first record has the kind "ledger-begins" and the members `set_aside`, `reason`,
 * `previous_records` and `previous_head`, null where there is nothing to tell.
 */
int	store_open(struct loop *, const char *directory, struct store **ret,
	    struct store_start *ret_start, struct err *);

/*
 * Waits for the writer: all batches are committed, or have failed once more. What was not told yet
 * is told by it, so whom `done` concerns must still be there. A disk that hangs is given up after
 * 20 seconds. NULL is fine.
 */
void	store_close(struct store *);

/*
 * Reading, at start only, before the first commit. A row that makes no sense to this version (a
 * rule that it does not know) stays where it is, and a warning tells.
 */
int	store_load_findings(struct store *, struct findings *, struct err *);
int	store_load_past(struct store *, struct past *, struct err *);
int	store_load_silences(struct store *, struct silences *, struct err *);
int	store_load_outbox(struct store *, struct outbox_entry **ret_entries, size_t *ret_count,
	    struct err *);	/* each is freed by outbox_entry_done(), the array by free() */
void	outbox_entry_done(struct outbox_entry *);

int	store_load_incidents(struct store *, struct incidents *, struct err *);

/* Tells each; the texts are valid during the call. */
typedef void (*store_cursor_fn)(void *arg, const struct event_cursor *);
int	store_load_cursors(struct store *, store_cursor_fn, void *arg, struct err *);

/* One transaction. Everything is copied into it. What was not committed is freed. */
struct store_batch	*store_batch_new(void);
void	store_batch_free(struct store_batch *);	/* NULL is fine */
bool	store_batch_is_empty(const struct store_batch *);
void	store_put_finding(struct store_batch *, const struct finding *);
void	store_drop_finding(struct store_batch *, const char *id);
void	store_put_past_trail(struct store_batch *, const struct past_trail *);
void	store_drop_past_trail(struct store_batch *, const char *arn);
void	store_put_past_blind(struct store_batch *, const struct past_blind *);
void	store_drop_past_blind(struct store_batch *, const char *key);
void	store_put_past_account(struct store_batch *, const struct past_account *);
void	store_drop_past_account(struct store_batch *, const char *id);
void	store_put_silence(struct store_batch *, const struct silence *);	/* with store_next_silence_id() */
void	store_drop_silence(struct store_batch *, int64_t id);
void	store_put_alert(struct store_batch *, const struct alert *, const char *receiver);
void	store_alert_tried(struct store_batch *, const char *delivery_id, const char *receiver,
	    unsigned attempts, int64_t next_wall_ms);
void	store_drop_alert(struct store_batch *, const char *delivery_id, const char *receiver);
void	store_put_incident(struct store_batch *, const struct incident *);
void	store_drop_incident(struct store_batch *, const char *id);
void	store_put_cursor(struct store_batch *, const struct event_cursor *);
void	store_drop_cursor(struct store_batch *, const struct event_cursor *);

/*
 * A ledger record: what happened, as a JSON object. The kind is a word of a-z, 0-9 and '-'. The
 * chain is made by the writer, see ledger.h.
 */
void	store_add_evidence(struct store_batch *, int64_t wall_ms, const char *kind, const char *json);

/*
 * Hands the batch over, which is gone then. `done` (may be NULL) runs once in a later turn of the
 * loop: `err` is NULL when it is on disk. After a failure (disk full) the batch is tried again by
 * itself, before those behind it, until it succeeds; `done` runs at the first outcome, which for a
 * batch that comes while the store is degraded is that failure. A virtual loop's turn waits for the
 * writer.
 */
typedef void (*store_done_fn)(void *arg, const struct err *err);
void	store_commit(struct store *, struct store_batch *, store_done_fn, void *arg);

/* The next free id of a silence: no id is ever used twice. */
int64_t	store_next_silence_id(struct store *);

struct store_status {
	bool		is_degraded;		/* the last commit failed */
	char		reason[256];
	uint64_t	commits, failures;	/* transactions */
	size_t		waiting;		/* batches */
	uint64_t	ledger_records;		/* on disk, as is the head */
	char		ledger_head[65];	/* hexadecimal */
};
void	store_get_status(const struct store *, struct store_status *ret);

#endif
