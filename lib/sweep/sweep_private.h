/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of this folder share: sweep.c runs questions, members.c knows whose role answers
 * them, walk.c what follows from an answer, watch.c when something is asked again. history.c reads
 * events, where places.c says, and queues.c those that queues bring.
 */
#ifndef TRAILSEAL_SWEEP_SWEEP_PRIVATE_H
#define TRAILSEAL_SWEEP_SWEEP_PRIVATE_H

#include <sys/queue.h>

#include <uthash.h>

#include "collect/collect.h"
#include "sweep/sweep.h"

enum sweep_kind {
	SWEEP_WHOAMI = 1,	/* whose are the ambient credentials: that account is watched */
	SWEEP_ACCOUNTS,		/* of the organization */
	SWEEP_AMBIENT,		/* are the ambient credentials those of the account they stand for? */
	SWEEP_REGIONS,
	SWEEP_TRAILS,
	SWEEP_STATUS,
	SWEEP_KEY,
	SWEEP_BUCKET,
};

/* One question about one thing. It holds names, never pointers into the world. */
struct sweep_ask {
	enum sweep_kind		 kind;
	struct sweep		*sweep;
	struct job_target	 target;
	struct sweep_member	*member;	/* the account whose walk this belongs to, or NULL */
	struct sweep_slot	*slot;		/* whose time had come, or NULL */
	char			*id;		/* ours: trail, key or bucket; NULL otherwise */
	bool			 with_selectors;
	TAILQ_ENTRY(sweep_ask)	 link;
};

TAILQ_HEAD(sweep_asks, sweep_ask);

/* A watched account: whose role answers. */
struct sweep_member {
	const char		*id;		/* interned by the world */
	struct creds_role	 role;		/* its ARN is ours */
	bool			 is_swept;	/* else only its role answers, for keys and buckets */
	unsigned		 list;		/* the newest that names it, as the configuration does all */
	unsigned		 open;		/* questions in its name that are not answered yet */
	unsigned		 holds;		/* pages of its event history that are on their way */
	bool			 is_lost;	/* a question had no answer, and none was answered since */
	bool			 was_walked;	/* at least once to the end */
	struct sweep_slot	*slots;		/* its regions, and itself; ours */
	UT_hash_handle		 hh;
};

/* When a key or bucket may be asked for again. */
struct sweep_mark {
	int64_t		next_mono_ms;
	UT_hash_handle	hh;
	char		name[];
};

/* Something that is asked again and again. */
struct sweep_slot {
	struct sweep		*sweep;
	struct sweep_member	*member;	/* NULL: the list of accounts */
	enum sweep_kind		 kind;
	const char		*region;	/* interned */
	bool			 is_open;	/* its question waits or runs */
	bool			 holds_something;	/* a watched key or bucket lives here */
	struct loop_timer	 timer;
	struct sweep_slot	*next;
};

struct sweep {
	struct collect		 collect;
	struct aws		*aws;
	struct sweep_scope	 scope;
	const char		*home_region;	/* where global questions are asked; interned */
	struct sweep_member	*members;
	struct sweep_mark	*marks;
	struct sweep_asks	 waiting;
	struct sweep_asks	 running;
	struct sweep_progress	 progress;
	struct reading		 accounts_reading;
	unsigned		 list, whole_list;	/* of accounts: that is read, that was read well */
	struct loop_timer	 turn;
	bool			 is_watching;
	struct sweep_intervals	 intervals;
	struct sweep_slot	*accounts_slot;	/* ours */
	struct history		*history;	/* ours; NULL until history_watch() */
	struct queues		*queues;	/* ours; NULL until queues_watch() */
	sweep_answered_fn	 answered;	/* while watching */
	sweep_done_fn		 done;		/* of a single sweep */
	void			*arg;
};

/* Puts a question into the queue: deeper ones in front, those of new accounts at the end. */
struct sweep_ask	*sweep_add(struct sweep *, enum sweep_kind, struct sweep_member *,
			    const char *region, const char *id);

/* The question is answered, well or not: forgets it and goes on. */
void	sweep_ended(struct sweep_ask *);

/* walk.c: begins with the accounts; starts one question. */
void	walk_start(struct sweep *);
void	walk_ask(struct sweep_ask *);

/* members.c */
struct sweep_member	*members_find(const struct sweep *, const char *id);	/* or NULL */
struct sweep_member	*members_add(struct sweep *, const char *id, const char *name,
			    const char *role_arn, const char *external_id);
void	members_free(struct sweep *);

/*
 * Before a new list of accounts, and behind one that was read well: those that it lacks are left.
 * Until then, and when it fails, nobody is.
 */
void	members_begin_list(struct sweep *);
void	members_take_list(struct sweep *);

/* A member that was left goes when nothing is asked in its name any more. */
void	members_drop_if_left(struct sweep *, struct sweep_member *);

/*
 * Whose role answers for a key: its own account's, which alone may read the policy; else that of
 * the trail's owner, whom the key's policy may let describe it. NULL: nobody's.
 */
struct sweep_member	*members_for_key(const struct sweep *, const struct world_key *,
			    const struct world_trail *);
struct sweep_member	*members_for_bucket(const struct sweep *, const char *bucket,
			    const struct world_trail *);

/* history.c */
void	history_free(struct history *);	/* NULL is fine; no page is on its way any more */

/* queues.c */
void	queues_free(struct queues *);	/* NULL is fine; no job of theirs runs any more */

/* watch.c: whether a key or bucket may be asked for now; notes that it is. */
bool	watch_is_due(const struct sweep *, const char *name);
void	watch_note_asked(struct sweep *, const char *name, int64_t interval_ms);

/* A watched key or bucket lives in this region: it is looked at more often. */
void	watch_note_place(struct sweep *, struct sweep_member *, const char *region);

void	watch_free(struct sweep *);

/* Where in an interval the turn of a place is: the same after every restart. */
uint64_t	watch_hash(const char *account, const char *region);

/* The slot of this question, made when there is none. NULL unless watching. */
struct sweep_slot	*watch_slot(struct sweep *, struct sweep_member *, enum sweep_kind,
			    const char *region);
void	watch_free_slots(struct sweep_slot *);

/*
 * How a question in the member's name went: good, or without any answer, as there was no network or
 * no role. When the member is back, all else of it that had no answer is asked anew, and not only
 * when its time comes.
 */
void	watch_note_good(struct sweep_member *);
void	watch_note_lost(struct sweep_member *);

/* Its question was answered: it is asked again at its time. */
void	watch_answered(struct sweep_slot *);

#endif
