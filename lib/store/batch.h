/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is to be written in one transaction: statements with their values, in order, in memory of
 * their own. Made by the loop, run by the writer thread, never touched by both at once.
 */
#ifndef TRAILSEAL_STORE_BATCH_H
#define TRAILSEAL_STORE_BATCH_H

#include <stdbool.h>
#include <stddef.h>

#include <sys/queue.h>

#include "base/arena.h"
#include "store/database.h"
#include "store/ledger.h"
#include "store/store.h"

struct batch_op {
	enum sql	 what;
	size_t		 count;
	struct value	*values;	/* the arena's, as their texts */
	STAILQ_ENTRY(batch_op) link;
};

/* Who is told how it ended. It outlives a batch that is tried again. */
struct batch_outcome {
	store_done_fn	 done;
	void		*arg;
	bool		 has_failed;
	struct err	 err;		/* when it has */
	STAILQ_ENTRY(batch_outcome) link;
};

struct store_batch {
	struct arena		*arena;		/* ours */
	STAILQ_HEAD(, batch_op)	 ops;
	struct batch_outcome	*outcome;	/* ours; NULL: nobody waits any more */
	STAILQ_ENTRY(store_batch) link;
};

STAILQ_HEAD(batch_list, store_batch);
STAILQ_HEAD(outcome_list, batch_outcome);

/* Whether the daemon runs, for the next start. */
void	batch_put_running(struct store_batch *, bool);

/* Runs all of it; records for the ledger are chained behind *head. */
int	batch_run(const struct store_batch *, struct database *, struct ledger_head *head,
	    struct err *);

#endif
