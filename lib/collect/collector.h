/* SPDX-License-Identifier: Apache-2.0 */
/* What the collectors of this folder share: the head of their contexts. */
#ifndef TRAILSEAL_COLLECT_COLLECTOR_H
#define TRAILSEAL_COLLECT_COLLECTOR_H

#include "base/arena.h"
#include "collect/collect.h"
#include "model/reading.h"
#include "wire/json_write.h"

struct collector {
	struct collect		*collect;
	struct job_target	 target;
	struct arena		*arena;		/* of one answer at a time, and of `id` */
	const char		*id;		/* of the thing that is asked about; NULL: none */
	bool			 has_answer;	/* the first question's outcome is in the world */
	collect_done_fn		 done;
	void			*arg;
};

/* Fills the head; the recipe's context embeds it as its first member. */
void	collector_init(struct collector *, struct collect *, const struct job_target *,
	    const char *id, collect_done_fn, void *arg);

/* Frees the context, then tells the asker. The head must be the context's first member. */
void	collector_end(struct collector *, const struct err *);

/* The evidence for the answer of a job's present step. `reply` may be NULL. */
void	collector_source(const struct collector *, const struct job *, const struct aws_reply *,
	    struct source *ret);

/* The same for a question that was never sent, as there were no credentials. */
void	collector_source_unsent(const struct collector *, enum aws_op, struct source *ret);

/* This was denied a short while ago, and is not worth asking again. */
bool	collector_is_known_denied(const struct collector *, const struct reading *);

/* `*ret = failure` unless that is NULL; JOB_FAIL when there is one, else JOB_NEXT. */
enum job_verdict	collector_verdict(const struct err *failure, struct err *ret);

/* Adds {"name": "value"} to a question's body. */
void	collector_ask_for(struct job_question *, const char *name, const char *value);

#endif
